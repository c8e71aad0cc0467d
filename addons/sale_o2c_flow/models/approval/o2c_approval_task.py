from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .channel import get_channel
from .content import get_fingerprint, goes_beyond
from .step_deciders import RULES

TASK_STATES = [
    ("waiting", "Not yet due"),
    ("pending", "To decide"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("superseded", "Due again"),
    ("cancelled", "No longer needed"),
]
LIVE_STATES = ("waiting", "pending", "approved", "rejected")


class O2cApprovalTask(models.Model):
    """An approval step on one order, frozen as it was when the order was submitted."""

    _name = "o2c.approval.task"
    _description = "Approval Task"
    _order = "order_id desc, sequence, id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    flow_id = fields.Many2one("o2c.approval.flow", ondelete="set null", readonly=True)
    step_id = fields.Many2one(
        "o2c.approval.step", ondelete="set null", readonly=True, index="btree_not_null"
    )
    name = fields.Char(
        string="Department", required=True, readonly=True, translate=True
    )
    sequence = fields.Integer(readonly=True)
    rule = fields.Selection(RULES, required=True, readonly=True)
    allow_own = fields.Boolean(readonly=True)
    user_ids = fields.Many2many("res.users", string="Deciders", readonly=True)
    state = fields.Selection(
        TASK_STATES, required=True, readonly=True, default="waiting"
    )
    pending_since = fields.Datetime(string="Since", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    comment = fields.Text(readonly=True)
    content = fields.Json(readonly=True, help="What was agreed to.")
    decision_ids = fields.One2many("o2c.approval.decision", "task_id", readonly=True)
    # -- What the decider wants to see of the order
    partner_id = fields.Many2one(related="order_id.partner_id")
    salesperson_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    effective_discount = fields.Float(related="order_id.o2c_effective_discount")
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _pending_idx = models.Index("(order_id) WHERE state = 'pending'")

    @api.depends("order_id.name", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for task in self:
            task.display_name = f"{task.order_id.name} - {task.name}"

    @api.depends_context("uid")
    @api.depends("state", "user_ids", "order_id.user_id")
    def _compute_can_decide(self):
        for task in self:
            task.can_decide = task.state == "pending" and not task._get_refusal()

    # === DECIDING === #

    def action_approve(self):
        """Approve the step(s), as the user at hand.

        Several are decided one by one; see :meth:`_decide_each`.

        :raise UserError: if a task is not open, not theirs or already decided, or the
            order gives a discount that nobody may give
        """
        if len(self) > 1:
            return self._decide_each("approved")
        self._decide("approved")
        return True

    def action_reject(self, comment, reason_id=None):
        """Reject the step(s), as the user at hand.

        Several are decided one by one; see :meth:`_decide_each`.

        :param str comment: why; required
        :param int reason_id: the kind of reason, of ``o2c.rejection.reason``
        :raise UserError: without a reason, or as for :meth:`action_approve`
        """
        comment = self._check_reject_comment(comment)
        reason = self.env["o2c.rejection.reason"]._find(reason_id)
        if len(self) > 1:
            return self._decide_each("rejected", comment, reason=reason)
        self._decide("rejected", comment, reason=reason)
        return True

    @api.model
    def _check_reject_comment(self, comment):
        if not isinstance(comment, str) or not comment.strip():
            raise UserError(
                self.env._("Say why you reject: the salesperson has to act on it.")
            )
        return comment.strip()

    def action_open_reject(self):
        """Open the dialog that asks for the reason of a rejection."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "o2c.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_ids": self.ids},
        }

    def action_open_order(self):
        """Open the order of the task."""
        self.ensure_one()
        return self.order_id._o2c_open()

    def _decide(self, decision, comment=None, channel=None, reason=None):
        """Record the decision of the user at hand and move the orders on.

        :param str decision: ``approved`` or ``rejected``
        :param str channel: where it was taken; see the decision
        :param reason: kind of reason of a rejection
        :raise UserError: if one of the tasks is not theirs to decide now
        """
        tasks = self._take_to_decide()
        if decision == "approved":
            tasks.order_id._o2c_check_discount_allowed()
        tasks._record_decision(decision, comment, channel=channel, reason=reason)
        # Where others still have to decide, too, the task stays open.
        tasks._close_questions(asked_by=self.env.user)
        tasks._refresh_counters(self.env.user)
        for order in tasks.order_id:
            order._o2c_after_decision(
                tasks.filtered(lambda t, o=order: t.order_id == o)
            )

    def _take_to_decide(self):
        """Take the orders of tasks that the user at hand wants to decide.

        :return: the tasks, as superuser
        :raise UserError: if one of them is not theirs to decide now
        """
        # Deciders have no right to write tasks or orders: being named in the task,
        # checked below on locked data, is what entitles them.
        tasks = self._with_siblings()
        self.check_access("read")
        tasks.order_id._o2c_lock()
        for task in tasks:
            if refusal := task._get_refusal():
                raise UserError(refusal)
        return tasks

    def _with_siblings(self):
        """Return the tasks as superuser, read together with the others of their
        orders, which decide what is due next."""
        stored = [
            name
            for name, field in self._fields.items()
            if field.prefetch is True and field.column_type and field.store
        ]
        mine = Domain("order_id.o2c_task_ids", "in", self.ids)
        siblings = self.sudo().search_fetch(mine, stored)
        return self.sudo().with_prefetch(siblings._ids)

    def _get_refusal(self):
        """Return why the user at hand may not decide the task now, if so."""
        self.ensure_one()
        user = self.env.user
        names = {"task": self.name, "order": self.order_id.name}
        if self.state in ("approved", "rejected"):
            return self.env._(
                "%(task)s of %(order)s was already decided by %(user)s.",
                user=self.decided_by_id.sudo().name,
                **names,
            )
        if self.state == "waiting":
            return self.env._(
                "%(task)s of %(order)s is not due yet: others decide before.", **names
            )
        if self.state != "pending":
            return self.env._(
                "%(task)s of %(order)s no longer waits for a decision: the order was "
                "recalled, changed or cancelled meanwhile.",
                **names,
            )
        if user not in self.user_ids:
            return self.env._("%(task)s of %(order)s is not yours to decide.", **names)
        if not self.allow_own and user in self.order_id._o2c_get_owners():
            return self.env._(
                "%(order)s is your own order: somebody else has to decide %(task)s.",
                **names,
            )
        # Where any one decides, the first decision has closed the task.
        if self.rule != "any" and user in self._get_votes().user_id:
            return self.env._(
                "You have already decided %(task)s of %(order)s.", **names
            )
        return self._get_engagement()

    def _record_decision(self, decision, comment, channel=None, reason=None, **extra):
        """Keep the decision of the user at hand, and close the tasks it completes.

        :param str channel: through which it came; worked out when left out
        :param reason: ``o2c.rejection.reason`` of a rejection
        :param extra: further values of the decisions
        """
        channel = channel or get_channel()
        if reason:
            extra["reject_reason_id"] = reason.id
        values = [
            {**task._prepare_decision(decision, comment, channel), **extra}
            for task in self
        ]
        self.env["o2c.approval.decision"].create(values)
        for task, vals in zip(self, values, strict=True):
            if decision == "rejected" or (
                decision == "approved" and task._is_complete()
            ):
                task.write(
                    {
                        "state": decision,
                        "decided_at": vals["decided_at"],
                        "decided_by_id": self.env.uid,
                        "comment": comment,
                        "reject_reason_id": reason and reason.id,
                        "content": vals["content"],
                    }
                )

    def _prepare_decision(self, decision, comment, channel):
        """Return the values of the record that keeps a decision."""
        content = self._get_content()
        return {
            "task_id": self.id,
            "decision": decision,
            "comment": comment,
            "channel": channel,
            "user_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
            "content": content,
            "fingerprint": get_fingerprint(content),
            "snapshot": self._get_snapshot(),
        }

    def _get_content(self):
        """Return the content that is decided on; see :mod:`.content`."""
        order = self.sudo().order_id
        return order.o2c_reviewed_content or order._o2c_take_content()

    def _get_snapshot(self):
        """Return what is decided on, to read."""
        order = self.sudo().order_id
        return order.o2c_reviewed_snapshot or order._o2c_take_snapshot()

    # === LIFE OF A TASK === #

    def _get_undecided(self):
        """Return those of the tasks that are still to be decided, due or not."""
        return self._in_states("waiting", "pending")

    def _get_pending(self):
        """Return those of the tasks that wait for a decision now."""
        return self._in_states("pending")

    def _in_states(self, *states):
        tasks = self.filtered(lambda task: task.state in states)
        # What is read of them is read for all the tasks at hand at once.
        return tasks.with_prefetch(self._prefetch_ids)

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._take_names()
        return tasks

    def _take_names(self):
        """Take the departments' names in every language: who decides may read another
        one than who submits."""
        steps = self.step_id
        # In the only language, or the submitter's, they were made with them.
        if not steps or len(self.env["res.lang"].get_installed()) < 2:
            return
        steps.flush_recordset(["name"])
        self.flush_recordset(["name", "step_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE o2c_approval_task task
                   SET name = step.name
                  FROM o2c_approval_step step
                 WHERE step.id = task.step_id
                   AND task.id IN %s
                """,
                self._ids,
            )
        )
        self.invalidate_recordset(["name"])

    def _covers(self, content):
        """Whether this approval holds for a content: nothing went beyond it."""
        self.ensure_one()
        return self.state == "approved" and not goes_beyond(content, self.content)

    def _open_due(self):
        """Open the tasks of the lowest sequence that is not decided yet.

        :return: the tasks that became due by this
        """
        undecided = self._get_undecided()
        if not undecided:
            return undecided
        sequence = min(undecided.mapped("sequence"))
        due = undecided.filtered(
            lambda task: task.state == "waiting" and task.sequence == sequence
        )
        due.write({"state": "pending", "pending_since": fields.Datetime.now()})
        return due
