"""The discount on the whole order over JSON-RPC: what it comes to, and who is refused."""

from o2c_rpc import RpcCase, RpcError

from odoo.fields import Command
from odoo.tests import tagged

NAN = float("nan")
INFINITE = float("inf")
DISCOUNT_FIELDS = (
    "o2c_order_discount_type",
    "o2c_order_discount_percent",
    "o2c_order_discount_amount",
    "o2c_agreed_total",
)


class OrderDiscountRpcCase(RpcCase):
    def give(self, order, kind, name, value, user=None):
        values = {"o2c_order_discount_type": kind, name: value}
        self.rpc(user or self.salesperson, order, "write", values)

    def agree_on(self, order, total):
        self.give(order, "total", "o2c_agreed_total", total)

    def discount_lines(self, order):
        return order.order_line.filtered("o2c_is_order_discount")

    def total(self, order, user=None):
        (row,) = self.rpc(user or self.salesperson, order, "read", ["amount_total"])
        return row["amount_total"]

    def take(self, order):
        """Return all that an order says of its discount and its amounts."""
        order = order.sudo()
        return (
            order.read([*DISCOUNT_FIELDS, "amount_total", "amount_tax"]),
            order.order_line.read(["price_unit", "product_uom_qty", "price_total"]),
        )


@tagged("post_install", "-at_install")
class TestOrderDiscountRpc(OrderDiscountRpcCase):
    """A salesperson gives discounts on whole orders."""

    def test_each_kind_follows_the_lines(self):
        for kind, name, value, total, total_after in (
            ("percent", "o2c_order_discount_percent", 10.0, 1035.0, 1242.0),
            ("amount", "o2c_order_discount_amount", 100.0, 1050.0, 1280.0),
            ("total", "o2c_agreed_total", 999.99, 999.99, 999.99),
        ):
            with self.subTest(kind):
                order = self.make_order()
                self.give(order, kind, name, value)
                self.assertEqual(self.total(order), total)
                line = order.order_line - self.discount_lines(order)
                self.rpc(self.salesperson, line, "write", {"product_uom_qty": 12})
                self.assertEqual(self.total(order), total_after)
                self.assertEqual(len(self.discount_lines(order)), 1)

    def test_lines_come_and_go(self):
        order = self.make_order()
        self.agree_on(order, 1000.01)
        values = {"product_id": self.product2.id, "product_uom_qty": 7}
        (line_id,) = self.rpc(
            self.salesperson,
            "sale.order.line",
            "create",
            [{"order_id": order.id, **values}],
        )
        self.assertEqual(self.total(order), 1000.01)
        self.rpc(
            self.salesperson,
            order,
            "write",
            {"order_line": [Command.update(line_id, {"discount": 3.5})]},
        )
        self.assertEqual(self.total(order), 1000.01)
        line = self.env["sale.order.line"].browse(line_id)
        self.rpc(self.salesperson, line, "unlink")
        self.assertEqual(self.total(order), 1000.01)
        self.assertEqual(len(self.discount_lines(order)), 1)

    def test_one_kind_replaces_the_other(self):
        order = self.make_order()
        self.agree_on(order, 900.0)
        self.give(order, "percent", "o2c_order_discount_percent", 20.0)
        self.assertEqual(self.total(order), 920.0)
        self.assertFalse(order.o2c_agreed_total)
        self.rpc(self.salesperson, order, "write", {"o2c_order_discount_type": False})
        self.assertEqual(self.total(order), 1150.0)
        self.assertFalse(self.discount_lines(order))

    def test_made_with_the_order(self):
        values = {
            "partner_id": self.customer.id,
            "order_line": [
                Command.create({"product_id": self.product.id, "product_uom_qty": 10})
            ],
            "o2c_order_discount_type": "total",
            "o2c_agreed_total": 1111.11,
        }
        (record,) = self.rpc(
            self.salesperson,
            self.env["sale.order"],
            "web_save",
            values,
            specification={"amount_total": {}},
        )
        self.assertEqual(record["amount_total"], 1111.11)

    def test_impossible_input(self):
        """What cannot be is refused with a sentence, and nothing changes by it."""
        order = self.make_order()
        self.agree_on(order, 1000.0)
        before = self.take(order)
        for kind, name, value in (
            ("percent", "o2c_order_discount_percent", -1),
            ("percent", "o2c_order_discount_percent", 100.5),
            ("percent", "o2c_order_discount_percent", 1e300),
            ("percent", "o2c_order_discount_percent", NAN),
            ("percent", "o2c_order_discount_percent", INFINITE),
            ("amount", "o2c_order_discount_amount", -0.01),
            ("amount", "o2c_order_discount_amount", 1150.01),
            ("amount", "o2c_order_discount_amount", 1e300),
            ("amount", "o2c_order_discount_amount", NAN),
            ("amount", "o2c_order_discount_amount", -INFINITE),
            ("total", "o2c_agreed_total", -1),
            ("total", "o2c_agreed_total", 1150.01),
            ("total", "o2c_agreed_total", 1e300),
            ("total", "o2c_agreed_total", NAN),
            ("total", "o2c_agreed_total", "nan"),
            ("total", "o2c_agreed_total", INFINITE),
        ):
            with self.subTest(kind=kind, name=name, value=value):
                with self.turned_away():
                    self.give(order, kind, name, value)
                self.assertEqual(self.take(order), before)

    def test_what_is_no_number(self):
        order = self.make_order()
        self.agree_on(order, 1000.0)
        before = self.take(order)
        for kind, name, value in (
            ("percent", "o2c_order_discount_percent", "ten"),
            ("percent", "o2c_order_discount_percent", [10]),
            ("amount", "o2c_order_discount_amount", {"amount": 1}),
            ("total", "o2c_agreed_total", "1.000,00"),
            ("total", "o2c_agreed_total", [[1000]]),
        ):
            with self.subTest(kind=kind, name=name, value=value):
                with self.turned_away("is not a number"):
                    self.give(order, kind, name, value)
                self.assertEqual(self.take(order), before)
        for kind in ("gift", [1]):
            with self.subTest(kind=kind), self.assertRaises(RpcError):
                self.give(order, kind, "o2c_agreed_total", 1.0)
            self.assertEqual(self.take(order), before)

    def test_value_without_its_kind(self):
        order = self.make_order()
        before = self.take(order)
        self.assert_refused(
            self.salesperson,
            order,
            "write",
            {"o2c_agreed_total": 900.0},
            pattern=f"{order.name}.*Choose the kind",
        )
        self.assertEqual(self.take(order), before)

    def test_line_change_that_the_agreed_total_forbids(self):
        order = self.make_order([(self.product, 10), (self.product2, 1)])
        self.agree_on(order, 1000.0)
        before = self.take(order)
        desk = order.order_line.filtered(lambda line: line.product_id == self.product)
        for method, args in (("write", ({"product_uom_qty": 1},)), ("unlink", ())):
            with self.subTest(method):
                self.assert_refused(
                    self.salesperson, desk, method, *args, pattern=order.name
                )
                self.assertEqual(self.take(order), before)

    def test_discount_lines_are_not_changed_by_hand(self):
        order = self.make_order()
        self.agree_on(order, 1000.0)
        before = self.take(order)
        lines = self.discount_lines(order)
        for values in (
            {"price_unit": -900.0},
            {"product_uom_qty": 10},
            {"extra_tax_data": False},
            {"product_id": self.product.id, "price_unit": 1.0},
        ):
            with self.subTest(values):
                self.rpc(self.salesperson, lines, "write", values)
                self.assertEqual(self.take(order), before)
        self.rpc(self.salesperson, lines, "unlink")
        self.assertEqual(self.take(order)[0], before[0])
        self.assertEqual(len(self.discount_lines(order)), 1)

    def test_orders_that_are_not_open(self):
        cancelled, locked = self.make_order(), self.make_confirmed_order()
        self.rpc(self.salesperson, cancelled, "action_cancel")
        locked.sudo().action_lock()
        for order in (cancelled, locked):
            before = self.take(order)
            for kind, name, value in (
                ("percent", "o2c_order_discount_percent", 5.0),
                ("amount", "o2c_order_discount_amount", 5.0),
                ("total", "o2c_agreed_total", 1000.0),
            ):
                with self.subTest(kind, state=order.state):
                    with self.turned_away(order.name):
                        self.give(order, kind, name, value)
                    self.assertEqual(self.take(order), before)

    def test_cancelled_and_taken_up_again(self):
        """What happened to the lines meanwhile counts again with the order."""
        order = self.make_order()
        self.agree_on(order, 1000.0)
        self.rpc(self.salesperson, order, "action_cancel")
        line = order.order_line - self.discount_lines(order)
        self.rpc(self.salesperson, line, "write", {"product_uom_qty": 20})
        self.rpc(self.salesperson, order, "action_draft")
        self.assertEqual(self.total(order), 1000.0)
        self.assertEqual(len(self.discount_lines(order)), 1)

    def test_order_of_a_colleague(self):
        order = self.make_order(user=self.salesperson2)
        self.assert_refused(
            self.salesperson,
            order,
            "write",
            {"o2c_order_discount_type": "total", "o2c_agreed_total": 1.0},
        )
        self.assertEqual(order.sudo().amount_total, 1150.0)

    def test_order_of_another_company(self):
        company = self.env["res.company"].create({"name": "Company B"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": company.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 100})
                ],
            }
        )
        before = self.take(order)
        with self.turned_away():
            self.give(order, "percent", "o2c_order_discount_percent", 10.0)
        # Naming the company in the context gives no access to it.
        self.assert_refused(
            self.salesperson,
            order,
            "write",
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10.0},
            context={"allowed_company_ids": company.ids},
        )
        self.assertEqual(self.take(order), before)


