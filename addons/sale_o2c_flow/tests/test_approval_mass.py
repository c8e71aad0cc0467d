from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestApprovalMass(O2cCommon):
    """Several orders decided in one go, each checked on its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["sale.order"].browse()
        for _number in range(3):
            cls.orders |= cls.make_order()
        cls.orders.action_o2c_submit()
        cls.tasks = cls.env["o2c.approval.task"].browse()
        for order in cls.orders:
            cls.tasks |= cls.tasks_of(cls.order_admin, order)
        cls.tasks = cls.tasks.with_user(cls.order_admin)

    def result(self, action):
        self.assertEqual(action["res_model"], "o2c.decision.result")
        results = self.env["o2c.decision.result"].with_user(self.order_admin)
        return results.browse(action["res_id"])

    def test_all(self):
        action = self.tasks.action_approve()
        self.assertEqual(action["params"]["message"], "3 approved")
        self.assertEqual(set(self.tasks.mapped("state")), {"approved"})
        self.assertEqual(
            set(self.tasks.sudo().decision_ids.mapped("channel")), {"list"}
        )

    def test_some_could_not_be(self):
        self.tasks[0].action_approve()
        finance = (
            self.orders[1].sudo().o2c_task_ids.filtered(lambda t: t.name == "Finance")
        )
        action = (self.tasks | finance).action_approve()
        result = self.result(action)
        self.assertEqual(result.summary, "2 approved, 2 could not be:")
        self.assertIn("already decided by", result.refusals)
        self.assertIn(self.orders[0].name, result.refusals)
        self.assertIn("not yours to decide", result.refusals)
        self.assertEqual(set(self.tasks.mapped("state")), {"approved"})
        self.assertEqual(finance.state, "pending")
        with self.assertRaises(AccessError):
            result.with_user(self.finance).read(["summary"])

    def test_what_fails_leaves_nothing_behind(self):
        """One order turns out to be forbidden only while it is decided."""
        broken = self.orders[1]
        self.env.cr.execute(
            "UPDATE sale_order SET o2c_discount_authority = 'forbidden' WHERE id = %s",
            [broken.id],
        )
        self.env.invalidate_all()
        result = self.result(self.tasks.action_approve())
        self.assertEqual(result.summary, "2 approved, 1 could not be:")
        self.assertIn("discount that nobody may give", result.refusals)
        task = self.tasks.filtered(lambda t: t.order_id == broken)
        self.assertEqual(task.state, "pending")
        self.assertFalse(task.sudo().decision_ids)

    def test_none(self):
        self.tasks.action_approve()
        with self.refused("already decided by Orders"):
            self.tasks.action_approve()

    def test_reject_with_one_reason(self):
        self.tasks[0].action_approve()
        action = self.tasks.action_open_reject()
        wizard = Form(
            self.env["o2c.decision"]
            .with_user(self.order_admin)
            .with_context(**action["context"])
        )
        wizard.reason_id = self.env.ref("sale_o2c_flow.rejection_reason_stock")
        wizard.comment = "Sold out"
        result = self.result(wizard.save().action_reject())
        self.assertEqual(result.summary, "2 rejected, 1 could not be:")
        rejected = self.tasks.filtered(lambda t: t.state == "rejected")
        self.assertEqual(rejected, self.tasks[1:])
        self.assertEqual(rejected.reject_reason_id.name, "Not in stock")
        self.assertEqual(set(rejected.mapped("comment")), {"Sold out"})

    def test_the_dialog_decides_nothing_of_others(self):
        wizard = (
            self.env["o2c.decision"]
            .with_user(self.finance)
            .create({"task_ids": self.tasks.ids, "comment": "Mine now"})
        )
        with self.refused("not yours to decide"):
            wizard.action_reject()
        self.assertEqual(set(self.tasks.mapped("state")), {"pending"})
