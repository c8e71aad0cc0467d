from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.sale_o2c_flow.models.ordering import pasted_list

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestPasteList(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.env(user=cls.salesperson)
        cls.product.write({"default_code": "DESK-1", "barcode": "4006381333931"})
        cls.product2.default_code = "CHAIR-1"
        cls.quotation = cls.make_order(order_line=[])

    def open(self, text="", quotation=None):
        """Return the form with a list pasted into it, as the salesperson has it."""
        lines = self.seller["sale.order.line"].with_context(
            order_id=(quotation or self.quotation).id
        )
        action = lines.action_o2c_paste_list()
        form = Form(self.seller[action["res_model"]].browse(action["res_id"]))
        form.text = text
        return form

    def problem(self, text):
        """Return what is wrong with the only row of a list."""
        (row,) = self.open(text).rows
        return row["problem"]

    def add(self, text, quotation=None):
        self.assertEqual(
            self.open(text, quotation).save().action_add(),
            {"type": "ir.actions.act_window_close"},
        )

    # === GOOD ROWS === #

    def test_rows_become_lines(self):
        form = self.open("DESK-1\t10\nchair-1\t2\t30.50\n")
        self.assertEqual((form.good_count, form.problem_count), (2, 0))
        self.assertEqual(form.rows[0]["product"], "[DESK-1] Desk")
        self.assertEqual(form.rows[1]["quantity"], "2.00")
        self.assertEqual(form.rows[1]["price"], "30.50")
        form.save().action_add()
        self.assertRecordValues(
            self.quotation.order_line,
            [
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 10.0,
                    "price_unit": 100.0,
                },
                {
                    "product_id": self.product2.id,
                    "product_uom_qty": 2.0,
                    "price_unit": 30.5,
                },
            ],
        )
        # The agreed price is judged as a discount, and stays when the quantity changes.
        agreed = self.quotation.order_line[1]
        self.assertGreater(agreed.o2c_effective_discount, 8.0)
        agreed.product_uom_qty = 7.0
        self.assertEqual(agreed.price_unit, 30.5)

    def test_separators(self):
        for text in (
            "DESK-1\t3\t90",
            "DESK-1;3;90",
            "DESK-1,3,90",
            "DESK-1，3，90",
            '"DESK-1","3","90"',
            "  DESK-1 ; 3 ; 90 ;; ",
            "\ufeffDESK-1\t3\t90\t\t",
            "DESK-1\t３\t９０",
        ):
            with self.subTest(text=text):
                (row,) = self.open(text).rows
                self.assertEqual(
                    (row["quantity"], row["price"], row["problem"]),
                    ("3.00", "90.00", ""),
                )

    def test_codes(self):
        """Reference or barcode in any case; the exact name when there is no such."""
        for code in ("DESK-1", "desk-1", "4006381333931", "Desk"):
            with self.subTest(code=code):
                (row,) = self.open(f"{code}\t1").rows
                self.assertEqual(
                    (row["product"], row["problem"]), ("[DESK-1] Desk", "")
                )
        self.assertIn("No product", self.problem("desk\t1"))
        # A code of one product goes before the name of another.
        self.product2.default_code = "Desk"
        (row,) = self.open("Desk\t1").rows
        self.assertEqual(row["product"], "[Desk] Chair")

    def test_case_decides_between_two(self):
        self.product2.default_code = "desk-1"
        (row,) = self.open("desk-1\t1").rows
        self.assertEqual(row["product"], "[desk-1] Chair")
        self.assertIn("is 2 products", self.problem("Desk-1\t1"))

    def test_header(self):
        for text in (
            "Qty\tNote\tSKU\tUnit price\n3\tblue\tDESK-1\t90",
            "Code;Quantity;Price\nDESK-1;3;90",
            "Code;Quantity;Price\n\nDESK-1;3;90",
            "Article name;Quantity;Price\nDESK-1;3;90",
        ):
            with self.subTest(text=text):
                (row,) = self.open(text).rows
                self.assertEqual(
                    (row["product"], row["quantity"], row["price"], row["problem"]),
                    ("[DESK-1] Desk", "3.00", "90.00", ""),
                )
        # A first row that only looks odd is no header: it is not swallowed.
        self.assertEqual(len(self.open("Table\tmany\nDESK-1\t1").rows), 2)

    def test_separators_of_the_user(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.salesperson.lang = "de_DE"
        self.seller = self.env(user=self.salesperson, context={"lang": "de_DE"})
        (row,) = self.open("DESK-1;1.250,5;99,90").rows
        self.assertEqual(row["problem"], "")
        self.add("DESK-1;1.250,5;99,90")
        self.assertEqual(self.quotation.order_line.product_uom_qty, 1250.5)
        self.assertEqual(self.quotation.order_line.price_unit, 99.9)
        self.assertTrue(self.problem("DESK-1;2.5"))

    def test_currency_sign_in_the_price(self):
        sign = self.quotation.currency_id.symbol
        self.add(f"DESK-1\t1\t{sign} 1,090.50")
        self.assertEqual(self.quotation.order_line.price_unit, 1090.5)

    def test_price_given_is_what_is_paid(self):
        """The pricelist's discount does not come on top of a price that was agreed."""
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "10 % off",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 10.0,
                        }
                    )
                ],
            }
        )
        quotation = self.make_order(order_line=[], pricelist_id=pricelist.id)
        self.add("DESK-1\t1\t80\nCHAIR-1\t1", quotation)
        desk, chair = quotation.order_line
        self.assertAlmostEqual(desk.price_subtotal, 80.0)
        self.assertAlmostEqual(chair.price_subtotal, 30.0)

    def test_duplicates_are_told_and_added_up(self):
        form = self.open("DESK-1\t1\ndesk-1\t2\nDESK-1\t3\t90\nCHAIR-1\t1")
        notes = [row["note"] for row in form.rows]
        self.assertIn("row 1: the two add up", notes[1])
        self.assertIn("another price", notes[2])
        self.assertEqual((notes[0], notes[3]), ("", ""))
        form.save().action_add()
        self.assertEqual(
            self.quotation.order_line.mapped("product_uom_qty"), [3.0, 3.0, 1.0]
        )

    def test_grows_what_is_there(self):
        quotation = self.make_order([(self.product, 10)])
        self.add("DESK-1\t5", quotation)
        self.assertEqual(quotation.order_line.product_uom_qty, 15.0)
        self.add("DESK-1\t5\t70", quotation)
        self.assertEqual(quotation.order_line.mapped("product_uom_qty"), [15.0, 5.0])

    # === BAD ROWS === #

    def test_bad_quantities(self):
        self.assertIn("missing", self.problem("DESK-1\t\t5"))
        self.assertIn("zero", self.problem("DESK-1\t0.00"))
        for quantity in ("x", "nan", "inf", "1e5", "-1", "9" * 400, "2.345"):
            with self.subTest(quantity=quantity):
                self.assertIn(f"“{quantity}”", self.problem(f"DESK-1\t{quantity}"))

    def test_bad_prices(self):
        for price in ("x", "nan", "-1", "9" * 400, "1.2.3", "12,50"):
            with self.subTest(price=price):
                self.assertIn(f"“{price}”", self.problem(f"DESK-1\t1\t{price}"))

    def test_everything_wrong_at_once(self):
        problem = self.problem("NOPE\t0\tx")
        self.assertIn("“NOPE”", problem)
        self.assertIn("zero", problem)
        self.assertIn("“x”", problem)
        self.assertIn("code is missing", self.problem("\t3"))

    def test_commas_in_numbers(self):
        self.assertIn("4 values", self.problem("DESK-1,1,250,99"))

    def test_unusable_products(self):
        self.product2.active = False
        self.assertIn("[CHAIR-1] Chair is archived", self.problem("CHAIR-1\t1"))
        self.product2.write({"active": True, "sale_ok": False})
        self.assertIn("is not for sale", self.problem("CHAIR-1\t1"))
        # One that can be sold stands in for an archived one of the same code.
        self.product2.active = False
        self.product.default_code = "CHAIR-1"
        (row,) = self.open("CHAIR-1\t1").rows
        self.assertEqual((row["product"], row["problem"]), ("[CHAIR-1] Desk", ""))

    def test_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["product.product"].create(
            {"name": "Far", "default_code": "FAR-1", "company_id": other.id}
        )
        self.assertIn("No product", self.problem("FAR-1\t1"))

    def test_ambiguous(self):
        self.product2.default_code = "DESK-1"
        self.assertIn("is 2 products", self.problem("DESK-1\t1"))

    def test_variant_needed(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": name}) for name in ("Red", "Blue")
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Stool",
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
        self.assertIn("has 2 variants", self.problem("Stool\t1"))
        template.product_variant_ids[1].default_code = "STOOL-BLUE"
        self.assertFalse(self.problem("STOOL-BLUE\t1"))
        attribute = self.env["product.attribute"].create(
            {
                "name": "Finish",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": name}) for name in ("Dull", "Bright")
                ],
            }
        )
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        self.assertIn("options to choose", self.problem("STOOL-BLUE\t1"))

    def test_combo(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Seat",
                "combo_item_ids": [Command.create({"product_id": self.product2.id})],
            }
        )
        self.env["product.product"].create(
            {
                "name": "Set",
                "default_code": "SET-1",
                "type": "combo",
                "combo_ids": [Command.set(combo.ids)],
            }
        )
        self.assertIn("is a combo", self.problem("SET-1\t1"))

    def test_refused_with_every_row_at_once(self):
        text = "DESK-1\t1\n\nNOPE\t1\nCHAIR-1\t0"
        wizard = self.open(text).save()
        with self.assertRaisesRegex(UserError, "(?s)Row 3: .*Row 4: "):
            wizard.action_add()
        self.assertFalse(self.quotation.order_line)
        self.assertEqual(wizard.text, text)

    def test_good_rows_first_the_rest_stays(self):
        form = self.open("Price\tQty\tCode\n\t1\tDESK-1\n\t1\tNOPE\n5\t0\tCHAIR-1")
        self.assertEqual((form.good_count, form.problem_count), (1, 2))
        wizard = form.save()
        action = wizard.action_add_good()
        self.assertEqual(self.quotation.order_line.product_id, self.product)
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.text, "Price\tQty\tCode\n\t1\tNOPE\n5\t0\tCHAIR-1")
        with self.refused("Every row has a problem"):
            wizard.action_add_good()
        wizard.text = "CHAIR-1\t2"
        self.assertEqual(
            wizard.action_add_good(), {"type": "ir.actions.act_window_close"}
        )
        self.assertEqual(len(self.quotation.order_line), 2)

    def test_nothing_pasted(self):
        for text in ("", " \n\t\n", "Code\tQuantity"):
            with self.subTest(text=text), self.refused("The list is empty"):
                self.open(text).save().action_add()

    def test_hostile_text(self):
        for text in ('"DESK-1\t1', "DESK-1\t1\x00", "DESK-1\r\n\x0b\x1c", "'; --\t1"):
            with self.subTest(text=text):
                self.assertTrue(self.open(text).rows)

    def test_too_long(self):
        form = self.open("DESK-1\t1\n" * 2001)
        self.assertIn("2001 rows", form.message)
        self.assertFalse(form.rows)
        wizard = form.save()
        with self.refused("Paste it in parts"):
            wizard.action_add()
        form.text = "DESK-1\t1\n" * 2000
        self.assertFalse(form.message)
        form.save().action_add()
        self.assertEqual(self.quotation.order_line.product_uom_qty, 2000.0)

    def test_queries_do_not_grow_with_the_list(self):
        products = self.env["product.product"].create(
            [{"name": f"P{i}", "default_code": f"P-{i}"} for i in range(60)]
        )
        self.env.flush_all()
        few = self.count_queries("P-0\t1\nP-1\t1\nNOPE\t1")
        lines = [
            f"{product.default_code}\t{i + 1}" for i, product in enumerate(products)
        ]
        self.assertLessEqual(self.count_queries("\n".join(lines)), few)

    def count_queries(self, text):
        wizard = self.seller["o2c.paste.list"].create(
            {"order_id": self.quotation.id, "text": text}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(wizard.rows)
        return self.env.cr.sql_log_count - before

    # === RIGHTS === #

    def test_quotation_of_somebody_else(self):
        wizard = self.open("DESK-1\t1").save()
        self.quotation.user_id = self.salesperson2
        with self.assertRaises(AccessError):
            wizard.action_add()
        with self.assertRaises(AccessError):
            self.open("DESK-1\t1")

    def test_not_on_an_order(self):
        self.flow.active = False
        quotation = self.make_order()
        wizard = self.open("DESK-1\t1", quotation).save()
        quotation.action_confirm()
        with self.refused("not a quotation any more"):
            wizard.action_add()
        with self.refused("not a quotation any more"):
            self.open("DESK-1\t1", quotation)

    def test_not_for_other_roles(self):
        for user in (self.finance, self.warehouse, self.shipper):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.quotation.with_user(user).action_o2c_paste_list()


@tagged("post_install", "-at_install")
class TestParseNumber(O2cCommon):
    def test_english(self):
        for text, number in (
            ("1", 1.0),
            ("1,234.5", 1234.5),
            ("1 234.5", 1234.5),
            (".5", 0.5),
            ("+2.", 2.0),
            ("-3", -3.0),
            ("1,23", None),
            ("1.5.2", None),
            (".", None),
            ("1_000", None),
            ("0x10", None),
            ("٣", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(pasted_list.parse_number(text, ".", ","), number)

    def test_others(self):
        self.assertEqual(pasted_list.parse_number("1.234,5", ",", "."), 1234.5)
        self.assertIsNone(pasted_list.parse_number("2.5", ",", "."))
        self.assertEqual(
            pasted_list.parse_number("1\u202f234,5", ",", "\u202f"), 1234.5
        )
        self.assertEqual(pasted_list.parse_number("12,5", ",", ""), 12.5)
