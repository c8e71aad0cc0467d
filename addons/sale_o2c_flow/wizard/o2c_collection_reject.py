from odoo import fields, models


class O2cCollectionReject(models.TransientModel):
    """Asks for the reason of rejecting collections."""

    _name = "o2c.collection.reject"
    _description = "Reject Collections"

    collection_ids = fields.Many2many("o2c.collection", required=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        """Reject the collections with the reason given."""
        self.ensure_one()
        self.collection_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
