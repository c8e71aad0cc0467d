"""What each role is refused over JSON-RPC, whatever the screens would offer."""

from o2c_rpc import RpcCase

from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSalespersonIsRefused(RpcCase):
    """Own orders, and yet not everything."""

    def refuse(self, records, method, *args, pattern="", user=None):
        self.assert_refused(
            user or self.salesperson, records, method, *args, pattern=pattern
        )

    def test_confirming_by_writing_the_state(self):
        order = self.make_order()
        self.refuse(order, "write", {"state": "sale"}, pattern=order.name)
        self.refuse(order, "web_save", {"state": "sale"}, {})
        self.assertEqual(order.state, "draft")

    def test_creating_a_confirmed_order(self):
        values = {
            "partner_id": self.customer.id,
            "order_line": [Command.create({"product_id": self.product.id})],
        }
        self.refuse("sale.order", "create", [{**values, "state": "sale"}])
        confirmed = {**values, "state": "sale"}
        self.refuse(self.env["sale.order"], "web_save", confirmed, {})
        self.refuse(self.make_order(), "copy", {"state": "sale"})

    def test_importing_a_confirmed_order(self):
        result = self.rpc(
            self.salesperson,
            "sale.order",
            "load",
            ["partner_id/.id", "state", "order_line/product_id/.id"],
            [[str(self.customer.id), "sale", str(self.product.id)]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("before they are approved", result["messages"][0]["message"])

    def test_importing_over_an_order(self):
        order = self.make_order()
        result = self.rpc(
            self.salesperson,
            "sale.order",
            "load",
            [".id", "state"],
            [[str(order.id), "sale"]],
        )
        self.assertFalse(result["ids"])
        self.assertEqual(order.state, "draft")

    def test_copies_are_not_approved(self):
        order = self.make_confirmed_order()
        (copy_id,) = self.rpc(self.salesperson, order, "copy")
        copy = self.env["sale.order"].browse(copy_id)
        self.assertEqual((copy.state, copy.o2c_approval_state), ("draft", "none"))
        self.assertFalse(copy.sudo().o2c_task_ids)
        self.refuse(copy, "write", {"state": "sale"})

    def test_amounts_and_states_cannot_be_written(self):
        order = self.make_order()
        strategic = self.env.ref("sale_o2c_flow.customer_level_strategic")
        values = {
            "o2c_approval_state": "approved",
            "o2c_task_ids": [Command.clear()],
            "o2c_submitted_at": "2026-01-01 00:00:00",
            "o2c_submitted_by_id": self.salesperson2.id,
            "o2c_discount_authority": "self",
            "o2c_effective_discount": 1.0,
            "o2c_reference_amount": 1.0,
            "o2c_pricelist_amount": 1.0,
            "o2c_discount_cause": "margin",
            "o2c_margin": 1.0,
            "o2c_level_id": strategic.id,
            "o2c_amount_net": 1.0,
            "o2c_amount_collected": 1.0,
            "o2c_amount_outstanding": 1.0,
            "o2c_amount_invoiced": 1.0,
            "o2c_amount_to_request": 1.0,
            "o2c_receipt_status": "received",
            "o2c_amount_returned": 1.0,
            "o2c_next_due_date": "2026-01-01",
            "o2c_installment_ids": [Command.clear()],
            "amount_total": 1.0,
            "amount_untaxed": 1.0,
        }
        for name, value in values.items():
            with self.subTest(name):
                self.refuse(order, "write", {name: value})
        line_values = {
            "o2c_reference_price_unit": 1.0,
            "o2c_reference_subtotal": 1.0,
            "o2c_order_discount_share": 1.0,
            "o2c_unit_cost": 1.0,
            "o2c_effective_discount": 1.0,
            "price_subtotal": 1.0,
            "price_total": 1.0,
            "price_tax": 1.0,
            "is_downpayment": True,
            "invoice_lines": [Command.clear()],
        }
        for name, value in line_values.items():
            with self.subTest(name):
                self.refuse(order.order_line, "write", {name: value})
                self.refuse(
                    order,
                    "write",
                    {"order_line": [(1, order.order_line.id, {name: value})]},
                )
                self.refuse(
                    "sale.order.line",
                    "create",
                    [
                        {
                            "order_id": order.id,
                            "product_id": self.product.id,
                            name: value,
                        }
                    ],
                )

    def test_forged_reference_price_hides_no_discount(self):
        """The order of a salesperson who sends a reference price along with the
        discount goes to the director all the same."""
        line = {
            "product_id": self.product.id,
            "product_uom_qty": 1,
            "price_unit": 60.0,
        }
        values = {
            "partner_id": self.customer.id,
            "order_line": [Command.create(line)],
        }
        (order_id,) = self.rpc(self.salesperson, "sale.order", "create", [values])
        order = self.env["sale.order"].browse(order_id)
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_approving_own_order(self):
        order = self.make_order()
        order.action_o2c_submit()
        tasks = order.sudo().o2c_task_ids
        self.refuse(tasks[0], "action_approve", pattern="not yours")
        self.refuse(tasks[0], "action_reject", "No", pattern="not yours")
        for task in tasks:
            self.refuse(task, "write", {"state": "approved"})
            self.refuse(task, "write", {"user_ids": [(4, self.salesperson.id)]})
            self.refuse(task, "unlink")
        self.refuse("o2c.approval.task", "create", [{"order_id": order.id}])

    def test_order_administrator_with_an_own_order(self):
        order = self.make_order(user=self.order_admin)
        order.action_o2c_submit()
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.state == "pending")
        self.refuse(task, "action_approve", pattern="not yours", user=self.order_admin)
        # Handing the order to somebody else does not make it less their own.
        self.rpc(self.order_admin, order, "write", {"user_id": self.salesperson.id})
        self.refuse(task, "action_approve", pattern="not yours", user=self.order_admin)

    def test_orders_of_colleagues(self):
        order = self.make_order()
        other = self.salesperson2
        for method in ("action_confirm", "action_o2c_submit", "action_cancel"):
            self.refuse(order, method, user=other)
        self.refuse(order, "read", ["amount_total"], user=other)
        order = self.make_confirmed_order()
        values = {"order_id": order.id, "amount": 1.0}
        self.refuse("o2c.invoice.request", "create", [values], user=other)
        collection = self.collect({self.make_order_of(other): 1.0}, other, False)
        allocation = [Command.create({"order_id": order.id, "amount": 1.0})]
        self.refuse(collection, "write", {"allocation_ids": allocation}, user=other)

    def make_order_of(self, user):
        order = self.make_order(user=user)
        order.action_o2c_submit()
        self.approve(order)
        return order

    def test_confirming_own_collection(self):
        order = self.make_confirmed_order()
        collection = self.collect({order: 100.0}, confirm=False)
        collection.action_submit()
        self.refuse(collection, "action_confirm", pattern="Only finance")
        self.refuse(collection, "action_reject", "No", pattern="Only finance")
        for values in (
            {"state": "confirmed"},
            {"decided_by_id": self.finance.id},
            {"payment_id": False},
            {"amount": 5.0},
            {"user_id": self.finance.id},
            {"allocation_ids": [Command.clear()]},
            {"date": "2026-01-01"},
            {"journal_id": collection.journal_id.id},
        ):
            with self.subTest(values):
                self.refuse(collection, "write", values)
        allocation = collection.allocation_ids
        self.refuse(allocation, "write", {"amount": 5.0})
        self.refuse(allocation, "write", {"state": "confirmed"})
        self.refuse(allocation, "unlink")
        self.refuse("account.payment", "create", [{"amount": 1.0}])

    def test_two_collections_in_one_call(self):
        order = self.make_confirmed_order()
        both = self.collect({order: 1150.0}, confirm=False)
        both |= self.collect({order: 1150.0}, confirm=False)
        self.refuse(both, "action_submit", pattern="at most")

    def test_issuing_an_invoice(self):
        order = self.make_confirmed_order()
        request = self.request_invoice(order, 100.0, issue=False)
        request.action_submit()
        self.refuse(request, "action_issue", pattern="Only finance")
        self.refuse(request, "action_reject", "No", pattern="Only finance")
        self.refuse(request, "write", {"state": "issued"})
        self.refuse(request, "write", {"amount": 1000.0})
        move = order.sudo()._create_invoices()
        self.refuse(move, "action_post")
        self.refuse(move, "write", {"state": "posted"})

    def test_two_requests_in_one_call(self):
        order = self.make_confirmed_order()
        both = self.request_invoice(order, 1150.0, issue=False)
        both |= self.request_invoice(order, 1150.0, issue=False)
        self.refuse(both, "action_submit", pattern="left to invoice")

    def test_shipping_and_taking_back(self):
        order = self.make_confirmed_order()
        picking = order.sudo().picking_ids
        move = picking.move_ids
        people = (self.salesperson, self.director, self.finance, self.order_admin)
        for user in people:
            for records, method, args in (
                (picking, "button_validate", ()),
                (picking, "write", ({"state": "done"},)),
                (move, "write", ({"state": "done"},)),
                (picking, "action_o2c_ship", ()),
            ):
                with self.subTest(method, user=user.login, model=records._name):
                    self.refuse(records, method, *args, user=user)
        self.assertEqual(picking.state, "assigned")
        self.ship(order)
        # Goods that come back lower what the customer owes.
        incoming = picking.picking_type_id.warehouse_id.in_type_id
        values = {
            "picking_type_id": incoming.id,
            "location_id": picking.location_dest_id.id,
            "location_dest_id": picking.location_id.id,
        }
        line = {
            "product_id": self.product.id,
            "product_uom_qty": 10,
            "quantity": 10,
            "sale_line_id": order.order_line.id,
            "to_refund": True,
            "location_id": picking.location_dest_id.id,
            "location_dest_id": picking.location_id.id,
        }
        values["move_ids"] = [Command.create(line)]
        (return_id,) = self.rpc(self.salesperson, "stock.picking", "create", [values])
        returned = self.env["stock.picking"].browse(return_id)
        self.rpc(self.salesperson, returned, "action_confirm")
        self.refuse(returned, "button_validate")
        self.refuse("stock.move", "create", [{**line, "state": "done"}])
        self.assertEqual(order.o2c_amount_returned, 0.0)

    def test_giving_moved_goods_to_an_order(self):
        order = self.make_confirmed_order()
        (picking,) = self.ship(order)
        done = picking.move_ids
        free = {
            "product_id": self.product.id,
            "product_uom_qty": 9,
            "quantity": 9,
            "to_refund": True,
            "location_id": picking.location_dest_id.id,
            "location_dest_id": picking.location_id.id,
            "state": "done",
        }
        (move_id,) = self.rpc(self.salesperson, "stock.move", "create", [free])
        move = self.env["stock.move"].browse(move_id)
        line = order.order_line
        for records, values in (
            (move, {"sale_line_id": line.id}),
            (move, {"picking_id": picking.id}),
            (line, {"move_ids": [Command.link(move.id)]}),
            (picking, {"move_ids": [Command.link(move.id)]}),
            (done, {"sale_line_id": False}),
            (done, {"quantity": 1}),
            (done, {"location_dest_id": picking.location_id.id}),
            (done, {"state": "draft"}),
            (done.move_line_ids, {"quantity": 1}),
        ):
            with self.subTest(records._name, values=values):
                self.refuse(records, "write", values)
        line_values = {
            "move_id": done.id,
            "product_id": self.product.id,
            "quantity": 5,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
        }
        self.refuse("stock.move.line", "create", [line_values])
        self.assertEqual((line.qty_delivered, order.o2c_amount_returned), (10, 0))

    def test_learning_of_orders_of_others(self):
        """Naming an order in a form that is not saved shows what one may read of it."""
        self.env["o2c.invoice.title"].create(
            {"partner_id": self.customer.id, "name": "Secret Ltd", "tax_id": "T-1"}
        )
        self.customer.street = "Secret Street"
        order = self.make_confirmed_order()
        spec = {
            "o2c.invoice.request": {
                "partner_id": {"fields": {"display_name": {}}},
                "order_amount": {},
                "order_to_request": {},
                "title_id": {"fields": {"display_name": {}}},
                "title_name": {},
                "tax_id": {},
                "mailing_email": {},
                "mailing_address": {},
            },
            "o2c.collection.allocation": {
                "amount": {},
                "order_amount": {},
                "order_outstanding": {},
                "order_collected": {},
                "order_next_due_date": {},
            },
        }
        readers = (self.salesperson, self.finance)
        for model, fields_spec in spec.items():
            args = (self.env[model], "onchange", {"order_id": order.id})
            shown = {
                user: self.rpc(user, *args, ["order_id"], fields_spec)["value"]
                for user in (*readers, self.salesperson2)
            }
            nothing = shown.pop(self.salesperson2)
            with self.subTest(model):
                self.assertFalse(any(nothing.values()), nothing)
            for user, value in shown.items():
                with self.subTest(model, user=user.login):
                    self.assertEqual(value["order_amount"], order.amount_total)
            by_default = self.rpc(
                self.salesperson2,
                self.env[model],
                "onchange",
                {},
                [],
                fields_spec,
                context={"default_order_id": order.id},
            )
            with self.subTest(model, by="default"):
                self.assertFalse(any(by_default["value"].values()), by_default)
        request = self.request_invoice(order, 100.0, issue=False)
        collection = self.collect({order: 100.0}, confirm=False)
        people = (*readers, self.warehouse)
        for record, name in (
            (request, "order_amount"),
            (collection.allocation_ids, "order_amount"),
        ):
            for user in people:
                with self.subTest(record._name, user=user.login):
                    (values,) = self.rpc(user, record, "web_read", {name: {}})
                    self.assertEqual(values[name], order.amount_total)

    def test_cancelling_deliveries(self):
        order = self.make_confirmed_order()
        picking = order.sudo().picking_ids
        for user in (self.salesperson, self.director, self.finance):
            with self.subTest(user=user.login):
                self.refuse(picking, "action_cancel", user=user, pattern="cancel")
                self.refuse(picking.move_ids, "write", {"state": "cancel"}, user=user)
        self.assertEqual(picking.state, "assigned")
        self.rpc(self.salesperson, order, "action_cancel")
        self.assertEqual((order.state, picking.state), ("cancel", "cancel"))

    def test_shipping_where_nobody_has_the_role(self):
        self.flow.active = False
        self.shipper.active = False
        order = self.make_order()
        order.action_confirm()
        picking = order.sudo().picking_ids
        self.rpc(self.salesperson, picking, "button_validate")
        self.assertEqual(picking.state, "done")

    def test_small_orders_do_not_grow_unseen(self):
        """An order below the limit may be confirmed by writing the state, but it is
        watched like any other from then on."""
        self.flow.step_ids.amount_from = 5000.0
        order = self.make_order()
        self.rpc(self.salesperson, order, "write", {"state": "sale"})
        self.refuse(
            order.order_line, "write", {"product_uom_qty": 1000}, pattern="goes beyond"
        )


@tagged("post_install", "-at_install")
class TestDecidersAreRefused(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.task = cls.tasks_of(cls.order_admin, cls.order)
        cls.admin = cls.env.ref("base.user_admin")

    def test_tasks_of_others(self):
        for user in (self.finance, self.warehouse, self.director, self.leader):
            self.assert_refused(user, self.task, "action_approve", pattern="not yours")
            self.assert_refused(user, self.task, "action_reject", "No")
        for user in (self.shipper, self.idle, self.portal):
            self.assert_refused(user, self.task, "action_approve")
            self.assert_refused(user, self.task, "read", ["state"])

    def test_finance_for_the_warehouse(self):
        self.rpc(self.order_admin, self.task, "action_approve")
        task = self.tasks_of(self.warehouse, self.order)
        self.assert_refused(self.finance, task, "action_approve", pattern="not yours")
        both = task | self.tasks_of(self.finance, self.order)
        # Each on its own: what could be decided is, and the rest is told.
        action = self.rpc(self.finance, both, "action_approve")
        self.assertEqual(action["res_model"], "o2c.decision.result")
        self.assertEqual(both.mapped("state"), ["pending", "approved"])

    def test_not_twice_and_not_early(self):
        waiting = self.order.sudo().o2c_task_ids.filtered(
            lambda t: t.state == "waiting"
        )
        for task in waiting:
            user = task.user_ids[0]
            self.assert_refused(user, task, "action_approve", pattern="not due yet")
        self.rpc(self.order_admin, self.task, "action_approve")
        for method, args in (("action_approve", ()), ("action_reject", ("No",))):
            self.assert_refused(
                self.order_admin, self.task, method, *args, pattern="already decided"
            )

    def test_decisions_stand(self):
        self.rpc(self.order_admin, self.task, "action_approve")
        decision = self.task.sudo().decision_ids
        for user in (self.order_admin, self.director, self.finance, self.admin):
            self.assert_refused(user, decision, "write", {"comment": "other"})
            self.assert_refused(user, decision, "unlink")
            self.assert_refused(
                user,
                "o2c.approval.decision",
                "create",
                [{"task_id": self.task.id, "decision": "approved"}],
            )
            self.assert_refused(user, self.task, "unlink")
            self.assert_refused(user, self.task, "write", {"state": "pending"})

    def test_order_with_decisions_stays(self):
        self.rpc(self.order_admin, self.task, "action_reject", "No")
        self.order.sudo().action_cancel()
        self.assert_refused(self.admin, self.order, "unlink")

    def test_private_methods(self):
        for records, method in (
            (self.task, "_decide"),
            (self.order, "_o2c_submit"),
            (self.order, "_o2c_confirm_approved"),
            (self.order, "_action_confirm"),
        ):
            self.assert_refused(self.director, records, method)


@tagged("post_install", "-at_install")
class TestFinanceIsRefused(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.approve(cls.order)

    def test_own_collection(self):
        collection = self.collect({self.order: 100.0}, self.finance, confirm=False)
        collection.action_submit()
        self.assert_refused(
            self.finance, collection, "action_confirm", pattern="a colleague"
        )
        # Not by naming somebody else as the one who entered it either.
        collection = self.collect(
            {self.order: 100.0},
            self.finance,
            confirm=False,
            user_id=self.salesperson.id,
        )
        collection.action_submit()
        self.assert_refused(
            self.finance, collection, "action_confirm", pattern="a colleague"
        )
        self.rpc(self.finance2, collection, "action_confirm")

    def test_finance_may_put_the_date_right(self):
        collection = self.collect({self.order: 100.0}, confirm=False)
        collection.action_submit()
        self.rpc(self.finance, collection, "write", {"date": "2026-01-02"})
        self.rpc(self.finance, collection, "action_confirm")
        self.assertEqual(str(collection.sudo().payment_id.date), "2026-01-02")

    def test_confirmed_stays(self):
        collection = self.collect({self.order: 100.0})
        payment = collection.sudo().payment_id
        self.assert_refused(self.finance2, collection, "action_confirm")
        self.assert_refused(self.finance2, collection, "action_reject", "No")
        self.assert_refused(self.finance2, collection, "action_return_to_draft")
        self.assert_refused(self.finance2, collection, "unlink")
        for user in (self.salesperson, self.finance2):
            self.assert_refused(user, collection, "write", {"date": "2026-01-01"})
        for method in ("action_draft", "action_cancel", "unlink", "action_reject"):
            with self.subTest(method):
                self.assert_refused(self.finance2, payment, method)
        self.assert_refused(
            self.finance2, payment, "write", {"o2c_collection_id": False}
        )
        for values in (
            {"amount": 1.0},
            {"o2c_collection_id": False},
            {"state": "canceled"},
        ):
            with self.subTest(values):
                self.assert_refused(self.finance2, payment, "write", values)
        self.assert_refused(self.finance2, payment.move_id, "button_draft")
        self.assert_refused(self.finance2, payment.move_id, "button_cancel")
        self.assert_refused(
            self.finance2,
            "account.payment",
            "create",
            [{"amount": 1.0, "o2c_collection_id": collection.id}],
        )
        self.assertEqual(self.order.o2c_amount_collected, 100.0)

    def test_issued_stays(self):
        request = self.request_invoice(self.order, 100.0)
        for method, args in (
            ("action_issue", ()),
            ("action_reject", ("No",)),
            ("action_return_to_draft", ()),
            ("unlink", ()),
        ):
            self.assert_refused(self.finance2, request, method, *args)
        self.assertEqual(len(request.move_ids), 1)

    def test_several_requests_of_an_order_at_once(self):
        both = self.request_invoice(self.order, 500.0, issue=False)
        both |= self.request_invoice(self.order, 650.0, issue=False)
        both.action_submit()
        self.rpc(self.finance, both, "action_issue")
        self.assertEqual(self.order.o2c_amount_invoiced, 1150.0)

    def test_orders(self):
        order = self.make_order()
        self.assert_refused(self.finance, order, "write", {"state": "sale"})
        self.rpc(self.finance, order, "action_confirm")
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        # Who submits an order does not decide on it, in whatever role.
        self.approve(order, self.order_admin)
        task = self.tasks_of(self.finance2, order)
        self.assertNotIn(self.finance, task.user_ids)
        self.assert_refused(self.finance, task, "action_approve")


@tagged("post_install", "-at_install")
class TestOutsidersAreRefused(RpcCase):
    """Colleagues without a role, and customers."""

    MODELS = (
        "o2c.approval.task",
        "o2c.approval.decision",
        "o2c.approval.flow",
        "o2c.approval.step",
        "o2c.collection",
        "o2c.collection.allocation",
        "o2c.installment",
        "o2c.cash.movement",
        "o2c.fact",
        "o2c.invoice.request",
        "o2c.discount.policy",
        "o2c.discount.tier",
        "o2c.discount.simulation",
        "o2c.discount.simulation.result",
        "o2c.notification.rule",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.approve(cls.order)
        cls.collection = cls.collect({cls.order: 100.0}, confirm=False)
        cls.collection.action_submit()
        cls.request = cls.request_invoice(cls.order, 100.0, issue=False)
        cls.request.action_submit()
        cls.waiting = cls.make_order()
        cls.waiting.action_o2c_submit()

    def test_nothing_can_be_read(self):
        for user in (self.idle, self.portal):
            for model in self.MODELS:
                with self.subTest(model, user=user.login):
                    self.assert_refused(user, model, "search_read", [], ["id"])

    def test_nothing_can_be_done(self):
        task = self.waiting.sudo().o2c_task_ids[0]
        picking = self.order.sudo().picking_ids
        for user in (self.idle, self.portal):
            for records, method, args in (
                (self.waiting, "action_confirm", ()),
                (self.waiting, "action_o2c_submit", ()),
                (self.waiting, "action_o2c_recall", ()),
                (self.waiting, "write", ({"state": "sale"},)),
                (task, "action_approve", ()),
                (task, "action_reject", ("No",)),
                (self.collection, "action_submit", ()),
                (self.collection, "action_confirm", ()),
                (self.collection, "action_reject", ("No",)),
                (self.collection, "action_return_to_draft", ()),
                (self.request, "action_issue", ()),
                (self.request, "action_reject", ("No",)),
                (self.request, "action_return_to_draft", ()),
                (picking, "action_o2c_ship", ()),
            ):
                with self.subTest(method, user=user.login, model=records._name):
                    self.assert_refused(user, records, method, *args)
            for model, values in (
                ("o2c.ship", {"picking_id": picking.id}),
                ("o2c.receipt", {"picking_ids": picking.ids}),
                ("o2c.decision", {"task_ids": task.ids, "comment": "No"}),
                ("o2c.collection", {"partner_id": self.customer.id}),
                ("o2c.invoice.request", {"order_id": self.order.id, "amount": 1}),
            ):
                with self.subTest(model, user=user.login):
                    self.assert_refused(user, model, "create", [values])

    def test_customer_and_their_own_quotation(self):
        """Customers accept by signing or paying, not by calling methods."""
        self.portal.partner_id.commercial_partner_id = self.customer
        self.portal.partner_id.parent_id = self.customer
        order = self.make_order()
        order.message_subscribe(self.portal.partner_id.ids)
        order.sudo().state = "sent"
        self.assertTrue(self.rpc(self.portal, order, "read", ["name"]))
        for method in ("action_confirm", "action_o2c_submit", "action_o2c_recall"):
            self.assert_refused(self.portal, order, method)
        self.assertEqual(order.o2c_approval_state, "none")

    def test_customer_does_not_see_how_it_is_judged(self):
        self.portal.partner_id.parent_id = self.customer
        order = self.make_order([(self.product, 1, None, 25.0)])
        order.action_o2c_submit()
        for name in (
            "o2c_task_ids",
            "o2c_approval_state",
            "o2c_submitted_by_id",
            "o2c_discount_reason",
            "o2c_discount_advice",
            "o2c_approval_preview",
            "o2c_margin_percent",
            "o2c_discount_authority",
            "o2c_discount_tier_id",
            "o2c_amount_given",
            "o2c_progress",
            "o2c_allocation_ids",
            "o2c_installment_ids",
            "o2c_request_ids",
        ):
            with self.subTest(name):
                self.assert_refused(self.portal, order, "read", [name])
        domain = [["o2c_discount_authority", "=", "director"]]
        self.assert_refused(self.portal, "sale.order", "search_count", domain)
