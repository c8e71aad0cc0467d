from odoo import api, fields, models
from odoo.fields import Command


class O2cShip(models.TransientModel):
    """Confirms the shipment of a delivery, whole or in part.

    It shows what its user may read: whoever names another delivery learns nothing.
    """

    _name = "o2c.ship"
    _description = "Confirm Shipment"

    picking_id = fields.Many2one("stock.picking", string="Delivery", required=True)
    partner_id = fields.Many2one(
        related="picking_id.partner_id", related_sudo=False, string="Ship To"
    )
    carrier = fields.Char()
    tracking_ref = fields.Char(string="Tracking Number")
    line_ids = fields.One2many(
        "o2c.ship.line",
        "wizard_id",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("picking_id")
    def _compute_line_ids(self):
        for wizard in self:
            moves = wizard.picking_id.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "move_id": move.id,
                        "quantity": min(move.quantity, move.product_uom_qty),
                    }
                )
                for move in moves
            ]

    def action_confirm(self):
        """Confirm the shipment; see ``stock.picking`` for the errors."""
        self.ensure_one()
        self.picking_id._o2c_confirm_shipment(
            quantities={line.move_id.id: line.quantity for line in self.line_ids},
            carrier=self.carrier,
            tracking_ref=self.tracking_ref,
        )
        return {"type": "ir.actions.act_window_close"}


class O2cShipLine(models.TransientModel):
    _name = "o2c.ship.line"
    _description = "Quantity to Ship"

    wizard_id = fields.Many2one("o2c.ship", required=True, ondelete="cascade")
    move_id = fields.Many2one("stock.move", required=True)
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    demand = fields.Float(
        related="move_id.product_uom_qty",
        related_sudo=False,
        string="Quantity Ordered",
        help="What the delivery asks for.",
    )
    available = fields.Float(
        related="move_id.quantity", related_sudo=False, string="In Stock"
    )
    uom_id = fields.Many2one(
        related="move_id.product_uom", related_sudo=False, string="Unit"
    )
    quantity = fields.Float(string="Ship", digits="Product Unit")
