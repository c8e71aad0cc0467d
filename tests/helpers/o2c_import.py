"""Workbooks to import, and what a company has of them afterwards."""

import tempfile
from pathlib import Path

import openpyxl
from o2c_cli.importing import job

from odoo.fields import Command
from odoo.tests import TransactionCase

CUSTOMERS = [
    ["Reference", "Name", "Contact Of", "City", "Country", "Customer Level", "Payment Terms", "Salesperson", "Invoice Legal Name", "Invoice Tax ID"],
    ["T-K2", "Kim Berg", "T-K1", None, None, None, None, None, None, None],
    ["T-K1", "Nordwind", None, "Hamburg", "Germany", "Key", "30 Days", "import_sofia", "Nordwind GmbH", "DE1"],
    ["T-K3", "Atelier", None, "Lyon", "FR", None, None, None, None, None],
]  # fmt: skip
PRODUCTS = [
    ["Reference", "Name", "Category", "Type", "Sales Price", "Cost", "Sales Taxes", "Stock on Hand"],
    ["T-P1", "Desk", "Import / Desks", "goods", 100, 60.5, "Import 10%", 25],
    ["T-P2", "Chair", "Import / Chairs", None, "33,33", None, "none", None],
    ["T-P3", "Assembly", "Import", "service", 50, None, "none", None],
]  # fmt: skip
ORDERS = [
    ["Order", "Customer", "Order Date", "Product", "Quantity", "Unit Price", "Discount %", "Description"],
    ["T-A1", "T-K1", "2026-03-14", "T-P1", 4, None, 5, None],
    ["T-A1", None, None, "T-P3", 1, 45, None, "At the customer's"],
    ["T-A2", "T-K3", None, "T-P2", 3, None, None, None],
]  # fmt: skip


class ImportCase(TransactionCase):
    """Imports workbooks of customers, products and orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.sofia = cls.env["res.users"].create(
            {
                "name": "Sofia",
                "login": "import_sofia",
                "email": "sofia@example.com",
                "group_ids": [
                    Command.set(cls.env.ref("sales_team.group_sale_salesman").ids)
                ],
            }
        )
        cls.tax = cls.env["account.tax"].create({"name": "Import 10%", "amount": 10.0})

    def run_import(self, check_only=False, **sheets):
        """Import a workbook of sheets and return the outcome."""
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for kind, rows in sheets.items():
            worksheet = workbook.create_sheet(kind.title())
            for row in rows:
                worksheet.append(row)
        path = self.folder / "book.xlsx"
        workbook.save(path)
        return job.run(self.env, [path], check_only=check_only)

    def run_all(self, **changes):
        """Import the good workbook, with some sheets exchanged."""
        sheets = {"customers": CUSTOMERS, "products": PRODUCTS, "orders": ORDERS}
        outcome = self.run_import(**{**sheets, **changes})
        self.assertEqual(outcome["problems"], [])
        return outcome

    def assert_problems(self, outcome, expected):
        """Check problems, given as the sheet, row and column with a part of the text."""
        found = {
            (problem["sheet"], problem["row"], problem["column"]): problem["text"]
            for problem in outcome["problems"]
        }
        self.assertEqual(set(found), set(expected))
        for place, text in expected.items():
            self.assertIn(text, found[place])

    def customer(self, reference):
        return self.env["res.partner"].search([("ref", "=", reference)])

    def product(self, reference):
        return self.env["product.product"].search([("default_code", "=", reference)])

    def order(self, number):
        return self.env["sale.order"].search([("client_order_ref", "=", number)])

    def count_all(self):
        models = (
            "res.partner",
            "o2c.invoice.title",
            "product.product",
            "product.category",
            "stock.quant",
            "sale.order",
            "sale.order.line",
            "ir.model.data",
        )
        return {
            name: self.env[name].with_context(active_test=False).search_count([])
            for name in models
        }
