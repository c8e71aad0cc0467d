"""Handing one's part of a decision to a colleague."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class O2cApprovalDecision(models.Model):
    _inherit = "o2c.approval.decision"

    decision = fields.Selection(
        selection_add=[("forwarded", "Forwarded")], ondelete={"forwarded": "cascade"}
    )
    forwarded_to_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    def action_open_forward(self):
        """Open the dialog that asks to whom to forward the task, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Forward"),
            "res_model": "o2c.approval.forward",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_id": self.id},
        }

    def _o2c_forward(self, user, comment):
        """Hand the part of the user at hand in a decision to a colleague.

        Whoever stands in for somebody who is away hands that part on, too. It stays on
        record, and whoever handed it on does not decide any more.

        :param user: who decides instead
        :param str comment: why; required
        :raise UserError: if the task is not theirs to decide, or the colleague may not
        """
        self.ensure_one()
        self.check_access("read")
        comment = (comment or "").strip()
        if not comment:
            raise UserError(
                self.env._("Say why you forward it: your colleague has to know.")
            )
        # Deciders have no right to write tasks: see _decide.
        task = self.sudo()
        task.order_id._o2c_lock()
        task.invalidate_recordset()
        if refusal := task._get_refusal() or task._get_forward_refusal(user):
            raise UserError(refusal)
        task._record_forward(user, comment)
        parts = self.env.user | task._get_stood_for(self.env.user)
        task._log_on_orders(
            {
                task.order_id.id: [
                    self.env._(
                        "%(department)s was forwarded to %(user)s: %(comment)s",
                        department=task.name,
                        user=user.name,
                        comment=comment,
                    )
                ]
            }
        )
        task._reassign(task._prepare_hand_over(parts, user))
        task.order_id._o2c_notify_deciders("approval_forwarded", user)

    def _get_forward_refusal(self, user):
        """Return why the task cannot be forwarded to a user, if so."""
        self.ensure_one()
        names = {
            "user": user.name,
            "task": self.name,
            "order": self.order_id.name,
            "company": self.company_id.name,
        }
        if user in self.user_ids:
            return self.env._(
                "%(user)s decides %(task)s of %(order)s already: choose somebody else.",
                **names,
            )
        if not user._o2c_who_may_approve(self.company_id):
            return self.env._(
                "%(user)s cannot decide %(task)s of %(order)s: choose somebody who works "
                "for %(company)s and may open approvals and orders.",
                **names,
            )
        if user in self._get_barred_users():
            return self.env._(
                "%(user)s may not decide %(task)s of %(order)s: it is their own order, "
                "or they approved another step of it. Choose somebody else.",
                **names,
            )
        return None

    def _prepare_hand_over(self, parts, user):
        """Return the values that put a user to the task in place of others."""
        return {
            "assigned_user_ids": [
                *(Command.unlink(part.id) for part in parts),
                Command.link(user.id),
            ]
        }

    def _record_forward(self, user, comment):
        comment = self.env._(
            "To %(user)s: %(comment)s", user=user.name, comment=comment
        )
        self._record_decision("forwarded", comment, forwarded_to_id=user.id)
