from odoo import api, models
from odoo.exceptions import UserError

from ..common.content_change import ContentChange
from .content import goes_beyond

# Fields of the order itself that approvers agree to; lines have their own.
CONTENT_FIELDS = frozenset(
    {
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "currency_id",
        "pricelist_id",
        "payment_term_id",
        "fiscal_position_id",
        "order_line",
    }
)


class SaleOrder(models.Model):
    """The gate: no order becomes confirmed without its approvals, by any route.

    Confirming is diverted into approval rather than refused, so that a customer who
    signs or pays loses nothing. Whoever writes the state directly is refused.
    """

    _inherit = "sale.order"

    def action_confirm(self):
        result = True
        for orders in self._o2c_split_by_customer():
            cleared = orders._o2c_divert_held()
            if cleared:
                result = super(SaleOrder, cleared).action_confirm()
        return result

    def _o2c_split_by_customer(self):
        """Return the orders in rounds with one order of each customer where the credit
        limit counts: each order that is confirmed counts for the next."""
        # Salespeople need not be able to read every customer's company.
        counted = self.sudo().filtered("company_id.account_use_credit_limit")
        by_customer = counted.grouped(
            lambda order: (order.company_id, order.partner_id.commercial_partner_id)
        )
        rounds = max(map(len, by_customer.values()), default=0)
        if rounds < 2:
            return [self]
        split = [self - counted] if self - counted else []
        for number in range(rounds):
            ids = [
                o.id for own in by_customer.values() for o in own[number : number + 1]
            ]
            split.append(self.browse(ids))
        return split

    def _o2c_divert_held(self):
        """Send those orders into approval that may not be confirmed yet.

        An addon that does something of its own before it confirms orders asks first.

        :return: the orders that may be confirmed
        """
        self._o2c_judge_unsubmitted()
        # What was confirmed just now counts, and Odoo does not follow the credit limit.
        self.invalidate_recordset(["o2c_approval_needed"])
        held = self.filtered("o2c_approval_needed")
        if held:
            held._o2c_divert()
        return self - held

    def _o2c_judge_unsubmitted(self):
        """Judge discounts anew where a flow may hold; what was submitted was judged
        then, and its approvers decide on what they were told."""
        flows = self.env["o2c.approval.flow"]
        self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and not order.sudo().o2c_submitted_at
                and flows._get_flow_ids(order.company_id.id)
            )
        )._o2c_judge_discount()

    def _o2c_divert(self):
        """Send orders into approval that somebody tried to confirm.

        Whoever calls this themselves gets the checks of the button; a customer, whom
        the portal serves as superuser, never an error.
        """
        if not self.env.su:
            pending = self.filtered(lambda o: o.o2c_approval_state == "pending")
            pending._o2c_check_discount_allowed()
            (self - pending).action_o2c_submit()
            return
        for order in self:
            if order.o2c_approval_state == "rejected":
                order._o2c_tell_rejection()
            elif order.o2c_approval_state != "pending":
                order._o2c_submit()

    @api.model_create_multi
    def create(self, vals_list):
        # Around the lines, too: the order is judged before the changes to it are.
        with self._o2c_changing_content(changes=False):
            orders = super().create(vals_list)
            orders.filtered(lambda order: order.state == "sale")._o2c_check_cleared()
        return orders

    def write(self, vals):
        confirming = self.browse()
        if vals.get("state") == "sale":
            confirming = self.filtered(lambda order: order.state != "sale")
            confirming._o2c_judge_unsubmitted()
        with self._o2c_changing_content(not CONTENT_FIELDS.isdisjoint(vals), vals):
            result = super().write(vals)
        # After the write: it may change the content together with the state.
        confirming._o2c_check_cleared()
        return result

    def _o2c_check_cleared(self):
        """Check that confirmed orders have the approvals they need.

        :raise UserError: naming the orders that do not
        """
        self._o2c_check_discount_allowed()
        self._o2c_take_customers()
        held = self.filtered(lambda order: order._o2c_get_uncovered_steps())
        if held:
            raise UserError(
                self.env._(
                    "%(orders)s cannot be confirmed before they are approved: submit "
                    "them for approval, they confirm themselves after the last one.",
                    orders=held.mapped("name"),
                )
            )

    def _o2c_is_forbidden(self):
        """Whether the order gives a discount that nobody may give, and a flow holds for
        it: without a flow orders are confirmed as they are."""
        self.ensure_one()
        # Who confirms or signs need not see how the discount is judged.
        return self.sudo().o2c_discount_authority == "forbidden" and bool(
            self.env["o2c.approval.flow"]._get_flow(self)
        )

    def _o2c_check_discount_allowed(self):
        """Check that orders under a flow give no discount that nobody may give.

        :raise UserError: naming the order and what makes its discount too high
        """
        for order in self:
            if order._o2c_is_forbidden():
                raise UserError(
                    self.env._(
                        "%(order)s gives a discount that nobody may give. %(reason)s "
                        "Lower the discount first.",
                        order=order.name,
                        reason=order.sudo().o2c_discount_reason,
                    )
                )

    def _o2c_refuse_beyond(self, vals):
        """Refuse a change of a confirmed order that goes beyond what was approved.

        :param dict vals: what was written, None where it is not known
        :raise UserError: always
        """
        raise UserError(
            self.env._(
                "%(order)s was approved as it stood, and this change goes beyond that. "
                "Propose the change on the form of the order: it counts once it is "
                "approved. Or put what is new on another order.",
                order=self.name,
            )
        )

    def _o2c_is_watched(self):
        """Whether changes of the confirmed order are judged: while its company has any
        flow, also one that does not fit the order yet."""
        self.ensure_one()
        return self.state == "sale" and bool(
            self.env["o2c.approval.flow"]._get_flow_ids(self.company_id.id)
        )

    def _o2c_check_within_approval(self, before, vals=None):
        """Check that a confirmed order stays within what was approved.

        Only the change is judged: an order that was confirmed before its company had
        the addon or the flow keeps what it has, and may be given less. What goes beyond
        that needs every step that holds for the order as it is now.

        :param dict before: the content before the change; see :mod:`.content`
        :param dict vals: what was written, where it is known
        :raise UserError: if it goes beyond
        """
        self.ensure_one()
        if not goes_beyond(self._o2c_take_content(), before):
            return
        self._o2c_take_customers()
        if self._o2c_get_uncovered_steps(self._o2c_get_steps_to_grow()):
            self._o2c_refuse_beyond(vals)
        self._o2c_check_discount_allowed()

    def _o2c_changing_content(self, changes=True, vals=None):
        """Return a context manager: what approvers agreed to is about to change.

        Nested changes (an order written with its lines) are judged once, at the end.

        :param dict vals: what is about to be written to the orders, where it is known
        """
        return ApprovedContentChange(self if changes else self.browse(), vals)


class ApprovedContentChange(ContentChange):
    """Has approvals judged after a change; of orders that were confirmed or submitted
    it keeps what they said before."""

    key = "o2c_content_changes"

    def __init__(self, orders, vals=None):
        super().__init__(orders)
        self.vals = vals

    def remember(self, orders):
        return {
            order.id: order._o2c_take_content()
            for order in orders.sudo()
            if order._o2c_is_watched() or order._o2c_is_in_approval()
        }

    def settle(self, orders, before):
        orders.exists()._o2c_content_changed(before, self.vals)
