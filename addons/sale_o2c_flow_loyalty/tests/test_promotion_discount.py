from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PromotionCommon


@tagged("post_install", "-at_install")
class TestPromotionDiscount(PromotionCommon):
    """What promotions give counts as a discount, unless the program says no."""

    def test_counted(self):
        program = self.make_program({"discount": 15.0})
        order = self.make_order()
        self.give(order, program)
        self.assertAlmostEqual(order.o2c_effective_discount, 15.0)
        self.assertEqual(order.o2c_amount_given, 150.0)
        self.assertEqual(order.o2c_reward_given, 0.0)
        self.assertEqual(order.o2c_discount_authority, "team_leader")

    def test_not_counted(self):
        program = self.make_program({"discount": 15.0}, o2c_not_discount=True)
        order = self.make_order([(self.product, 10, None, 4.0)])
        (reward,) = self.give(order, program)
        self.assertTrue(reward.o2c_not_discount)
        self.assertEqual(order.amount_untaxed, 816.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 4.0)
        self.assertEqual(order.o2c_reference_amount, 1000.0)
        self.assertEqual(order.o2c_amount_given, 40.0)
        self.assertEqual(order.o2c_reward_given, 144.0)
        self.assertEqual(order.o2c_discount_authority, "self")

    def test_gifts(self):
        order = self.make_order()
        counted = self.make_gift(self.product2)
        self.give(order, counted)
        self.assertEqual(order.o2c_discount_authority, "forbidden")
        self.rewards_of(order, counted).unlink()
        counted.active = False
        self.give(order, self.make_gift(self.product2, o2c_not_discount=True))
        self.assertEqual(order.order_line[1].product_id, self.product2)
        self.assertEqual(order.o2c_reward_given, 33.33)
        self.assertAlmostEqual(order.o2c_effective_discount, 0.0)
        self.assertEqual(order.o2c_reference_amount, 1000.0)
        self.assertEqual(order.o2c_discount_authority, "self")

    def test_form(self):
        """Work on an order with rewards in the form goes on as before."""
        order = self.make_order()
        self.give(order, self.make_program(o2c_not_discount=True))
        with Form(order) as form:
            form.client_order_ref = "PO 7"
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 20
        order.action_open_reward_wizard()
        self.assertEqual(order.amount_untaxed, 1800.0)
        pricelist = self.env["product.pricelist"].create({"name": "Other"})
        order.pricelist_id = pricelist
        order.action_update_prices()
        self.assertEqual(order.amount_untaxed, 1800.0)

    def test_own_discounts_count_beside(self):
        program = self.make_program(o2c_not_discount=True)
        order = self.make_order([(self.product, 10, None, 25.0)])
        self.give(order, program)
        self.assertAlmostEqual(order.o2c_effective_discount, 25.0)
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_program_changed_since(self):
        """What was given stays judged as it was, until it is worked out again."""
        program = self.make_program({"discount": 15.0}, o2c_not_discount=True)
        order = self.make_order()
        self.give(order, program)
        program.o2c_not_discount = False
        self.env.flush_all()
        self.assertAlmostEqual(order.o2c_effective_discount, 0.0)
        order.action_o2c_submit()
        self.assertAlmostEqual(order.o2c_effective_discount, 15.0)
        self.assertEqual(order.o2c_discount_authority, "team_leader")

    def test_who_may_say_so(self):
        program = self.make_program()
        with self.assertRaises(AccessError):
            program.with_user(self.salesperson).o2c_not_discount = True
        with Form(program.with_user(self.sales_admin)) as form:
            form.o2c_not_discount = True
        self.assertTrue(program.o2c_not_discount)

    def test_invoice_holds_the_reward(self):
        program = self.make_program(o2c_not_discount=True)
        order = self.make_order()
        self.give(order, program)
        order.action_confirm()
        self.approve(order)
        request = self.request_invoice(order, order.amount_total)
        self.assertEqual(request.move_ids.amount_total, 1035.0)
        self.assertIn("Discount", " ".join(request.move_ids.line_ids.mapped("name")))

    def test_copy_has_no_rewards(self):
        program = self.make_program(o2c_not_discount=True)
        order = self.make_order()
        self.give(order, program)
        copied = order.with_user(self.salesperson).copy()
        self.assertEqual(copied.order_line.product_id, self.product)
        self.assertEqual(copied.amount_untaxed, 1000.0)


