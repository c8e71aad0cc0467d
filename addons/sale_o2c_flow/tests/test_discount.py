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

    def test_salesperson_cannot_write_policies(self):
        policy = self.env.ref("sale_o2c_flow.discount_policy_standard")
        with self.assertRaises(AccessError):
            policy.with_user(self.salesperson).write({"sequence": 1})


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
