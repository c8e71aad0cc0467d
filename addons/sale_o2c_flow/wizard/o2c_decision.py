from odoo import fields, models


class O2cDecision(models.TransientModel):
    """Asks for the reason of a rejection."""

    _name = "o2c.decision"
    _description = "Reject an Order"

    task_ids = fields.Many2many("o2c.approval.task", required=True)
    comment = fields.Text(string="Reason", required=True)

    def action_reject(self):
        """Reject the tasks with the reason given; see the task for errors."""
        self.ensure_one()
        self.task_ids.action_reject(self.comment)
        return {"type": "ir.actions.act_window_close"}
