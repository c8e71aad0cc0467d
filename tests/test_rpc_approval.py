"""The whole life of an approval over JSON-RPC, and what hostile callers try on it."""

from o2c_rpc import RpcCase

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged


class ApprovalCase(RpcCase):
    def task(self, user, order):
        """Return the one task of an order in the inbox of a person."""
        domain = [["order_id", "=", order.id], ["waits_for_me", "=", True]]
        ids = self.rpc(user, "o2c.approval.task", "search", domain)
        self.assertEqual(len(ids), 1, user.login)
        return self.env["o2c.approval.task"].browse(ids)

    def approve_as(self, *users):
        for user in users:
            self.rpc(user, self.task(user, self.order), "action_approve")

    def counts(self, *users):
        """Return what the counters of people's inboxes show."""
        return [
            self.rpc(user, "o2c.approval.task", "get_waiting_count") for user in users
        ]

    def read(self, user, records, *names):
        (row,) = self.rpc(user, records, "read", list(names), load=None)
        return [row[name] for name in names]

    def make(self, user, model, values):
        """Create a record of a dialog, as the web client does."""
        (record_id,) = self.rpc(user, model, "create", [values])
        return self.env[model].browse(record_id)

    def question(self, task):
        return task.sudo().question_ids.filtered(lambda q: q.state == "open")


@tagged("post_install", "-at_install")
class TestApprovalLife(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()

    def test_from_submission_to_a_change_of_the_order(self):
        self.rpc(self.salesperson, self.order, "action_o2c_submit")
        self.assertEqual(self.counts(self.order_admin, self.finance), [1, 0])
        self._ask_and_answer()
        self._decide_in_place_of_the_absent()
        self._forward_and_reject()
        self._submit_again()
        self._recall_and_submit()
        self.assertEqual(self.read(self.salesperson, self.order, "state"), ["sale"])
        self._change()
        everybody = (self.order_admin, self.finance, self.leader, self.warehouse)
        self.assertEqual(self.counts(*everybody, self.director), [0] * 5)
        self.assertFalse(self.order.sudo().activity_ids.user_id & self.order_admin)

    def _ask_and_answer(self):
        task = self.task(self.order_admin, self.order)
        self.rpc(self.order_admin, task, "action_send_back", "Which address?")
        question = self.question(task)
        self.assertEqual(
            self.read(self.salesperson, question, "question", "can_answer"),
            ["Which address?", True],
        )
        self.rpc(self.salesperson, question, "action_answer", "The new one")
        self.assertIn("The new one", self.messages_to(self.order_admin, question))
        self.rpc(self.order_admin, task, "action_ask_advice", self.idle.id, "Fine?")
        advice = self.question(task)
        # Whoever is asked reads the order there, and nowhere else.
        (summary,) = self.read(self.idle, advice, "order_summary")
        self.assertIn("Desk", summary)
        self.assert_refused(self.idle, self.order, "read", ["name"])
        self.rpc(self.idle, advice, "action_answer", "Fine")
        self.approve_as(self.order_admin)

    def _decide_in_place_of_the_absent(self):
        task = self.task(self.finance, self.order)
        self.rpc(
            self.finance,
            "o2c.approval.delegation",
            "create",
            [{"user_id": self.finance.id, "delegate_id": self.leader.id}],
        )
        self.rpc(self.leader, task, "action_approve")
        decision = task.sudo().decision_ids
        self.assertEqual(decision.user_id, self.leader)
        self.assertEqual(decision.on_behalf_of_ids, self.finance)
        self.assert_refused(
            self.finance, task, "action_approve", pattern="already decided by Leader"
        )

    def _forward_and_reject(self):
        task = self.task(self.warehouse, self.order)
        dialog = self.make(
            self.warehouse,
            "o2c.approval.forward",
            {
                "task_id": task.id,
                "user_id": self.director.id,
                "comment": "Your customer",
            },
        )
        self.rpc(self.warehouse, dialog, "action_forward")
        self.assert_refused(
            self.warehouse, task, "action_approve", pattern="not yours to decide"
        )
        self.assert_refused(
            self.director, task, "action_reject", " ", pattern="Say why"
        )
        reason = self.env["o2c.rejection.reason"].search([], limit=1)
        self.rpc(self.director, task, "action_reject", "Not in stock", reason.id)
        state, banner = self.read(
            self.salesperson, self.order, "o2c_approval_state", "o2c_approval_banner"
        )
        self.assertEqual(state, "rejected")
        self.assertIn("Not in stock", banner)
        self.assertEqual(task.sudo().decision_ids[0].reject_reason_id, reason)
        self.assertIn(self.salesperson, self.order.sudo().activity_ids.user_id)

    def _submit_again(self):
        self.rpc(self.salesperson, self.order, "action_o2c_submit")
        # What was approved stands; what was rejected is asked again.
        self.assertEqual(
            self.counts(self.order_admin, self.leader, self.warehouse), [0, 0, 1]
        )
        self.rpc(self.salesperson, self.order, "action_o2c_nudge")
        self.assert_refused(
            self.salesperson, self.order, "action_o2c_nudge", pattern="reminded"
        )

    def _recall_and_submit(self):
        self.rpc(self.salesperson, self.order, "action_o2c_recall")
        self.assertEqual(self.counts(self.warehouse), [0])
        self.rpc(self.salesperson, self.order, "action_o2c_submit")
        while waiting := self._find_waiting():
            self.approve_as(waiting)

    def _find_waiting(self):
        users = (self.order_admin, self.leader, self.warehouse)
        return next((user for user in users if self.counts(user) != [0]), None)

    def _change(self):
        line = self.order.order_line
        vals = {"order_line": [Command.update(line.id, {"product_uom_qty": 12})]}
        self.rpc(
            self.salesperson, self.order, "o2c_propose_change", vals, "They want more"
        )
        self.assertEqual(
            self.read(self.salesperson, line, "product_uom_qty"), [10], "not before"
        )
        while waiting := self._find_waiting():
            self.approve_as(waiting)
        self.assertEqual(self.read(self.salesperson, line, "product_uom_qty"), [12])
        self.assertEqual(self.order.o2c_change_ids.state, "applied")
        moves = self.order.sudo().picking_ids.move_ids
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 12)