@tagged("post_install", "-at_install")
class TestOrderDiscountRestricted(OrderDiscountRpcCase):
    """Who lacks the role gives no discount on a whole order by any route."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.o2c_order_discount_right = "role"

    def test_every_route(self):
        order = self.make_order()
        before = self.take(order)
        values = {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 1}
        new = {
            "partner_id": self.customer.id,
            "order_line": [Command.create({"product_id": self.product.id})],
        }
        forged = {"extra_tax_data": {"computation_key": "global_discount,1"}}
        line = {"product_id": self.product.id, "price_unit": -500.0, **forged}
        for records, method, args in (
            (order, "write", (values,)),
            (order, "write", ({"o2c_agreed_total": 1.0},)),
            (order, "web_save", (values, {})),
            ("sale.order", "create", ([{**new, **values}],)),
            (self.env["sale.order"], "web_save", ({**new, **values}, {})),
            (order.order_line, "write", (forged,)),
            (order, "write", ({"order_line": [Command.create(line)]},)),
            ("sale.order.line", "create", ([{"order_id": order.id, **line}],)),
        ):
            with self.subTest(method, args=args):
                self.assert_refused(
                    self.salesperson,
                    records,
                    method,
                    *args,
                    pattern="Gives Order Discounts",
                )
                self.assertEqual(self.take(order), before)

    def test_copying(self):
        order = self.make_order()
        values = {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 1}
        (copy_id,) = self.rpc(self.salesperson, order, "copy", values)
        copy = self.env["sale.order"].browse(copy_id)
        self.assertEqual(
            self.take(copy)[0][0] | {"id": 0}, self.take(order)[0][0] | {"id": 0}
        )

    def test_discount_dialog(self):
        order = self.make_order()
        (dialog_id,) = self.rpc(
            self.salesperson,
            "sale.order.discount",
            "create",
            [{"discount_type": "so_discount", "discount_percentage": 0.1}],
            context={"active_id": order.id},
        )
        dialog = self.env["sale.order.discount"].browse(dialog_id)
        self.assert_refused(
            self.salesperson,
            dialog,
            "action_apply_discount",
            pattern="Gives Order Discounts",
        )
        self.assertEqual(self.total(order), 1150.0)

    def test_import(self):
        for names, row in (
            (
                [".id", "o2c_order_discount_type", "o2c_order_discount_percent"],
                [str(self.make_order().id), "percent", "10"],
            ),
            (
                [
                    "partner_id/.id",
                    "order_line/product_id/.id",
                    "o2c_order_discount_type",
                    "o2c_agreed_total",
                ],
                [str(self.customer.id), str(self.product.id), "total", "10"],
            ),
        ):
            with self.subTest(names):
                result = self.rpc(self.salesperson, "sale.order", "load", names, [row])
                self.assertFalse(result["ids"])
                self.assertIn("Gives Order Discounts", str(result["messages"]))

    def test_onchange_saves_nothing(self):
        order = self.make_order()
        self.rpc(
            self.salesperson,
            order,
            "onchange",
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 50},
            ["o2c_order_discount_percent"],
            {"amount_total": {}, "order_line": {"fields": {"price_unit": {}}}},
        )
        self.assertEqual(self.total(order), 1150.0)

    def test_discount_of_somebody_with_the_role(self):
        """It follows the lines of whoever changes them, and stays what it is."""
        order = self.make_order()
        order.sudo().write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        self.rpc(
            self.salesperson, order.order_line[0], "write", {"product_uom_qty": 20}
        )
        self.assertEqual(self.total(order), 2070.0)
        self.assert_refused(
            self.salesperson, order, "write", {"o2c_order_discount_type": False}
        )
        (copy_id,) = self.rpc(self.salesperson, order, "copy")
        copy = self.env["sale.order"].browse(copy_id)
        self.assertEqual(self.total(copy), 2300.0)
        self.assertFalse(copy.o2c_order_discount_type)
