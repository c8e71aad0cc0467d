from odoo.tests import HttpCase, tagged

from .common import O2cCommon


class ApprovalTour(O2cCommon, HttpCase):
    """An order administrator at the web client decides what waits."""

    def submit(self, count):
        orders = self.env["sale.order"]
        for number in range(1, count + 1):
            customer = self.customer.copy({"name": f"Desk Order {number}"})
            orders |= self.make_order(partner_id=customer.id)
        orders.action_o2c_submit()
        return orders

    def first_states(self, orders):
        tasks = orders.sudo().o2c_task_ids.filtered(
            lambda task: task.name == "Order Administration"
        )
        return tasks.sorted(lambda task: task.order_id.id).mapped("state")


@tagged("post_install", "-at_install")
class TestApprovalTour(ApprovalTour):
    def test_at_a_desk(self):
        orders = self.submit(3)
        self.start_tour("/odoo", "o2c_approval_desk", login=self.order_admin.login)
        self.assertEqual(self.first_states(orders), ["approved"] * 3)
        question = orders.sudo().o2c_question_ids
        self.assertEqual(question.question, "Why so many?")
        self.assertEqual(question.state, "cancelled")


@tagged("post_install", "-at_install")
class TestApprovalTourPhone(ApprovalTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        orders = self.submit(2)
        self.start_tour("/odoo", "o2c_approval_phone", login=self.order_admin.login)
        self.assertEqual(self.first_states(orders), ["approved", "rejected"])
        self.assertEqual(
            orders.sudo().o2c_task_ids.reject_reason_id.name, "Not in stock"
        )
