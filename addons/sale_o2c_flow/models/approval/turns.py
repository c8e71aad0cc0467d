from odoo import models


class SaleOrder(models.Model):
    """Who is told what at each turn of an approval, and whose to-do ends with it."""

    _inherit = "sale.order"

    def _o2c_submit(self):
        # Before: what is wrong this time gives a to-do of its own.
        self._o2c_close_todos(("order_rejected", "approval_sent_back"))
        return super()._o2c_submit()

    def _o2c_withdraw(self):
        result = super()._o2c_withdraw()
        self._o2c_close_todos(
            (
                "approval_requested",
                "order_rejected",
                "approval_sent_back",
                "advice_requested",
            )
        )
        return result

    def _o2c_after_decision(self, tasks):
        result = super()._o2c_after_decision(tasks)
        approved = tasks.filtered(lambda task: task.state == "approved")
        if approved and self.o2c_approval_state == "pending":
            self._o2c_notify("step_approved")
        return result

    def _o2c_close_idle_todos(self):
        """Take the to-dos away from deciders who have nothing left to decide; all of
        them, where nothing is open."""
        todos = self._o2c_get_todos(self._o2c_get_activity_type("approval_requested"))
        if not todos:
            return
        idle = todos.browse()
        for order in self.sudo().browse(set(todos.mapped("res_id"))):
            pending = order._o2c_get_pending_tasks()
            busy = pending._get_asked()
            own = todos.filtered(lambda todo, o=order: todo.res_id == o.id)
            deciders = order.o2c_task_ids.user_ids | self.env.user
            if pending:
                own = own.filtered(lambda todo, d=deciders: todo.user_id in d)
            idle |= own.filtered(lambda todo, b=busy: todo.user_id not in b)
        idle._o2c_end()

    # === WHO, AND WHAT === #

    def _o2c_get_pending_tasks(self):
        return self.o2c_task_ids._get_pending()

    def _o2c_get_audience(self, audience, rule):
        if audience == "submitter":
            return self.o2c_submitted_by_id
        return super()._o2c_get_audience(audience, rule)

    def _o2c_get_event_note(self, event):
        if event == "order_rejected":
            return self._o2c_get_rejection_note()
        words = {"order": self.name, "customer": self.partner_id.display_name}
        if event == "approval_requested":
            return self.env._("Approve %(order)s of %(customer)s", **words)
        if event == "order_approved":
            return self.env._("%(order)s of %(customer)s is approved", **words)
        if event == "approval_recalled":
            return self.env._(
                "%(user)s took %(order)s of %(customer)s back: nothing is left to "
                "decide for now",
                user=self.env.user.name,
                **words,
            )
        waiting = self._o2c_get_departments("pending")
        if event == "step_approved":
            return self.env._(
                "%(order)s of %(customer)s: %(approved)s approved, it now waits for "
                "%(waiting)s",
                approved=self._o2c_get_departments("approved", last=True),
                waiting=waiting,
                **words,
            )
        if event == "approval_nudged":
            return self.env._(
                "%(user)s asks you to decide soon: %(order)s of %(customer)s waits for "
                "%(waiting)s",
                user=self.env.user.name,
                waiting=waiting,
                **words,
            )
        if event == "approval_late":
            return self.env._(
                "%(order)s of %(customer)s is late: it waits for %(waiting)s",
                waiting=waiting,
                **words,
            )
        return super()._o2c_get_event_note(event)

    def _o2c_get_rejection_note(self):
        task = self.o2c_task_ids.filtered(lambda t: t.state == "rejected")[-1:]
        if not task:
            return self.env._(
                "%(order)s waits: it gives a discount that nobody may give. "
                "%(reason)s Lower the discount.",
                order=self.name,
                reason=self.o2c_discount_reason,
            )
        return self.env._(
            "%(order)s was rejected by %(department)s (%(user)s): %(comment)s",
            order=self.name,
            department=task.name,
            user=task.decided_by_id.name,
            comment=task.comment,
        )

    def _o2c_get_departments(self, state, last=False):
        """Return the names of the departments whose tasks are in a state.

        :param bool last: only those decided last
        """
        tasks = self.o2c_task_ids.filtered(lambda task: task.state == state)
        if last and tasks:
            latest = max(tasks.mapped("decided_at"))
            tasks = tasks.filtered(lambda task: task.decided_at == latest)
        return ", ".join(tasks.mapped("name"))


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    def write(self, vals):
        ends = vals.get("state") in ("cancelled", "superseded")
        ended = self._get_pending() if ends else self.browse()
        result = super().write(vals)
        if ended:
            ended.order_id._o2c_close_idle_todos()
        return result
