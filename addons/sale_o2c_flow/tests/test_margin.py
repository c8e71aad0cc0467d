from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestMargin(O2cCommon):
    """What orders earn, where costs are known, for those who may know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.standard_price = 60.0

    def as_director(self, order):
        return order.with_user(self.director)

    def test_line_and_order(self):
        order = self.as_director(self.make_order([(self.product, 10, None, 20.0)]))
        self.assertEqual(order.order_line.o2c_unit_cost, 60.0)
        self.assertEqual(order.order_line.o2c_margin, 200.0)
        self.assertAlmostEqual(order.order_line.o2c_margin_percent, 25.0)
        self.assertEqual(order.o2c_margin, 200.0)
        self.assertAlmostEqual(order.o2c_margin_percent, 25.0)
        self.assertFalse(order.o2c_margin_note)

    def test_order_discount_lowers_it(self):
        order = self.make_order([(self.product, 10)])
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.10,
            }
        ).action_apply_discount()
        order = self.as_director(order)
        self.assertEqual(order.order_line.mapped("o2c_margin"), [300.0, 0.0])
        self.assertEqual(order.o2c_margin, 300.0)
        self.assertFalse(order.o2c_margin_note)

    def test_unknown_costs_are_left_out(self):
        order = self.as_director(
            self.make_order([(self.product, 10), (self.product2, 10)])
        )
        self.assertEqual(order.o2c_margin, 400.0)
        self.assertAlmostEqual(order.o2c_margin_percent, 40.0)
        self.assertIn("1 of 2 lines", order.o2c_margin_note)
        self.assertIsNone(order.sudo().order_line[1]._o2c_get_known_margin())

    def test_money_given_back_counts_without_a_cost(self):
        order = self.make_order([(self.product, 10), (self.product2, -1, 100.0)])
        self.assertEqual(self.as_director(order).o2c_margin, 300.0)

    def test_free_goods_cost_something(self):
        order = self.as_director(self.make_order([(self.product, 1, 0.0)]))
        self.assertEqual(order.order_line.o2c_margin, -60.0)
        self.assertAlmostEqual(order.order_line.o2c_margin_percent, -100.0)

    def test_unit_of_measure(self):
        order = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                    }
                )
            ]
        )
        self.assertEqual(self.as_director(order).order_line.o2c_unit_cost, 720.0)

    def test_currency_at_the_date_of_the_order(self):
        currency = self.env["res.currency"].create(
            {
                "name": "O2C",
                "symbol": "o",
                "rate_ids": [
                    Command.create({"name": "2020-01-01", "rate": 2.0}),
                    Command.create({"name": "2021-01-01", "rate": 4.0}),
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        order = self.make_order(date_order="2020-06-01", pricelist_id=pricelist.id)
        self.assertEqual(self.as_director(order).order_line.o2c_unit_cost, 120.0)

    def test_cost_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.product.with_company(other).standard_price = 10.0
        order = self.make_order()
        order._o2c_judge_discount()
        self.assertEqual(self.as_director(order).order_line.o2c_unit_cost, 60.0)

    def test_cost_of_the_day_of_submission(self):
        order = self.make_order()
        self.env.flush_all()
        self.product.standard_price = 70.0
        self.assertEqual(self.as_director(order).order_line.o2c_unit_cost, 60.0)
        order.action_o2c_submit()
        self.assertEqual(self.as_director(order).order_line.o2c_unit_cost, 70.0)

    def test_who_may_see_it(self):
        order = self.make_order()
        for user in (self.director, self.finance):
            self.assertEqual(order.with_user(user).o2c_margin, 400.0)
        for user in (self.salesperson, self.leader, self.order_admin, self.warehouse):
            for records, name in (
                (order, "o2c_margin"),
                (order, "o2c_margin_percent"),
                (order, "o2c_margin_note"),
                (order.order_line, "o2c_unit_cost"),
                (order.order_line, "o2c_margin"),
            ):
                with self.subTest(name, user=user.login):
                    with self.assertRaises(AccessError):
                        records.with_user(user).read([name])
                    with self.assertRaises(AccessError):
                        records.with_user(user).search([(name, ">", 1)])

    def test_cannot_be_forged(self):
        order = self.as_director(self.make_order())
        with self.assertRaises(AccessError):
            order.write({"o2c_margin": 1.0})
        with self.assertRaises(AccessError):
            order.order_line.write({"o2c_unit_cost": 1.0})
