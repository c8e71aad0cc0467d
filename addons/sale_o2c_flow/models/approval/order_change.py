"""Changing a confirmed order beyond what was approved: proposed, approved, made."""

import json

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import json_default

from .channel import is_saving_a_form
from .content import goes_beyond
from .sale_order_gate import ApprovedContentChange

LEVEL_OF_A_REFUSAL = 20  # logging.INFO: somebody is asked, nothing broke
# What no proposal carries: whether an order is confirmed is nothing to propose.
NOT_TO_PROPOSE = frozenset({"state", "locked", "company_id"})


class ProposedChange(ApprovedContentChange):
    """Lets a change of orders through that whoever opens this judges themselves.

    Values may reach the lines of other orders: those are judged as ever.
    """

    def __exit__(self, exc_type, exc_value, traceback):
        if exc_type is None:
            orders, before = self.cache[self.key]
            orders._o2c_settle_content(before)
        return super().__exit__(exc_type, exc_value, traceback)

    def settle(self, orders, before):
        return super().settle(orders - self.orders, before)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_change_ids = fields.One2many(
        "o2c.order.change",
        "order_id",
        string="Changes to Approve",
        copy=False,
        groups="base.group_user",
    )
    o2c_change_id = fields.Many2one(
        "o2c.order.change",
        string="Change in Approval",
        compute="_compute_o2c_change_id",
        search="_search_o2c_change_id",
        groups="base.group_user",
    )
    o2c_change_difference = fields.Text(
        related="o2c_change_id.difference", groups="base.group_user"
    )
    o2c_change_waits_for = fields.Char(
        related="o2c_change_id.waits_for", groups="base.group_user"
    )
    o2c_change_user_id = fields.Many2one(
        related="o2c_change_id.user_id", groups="base.group_user"
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {"o2c_change_ids"}

    @api.depends("o2c_change_ids.state")
    def _compute_o2c_change_id(self):
        for order in self:
            order.o2c_change_id = order.o2c_change_ids.filtered(
                lambda change: change.state == "pending"
            )[:1]

    def _search_o2c_change_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        pending = Domain("state", "=", "pending")
        wanted = pending & Domain("id", "in", [id_ for id_ in value if id_])
        found = Domain("o2c_change_ids", "any", wanted)
        if False in value:
            found |= ~Domain("o2c_change_ids", "any", pending)
        return found

    def o2c_propose_change(self, vals, note=None):
        """Propose a change of a confirmed order that goes beyond what was approved.

        Those who have to approve it are asked, and it is made by itself after the last
        approval; it is made at once when nobody has to.

        :param dict vals: as for ``write``
        :param str note: why, for those who decide
        :return: the id of the ``o2c.order.change``
        :rtype: int
        :raise UserError: if the order is not confirmed or has a change that waits, or
            the change cannot be made at all
        """
        self.ensure_one()
        self.check_access("write")
        self._o2c_lock()
        self._o2c_check_may_propose(vals)
        # Nobody has rights on changes: all of them come through here.
        changes = self.env["o2c.order.change"].sudo()
        # The database counts those that are open.
        changes.flush_model(["state"])
        change = changes.create(self._o2c_prepare_change(vals, note))
        change._proceed()
        if change.state == "pending":
            self._o2c_notify("change_requested")
        return change.id

    def _o2c_prepare_change(self, vals, note=None):
        return {
            "order_id": self.id,
            "user_id": self.env.uid,
            "note": note.strip() if isinstance(note, str) else False,
            "vals": json.loads(json.dumps(vals, default=json_default)),
            "before": self._o2c_take_content(),
        }

    def _o2c_check_may_propose(self, vals):
        """Check that a change of the order may be proposed.

        :raise UserError: saying what is in the way
        """
        if self.state != "sale":
            raise UserError(
                self.env._(
                    "%(order)s is not confirmed: change it as it is.", order=self.name
                )
            )
        if not isinstance(vals, dict) or not vals or NOT_TO_PROPOSE & set(vals):
            raise UserError(
                self.env._(
                    "Say what to change of %(order)s: values of its fields, like those "
                    "of its lines; not whether it is confirmed.",
                    order=self.name,
                )
            )
        self._o2c_check_no_open_change()

    def _o2c_check_no_open_change(self):
        change = self.sudo().o2c_change_id
        if change:
            raise UserError(
                self.env._(
                    "A change of %(order)s by %(user)s waits for approval already. "
                    "Withdraw it first, then propose everything in one change.",
                    order=self.name,
                    user=change.user_id.name,
                )
            )

    def _o2c_preview_change(self, vals):
        """Return what a proposal would change, in sentences, and who would be asked.

        :raise UserError: as for :meth:`o2c_propose_change`
        """
        self.ensure_one()
        self.check_access("write")
        self._o2c_check_may_propose(vals)
        savepoint = self.env.cr.savepoint()
        try:
            # Taken back with all that follows from it.
            changes = self.env["o2c.order.change"].sudo()
            change = changes.create(self._o2c_prepare_change(vals))
            outcome = change._try_out()
            tasks = outcome.pop("tasks")
            change.write(outcome)
            steps = self.env["o2c.approval.step"].sudo()
            names = steps.browse([task["step_id"] for task in tasks]).mapped("name")
            return change._describe(), names
        finally:
            savepoint.close(rollback=True)

    def _o2c_get_steps_beyond(self, before):
        """Return the steps that have to approve what the order says now.

        :param dict before: what it said before
        :raise UserError: if it gives a discount that nobody may give
        """
        self.ensure_one()
        if not goes_beyond(self._o2c_take_content(), before):
            return self.env["o2c.approval.step"]
        self._o2c_take_customers()
        self._o2c_check_discount_allowed()
        return self._o2c_get_uncovered_steps(self._o2c_get_steps_to_grow())

    def _o2c_refuse_beyond(self, vals):
        self._o2c_check_no_open_change()
        if not vals or NOT_TO_PROPOSE & set(vals) or not is_saving_a_form():
            return super()._o2c_refuse_beyond(vals)
        # What nobody can approve is nothing to submit.
        self._o2c_check_discount_allowed()
        proposal = self._o2c_prepare_change(vals)
        warning = RedirectWarning(
            self.env._(
                "%(order)s was approved as it stood, and this change goes beyond that. "
                "Submit the change: it is made as soon as it is approved, and nothing "
                "changes until then.",
                order=self.name,
            ),
            self.env.ref("sale_o2c_flow.action_o2c_order_change_proposal").id,
            self.env._("Submit Change for Approval"),
            {"default_order_id": self.id, "default_vals": proposal["vals"]},
        )
        warning.loglevel = LEVEL_OF_A_REFUSAL
        raise warning

    def action_o2c_withdraw_change(self):
        """Withdraw the change of the order that waits for approval."""
        self.ensure_one()
        if not self.o2c_change_id:
            raise UserError(
                self.env._("No change of %(order)s waits.", order=self.name)
            )
        return self.o2c_change_id.action_withdraw()

    def _o2c_get_owners(self):
        if self.state != "sale":
            return super()._o2c_get_owners()
        # Whoever proposes a change does not approve it either.
        changes = self.sudo().o2c_change_ids.filtered(lambda c: not c.settled_at)
        return super()._o2c_get_owners() | changes.user_id

    def _o2c_withdraw(self):
        # Nobody decides about a change of an order that is cancelled.
        self.sudo().o2c_change_id._settle("withdrawn")
        return super()._o2c_withdraw()

    def _o2c_after_decision(self, tasks):
        for change in tasks.change_id:
            change._o2c_after_decision(
                tasks.filtered(lambda t, c=change: t.change_id == c)
            )
        own = tasks.filtered(lambda task: not task.change_id)
        return super()._o2c_after_decision(own) if own else None

    def _o2c_get_event_note(self, event):
        change = self.o2c_change_id
        names = {"order": self.name, "customer": self.partner_id.display_name}
        if event == "approval_requested" and change:
            return self.env._("Approve a change of %(order)s of %(customer)s", **names)
        if event == "change_requested":
            return self.env._(
                "%(user)s proposes a change of %(order)s: %(difference)s",
                user=change.user_id.name,
                difference=" · ".join(change._describe()),
                **names,
            )
        if event == "change_approved":
            return self.env._("The change of %(order)s is approved and made.", **names)
        if event == "change_rejected":
            return self._o2c_describe_lost_change(self.o2c_change_ids[:1])
        return super()._o2c_get_event_note(event)

    def _o2c_describe_lost_change(self, change):
        """Say why a change was not made."""
        task = change.task_ids.filtered(lambda t: t.state == "rejected")[:1]
        if task:
            return self.env._(
                "The change of %(order)s was rejected by %(department)s (%(user)s): "
                "%(comment)s",
                order=self.name,
                department=task.name,
                user=task.decided_by_id.name,
                comment=task.comment,
            )
        return self.env._(
            "The change of %(order)s was approved, and could not be made: %(problem)s",
            order=self.name,
            problem=change.error,
        )
