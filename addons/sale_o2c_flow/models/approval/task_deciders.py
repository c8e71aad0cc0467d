from odoo import fields, models
from odoo.fields import Command


class O2cApprovalTask(models.Model):
    """Whom a task is put to, when people leave or have approved another step."""

    _inherit = "o2c.approval.task"

    quorum = fields.Integer(
        readonly=True, help="How many have to approve, where a number of them decides."
    )
    allow_earlier = fields.Boolean(readonly=True, default=True)

    def _open_due(self):
        due = super()._open_due()
        # Plain flows, the vast majority, ask for nothing more.
        if not all(self.mapped("allow_earlier")):
            self._get_pending()._take_deciders()
        return due

    def _take_deciders(self):
        """Leave out of open tasks who may not decide them any more, before anybody is
        asked."""
        for task in self:
            if vals := task._prepare_deciders():
                task.write(vals)
                task._refresh_deciders()

    def _prepare_deciders(self):
        """Return the values that put a task to those who may decide it now, nothing
        where they are the same.

        What nobody is left for is put to who decides the step now, or its fallback.
        """
        self.ensure_one()
        order, rule = self.order_id, self.rule
        engaged = order._o2c_get_engaged(self)
        users = self.assigned_user_ids._o2c_working_for(self.company_id)
        users -= self._get_barred_users()
        if not self._is_enough(users):
            step = self.step_id or self._get_lost_step()
            users |= step._get_deciders(order)
            if not self._is_enough(users):
                owners = users.browse() if self.allow_own else order._o2c_get_owners()
                users |= step._get_fallback(order, owners, engaged)
                # Not every one of those who only step in.
                rule = "any" if rule == "all" else rule
        if users == self.assigned_user_ids:
            return {}
        return {"assigned_user_ids": [Command.set(users.ids)], "rule": rule}

    def _get_barred_users(self):
        return super()._get_barred_users() | self.order_id._o2c_get_engaged(self)

    def _is_enough(self, users):
        """Whether these people can bring the task to an end."""
        decided = self.decision_ids.filtered("counts").user_id
        return bool(users - decided) and len(users) >= max(1, self.quorum)

    def _get_lost_step(self):
        """Return a step like the one of the task, which somebody deleted."""
        return self.env["o2c.approval.step"].new(
            {"rule": "any", "decider_type": "role", "allow_own": self.allow_own}
        )

    def _get_engagement(self):
        """Return why the user at hand may not decide the task after what they approved
        of the order, nothing if they may."""
        self.ensure_one()
        if self.env.user not in self.order_id._o2c_get_engaged(self):
            return None
        return self.env._(
            "You approved another step of %(order)s already: somebody else has to "
            "decide %(task)s.",
            order=self.order_id.name,
            task=self.name,
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_prepare_task(self, step):
        values = {
            **super()._o2c_prepare_task(step),
            "quorum": 1,
            "allow_earlier": step.allow_earlier,
        }
        if step.rule == "any":
            return values
        choice = step._choose_deciders(self)
        if step.rule == "quorum":
            values["quorum"] = min(step.quorum, len(choice.deciders))
        elif choice.is_fallback:
            # Not every one of those who only step in.
            values["rule"] = "any"
        return values

    def _o2c_get_engaged(self, step):
        """Return who may not decide a step, since they approved another one.

        A step may ask for people who approved none before it; so may one after it,
        that they have approved already.

        :param step: a step or task
        :rtype: res.users
        """
        self.ensure_one()
        users = self.env["res.users"]
        if not self.sudo().o2c_submitted_at:
            return users
        others = self._o2c_get_live_tasks().filtered(
            lambda task: (
                task.state == "approved"
                and (
                    (task.sequence < step.sequence and not step.allow_earlier)
                    or (task.sequence > step.sequence and not task.allow_earlier)
                )
            )
        )
        for decision in others.decision_ids.filtered("counts"):
            users |= decision.user_id | decision.on_behalf_of_ids
        return users