@tagged("post_install", "-at_install")
class TestApprovalHostile(ApprovalCase):
    """Each call is refused in words, and leaves everything as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.open_task = cls.tasks_of(cls.order_admin, cls.order)
        cls.open_task.action_send_back("Why?")
        cls.asked = cls.open_task.sudo().question_ids
        cls.confirmed = cls.make_order()
        cls.confirmed.action_o2c_submit()
        cls.approve(cls.confirmed)
        line = cls.confirmed.order_line
        cls.more = {"order_line": [Command.update(line.id, {"product_uom_qty": 20})]}
        cls.change_id = cls.confirmed.o2c_propose_change(cls.more)
        cls.change = cls.env["o2c.order.change"].browse(cls.change_id)
        cls.today = str(fields.Date.today())

    def everything(self):
        """Return what hostile callers would like to change."""
        orders = (self.order | self.confirmed).sudo()
        tasks = orders.o2c_task_ids
        return [
            orders.mapped("state"),
            orders.order_line.mapped("product_uom_qty"),
            [
                (task.state, task.user_ids.ids, task.assigned_user_ids.ids)
                for task in tasks
            ],
            len(tasks.decision_ids),
            [(q.state, q.answer) for q in tasks.question_ids],
            [(c.state, c.vals, c.user_id.id) for c in orders.o2c_change_ids],
            self.env["o2c.approval.delegation"].search_count([]),
        ]

    def refuse_all(self, user, *calls):
        before = self.everything()
        for pattern, records, method, *args in calls:
            with self.subTest(method, user=user.login, args=args):
                self.assert_refused(user, records, method, *args, pattern=pattern)
        self.assertEqual(self.everything(), before)

    def test_salesperson(self):
        task, change = self.open_task, self.change
        forged = {"task_id": task.id, "user_id": self.salesperson2.id}
        self.refuse_all(
            self.salesperson,
            ("not yours", task, "action_approve"),
            ("not yours", task, "action_reject", "No"),
            ("not yours", task, "action_send_back", "Why?"),
            ("not yours", task, "action_ask_advice", self.idle.id, "Why?"),
            ("not yours", change.task_ids[0], "action_approve"),
            ("", task, "write", {"user_ids": [Command.link(self.salesperson.id)]}),
            ("", task, "write", {"state": "approved"}),
            ("", "o2c.approval.task", "create", [{"order_id": self.order.id}]),
            ("", change, "write", {"state": "applied"}),
            ("", change, "unlink"),
            (
                "",
                "o2c.order.change",
                "create",
                [{"order_id": self.confirmed.id, "vals": {}, "before": {}}],
            ),
            ("", self.asked, "write", {"asked_user_id": self.finance.id}),
            ("Write an answer", self.asked, "action_answer", ""),
            ("Write an answer", self.asked, "action_answer", {"a": 1}),
            (
                "waits for approval already",
                self.confirmed,
                "o2c_propose_change",
                self.more,
            ),
            ("is not confirmed", self.order, "o2c_propose_change", self.more),
            (
                "not yours",
                self.make(
                    self.salesperson, "o2c.approval.forward", {**forged, "comment": "x"}
                ),
                "action_forward",
            ),
            (
                "own absences",
                "o2c.approval.delegation",
                "create",
                [
                    {
                        "user_id": self.order_admin.id,
                        "delegate_id": self.salesperson.id,
                        "date_from": self.today,
                        "date_to": self.today,
                    }
                ],
            ),
            ("", self.order, "write", {"o2c_change_ids": [Command.clear()]}),
            ("", self.order, "write", {"o2c_nudged_at": False}),
        )

    def test_what_a_change_cannot_carry(self):
        self.rpc(self.salesperson, self.change, "action_withdraw")
        line = self.confirmed.order_line
        self.refuse_all(
            self.salesperson,
            ("not whether it is confirmed", self.confirmed, "o2c_propose_change", {}),
            (
                "not whether it is confirmed",
                self.confirmed,
                "o2c_propose_change",
                {**self.more, "state": "draft"},
            ),
            ("not whether", self.confirmed, "o2c_propose_change", ["state"]),
            (
                "",
                self.confirmed,
                "o2c_propose_change",
                {**self.more, "o2c_approval_state": "approved"},
            ),
            # What nobody may give is nothing to propose.
            (
                "",
                self.confirmed,
                "o2c_propose_change",
                {"order_line": [Command.update(line.id, {"discount": 90.0})]},
            ),
            ("does not wait any more", self.change, "action_withdraw"),
        )

    def test_colleagues_of_the_salesperson(self):
        self.refuse_all(
            self.salesperson2,
            ("", self.order, "action_o2c_recall"),
            ("", self.order, "action_o2c_nudge"),
            ("", self.confirmed, "o2c_propose_change", self.more),
            ("", self.change, "action_withdraw"),
            ("", self.asked, "action_answer", "So"),
        )

    def test_deciders(self):
        task = self.open_task
        self.refuse_all(
            self.finance,
            ("not yours", task, "action_approve"),
            ("not yours", self.change.task_ids[0], "action_reject", "No"),
            ("", self.asked, "action_answer", "So"),
            ("", self.order, "action_o2c_recall"),
            ("", self.change, "action_withdraw"),
            ("not yours", task, "action_send_back", "Why?"),
        )
        self.refuse_all(
            self.order_admin,
            ("Choose a colleague", task, "action_ask_advice", self.portal.id, "Why?"),
            ("Choose a colleague", task, "action_ask_advice", 0, "Why?"),
            ("Choose a colleague", task, "action_ask_advice", "x", "Why?"),
            ("has not answered", task, "action_send_back", "Why?"),
            ("Write down", task, "action_send_back", " "),
            ("put to Sales", self.asked, "action_answer", "So"),
            (
                "cannot decide",
                self.make(
                    self.order_admin,
                    "o2c.approval.forward",
                    {"task_id": task.id, "user_id": self.idle.id, "comment": "x"},
                ),
                "action_forward",
            ),
            (
                "own order",
                self.make(
                    self.order_admin,
                    "o2c.approval.forward",
                    {
                        "task_id": task.id,
                        "user_id": self.salesperson.id,
                        "comment": "x",
                    },
                ),
                "action_forward",
            ),
        )

    def test_outsiders(self):
        models = (
            "o2c.order.change",
            "o2c.approval.delegation",
            "o2c.approval.analysis",
            "o2c.rejection.reason",
        )
        questions = self.env["o2c.approval.question"]
        for user in (self.portal, self.shipper, self.idle):
            self.refuse_all(
                user,
                ("", self.asked, "action_answer", "So"),
                ("", self.asked, "read", ["question"]),
                ("", self.open_task, "action_send_back", "Why?"),
                ("", self.open_task, "action_ask_advice", self.idle.id, "Why?"),
                ("", self.confirmed, "o2c_propose_change", self.more),
                ("", self.order, "action_o2c_nudge"),
                ("", self.change, "action_withdraw"),
            )
        self.refuse_all(
            self.portal,
            *(("", model, "search_read", [], ["id"]) for model in models),
            ("", questions._name, "search_read", [], ["id"]),
            ("", "o2c.approval.forward", "create", [{"task_id": self.open_task.id}]),
            ("", "o2c.ask", "create", [{}]),
        )

    def test_customer_reads_nothing_of_it(self):
        self.portal.partner_id.parent_id = self.customer
        for name in (
            "o2c_change_ids",
            "o2c_change_id",
            "o2c_change_difference",
            "o2c_change_waits_for",
            "o2c_change_user_id",
            "o2c_question_ids",
            "o2c_open_question_id",
            "o2c_my_task_note",
            "o2c_decision_ids",
            "o2c_approval_steps",
            "o2c_approval_banner",
            "o2c_note_to_deciders",
            "o2c_nudged_at",
        ):
            with self.subTest(name):
                self.assert_refused(self.portal, self.order, "read", [name])
        for order in (self.order, self.confirmed):
            order.sudo().state = "sent" if order == self.order else "sale"
            order._portal_ensure_token()
            self.authenticate(None, None)
            page = self.url_open(order.get_portal_url())
            self.assertEqual(page.status_code, 200)
            for word in ("Why?", "Order Administration", "Finance", "Approv"):
                self.assertNotIn(word, page.text)
