from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import O2cCommon


class OrderDiscountCommon(O2cCommon):
    def discount_lines(self, order):
        return order.order_line.filtered("o2c_is_order_discount")


@tagged("post_install", "-at_install")
class TestOrderDiscount(OrderDiscountCommon):
    """The discount on the whole order follows its lines."""

    def agree_on(self, order, total, **values):
        order.write(
            {"o2c_order_discount_type": "total", "o2c_agreed_total": total, **values}
        )
        return order

    def assert_shown(self, form, total):
        self.assertAlmostEqual(form.tax_totals["total_amount_currency"], total)

    def test_agreed_total(self):
        order = self.agree_on(self.make_order([(self.product, 10)]), 999.99)
        self.assertEqual(order.amount_total, 999.99)
        self.assertEqual(sum(order.order_line.mapped("price_total")), 999.99)
        self.assertEqual(len(self.discount_lines(order)), 1)

    def test_agreed_total_without_tax(self):
        order = self.make_order([(self.product, 10)])
        self.agree_on(order, 876.54, o2c_agreed_total_basis="excluded")
        self.assertEqual(order.amount_untaxed, 876.54)

    def test_company_says_with_or_without_tax(self):
        self.company.o2c_agreed_total_basis = "excluded"
        order = self.agree_on(self.make_order([(self.product, 10)]), 900)
        self.assertEqual(order.amount_untaxed, 900)

    def test_agreed_total_stays(self):
        order = self.agree_on(self.make_order([(self.product, 10)]), 900)
        line = order.order_line[0]
        line.product_uom_qty = 12
        self.assertEqual(order.amount_total, 900)
        line.discount = 10
        self.assertEqual(order.amount_total, 900)
        order.order_line = [
            Command.create({"product_id": self.product2.id, "product_uom_qty": 3})
        ]
        self.assertEqual(order.amount_total, 900)
        with self.refused("would be a surcharge"):
            line.unlink()
        self.assertEqual(order.amount_total, 900)

    def test_percentage_stays(self):
        order = self.make_order([(self.product, 10)])
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        self.assertEqual(order.amount_untaxed, 900)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 2})
        ]
        self.assertEqual(len(self.discount_lines(order)), 1)
        self.assertEqual(order.amount_untaxed, 1080)
        order.o2c_order_discount_percent = 20
        self.assertEqual(order.amount_untaxed, 960)

    def test_taken_back(self):
        order = self.agree_on(self.make_order([(self.product, 10)]), 900)
        before = self.make_order([(self.product, 10)]).amount_total
        order.o2c_order_discount_type = False
        self.assertEqual(order.amount_total, before)
        self.assertEqual(len(order.order_line), 1)
        self.assertFalse(order.o2c_agreed_total)

    def test_while_typing(self):
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 10
            form.o2c_order_discount_type = "total"
            form.o2c_agreed_total = 900
            self.assert_shown(form, 900)
            with form.order_line.new() as line:
                line.product_id = self.product2
            self.assert_shown(form, 900)
        order = form.record
        self.assertEqual(order.amount_total, 900)
        self.assertEqual(len(self.discount_lines(order)), 1)
        with Form(order) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 20
            self.assert_shown(form, 900)
            form.o2c_order_discount_type = False
        self.assertEqual(len(order.order_line), 2)

    def test_agreed_total_starts_from_what_it_comes_to(self):
        """Whoever only chooses the kind does not give the order away."""
        order = self.make_order([(self.product, 10)])
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        with Form(order) as form:
            form.o2c_order_discount_type = "total"
            self.assertEqual(form.o2c_agreed_total, 1035)
        self.assertEqual(order.amount_total, 1035)
        with Form(order) as form:
            form.o2c_agreed_total = 0
        self.assertEqual(order.amount_total, 0)
        self.company.o2c_agreed_total_basis = "excluded"
        with Form(self.make_order([(self.product, 10)])) as form:
            form.o2c_order_discount_type = "total"
            self.assertEqual(form.o2c_agreed_total, 1000)
            form.o2c_agreed_total = 0
        self.assertEqual(form.record.amount_total, 0)

    def test_total_has_to_be_said(self):
        """Nothing is given away because somebody forgot to say the total."""
        order = self.make_order([(self.product, 10)])
        for values in ({}, {"o2c_agreed_total": False}):
            values["o2c_order_discount_type"] = "total"
            with self.refused("Say the agreed total"):
                order.write(values)
            with self.refused("Say the agreed total"):
                self.make_order([(self.product, 10)], **values)
        self.agree_on(order, 0)
        self.assertEqual(order.amount_total, 0)

    def test_impossible(self):
        order = self.make_order([(self.product, 10)])
        with self.refused("would be a surcharge"):
            self.agree_on(order, 5000)
        with self.refused("cannot be taken off"):
            order.write(
                {
                    "o2c_order_discount_type": "amount",
                    "o2c_order_discount_amount": 1150.01,
                }
            )
        with self.refused("no products yet"):
            self.agree_on(order.copy({"order_line": []}), 100)
        with self.refused("of another kind"):
            order.o2c_agreed_total = 100
        self.assertEqual(order.amount_total, 1150)

    def test_impossible_numbers(self):
        """They are said while they are typed, and refused."""
        order = self.make_order([(self.product, 10)])
        for kind, name, value, problem, shown in (
            ("total", "o2c_agreed_total", -1, "is below zero", 1150),
            ("percent", "o2c_order_discount_percent", 100.5, "between 0 and 100", 0),
            ("percent", "o2c_order_discount_percent", -1, "between 0 and 100", 1150),
            ("amount", "o2c_order_discount_amount", -1, "is below zero", 1150),
        ):
            with self.subTest(name=name, value=value):
                form = Form(order.with_user(self.salesperson))
                form.o2c_order_discount_type = kind
                setattr(form, name, value)
                self.assertIn(problem, form.o2c_order_discount_problem)
                self.assert_shown(form, shown)
                with self.refused(problem):
                    form.save()
                with self.refused(problem):
                    order.write({"o2c_order_discount_type": kind, name: value})
                order.invalidate_recordset()
        self.assertEqual(order.amount_total, 1150)

    @mute_logger("odoo.sql_db")
    def test_numbers_the_database_refuses(self):
        order = self.make_order([(self.product, 10)])
        for name in (
            "o2c_agreed_total",
            "o2c_order_discount_percent",
            "o2c_order_discount_amount",
        ):
            for value in ("-1", "NaN"):
                with (
                    self.subTest(name=name, value=value),
                    self.assertRaises(IntegrityError),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(
                        SQL(
                            "UPDATE sale_order SET %s = %s WHERE id = %s",
                            SQL.identifier(name),
                            value,
                            order.id,
                        )
                    )


@tagged("post_install", "-at_install")
class TestOrderDiscountDocuments(OrderDiscountCommon):
    """What becomes of an order with a discount on the whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.active = False
        cls.tax2 = cls.env["account.tax"].create(
            {
                "name": "7 % included",
                "amount": 7.0,
                "price_include_override": "tax_included",
            }
        )
        cls.product2.taxes_id = cls.tax2

    def make_agreed_order(self, total=777.77, lines=None, **values):
        order = self.make_order(lines or [(self.product, 7), (self.product2, 5)])
        order.write(
            {"o2c_order_discount_type": "total", "o2c_agreed_total": total, **values}
        )
        return order

    def test_invoice_and_credit_note(self):
        order = self.make_agreed_order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 777.77)
        self.assertEqual(invoice.amount_untaxed, order.amount_untaxed)
        credit_note = invoice._reverse_moves()
        self.assertEqual(credit_note.amount_total, 777.77)
        self.assertEqual(credit_note.amount_tax, invoice.amount_tax)

    def test_invoiced_as_delivered(self):
        """Each invoice takes the share of the discount that its goods have."""
        self.product.invoice_policy = "delivery"
        order = self.make_order([(self.product, 10)])
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        order.action_confirm()
        self.assertEqual(order.invoice_status, "no")
        line = order.order_line[0].sudo()
        invoices = self.env["account.move"]
        for delivered, untaxed in ((4, 360), (9, 450), (10, 90)):
            line.move_ids.quantity = 0
            line.qty_delivered = delivered
            invoice = order.sudo()._create_invoices()
            self.assertEqual(invoice.amount_untaxed, untaxed)
            invoice.action_post()
            invoices |= invoice
        self.assertEqual(sum(invoices.mapped("amount_total")), order.amount_total)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_line_added_after_the_invoice(self):
        """What was invoiced stays; the rest of the discount comes on a line of its own."""
        order = self.make_agreed_order()
        order.action_confirm()
        order.sudo()._create_invoices().action_post()
        invoiced = order.order_line.filtered("o2c_is_order_discount")
        before = invoiced.mapped("price_total")
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 1})
        ]
        self.assertEqual(order.amount_total, 777.77)
        self.assertEqual(invoiced.mapped("price_total"), before)
        invoice = order.sudo()._create_invoices(final=True)
        self.assertAlmostEqual(invoice.amount_total, 0.0)

    def test_percentage_after_the_invoice(self):
        order = self.make_order([(self.product, 10)])
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        order.action_confirm()
        order.sudo()._create_invoices().action_post()
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 2})
        ]
        self.assertEqual(order.amount_untaxed, 1080)

    def test_confirmed_order_with_less(self):
        """Lines of a confirmed order cannot be removed: they say zero."""
        order = self.make_agreed_order()
        order.action_confirm()
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(order.amount_total, 777.77)
        invoice = order.sudo()._create_invoices()
        self.assertEqual(invoice.amount_total, 777.77)

    def test_taken_up_again(self):
        """What happened to a cancelled order counts when it is a quotation again."""
        order, small = (self.make_agreed_order() for _number in range(2))
        (order | small)._action_cancel()
        order.order_line[0].product_uom_qty = 30
        small.order_line[0].product_uom_qty = 1
        with self.refused("stays as it is"):
            order.o2c_order_discount_type = False
        (order | small).action_draft()
        self.assertEqual(order.amount_total, 777.77)
        self.assertIn("surcharge", small.o2c_order_discount_problem)

    def test_copy(self):
        order = self.make_agreed_order()
        copy = order.copy()
        self.assertEqual(copy.amount_total, 777.77)
        self.assertEqual(len(copy.order_line), len(order.order_line))

    def test_sections(self):
        """The discount is counted into no section of the customer's order."""
        order = self.make_order([(self.product, 7)])
        order.order_line = [
            Command.create(
                {"display_type": "line_section", "name": "Room 1", "sequence": 1}
            )
        ]
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 700})
        sections = order.order_line.filtered(
            lambda line: line.display_type == "line_section"
        )
        self.assertEqual(len(sections), 2)
        discount = order.order_line.filtered(
            lambda line: line.o2c_is_order_discount and not line.display_type
        )
        self.assertEqual(discount.parent_id, sections - sections[0])
        order.order_line = [Command.create({"product_id": self.product.id})]
        self.assertEqual(order.amount_total, 700)
        self.assertEqual(order.order_line.sorted()[-1], discount)
        order.o2c_order_discount_type = False
        self.assertEqual(
            order.order_line.filtered(lambda line: line.display_type), sections[0]
        )

    def test_all_lines_free(self):
        order = self.make_order([(self.product, 7, 0.0)])
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 0})
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        self.assertEqual(len(order.order_line), 1)
        with self.refused("nothing to spread"):
            self.make_agreed_order(10, [(self.product, 7, 0.0)])

    def test_everything_for_nothing(self):
        order = self.make_agreed_order(0)
        self.assertEqual(order.amount_total, 0)
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 100}
        )
        self.assertEqual(order.amount_total, 0)
        self.assertEqual(order.amount_untaxed, 0)

    def test_tax_of_a_fixed_amount(self):
        self.product.taxes_id |= self.env["account.tax"].create(
            {"name": "Eco", "amount": 2.0, "amount_type": "fixed"}
        )
        order = self.make_agreed_order(20, [(self.product, 7)])
        self.assertEqual(order.amount_total, 20)
        with self.refused("taxes of a fixed amount"):
            order.o2c_agreed_total = 13.99
        order.o2c_agreed_total = 14
        self.assertEqual(order.amount_untaxed, 0)

    def test_surcharge(self):
        self.company.o2c_agreed_total_surcharge = True
        order = self.make_agreed_order(2000)
        self.assertEqual(order.amount_total, 2000)

    def test_surcharge_not_allowed_any_more(self):
        """A down payment asks nobody anew for what was agreed."""
        self.company.o2c_agreed_total_surcharge = True
        order = self.make_agreed_order(2000)
        order.action_confirm()
        self.company.o2c_agreed_total_surcharge = False
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=order.ids, active_model="sale.order")
            .create({"advance_payment_method": "fixed", "fixed_amount": 100})
        )
        wizard._create_invoices(order.sudo()).action_post()
        self.assertEqual(order.amount_total, 2000)

    def test_analytic_accounts(self):
        """The discount bears on the accounts of what it is given on."""
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "Project", "plan_id": plan.id}
        )
        order = self.make_order([(self.product, 10)])
        order.order_line.sudo().analytic_distribution = {str(account.id): 100}
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 900})
        discount = self.discount_lines(order).sudo()
        self.assertEqual(discount.analytic_distribution, {str(account.id): 100})

    def test_wizard_does_not_stack(self):
        order = self.make_order([(self.product, 10)])
        for percent in (0.1, 0.2):
            self.give(order, "so_discount", discount_percentage=percent)
        self.assertEqual(order.amount_untaxed, 800)
        self.give(order, "amount", discount_amount=115)
        self.assertEqual(order.amount_total, 1035)
        self.assertEqual(order.o2c_order_discount_type, "amount")
        order.order_line[0].product_uom_qty = 20
        self.assertEqual(order.amount_total, 2300 - 115)

    def give(self, order, kind, **values):
        wizard = (
            self.env["sale.order.discount"]
            .with_user(self.salesperson)
            .with_context(active_id=order.id)
            .create({"discount_type": kind, **values})
        )
        wizard.action_apply_discount()

    def test_price_list_is_applied_anew(self):
        order = self.make_agreed_order()
        self.product.list_price = 200
        order.action_update_prices()
        self.assertEqual(order.amount_total, 777.77)

    def test_new_prices_are_judged_together(self):
        """One price falls and another rises: what is agreed fits when both did."""
        order = self.make_agreed_order(lines=[(self.product, 7), (self.product2, 7)])
        self.product.list_price, self.product2.list_price = 10, 200
        order.action_update_prices()
        self.assertEqual(order.amount_total, 777.77)

    def test_taxes_of_another_country(self):
        order = self.make_agreed_order()
        tax = self.env["account.tax"].create({"name": "0 %", "amount": 0.0})
        order.order_line.filtered(
            lambda line: not line.o2c_is_order_discount
        ).tax_ids = tax
        self.assertEqual(order.amount_total, 777.77)
        self.assertEqual(order.amount_tax, 0)

    def test_down_payment(self):
        order = self.make_agreed_order()
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=order.ids, active_model="sale.order")
            .create({"advance_payment_method": "fixed", "fixed_amount": 100})
        )
        invoice = wizard._create_invoices(order.sudo())
        invoice.action_post()
        self.assertEqual(order.amount_total, 777.77)
        order.order_line[0].product_uom_qty = 8
        self.assertEqual(order.amount_total, 777.77)
        final = order.sudo()._create_invoices(final=True)
        final.action_post()
        self.assertAlmostEqual(invoice.amount_total + final.amount_total, 777.77)

    def test_combo(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Seat",
                "combo_item_ids": [
                    Command.create({"product_id": self.product.id}),
                    Command.create({"product_id": self.product2.id}),
                ],
            }
        )
        menu = self.env["product.product"].create(
            {
                "name": "Set",
                "type": "combo",
                "list_price": 200,
                "combo_ids": [Command.set(combo.ids)],
            }
        )
        order = self.make_order([(menu, 1)])
        order.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "linked_line_id": order.order_line.id,
                    "combo_item_id": combo.combo_item_ids[0].id,
                }
            )
        ]
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 150})
        self.assertEqual(order.amount_total, 150)

    def test_quotation_template(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Office",
                "sale_order_template_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 3}
                    )
                ],
            }
        )
        self.salesperson.group_ids |= self.env.ref(
            "sale_management.group_sale_order_template"
        )
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            form.o2c_order_discount_type = "total"
            form.o2c_agreed_total = 300
            form.sale_order_template_id = template
            self.assertAlmostEqual(form.tax_totals["total_amount_currency"], 300)
        self.assertEqual(form.record.amount_total, 300)

    def test_restricted(self):
        self.company.o2c_order_discount_right = "role"
        order = self.make_order([(self.product, 10)])
        for values in (
            {"o2c_order_discount_type": "total", "o2c_agreed_total": 1000},
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 1},
        ):
            with self.assertRaises(AccessError):
                order.write(values)
            with self.assertRaises(AccessError):
                self.make_order([(self.product, 10)], **values)
        with self.assertRaises(AccessError):
            self.give(order, "so_discount", discount_percentage=0.1)
        data = {"computation_key": "global_discount,1"}
        with self.assertRaises(AccessError):
            order.order_line.extra_tax_data = data
        with self.assertRaises(AccessError):
            order.order_line = [
                Command.create({"product_id": self.product.id, "extra_tax_data": data})
            ]
        context = {
            "default_o2c_order_discount_type": "percent",
            "default_o2c_order_discount_percent": 50.0,
        }
        with self.assertRaises(AccessError):
            order.with_context(**context).create({"partner_id": self.customer.id})
        # What somebody with the role gave follows the lines, but is not copied.
        self.salesperson.group_ids |= self.env.ref("sale_o2c_flow.group_order_discount")
        order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": 1000})
        self.salesperson.group_ids -= self.env.ref("sale_o2c_flow.group_order_discount")
        order.order_line[0].product_uom_qty = 20
        self.assertEqual(order.amount_total, 1000)
        self.assertEqual(order.copy().amount_total, 2300)
        with self.assertRaises(AccessError):
            order.o2c_order_discount_type = False
        # Nor does it pass to another order.
        other = self.make_order()
        for values in ({}, {"extra_tax_data": data}):
            with self.assertRaises(AccessError):
                self.discount_lines(order).write({"order_id": other.id, **values})

    def test_customer_is_not_refused(self):
        """A customer who leaves lines out on the portal gets the price of the rest."""
        order = self.make_agreed_order()
        order.sudo().order_line[0].unlink()
        self.assertFalse(self.discount_lines(order))
        self.assertIn("surcharge", order.o2c_order_discount_problem)
        with self.refused("surcharge"):
            order.order_line[0].product_uom_qty = 4
        order.o2c_order_discount_type = False
        self.assertFalse(order.o2c_order_discount_problem)

    def test_forged_lines(self):
        """Whatever a client makes of the discount lines, they are computed anew."""
        order = self.make_agreed_order()
        before = self.discount_lines(order).mapped("price_subtotal")
        for values in (
            {"price_unit": -700},
            {"discount": 50},
            {"product_uom_qty": 3},
            {"product_id": self.product.id},
            {"tax_ids": [Command.clear()]},
            {"extra_tax_data": False, "price_unit": -1},
        ):
            self.discount_lines(order)[0].write(values)
            self.assertEqual(order.amount_total, 777.77)
            self.assertEqual(
                sorted(self.discount_lines(order).mapped("price_subtotal")),
                sorted(before),
            )
        self.discount_lines(order).unlink()
        self.assertEqual(order.amount_total, 777.77)
