from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestMemory(O2cCommon):
    """What is kept in memory follows every change of what it was taken from."""

    def _get_departments(self, order):
        return order._o2c_get_steps().mapped("name")

    def _get_finance(self):
        return self.env.ref("sale_o2c_flow.group_finance")._o2c_get_members(
            self.company
        )

    def _make_team(self):
        return self.env["crm.team"].create(
            {"name": "Other", "user_id": self.director.id}
        )

    def test_steps_of_a_flow(self):
        order = self.make_order()
        before = self._get_departments(order)
        step = self.env["o2c.approval.step"].create(
            {
                "flow_id": self.flow.id,
                "name": "Legal",
                "sequence": 5,
                "decider_type": "users",
                "user_ids": [Command.set(self.leader.ids)],
            }
        )
        self.assertEqual(self._get_departments(order), ["Legal", *before])
        step.sequence = 90
        self.assertEqual(self._get_departments(order), [*before, "Legal"])
        step.unlink()
        self.assertEqual(self._get_departments(order), before)

    def test_orders_of_a_flow(self):
        order = self.make_order()
        self.assertTrue(self._get_departments(order))
        self.flow.team_ids = self._make_team()
        self.assertFalse(self._get_departments(order))
        self.flow.team_ids |= self.team
        self.assertTrue(self._get_departments(order))
        self.flow.domain = "[('amount_total', '>', 1000000)]"
        self.assertFalse(self._get_departments(order))

    def test_a_flow_of_an_archived_team_is_not_for_everybody(self):
        other = self._make_team()
        self.flow.team_ids = other
        other.active = False
        self.assertFalse(self._get_departments(self.make_order()))

    def test_holders_of_a_role(self):
        self.assertEqual(self._get_finance(), self.finance | self.finance2)
        new = self._make_user("finance3", "sale_o2c_flow.group_finance")
        self.assertIn(new, self._get_finance())
        new.active = False
        self.assertNotIn(new, self._get_finance())
        self.finance2.group_ids -= self.env.ref("sale_o2c_flow.group_finance")
        self.assertEqual(self._get_finance(), self.finance)

    def test_holders_of_a_role_by_another_group(self):
        self._get_finance()
        group = self.env["res.groups"].create(
            {
                "name": "Controllers",
                "implied_ids": [
                    Command.link(self.env.ref("sale_o2c_flow.group_finance").id)
                ],
                "user_ids": [Command.link(self.leader.id)],
            }
        )
        self.assertIn(self.leader, self._get_finance())
        group.unlink()
        self.assertNotIn(self.leader, self._get_finance())

    def test_people_of_another_company(self):
        self._get_finance()
        other = self.env["res.company"].create({"name": "Other"})
        self.finance2.write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        self.assertEqual(self._get_finance(), self.finance)

    def test_rules(self):
        order = self.make_order()
        rule = self.env["o2c.notification.rule"].create(
            {
                "event": "approval_requested",
                "audience": "salesperson",
                "channel": "todo",
            }
        )
        order.action_o2c_submit()
        todos = order.sudo().activity_ids
        self.assertEqual(todos.user_id, self.order_admin | self.salesperson)
        rule.active = False
        other = self.make_order()
        other.action_o2c_submit()
        self.assertEqual(other.sudo().activity_ids.user_id, self.order_admin)


@tagged("post_install", "-at_install")
class TestDoneTodos(O2cCommon):
    """A to-do is done when its user has nothing left to decide on the order."""

    def test_who_has_another_step_keeps_the_todo(self):
        steps = self.flow.step_ids.filtered(lambda step: step.sequence == 20)
        steps.write(
            {
                "decider_type": "users",
                "group_id": False,
                "user_ids": [Command.set(self.finance.ids)],
            }
        )
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        first, *others = self.tasks_of(self.finance, order)
        self.assertTrue(others)
        first.action_approve()
        self.assertEqual(order.sudo().activity_ids.user_id, self.finance)
        for task in others:
            task.action_approve()
        self.assertFalse(order.sudo().activity_ids)

    def test_colleagues_have_nothing_left(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        todos = order.sudo().activity_ids
        self.assertLessEqual(self.finance | self.finance2, todos.user_id)
        self.approve(order, self.finance)
        self.assertEqual(order.sudo().activity_ids.user_id, self.warehouse)

    def test_done_ones_are_archived(self):
        order = self.make_order()
        order.action_o2c_submit()
        todo = order.sudo().activity_ids
        self.approve(order, self.order_admin)
        self.assertTrue(todo.exists())
        self.assertFalse(todo.active)

    def test_all_of_them(self):
        step = self.flow.step_ids.filtered(lambda step: step.name == "Finance")
        step.rule = "all"
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.warehouse, self.finance)
        self.assertEqual(order.sudo().activity_ids.user_id, self.finance2)
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.name == "Finance")
        with self.assertRaisesRegex(UserError, "already decided"):
            task.with_user(self.finance).action_approve()
