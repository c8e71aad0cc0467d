from odoo import models
from odoo.exceptions import UserError


class O2cApprovalTask(models.Model):
    """Several tasks decided in one go."""

    _inherit = "o2c.approval.task"

    def _decide_each(self, decision, comment=None, reason=None):
        """Decide tasks one by one: what cannot be decided does not hold up the rest.

        :param str decision: ``approved`` or ``rejected``
        :return: an action that says how many were decided, and which were not and why
        :raise UserError: if none could be decided
        """
        refused = []
        for task in self:
            try:
                with self.env.cr.savepoint():
                    task._decide(decision, comment, channel="list", reason=reason)
            except UserError as error:
                refused.append((task, str(error)))
        if len(refused) == len(self):
            reasons = dict.fromkeys(message for _task, message in refused)
            raise UserError("\n".join(reasons))
        summary = self._summarize(decision, len(self) - len(refused), len(refused))
        if refused:
            return self.env["o2c.decision.result"]._open(summary, refused)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": summary,
                # Has the list read what is left.
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _summarize(self, decision, decided, refused):
        if decision == "approved" and refused:
            return self.env._(
                "%(decided)s approved, %(refused)s could not be:",
                decided=decided,
                refused=refused,
            )
        if decision == "approved":
            return self.env._("%s approved", decided)
        if refused:
            return self.env._(
                "%(decided)s rejected, %(refused)s could not be:",
                decided=decided,
                refused=refused,
            )
        return self.env._("%s rejected", decided)
