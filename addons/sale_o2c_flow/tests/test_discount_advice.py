import random
import re

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon

NUMBER = r"([\d,]+\.\d+)"


@tagged("post_install", "-at_install")
class TestDiscountAdvice(O2cCommon):
    """Following the advice makes one's own authority suffice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.env.ref("sale_o2c_flow.discount_policy_standard")

    def figure(self, order, pattern, user=None):
        """Return the figure that the advice names, in place of ``#``."""
        advice = order.with_user(user or self.salesperson).o2c_discount_advice or ""
        advice = advice.replace("\N{NO-BREAK SPACE}", " ")
        match = re.search(re.escape(pattern).replace(r"\#", NUMBER), advice)
        self.assertTrue(match, f"{pattern} not in: {advice}")
        return float(match[1].replace(",", ""))

    def assert_own(self, order, user=None):
        order = order.with_user(user or self.salesperson)
        self.assertFalse(order.o2c_discount_advice)
        self.assertLessEqual(
            ["self", "team_leader", "director"].index(order.o2c_discount_authority),
            order._o2c_get_own_authority_rank(),
        )

    # === LINES === #

    def test_lower_the_discount_of_a_line(self):
        order = self.make_order([(self.product, 10, None, 17.0)])
        line = order.order_line
        line.discount = self.figure(order, "lower the discount of Desk to # %")
        self.assertEqual(line.discount, 10.0)
        self.assert_own(order)

    def test_not_more_than_needed(self):
        """The next hundredth of a percent would be too much."""
        order = self.make_order([(self.product, 1000, None, 17.0)])
        line = order.order_line
        line.discount = self.figure(order, "lower the discount of Desk to # %") + 0.01
        self.assertEqual(order.o2c_discount_authority, "team_leader")

    def test_raise_a_lowered_price(self):
        order = self.make_order([(self.product, 10, 75.0)])
        order.order_line.price_unit = self.figure(order, "raise Desk to #")
        self.assertEqual(order.order_line.price_unit, 90.0)
        self.assert_own(order)

    def test_lowered_price_and_discount(self):
        order = self.make_order([(self.product, 10, 95.0, 20.0)])
        order.order_line.discount = self.figure(order, "discount of Desk to # %")
        self.assert_own(order)
        order = self.make_order([(self.product, 10, 80.0, 20.0)])
        price = self.figure(order, "sell Desk at # without a discount")
        order.order_line.write({"price_unit": price, "discount": 0.0})
        self.assert_own(order)

    def test_free_line(self):
        order = self.make_order([(self.product, 10), (self.product2, 1, 0.0)])
        order.order_line[1].price_unit = self.figure(order, "raise Chair to #")
        self.assert_own(order)
        order = self.make_order([(self.product, 10), (self.product2, 1, None, 100.0)])
        order.order_line[1].discount = self.figure(order, "discount of Chair to # %")
        self.assert_own(order)

    def test_cents(self):
        """Rounding of what is cheap does not get in the way."""
        cheap = self._make_product("Pin", 0.07)
        for quantity in (1, 3, 17):
            order = self.make_order([(cheap, quantity, None, 40.0)])
            order.order_line.discount = self.figure(order, "discount of Pin to # %")
            self.assert_own(order)

    def test_tax_included_in_the_price(self):
        self.tax.price_include_override = "tax_included"
        order = self.make_order([(self.product, 7, None, 23.0), (self.product2, 3, 22)])
        self.follow_lines(order)
        self.assert_own(order)

    def test_several_lines(self):
        order = self.make_order(
            [
                (self.product, 3, None, 33.0),
                (self.product2, 11, 25.0),
                (self.product2, 2, None, 5.0),
            ]
        )
        self.follow_lines(order)
        self.assertEqual(order.order_line[2].discount, 5.0)
        self.assert_own(order)

    def follow_lines(self, order):
        """Do what the advice says about Desks (a discount) and Chairs (a price)."""
        discount = self.figure(order, "lower the discount of Desk to # %")
        advice = order.o2c_discount_advice
        price = re.search(f"raise Chair.* to {NUMBER}", advice)
        order.order_line[0].discount = discount
        order.order_line[1].price_unit = float(price[1])

    def test_same_product_twice(self):
        order = self.make_order([(self.product, 1), (self.product, 1, None, 30.0)])
        second = order.order_line[1]
        second.discount = self.figure(order, "discount of Desk (no. 2) to # %")
        self.assert_own(order)

    def test_order_as_a_whole(self):
        """Each line is within the policy of its category; the order is not."""
        category = self.env["product.category"].create({"name": "Anything goes"})
        self.product.categ_id = category
        self.standard.copy({"categ_ids": category.ids, "tier_ids": [Command.clear()]})
        order = self.make_order([(self.product, 10, None, 30.0), (self.product2, 10)])
        self.assertFalse(order.o2c_discount_line_id)
        order.order_line[0].discount = self.figure(order, "discount of Desk to # %")
        self.assert_own(order)

    # === ORDER DISCOUNTS === #

    def test_lower_the_percentage(self):
        order = self.make_order([(self.product, 10), (self.product2, 7)])
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 14.0}
        )
        percent = self.figure(order, "lower the order discount to # %")
        self.assertGreater(percent, 9.9)
        order.o2c_order_discount_percent = percent
        self.assert_own(order)

    def test_percentage_and_a_line(self):
        order = self.make_order([(self.product, 10, None, 8.0), (self.product2, 7)])
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 5.0}
        )
        discount = self.figure(order, "lower the discount of Desk to # %")
        self.assertNotIn("order discount", order.o2c_discount_advice)
        order.write(
            {
                "order_line": [
                    Command.update(order.order_line[0].id, {"discount": discount})
                ]
            }
        )
        self.assert_own(order)

    def test_lower_the_amount(self):
        order = self.make_order([(self.product, 10), (self.product2, 7)])
        order.write(
            {"o2c_order_discount_type": "amount", "o2c_order_discount_amount": 300.0}
        )
        order.o2c_order_discount_amount = self.figure(
            order, "lower the order discount to $ #"
        )
        self.assert_own(order)

    def test_agree_on_more(self):
        order = self.make_order([(self.product, 10), (self.product2, 7)])
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 1000.0})
        order.o2c_agreed_total = self.figure(order, "agree on at least $ #")
        self.assert_own(order)
        order.o2c_agreed_total -= 2.0
        self.assertEqual(order.o2c_discount_authority, "team_leader")

    def test_agree_on_more_without_tax(self):
        order = self.make_order([(self.product, 10), (self.product2, 7)])
        order.write(
            {
                "o2c_order_discount_type": "total",
                "o2c_agreed_total": 1000.0,
                "o2c_agreed_total_basis": "excluded",
            }
        )
        order.o2c_agreed_total = self.figure(order, "agree on at least $ #")
        self.assertAlmostEqual(order.amount_untaxed, 1110.0, delta=0.05)
        self.assert_own(order)

    def test_agree_on_more_with_a_tax_of_a_fixed_amount(self):
        """No discount lowers such a tax: the rest has to bring more."""
        fixed = self.tax.copy(
            {"name": "Eco", "amount_type": "fixed", "amount": 20.0, "sequence": 99}
        )
        self.product.taxes_id += fixed
        order = self.make_order([(self.product, 10), (self.product2, 7)])
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 1300.0})
        order.o2c_agreed_total = self.figure(order, "agree on at least $ #")
        self.assert_own(order)

    def test_agreed_total_and_a_line(self):
        order = self.make_order([(self.product, 10, None, 20.0), (self.product2, 7)])
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 1150.0})
        discount = self.figure(order, "lower the discount of Desk to # %")
        total = self.figure(order, "agree on at least $ #")
        order.write(
            {
                "order_line": [
                    Command.update(order.order_line[0].id, {"discount": discount})
                ],
                "o2c_agreed_total": total,
            }
        )
        self.assert_own(order)

    def test_discount_line_from_before(self):
        """A line of Odoo's dialog, from before order discounts followed the lines."""
        order = self.make_order([(self.product, 10)])
        order.order_line = [
            Command.create(
                {
                    "name": "Discount 15%",
                    "product_id": self.product2.id,
                    "price_unit": -150.0,
                    "tax_ids": [Command.set(self.tax.ids)],
                    "extra_tax_data": {"computation_key": "global_discount,1"},
                }
            )
        ]
        given = order.order_line[1]
        given.price_unit = -self.figure(order, f"lower “{given.name}” to $ #")
        self.assertEqual(given.price_unit, -100.0)
        self.assert_own(order)

    def test_nothing_to_lower_but_the_sum(self):
        order = self.make_order([(self.product, 10), (self.product2, -10, 50.0)])
        missing = self.figure(order, "give away $ # less in all")
        order.order_line[1].price_unit -= missing / 10.0
        self.assert_own(order)

    # === ANY ORDER === #

    def test_random_orders(self):
        """Whatever is on an order, what the advice says suffices."""
        chance = random.Random(20260501)
        included = self.tax.copy({"price_include_override": "tax_included"})
        fixed = self.tax.copy({"name": "Eco", "amount_type": "fixed", "amount": 4.0})
        high = self.tax.copy({"name": "50 %", "amount": 50.0})
        lamp = self._make_product("Lamp", 7.77)
        lamp.taxes_id = [Command.set(included.ids)]
        category = self.env["product.category"].create({"name": "Lamps"})
        lamp.categ_id = category
        self.standard.copy(
            {
                "categ_ids": category.ids,
                "tier_ids": [
                    Command.create({"discount_from": 4.5, "authority": "director"})
                ],
            }
        )
        followed = 0
        for number in range(40):
            self.company.o2c_agreed_total_basis = chance.choice(
                ["included", "excluded"]
            )
            for product in (self.product, self.product2):
                product.taxes_id = chance.choice(
                    [self.tax, high, included, self.tax | fixed]
                )
            lines = [
                (
                    product,
                    chance.randint(1, 40),
                    chance.choice([None, None, product.list_price * 0.85]),
                    chance.choice([None, 3.0, 12.5, 33.33, 100.0]),
                )
                for product in (self.product, self.product2, lamp)
                if chance.random() < 0.8
            ] or [(lamp, 1)]
            order = self.make_order(lines)
            self.discount_somehow(order, chance)
            with self.subTest(number=number, advice=order.o2c_discount_advice):
                if order.o2c_discount_authority != "self":
                    self.follow(order)
                    self.assert_own(order)
                    followed += 1
        self.assertGreater(followed, 20)

    def discount_somehow(self, order, chance):
        kind = chance.choice([False, "percent", "amount", "total"])
        total = order.amount_total
        if self.company.o2c_agreed_total_basis == "excluded":
            total = order.amount_untaxed
        values = {
            "percent": {"o2c_order_discount_percent": chance.choice([2.5, 9.0, 22.0])},
            "amount": {"o2c_order_discount_amount": round(total * 0.07, 2)},
            "total": {"o2c_agreed_total": round(total * 0.91, 1)},
        }
        if kind and total:
            order.write({"o2c_order_discount_type": kind, **values[kind]})

    def follow(self, order):
        """Do all that the advice says, at once."""
        advice = order.o2c_discount_advice.replace("\N{NO-BREAK SPACE}", " ")
        values, lines = {}, {}
        parts = advice.partition(": ")[2].removesuffix(".").split("; ")
        for part in parts:
            name, change = self.read_part(part)
            if name:
                line = order.order_line.filtered(
                    lambda line, name=name: line.product_id.name == name
                )
                lines[line.id] = change
            else:
                values |= change
        values["order_line"] = [
            Command.update(line_id, change) for line_id, change in lines.items()
        ]
        order.write(values)

    def read_part(self, part):
        """Return the product a part of the advice is about, and what to write."""
        number = float(re.search(NUMBER, part)[1].replace(",", ""))
        for pattern, write in (
            (r"lower the discount of (\w+) to", {"discount": number}),
            (r"raise (\w+) to", {"price_unit": number}),
            (r"sell (\w+) at", {"price_unit": number, "discount": 0.0}),
        ):
            if match := re.match(pattern, part):
                return match[1], write
        if part.startswith("agree on"):
            return None, {"o2c_agreed_total": number}
        self.assertIn("lower the order discount", part)
        if part.endswith("%"):
            return None, {"o2c_order_discount_percent": number}
        return None, {"o2c_order_discount_amount": number}

    # === WHOSE AUTHORITY === #

    def test_team_leader(self):
        order = self.make_order([(self.product, 10, None, 25.0)])
        leader = order.with_user(self.leader)
        leader.order_line.discount = self.figure(
            order, "lower the discount of Desk to # %", self.leader
        )
        self.assertEqual(leader.order_line.discount, 20.0)
        self.assert_own(order, self.leader)
        self.assertTrue(order.with_user(self.salesperson).o2c_discount_advice)

    def test_director(self):
        order = self.make_order([(self.product, 10, None, 45.0)])
        self.assertFalse(order.with_user(self.director).o2c_discount_advice)
        order.order_line.discount = 70.0
        order.order_line.discount = self.figure(
            order, "lower the discount of Desk to # %", self.director
        )
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_leader_of_another_team(self):
        other = self.env["crm.team"].create({"name": "Other"})
        order = self.make_order([(self.product, 10, None, 25.0)], team_id=other.id)
        self.assertEqual(order.with_user(self.leader)._o2c_get_own_authority_rank(), 0)

    def test_list_price_needs_more(self):
        self.standard.tier_ids[0].authority = "team_leader"
        order = self.make_order([(self.product, 10, None, 5.0)])
        self.assertEqual(order.o2c_discount_authority, "team_leader")
        self.assertFalse(order.o2c_discount_advice)

    def test_confirmed_order(self):
        order = self.make_confirmed_order([(self.product, 10, None, 12.0)])
        self.assertFalse(order.o2c_discount_advice)

    # === MARGIN === #

    def set_margin_floor(self):
        self.product.standard_price = 70.0
        self.standard.write(
            {
                "has_margin_floor": True,
                "margin_floor": 25.0,
                "margin_floor_authority": "forbidden",
            }
        )

    def test_margin_with_costs(self):
        self.set_margin_floor()
        order = self.make_order([(self.product, 10, None, 9.0)])
        order.order_line.discount = self.figure(
            order, "lower the discount of Desk to # %", self.director
        )
        self.assert_own(order, self.director)
        self.assertAlmostEqual(order.order_line.discount, 6.66)

    def test_margin_without_costs(self):
        self.set_margin_floor()
        order = self.make_order([(self.product, 10, None, 9.0)])
        self.assertEqual(
            order.with_user(self.salesperson).o2c_discount_advice,
            "To stay within your own authority: ask for more for Desk, its margin is "
            "too low.",
        )

    def test_cost_above_the_list_price(self):
        self.set_margin_floor()
        self.product.standard_price = 90.0
        order = self.make_order([(self.product, 10)])
        order.order_line.price_unit = self.figure(
            order, "raise Desk to #", self.director
        )
        self.assertEqual(order.order_line.price_unit, 120.0)
        self.assert_own(order, self.director)

    # === WHILE TYPING === #

    def test_while_typing(self):
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 10
        self.assertFalse(form.o2c_discount_advice)
        with form.order_line.edit(0) as line:
            line.discount = 15.0
        self.assertEqual(form.o2c_discount_authority, "team_leader")
        self.assertIn("The order is given 15.00 % off", form.o2c_discount_reason)
        self.assertEqual(
            form.o2c_discount_advice,
            "To stay within your own authority: lower the discount of Desk to 10.00 %.",
        )
        with form.order_line.edit(0) as line:
            line.discount = 10.0
        self.assertFalse(form.o2c_discount_advice)
        self.assertEqual(form.save().o2c_discount_authority, "self")

    def test_line_that_causes_it_while_typing(self):
        order = self.make_order([(self.product, 10), (self.product2, 1)])
        form = Form(order)
        with form.order_line.edit(1) as line:
            line.price_unit = 20.0
        self.assertIn("Chair is given 39.99 % off", form.o2c_discount_reason)
        self.assertIn("raise Chair to 30.00", form.o2c_discount_advice)
