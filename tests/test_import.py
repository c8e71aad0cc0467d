"""Files into Odoo: what is loaded, updated, refused, and that it is all or nothing."""

import json
from pathlib import Path
from unittest.mock import patch

import openpyxl
from o2c_cli.importing import columns, job, template
from o2c_import import CUSTOMERS, ORDERS, PRODUCTS, ImportCase

from odoo.fields import Command
from odoo.tests import tagged

REPO = Path(__file__).resolve().parents[1]


@tagged("post_install", "-at_install")
class TestImport(ImportCase):
    # === WHAT IS LOADED === #

    def test_good_file(self):
        outcome = self.run_all()
        self.assertEqual(
            outcome["counts"],
            {
                "customers": {"new": 3, "updated": 0},
                "products": {"new": 3, "updated": 0},
                "orders": {"new": 2, "updated": 0},
            },
        )
        self.assertEqual(outcome["skipped"], [])

    def test_customers(self):
        self.run_all()
        company, contact = self.customer("T-K1"), self.customer("T-K2")
        self.assertRecordValues(
            company,
            [
                {
                    "name": "Nordwind",
                    "is_company": True,
                    "city": "Hamburg",
                    "country_id": self.env.ref("base.de").id,
                    "o2c_level_id": self.env.ref("sale_o2c_flow.customer_level_key").id,
                    "property_payment_term_id": self.env.ref(
                        "account.account_payment_term_30days"
                    ).id,
                    "user_id": self.sofia.id,
                    "customer_rank": 1,
                }
            ],
        )
        self.assertRecordValues(
            contact,
            [
                {
                    "parent_id": company.id,
                    "is_company": False,
                    "city": "Hamburg",
                    "o2c_level_id": company.o2c_level_id.id,
                }
            ],
        )
        title = company.o2c_title_ids
        self.assertEqual(
            (title.name, title.tax_id, title.is_default), ("Nordwind GmbH", "DE1", True)
        )
        self.assertFalse(self.customer("T-K3").o2c_title_ids)

    def test_products(self):
        self.run_all()
        desk, chair, assembly = map(self.product, ("T-P1", "T-P2", "T-P3"))
        self.assertRecordValues(
            desk + chair + assembly,
            [
                {"type": "consu", "is_storable": True, "list_price": 100.0},
                {"type": "consu", "is_storable": True, "list_price": 33.33},
                {"type": "service", "is_storable": False, "list_price": 50.0},
            ],
        )
        self.assertEqual(desk.categ_id.complete_name, "Import / Desks")
        self.assertEqual(chair.categ_id.parent_id, assembly.categ_id)
        self.assertEqual(desk.standard_price, 60.5)
        self.assertEqual(desk.taxes_id, self.tax)
        self.assertFalse(chair.taxes_id)
        self.assertEqual((desk.qty_available, chair.qty_available), (25.0, 0.0))

    def test_what_an_empty_cell_means_for_a_new_product(self):
        self.run_import(products=[["Reference", "Name", "Barcode"], ["T-P9", "Lamp"]])
        lamp = self.product("T-P9")
        self.assertEqual(lamp.list_price, 0.0)
        self.assertEqual(lamp.taxes_id, self.env.company.account_sale_tax_id)
        self.assertEqual(lamp.uom_id, self.env.ref("uom.product_uom_unit"))
        self.assertTrue(lamp.is_storable)

    def test_orders_and_their_numbers(self):
        self.run_all()
        order = self.order("T-A1")
        desk, assembly = order.order_line
        self.assertEqual(order.partner_id, self.customer("T-K1"))
        self.assertEqual(order.date_order.date().isoformat(), "2026-03-14")
        self.assertEqual(order.user_id, self.sofia)
        # 4 x 100 less 5 %, plus 10 % tax; 45 without tax.
        self.assertRecordValues(
            order.order_line,
            [
                {"price_unit": 100.0, "discount": 5.0, "price_subtotal": 380.0},
                {"price_unit": 45.0, "discount": 0.0, "price_subtotal": 45.0},
            ],
        )
        self.assertEqual((order.amount_untaxed, order.amount_total), (425.0, 463.0))
        self.assertEqual(assembly.name, "At the customer's")
        self.assertIn("Desk", desk.name)
        # The hand-set price counts as a discount, as it does when it is typed.
        self.assertAlmostEqual(order.o2c_reference_amount, 450.0)
        self.assertAlmostEqual(order.o2c_effective_discount, 5.56)
        self.assertAlmostEqual(self.order("T-A2").amount_untaxed, 99.99)

    def test_nobody_looks_after_a_customer_of_nobody(self):
        self.run_all()
        self.assertFalse(self.order("T-A2").user_id)

    def switch_flow_on(self):
        roles = ("order_admin", "finance", "warehouse_approver", "manager")
        self.env["res.users"].create(
            {
                "name": "Approver",
                "login": "import_approver",
                "group_ids": [
                    Command.link(self.env.ref(f"sale_o2c_flow.group_{role}").id)
                    for role in roles
                ],
            }
        )
        flow = self.env.ref("sale_o2c_flow.approval_flow_standard")
        flow.active = True
        return flow

    def test_orders_go_through_approval(self):
        self.switch_flow_on()
        self.run_all()
        order = self.order("T-A1")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.o2c_approval_state, "none")
        self.assertTrue(order.o2c_approval_needed)
        order.action_confirm()
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))

    def test_flow_that_starts_when_orders_are_made(self):
        self.switch_flow_on().trigger = "create"
        # Nobody may give that much.
        outcome = self.run_all(orders=[*ORDERS, ["T-A3", "T-K1", None, "T-P1", 1, 10]])
        self.assertEqual(outcome["counts"]["orders"]["new"], 3)
        order, forbidden = self.order("T-A1"), self.order("T-A3")
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        self.assertEqual(order.o2c_submitted_by_id, self.sofia)
        tasks = order.o2c_task_ids.filtered(lambda task: task.state == "pending")
        self.assertEqual(order.activity_ids.user_id, tasks.user_ids)
        # Decided on with its lines.
        content = tasks[0]._get_content()
        self.assertEqual(content["amount_total"], 463.0)
        self.assertEqual(forbidden.o2c_approval_state, "none")

    def test_check_submits_nothing(self):
        self.switch_flow_on().trigger = "create"
        tasks = self.env["o2c.approval.task"].search_count([])
        outcome = self.run_import(
            check_only=True, customers=CUSTOMERS, products=PRODUCTS, orders=ORDERS
        )
        self.assertEqual(outcome["problems"], [])
        self.assertEqual(self.env["o2c.approval.task"].search_count([]), tasks)

    def test_nobody_is_written_to(self):
        mails = self.env["mail.mail"].search_count([])
        self.run_all()
        order = self.order("T-A1")
        self.assertFalse(order.message_ids)
        self.assertEqual(order.message_partner_ids, self.sofia.partner_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_pricelist_and_its_discount(self):
        currency = self.env["res.currency"].search([("name", "=", "CHF")])
        currency = currency or self.env["res.currency"].with_context(
            active_test=False
        ).search([("name", "=", "CHF")])
        currency.active = True
        currency.rate_ids = [Command.clear(), Command.create({"rate": 2.0})]
        self.env["product.pricelist"].create(
            {
                "name": "Import Swiss",
                "currency_id": currency.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 20.0,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        header = [*ORDERS[0], "Pricelist"]
        rows = [
            ["T-A5", "T-K3", None, "T-P3", 1, None, None, None, "import swiss"],
            ["T-A5", "T-K3", None, "T-P3", 1, 70, None, None, None],
            ["T-A5", "T-K3", None, "T-P3", 1, None, 50, None, None],
        ]
        self.run_all(orders=[header, *rows])
        order = self.order("T-A5")
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(order.order_line.mapped("price_subtotal"), [80.0, 70.0, 50.0])

    def test_csv_files_of_all_kinds(self):
        texts = {
            "customers.csv": "Reference;Name;City\nT-K7;Große Möbel;Köln\n",
            "products.csv": "Reference,Name,Sales Price\nT-P7,Desk,19.90\n",
            "orders.csv": "\ufeffOrder;Customer;Product;Quantity;Unit Price\n"
            "T-A7;T-K7;T-P7;2;17,50\n",
        }
        paths = [self.folder / name for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        self.assertEqual(job.run(self.env, reversed(paths))["problems"], [])
        self.assertEqual(self.customer("T-K7").name, "Große Möbel")
        self.assertEqual(self.order("T-A7").amount_untaxed, 35.0)

    def test_the_template_s_examples_are_right(self):
        path = self.folder / "template.xlsx"
        template.write_workbook(path)
        workbook = openpyxl.load_workbook(path)
        for sheet in columns.SHEETS.values():
            for cell in workbook[sheet.title][2]:
                if cell.value == columns.EXAMPLE:
                    cell.value = "T-EX"
        workbook.save(path)
        outcome = job.run(self.env, [path])
        self.assertEqual(outcome["problems"], [])
        self.assertEqual(self.order("T-EX").order_line.product_uom_qty, 4.0)

    def test_odd_numbers_of_orders(self):
        number = "2026/14 Größe.1, b"
        rows = [[number, "T-K1", None, "T-P1", 1, None, None, None]]
        self.run_all(orders=[ORDERS[0], *rows])
        self.assertEqual(len(self.order(number)), 1)
        outcome = self.run_all(orders=[ORDERS[0], *rows])
        self.assertEqual(outcome["skipped"], [number])

    # === RUNNING IT AGAIN === #

    def test_second_run_doubles_nothing(self):
        self.run_all()
        self.env["stock.quant"]._update_available_quantity(
            self.product("T-P1"), self._get_stock_location(), -5.0
        )
        before = self.count_all()
        outcome = self.run_all()
        self.assertEqual(self.count_all(), before)
        self.assertEqual(
            outcome["counts"],
            {
                "customers": {"new": 0, "updated": 3},
                "products": {"new": 0, "updated": 3},
                "orders": {"new": 0, "updated": 0},
            },
        )
        self.assertEqual(outcome["skipped"], ["T-A1", "T-A2"])
        self.assertEqual(self.product("T-P1").qty_available, 20.0)

    def _get_stock_location(self):
        return (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.env.company.id)], limit=1)
            .lot_stock_id
        )

    def test_second_run_updates_what_is_filled(self):
        self.run_all()
        self.run_import(
            customers=[
                ["Reference", "Name", "City", "Country", "Invoice Bank"],
                ["T-K1", "Nordwind AG", "Bremen", None, "First Trade Bank"],
            ],
            products=[
                ["Reference", "Name", "Sales Price", "Type", "Sales Taxes"],
                ["T-P1", "Desk", 120, None, None],
                ["T-P3", "Assembly", None, None, None],
            ],
        )
        company = self.customer("T-K1")
        self.assertEqual(company.name, "Nordwind AG")
        self.assertEqual(company.city, "Bremen")
        self.assertEqual(company.country_id, self.env.ref("base.de"))
        title = company.o2c_title_ids
        self.assertEqual((title.tax_id, title.bank_name), ("DE1", "First Trade Bank"))
        self.assertEqual(self.product("T-P1").list_price, 120.0)
        self.assertEqual(self.product("T-P1").taxes_id, self.tax)
        self.assertEqual(self.product("T-P3").type, "service")
        self.assertEqual(self.product("T-P3").list_price, 50.0)

    def test_records_made_in_odoo_are_updated_too(self):
        partner = self.env["res.partner"].create({"name": "Old", "ref": "T-K3"})
        product = self.env["product.product"].create(
            {"name": "Old", "default_code": "T-P3", "type": "service"}
        )
        self.run_all()
        self.assertEqual((partner.name, product.name), ("Atelier", "Assembly"))
        self.assertEqual(self.order("T-A2").partner_id, partner)

    def test_orders_made_in_odoo_are_left(self):
        partner = self.env["res.partner"].create({"name": "Atelier", "ref": "T-K3"})
        orders = self.env["sale.order"].create(
            [
                {"partner_id": partner.id, "client_order_ref": "T-A2"},
                {"partner_id": partner.id, "client_order_ref": "T-A1"},
            ]
        )
        outcome = self.run_all()
        # T-A1 is the number of another customer's order, which is another order.
        self.assertEqual(outcome["skipped"], ["T-A2"])
        self.assertEqual(self.order("T-A2"), orders[0])
        self.assertEqual(len(self.order("T-A1")), 2)

    def test_an_order_that_was_deleted_comes_again(self):
        self.run_all()
        self.order("T-A2").unlink()
        outcome = self.run_all()
        self.assertEqual(outcome["skipped"], ["T-A1"])
        self.assertEqual(self.order("T-A2").order_line.product_uom_qty, 3.0)

    # === WHAT IS REFUSED === #

    def test_one_problem_and_nothing_is_loaded(self):
        before = self.count_all()
        orders = [*ORDERS, ["T-A3", "T-K1", None, "T-P8", 1, None, None, None]]
        outcome = self.run_import(customers=CUSTOMERS, products=PRODUCTS, orders=orders)
        self.assert_problems(
            outcome,
            {("Orders", 5, "Product"): "no product with the Reference T-P8"},
        )
        self.assertEqual(self.count_all(), before)

    def test_problems_of_every_kind_are_there_at_once(self):
        customers = [
            [*CUSTOMERS[0], "Colour"],
            ["T-K1", "One", None, None, "Germny", "Gold", "Never", "import_nobody"],
            ["T-K1", None],
        ]
        products = [
            PRODUCTS[0],
            ["T-P1", "Desk", None, "combo", "1,234", -1, "Import 11%", "many"],
        ]
        orders = [
            ORDERS[0],
            ["T-A1", "T-K8", "some day", "T-P8", -1, "x", 101, None],
            [None, "T-K1", None, "T-P1", None, None, None, None],
        ]
        outcome = self.run_import(customers=customers, products=products, orders=orders)
        self.assert_problems(
            outcome,
            {
                ("Customers", 1, "Colour"): "no such column",
                ("Customers", 2, "Country"): "Did you mean “Germany”?",
                ("Customers", 2, "Customer Level"): "no customer level “Gold”",
                ("Customers", 2, "Payment Terms"): "no payment term “Never”",
                ("Customers", 2, "Salesperson"): "with the login “import_nobody”",
                ("Customers", 3, "Name"): "is required",
                ("Customers", 3, "Reference"): "there already, in row 2",
                ("Products", 2, "Type"): "goods or service",
                ("Products", 2, "Sales Price"): "1234 or as 1.234",
                ("Products", 2, "Cost"): "less than 0",
                ("Products", 2, "Sales Taxes"): "Did you mean “Import 10%”?",
                ("Products", 2, "Stock on Hand"): "is not a number",
                ("Orders", 2, "Customer"): "Reference T-K8",
                ("Orders", 2, "Order Date"): "is not a date",
                ("Orders", 2, "Product"): "Reference T-P8",
                ("Orders", 2, "Quantity"): "not more than 0",
                ("Orders", 2, "Unit Price"): "is not a number",
                ("Orders", 2, "Discount %"): "from 0 to 100",
                ("Orders", 3, "Order"): "is required",
                ("Orders", 3, "Quantity"): "is required",
            },
        )
        self.assertFalse(self.product("T-P1"))

    def test_what_only_odoo_finds(self):
        """Messages of load() come with the row of the file, and nothing is loaded."""
        self.env["product.product"].create({"name": "Lamp", "barcode": "T-0815"})
        products = [
            [*PRODUCTS[0], "Barcode"],
            [*PRODUCTS[1], None],
            [*PRODUCTS[2], "T-0815"],
            [*PRODUCTS[3], "T-0816"],
        ]
        before = self.count_all()
        outcome = self.run_import(customers=CUSTOMERS, products=products, orders=ORDERS)
        self.assert_problems(outcome, {("Products", 3, ""): "Lamp"})
        self.assertEqual(self.count_all(), before)
        self.assertFalse(self.customer("T-K1"))
        # The company is in order afterwards: the right file can be loaded at once.
        self.run_all()

    def test_odoo_stops_after_many(self):
        barcodes = [f"T-08{number:02}" for number in range(12)]
        self.env["product.product"].create(
            [{"name": "Lamp", "barcode": barcode} for barcode in barcodes]
        )
        header = ["Reference", "Name", "Barcode"]
        rows = [
            [f"T-P{number}", "Desk", barcode] for number, barcode in enumerate(barcodes)
        ]
        outcome = self.run_import(products=[header, *rows])
        places = [problem["row"] for problem in outcome["problems"]]
        self.assertEqual(places, [*range(2, 12), 0])
        self.assertIn("more than 10 errors", outcome["problems"][-1]["text"])

    def test_rows_that_are_right_among_wrong_ones(self):
        """What Odoo says of all rows together is not said of the first one."""
        self.env["product.product"].create(
            [{"name": "Lamp", "barcode": barcode} for barcode in ("T-0801", "T-0802")]
        )
        products = [
            ["Reference", "Name", "Barcode"],
            ["T-P1", "Desk", "T-0800"],
            ["T-P2", "Desk", "T-0801"],
            ["T-P3", "Desk", "T-0802"],
        ]
        outcome = self.run_import(products=products)
        self.assert_problems(
            outcome, {("Products", 3, ""): "T-0801", ("Products", 4, ""): "T-0802"}
        )

    def test_decimals_odoo_would_round(self):
        orders = [
            ["Order", "Customer", "Product", "Quantity", "Unit Price", "Discount %"],
            ["T-A1", "T-K1", "T-P1", 1.125, 0.125, 33.3333],
        ]
        outcome = self.run_import(customers=CUSTOMERS, products=PRODUCTS, orders=orders)
        self.assert_problems(
            outcome,
            {
                ("Orders", 2, "Quantity"): "1.125 has more than 2 decimals",
                ("Orders", 2, "Discount %"): "33.3333 has more than 2 decimals",
            },
        )

    def test_references_that_name_no_single_record(self):
        self.env["res.partner"].create(
            [
                {"name": "First", "ref": "T-K1"},
                {"name": "Second", "ref": "T-K1"},
                {"name": "Gone", "ref": "T-K3", "active": False},
            ]
        )
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")],
            }
        )
        variants = self.env["product.template"].create(
            {
                "name": "Sofa",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        variants.product_variant_ids[0].default_code = "T-P1"
        outcome = self.run_import(customers=CUSTOMERS, products=PRODUCTS)
        self.assert_problems(
            outcome,
            {
                ("Customers", 3, "Reference"): "Odoo has 2 with the Reference T-K1",
                ("Customers", 4, "Reference"): "is archived in Odoo",
                ("Products", 2, "Reference"): "has variants",
            },
        )

    def test_an_archived_namesake_does_not_matter(self):
        partners = self.env["res.partner"].create(
            [
                {"name": "Gone", "ref": "T-K3", "active": False},
                {"name": "Here", "ref": "T-K3"},
            ]
        )
        self.run_all()
        self.assertEqual(partners.mapped("name"), ["Gone", "Atelier"])

    def test_records_of_another_company_are_not_taken(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["res.partner"].create(
            {"name": "Theirs", "ref": "T-K3", "company_id": other.id}
        )
        self.env["crm.team"].create({"name": "Import Team", "company_id": other.id})
        self.run_all()
        self.assertEqual(foreign.name, "Theirs")
        orders = [
            ["Order", "Customer", "Product", "Quantity", "Sales Team"],
            ["T-A9", "T-K1", "T-P1", 1, "Import Team"],
        ]
        outcome = self.run_import(orders=orders)
        self.assert_problems(
            outcome, {("Orders", 2, "Sales Team"): "no sales team “Import Team”"}
        )

    def test_names_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        level = self.env.ref("sale_o2c_flow.customer_level_key")
        level.with_context(lang="fr_FR").name = "Clé"
        customers = [
            ["Reference", "Name", "Customer Level"],
            ["T-K1", "One", "clé"],
            ["T-K2", "Two", "Key"],
        ]
        self.assertEqual(self.run_import(customers=customers)["problems"], [])
        both = self.customer("T-K1") + self.customer("T-K2")
        self.assertEqual(both.o2c_level_id, level)

    # === ONLY CHECKING === #

    def test_check_loads_nothing_and_uses_up_no_numbers(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        first = self.env["sale.order"].create({"partner_id": partner.id})
        before = self.count_all()
        outcome = self.run_all(check_only=True)
        self.assertEqual(outcome["counts"]["orders"], {"new": 2, "updated": 0})
        self.assertEqual(self.count_all(), before)
        second = self.env["sale.order"].create({"partner_id": partner.id})
        self.assertEqual(int(second.name[1:]), int(first.name[1:]) + 1)

    def test_check_finds_what_only_odoo_finds(self):
        self.env["product.product"].create({"name": "Lamp", "barcode": "T-0815"})
        products = [["Reference", "Name", "Barcode"], ["T-P1", "Desk", "T-0815"]]
        outcome = self.run_import(check_only=True, products=products)
        self.assert_problems(outcome, {("Products", 2, ""): "Lamp"})

    # === THE SCRIPT === #

    def test_script(self):
        path, outcome = self.folder / "customers.csv", self.folder / "outcome.json"
        path.write_text("Reference,Name,City\nT-K9,Nine,Oslo\n")
        task = {
            "files": [str(path)],
            "kind": "customers",
            "check": False,
            "outcome": str(outcome),
        }
        script = REPO / "tools" / "o2c_cli" / "scripts" / "import_files.py"
        with (
            patch.dict("os.environ", O2C_IMPORT=json.dumps(task)),
            # It commits, which a test must not.
            patch("odoo.service.model.retrying", lambda load, env: load()),
        ):
            exec(script.read_text(), {"env": self.env})
        counts = json.loads(outcome.read_text())["counts"]
        self.assertEqual(counts["customers"], {"new": 1, "updated": 0})
        self.assertEqual(self.customer("T-K9").city, "Oslo")
