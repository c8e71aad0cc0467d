from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestEffectiveDiscount(O2cCommon):
    def test_line_discount(self):
        order = self.make_order([(self.product, 10, None, 12.0)])
        self.assertAlmostEqual(order.o2c_effective_discount, 12.0)
        self.assertEqual(order.o2c_amount_given, 120.0)
        self.assertEqual(order.o2c_discount_authority, "team_leader")
        self.assertIn("12.00 %", order.o2c_discount_reason)

    def test_hand_lowered_price_counts(self):
        order = self.make_order([(self.product, 10, 75.0)])
        self.assertAlmostEqual(order.o2c_effective_discount, 25.0)
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_extras_of_the_caller_do_not_count(self):
        """A client cannot make the list price itself lower."""
        forged = {"no_variant_attributes_price_extra": -90.0}
        order = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .with_context(**forged)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create(self._prepare_line(self.product, 1))],
                }
            )
        )
        self.assertEqual(order.amount_untaxed, 10.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 90.0)

    def test_free_line_counts_in_full(self):
        order = self.make_order([(self.product, 10), (self.product2, 3, 0.0)])
        free = order.order_line[1]
        self.assertAlmostEqual(free.o2c_effective_discount, 100.0)
        self.assertEqual(order.o2c_discount_line_id, free)

    def test_whole_order_discount_counts(self):
        order = self.make_order([(self.product, 10)])
        wizard = (
            self.env["sale.order.discount"]
            .with_context(active_id=order.id)
            .create({"discount_type": "so_discount", "discount_percentage": 0.15})
        )
        wizard.action_apply_discount()
        self.assertAlmostEqual(order.o2c_effective_discount, 15.0)
        self.assertEqual(order.o2c_discount_authority, "team_leader")

    def test_each_line_bears_its_share(self):
        order = self.make_order([(self.product, 10, None, 6.0), (self.product2, 7)])
        self.give_order_discount(order, 0.05)
        desk, chair, _discount = order.order_line
        self.assertEqual(desk.o2c_order_discount_share, 47.0)
        self.assertAlmostEqual(desk.o2c_effective_discount, 10.7)
        self.assertAlmostEqual(chair.o2c_effective_discount, 5.0, 1)
        self.assertLess(order.o2c_effective_discount, 10.0)
        self.assertEqual(order.o2c_discount_line_id, desk)

    def test_shares_add_up_to_the_cent(self):
        order = self.make_order([(self.product2, quantity) for quantity in (1, 1, 1)])
        self.give_order_discount(order, 0.101)
        sold, given = order.order_line[:3], order.order_line[3:]
        self.assertAlmostEqual(
            sum(sold.mapped("o2c_order_discount_share")),
            -sum(given.mapped("price_subtotal")),
        )
        self.assertFalse(given.o2c_order_discount_share)

    def test_share_follows_the_other_lines(self):
        order = self.make_order([(self.product, 10), (self.product, 10)])
        order.write(
            {"o2c_order_discount_type": "amount", "o2c_order_discount_amount": 230.0}
        )
        first, second, _discount = order.order_line
        self.assertEqual(first.o2c_order_discount_share, 100.0)
        second.product_uom_qty = 30
        self.assertEqual(first.o2c_order_discount_share, 50.0)
        second.unlink()
        self.assertEqual(first.o2c_order_discount_share, 200.0)
        self.assertAlmostEqual(first.o2c_effective_discount, 20.0)

    def test_goods_that_go_back_are_no_ones_share(self):
        order = self.make_order([(self.product, 10), (self.product2, -10, 50.0)])
        self.assertFalse(order.order_line[0].o2c_order_discount_share)
        self.assertAlmostEqual(order.order_line[0].o2c_effective_discount, 0.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 50.0)

    def test_what_stays_the_same_is_not_written(self):
        order = self.make_order([(self.product, 10, None, 5.0), (self.product, 1)])
        before = self.get_places(order)
        order._o2c_judge_discount()
        self.assertEqual(self.get_places(order), before)
        # A line that moves no other: only its own row and the order's are written.
        order.order_line[1].discount = 1.0
        after = self.get_places(order)
        self.assertEqual(after[0], before[0])
        self.assertNotEqual(after[1], before[1])

    def get_places(self, order):
        """Return where the rows of the lines and the order are: writing moves them."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute(
            """
            SELECT ctid, id, 0 AS rank FROM sale_order_line WHERE order_id = %(id)s
             UNION ALL
            SELECT ctid, id, 1 AS rank FROM sale_order WHERE id = %(id)s
          ORDER BY rank, id
            """,
            {"id": order.id},
        )
        return [place for place, _id, _rank in self.env.cr.fetchall()]

    def test_lines_another_addon_leaves_out(self):
        order = self.make_order([(self.product, 10), (self.product2, 1, 0.0)])
        line_class = self.env.registry["sale.order.line"]
        with patch.object(
            line_class, "_o2c_is_left_out", lambda line: not line.price_unit
        ):
            order.order_line[0].discount = 5.0
            self.assertAlmostEqual(order.o2c_effective_discount, 5.0)
            self.assertEqual(order.o2c_discount_authority, "self")
            self.assertEqual(len(order._o2c_take_content()["lines"]), 2)

    def give_order_discount(self, order, share):
        """Take a share (0 to 1) off the whole order, as Odoo's own dialog does."""
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": share,
            }
        ).action_apply_discount()

    def test_negative_quantity_counts(self):
        """Taking something back for money is a discount, whatever it is called."""
        order = self.make_order([(self.product, 10), (self.product2, -10, 50.0)])
        self.assertEqual(order.amount_untaxed, 500.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 50.0)
        self.assertEqual(order.o2c_amount_given, 500.0)
        self.assertEqual(order.o2c_discount_authority, "director")
        order.order_line[1].write({"product_uom_qty": -11, "price_unit": 50.0})
        self.assertEqual(order.o2c_discount_authority, "forbidden")
        order.order_line[1].product_uom_qty = 1
        self.assertAlmostEqual(order.o2c_effective_discount, 0.0)

    def test_order_that_only_gives_away(self):
        order = self.make_order([(self.product, -1)])
        self.assertAlmostEqual(order.o2c_effective_discount, 100.0)

    def test_expense_is_judged(self):
        values = self._prepare_line(self.product, 1, discount=90.0)
        order = self.make_order(
            order_line=[Command.create({**values, "is_expense": True})]
        )
        self.assertAlmostEqual(order.o2c_effective_discount, 90.0)
        order = self.make_order()
        with self.assertRaises(AccessError):
            order.order_line.is_expense = True

    def test_down_payment_with_a_quantity(self):
        order = self.make_order()
        values = self._prepare_line(self.product, 1, -400.0)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            order.order_line = [Command.create({**values, "is_downpayment": True})]
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            order.order_line.is_downpayment = True
        # A quantity that comes later is judged all the same.
        values.update(product_uom_qty=0, is_downpayment=True)
        order.order_line = [Command.create(values)]
        self.assertAlmostEqual(order.o2c_effective_discount, 0.0)
        order.order_line[1].write({"product_uom_qty": 1, "price_unit": -400.0})
        self.assertGreater(order.o2c_effective_discount, 40.0)

    def test_amount_beside_the_price(self):
        """What a line says about its taxes does not change its list price."""
        order = self.make_order([(self.product, 10)])
        order.order_line.write(
            {
                "extra_tax_data": {
                    "computation_key": "global_discount,1",
                    "currency_id": order.currency_id.id,
                    "price_unit": 100.0,
                    "discount": 0.0,
                    "quantity": 9.0,
                    "manual_total_excluded_currency": 90.0,
                    "manual_tax_amounts": {str(self.tax.id): {}},
                },
            }
        )
        order.order_line.product_uom_qty = 9
        self.assertEqual(order.amount_untaxed, 90.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 90.0)

    def test_surcharge_on_one_line_does_not_hide_another(self):
        order = self.make_order([(self.product, 10, 150.0), (self.product, 10, 60.0)])
        self.assertLess(order.o2c_effective_discount, 0.0)
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_level_has_its_own_policy(self):
        self.customer.o2c_level_id = self.env.ref(
            "sale_o2c_flow.customer_level_strategic"
        )
        order = self.make_order([(self.product, 10, None, 12.0)])
        self.assertEqual(order.o2c_discount_authority, "self")
        self.assertEqual(order.o2c_level_id, self.customer.o2c_level_id)

    def test_forbidden_discount_cannot_be_submitted(self):
        order = self.make_order([(self.product, 10, None, 60.0)])
        with self.assertRaisesRegex(UserError, "Lower the discount"):
            order.action_o2c_submit()
        self.assertEqual(order.o2c_approval_state, "none")

    def test_discount_cannot_be_forged(self):
        order = self.make_order([(self.product, 10, None, 60.0)])
        with self.assertRaises(AccessError):
            order.write({"o2c_effective_discount": 0.0})
        with self.assertRaises(AccessError):
            order.write({"o2c_discount_authority": "self"})
        policy = self.env.ref("sale_o2c_flow.discount_policy_strategic")
        for values in (
            {"o2c_discount_policy_id": policy.id},
            {"o2c_discount_cause": "margin"},
            {"o2c_pricelist_amount": 1.0},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                order.write(values)
        for values in (
            {"o2c_order_discount_share": 1.0},
            {"o2c_pricelist_discount": 9},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                order.order_line.write(values)

    def test_forbidden_reads_well(self):
        order = self.make_order([(self.product, 10, None, 60.0)])
        self.assertEqual(
            order.o2c_discount_reason,
            "The order is given 60.00 % off; by policy “Standard discounts” nobody may "
            "give 50.01 % or more.",
        )

    def test_salesperson_cannot_write_policies(self):
        policy = self.env.ref("sale_o2c_flow.discount_policy_standard")
        with self.assertRaises(AccessError):
            policy.with_user(self.salesperson).write({"sequence": 1})


@tagged("post_install", "-at_install")
class TestPricelistDiscount(O2cCommon):
    """What a rule of the pricelist gives is given, and said to be the pricelist's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": 12.0}
                    )
                ],
            }
        )

    def make_dealer_order(self, *lines):
        return self.make_order(
            lines or [(self.product, 10)], pricelist_id=self.pricelist.id
        )

    def test_counts(self):
        order = self.make_dealer_order()
        line = order.order_line
        self.assertEqual((line.price_unit, line.discount), (100.0, 12.0))
        self.assertAlmostEqual(line.o2c_effective_discount, 12.0)
        self.assertAlmostEqual(line.o2c_pricelist_discount, 12.0)
        self.assertEqual(order.o2c_pricelist_amount, 120.0)
        self.assertEqual(order.o2c_discount_authority, "team_leader")

    def test_more_than_the_pricelist(self):
        order = self.make_dealer_order((self.product, 10, None, 15.0))
        self.assertEqual(order.o2c_amount_given, 150.0)
        self.assertEqual(order.o2c_pricelist_amount, 120.0)

    def test_less_than_the_pricelist(self):
        order = self.make_dealer_order((self.product, 10, None, 5.0))
        self.assertEqual(order.o2c_amount_given, 50.0)
        self.assertEqual(order.o2c_pricelist_amount, 50.0)

    def test_does_not_count(self):
        self.company.o2c_count_pricelist_discounts = False
        order = self.make_dealer_order()
        line = order.order_line
        self.assertEqual(line.o2c_reference_price_unit, 88.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 0.0)
        self.assertEqual(order.o2c_pricelist_amount, 0.0)
        line.discount = 15.0
        self.assertAlmostEqual(order.o2c_effective_discount, 3.41, 2)
        self.assertEqual(order.o2c_amount_given, 30.0)

    def test_fixed_price_is_no_discount(self):
        self.pricelist.item_ids.write({"compute_price": "fixed", "fixed_price": 80.0})
        order = self.make_dealer_order()
        self.assertEqual(order.o2c_reference_amount, 800.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 0.0)


@tagged("post_install", "-at_install")
class TestPolicyDate(O2cCommon):
    """Which policies judge an order, and when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("sale_o2c_flow.discount_policy_standard")
        cls.policy.copy(
            {
                "sequence": 1,
                "date_end": "2020-12-31",
                "tier_ids": [Command.create({"discount_from": 0, "authority": "self"})],
            }
        )

    def test_chosen_date_changes_nothing(self):
        order = self.make_order([(self.product, 10, None, 49.0)])
        order.date_order = "2020-06-01"
        order.order_line.discount = 48.0
        self.assertEqual(order.o2c_discount_authority, "director")
        order = self.make_order(
            [(self.product, 10, None, 49.0)],
            date_order="2020-06-01",
            create_date="2020-06-01",
        )
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_day_where_the_company_is(self):
        order = self.make_order([(self.product, 1)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = '2020-12-31 20:00' WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        for timezone, day in (("Asia/Shanghai", 1), ("Europe/Berlin", 31)):
            self.company.partner_id.tz = timezone
            self.assertEqual(order._o2c_get_policy_date().day, day)

    def test_policy_changed_since(self):
        order = self.make_order([(self.product, 10, None, 15.0)])
        signed, late = order.copy(), order.copy()
        self.flow.step_ids.authority_from = "director"
        self.env.flush_all()
        self.policy.tier_ids[1].authority = "director"
        self.assertEqual(order.o2c_discount_authority, "team_leader")
        order.action_confirm()
        self.assertEqual(order.o2c_discount_authority, "director")
        self.assertEqual(order.o2c_approval_state, "pending")
        signed.sudo().action_confirm()
        self.assertEqual(signed.o2c_approval_state, "pending")
        with self.refused("before they are approved"):
            late.write({"state": "sale"})
        self.policy.tier_ids[1:].authority = "forbidden"
        with self.refused("Lower the discount"):
            late.action_o2c_submit()
