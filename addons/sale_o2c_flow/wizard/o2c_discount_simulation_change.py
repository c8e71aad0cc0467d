from odoo import fields, models

from ..models.discount.margin import COSTS
from ..models.discount.o2c_discount_tier import AUTHORITIES


class O2cDiscountSimulationChange(models.TransientModel):
    """An order that somebody else would decide."""

    _name = "o2c.discount.simulation.change"
    _description = "Discount Simulation Change"
    _order = "id"

    simulation_id = fields.Many2one(
        "o2c.discount.simulation", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", readonly=True, index=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    user_id = fields.Many2one(related="order_id.user_id")
    effective_discount = fields.Float(related="order_id.o2c_effective_discount")
    margin_percent = fields.Float(related="order_id.o2c_margin_percent", groups=COSTS)
    amount = fields.Monetary(readonly=True)
    authority_now = fields.Selection(AUTHORITIES, string="Now", readonly=True)
    authority_then = fields.Selection(AUTHORITIES, string="Then", readonly=True)

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }
