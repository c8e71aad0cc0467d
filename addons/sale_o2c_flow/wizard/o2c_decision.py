from odoo import fields, models


class O2cDecision(models.TransientModel):
    """Asks for the reason of a rejection."""

    _name = "o2c.decision"
    _description = "Reject an Order"

    task_ids = fields.Many2many("o2c.approval.task", required=True)
    reason_id = fields.Many2one("o2c.rejection.reason", string="Kind of Reason")
    comment = fields.Text(string="Reason", required=True)

    def action_reject(self):
        """Reject the tasks with the reason given; see the task for errors."""
        self.ensure_one()
        result = self.task_ids.action_reject(self.comment, self.reason_id.id)
        if result is True:
            return {"type": "ir.actions.act_window_close"}
        return result
