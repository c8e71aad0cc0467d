from odoo.tests import HttpCase, tagged

from .common import O2cCommon


class OrderDiscountTour(O2cCommon, HttpCase):
    """A salesperson at the web client gives discounts on the whole order."""

    def assert_order(self, order, total, products):
        self.assertEqual(order.amount_total, total)
        self.assertEqual(len(order.order_line.filtered("o2c_is_order_discount")), 1)
        self.assertEqual(len(order.order_line), products + 1)


@tagged("post_install", "-at_install")
class TestOrderDiscountTour(OrderDiscountTour):
    def test_at_a_desk(self):
        self.start_tour(
            "/odoo/action-sale.action_quotations/new",
            "o2c_order_discount",
            login=self.salesperson.login,
        )
        order = self.env["sale.order"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("user_id", "=", self.salesperson.id),
            ]
        )
        self.assertEqual(order.o2c_order_discount_type, "percent")
        self.assert_order(order, 138.0, products=2)


@tagged("post_install", "-at_install")
class TestOrderDiscountTourPhone(OrderDiscountTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        self.customer.name = "Phone Order"
        order = self.make_order(
            o2c_order_discount_type="total", o2c_agreed_total=1000.0
        )
        self.start_tour(
            "/odoo/action-sale.action_quotations",
            "o2c_order_discount_phone",
            login=self.salesperson.login,
        )
        self.assert_order(order, 999.99, products=1)
