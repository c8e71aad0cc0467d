from odoo import fields, models

from ..models.discount.margin import COSTS
from ..models.discount.o2c_discount_tier import AUTHORITIES


class O2cDiscountSimulationResult(models.TransientModel):
    """What an authority decides now, and what it would decide."""

    _name = "o2c.discount.simulation.result"
    _description = "Discount Simulation Result"
    _order = "id"

    simulation_id = fields.Many2one(
        "o2c.discount.simulation", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    authority = fields.Selection(AUTHORITIES, required=True, readonly=True)
    count_now = fields.Integer(string="Orders Now", readonly=True)
    count_then = fields.Integer(string="Orders Then", readonly=True)
    amount_now = fields.Monetary(readonly=True)
    amount_then = fields.Monetary(readonly=True)
    given_now = fields.Monetary(string="Given Away Now", readonly=True)
    given_then = fields.Monetary(string="Given Away Then", readonly=True)
    margin_now = fields.Monetary(readonly=True, groups=COSTS)
    margin_then = fields.Monetary(readonly=True, groups=COSTS)
