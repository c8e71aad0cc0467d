from odoo import fields, models


class O2cInvoiceReject(models.TransientModel):
    """Asks for the reason of rejecting invoice requests."""

    _name = "o2c.invoice.reject"
    _description = "Reject Invoice Requests"

    request_ids = fields.Many2many("o2c.invoice.request", required=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        """Reject the requests with the reason given."""
        self.ensure_one()
        self.request_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
