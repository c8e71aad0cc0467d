from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon


class FlowCase(O2cCommon):
    """A flow of one step that the finance people decide."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.step_ids = [Command.clear(), cls._new_step("Finance", cls.finance)]
        cls.step = cls.flow.step_ids

    @classmethod
    def _new_step(cls, name, users, **values):
        return Command.create(
            {
                "name": name,
                "decider_type": "users",
                "user_ids": [Command.set(users.ids)],
                **values,
            }
        )

    def submitted(self, *args, **values):
        """Return the order after it was submitted, and its live tasks."""
        order = self.make_order(*args, **values)
        order.action_o2c_submit()
        return order, self.open_tasks(order)

    def open_tasks(self, order):
        return order.sudo().o2c_task_ids.filtered(
            lambda task: task.state in ("waiting", "pending")
        )


@tagged("post_install", "-at_install")
class TestApprovalConditions(FlowCase):
    """When a step is needed."""

    def assert_needed(self, needed, order=None):
        order = order or self.make_order()
        self.assertEqual(order.o2c_approval_needed, needed)

    def test_margin(self):
        self.product.standard_price = 90.0
        self.step.margin_below = 10.0
        self.assert_needed(False)
        self.step.margin_below = 10.01
        order, task = self.submitted()
        self.assertEqual(task.reason, "The margin of the order is low")
        self.assertNotIn("10", str(task.reason_data))

    def test_margin_of_unknown_costs(self):
        self.step.margin_below = 100.0
        self.product.standard_price = 0.0
        self.assert_needed(False)

    def test_margin_falls_after_submission_asks_again(self):
        self.product.standard_price = 80.0
        self.flow.step_ids = [self._new_step("Orders", self.order_admin)]
        self.step.margin_below = 15.0
        order, tasks = self.submitted()
        self.assertEqual(tasks.name, "Orders")
        # A decider may change an order in approval, as may a customer on the portal.
        order.sudo().order_line.discount = 10.0
        self.assertEqual(
            set(self.open_tasks(order).mapped("name")), {"Orders", "Finance"}
        )

    def test_new_customer(self):
        self.step.new_customer = True
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        first = self.make_order(partner_id=contact.id)
        self.assert_needed(True, first)
        self.flow.active = False
        first.action_confirm()
        self.flow.active = True
        self.assertTrue(first.o2c_new_customer)
        self.assert_needed(False)
        first._action_cancel()
        order, task = self.submitted()
        self.assertEqual(task.reason, "First order of this customer")

    def test_new_customer_of_several_in_one_query(self):
        others = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        orders = self.make_order(partner_id=others[0].id)
        orders |= self.make_order(partner_id=others[1].id) | self.make_order()
        orders.invalidate_recordset()
        orders.mapped("partner_id.commercial_partner_id")
        with self.assertQueryCount(1):
            self.assertEqual(orders.mapped("o2c_new_customer"), [True] * 3)

    def _invoice(self, days_late, amount=100.0):
        due = fields.Date.today() - timedelta(days=days_late)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Old", "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        move.action_post()
        return move

    def test_overdue_customer(self):
        self.step.overdue_customer = True
        self._invoice(0)
        self.assert_needed(False)
        invoice = self._invoice(1)
        order, task = self.submitted()
        self.assertEqual(task.reason, "The customer has payments overdue")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.assert_needed(False)

    def test_money_not_matched_counts(self):
        self.step.overdue_customer = True
        self._invoice(5)
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        self.env["account.move"].create(
            self._prepare_receipt_entry(self.customer, journal, 100.0)
        ).action_post()
        self.assert_needed(False)

    def test_overdue_installment(self):
        self.flow.active = False
        confirmed = self.make_order()
        confirmed.action_confirm()
        self.flow.active = True
        self.step.overdue_customer = True
        self.assert_needed(False)
        confirmed.sudo().o2c_installment_ids.date_due = fields.Date.today() - timedelta(
            days=1
        )
        self.assert_needed(True)

    def test_other_customers_and_companies_do_not_count(self):
        self.step.overdue_customer = True
        self._invoice(5)
        other = self.env["res.partner"].create({"name": "Other"})
        self.assert_needed(False, self.make_order(partner_id=other.id))
        company = self.env["res.company"].create({"name": "Second"})
        self.assertFalse(self.customer._o2c_get_overdue(company))

    def test_all_have_to_hold_and_all_are_told(self):
        self.step.write({"amount_from": 1000.0, "new_customer": True})
        self.assert_needed(False, self.make_order([(self.product, 1)]))
        order, task = self.submitted()
        self.assertEqual(
            task.reason,
            f"Order of {self.company.currency_id.format(1000.0)} or more · "
            "First order of this customer",
        )

    def test_reason_of_older_tasks(self):
        order, task = self.submitted()
        task.reason_data = {"code": "amount", "value": 500.0}
        self.assertIn("500", task.reason)

    def test_condition_in_words(self):
        self.assertEqual(self.step.condition, "every order")
        self.step.write(
            {
                "amount_from": 1000.0,
                "authority_from": "director",
                "margin_below": 12.5,
                "new_customer": True,
            }
        )
        self.assertEqual(
            self.step.condition,
            "discount needs director · margin below 12.50 % · from "
            f"{self.company.currency_id.format(1000.0)} · new customers",
        )

    def test_filter_in_words(self):
        self.step.domain = (
            "['|', ('amount_total', '>', 500), ('partner_id.name', '=', 'Customer'), "
            "('amount_total', '<', 9000)]"
        )
        self.assertEqual(self.step.condition, "filter on Total and Customer")
        self.assert_needed(True)
        self.step.domain = "[('amount_total', '>', 5000)]"
        self.assert_needed(False)
        finding = self.step._get_findings(self.make_order())
        self.assertEqual(
            finding,
            [
                {
                    "holds": False,
                    "text": "The order does not match the filter on Total.",
                }
            ],
        )

    def test_nothing_asked_costs_no_query(self):
        order = self.make_order()
        step = self.step.sudo()
        self.assertTrue(step._applies(order.sudo()))
        with self.assertQueryCount(0):
            step._applies(order.sudo())

    def test_margin_out_of_range(self):
        with self.assertRaisesRegex(Exception, "margin_below_check"):
            self.step.margin_below = 101.0
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestApprovalDeciders(FlowCase):
    """Who decides, and how many of them."""

    def _field(self, name):
        return self.env["ir.model.fields"]._get("sale.order", name)

    def test_field_of_the_order(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_checkers",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "field_description": "Checkers",
                "ttype": "many2many",
                "relation": "res.users",
            }
        )
        self.step.write(
            {
                "decider_type": "field",
                "user_ids": False,
                "decider_field_id": self._field("x_checkers").id,
            }
        )
        order, task = self.submitted(
            x_checkers=[Command.set((self.leader | self.salesperson).ids)]
        )
        self.assertEqual(task.user_ids, self.leader)
        self.assertEqual(self.step.decider_note, "Checkers")
        self.approve(order, self.leader)
        self.assertEqual(order.state, "sale")

    def test_salesperson_if_the_flow_allows_it(self):
        self.step.write(
            {
                "decider_type": "field",
                "decider_field_id": self._field("user_id").id,
                "allow_own": True,
            }
        )
        order, task = self.submitted()
        self.assertEqual(task.user_ids, self.salesperson)
        task.with_user(self.salesperson).action_approve()
        self.assertEqual(order.state, "sale")

    def test_only_fields_that_name_users(self):
        for name in ("partner_id", "amount_total"):
            with self.assertRaisesRegex(ValidationError, "names users"):
                self.step.with_user(self.director).write(
                    {"decider_type": "field", "decider_field_id": self._field(name).id}
                )
        with self.assertRaisesRegex(ValidationError, "names users"):
            self.step.write({"decider_type": "field", "decider_field_id": False})

    def test_manager_chooses_the_field(self):
        form = Form(self.flow.with_user(self.director))
        with form.step_ids.edit(0) as step:
            step.decider_type = "field"
            step.decider_field_id = self._field("user_id")
        form.save()
        self.assertFalse(self.step.user_ids)

    def test_quorum_needs_enough_people(self):
        with self.assertRaisesRegex(ValidationError, "needs at least 2 people"):
            self.step.rule = "quorum"
        self.step.write(
            {
                "rule": "quorum",
                "user_ids": [Command.link(self.finance2.id)],
            }
        )
        with self.assertRaisesRegex(ValidationError, "needs at least 3 people"):
            self.step.quorum = 3
        with self.assertRaisesRegex(ValidationError, "one person"):
            self.step.decider_type = "team_leader"

    def test_quorum_is_frozen_in_the_task(self):
        self.step.write(
            {"rule": "quorum", "user_ids": [Command.link(self.finance2.id)]}
        )
        order, task = self.submitted()
        self.step.quorum = 1
        self.assertEqual((task.rule, task.quorum), ("quorum", 2))
        self.approve(order, self.finance)
        self.assertEqual(order.state, "draft")
        self.approve(order, self.finance2)
        self.assertEqual(order.state, "sale")

    def test_quorum_without_the_owner_is_filled_up(self):
        self.step.write(
            {
                "rule": "quorum",
                "user_ids": [Command.link(self.salesperson.id)],
                "fallback_user_ids": [Command.set(self.leader.ids)],
            }
        )
        order, task = self.submitted()
        self.assertEqual(task.user_ids, self.finance | self.leader)

    def test_fallback(self):
        self.step.user_ids = self.salesperson
        order, task = self.submitted()
        self.assertIn(self.director, task.user_ids)
        self.step.fallback_user_ids = self.leader | self.salesperson
        order, task = self.submitted()
        self.assertEqual(task.user_ids, self.leader)

    def test_those_who_step_in_need_not_all_agree(self):
        self.step.write({"user_ids": self.salesperson, "rule": "all"})
        self.step.fallback_user_ids = self.leader | self.director
        order, task = self.submitted()
        self.approve(order, self.leader)
        self.assertEqual(order.state, "sale")

    def test_not_who_approved_before(self):
        both = self.finance | self.finance2
        self.flow.step_ids = [
            Command.clear(),
            self._new_step("First", both, sequence=10),
            self._new_step("Second", both, sequence=20, allow_earlier=False),
        ]
        order, tasks = self.submitted()
        self.approve(order, self.finance)
        second = self.open_tasks(order)
        self.assertEqual(second.user_ids, self.finance2)
        with self.refused("not yours"):
            second.with_user(self.finance).action_approve()
        # Whoever is put to it all the same is refused.
        second.user_ids |= self.finance
        with self.refused("approved another step"):
            second.with_user(self.finance).action_approve()
        self.approve(order, self.finance2)
        self.assertEqual(order.state, "sale")

    def test_nobody_but_who_approved_before(self):
        self.flow.step_ids = [
            Command.clear(),
            self._new_step("First", self.finance, sequence=10),
            self._new_step(
                "Second",
                self.finance,
                sequence=20,
                allow_earlier=False,
                fallback_user_ids=[Command.set(self.leader.ids)],
            ),
        ]
        order, tasks = self.submitted()
        self.approve(order, self.finance)
        self.assertEqual(self.open_tasks(order).user_ids, self.leader)
        todos = order.sudo().activity_ids
        self.assertEqual(todos.user_id, self.leader)

    def test_asked_again_after_a_recall(self):
        both = self.finance | self.finance2
        self.flow.step_ids = [
            Command.clear(),
            self._new_step("First", both, sequence=10),
            self._new_step("Second", both, sequence=20, allow_earlier=False),
        ]
        order, tasks = self.submitted()
        self.approve(order, self.finance)
        order.action_o2c_recall()
        order.action_o2c_submit()
        self.assertEqual(self.open_tasks(order)[1].user_ids, both)

    def test_copy_keeps_everything(self):
        self.step.write(
            {
                "margin_below": 5.0,
                "new_customer": True,
                "overdue_customer": True,
                "allow_earlier": False,
                "fallback_user_ids": [Command.set(self.leader.ids)],
            }
        )
        self.flow.write({"trigger": "create", "confirms": False})
        copy = self.flow.copy()
        self.assertFalse(copy.active)
        self.assertEqual((copy.trigger, copy.confirms), ("create", False))
        for name in (
            "condition",
            "decider_note",
            "allow_earlier",
            "fallback_user_ids",
            "user_ids",
        ):
            self.assertEqual(copy.step_ids[name], self.step[name], name)


@tagged("post_install", "-at_install")
class TestApprovalTrigger(FlowCase):
    """When a flow starts by itself, and what the last approval does."""

    def test_starts_when_made(self):
        self.flow.trigger = "create"
        order = self.make_order()
        self.assertEqual(order.o2c_approval_state, "pending")
        self.assertEqual(order.sudo().o2c_submitted_by_id, self.salesperson)
        self.assertEqual(order.sudo().activity_ids.user_id, self.finance)

    def test_starts_when_typed(self):
        self.flow.trigger = "create"
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
        self.assertEqual(form.save().o2c_approval_state, "pending")

    def test_starts_when_imported(self):
        self.flow.trigger = "create"
        result = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .load(
                ["partner_id/.id", "order_line/product_id/.id"],
                [[str(self.customer.id), str(self.product.id)]],
            )
        )
        order = self.env["sale.order"].browse(result["ids"])
        self.assertEqual(order.o2c_approval_state, "pending")

    def test_what_stays_a_quotation(self):
        self.flow.trigger = "create"
        order = self.make_order()
        self.assertEqual(order.copy().o2c_approval_state, "none")
        empty = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual(empty.o2c_approval_state, "none")
        forbidden = self.make_order([(self.product, 1, None, 60.0)])
        self.assertEqual(forbidden.o2c_approval_state, "none")
        self.assertTrue(forbidden.o2c_discount_reason)
        self.step.amount_from = 1000.0
        small = self.make_order([(self.product, 1)])
        self.assertEqual((small.state, small.o2c_approval_state), ("draft", "none"))
        cart = (
            self.env["sale.order"]
            .with_user(self.env.ref("base.public_user"))
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        self.assertEqual(cart.o2c_approval_state, "none")

    def test_recalled_stays_recalled(self):
        self.flow.trigger = "create"
        order = self.make_order()
        order.action_o2c_recall()
        order.order_line.product_uom_qty = 11
        self.assertEqual(order.o2c_approval_state, "none")

    def test_another_flow_that_fits_first(self):
        self.flow.trigger = "create"
        self.flow.copy({"sequence": 1, "trigger": "confirm"}).active = True
        self.assertEqual(self.make_order().o2c_approval_state, "none")

    def test_salesperson_confirms(self):
        self.flow.confirms = False
        order, task = self.submitted()
        self.approve(order, self.finance)
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "approved"))
        self.assertIn("is approved", self.messages_to(self.salesperson, order))
        order.sudo().order_line.product_uom_qty = 9
        self.assertEqual(order.o2c_approval_state, "approved")
        order.sudo().order_line.product_uom_qty = 11
        self.assertEqual(order.o2c_approval_state, "pending")
        order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.approve(order, self.finance)
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "approved"))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_signed_order_confirms_itself(self):
        self.flow.confirms = False
        order, task = self.submitted()
        order.sudo().write({"signature": self.pixel, "signed_by": "Customer"})
        self.approve(order, self.finance)
        self.assertEqual(order.state, "sale")

    def test_paid_order_confirms_itself(self):
        self.flow.confirms = False
        for state, confirmed in (("pending", "draft"), ("done", "sale")):
            order, _task = self.submitted()
            self._pay(order, state)
            self.approve(order, self.finance)
            with self.subTest(state):
                self.assertEqual(order.o2c_approval_state, "approved")
                self.assertEqual(order.state, confirmed)

    def test_promised_money_is_on_hold(self):
        order, _task = self.submitted()
        self._pay(order, "pending")
        self.tasks_of(self.finance, order).action_reject("Too little")
        self.assertIn("the money is on hold", self.messages_to(self.salesperson, order))

    def _pay(self, order, state):
        method = self.env.ref("payment.payment_method_unknown")
        self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].search([], limit=1).id,
                "payment_method_id": method.id,
                "reference": f"{order.name}-{state}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": state,
            }
        )

    # The smallest picture there is.
    pixel = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhf"
        "DwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )


@tagged("post_install", "-at_install")
class TestApprovalPeople(FlowCase):
    """Steps that nobody can decide are refused, and reported when people leave."""

    def todos(self, user=None):
        domain = [
            ("res_model", "=", "o2c.approval.flow"),
            ("res_id", "=", self.flow.id),
            ("user_id", "=", (user or self.director).id),
        ]
        return self.env["mail.activity"].search(domain)

    def test_refused_when_saved(self):
        with self.assertRaisesRegex(
            ValidationError, "Nobody can decide step “Finance”"
        ):
            self.step.user_ids = False
        empty = self.env["res.groups"].create({"name": "Empty"})
        with self.assertRaisesRegex(ValidationError, "Nobody can decide"):
            self.step.write({"decider_type": "role", "group_id": empty.id})
        self.step.write(
            {
                "decider_type": "role",
                "group_id": empty.id,
                "fallback_user_ids": [Command.set(self.leader.ids)],
            }
        )

    def test_drawn_from_nothing(self):
        form = Form(self.env["o2c.approval.flow"].with_user(self.director))
        form.name = "Big orders"
        with form.step_ids.new() as step:
            step.name = "Managers"
            step.decider_type = "role"
            step.group_id = self.env.ref("sale_o2c_flow.group_manager")
        flow = form.save()
        self.assertFalse(flow.gap_note)
        self.assertEqual(flow.picture["stages"][0][0]["name"], "Managers")

    def test_refused_who_cannot_open_approvals(self):
        with self.assertRaisesRegex(ValidationError, "Shipper may not open approvals"):
            self.step.user_ids = self.shipper
        self.step.user_ids = self.shipper | self.finance
        with self.assertRaisesRegex(ValidationError, "needs at least 2 people"):
            self.step.write({"rule": "quorum", "quorum": 2})
        self.step.write({"user_ids": [Command.link(self.finance2.id)]})
        self.step.write({"rule": "quorum", "quorum": 2})

    def test_refused_when_put_to_use(self):
        self.flow.active = False
        self.step.user_ids = False
        with self.assertRaisesRegex(ValidationError, "Nobody can decide"):
            self.flow.active = True

    def test_teams_without_leader(self):
        self.step.decider_type = "team_leader"
        self.team.user_id = False
        with self.assertRaisesRegex(ValidationError, "Nobody can decide"):
            self.flow.team_ids = self.team
        self.team.user_id = self.leader
        self.flow.team_ids = self.team
        self.assertFalse(self.todos())
        self.team.user_id = False
        self.assertIn("no leader for Team", self.flow.gap_note)
        self.assertEqual(len(self.todos()), 1)
        self.team.user_id = self.leader
        self.assertFalse(self.todos())

    def test_reported_and_mended(self):
        self.finance.action_archive()
        todo = self.todos()
        self.assertEqual(len(todo), 1)
        self.assertIn("Standard orders", todo.summary)
        self.assertIn("Finance: nobody is left", todo.note)
        self.env["o2c.approval.flow"]._cron_check_people()
        self.assertEqual(self.todos(), todo)
        self.step.with_user(self.director).user_ids = self.finance2
        self.assertFalse(self.todos())
        self.assertFalse(self.flow.gap_note)

    def test_role_taken_and_given_back(self):
        group = self.env.ref("sale_o2c_flow.group_finance")
        holders = group.all_user_ids
        self.step.write(
            {"decider_type": "role", "user_ids": False, "group_id": group.id}
        )
        holders.write({"group_ids": [Command.unlink(group.id)]})
        self.assertTrue(self.todos())
        self.finance.group_ids = [Command.link(group.id)]
        self.assertFalse(self.todos())

    def test_flow_out_of_use_is_not_reported(self):
        self.finance.action_archive()
        self.flow.active = False
        self.assertFalse(self.todos())

    def test_tasks_fall_to_the_fallback(self):
        self.step.fallback_user_ids = self.leader
        order, task = self.submitted()
        self.finance.action_archive()
        self.assertEqual(task.user_ids, self.leader)
        self.assertIn(self.leader, order.sudo().activity_ids.user_id)
        self.approve(order, self.leader)
        self.assertEqual(order.state, "sale")

    def test_tasks_go_to_the_successor(self):
        order, task = self.submitted()
        self.step.user_ids |= self.finance2
        self.finance.action_archive()
        self.assertEqual(task.user_ids, self.finance2)

    def test_tasks_that_lost_their_people_otherwise(self):
        order, task = self.submitted()
        task.write({"user_ids": False, "assigned_user_ids": False})
        self.env["o2c.approval.flow"]._cron_check_people()
        self.assertEqual(task.user_ids, self.finance)

    def test_all_of_them_one_left(self):
        self.step.write({"rule": "all", "user_ids": self.finance | self.finance2})
        order, task = self.submitted()
        self.approve(order, self.finance)
        self.finance2.action_archive()
        self.approve(order, self.director)
        self.assertEqual(order.state, "sale")

    def test_one_of_several_leaves(self):
        self.step.user_ids |= self.finance2
        order, task = self.submitted()
        self.finance.action_archive()
        self.assertEqual(task.user_ids, self.finance2)
        self.assertFalse(self.todos())
