from odoo import fields
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestCreditLimit(O2cCommon):
    """Who goes over the credit limit, and what that asks for.

    An order of ten desks is 1,150 with tax.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.gold = cls.env["o2c.customer.level"].create({"name": "Gold"})
        cls.customer.o2c_level_id = cls.gold
        cls.gold.credit_limit = 2000.0
        cls.step = cls.env.ref("sale_o2c_flow.approval_step_finance")
        cls.step.over_credit_limit = True

    def owe(self, amount):
        """Have the customer owe an amount by an invoice."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Before", "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        self.env.invalidate_all()

    def confirm_plainly(self, **values):
        self.flow.active = False
        order = self.make_order(**values)
        order.action_confirm()
        self.flow.active = True
        self.env.invalidate_all()
        return order

    # === THE REASON === #

    def test_within_the_limit(self):
        order = self.make_order()
        self.assertFalse(order.o2c_over_credit_limit)
        self.assertFalse(order.o2c_credit_reason)

    def test_to_the_cent(self):
        self.owe(850.0)
        order = self.make_order()
        self.assertFalse(order.o2c_over_credit_limit)
        self.owe(0.01)
        self.assertTrue(order.o2c_over_credit_limit)

    def test_reason_names_the_amounts(self):
        self.owe(1200.0)
        order = self.make_order()
        self.assertTrue(order.o2c_over_credit_limit)
        for amount in ("1,200.00", "2,350.00", "2,000.00"):
            self.assertIn(amount, order.o2c_credit_reason)
        self.assertIn("Customer", order.o2c_credit_reason)

    def test_form_tells_while_typing(self):
        self.owe(1200.0)
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.partner_id = self.customer
        self.assertFalse(form.o2c_over_credit_limit)
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 10
        self.assertTrue(form.o2c_over_credit_limit)
        self.assertIn("2,350.00", form.o2c_credit_reason)

    def test_other_confirmed_orders_count(self):
        self.confirm_plainly()
        order = self.make_order()
        self.assertIn("1,150.00", order.o2c_credit_reason)
        self.assertIn("2,300.00", order.o2c_credit_reason)

    def test_a_confirmed_order_counts_once(self):
        order = self.confirm_plainly()
        self.assertFalse(order.o2c_over_credit_limit)
        self.gold.credit_limit = 1150.0
        self.env.invalidate_all()
        self.assertFalse(order.o2c_over_credit_limit)
        self.gold.credit_limit = 1149.0
        self.env.invalidate_all()
        self.assertTrue(order.o2c_over_credit_limit)

    def test_a_confirmed_order_counts_before_it_is_delivered(self):
        """Odoo counts what is invoiced on delivery only once it is delivered."""
        self.product.invoice_policy = "delivery"
        order = self.confirm_plainly()
        self.gold.credit_limit = 1149.0
        self.env.invalidate_all()
        self.assertTrue(order.o2c_over_credit_limit)

    def test_an_invoiced_order_counts_once(self):
        order = self.confirm_plainly()
        order.sudo()._create_invoices().action_post()
        self.gold.credit_limit = 1150.0
        self.env.invalidate_all()
        self.assertFalse(order.o2c_over_credit_limit)

    def test_money_that_came_makes_room(self):
        order = self.confirm_plainly()
        second = self.make_order()
        self.assertTrue(second.o2c_over_credit_limit)
        self.collect({order: 1150.0})
        self.env.invalidate_all()
        self.assertFalse(second.o2c_over_credit_limit)

    def test_switched_off(self):
        self.owe(5000.0)
        self.company.account_use_credit_limit = False
        order = self.make_order()
        self.assertFalse(order.o2c_over_credit_limit)
        self.assertFalse(order.o2c_credit_reason)

    def test_own_limit_wins(self):
        self.owe(1200.0)
        self.customer.credit_limit = 2400.0
        order = self.make_order()
        self.assertFalse(order.o2c_over_credit_limit)
        self.customer.credit_limit = 100.0
        self.env.invalidate_all()
        self.assertIn("100.00", order.o2c_credit_reason)
        self.gold.credit_limit = 0.0
        self.assertIn("100.00", order.o2c_credit_reason)

    def test_limit_of_the_company(self):
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 1000.0, company_id=self.company.id
        )
        order = self.make_order()
        # The level's own is higher.
        self.assertFalse(order.o2c_over_credit_limit)
        self.customer.o2c_level_id = False
        self.env.invalidate_all()
        self.assertIn("1,000.00", order.o2c_credit_reason)

    def test_contact_owes_for_the_company(self):
        self.customer.is_company = True
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.owe(1200.0)
        order = self.make_order(partner_id=contact.id)
        self.assertTrue(order.o2c_over_credit_limit)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [
                    fields.Command.create({"rate": 4.0, "name": "2000-01-01"})
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self.make_order([(self.product, 10, 600.0)], pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        # 6,900 of it are 1,725.
        self.assertFalse(order.o2c_over_credit_limit)
        self.owe(300.0)
        self.assertIn("2,025.00", order.o2c_credit_reason)

    def test_the_warning_of_odoo_agrees(self):
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 1000.0, company_id=self.company.id
        )
        order = self.make_order()
        self.assertFalse(order.partner_credit_warning)
        self.owe(1200.0)
        self.assertIn("2,350.00", order.partner_credit_warning)
        self.assertIn("Gold", order.partner_credit_warning)
        self.customer.credit_limit = 1500.0
        self.env.invalidate_all()
        self.assertIn("1,500.00", order.partner_credit_warning)

    def test_no_question_for_each_order(self):
        orders = self.env["sale.order"].browse()
        for number in range(6):
            customer = self.customer.copy({"name": f"C{number}"})
            orders |= self.make_order(partner_id=customer.id)
        orders = orders.with_user(self.salesperson)

        def count(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.mapped("o2c_over_credit_limit")
            return self.env.cr.sql_log_count - before

        count(orders)
        self.assertEqual(count(orders[:2]), count(orders))

    def test_partner_form_tells_the_limit(self):
        self.assertIn("2,000.00", self.customer.o2c_credit_limit_origin)
        self.assertIn("Gold", self.customer.o2c_credit_limit_origin)
        self.customer.credit_limit = 5.0
        self.assertFalse(self.customer.o2c_credit_limit_origin)

    # === THE STEP === #

    def steps_of(self, order):
        order.action_o2c_submit()
        return order.sudo().o2c_task_ids.step_id

    def test_step_is_left_out_within_the_limit(self):
        self.assertNotIn(self.step, self.steps_of(self.make_order()))

    def test_step_is_asked_over_the_limit(self):
        self.owe(1200.0)
        order = self.make_order()
        self.assertIn(self.step, self.steps_of(order))
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.step_id == self.step)
        self.assertEqual(task.with_user(self.finance).reason, order.o2c_credit_reason)
        # What was true when it was asked stays.
        self.owe(100.0)
        self.assertIn("1,200.00", task.reason)
        self.approve(order)
        self.assertEqual(order.state, "sale")

    def test_conditions_are_combined(self):
        self.owe(1200.0)
        self.step.authority_from = "team_leader"
        self.assertNotIn(self.step, self.steps_of(self.make_order()))
        order = self.make_order([(self.product, 10, None, 12.0)])
        self.assertIn(self.step, self.steps_of(order))
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.step_id == self.step)
        self.assertIn("12.00 %", task.reason)
        self.assertIn("2,000.00", task.reason)

    def test_form_of_the_flow(self):
        form = Form(self.flow.with_user(self.director))
        with form.step_ids.edit(0) as step:
            step.over_credit_limit = True
        self.assertTrue(form.save().step_ids[0].over_credit_limit)

    def test_approved_within_the_limit_then_raised(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.assertNotIn(self.step, order.sudo().o2c_task_ids.step_id)
        self.owe(1200.0)
        order.sudo().order_line.product_uom_qty = 11
        tasks = order.sudo()._o2c_get_live_tasks()
        self.assertIn(self.step, tasks.step_id)
        self.assertNotIn("approved", tasks.mapped("state"))
        self.approve(order)
        self.assertEqual(order.state, "sale")

    def test_confirmed_order_cannot_grow_over_the_limit(self):
        order = self.make_confirmed_order()
        with self.refused("goes beyond"):
            order.order_line.product_uom_qty = 20
        order.order_line.product_uom_qty = 9
        self.assertEqual(order.order_line.product_uom_qty, 9)

    def test_two_orders_at_once(self):
        """Each alone is within the limit; together they are not."""
        self.env["o2c.approval.step"].search([]).filtered(
            lambda step: step.flow_id == self.flow and step != self.step
        ).unlink()
        orders = self.make_order() | self.make_order()
        with self.refused("cannot be confirmed before"):
            orders.write({"state": "sale"})
        orders.action_o2c_submit()
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])
        self.assertEqual(orders[1].o2c_approval_state, "pending")
        self.approve(orders[1], self.finance)
        self.assertEqual(orders[1].state, "sale")
