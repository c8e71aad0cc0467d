"""How much a whole-order discount is, line by line.

Nothing is written here: the tax engine of Odoo works on plain data, and so does this.
"""

from functools import cached_property

from odoo.tools.misc import formatLang

COMPUTATION_KEY = "global_discount,o2c"


class OrderDiscountComputation:
    """The discount lines of one order, computed from its other lines.

    Amounts are in the order's currency, and what is taken off is positive.
    """

    def __init__(self, order):
        self.order = order
        self.currency = order.currency_id or order.company_id.currency_id
        self.engine = order.env["account.tax"]
        lines = order._o2c_get_order_discount_base()
        self.invoiced = lines.filtered(lambda line: line._is_global_discount())
        self.goods = lines - self.invoiced

    # === WHAT THE DISCOUNT IS GIVEN ON === #

    @cached_property
    def goods_data(self):
        return self.goods._o2c_get_base_lines()

    @cached_property
    def discountable_data(self):
        return self.engine._prepare_discountable_base_lines(
            self.goods_data, self.order.company_id
        )

    @cached_property
    def goods_totals(self):
        return self._get_totals(self.goods_data)

    @cached_property
    def discountable_totals(self):
        """Totals without the taxes that no discount lowers: fixed amounts a piece."""
        return self._get_totals(self.discountable_data)

    @cached_property
    def invoiced_totals(self):
        return self._get_totals(self.invoiced._o2c_get_base_lines())

    def _get_totals(self, base_lines):
        """Return the totals of lines, without and with taxes."""
        summary = self.engine._get_tax_totals_summary(
            base_lines, self.currency, self.order.company_id
        )
        return {
            "excluded": summary["base_amount_currency"],
            "included": summary["total_amount_currency"],
        }

    # === WHAT IS ASKED FOR === #

    @property
    def kind(self):
        return self.order.o2c_order_discount_type

    @property
    def basis(self):
        """Whether the discount is measured with taxes or without."""
        if self.kind != "total":
            return "included"
        company = self.order.company_id.sudo()
        return self.order.o2c_agreed_total_basis or company.o2c_agreed_total_basis

    def get_amount(self):
        """Return how much is to be taken off now, beside what was invoiced already.

        Where what is asked for is impossible, it is what comes nearest.
        """
        asked = {
            "percent": self._get_percent_amount,
            "amount": self._get_fixed_amount,
            "total": self._get_amount_above_agreed,
        }[self.kind]()
        return self.currency.round(asked + self.invoiced_totals[self.basis])

    @property
    def percent(self):
        """The percentage asked for, or the possible one that is nearest."""
        return min(max(self.order.o2c_order_discount_percent, 0.0), 100.0)

    def _get_percent_amount(self):
        share = self.percent / 100.0
        return self.currency.round(self.discountable_totals["included"] * share)

    def _get_fixed_amount(self):
        possible = max(self.discountable_totals["included"], 0.0)
        return min(max(self.order.o2c_order_discount_amount, 0.0), possible)

    def _get_amount_above_agreed(self):
        if self.problem:
            return 0.0
        return self.goods_totals[self.basis] - self.order.o2c_agreed_total

    @cached_property
    def problem(self):
        """Why the order cannot get the discount, in words, or False."""
        if self.kind == "percent":
            return self._get_percent_problem()
        if not self.goods:
            return self.order.env._(
                "%(order)s has no products yet: add them before a discount on the whole "
                "order.",
                order=self.order.name,
            )
        if self.kind == "amount":
            return self._get_amount_problem()
        return self._get_total_problem()

    def _get_percent_problem(self):
        if 0.0 <= self.order.o2c_order_discount_percent <= 100.0:
            return False
        return self.order.env._(
            "%(order)s: %(percent)s %% cannot be taken off. Give between 0 and 100 %%.",
            order=self.order.name,
            percent=formatLang(
                self.order.env, self.order.o2c_order_discount_percent, dp="Discount"
            ),
        )

    def _get_negative_problem(self, amount):
        return self.order.env._(
            "%(order)s: %(amount)s is below zero. Enter the amount without a minus.",
            order=self.order.name,
            amount=self._format(amount),
        )

    def _get_amount_problem(self):
        asked = self.order.o2c_order_discount_amount
        if asked < 0.0:
            return self._get_negative_problem(asked)
        possible = self.discountable_totals["included"]
        if self.currency.compare_amounts(asked, possible) <= 0:
            return False
        return self.order.env._(
            "%(order)s: %(amount)s cannot be taken off, its lines come to %(possible)s.",
            order=self.order.name,
            amount=self._format(asked),
            possible=self._format(max(possible, 0.0)),
        )

    def _get_total_problem(self):
        agreed = self.order.o2c_agreed_total
        if agreed < 0.0:
            return self._get_negative_problem(agreed)
        total = self.goods_totals[self.basis]
        lowest = total - self.discountable_totals[self.basis]
        if self.currency.compare_amounts(agreed, total) > 0:
            return self._get_surcharge_problem(agreed, total)
        if 0.0 < lowest and self.currency.compare_amounts(agreed, lowest) < 0:
            return self.order.env._(
                "%(order)s: taxes of a fixed amount come to %(lowest)s, and no discount "
                "lowers them. Agree on that at least, instead of %(agreed)s.",
                order=self.order.name,
                lowest=self._format(lowest),
                agreed=self._format(agreed),
            )
        return False

    def _get_surcharge_problem(self, agreed, total):
        company = self.order.company_id.sudo()
        values = {
            "order": self.order.name,
            "agreed": self._format(agreed),
            "total": self._format(total),
            "company": company.name,
        }
        if self.currency.compare_amounts(total, 0.0) <= 0:
            return self.order.env._(
                "%(order)s: its lines come to %(total)s, so there is nothing to spread "
                "an agreed total of %(agreed)s over. Give the lines prices first.",
                **values,
            )
        if company.o2c_agreed_total_surcharge:
            return False
        return self.order.env._(
            "%(order)s: its lines come to %(total)s, so an agreed total of %(agreed)s "
            "would be a surcharge, which %(company)s does not allow. Agree on %(total)s "
            "at most, or change the lines.",
            **values,
        )

    def _format(self, amount):
        return formatLang(self.order.env, amount, currency_obj=self.currency)

    # === THE LINES === #

    def get_lines(self, amount, nudge=0.0):
        """Return the discount lines, as data of Odoo's tax engine.

        :param float amount: what to take off, measured as :attr:`basis` says
        :param float nudge: what to add to the untaxed amount on top, to come out even
        """
        if self.currency.is_zero(amount) or self.currency.is_zero(
            self.discountable_totals["excluded"]
        ):
            return []
        lines = self._make_lines(amount)
        if lines and nudge:
            self._nudge(max(lines, key=lambda line: abs(line["price_unit"])), nudge)
        return lines

    def _make_lines(self, amount):
        amount_type = "fixed"
        if self.kind == "percent" and not self.invoiced:
            amount_type, amount = "percent", self.percent
        elif self.basis == "excluded":
            amount_type = "percent"
            amount *= 100.0 / self.discountable_totals["excluded"]
        product = self.order._o2c_get_discount_wizard()._get_discount_product()
        lines = self.engine._prepare_global_discount_lines(
            base_lines=self.goods_data,
            company=self.order.company_id,
            amount_type=amount_type,
            amount=amount,
            computation_key=COMPUTATION_KEY,
            grouping_function=lambda _base_line: {"product_id": product},
        )
        for line in lines:
            # The amounts are fixed beside it; the price is for people to read.
            line["price_unit"] = self.currency.round(line["price_unit"])
        return lines

    def _nudge(self, line, nudge):
        line["price_unit"] += nudge
        if line["manual_total_excluded_currency"] is not None:
            line["manual_total_excluded_currency"] += nudge
            line["manual_total_excluded"] += nudge / (line["rate"] or 1.0)
