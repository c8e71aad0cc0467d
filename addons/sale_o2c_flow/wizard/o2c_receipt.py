from odoo import fields, models


class O2cReceipt(models.TransientModel):
    """Confirms that the customer has the goods."""

    _name = "o2c.receipt"
    _description = "Confirm Receipt"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", required=True)
    received_name = fields.Char(string="Received By", required=True)
    received_at = fields.Datetime(
        string="Received On", required=True, default=fields.Datetime.now
    )

    def action_confirm(self):
        """Confirm the receipt; see ``stock.picking`` for the errors."""
        self.ensure_one()
        self.picking_ids._o2c_confirm_receipt(self.received_name, self.received_at)
        return {"type": "ir.actions.act_window_close"}
