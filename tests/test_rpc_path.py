"""The whole path from order to cash over JSON-RPC, each step by its own person."""

from o2c_rpc import RpcCase

from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestPath(RpcCase):
    def new_order(self, quantity=10, **values):
        """Return a quotation entered by the salesperson as the web client does."""
        line = {"product_id": self.product.id, "product_uom_qty": quantity}
        values = {
            "partner_id": self.customer.id,
            "team_id": self.team.id,
            "order_line": [Command.create(line)],
            **values,
        }
        (record,) = self.rpc(
            self.salesperson,
            self.env["sale.order"],
            "web_save",
            values,
            specification={"name": {}, "amount_total": {}},
        )
        self.assertEqual(record["amount_total"], 115.0 * quantity)
        return self.env["sale.order"].browse(record["id"])

    def tasks(self, user, order):
        """Return the tasks a person finds in their inbox for an order."""
        domain = [["order_id", "=", order.id], ["state", "=", "pending"]]
        records = self.rpc(
            user,
            "o2c.approval.task",
            "web_search_read",
            [*domain, ["user_ids", "in", [user.id]]],
            {"can_decide": {}, "reason": {}, "amount_total": {}},
        )["records"]
        self.assertTrue(all(record["can_decide"] for record in records))
        ids = [record["id"] for record in records]
        return self.env["o2c.approval.task"].browse(ids)

    def approve_all(self, order):
        for user in (self.order_admin, self.finance, self.warehouse):
            tasks = self.tasks(user, order)
            self.assertEqual(len(tasks), 1, user.login)
            self.rpc(user, tasks, "action_approve")

    def read_order(self, user, order, *names):
        (record,) = self.rpc(user, order, "read", list(names))
        return [record[name] for name in names]

    def test_from_quotation_to_invoice(self):
        order = self.new_order()
        self.rpc(self.salesperson, order, "action_o2c_submit")
        self.assertFalse(self.tasks(self.finance, order))
        self.approve_all(order)
        self.assertEqual(self.read_order(self.salesperson, order, "state"), ["sale"])

        self._ship(order, 4)
        self._ship(order, 6)
        self._receive(order)
        status = self.read_order(self.salesperson, order, "o2c_receipt_status")
        self.assertEqual(status, ["received"])

        self._collect(order, 1150.0)
        self._invoice(order, 1150.0)
        money = ("net", "collected", "outstanding", "invoiced", "to_request")
        names = [f"o2c_amount_{name}" for name in money]
        self.assertEqual(
            self.read_order(self.salesperson, order, *names),
            [1150.0, 1150.0, 0.0, 1150.0, 0.0],
        )
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        (stages,) = self.read_order(self.salesperson, order, "o2c_progress")
        self.assertEqual({stage["state"] for stage in stages}, {"done"})

    def _ship(self, order, quantity):
        """Ship a part with the dialog, as the web client fills it in."""
        (picking_id,) = self.rpc(
            self.shipper,
            "stock.picking",
            "search",
            [["origin", "=", order.name], ["state", "=", "assigned"]],
        )
        picking = self.env["stock.picking"].browse(picking_id)
        action = self.rpc(self.shipper, picking, "action_o2c_ship")
        spec = {"move_id": {}, "quantity": {}, "demand": {}, "product_id": {}}
        dialog = self.rpc(
            self.shipper,
            self.env["o2c.ship"],
            "onchange",
            {},
            [],
            {"picking_id": {}, "line_ids": {"fields": spec}},
            context=action["context"],
        )["value"]
        lines = [
            Command.create({"move_id": line[2]["move_id"], "quantity": quantity})
            for line in dialog["line_ids"]
            if line[0] == Command.CREATE
        ]
        self.assertEqual(len(lines), 1)
        values = {"picking_id": picking_id, "line_ids": lines, "carrier": "SF"}
        (wizard_id,) = self.rpc(self.shipper, "o2c.ship", "create", [values])
        self.rpc(self.shipper, self.env["o2c.ship"].browse(wizard_id), "action_confirm")
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.o2c_shipped_by_id, self.shipper)

    def _receive(self, order):
        pickings = order.sudo().picking_ids
        self.assertEqual(len(pickings), 2)
        values = {
            "picking_ids": [Command.set(pickings.ids)],
            "received_name": "Bob",
        }
        (wizard_id,) = self.rpc(self.shipper, "o2c.receipt", "create", [values])
        wizard = self.env["o2c.receipt"].browse(wizard_id)
        self.rpc(self.shipper, wizard, "action_confirm")

    def _collect(self, order, amount):
        action = self.rpc(self.salesperson, order, "action_o2c_new_collection")
        values = {
            name.removeprefix("default_"): value
            for name, value in action["context"].items()
        }
        (collection_id,) = self.rpc(
            self.salesperson, "o2c.collection", "create", [values]
        )
        collection = self.env["o2c.collection"].browse(collection_id)
        self.assertEqual(collection.amount, amount)
        self.rpc(self.salesperson, collection, "action_submit")
        self.rpc(self.finance, collection, "action_confirm")
        self.assertEqual(collection.payment_id.move_id.state, "posted")

    def _invoice(self, order, amount):
        values = {"order_id": order.id, "amount": amount}
        (request_id,) = self.rpc(
            self.salesperson, "o2c.invoice.request", "create", [values]
        )
        request = self.env["o2c.invoice.request"].browse(request_id)
        self.rpc(self.salesperson, request, "action_submit")
        self.rpc(self.finance, request, "action_issue")
        self.assertEqual(request.move_ids.state, "posted")

    def test_confirm_button_goes_to_approval(self):
        order = self.new_order()
        self.rpc(self.salesperson, order, "action_confirm")
        state = self.read_order(self.salesperson, order, "state", "o2c_approval_state")
        self.assertEqual(state, ["draft", "pending"])

    def test_rejection_and_second_try(self):
        order = self.new_order()
        self.rpc(self.salesperson, order, "action_o2c_submit")
        task = self.tasks(self.order_admin, order)
        values = {"task_ids": [Command.set(task.ids)], "comment": "Wrong address"}
        (wizard_id,) = self.rpc(self.order_admin, "o2c.decision", "create", [values])
        wizard = self.env["o2c.decision"].browse(wizard_id)
        self.rpc(self.order_admin, wizard, "action_reject")
        self.assertEqual(order.o2c_approval_state, "rejected")
        self.rpc(self.salesperson, order, "action_o2c_submit")
        self.approve_all(order)
        self.assertEqual(order.state, "sale")

    def test_finance_rejects(self):
        """The dialogs that ask finance for a reason, and the second try of sales."""
        order = self.make_confirmed_order()
        collection = self.collect({order: 100.0}, confirm=False)
        request = self.request_invoice(order, 100.0, issue=False)
        for document, model, name, done in (
            (collection, "o2c.collection.reject", "collection_ids", "action_confirm"),
            (request, "o2c.invoice.reject", "request_ids", "action_issue"),
        ):
            with self.subTest(model):
                self.rpc(self.salesperson, document, "action_submit")
                values = {name: [Command.set(document.ids)], "reason": "Wrong amount"}
                self.assert_refused(self.salesperson, model, "create", [values])
                (wizard_id,) = self.rpc(self.finance, model, "create", [values])
                wizard = self.env[model].browse(wizard_id)
                self.rpc(self.finance, wizard, "action_reject")
                (row,) = self.rpc(self.salesperson, document, "read", ["reject_reason"])
                self.assertEqual(row["reject_reason"], "Wrong amount")
                self.assert_refused(self.finance2, document, done)
                self.rpc(self.salesperson, document, "write", {"note": "Mended"})
                self.rpc(self.salesperson, document, "action_submit")
                self.rpc(self.finance2, document, done)

    def test_change_during_approval_and_after(self):
        order = self.new_order()
        line = order.order_line
        self.rpc(self.salesperson, order, "action_o2c_submit")
        self.rpc(
            self.order_admin, self.tasks(self.order_admin, order), "action_approve"
        )
        self.assert_refused(
            self.salesperson,
            line,
            "write",
            {"product_uom_qty": 11},
            pattern="is in approval",
        )
        self.rpc(self.salesperson, order, "action_o2c_recall")
        self.rpc(self.salesperson, line, "write", {"product_uom_qty": 11})
        self.rpc(self.salesperson, order, "action_o2c_submit")
        self.assertEqual(len(self.tasks(self.order_admin, order)), 1)
        self.approve_all(order)
        self.assertEqual(order.state, "sale")
        for values in (
            {"product_uom_qty": 12},
            {"price_unit": 90.0},
            {"discount": 1.0},
            {"product_id": self.product2.id},
            {"tax_ids": [Command.clear()]},
        ):
            self.assert_refused(self.salesperson, line, "write", values)
        self.assert_refused(
            self.salesperson,
            "sale.order.line",
            "create",
            [{"order_id": order.id, "product_id": self.product2.id}],
            pattern="goes beyond",
        )
        self.rpc(self.salesperson, line, "write", {"product_uom_qty": 9})
        self.assertEqual(order.amount_total, 1035.0)
