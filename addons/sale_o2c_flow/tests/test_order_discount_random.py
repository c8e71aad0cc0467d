import os
from collections import defaultdict
from random import Random

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_o2c_flow.models.discount.order_discount_lines import (
    AGREED_FIELDS,
)

from .common import O2cCommon

ORDERS = int(os.environ.get("O2C_RANDOM_ORDERS", "2000"))
SEED = int(os.environ.get("O2C_RANDOM_SEED", "2026"))


@tagged("post_install", "-at_install")
class TestRandomOrderDiscounts(O2cCommon):
    """Random orders come to what was agreed, with any taxes, currency and rounding."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = cls._make_taxes()
        cls.pricelists = cls._make_pricelists()
        cls.early_discount = cls.env["account.payment.term"].create(
            {
                "name": "2 % within ten days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )

    @classmethod
    def _make_taxes(cls):
        tax = cls.env["account.tax"].create
        percent = [
            tax({"name": f"{rate} %", "amount": rate}) for rate in (3, 6.25, 13, 21)
        ]
        included = [
            tax(
                {
                    "name": f"{rate} % included",
                    "amount": rate,
                    "price_include_override": "tax_included",
                }
            )
            for rate in (9, 20)
        ]
        fixed = tax({"name": "Eco", "amount": 0.37, "amount_type": "fixed"})
        division = tax({"name": "Division", "amount": 10, "amount_type": "division"})
        first = tax(
            {"name": "First", "amount": 5, "include_base_amount": True, "sequence": 1}
        )
        nothing = cls.env["account.tax"]
        return [
            *percent,
            *included,
            nothing,
            percent[0] | percent[2],
            fixed | percent[1],
            included[1] | fixed,
            division,
            first | percent[3],
        ]

    @classmethod
    def _make_pricelists(cls):
        pricelists = cls.env["product.pricelist"]
        for code, rate in (("EUR", 0.9), ("JPY", 150.0), ("KWD", 0.3)):
            currency = cls.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", code)])
            currency.active = True
            if currency != cls.company.currency_id:
                currency.rate_ids = [
                    Command.clear(),
                    Command.create({"name": "2020-01-01", "rate": rate}),
                ]
            pricelists |= pricelists.create({"name": code, "currency_id": currency.id})
        return pricelists

    def make_random_order(self, random):
        """Return an order that is being typed."""
        pricelist = random.choice(self.pricelists)
        taxes = random.sample(self.taxes, random.randint(1, 4))
        order = self.env["sale.order"].new(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "pricelist_id": pricelist.id,
                "payment_term_id": (
                    self.early_discount.id if random.random() < 0.1 else False
                ),
                "o2c_agreed_total_basis": random.choice(["included", "excluded"]),
                "order_line": [
                    Command.create(self.prepare_random_line(random, taxes))
                    for _line in range(random.choice([1, 2, 3, 8, 20]))
                ],
            }
        )
        self.assertEqual(order.currency_id, pricelist.currency_id)
        return order

    def prepare_random_line(self, random, taxes):
        return {
            "product_id": random.choice([self.product, self.product2]).id,
            "product_uom_qty": random.choice([1, 2, 3, 7, 0.5, 12.345]),
            "price_unit": round(
                random.choice([0.01, 1, 99, 12345]) * random.random(), 3
            ),
            "discount": random.choice([0, 0, 0, 5, 33.33, 100]),
            "tax_ids": [Command.set(random.choice(taxes).ids)],
        }

    def test_agreed_total(self):
        """What is agreed is reached, and stays when a line changes afterwards."""
        random = Random(SEED)
        reached = 0
        for number in range(ORDERS // 2):
            with self.subTest(order=number, seed=SEED):
                self.company.tax_calculation_rounding_method = random.choice(
                    ["round_per_line", "round_globally"]
                )
                order = self.make_random_order(random)
                self.agree_on_random_total(order, random)
                reached += self.check_agreed(order)
                self.change_random_line(order, random)
                reached += self.check_agreed(order)
        self.assertGreater(reached, ORDERS / 2)

    def agree_on_random_total(self, order, random):
        share = random.choice([0.0, 0.01, 0.5, 0.9, 0.95, 0.999, random.random()])
        field = AGREED_FIELDS[order.o2c_agreed_total_basis][0]
        order.o2c_agreed_total = order.currency_id.round(order[field] * share)
        order.o2c_order_discount_type = "total"
        order._onchange_order_line()

    def change_random_line(self, order, random):
        line = random.choice(order.order_line.filtered("product_id")[:3])
        line[random.choice(["product_uom_qty", "price_unit"])] *= random.choice([2, 3])
        order._onchange_order_line()

    def check_agreed(self, order):
        """Check an order unless it says that its total cannot be reached."""
        if order.o2c_order_discount_problem:
            return False
        field = AGREED_FIELDS[order.o2c_agreed_total_basis][0]
        compare = order.currency_id.compare_amounts
        self.assertFalse(compare(order[field], order.o2c_agreed_total))
        self.check_sum_of_lines(order)
        self.check_taxes(order)
        return True

    def check_sum_of_lines(self, order):
        """The discount adds no difference to what Odoo rounds on the whole document."""
        goods = order.order_line.filtered(lambda line: not line.o2c_is_order_discount)
        self.assertAlmostEqual(
            self.get_rounding(order, order.order_line),
            self.get_rounding(order, goods),
            delta=order.currency_id.rounding / 2,
        )

    def get_rounding(self, order, lines):
        """Return the untaxed total of a document less the sum of its lines."""
        base_lines = self.get_base_lines(order, lines)
        summary = self.env["account.tax"]._get_tax_totals_summary(
            base_lines, order.currency_id, order.company_id
        )
        return summary["base_amount_currency"] - sum(lines.mapped("price_subtotal"))

    def check_taxes(self, order):
        """Each tax is lowered by the share of the discount, but for cents; those of a
        fixed amount are not."""
        given = order.order_line.filtered("o2c_is_order_discount")
        goods = order.order_line - given
        before, after = (
            self.get_taxes(order, goods),
            self.get_taxes(order, goods + given),
        )
        fixed = sum(
            amount for tax, amount in before.items() if not tax._can_be_discounted()
        )
        total = sum(goods.mapped("price_total")) - fixed
        share = 1.0 + sum(given.mapped("price_total")) / total if total else 1.0
        for tax, amount in before.items():
            expected = amount * share if tax._can_be_discounted() else amount
            self.assertAlmostEqual(
                after[tax],
                expected,
                delta=(len(order.order_line) + 2) * order.currency_id.rounding,
            )

    def get_taxes(self, order, lines):
        """Return what Odoo's tax engine makes of lines, by tax."""
        amounts = defaultdict(float)
        for base_line in self.get_base_lines(order, lines):
            for data in base_line["tax_details"]["taxes_data"]:
                amounts[data["tax"]] += data["tax_amount_currency"]
        return amounts

    def get_base_lines(self, order, lines):
        engine = self.env["account.tax"]
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
        engine._add_tax_details_in_base_lines(base_lines, order.company_id)
        engine._round_base_lines_tax_details(base_lines, order.company_id)
        return base_lines