@tagged("post_install", "-at_install")
class TestPromotionInApproval(PromotionCommon):
    """Rewards are content: whoever approved them decides again when there are more.

    Where an order changes while it is in approval, a decider has asked its salesperson.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.make_program(o2c_not_discount=True)

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.env["sale.order"]), "_o2c_has_open_question", lambda order: True
        )

    def states_of(self, order):
        return sorted(order.sudo().o2c_task_ids.mapped("state"))

    def test_given_while_in_approval(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.give(order, self.program)
        self.assertEqual(self.states_of(order).count("superseded"), 1)
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_taken_away_while_in_approval(self):
        order = self.make_order()
        self.give(order, self.program)
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.rewards_of(order, self.program).unlink()
        # More money than was approved.
        self.assertEqual(self.states_of(order).count("superseded"), 1)

    def test_less_goods_in_approval(self):
        order = self.make_order()
        self.give(order, self.program)
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.order_line[0].product_uom_qty = 5
        self.assertEqual(order.amount_untaxed, 450.0)
        self.assertNotIn("superseded", self.states_of(order))
        self.approve(order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 450.0))

    def test_confirmed_order(self):
        order = self.make_confirmed_order()
        with self.refused("goes beyond"):
            self.give(order, self.program)
        self.assertEqual(order.amount_untaxed, 1000.0)

    def test_goods_taken_off_a_confirmed_order(self):
        order = self.make_order()
        self.give(order, self.program)
        order.action_o2c_submit()
        self.approve(order)
        order.order_line[0].product_uom_qty = 5
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 450.0))
        with self.refused("goes beyond"):
            order.order_line[0].product_uom_qty = 11
        with self.refused("remove one of its lines"):
            order.order_line.unlink()
        # Back to what it was: that was approved.
        order.order_line[0].product_uom_qty = 10
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_confirmed_order_not_entitled_any_more(self):
        self.program.rule_ids.write(
            {"minimum_amount": 300.0, "minimum_amount_tax_mode": "excl"}
        )
        order = self.make_order()
        self.give(order, self.program)
        order.action_o2c_submit()
        self.approve(order)
        order.order_line[0].product_uom_qty = 2
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 200.0))
        self.assertFalse(order.order_line.reward_id)

    def test_gift_of_a_confirmed_order(self):
        """It is taken back from the delivery, too."""
        self.program.active = False
        rule = {"minimum_qty": 3, "product_ids": [Command.set(self.product.ids)]}
        gift = self.make_gift(self.product2, rule=rule, o2c_not_discount=True)
        order = self.make_order([(self.product, 5)])
        line = self.give(order, gift)
        order.action_o2c_submit()
        self.approve(order)
        moves = order.sudo().picking_ids.move_ids
        chairs = moves.filtered(lambda move: move.product_id == self.product2)
        self.assertEqual(chairs.product_uom_qty, 1.0)
        order.order_line[0].product_uom_qty = 1
        self.assertEqual((order.state, line.product_uom_qty), ("sale", 0.0))
        left = chairs.exists().filtered(lambda move: move.state != "cancel")
        self.assertFalse(sum(left.mapped("product_uom_qty")))

    def test_cards_of_a_confirmed_order(self):
        """What the smaller order does not need or earn is taken off the cards, and
        given back."""
        self.program.active = False
        points = self.make_program(
            {"required_points": 100},
            name="Points",
            program_type="loyalty",
            applies_on="both",
            rule_ids=[
                Command.create({"reward_point_mode": "money", "reward_point_amount": 1})
            ],
            o2c_not_discount=True,
        )
        card = self.loyalty_card.create(
            {
                "program_id": points.id,
                "partner_id": self.customer.id,
                "points": 200.0,
            }
        )
        order = self.make_order()
        self.give(order, points)
        order.action_o2c_submit()
        self.approve(order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 900.0))
        self.assertEqual(card.points, 200.0 + 1150.0 - 100.0)
        order.order_line[0].product_uom_qty = 1
        self.assertEqual(order.amount_untaxed, 90.0)
        self.assertEqual(card.points, 200.0 + 115.0 - 100.0)
        history = self.history_of(order)
        self.assertEqual(sum(history.mapped("used")), 100.0)
        self.assertEqual(sum(history.mapped("issued")), 115.0)
        order.with_user(self.sales_admin)._action_cancel()
        self.assertEqual(card.points, 200.0)

    def test_ended_program_and_confirmed_order(self):
        """A confirmed order keeps what was given, whatever else happens to it."""
        order = self.make_order()
        self.give(order, self.program)
        order.action_o2c_submit()
        self.approve(order)
        self.program.active = False
        request = self.request_invoice(order, 103.5)
        self.assertEqual(request.move_ids.state, "posted")
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_program_ended_meanwhile(self):
        order = self.make_order()
        self.give(order, self.program)
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.finance)
        self.program.active = False
        self.approve(order, self.warehouse)
        self.assertEqual((order.state, order.amount_untaxed), ("draft", 1000.0))
        self.approve(order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 1000.0))


@tagged("post_install", "-at_install")
class TestPromotionCannotBeForged(PromotionCommon):
    """A salesperson who speaks to the server hides no discount behind a promotion."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.make_program(o2c_not_discount=True)
        cls.reward = cls.program.reward_ids
        cls.coupons = cls.make_program(
            name="Coupons",
            program_type="coupons",
            trigger="with_code",
            rule_ids=[],
            o2c_not_discount=True,
        )
        cls.coupon = cls.loyalty_card.create(
            {"program_id": cls.coupons.id, "points": 1.0}
        )

    def make_rewarded_order(self, **values):
        order = self.make_order(**values)
        self.give(order, self.program)
        return order

    def assert_nothing_is_hidden(self, order):
        self.assertFalse(order.order_line.filtered("reward_id"))

    def test_reward_of_a_line(self):
        order = self.make_order([(self.product, 10, 40.0)])
        line = order.order_line
        for values in (
            {"reward_id": self.reward.id},
            {"coupon_id": self.coupon.id},
            {"reward_identifier_code": "1"},
            {"points_cost": 1.0},
            {"o2c_not_discount": True},
        ):
            with self.refused():
                line.write(values)
            with self.refused():
                order.write({"order_line": [Command.update(line.id, values)]})
            with self.refused():
                line.copy(values)
            with self.refused():
                order.copy(
                    {
                        "order_line": [
                            Command.create(self._prepare_line(self.product, 1) | values)
                        ]
                    }
                )
            defaults = {f"default_{name}": value for name, value in values.items()}
            new_values = self._prepare_line(self.product, 1, 1.0) | {"name": "Desk"}
            order.with_context(**defaults).order_line = [Command.create(new_values)]
            new = order.order_line - line
            self.assertFalse(any(new[name] for name in values), values)
            new.unlink()
        self.assertAlmostEqual(order.o2c_effective_discount, 60.0)

    def test_forged_default_sent_along(self):
        order = self.make_order()
        values = self._prepare_line(self.product, 1, 1.0) | {"name": "Desk"}
        with self.refused():
            order.env["sale.order.line"].with_context(
                default_reward_id=self.reward.id
            ).create({**values, "order_id": order.id, "reward_id": self.reward.id})

    def test_import(self):
        order = self.make_order()
        result = (
            self.env["sale.order.line"]
            .with_user(self.salesperson)
            .load(
                ["order_id/.id", "product_id/.id", "price_unit", "reward_id/.id"],
                [[str(order.id), str(self.product.id), "1", str(self.reward.id)]],
            )
        )
        self.assertFalse(result["ids"])
        self.assert_nothing_is_hidden(order)

    def test_coupons_of_an_order(self):
        order = self.make_order()
        rule = self.program.rule_ids
        for values in (
            {"applied_coupon_ids": [Command.link(self.coupon.id)]},
            {"code_enabled_rule_ids": [Command.link(rule.id)]},
            {
                "coupon_point_ids": [
                    Command.create({"coupon_id": self.coupon.id, "points": 99.0})
                ]
            },
        ):
            with self.refused():
                order.write(values)
            with self.refused():
                self.make_order(**values)
        self.enter_code(order, self.coupon.code)
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_reward_raised_by_hand(self):
        order = self.make_rewarded_order()
        other = self.make_order()
        reward = self.rewards_of(order, self.program)
        self.assertEqual(order.amount_untaxed, 900.0)
        unit = self.env.ref("uom.product_uom_dozen")
        for values in (
            {"price_unit": -500.0},
            {"product_uom_qty": 5},
            {"discount": -400.0},
            {"product_id": self.product2.id},
            {"product_uom_id": unit.id},
            {"order_id": other.id},
            {"product_uom_qty": 2, "price_unit": -50.0},
        ):
            with self.refused("is a reward of a program"):
                reward.write(values)
            with self.refused("is a reward of a program"):
                order.write({"order_line": [Command.update(reward.id, values)]})
        with self.refused("is a reward of a program"):
            other.write({"order_line": [Command.link(reward.id)]})
        reward.price_unit = -50.0
        self.assertEqual(order.amount_untaxed, 950.0)
        reward.unlink()
        self.assertEqual(order.amount_untaxed, 1000.0)

    def test_gift_raised_by_hand(self):
        self.program.active = False
        order = self.make_order()
        gift = self.give(order, self.make_gift(self.product2, o2c_not_discount=True))
        with self.refused("is a reward of a program"):
            gift.product_uom_qty = 100
        with self.refused("is a reward of a program"):
            gift.write({"price_unit": -500.0, "discount": 0.0})
        gift.discount = 50.0
        self.assertGreater(order.amount_untaxed, 1000.0)

    def test_default_values_of_the_caller(self):
        order = self.make_order().with_context(
            default_discount=-900.0, default_price_unit=-900.0
        )
        self.give(order, self.program)
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_lines_used_again_keep_nothing(self):
        """A line raised by hand, which counts, does not raise the next reward on it."""
        counted = self.make_gift(self.product2)
        order = self.make_order()
        line = self.give(order, counted)
        self.give(order, self.program)
        line.write({"discount": -900.0, "price_unit": -1.0})
        counted.active = False
        order.action_open_reward_wizard()
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_points_of_a_card(self):
        card = self.coupon.with_user(self.salesperson)
        for values in (
            {"points": 1000.0},
            {"partner_id": self.customer.id},
            {"expiration_date": "2099-12-31"},
        ):
            with self.refused("Ask a sales administrator"):
                card.write(values)
        wizard = self.env["loyalty.card.update.balance"].with_user(self.salesperson)
        with self.refused("Ask a sales administrator"):
            wizard.create(
                {"card_id": card.id, "new_balance": 1000.0, "description": "Gift"}
            ).action_update_card_point()
        counted = self.make_program(name="Counted", program_type="coupons")
        other = self.loyalty_card.create({"program_id": counted.id}).with_user(
            self.salesperson
        )
        other.points = 1000.0
        with self.refused("Ask a sales administrator"):
            other.program_id = self.coupons
        card.with_user(self.sales_admin).points = 2.0
        self.assertEqual(self.coupon.points, 2.0)

    def test_goods_taken_off_before_confirming(self):
        """The reward shrinks with them, whichever way the order is confirmed."""
        self.flow.domain = "[('amount_total', '>', 5000)]"
        order, late = self.make_rewarded_order(), self.make_rewarded_order()
        direct = self.make_rewarded_order()
        order.order_line[0].product_uom_qty = 1
        order.action_confirm()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 90.0))
        direct.order_line[0].product_uom_qty = 1
        direct.write({"state": "sale"})
        self.assertEqual((direct.state, direct.amount_untaxed), ("sale", 90.0))
        less = [Command.update(late.order_line[0].id, {"product_uom_qty": 1})]
        late.write({"state": "sale", "order_line": less})
        self.assertEqual((late.state, late.amount_untaxed), ("sale", 90.0))
        # No approval holds for this order, and yet its reward is not for less.
        confirmed = self.make_rewarded_order()
        confirmed.action_confirm()
        confirmed.order_line[0].product_uom_qty = 1
        self.assertEqual(confirmed.amount_untaxed, 90.0)
        with self.refused("is a reward of a program"):
            confirmed.order_line[1].price_unit = -50.0


