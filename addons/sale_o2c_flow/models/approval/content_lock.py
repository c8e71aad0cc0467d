"""While an order is in approval its content stays as it was submitted."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..discount.order_discount import ORDER_DISCOUNT_FIELDS
from .sale_order_gate import CONTENT_FIELDS

LOCKED_FIELDS = CONTENT_FIELDS | ORDER_DISCOUNT_FIELDS


def get_changed_fields(vals):
    """Return the fields of an order's content that values change; the discount on the
    whole order counts as one of its lines."""
    return {
        "order_line" if name in ORDER_DISCOUNT_FIELDS else name
        for name in LOCKED_FIELDS.intersection(vals)
    }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_content_locked = fields.Boolean(
        compute="_compute_o2c_content_locked",
        compute_sudo=False,
        help="The order is in approval, and you may not change what it sells.",
    )
    o2c_open_fields = fields.Char(
        compute="_compute_o2c_content_locked",
        compute_sudo=False,
        help="What you may change while you decide, separated by spaces.",
    )

    @api.depends("state", "o2c_approval_state", "o2c_task_ids.state")
    @api.depends_context("uid")
    def _compute_o2c_content_locked(self):
        # Open to everybody, as buttons hang on them; customers are told nothing.
        is_colleague = self.env.user._is_internal()
        for order in self:
            locked = is_colleague and order._o2c_is_in_approval()
            names = order._o2c_get_open_fields() if locked else ()
            order.o2c_open_fields = " ".join(sorted(names))
            order.o2c_content_locked = locked and not order._o2c_may_answer_by_change()

    def _o2c_is_in_approval(self):
        """Whether deciders were or are asked about the quotation as it stands.

        An order that is held back for a discount nobody may give is not: it waits for
        its salesperson.
        """
        self.ensure_one()
        order = self.sudo()
        return (
            order.state in ("draft", "sent")
            and bool(order.o2c_submitted_at)
            and order.o2c_approval_state in ("pending", "approved")
            and not order._o2c_is_forbidden()
        )

    def _o2c_may_answer_by_change(self):
        """Whether the user may change the order because they were asked about it."""
        return (
            self._o2c_has_open_question()
            and self.env.user in self.sudo()._o2c_get_owners()
        )

    def _o2c_get_open_fields(self):
        """Return the names of the fields that the user may change while deciding.

        :rtype: set[str]
        """
        self.ensure_one()
        # Deciders need not be able to read flows; what counts is who decides.
        mine = (
            self.sudo()
            ._o2c_get_pending_tasks()
            .filtered(
                lambda task: task.step_id.editable_field_ids and not task._get_refusal()
            )
        )
        return set(mine.step_id.editable_field_ids.mapped("name"))

    def _o2c_check_content_open(self, before, vals):
        """Check that the user may have changed the content of an order in approval.

        Superusers may: a customer chooses on the portal, and is asked no questions.

        :param dict before: what the order said before; None when it was not in approval
        :param dict vals: what was written to it, None when nobody knows
        :raise UserError: if they may not
        """
        self.ensure_one()
        if self.env.su or before is None or self._o2c_take_content() == before:
            return
        changed = get_changed_fields(vals or {})
        if changed and changed <= self._o2c_get_open_fields():
            return
        if not self._o2c_may_answer_by_change():
            raise UserError(self._o2c_explain_content_lock())

    def _o2c_explain_content_lock(self):
        if self.env.user in self.sudo().o2c_task_ids.user_ids:
            return self.env._(
                "%(order)s is in approval: what it sells, and on which terms, stays "
                "as it was submitted. Reject it and say what to change, or ask "
                "%(salesperson)s to recall it.",
                order=self.name,
                salesperson=self.user_id.name or self.create_uid.name,
            )
        return self.env._(
            "%(order)s is in approval: what it sells, and on which terms, stays as it "
            "was submitted. Recall it first, change it and submit it again.",
            order=self.name,
        )

    def _o2c_log_content_change(self, before):
        """Note on the order what somebody changed while it was in approval.

        :param dict before: what the order said before
        """
        self.ensure_one()
        sentences = self._o2c_describe_difference(before, self._o2c_take_content())
        if sentences:
            self._o2c_log_list(self.env._("Changed while in approval:"), sentences)

    def _o2c_log_list(self, title, sentences):
        """Put a title and a list of sentences into the order's log, for colleagues."""
        items = Markup().join(Markup("<li>%s</li>") % text for text in sentences)
        self._message_log(body=Markup("%s<ul>%s</ul>") % (title, items))
