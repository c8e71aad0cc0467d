"""What a confirmed order is changed to, on screen and by programs."""

from o2c_rpc import RpcCase, RpcError

from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestChangeOverRpc(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.approve(cls.order)
        cls.line = cls.order.order_line
        cls.more = {
            "order_line": [Command.update(cls.line.id, {"product_uom_qty": 20})]
        }

    def channels(self):
        decisions = self.order.sudo().o2c_task_ids.decision_ids
        return decisions.filtered(lambda d: d.task_id.change_id).mapped("channel")

    def as_program(self, user, model, method, *args):
        """Call a method as programs do, with a password."""
        password = "A long password 1"
        user.sudo().password = password
        call = [self.env.cr.dbname, user.id, password, model, method, list(args), {}]
        params = {"service": "object", "method": "execute_kw", "args": call}
        return self.post("/jsonrpc", params)

    def test_saving_the_form_offers_the_dialog(self):
        with self.assertRaises(RpcError) as caught:
            self.rpc(
                self.salesperson,
                self.order,
                "web_save",
                self.more,
                specification={"name": {}},
            )
        self.assertEqual(caught.exception.name, "odoo.exceptions.RedirectWarning")
        self.assertEqual(self.line.product_uom_qty, 10)

    def test_writing_is_refused(self):
        with self.assertRaises(RpcError) as caught:
            self.rpc(self.salesperson, self.order, "write", self.more)
        self.assertEqual(caught.exception.name, "odoo.exceptions.UserError")
        with self.assertRaisesRegex(RpcError, "goes beyond"):
            self.as_program(
                self.salesperson, "sale.order", "write", self.order.ids, self.more
            )

    def test_proposed_and_approved_by_programs(self):
        change_id = self.as_program(
            self.salesperson,
            "sale.order",
            "o2c_propose_change",
            self.order.ids,
            self.more,
            "More",
        )
        self.assertEqual(self.order.o2c_change_id.id, change_id)
        task = self.tasks_of(self.order_admin, self.order)
        self.as_program(
            self.order_admin, "o2c.approval.task", "action_approve", task.ids
        )
        self.assertEqual(self.channels(), ["api"])
        self.approve(self.order)
        self.assertEqual(self.line.product_uom_qty, 20)

    def test_approved_on_screen(self):
        self.order.o2c_propose_change(self.more)
        task = self.tasks_of(self.order_admin, self.order)
        self.rpc(self.order_admin, task, "action_approve")
        self.assertEqual(self.channels(), ["web"])
