"""Two companies side by side, and an order in a foreign currency."""

from datetime import timedelta

from o2c_rpc import RpcCase

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, tagged

from odoo.addons.sale_o2c_flow.tests.common import O2cCommon

ROLES = {
    "sales": "sales_team.group_sale_manager",
    "orders": "sale_o2c_flow.group_order_admin",
    "finance": "sale_o2c_flow.group_finance",
    "warehouse": "sale_o2c_flow.group_warehouse_approver",
    "shipper": "sale_o2c_flow.group_shipper",
    "director": "sale_o2c_flow.group_manager",
}


class TwoCompanies(RpcCase):
    """Company A is the small company; B has people, books and a flow of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company_b, install_demo=False
        )
        cls.b = {
            role: cls._make_user_b(f"b_{role}", group) for role, group in ROLES.items()
        }
        cls.flow.company_id = cls.company
        cls.flow_b = cls.flow.copy({"company_id": cls.company_b.id})
        cls.flow_b.active = True

    @classmethod
    def _make_user_b(cls, login, group):
        user = cls._make_user(login, group)
        user.write(
            {
                "company_ids": [Command.set(cls.company_b.ids)],
                "company_id": cls.company_b.id,
            }
        )
        return user

    def make_order_b(self):
        return (
            self.env["sale.order"]
            .with_user(self.b["sales"])
            .with_company(self.company_b)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company_b.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 10,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )


@tagged("post_install", "-at_install")
class TestCompaniesApart(TwoCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.approve(cls.order)
        cls.collection = cls.collect({cls.order: 100.0})
        cls.request = cls.request_invoice(cls.order, 100.0)
        cls.waiting = cls.make_order()
        cls.waiting.action_o2c_submit()
        cls.approve(cls.waiting, cls.order_admin)

    def documents(self):
        """Return the records of company A, by model."""
        order, waiting = self.order.sudo(), self.waiting.sudo()
        orders = order | waiting
        return [
            orders,
            order.picking_ids,
            self.flow,
            self.flow.step_ids,
            orders.o2c_task_ids,
            orders.o2c_task_ids.decision_ids,
            self.collection.sudo(),
            self.collection.sudo().allocation_ids,
            order.o2c_installment_ids,
            self.request.sudo(),
            self.env["o2c.cash.movement"].search([("order_id", "in", orders.ids)]),
            self.env["o2c.fact"].search([("order_id", "in", orders.ids)]),
        ]

    def test_nobody_sees_the_other_company(self):
        for records in self.documents():
            self.assertTrue(records, records._name)
            self.assert_unseen(records)

    def assert_unseen(self, records):
        """Check that nobody of company B sees records of company A."""
        model = records._name
        for role, user in self.b.items():
            if not self.env[model].with_user(user).has_access("read"):
                continue
            with self.subTest(model, role=role):
                found = self.rpc(user, model, "search", [])
                self.assertFalse(set(found) & set(records.ids))
                self.assert_refused(user, records, "read", ["display_name"])
                # Naming the company in the context opens nothing.
                context = {"allowed_company_ids": self.company.ids}
                self.assert_refused(user, model, "search", [], context=context)

    def propose_more(self):
        line = self.order.order_line[:1]
        more = {"order_line": [Command.update(line.id, {"product_uom_qty": 11})]}
        change_id = self.order.o2c_propose_change(more)
        return self.env["o2c.order.change"].browse(change_id)

    def test_nobody_sees_how_the_other_company_approves(self):
        task = self.tasks_of(self.finance, self.waiting)
        task.action_send_back("Why?")
        absences = self.env["o2c.approval.delegation"].with_user(self.finance)
        absence = absences.create({"delegate_id": self.finance2.id})
        order_id = self.waiting.id
        analysis = self.env["o2c.approval.analysis"].search(
            [("order_id", "=", order_id)]
        )
        for records in (
            task.sudo().question_ids,
            self.propose_more(),
            absence.sudo(),
            analysis,
        ):
            self.assertTrue(records, records._name)
            self.assert_unseen(records)

    def test_nobody_has_a_say_in_the_other_company(self):
        task = self.tasks_of(self.finance, self.waiting)
        outsider = self.b["finance"]
        change = self.propose_more()
        self.assert_refused(
            self.finance,
            task,
            "action_ask_advice",
            outsider.id,
            "Why?",
            pattern="Choose a colleague",
        )
        values = {"task_id": task.id, "user_id": outsider.id, "comment": "Yours"}
        (dialog_id,) = self.rpc(
            self.finance, "o2c.approval.forward", "create", [values]
        )
        dialog = self.env["o2c.approval.forward"].browse(dialog_id)
        self.assert_refused(
            self.finance, dialog, "action_forward", pattern="cannot decide"
        )
        absence = {"user_id": self.finance.id, "delegate_id": outsider.id}
        self.assert_refused(
            self.finance,
            "o2c.approval.delegation",
            "create",
            [absence],
            pattern="works for",
        )
        sales = self.b["sales"]
        self.assert_refused(sales, change, "action_withdraw")
        self.assert_refused(sales, self.waiting, "action_o2c_nudge")
        self.assert_refused(sales, self.order, "o2c_propose_change", {"note": "x"})
        self.assertEqual(task.user_ids, self.finance | self.finance2)

    def test_absent_in_one_company_only(self):
        both = self._make_user("both", ROLES["finance"])
        both.company_ids = self.company | self.company_b
        order, order_b = self.make_order(), self.make_order_b()
        for sold in (order, order_b):
            sold.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.tasks_of(self.b["orders"], order_b).action_approve()
        self.rpc(
            both,
            "o2c.approval.delegation",
            "create",
            [{"delegate_id": self.b["director"].id, "company_id": self.company_b.id}],
            context={"allowed_company_ids": [self.company_b.id, self.company.id]},
        )
        self.assertTrue(self.tasks_of(self.b["director"], order_b))
        (task,) = order.sudo().o2c_task_ids.filtered(lambda t: both in t.user_ids)
        self.assertEqual(task.user_ids, self.finance | self.finance2 | both)
        self.assertFalse(task.stand_ins)
        self.assertIn(both, order.sudo().activity_ids.user_id)

    def test_nobody_acts_in_the_other_company(self):
        tasks = self.tasks_of(self.finance, self.waiting)
        picking = self.order.sudo().picking_ids
        for role, records, method, args in (
            ("finance", tasks, "action_approve", ()),
            ("director", tasks, "action_reject", ("No",)),
            ("sales", self.waiting, "action_o2c_submit", ()),
            ("sales", self.waiting, "action_o2c_recall", ()),
            ("finance", self.collection, "action_confirm", ()),
            ("finance", self.request, "action_issue", ()),
            ("shipper", picking, "action_o2c_ship", ()),
        ):
            with self.subTest(method, role=role):
                self.assert_refused(self.b[role], records, method, *args)
        for model, values in (
            ("o2c.ship", {"picking_id": picking.id}),
            ("o2c.receipt", {"picking_ids": picking.ids, "received_name": "Bob"}),
        ):
            with self.subTest(model):
                self.assert_refused(self.b["shipper"], model, "create", [values])

    def test_collection_proposes_a_journal_of_its_company(self):
        order = self.make_order_b()
        order.action_o2c_submit()
        self.approve_b(order)
        self.salesperson.write({"company_ids": [Command.link(self.company_b.id)]})
        order.sudo().user_id = self.salesperson
        both = (self.company | self.company_b).ids
        order = order.with_user(self.salesperson).with_context(allowed_company_ids=both)
        self.assertEqual(order.env.company, self.company)
        context = order.action_o2c_new_collection()["context"]
        model = order.env["o2c.collection"].with_context(**context)
        collection = Form(model).save()
        self.assertEqual(collection.company_id, self.company_b)
        self.assertEqual(collection.journal_id.company_id, self.company_b)

    def test_collections_do_not_mix(self):
        order_b = self.make_order_b()
        order_b.action_o2c_submit()
        self.approve_b(order_b)
        both = self._make_user("both", ROLES["sales"])
        both.write(
            {
                "company_ids": [Command.set((self.company | self.company_b).ids)],
                "group_ids": [Command.link(self.env.ref(ROLES["finance"]).id)],
            }
        )
        allocations = [
            Command.create({"order_id": order.id, "amount": 1.0})
            for order in (self.order, order_b)
        ]
        values = {"partner_id": self.customer.id, "allocation_ids": allocations}
        context = {"allowed_company_ids": (self.company | self.company_b).ids}
        for company in self.company, self.company_b:
            values["company_id"] = company.id
            self.assert_refused(
                both, "o2c.collection", "create", [values], context=context
            )

    def approve_b(self, order):
        for role in ("orders", "finance", "warehouse"):
            self.tasks_of(self.b[role], order).action_approve()
        self.assertEqual(order.state, "sale")

    def test_each_has_its_own_flow_and_people(self):
        order_b = self.make_order_b()
        order_b.action_o2c_submit()
        tasks = order_b.sudo().o2c_task_ids
        self.assertEqual(tasks.flow_id, self.flow_b)
        self.assertLessEqual(
            tasks.user_ids, self.env["res.users"].concat(*self.b.values())
        )
        self.assertEqual(order_b.sudo().activity_ids.user_id, self.b["orders"])
        self.approve_b(order_b)
        waiting = self.waiting.sudo()
        self.assertEqual(waiting.o2c_task_ids.flow_id, self.flow)
        self.assertEqual(
            waiting.activity_ids.user_id, self.finance | self.finance2 | self.warehouse
        )

    def test_shared_flow_asks_the_people_of_the_company(self):
        """Whoever is named in a flow of all companies decides in theirs."""
        self.flow.company_id = False
        self.flow_b.active = False
        self.flow.step_ids.unlink()
        named = self.finance | self.b["finance"]
        self.flow.step_ids = [
            Command.create(
                {
                    "name": "Named",
                    "decider_type": "users",
                    "user_ids": [Command.set(named.ids)],
                }
            )
        ]
        order = self.make_order()
        order.action_o2c_submit()
        self.assertEqual(order.sudo().o2c_task_ids.user_ids, self.finance)
        order_b = self.make_order_b()
        order_b.action_o2c_submit()
        self.assertEqual(order_b.sudo().o2c_task_ids.user_ids, self.b["finance"])

    def test_events_reach_members_only(self):
        rules = self.env["o2c.notification.rule"]
        rules.create(
            [
                {"event": "order_approved", "audience": audience, "channel": "todo"}
                for audience in ("finance", "warehouse", "shipper", "order_admin")
            ]
        )
        self.approve(self.waiting)
        picking = self.waiting.sudo().picking_ids
        collection = self.collect({self.waiting: 1.0}, confirm=False)
        collection.action_submit()
        told = self.waiting.sudo().activity_ids.user_id
        told |= picking.activity_ids.user_id | collection.sudo().activity_ids.user_id
        self.assertGreaterEqual(told, self.finance | self.shipper | self.order_admin)
        self.assertTrue(all(self.company in user.company_ids for user in told))

    def test_rules_of_the_other_company(self):
        rule = {"event": "step_approved", "channel": "todo"}
        named = self.finance | self.b["finance"]
        self.env["o2c.notification.rule"].create(
            [
                {**rule, "audience": "shipper", "company_id": self.company_b.id},
                {**rule, "audience": "users", "user_ids": [Command.set(named.ids)]},
            ]
        )
        order, order_b = self.make_order(), self.make_order_b()
        for sold in (order, order_b):
            sold.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.tasks_of(self.b["orders"], order_b).action_approve()
        told, told_b = order.sudo().activity_ids, order_b.sudo().activity_ids
        self.assertNotIn(self.shipper, told.user_id)
        self.assertIn(self.b["shipper"], told_b.user_id)
        for todos, company in ((told, self.company), (told_b, self.company_b)):
            strangers = todos.user_id.filtered(
                lambda u, c=company: c not in u.company_ids
            )
            self.assertFalse(strangers.mapped("login"))

    def test_policies_of_the_company(self):
        self.env["o2c.discount.policy"].search([]).company_id = self.company_b
        order = self.make_order([(self.product, 1, None, 45.0)])
        self.assertEqual(order.o2c_discount_authority, "self")
        order_b = self.make_order_b()
        order_b.order_line.discount = 45.0
        self.assertEqual(order_b.o2c_discount_authority, "director")


@tagged("post_install", "-at_install")
class TestForeignCurrency(O2cCommon, TransactionCase):
    """An order in euros in a company that counts in dollars, while the rate moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.euro.rate_ids.unlink()
        cls.set_rate(cls.today - timedelta(days=400), 0.8)
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": cls.euro.id}
        )

    @classmethod
    def set_rate(cls, date, rate):
        cls.env["res.currency.rate"].create(
            {
                "name": date,
                "rate": rate,
                "currency_id": cls.euro.id,
                "company_id": cls.company.id,
            }
        )

    def make_euro_order(self):
        """Return a confirmed order over 214.65 euros."""
        order = self.make_confirmed_order(
            [(self.product2, 7)], pricelist_id=self.pricelist.id
        )
        self.assertEqual(order.currency_id, self.euro)
        self.assertEqual(order.amount_total, 214.65)
        return order

    def check(self, order, collected, refunded=0.0):
        self.assertEqual(order.o2c_amount_collected, collected)
        self.assertEqual(order.o2c_amount_refunded, refunded)
        self.assertEqual(
            self.euro.compare_amounts(
                order.o2c_amount_net,
                collected - refunded + order.o2c_amount_outstanding,
            ),
            0,
        )
        facts = self.env["o2c.fact"].search([("order_id", "=", order.id)])
        rate = order.currency_rate
        for name, amount in (
            ("ordered", order.amount_total),
            ("collected", collected),
            ("refunded", refunded),
            ("invoiced", order.o2c_amount_invoiced),
        ):
            rows = facts.filtered(lambda fact, n=name: fact.kind == n)
            # Each fact is rounded as a document of its own.
            self.assertAlmostEqual(
                sum(rows.mapped(f"amount_{name}")),
                amount / rate,
                delta=0.005 * max(len(rows), 1) + 1e-9,
            )
        self.assertEqual(facts.currency_id, self.company.currency_id)

    def test_whole_path(self):
        order = self.make_euro_order()
        self.assertEqual(order.currency_rate, 0.8)
        self.collect({order: 100.01}, currency_id=self.euro.id)
        self.check(order, 100.01)
        self.request_invoice(order, 50.0)
        self.check(order, 100.01)
        # The rate moves: what the order's facts are worth does not.
        self.set_rate(self.today, 0.5)
        self.collect({order: 114.64}, currency_id=self.euro.id)
        self.check(order, 214.65)
        rest = self.request_invoice(order, order.o2c_amount_to_request)
        self.check(order, 214.65)
        self.assertEqual(order.o2c_amount_invoiced, 214.65)
        self.assertEqual(rest.sudo().move_ids.payment_state, "paid")
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_native_payment_with_exchange_difference(self):
        order = self.make_euro_order()
        move = order.sudo()._create_invoices()
        move.invoice_date = self.today - timedelta(days=30)
        move.action_post()
        self.set_rate(self.today, 0.5)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": self.today})
        )
        wizard.action_create_payments()
        self.assertEqual(move.payment_state, "paid")
        self.assertTrue(move.line_ids.matched_credit_ids.exchange_move_id)
        self.check(order, 214.65)

    def test_invoice_paid_in_dollars(self):
        order = self.make_euro_order()
        move = order.sudo()._create_invoices()
        move.action_post()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"currency_id": self.company.currency_id.id})
        )
        wizard.action_create_payments()
        self.assertEqual(move.payment_state, "paid")
        self.check(order, 214.65)

    def test_refund(self):
        order = self.make_euro_order()
        self.collect({order: 214.65}, currency_id=self.euro.id)
        self.set_rate(self.today, 0.5)
        self.collect({order: 14.65}, currency_id=self.euro.id, direction="refund")
        self.check(order, 214.65, 14.65)

    def test_collection_in_another_currency(self):
        order = self.make_euro_order()
        with self.assertRaisesRegex(UserError, "in that currency only"):
            self.collect({order: 1.0}, confirm=False)

    def test_step_from_an_amount(self):
        """Limits are in the company's currency: 214.65 euros are 268.31 dollars."""
        self.flow.step_ids.amount_from = 268.31
        order = self.make_order([(self.product2, 7)], pricelist_id=self.pricelist.id)
        order.action_o2c_submit()
        self.assertEqual(order.o2c_approval_state, "pending")
        self.flow.step_ids.amount_from = 268.32
        order = self.make_order([(self.product2, 7)], pricelist_id=self.pricelist.id)
        order.action_o2c_submit()
        self.assertEqual(order.state, "sale")
