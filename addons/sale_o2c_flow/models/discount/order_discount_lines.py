"""The whole-order discount: the order lines that carry it.

They are computed by Odoo's tax engine, as its discount wizard does, and computed again
whenever what they are computed from has changed.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..common.content_change import ContentChange
from .order_discount import ORDER_DISCOUNT_FIELDS
from .order_discount_computation import COMPUTATION_KEY, OrderDiscountComputation

# What an order discount is computed from, beside the order's own fields.
ORDER_SOURCES = ORDER_DISCOUNT_FIELDS | {
    "order_line",
    "company_id",
    "currency_id",
    "pricelist_id",
    "payment_term_id",
    "fiscal_position_id",
    "partner_id",
}
LINE_SOURCES = frozenset(
    {
        "order_id",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        "tax_ids",
        "extra_tax_data",
        "is_downpayment",
    }
)
# What makes a line a discount on an order that has none of its own.
MADE_BY_HAND = frozenset({"extra_tax_data", "order_id"})
# What is agreed on, with taxes or without: the field of orders, and that of lines.
AGREED_FIELDS = {
    "included": ("amount_total", "price_total"),
    "excluded": ("amount_untaxed", "price_subtotal"),
}
# The tax engine comes out even but for a cent or two. Payment terms with a discount for
# early payment leave more: each round closes in by the factor of that discount.
MAX_ROUNDS = 6
SETTLING = "o2c_settling_order_discounts"
NUDGE_LIMIT = 5


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("order_line.price_total")
    def _compute_amounts(self):
        return super()._compute_amounts()

    @api.depends("order_line.price_total")
    def _compute_tax_totals(self):
        return super()._compute_tax_totals()

    @api.depends(
        "o2c_order_discount_type",
        "o2c_order_discount_amount",
        "o2c_agreed_total",
        "amount_total",
    )
    @api.depends_context("lang")
    def _compute_o2c_order_discount_problem(self):
        for order in self:
            order.o2c_order_discount_problem = (
                order._o2c_get_order_discount_problem()
                if order.o2c_order_discount_type and order.state != "cancel"
                else False
            )

    @api.onchange(
        "order_line",
        "pricelist_id",
        "payment_term_id",
        "fiscal_position_id",
        *sorted(ORDER_DISCOUNT_FIELDS),
    )
    def _onchange_order_line(self):
        result = super()._onchange_order_line()
        if self.o2c_order_discount_type or self._origin.o2c_order_discount_type:
            self._o2c_apply_order_discount()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        with _OrderDiscountChange(self) as change:
            orders = super().create(vals_list)
            change.add(orders)
        return orders

    def write(self, vals):
        changed = self.browse()
        if not ORDER_SOURCES.isdisjoint(vals):
            changed = self
        elif vals.get("state", "cancel") != "cancel":
            # While orders are cancelled their discounts do not follow the lines.
            changed = self.filtered(lambda order: order.state == "cancel")
        with _OrderDiscountChange(changed):
            return super().write(vals)

    def action_draft(self):
        # While they were cancelled, their discounts followed no change of the lines.
        # As superuser: what became impossible meanwhile is said on the order, and
        # refuses nobody who takes it up again to mend it.
        with _OrderDiscountChange(self.sudo()):
            return super().action_draft()

    # Odoo writes one line after the other: what they come to in between is no matter.
    def _recompute_prices(self):
        with _OrderDiscountChange(self):
            return super()._recompute_prices()

    def _recompute_taxes(self):
        with _OrderDiscountChange(self):
            return super()._recompute_taxes()

    def _get_copiable_order_lines(self):
        # The copy computes its own.
        lines = super()._get_copiable_order_lines()
        return lines.filtered(
            lambda line: (
                not (
                    line.order_id.o2c_order_discount_type and line._is_global_discount()
                )
            )
        )

    def _o2c_get_order_discount_problem(self):
        """Return why the order cannot get the discount asked for, or False."""
        self.ensure_one()
        return OrderDiscountComputation(self).get_problem()

    # === WHAT THE DISCOUNT IS GIVEN ON === #

    def _o2c_get_order_discount_lines(self):
        """Return the lines that carry the discount of the order and may be changed:
        those that were not invoiced yet."""
        return self.order_line.filtered(
            lambda line: line._is_global_discount() and not line.qty_invoiced
        )

    def _o2c_get_order_discount_base(self):
        """Return the lines a discount on the whole order is given on; a discount that
        was invoiced already is one of them."""
        lines = self._get_priced_lines().filtered(lambda line: not line.is_downpayment)
        return lines - self._o2c_get_order_discount_lines()

    def _o2c_get_discount_wizard(self):
        """Return Odoo's discount wizard for this order: it knows which product a
        discount is sold as, and what its lines say."""
        kind = "so_discount" if self.o2c_order_discount_type == "percent" else "amount"
        return (
            self.env["sale.order.discount"]
            .with_company(self.company_id)
            .with_context(lang=self._get_lang())
            # Whoever gives the first discount need not be able to make products.
            .sudo()
            .new(
                {
                    "sale_order_id": self.id,
                    "company_id": self.company_id.id,
                    "discount_type": kind,
                    "discount_percentage": self.o2c_order_discount_percent / 100.0,
                }
            )
        )

    # === THE LINES === #

    def _o2c_apply_order_discount(self, strict=False):
        """Compute the lines of the whole-order discount and put them on the order.

        Works on orders that are being typed, too.

        :param bool strict: refuse what is impossible, instead of coming near it
        :raise UserError: saying what is impossible
        """
        self.ensure_one()
        if not self.o2c_order_discount_type:
            self._o2c_put_order_discount_lines([])
            return
        computation = OrderDiscountComputation(self)
        if self.o2c_order_discount_type == "total" and not self.o2c_agreed_total_basis:
            self.o2c_agreed_total_basis = computation.basis
        problem = computation.get_problem()
        if problem and strict:
            raise UserError(problem)
        amount = computation.get_amount()
        self._o2c_put_order_discount_lines(computation.get_lines(amount))
        if self.o2c_order_discount_type == "total" and not problem:
            self._o2c_reach_agreed_total(computation, amount)

    def _o2c_reach_agreed_total(self, computation, amount):
        """Close the gap that is left between what the order comes to, as Odoo computes
        it, and what was agreed."""
        currency = computation.currency
        nudge = 0.0
        for _round in range(MAX_ROUNDS):
            total = self._o2c_get_discounted_total(computation)
            gap = currency.round(self.o2c_agreed_total - total)
            if currency.is_zero(gap):
                return
            if abs(gap) > NUDGE_LIMIT * currency.rounding:
                amount = currency.round(amount - gap)
            else:
                nudge = currency.round(nudge + gap)
            self._o2c_put_order_discount_lines(computation.get_lines(amount, nudge))

    def _o2c_get_discounted_total(self, computation):
        """Return what the order comes to, less what has no part in the discount."""
        order_field, line_field = AGREED_FIELDS[computation.basis]
        known = computation.goods | computation.invoiced
        others = self._get_priced_lines() - known - self._o2c_get_order_discount_lines()
        return self[order_field] - sum(others.mapped(line_field))

    def _o2c_put_order_discount_lines(self, base_lines):
        """Make the discount lines of the order those of the tax engine.

        Lines that stay are changed only where they differ.
        """
        wizard = self._o2c_get_discount_wizard()
        values = wizard._prepare_global_discount_so_lines(base_lines)
        if values:
            values = self._o2c_add_discount_section(
                [{**vals, "discount": 0.0} for vals in values]
            )
        left = self._o2c_get_order_discount_lines()
        missing = []
        for vals in values:
            line = left.filtered(lambda line, vals=vals: line._o2c_carries(vals))[:1]
            if line:
                line._o2c_update_discount_line(vals)
                left -= line
            else:
                missing.append(vals)
        # What is not needed any more says what is missing.
        for line in left.filtered(lambda line: not line.display_type):
            if missing and not missing[-1].get("display_type"):
                line._o2c_update_discount_line(missing.pop())
                left -= line
        left._o2c_remove_discount_lines(self)
        if missing:
            self._o2c_add_discount_lines(missing)

    def _o2c_add_discount_lines(self, values):
        known = self.order_line
        self.order_line = [Command.create(vals) for vals in values]
        if self._origin == self:
            return
        # While somebody types, Odoo would compute anew what new lines were given.
        for line, vals in zip(self.order_line - known, values, strict=True):
            line.update(vals)

    def _o2c_add_discount_section(self, values):
        """Return values of discount lines with a section of their own where the order
        has sections: it would be counted into the last of them else."""
        others = self.order_line.filtered(lambda line: not line._is_global_discount())
        last = max(others.mapped("sequence"), default=0)
        sequence = max(last + 2, *(vals["sequence"] for vals in values))
        values = [{**vals, "sequence": sequence} for vals in values]
        if "line_section" not in others.mapped("display_type"):
            return values
        section = {
            "display_type": "line_section",
            "name": self.with_context(lang=self._get_lang()).env._("Order discount"),
            "sequence": sequence - 1,
            "extra_tax_data": {"computation_key": COMPUTATION_KEY},
        }
        return [section, *values]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    o2c_is_order_discount = fields.Boolean(
        string="Order Discount",
        compute="_compute_o2c_is_order_discount",
        help="The line carries the discount on the whole order and follows it.",
    )

    @api.depends("extra_tax_data", "order_id.o2c_order_discount_type")
    def _compute_o2c_is_order_discount(self):
        for line in self:
            line.o2c_is_order_discount = bool(
                line.order_id.o2c_order_discount_type and line._is_global_discount()
            )

    @api.depends("extra_tax_data")
    def _compute_amount(self):
        return super()._compute_amount()

    @api.model_create_multi
    def create(self, vals_list):
        with _OrderDiscountChange(self.env["sale.order"]) as change:
            lines = super().create(vals_list)
            change.add(lines._o2c_get_orders_to_settle())
            lines._o2c_check_may_be_order_discount()
        return lines

    def write(self, vals):
        changes = not LINE_SOURCES.isdisjoint(vals)
        orders = self.env["sale.order"]
        if changes:
            orders = self._o2c_get_orders_to_settle()
        with _OrderDiscountChange(orders) as change:
            # The client sends back what it was shown of the discount lines. They are
            # computed anew, and stay what they are.
            known = self.browse()
            if "extra_tax_data" in vals and not change.is_settling():
                known = self.filtered("o2c_is_order_discount")
                super(SaleOrderLine, known).write(
                    {name: vals[name] for name in vals if name != "extra_tax_data"}
                )
            others = self - known
            result = super(SaleOrderLine, others).write(vals)
            if changes:
                change.add(self._o2c_get_orders_to_settle())
            if not MADE_BY_HAND.isdisjoint(vals):
                others._o2c_check_may_be_order_discount()
        return result

    def unlink(self):
        with _OrderDiscountChange(self._o2c_get_orders_to_settle()):
            return super().unlink()

    def _o2c_get_orders_to_settle(self):
        """Return the orders whose discount follows a change of the lines. Down payments
        leave it as it is: it was agreed on, whatever the company allows by now."""
        return self.filtered(lambda line: not line.is_downpayment).order_id

    def _o2c_check_may_be_order_discount(self):
        """Check that no discount on a whole order comes as a line made by hand from
        those who may give none; where the order has one, its lines are made anew."""
        made = self.filtered(
            lambda line: (
                line._is_global_discount() and not line.order_id.o2c_order_discount_type
            )
        )
        made.order_id._o2c_check_may_give_order_discount()

    def _o2c_carries(self, vals):
        """Whether this is the discount line that values are for."""
        return self.display_type == vals.get("display_type", False) and (
            self.tax_ids._origin.ids == _get_tax_ids(vals)
        )

    def _o2c_update_discount_line(self, vals):
        present = {name: self[name] for name in vals}
        if "product_id" in vals:
            present["product_id"] = self.product_id.id
        if "tax_ids" in vals:
            present["tax_ids"] = [Command.set(self.tax_ids._origin.ids)]
        changes = {
            name: value for name, value in vals.items() if value != present[name]
        }
        if not changes:
            return
        if self._origin == self:
            self.write(changes)
        else:
            self.update(changes)

    def _o2c_remove_discount_lines(self, order):
        """Take discount lines off their order; lines of a confirmed order stay, and
        say zero."""
        if order.state == "sale":
            for line in self.filtered(lambda line: not line.display_type):
                line._o2c_update_discount_line(
                    {
                        "price_unit": 0.0,
                        "extra_tax_data": {"computation_key": COMPUTATION_KEY},
                    }
                )
        elif order._origin == order:
            self.unlink()
        else:
            order.order_line -= self


def _get_tax_ids(vals):
    commands = vals.get("tax_ids") or [Command.set([])]
    return commands[0][2]


class _OrderDiscountChange(ContentChange):
    """Settles the discounts on whole orders after a change of orders or their lines."""

    key = "o2c_order_discounts"

    def remember(self, orders):
        return {
            order.id: (order.o2c_order_discount_type, order.state) for order in orders
        }

    def settle(self, orders, before):
        concerned = orders.filtered(
            lambda order: self._is_concerned(order, before.get(order.id))
        )
        if not concerned:
            return
        # What follows must not be followed again.
        self.cache[self.key] = (orders.browse(), {})
        self.cache[SETTLING] = True
        try:
            for order in concerned:
                # Whoever may change a line changes the discount lines with it; these
                # are nothing that anybody writes by hand. A customer who chooses on
                # the portal, served as superuser, is not refused; nor is whoever
                # takes up a cancelled order, which nobody could mend before.
                reopened = before.get(order.id, (False, False))[1] == "cancel"
                order.sudo()._o2c_apply_order_discount(
                    strict=not (order.env.su or reopened)
                )
        finally:
            del self.cache[self.key], self.cache[SETTLING]

    @staticmethod
    def _is_concerned(order, before):
        """Whether an order has a discount that follows its lines, or had one.

        :param before: what was remembered of the order, if it is not new
        """
        if order.o2c_order_discount_type:
            return order.state != "cancel"
        return bool(before and before[0])

    def is_settling(self):
        return SETTLING in self.cache
