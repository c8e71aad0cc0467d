"""A change of a confirmed order that goes beyond what was approved."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .content_difference import Names
from .content_lock import LOCKED_FIELDS
from .order_change import ProposedChange

# Nothing of what is tried out is bought, delivered or told to anybody.
TRYING_OUT = {
    "skip_procurement": True,
    "tracking_disable": True,
    "mail_notify_force_send": False,
    "mail_auto_subscribe_no_notify": True,
}


class O2cOrderChange(models.Model):
    """Waits for those who have to approve it, and is made by itself after the last.

    What counts is kept as the values that were written, and is written again, with the
    rights of whoever proposed it, to the order as it is by then.
    """

    _name = "o2c.order.change"
    _description = "Change to Approve"
    _order = "id desc"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    user_id = fields.Many2one("res.users", string="Proposed By", required=True)
    note = fields.Text(string="Why")
    state = fields.Selection(
        [
            ("pending", "To approve"),
            ("applied", "Made"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
            ("failed", "Could not be made"),
        ],
        string="Status",
        required=True,
        default="pending",
    )
    settled_at = fields.Datetime()
    error = fields.Text(string="Problem")
    task_ids = fields.One2many("o2c.approval.task", "change_id", string="Approvals")
    # -- What is proposed
    vals = fields.Json(required=True)
    before = fields.Json(required=True, help="What the order said without it.")
    content = fields.Json(help="What the order will say.")
    snapshot = fields.Html()
    amount_total = fields.Monetary(string="New Total")
    effective_discount = fields.Float(string="New Discount (%)", digits=(5, 2))
    difference = fields.Text(string="Changes", compute="_compute_difference")
    waits_for = fields.Char(compute="_compute_waits_for")

    _one_open = models.UniqueIndex(
        "(order_id) WHERE state = 'pending'",
        "Another change of this order waits for approval already.",
    )

    @api.depends("order_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._("Change of %s", change.order_id.name)

    @api.depends("before", "content", "vals")
    @api.depends_context("lang")
    def _compute_difference(self):
        contents = [*self.mapped("before"), *self.mapped("content")]
        names = Names(self.env, filter(None, contents))
        for change in self:
            change.difference = "\n".join(change._describe(names))

    def _describe(self, names=None):
        """Say what changes, one sentence for each.

        :param names: see :meth:`_o2c_describe_difference` of the order
        """
        order = self.order_id
        sentences = []
        if self.content:
            sentences = order._o2c_describe_difference(self.before, self.content, names)
        others = [
            order._fields[name]._description_string(self.env)
            for name in self.vals
            if name in order._fields and name not in LOCKED_FIELDS
        ]
        if others:
            sentences.append(self.env._("Changed as well: %s", ", ".join(others)))
        return sentences

    @api.depends("task_ids.state", "task_ids.user_ids")
    @api.depends_context("lang")
    def _compute_waits_for(self):
        for change in self:
            # Whoever sees the order may know who holds it.
            pending = change.sudo().task_ids._get_pending()
            change.waits_for = ", ".join(
                f"{task.name} ({', '.join(task.user_ids.mapped('name'))})"
                for task in pending
            )

    # === MAKING THE CHANGE === #

    def _proceed(self):
        """Ask those who have to approve and were not asked; make the change when there
        is nobody.

        :raise UserError: if the change cannot be made
        """
        self.ensure_one()
        outcome = self._try_out()
        missing = outcome.pop("tasks")
        self.write(outcome)
        if not missing:
            self._make()
            return
        steps = {values["step_id"] for values in missing}
        # Approved for less than it would be by now.
        self.task_ids.filtered(
            lambda task: task.state == "approved" and task.step_id.id in steps
        ).write({"state": "superseded"})
        self.env["o2c.approval.task"].create(
            [{**values, "change_id": self.id} for values in missing]
        )
        self._ask()

    def _ask(self):
        if self.task_ids._open_due():
            self.order_id._o2c_notify("approval_requested")

    def _as_proposer(self, **context):
        """Return the order as whoever proposed the change, whoever is at work now."""
        user = self.user_id
        if not user.active:
            raise UserError(
                self.env._(
                    "%(user)s, who proposed the change, does not work here any more. "
                    "Propose it anew.",
                    user=user.name,
                )
            )
        # Nothing of the context of whoever decides: it may hold defaults of theirs.
        context |= {"lang": user.lang, "allowed_company_ids": self.company_id.ids}
        env = self.env(user=user.id, su=False, context=context)
        return self.order_id.with_env(env)

    def _try_out(self):
        """Return what the order would be with the change, and take it back again.

        :rtype: dict of values of the change, and ``tasks``: values of those missing
        """
        order = self._as_proposer(**TRYING_OUT)
        before = order._o2c_take_content()
        savepoint = self.env.cr.savepoint()
        try:
            self._write_order(order)
            return self._take_outcome(before)
        finally:
            savepoint.close(rollback=True)

    def _write_order(self, order):
        # Its own approvals count from here on.
        self.state = "applied"
        with ProposedChange(order):
            order.write(self.vals)
        self.env.flush_all()

    def _take_outcome(self, before):
        order = self.order_id
        return {
            "before": before,
            "content": order._o2c_take_content(),
            "snapshot": order._o2c_take_snapshot(),
            "amount_total": order.amount_total,
            "effective_discount": order.o2c_effective_discount,
            "tasks": [
                order._o2c_prepare_task(step)
                for step in order._o2c_get_steps_beyond(before)
            ],
        }

    def _make(self):
        """Make the change, with the rights of whoever proposed it."""
        order = self.order_id
        outdated = order._o2c_get_live_tasks()
        with self.env.cr.savepoint():
            self._write_order(self._as_proposer())
            self.settled_at = fields.Datetime.now()
        content = order._o2c_take_content()
        renewed = self.task_ids.filtered(lambda task: task.state == "approved")
        outdated.filtered(
            lambda task: task.step_id in renewed.step_id and not task._covers(content)
        ).write({"state": "superseded"})
        order._o2c_log_list(
            self.env._("Change made, proposed by %s:", self.user_id.name),
            self._describe(),
        )
        if renewed:
            order._o2c_notify("change_approved")

    # === DECISIONS === #

    def _o2c_after_decision(self, tasks):
        """Move the change on after some of its tasks were decided."""
        self.ensure_one()
        self.order_id._o2c_close_idle_todos()
        if "rejected" in tasks.mapped("state"):
            self._settle("rejected")
            self.order_id._o2c_notify("change_rejected")
        elif self.task_ids._get_undecided():
            self._ask()
        else:
            self._proceed_or_fail()

    def _proceed_or_fail(self):
        try:
            self._proceed()
        except UserError as error:
            # The decision stands; whoever proposed it is told what is in the way.
            self.error = str(error)
            self._settle("failed")
            self.order_id._o2c_notify("change_rejected")

    def _settle(self, state):
        """Close the change without making it; the order stays as it is."""
        for change in self:
            change.task_ids._get_undecided().write({"state": "cancelled"})
            change.write({"state": state, "settled_at": fields.Datetime.now()})

    def action_withdraw(self):
        """Take the change back; the order stays as it is.

        :raise UserError: if it is settled already, or the user does not sell
        """
        orders = self.order_id
        orders.check_access("write")
        orders._o2c_lock()
        orders._o2c_check_may_withdraw()
        # Checked: salespeople may not write changes or tasks themselves.
        changes = self.sudo()
        changes.invalidate_recordset()
        for change in changes:
            if change.state != "pending":
                raise UserError(
                    self.env._(
                        "The change of %(order)s does not wait any more: reload to see "
                        "what became of it.",
                        order=change.order_id.name,
                    )
                )
        changes._settle("withdrawn")
        return True
