"""Tasks that follow their order: renewed reasons, steps that are no longer needed."""

from odoo import models


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    def _o2c_drop_needless(self):
        """Cancel tasks of one order whose condition does not hold any more."""
        if not self:
            return
        self.write({"state": "cancelled"})
        self.order_id._message_log(
            body=self.env._(
                "No longer needed: approval by %(departments)s.",
                departments=self.mapped("name"),
            )
        )

    def _o2c_renew_reasons(self):
        """Have undecided tasks say why they are needed by the order as it is now."""
        for task in self._get_undecided():
            if task.step_id:
                reason = task.step_id._get_reason(task.order_id)
                if reason != task.reason_data:
                    task.reason_data = reason
