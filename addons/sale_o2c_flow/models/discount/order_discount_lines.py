"""The whole-order discount: the order lines that carry it.

They are computed by Odoo's tax engine, as its discount wizard does, and computed again
whenever what they are computed from has changed.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .order_discount import ORDER_DISCOUNT_FIELDS
from .order_discount_change import OrderDiscountChange
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
# What is agreed on, with taxes or without: the field of orders, and that of lines.
AGREED_FIELDS = {
    "included": ("amount_total", "price_total"),
    "excluded": ("amount_untaxed", "price_subtotal"),
}
# The tax engine comes out even but for a cent or two. Payment terms with a discount for
# early payment leave more: each round closes in by the factor of that discount.
MAX_ROUNDS = 6
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
        with OrderDiscountChange(self) as change:
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
        with OrderDiscountChange(changed):
            return super().write(vals)

    # Odoo writes one line after the other: what they come to in between is no matter.
    def _recompute_prices(self):
        with OrderDiscountChange(self):
            return super()._recompute_prices()

    def _recompute_taxes(self):
        with OrderDiscountChange(self):
            return super()._recompute_taxes()

    def _get_copiable_order_lines(self):
        # The copy computes its own.
        lines = super()._get_copiable_order_lines()
        return lines.filtered(lambda line: not line.o2c_is_order_discount)

    def _o2c_get_order_discount_problem(self):
        """Return why the order cannot get the discount asked for, or False."""
        self.ensure_one()
        return OrderDiscountComputation(self).problem

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
        if computation.problem and strict:
            raise UserError(computation.problem)
        amount = computation.get_amount()
        self._o2c_put_order_discount_lines(computation.get_lines(amount))
        if self.o2c_order_discount_type == "total" and not computation.problem:
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

    def _o2c_get_total_so_far(self):
        """Return what the order comes to, measured as a total would be agreed."""
        computation = OrderDiscountComputation(self)
        return computation.currency.round(self._o2c_get_discounted_total(computation))

    def _o2c_put_order_discount_lines(self, base_lines):
        """Make the discount lines of the order those of the tax engine.

        Lines that stay are changed only where they differ.
        """
        values = []
        if base_lines:
            values = self._o2c_add_discount_section(
                self._o2c_prepare_order_discount_lines(base_lines)
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

    def _o2c_prepare_order_discount_lines(self, base_lines):
        """Return the values of discount lines for those of the tax engine."""
        wizard = self._o2c_get_discount_wizard()
        all_values = wizard._prepare_global_discount_so_lines(base_lines)
        for vals, base_line in zip(all_values, base_lines, strict=True):
            vals["discount"] = 0.0
            if base_line["analytic_distribution"]:
                # The accounts of what the discount is given on.
                vals["analytic_distribution"] = base_line["analytic_distribution"]
        return all_values

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
