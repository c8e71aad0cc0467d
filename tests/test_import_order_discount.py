"""Discounts on whole orders from files: by the command, and by Odoo's own import."""

from o2c_import import CUSTOMERS, PRODUCTS, ImportCase
from o2c_rpc import RpcCase

from odoo.tests import tagged

HEADER = [
    "Order",
    "Customer",
    "Product",
    "Quantity",
    "Order Discount %",
    "Agreed Total",
]


@tagged("post_install", "-at_install")
class TestImportOrderDiscount(ImportCase):
    """By the command: the columns Order Discount % and Agreed Total."""

    def import_orders(self, *rows, **options):
        return self.run_import(
            customers=CUSTOMERS, products=PRODUCTS, orders=[HEADER, *rows], **options
        )

    def discount_lines(self, order):
        return order.order_line.filtered("o2c_is_order_discount")

    def test_each_kind(self):
        outcome = self.import_orders(
            ["T-A1", "T-K1", "T-P1", 4, None, None],
            # On any row of the order.
            ["T-A1", None, "T-P2", 3, None, "499,99"],
            ["T-A2", "T-K3", "T-P1", 10, "12.5 %", None],
            ["T-A3", "T-K3", "T-P1", 10, 0, None],
            ["T-A4", "T-K3", "T-P1", 1, None, 0],
        )
        self.assertEqual(outcome["problems"], [])
        agreed, percent, none, free = map(self.order, ("T-A1", "T-A2", "T-A3", "T-A4"))
        self.assertEqual(agreed.amount_total, 499.99)
        self.assertAlmostEqual(sum(agreed.order_line.mapped("price_total")), 499.99)
        self.assertEqual(agreed.o2c_order_discount_type, "total")
        self.assertEqual((percent.amount_untaxed, percent.amount_total), (875, 962.5))
        self.assertEqual(len(self.discount_lines(percent)), 1)
        self.assertFalse(none.o2c_order_discount_type)
        self.assertEqual(none.amount_total, 1100.0)
        self.assertEqual(
            (free.o2c_order_discount_type, free.amount_total), ("total", 0)
        )

    def test_it_follows_the_lines_afterwards(self):
        self.import_orders(["T-A1", "T-K1", "T-P1", 10, None, 1000])
        order = self.order("T-A1")
        order.order_line[0].product_uom_qty = 20
        self.assertEqual(order.amount_total, 1000.0)

    def test_problems_of_cells(self):
        before = self.count_all()
        outcome = self.import_orders(
            ["T-A1", "T-K1", "T-P1", 4, 5, 300],
            ["T-A2", "T-K1", "T-P1", 4, 101, None],
            ["T-A3", "T-K1", "T-P1", 4, None, -1],
            ["T-A4", "T-K1", "T-P1", 4, "ten", "a lot"],
            ["T-A5", "T-K1", "T-P1", 4, 33.3333, None],
            ["T-A6", "T-K1", "T-P1", 4, None, 300],
            ["T-A6", None, "T-P2", 4, None, 301],
        )
        self.assert_problems(
            outcome,
            {
                ("Orders", 2, "Agreed Total"): "“Order Discount %” too",
                ("Orders", 3, "Order Discount %"): "from 0 to 100",
                ("Orders", 4, "Agreed Total"): "less than 0",
                ("Orders", 5, "Order Discount %"): "is not a number",
                ("Orders", 5, "Agreed Total"): "is not a number",
                ("Orders", 6, "Order Discount %"): "more than 2 decimals",
                ("Orders", 8, "Agreed Total"): "T-A6 has “300” in row 7",
            },
        )
        self.assertEqual(self.count_all(), before)

    def test_what_only_odoo_finds(self):
        """The problem is with the cell that says the total, and nothing is loaded."""
        before = self.count_all()
        for check_only in (False, True):
            outcome = self.import_orders(
                ["T-A1", "T-K1", "T-P1", 4, None, 300],
                ["T-A2", "T-K1", "T-P1", 4, None, None],
                ["T-A2", None, "T-P2", 1, None, 5000],
                check_only=check_only,
            )
            self.assert_problems(
                outcome, {("Orders", 4, "Agreed Total"): "would be a surcharge"}
            )
            self.assertEqual(self.count_all(), before)

    def test_decimals_the_currency_does_not_have(self):
        outcome = self.import_orders(["T-A1", "T-K1", "T-P1", 4, None, 300.005])
        self.assert_problems(
            outcome, {("Orders", 2, "Agreed Total"): "300.005 has more decimals"}
        )


@tagged("post_install", "-at_install")
class TestOwnImportOfOrderDiscount(RpcCase):
    """By Odoo's own import, as a salesperson: an order in one row with its lines."""

    NAMES = [
        "client_order_ref",
        "partner_id/.id",
        "o2c_order_discount_type",
        "o2c_agreed_total",
        "order_line/product_id/.id",
        "order_line/product_uom_qty",
    ]

    def load(self, *totals, kind="total"):
        """Load orders over 1150 and 38.33 with agreed totals; return what Odoo says."""
        rows = []
        for number, total in enumerate(totals):
            head = [f"T-{number}", str(self.customer.id), kind, total]
            rows.append([*head, str(self.product.id), "10"])
            rows.append(["", "", "", "", str(self.product2.id), "1"])
        return self.rpc(self.salesperson, "sale.order", "load", self.NAMES, rows)

    def test_agreed_total_beside_the_lines(self):
        result = self.load("1000", "999.99")
        self.assertEqual(result["messages"], [])
        orders = self.env["sale.order"].browse(result["ids"])
        self.assertEqual(orders.mapped("amount_total"), [1000.0, 999.99])
        for order in orders:
            self.assertEqual(len(order.order_line), 3)
            self.assertEqual(len(order.order_line.filtered("o2c_is_order_discount")), 1)

    def test_kind_as_people_read_it(self):
        result = self.load("1000", kind="Agreed total")
        order = self.env["sale.order"].browse(result["ids"])
        self.assertEqual(order.amount_total, 1000.0)

    def test_impossible_totals(self):
        before = self.env["sale.order"].search_count([])
        for total, text in (
            ("5000", "would be a surcharge"),
            ("-1", "cannot be negative"),
            ("a lot", "number"),
            ("nan", "number"),
        ):
            with self.subTest(total):
                result = self.load("1000", total)
                self.assertFalse(result["ids"])
                # What the rows met together Odoo says of the first, too.
                self.assertIn(
                    {"from": 2, "to": 3},
                    [
                        message["rows"]
                        for message in result["messages"]
                        if text in message["message"]
                    ],
                )
                self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_of_orders_that_are_there(self):
        order = self.make_order()
        names = [".id", "o2c_order_discount_type", "o2c_agreed_total"]
        rows = [[str(order.id), "total", "900"]]
        self.rpc(self.salesperson, "sale.order", "load", names, rows)
        self.assertEqual(order.amount_total, 900.0)
