from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestDecisions(O2cCommon):
    """Who decides, once, and for good."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()

    def test_not_mine(self):
        task = self.order.sudo().o2c_task_ids.filtered(lambda t: t.state == "pending")
        for user in (self.salesperson, self.finance, self.director):
            with self.assertRaises(UserError):
                task.with_user(user).action_approve()
        self.assertEqual(task.state, "pending")

    def test_not_twice(self):
        task = self.tasks_of(self.order_admin, self.order)
        task.action_approve()
        with self.assertRaisesRegex(UserError, "already decided"):
            task.action_approve()

    def test_not_out_of_turn(self):
        task = self.order.sudo().o2c_task_ids.filtered(lambda t: t.name == "Finance")
        with self.assertRaisesRegex(UserError, "not due yet"):
            task.with_user(self.finance).action_approve()

    def test_not_ones_own_order(self):
        order = self.make_order(user=self.order_admin)
        order.action_o2c_submit()
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.state == "pending")
        self.assertNotIn(self.order_admin, task.user_ids)
        with self.assertRaises(UserError):
            task.with_user(self.order_admin).action_approve()
        self.assertIn(self.director, task.user_ids)

    def test_rejection_needs_a_reason_and_stops(self):
        task = self.tasks_of(self.order_admin, self.order)
        with self.assertRaisesRegex(UserError, "Say why"):
            task.action_reject("  ")
        task.action_reject("Wrong terms")
        self.assertEqual(self.order.o2c_approval_state, "rejected")
        todo = self.order.sudo().activity_ids
        self.assertEqual(todo.user_id, self.salesperson)
        self.assertIn("Wrong terms", todo.summary)
        self.order.action_o2c_submit()
        self.assertEqual(self.order.o2c_approval_state, "pending")

    def test_everyone_asked_has_one_todo(self):
        todos = self.order.sudo().activity_ids
        self.assertEqual(todos.user_id, self.order_admin)
        self.approve(self.order, self.order_admin)
        todos = self.order.sudo().activity_ids
        self.assertEqual(todos.user_id, self.finance | self.finance2 | self.warehouse)
        self.approve(self.order, self.finance)
        self.assertEqual(self.order.sudo().activity_ids.user_id, self.warehouse)

    def test_decisions_are_append_only(self):
        self.approve(self.order, self.order_admin)
        decision = self.order.sudo().o2c_task_ids.decision_ids
        self.assertEqual(len(decision), 1)
        self.assertEqual(decision.user_id, self.order_admin)
        self.assertEqual(len(decision.fingerprint), 64)
        with self.assertRaises(UserError):
            decision.write({"comment": "other"})
        with self.assertRaises(UserError):
            decision.unlink()
        with self.assertRaises(AccessError):
            decision.with_user(self.director).unlink()

    def test_tasks_cannot_be_forged(self):
        task = self.tasks_of(self.order_admin, self.order)
        for user in (self.order_admin, self.director):
            with self.assertRaises(AccessError):
                task.with_user(user).write({"state": "approved"})
        with self.assertRaises(AccessError):
            self.order.write({"o2c_approval_state": "approved"})
        with self.assertRaises(AccessError):
            self.order.write({"o2c_task_ids": [(5,)]})

    def test_all_of_them(self):
        step = self.flow.step_ids.filtered(lambda s: s.name == "Finance")
        step.rule = "all"
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.warehouse, self.finance)
        self.assertEqual(order.state, "draft")
        with self.assertRaisesRegex(UserError, "already decided"):
            order.sudo().o2c_task_ids.filtered(lambda t: t.name == "Finance").with_user(
                self.finance
            ).action_approve()
        self.approve(order, self.finance2)
        self.assertEqual(order.state, "sale")

    def test_recall(self):
        self.order.action_o2c_recall()
        self.assertEqual(self.order.o2c_approval_state, "none")
        self.assertFalse(self.order.sudo().activity_ids)

    def test_step_without_deciders_is_refused(self):
        step = self.flow.step_ids[0]
        with self.assertRaisesRegex(ValidationError, "Nobody can decide"):
            step.write({"decider_type": "users", "group_id": False})

    def test_colleague_sees_no_tasks_of_others(self):
        tasks = self.env["o2c.approval.task"].with_user(self.salesperson2)
        self.assertFalse(tasks.search([("order_id", "=", self.order.id)]))
