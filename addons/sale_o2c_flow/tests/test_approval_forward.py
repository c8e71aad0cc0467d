from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestForward(O2cCommon):
    """A decider hands their part to a colleague, on record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        step = cls.flow.step_ids.filtered(lambda step: step.name == "Finance")
        (cls.flow.step_ids - step).unlink()
        cls.step = step

    def submit(self, **values):
        order = self.make_order(**values)
        order.action_o2c_submit()
        return order.sudo().o2c_task_ids

    def forward(self, task, user, colleague, comment="You know them"):
        """Forward through the dialog."""
        action = task.with_user(user).action_open_forward()
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
        )
        dialog.user_id = colleague
        dialog.comment = comment
        dialog.save().action_forward()

    def test_forwarded(self):
        task = self.submit()
        self.forward(task, self.finance, self.warehouse)
        self.assertEqual(task.user_ids, self.finance2 | self.warehouse)
        self.assertEqual(
            task.order_id.activity_ids.user_id, self.finance2 | self.warehouse
        )
        decision = task.decision_ids
        self.assertEqual(
            (decision.decision, decision.user_id, decision.forwarded_to_id),
            ("forwarded", self.finance, self.warehouse),
        )
        self.assertEqual(decision.comment, "To Warehouse: You know them")
        self.assertFalse(decision.counts)
        self.assertIn("You know them", task.order_id.message_ids[0].body)
        with self.refused("not yours"):
            task.with_user(self.finance).action_approve()
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.order_id.state, "sale")

    def test_on_record_for_good(self):
        task = self.submit()
        self.forward(task, self.finance, self.warehouse)
        with self.assertRaises(UserError):
            task.decision_ids.write({"forwarded_to_id": self.leader.id})
        with self.assertRaises(UserError):
            task.decision_ids.unlink()

    def test_where_all_decide(self):
        self.step.rule = "all"
        task = self.submit()
        self.forward(task, self.finance, self.warehouse)
        task.with_user(self.finance2).action_approve()
        self.assertEqual(task.state, "pending")
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.state, "approved")

    def test_back_again(self):
        task = self.submit()
        self.forward(task, self.finance, self.warehouse)
        self.forward(task, self.warehouse, self.finance, "You do it")
        self.assertEqual(task.user_ids, self.finance | self.finance2)
        self.assertEqual(len(task.decision_ids), 2)
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "approved")

    def test_delegate_forwards(self):
        """The part of whoever is away goes on with it."""
        task = self.submit()
        self.env["o2c.approval.delegation"].with_user(self.finance).create(
            {"delegate_id": self.leader.id, "date_to": "2099-01-01"}
        )
        self.forward(task, self.leader, self.warehouse)
        self.assertEqual(task.user_ids, self.finance2 | self.warehouse)
        self.assertEqual(task.decision_ids.on_behalf_of_ids, self.finance)

    def test_escalated_forwards(self):
        """Who decides alone hands that on, too."""
        self.step.write({"rule": "all", "escalation_user_ids": self.leader.ids})
        task = self.submit()
        task._escalate()
        self.forward(task, self.leader, self.warehouse)
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.state, "approved")

    def test_needs_a_reason(self):
        task = self.submit()
        for comment in (None, "", "  "):
            with self.refused("Say why"):
                task.with_user(self.finance)._o2c_forward(self.warehouse, comment)

    def test_not_by_others(self):
        task = self.submit()
        for user in (self.warehouse, self.director, self.salesperson):
            with self.refused("not yours"):
                task.with_user(user)._o2c_forward(self.leader, "Please")
        with self.assertRaises(AccessError):
            task.with_user(self.shipper)._o2c_forward(self.leader, "Please")

    def test_not_what_is_decided(self):
        task = self.submit()
        task.with_user(self.finance).action_approve()
        with self.refused("already decided"):
            task.with_user(self.finance2)._o2c_forward(self.warehouse, "Please")

    def test_not_to_those_who_may_not_decide(self):
        task = self.submit(user=self.leader)
        portal = self._make_user("customer", "base.group_portal")
        for colleague, words in (
            (self.finance, "already"),
            (self.finance2, "already"),
            (self.leader, "own order"),
            (self.shipper, "cannot decide"),
            (portal, "cannot decide"),
        ):
            with self.refused(words):
                task.with_user(self.finance)._o2c_forward(colleague, "Please")

    def test_dialog_offers_who_may_decide(self):
        task = self.submit(user=self.leader)
        dialog = (
            self.env["o2c.approval.forward"]
            .with_user(self.finance)
            .new({"task_id": task.id})
        )
        offered = dialog.candidate_ids._origin
        self.assertIn(self.warehouse, offered)
        self.assertFalse(
            offered & (self.finance | self.finance2 | self.leader | self.shipper)
        )

    def test_dialog_of_somebody_else(self):
        task = self.submit()
        dialog = (
            self.env["o2c.approval.forward"]
            .with_user(self.finance)
            .create(
                {
                    "task_id": task.id,
                    "user_id": self.warehouse.id,
                    "comment": "You know them",
                }
            )
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.finance2).action_forward()

    def test_to_a_colleague_who_is_away(self):
        self.env["o2c.approval.delegation"].with_user(self.warehouse).create(
            {"delegate_id": self.leader.id, "date_to": "2099-01-01"}
        )
        task = self.submit()
        self.forward(task, self.finance, self.warehouse)
        self.assertEqual(
            task.order_id.activity_ids.user_id, self.finance2 | self.leader
        )
