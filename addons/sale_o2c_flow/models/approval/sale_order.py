from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from . import content as order_content
from .o2c_approval_task import LIVE_STATES


class SaleOrder(models.Model):
    """Approvals of an order: submitting, deciding, progress."""

    _inherit = "sale.order"

    o2c_task_ids = fields.One2many(
        "o2c.approval.task",
        "order_id",
        string="Approvals",
        copy=False,
        groups="base.group_user",
    )
    o2c_approval_state = fields.Selection(
        [
            ("none", "Not submitted"),
            ("pending", "In approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        string="Approval",
        compute="_compute_o2c_approval_state",
        store=True,
        default="none",
        copy=False,
        index=True,
        groups="base.group_user",
    )
    o2c_submitted_at = fields.Datetime(
        string="Submitted On", copy=False, readonly=True, groups="base.group_user"
    )
    o2c_submitted_by_id = fields.Many2one(
        "res.users",
        string="Submitted By",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    o2c_submitted_for_id = fields.Many2one(
        "res.users",
        string="Salesperson When Submitted",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Whoever gives the order away meanwhile does not decide about it either.",
    )
    o2c_approval_needed = fields.Boolean(compute="_compute_o2c_approval_needed")

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_task_ids",
            "o2c_approval_state",
            "o2c_submitted_at",
            "o2c_submitted_by_id",
            "o2c_submitted_for_id",
        }

    @api.depends("o2c_task_ids.state", "o2c_task_ids.change_id.state")
    def _compute_o2c_approval_state(self):
        for order in self:
            states = set(order._o2c_get_live_tasks().mapped("state"))
            if "rejected" in states:
                order.o2c_approval_state = "rejected"
            elif states & {"waiting", "pending"}:
                order.o2c_approval_state = "pending"
            else:
                order.o2c_approval_state = "approved" if states else "none"

    @api.depends(
        "state",
        "o2c_approval_state",
        "amount_total",
        "o2c_discount_authority",
        "o2c_margin_percent",
        "o2c_over_credit_limit",
        "o2c_new_customer",
        "o2c_overdue_customer",
    )
    @api.depends_context("uid")
    def _compute_o2c_approval_needed(self):
        # Open to everybody, as buttons hang on it; customers are told nothing.
        may_know = self.env.su or self.env.user._is_internal()
        for order in self:
            order.o2c_approval_needed = (
                may_know
                and order.state in ("draft", "sent")
                and bool(order._o2c_is_forbidden() or order._o2c_get_uncovered_steps())
            )

    def _o2c_get_live_tasks(self):
        # Tasks of an order may be counted by whoever may see the order.
        # Those about a change count once it is made.
        tasks = self.sudo().o2c_task_ids
        live = tasks.filtered(
            lambda task: (
                task.state in LIVE_STATES and task.change_id.state in (False, "applied")
            )
        )
        return live.with_prefetch(tasks._prefetch_ids)

    def _o2c_get_owners(self):
        """Return the people for whom this is their own order."""
        return self.user_id | self.o2c_submitted_by_id | self.o2c_submitted_for_id

    def _o2c_take_content(self):
        """Return the commercial content approvers agree to; see :mod:`.content`."""
        self.ensure_one()
        return order_content.take_content(self.sudo())

    def _o2c_get_content_measures(self):
        """Return further figures that approvers agree to: a higher one falls due again.

        :rtype: dict[str, float]
        """
        self.ensure_one()
        return {}

    # === SUBMITTING === #

    def action_o2c_submit(self):
        """Send the orders to those who have to approve them.

        An order that needs nobody's approval is confirmed at once.

        :raise UserError: if an order is empty, not a quotation, or gives a discount
            that the policy does not allow
        """
        self.check_access("write")
        self._o2c_judge_discount()
        for order in self:
            order._o2c_check_can_submit()
        self._o2c_submit()
        return True

    def _o2c_check_can_submit(self):
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("%(order)s is not a quotation any more.", order=self.name)
            )
        if not self._o2c_get_sold_lines():
            raise UserError(
                self.env._(
                    "%(order)s has no products yet: add some first.", order=self.name
                )
            )
        if self.o2c_discount_authority == "forbidden":
            raise UserError(
                self.env._(
                    "%(order)s cannot be submitted. %(reason)s Lower the discount.",
                    order=self.name,
                    reason=self.o2c_discount_reason,
                )
            )

    def _o2c_submit(self):
        """Submit without asking whether the salesperson may: their customer accepted,
        or :meth:`action_o2c_submit` has checked."""
        # The salesperson writes the order, but neither its tasks nor its state.
        user = self.env.user
        # A customer who follows the link of a mail is served as the system's user.
        is_colleague = user._is_internal() and not user._is_superuser()
        for order in self.sudo():
            order.write(
                {
                    "o2c_submitted_at": fields.Datetime.now(),
                    "o2c_submitted_by_id": (user if is_colleague else order.user_id).id,
                    "o2c_submitted_for_id": order.user_id.id,
                }
            )
            order._o2c_refresh_tasks(resubmit=True)
            order._o2c_advance()

    def action_o2c_recall(self):
        """Take submitted orders back, to go on working on them; the deciders are told.

        :raise UserError: if an order is not in approval, or the user does not sell
        """
        self.check_access("write")
        self._o2c_lock()
        self._o2c_check_may_withdraw()
        for order in self:
            waits = order.state in ("draft", "sent") and order.o2c_submitted_at
            if not waits or order.o2c_approval_state not in ("pending", "approved"):
                raise UserError(
                    self.env._("%(order)s is not in approval.", order=order.name)
                )
        self._o2c_notify("approval_recalled")
        self._o2c_withdraw()
        return True

    def _o2c_withdraw(self):
        """Cancel the open tasks of orders that are recalled or cancelled."""
        # Tasks belong to the approvers; taking the order away from them is the
        # right of whoever may change or cancel the order.
        orders = self.sudo().filtered("o2c_submitted_at")
        tasks = orders.o2c_task_ids
        tasks._get_undecided().write({"state": "cancelled"})
        tasks.filtered(lambda t: t.state in ("approved", "rejected")).write(
            {"state": "superseded"}
        )
        orders.write(
            {
                "o2c_submitted_at": False,
                "o2c_submitted_by_id": False,
                "o2c_submitted_for_id": False,
            }
        )

    # === TASKS === #

    def _o2c_get_steps(self):
        """Return the approval steps the order has to pass as it is now."""
        self.ensure_one()
        return self.env["o2c.approval.flow"]._get_flow(self)._get_steps(self)

    def _o2c_get_uncovered_steps(self, steps=None):
        """Return the steps that have not approved the order as it is now.

        :param steps: which have to; those of the flow that fits when left out
        """
        self.ensure_one()
        steps = self._o2c_get_steps() if steps is None else steps
        if not steps:
            return steps
        content = self._o2c_take_content()
        tasks = self._o2c_get_live_tasks()
        return steps - tasks.filtered(lambda task: task._covers(content)).step_id

    def _o2c_refresh_tasks(self, resubmit=False):
        """Bring the tasks in line with what the order says now.

        Approvals that still hold stand; those the order went beyond fall due again.

        :param bool resubmit: also ask those again who rejected
        """
        self.ensure_one()
        content = self._o2c_take_content()
        steps = self._o2c_get_steps()
        tasks = self._o2c_get_live_tasks()
        outdated = tasks.filtered(
            lambda task: (
                (task.state == "approved" and not task._covers(content))
                or (task.state == "rejected" and resubmit)
            )
        )
        outdated.write({"state": "superseded"})
        standing = tasks - outdated
        needless = standing.filtered(
            lambda task: task.step_id not in steps and task.state != "approved"
        )
        needless._o2c_drop_needless()
        (standing - needless)._o2c_renew_reasons()
        missing = steps - (standing - needless).step_id
        self.env["o2c.approval.task"].create(
            [self._o2c_prepare_task(step) for step in missing]
        )
        if steps:
            self._o2c_keep_reviewed(content)
        return outdated

    def _o2c_prepare_task(self, step):
        """Return the values of the task that puts a step to this order."""
        return {
            "order_id": self.id,
            "flow_id": step.flow_id.id,
            "step_id": step.id,
            "name": step.name,
            "sequence": step.sequence,
            "rule": step.rule,
            "allow_own": step.allow_own,
            "user_ids": [Command.set(step._get_deciders(self).ids)],
            "reason_data": step._get_reason(self),
        }

    def _o2c_advance(self):
        """Open what is due, tell the deciders; confirm when nothing is left to decide."""
        self.ensure_one()
        tasks = self._o2c_get_live_tasks()
        if "rejected" in tasks.mapped("state"):
            return
        if self._o2c_is_forbidden():
            # A customer signed it, or chose so: nobody is asked before it is lowered.
            self._o2c_notify("order_rejected")
            return
        if not tasks._get_undecided():
            # Another team, or whatever else flows ask for, may have brought new steps.
            self._o2c_refresh_tasks()
            tasks = self._o2c_get_live_tasks()
        if tasks._open_due():
            self._o2c_notify("approval_requested")
        elif not self._o2c_get_uncovered_steps():
            if tasks:
                self._o2c_notify("order_approved")
            self._o2c_confirm_approved()

    def _o2c_confirm_approved(self):
        """Confirm an order whose last approval is in.

        The customer who signed or paid meanwhile gets the confirmation by mail, as if
        it had been confirmed at once.
        """
        if self.state in ("draft", "sent"):
            if self.signature or self.transaction_ids:
                self._validate_order()
            else:
                self.with_context(send_email=False).action_confirm()
            self.transaction_ids._o2c_invoice_late()

    def _o2c_after_decision(self, tasks):
        """Move the order on after some of its tasks were decided."""
        self.ensure_one()
        if "rejected" in tasks.mapped("state"):
            self._o2c_stop_on_rejection()
        else:
            self._o2c_advance()
        self._o2c_close_idle_todos()

    def _o2c_stop_on_rejection(self):
        self.o2c_task_ids._get_undecided().write({"state": "cancelled"})
        self._o2c_tell_rejection()

    def _o2c_tell_rejection(self):
        """Tell that the order is rejected, and that its customer signed or paid."""
        self._o2c_notify("order_rejected")
        if self._o2c_holds_something():
            self._o2c_notify("order_on_hold")

    def _o2c_content_changed(self, before, vals=None):
        """React to a change of what approvers agreed to.

        :param dict before: what orders that are watched or in approval said before
        :param dict vals: what was written to them, where it is known
        :raise UserError: if a confirmed order goes beyond what was approved, or a
            colleague changes an order in approval who may not, or gives a discount
            that nobody may give
        """
        self._o2c_settle_content(before)
        # Plain orders, the vast majority, leave here without a query.
        judged = self.sudo().filtered(lambda o: o.o2c_submitted_at or o.id in before)
        # A customer who chooses on the portal is served as superuser, and not refused.
        judged._o2c_lock(wait=self.env.su)
        for order in judged:
            agreed = before.get(order.id)
            if order.state == "sale" and agreed:
                order.with_env(self.env)._o2c_check_within_approval(agreed, vals)
            elif order.state in ("draft", "sent") and order.o2c_submitted_at:
                order.with_env(self.env)._o2c_check_content_open(agreed, vals)
                order._o2c_review_approvals(agreed, by_colleague=not self.env.su)

    def _o2c_settle_content(self, before):
        """Bring in line what else follows from a change of content, before it is
        judged. For addons that add to the content.

        :param dict before: as for :meth:`_o2c_content_changed`
        """

    def _o2c_review_approvals(self, before=None, by_colleague=False):
        """Bring the approvals in line with a change; open and confirm what follows.

        :param dict before: what the order said before, if it was in approval
        :param bool by_colleague: refuse a discount that nobody may give
        """
        was_pending = self.o2c_approval_state == "pending"
        if by_colleague and was_pending:
            self._o2c_check_discount_allowed()
        if before:
            self._o2c_log_content_change(before)
        if self._o2c_refresh_tasks():
            self._o2c_notify("approval_returned")
        # Also where the change made the last open step needless.
        if was_pending or self.o2c_approval_state == "pending":
            self._o2c_advance()
