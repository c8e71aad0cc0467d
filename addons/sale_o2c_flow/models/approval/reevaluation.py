"""Orders in approval whose cause goes away by itself: a customer pays, a limit rises."""

from odoo import api, models
from odoo.fields import Domain

from ..common.scheduled import do_each


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    @api.model
    def _get_outside_conditions(self):
        """Return the names of conditions that change without the order changing.

        :rtype: list[str]
        """
        return ["over_credit_limit", "overdue_customer", "new_customer"]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _cron_o2c_reevaluate(self):
        """Drop the steps that are not needed any more, and move their orders on."""
        orders = self._o2c_get_orders_to_reevaluate()
        do_each(orders, lambda order: order._o2c_reevaluate())

    @api.model
    def _o2c_get_orders_to_reevaluate(self):
        steps = self.env["o2c.approval.step"]
        names = steps._get_outside_conditions()
        steps = steps.search(Domain.OR(Domain(name, "=", True) for name in names))
        if not steps:
            return self
        tasks = self.env["o2c.approval.task"].search(
            [
                ("state", "in", ("waiting", "pending")),
                ("step_id", "in", steps.ids),
                ("change_id", "=", False),
                ("order_id.state", "in", ("draft", "sent")),
            ],
            order="id",
        )
        return tasks.order_id

    def _o2c_reevaluate(self):
        """Judge an order in approval anew, though nothing of it has changed."""
        self.ensure_one()
        self._o2c_lock()
        if self.o2c_approval_state == "pending" and self.state in ("draft", "sent"):
            self._o2c_review_approvals()