@tagged("post_install", "-at_install")
class TestPromotionAndOrderDiscount(PromotionCommon):
    """Promotions first, the whole-order discount on the rest: however one clicks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sale_discount_product_id = cls.env["product.product"].create(
            {"name": "Discount", "type": "service", "taxes_id": []}
        )

    def discount(self, order, percent):
        wizard = order.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": percent / 100.0,
            }
        )
        wizard.action_apply_discount()
        return order.order_line.filtered(lambda line: line._is_global_discount())

    def lines_of(self, order):
        self.env.flush_all()
        return [
            (line.product_id, line.product_uom_qty, line.price_subtotal)
            for line in order.order_line
        ]

    def assert_settled(self, order):
        before = self.lines_of(order)
        for _attempt in range(2):
            order.action_open_reward_wizard()
            self.assertEqual(self.lines_of(order), before)

    def test_percent_of_the_order(self):
        program = self.make_program()
        first, last = self.make_order(), self.make_order()
        self.discount(first, 10.0)
        self.assertEqual(self.give(first, program).price_subtotal, -100.0)
        self.assert_settled(first)
        self.give(last, program)
        self.assertEqual(self.discount(last, 10.0).price_subtotal, -90.0)
        self.assert_settled(last)
        self.assertEqual(self.rewards_of(last, program).price_subtotal, -100.0)

    def test_percent_of_products(self):
        program = self.make_program(
            {
                "discount_applicability": "specific",
                "discount_product_ids": [],
            }
        )
        order = self.make_order([(self.product, 10), (self.product2, 3)])
        self.discount(order, 20.0)
        reward = self.give(order, program)
        self.assertEqual(reward.price_subtotal, -110.0)
        self.assert_settled(order)

    def test_cheapest(self):
        program = self.make_program({"discount_applicability": "cheapest"})
        order = self.make_order([(self.product, 10), (self.product2, 3)])
        self.discount(order, 20.0)
        self.assertEqual(self.give(order, program).price_subtotal, -3.33)
        self.assert_settled(order)

    def test_minimum_amount(self):
        """What is bought counts, before the discount that depends on the reward."""
        rule = {"minimum_amount": 1000.0, "minimum_amount_tax_mode": "excl"}
        program = self.make_program(rule=rule)
        first, last = self.make_order(), self.make_order()
        self.discount(first, 10.0)
        self.assertTrue(self.give(first, program))
        self.give(last, program)
        self.discount(last, 10.0)
        self.assert_settled(last)
        self.assertTrue(self.rewards_of(last, program))
        small = self.make_order([(self.product, 9)])
        self.discount(small, 10.0)
        self.assertFalse(self.give(small, program))

    def test_discount_line_is_no_purchase(self):
        """Neither a piece more, nor points less."""
        program = self.make_gift(
            self.product2,
            rule_ids=[
                Command.create(
                    {
                        "minimum_qty": 3,
                        "reward_point_mode": "order",
                        "reward_point_amount": 1,
                    }
                )
            ],
        )
        order = self.make_order([(self.product, 2)])
        self.discount(order, 10.0)
        self.assertFalse(self.give(order, program))
        order.order_line[0].product_uom_qty = 3
        self.assertTrue(self.give(order, program))

    def test_points_for_money(self):
        rule = {"reward_point_mode": "money", "reward_point_amount": 1}
        program = self.make_program(
            rule=rule, name="Points", program_type="loyalty", applies_on="both"
        )
        order = self.make_order()
        self.discount(order, 10.0)
        order._update_programs_and_rewards()
        self.assertEqual(order.sudo().coupon_point_ids.points, 1150.0)
        self.assertEqual(self.cards_of(program).partner_id, self.customer)

    def test_payment_pays_what_is_left(self):
        """A gift card is money: it pays no more than the order comes to."""
        program = self.make_program(
            {"discount_mode": "per_point", "discount": 1.0, "required_points": 1},
            name="Gift cards",
            program_type="gift_card",
            trigger="with_code",
            applies_on="future",
            rule_ids=[],
        )
        card = self.loyalty_card.create({"program_id": program.id, "points": 5000.0})
        order = self.make_order()
        self.discount(order, 10.0)
        self.enter_code(order, card.code)
        self.assertEqual(order.amount_total, 0.0)
        self.assert_settled(order)
