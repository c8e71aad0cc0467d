from odoo import fields, models


class O2cDecision(models.TransientModel):
    """Asks for the reason of a rejection."""

    _name = "o2c.decision"
    _description = "Reject an Order"

    task_ids = fields.Many2many("o2c.approval.task", required=True)
    reason_id = fields.Many2one("o2c.rejection.reason", string="Kind of Reason")
    has_reasons = fields.Boolean(default=lambda self: self._default_has_reasons())
    comment = fields.Text(string="Reason", required=True)

    def _default_has_reasons(self):
        return bool(self.env["o2c.rejection.reason"].search_count([], limit=1))

    def action_reject(self):
        """Reject the tasks with the reason given; see the task for errors."""
        self.ensure_one()
        result = self.task_ids.action_reject(self.comment, self.reason_id.id)
        if result is True:
            return {"type": "ir.actions.act_window_close"}
        return result
