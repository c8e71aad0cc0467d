from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import O2cCommon


class InboxCase(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()

    def inbox(self, user):
        """Return what the menu opens for somebody; the counter has to say as much."""
        tasks = self.env["o2c.approval.task"].with_user(user)
        found = tasks.search([("waits_for_me", "=", True)])
        self.assertEqual(tasks.get_waiting_count(), len(found))
        self.assertEqual(found, found.filtered("waits_for_me"))
        return found

    def todos(self, user=None):
        todos = self.order.sudo().activity_ids
        return todos.filtered(lambda t: t.user_id == user) if user else todos


@tagged("post_install", "-at_install")
class TestInbox(InboxCase):
    """What waits for somebody, and how many."""

    def test_counts_what_the_menu_opens(self):
        self.assertEqual(self.inbox(self.order_admin).order_id, self.order)
        self.assertFalse(self.inbox(self.finance))
        self.approve(self.order, self.order_admin)
        self.assertFalse(self.inbox(self.order_admin))
        for user in (self.finance, self.finance2, self.warehouse):
            self.assertEqual(self.inbox(user).order_id, self.order)
        self.approve(self.order, self.finance)
        self.assertFalse(self.inbox(self.finance2))

    def test_leaves_out_what_i_have_decided(self):
        self.flow.step_ids.filtered(lambda s: s.name == "Finance").rule = "all"
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.finance)
        self.assertFalse(self.inbox(self.finance))
        self.assertEqual(self.inbox(self.finance2).order_id, order)

    def test_everybody_else_has_their_own(self):
        self.assertFalse(self.inbox(self.salesperson))
        others = self.env["o2c.approval.task"].with_user(self.salesperson)
        self.assertTrue(others.search([("waits_for_me", "=", False)]))

    def test_other_companies_are_not_counted(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.order_admin.company_ids += company
        tasks = self.env["o2c.approval.task"].with_user(self.order_admin)
        elsewhere = tasks.with_context(allowed_company_ids=company.ids)
        self.assertEqual(elsewhere.get_waiting_count(), 0)
        self.assertEqual(tasks.get_waiting_count(), 1)

    def test_one_query(self):
        tasks = self.env["o2c.approval.task"].with_user(self.finance)
        tasks.get_waiting_count()
        with self.assertQueryCount(1):
            tasks.get_waiting_count()

    def test_web_clients_are_told(self):
        self.env.cr.precommit.data.pop("bus.bus.values", None)
        self.approve(self.order, self.order_admin)
        sent = "".join(
            values["channel"]
            for values in self.env.cr.precommit.data["bus.bus.values"]
            if "o2c.approval/changed" in values["message"]
        )
        told = self.order_admin | self.finance | self.finance2 | self.warehouse
        for user in told:
            self.assertRegex(sent, rf'"res.partner", ?{user.partner_id.id}\b')
        self.assertNotRegex(sent, rf'"res.partner", ?{self.shipper.partner_id.id}\b')

    def test_margin_is_for_those_who_see_costs(self):
        task = self.order.sudo().o2c_task_ids[0]
        self.assertIn("margin", task.with_user(self.finance).read(["margin"])[0])
        with self.assertRaises(AccessError):
            task.with_user(self.warehouse).read(["margin"])

    def test_note_of_the_salesperson(self):
        with Form(self.order) as form:
            form.o2c_note_to_deciders = "They pay in advance"
        task = self.tasks_of(self.order_admin, self.order)
        self.assertEqual(task.note_to_deciders, "They pay in advance")
        self.assertFalse(self.order.copy().o2c_note_to_deciders)


@tagged("post_install", "-at_install")
class TestOrderDecision(InboxCase):
    """Deciding on the order itself."""

    def test_who_may_not_write_orders_decides_them(self):
        self.approve(self.order, self.order_admin)
        order = self.order.with_user(self.warehouse)
        self.assertFalse(order.has_access("write"))
        self.assertEqual(order.o2c_my_task_id.name, "Warehouse")
        self.assertIn("Warehouse", order.o2c_my_task_note)
        order.action_o2c_approve()
        self.assertFalse(order.o2c_my_task_id)
        self.assertEqual(
            self.order.sudo().o2c_task_ids.filtered("decided_by_id").mapped("name"),
            ["Order Administration", "Warehouse"],
        )

    def test_all_of_mine_at_once(self):
        self.finance.group_ids += self.env.ref("sale_o2c_flow.group_warehouse_approver")
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        mine = order.with_user(self.finance)
        self.assertIn("Finance and Warehouse", mine.o2c_my_task_note)
        self.assertIn("at once", mine.o2c_my_task_note)
        mine.action_o2c_approve()
        self.assertEqual(order.state, "sale")

    def test_reject(self):
        action = self.order.with_user(self.order_admin).action_o2c_open_reject()
        wizard = Form(
            self.env["o2c.decision"]
            .with_user(self.order_admin)
            .with_context(**action["context"])
        )
        wizard.reason_id = self.env.ref("sale_o2c_flow.rejection_reason_price")
        wizard.comment = "Below cost"
        wizard.save().action_reject()
        self.assertEqual(self.order.o2c_approval_state, "rejected")
        task = self.order.sudo().o2c_task_ids.filtered(lambda t: t.state == "rejected")
        self.assertEqual(task.reject_reason_id.name, "Price too low")
        self.assertEqual(task.decision_ids.reject_reason_id.name, "Price too low")
        self.assertEqual(task.comment, "Below cost")

    def test_reject_without_any_kinds_of_reasons(self):
        self.env["o2c.rejection.reason"].search([]).active = False
        action = self.order.with_user(self.order_admin).action_o2c_open_reject()
        wizard = Form(
            self.env["o2c.decision"]
            .with_user(self.order_admin)
            .with_context(**action["context"])
        )
        wizard.comment = "No"
        wizard.save().action_reject()
        self.assertEqual(self.order.o2c_approval_state, "rejected")

    def test_nothing_of_mine(self):
        for user in (self.finance, self.salesperson, self.shipper):
            order = self.order.with_user(user)
            with self.refused("waits for your decision|not due yet"):
                order.action_o2c_approve()
        self.approve(self.order, self.order_admin)
        with self.refused("already decided by Orders"):
            self.order.with_user(self.order_admin).action_o2c_approve()

    def test_managers_keep_the_reasons(self):
        reasons = self.env["o2c.rejection.reason"]
        reasons.with_user(self.director).create({"name": "Too far away"})
        with self.assertRaises(AccessError):
            reasons.with_user(self.finance).create({"name": "Too near"})


@tagged("post_install", "-at_install")
class TestApprovalTodo(InboxCase):
    """The to-do of an approval goes away by deciding only."""

    def test_cannot_be_put_aside(self):
        todo = self.todos(self.order_admin)
        for user in (self.order_admin, self.salesperson, self.director):
            mine = todo.with_user(user)
            for attempt in (
                mine.action_done,
                mine.unlink,
                lambda mine=mine: mine.write({"user_id": self.finance.id}),
                lambda mine=mine: mine.write({"date_deadline": "2099-01-01"}),
                lambda mine=mine: mine.write({"active": False}),
            ):
                with self.refused("approve or reject"):
                    attempt()
            self.assertFalse(mine.can_write)
        self.assertEqual(self.todos(), todo)
        self.approve(self.order, self.order_admin)
        self.assertFalse(self.todos(self.order_admin))

    def test_other_todos_are_free(self):
        todo = self.order.with_user(self.order_admin).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.order_admin.id
        )
        self.assertTrue(todo.can_write)
        todo.action_done()
        own = self.env["mail.activity"].with_user(self.order_admin)
        own = own.create(
            {
                "activity_type_id": self.env.ref(
                    "sale_o2c_flow.mail_activity_approve"
                ).id,
                "res_model_id": self.env["ir.model"]._get_id("sale.order"),
                "res_id": self.order.id,
                "user_id": self.order_admin.id,
            }
        )
        own.unlink()

    def test_goes_with_its_order(self):
        self.order.action_cancel()
        self.assertFalse(self.todos())

    def test_goes_with_its_user(self):
        self.order_admin.with_user(self.env.ref("base.user_admin")).action_archive()
        self.assertFalse(self.todos(self.order_admin))
