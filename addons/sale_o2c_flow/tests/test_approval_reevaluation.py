from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestReevaluation(O2cCommon):
    """Steps whose cause went away hold nobody up.

    An order of ten desks is 1,150 with tax; the finance step is for customers who go
    over their credit limit.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.customer.credit_limit = 1000.0
        cls.finance_step = cls.env.ref("sale_o2c_flow.approval_step_finance")
        cls.finance_step.over_credit_limit = True
        (cls.flow.step_ids - cls.finance_step).unlink()

    def run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("sale_o2c_flow.cron_reevaluate").method_direct_trigger()
        self.env.invalidate_all()

    def submit(self, *lines):
        order = self.make_order(list(lines) or None)
        order.action_o2c_submit()
        self.assertEqual(order.o2c_approval_state, "pending")
        return order

    def test_cheaper_change_confirms(self):
        order = self.submit()
        order.sudo().order_line.product_uom_qty = 5
        self.assertEqual(order.state, "sale")
        log = "\n".join(order.sudo().message_ids.mapped("body"))
        self.assertIn("No longer needed: approval by Finance", log)
        self.assertFalse(order.sudo().activity_ids)

    def test_cheaper_change_after_an_approval_confirms(self):
        """The last open step goes, the one that has approved stays."""
        self.flow.step_ids = [
            Command.create(
                {
                    "name": "Orders",
                    "sequence": 1,
                    "group_id": self.ref("sale_o2c_flow.group_order_admin"),
                }
            )
        ]
        order = self.submit()
        self.approve(order, self.order_admin)
        self.assertEqual(order.state, "draft")
        order.sudo().order_line.product_uom_qty = 5
        self.assertEqual((order.state, order.o2c_approval_state), ("sale", "approved"))

    def test_limit_raised(self):
        order = self.submit()
        self.run_cron()
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        self.customer.credit_limit = 5000.0
        self.run_cron()
        self.assertEqual(order.state, "sale")
        tasks = order.sudo().o2c_task_ids
        self.assertEqual(tasks.mapped("state"), ["cancelled"])

    def test_customer_paid(self):
        self.customer.credit_limit = 1200.0
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Before", "price_unit": 100.0, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        self.env.invalidate_all()
        order = self.submit()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.run_cron()
        self.assertEqual(order.state, "sale")

    def test_no_condition_outside(self):
        """Orders whose steps hang on themselves alone are not even looked at."""
        order = self.submit()
        self.assertEqual(
            self.env["sale.order"]._o2c_get_orders_to_reevaluate() & order, order
        )
        self.finance_step.over_credit_limit = False
        self.assertFalse(self.env["sale.order"]._o2c_get_orders_to_reevaluate())
        self.run_cron()
        self.assertEqual(order.o2c_approval_state, "pending")

    def test_rejected_stays_rejected(self):
        order = self.submit()
        self.tasks_of(self.finance, order).action_reject("Pay first")
        self.customer.credit_limit = 5000.0
        self.run_cron()
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "rejected"))

    def test_two_orders_in_one_list_action(self):
        """The first fits into the limit; with it, the second does not."""
        self.customer.credit_limit = 2000.0
        orders = self.make_order() | self.make_order()
        other = self.env["res.partner"].create({"name": "Other"})
        third = self.make_order(partner_id=other.id)
        (orders | third).action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])
        self.assertEqual(orders[1].o2c_approval_state, "pending")
        self.assertEqual(third.state, "sale")
        self.approve(orders[1], self.finance)
        self.assertEqual(orders[1].state, "sale")
