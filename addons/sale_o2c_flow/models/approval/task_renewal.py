"""Tasks that follow their order: renewed reasons, steps that are no longer needed."""

from odoo import models


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    def _o2c_drop_needless(self):
        """Cancel tasks of one order whose condition does not hold any more."""
        if not self:
            return
        self.write({"state": "cancelled"})
        order = self.order_id
        still_asked = order.o2c_task_ids.filtered(lambda t: t.state == "pending")
        order._o2c_close_todos(
            "approval_requested", users=self.user_ids - still_asked.user_ids
        )
        order._message_log(
            body=self.env._(
                "No longer needed: approval by %(departments)s.",
                departments=self.mapped("name"),
            )
        )

    def _o2c_renew_reasons(self):
        """Have undecided tasks say why they are needed by the order as it is now."""
        for task in self:
            if task.state in ("waiting", "pending") and task.step_id:
                reason = task.step_id._get_reason(task.order_id)
                if reason != task.reason_data:
                    task.reason_data = reason
