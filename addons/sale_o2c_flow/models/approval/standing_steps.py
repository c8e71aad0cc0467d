"""Steps that were asked stay asked: nobody changes an order out of their reach."""

from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        asked = self._o2c_get_steps_at_stake(vals)
        companies = {order: order.company_id for order in self if "company_id" in vals}
        result = super().write(vals)
        for order, steps in asked.items():
            order._o2c_check_still_asked(steps)
        if "user_id" in vals:
            self._o2c_put_to_others()
        # What was free in another company need not be in this one.
        self.filtered(
            lambda order: (
                order.state == "sale"
                and order.company_id != companies.get(order, order.company_id)
            )
        )._o2c_check_cleared()
        return result

    def _o2c_check_cleared(self):
        result = super()._o2c_check_cleared()
        self._o2c_drop_open_tasks()
        return result

    def _o2c_get_steps_at_stake(self, vals):
        """Return the steps that are asked about orders which the user is about to
        change, and has no leave to.

        :rtype: dict[sale.order, o2c.approval.step]
        """
        if self.env.su or vals.get("state") == "cancel":
            return {}
        return {
            order: order._o2c_get_open_tasks().step_id & order._o2c_get_steps()
            for order in self
            if order._o2c_is_in_approval()
            and not order._o2c_may_answer_by_change()
            and not set(vals) <= order._o2c_get_open_fields()
        }

    def _o2c_check_still_asked(self, steps):
        """Check that these steps are needed still, after a change of the order.

        Which flow and which steps hold may follow from anything: its team, its company,
        a tag.

        :raise UserError: naming the departments that would not be asked any more
        """
        self.ensure_one()
        gone = steps - self._o2c_get_steps()
        if gone:
            raise UserError(
                self.env._(
                    "%(order)s is in approval, and %(departments)s would not be asked "
                    "any more after this change. Recall it first, change it and submit "
                    "it again.",
                    order=self.name,
                    departments=gone.sudo().mapped("name"),
                )
            )

    def _o2c_get_steps_to_grow(self):
        """Return the steps a confirmed order has to pass to go beyond its approval.

        They are those of the flow that approved it, wherever it was moved since; where
        none did, or it is not in use any more, of the one that fits.

        :rtype: o2c.approval.step
        """
        self.ensure_one()
        flows = self._o2c_get_live_tasks().flow_id.filtered(
            lambda flow: flow.active and flow.company_id <= self.company_id
        )
        if not flows:
            return self._o2c_get_steps()
        steps = self.env["o2c.approval.step"]
        return steps.union(*(flow._get_steps(self) for flow in flows))

    def _o2c_get_open_tasks(self):
        return self._o2c_get_live_tasks()._get_undecided()

    def _o2c_put_to_others(self):
        """Ask others where a decider was given the order: it is their own now."""
        for order in self.sudo().filtered("o2c_submitted_at"):
            for task in order._o2c_get_open_tasks():
                if task.assigned_user_ids & task._get_barred_users():
                    if vals := task._prepare_deciders():
                        task._reassign(vals)

    def _o2c_drop_open_tasks(self):
        """Take the tasks back of orders that are confirmed without them: what asked for
        them went away, a customer paid, and nobody looked yet."""
        # Plain orders, the vast majority, have none.
        for order in self.sudo().filtered("o2c_submitted_at"):
            order._o2c_get_open_tasks()._o2c_drop_needless()
