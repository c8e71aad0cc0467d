from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestApprovalQuestion(O2cCommon):
    """Asking before deciding: the salesperson, or a colleague for advice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._make_user("colleague", "base.group_user")
        cls.order = cls.make_order([(cls.product, 10)])
        cls.order.action_o2c_submit()
        cls.task = cls.tasks_of(cls.order_admin, cls.order)

    def ask(self, text="Why so cheap?"):
        action = self.order.with_user(self.order_admin).action_o2c_open_send_back()
        dialog = self.dialog(self.order_admin, action)
        dialog.question = text
        dialog.save().action_ask()
        return self.questions("question")

    def ask_advice(self, asked=None, text="Can we make it?"):
        action = self.order.with_user(self.order_admin).action_o2c_open_advice()
        dialog = self.dialog(self.order_admin, action)
        dialog.asked_user_id = asked or self.colleague
        dialog.question = text
        dialog.save().action_ask()
        return self.questions("advice")

    def dialog(self, user, action):
        model = self.env[action["res_model"]].with_user(user)
        return Form(model.with_context(**action["context"]))

    def answer(self, question, user, text="They pay in advance"):
        action = question.with_user(user).action_open_answer()
        dialog = self.dialog(user, action)
        self.assertEqual(dialog.question, question.question)
        dialog.answer = text
        dialog.save().action_answer()

    def questions(self, kind):
        found = self.order.sudo().o2c_question_ids
        return found.filtered(lambda question: question.kind == kind)[:1]

    def test_question_and_answer(self):
        question = self.ask()
        self.assertEqual(question.asked_user_id, self.salesperson)
        self.assertEqual(self.task.state, "pending")
        self.assertTrue(self.task.has_question)
        self.assertTrue(self.order._o2c_has_open_question())
        asker = self.order.with_user(self.order_admin)
        self.assertIn("has not answered yet", asker.o2c_my_task_note)
        todo = self.order.sudo().activity_ids.filtered(
            lambda t: t.user_id == self.salesperson
        )
        self.assertIn("Why so cheap?", todo.summary)
        mine = self.order.with_user(self.salesperson)
        self.assertEqual(mine.o2c_open_question_id, question)
        self.assertIn("Why so cheap?", mine.o2c_open_question_note)
        self.assertEqual(
            mine.action_o2c_open_answer()["context"]["default_question_id"],
            question.id,
        )
        self.answer(question, self.salesperson)
        self.assertEqual(question.state, "answered")
        self.assertEqual(question.answered_by_id, self.salesperson)
        self.assertFalse(self.task.has_question)
        self.assertFalse(self.order._o2c_has_open_question())
        self.assertEqual(
            asker.o2c_my_task_note,
            "Waits for your decision as Order Administration.",
        )
        self.assertFalse(todo.active)
        told = self.messages_to(self.order_admin, question)
        self.assertIn("They pay in advance", told)
        self.task.action_approve()
        self.assertEqual(self.task.state, "approved")

    def test_question_is_written_down_for_colleagues_only(self):
        self.answer(self.ask(), self.salesperson)
        note = self.env.ref("mail.mt_note")
        said = self.order.sudo().message_ids.filtered(
            lambda m: "Why so cheap?" in m.body or "They pay in advance" in m.body
        )
        self.assertEqual(len(said), 2)
        self.assertEqual(said.subtype_id, note)
        self.assertEqual(
            said.author_id, self.order_admin.partner_id | self.salesperson.partner_id
        )
        self.assertFalse(said.notified_partner_ids & self.customer)

    def test_sending_back_is_no_decision(self):
        self.ask()
        sent_back = self.task.sudo().decision_ids
        self.assertEqual(sent_back.decision, "sent_back")
        self.assertFalse(sent_back.counts)
        self.assertTrue(self.task.waits_for_me)
        self.assertTrue(self.task.can_decide)

    def test_one_question_at_a_time(self):
        self.ask()
        with self.refused("has not answered your last question"):
            self.ask("And why so late?")

    def test_needs_a_text(self):
        for text in ("  ", None, 7):
            with self.refused("want to know"):
                self.task.action_send_back(text)
        question = self.ask()
        with self.refused("Write an answer"):
            question.with_user(self.salesperson).action_answer(" ")

    def test_only_deciders_ask(self):
        for user in (self.finance, self.director):
            with self.refused("not yours"):
                self.task.with_user(user).action_send_back("Hm?")
            with self.refused("not yours"):
                self.task.with_user(user).action_ask_advice(self.colleague.id, "Hm?")

    def test_only_who_is_asked_answers(self):
        question = self.ask()
        for user in (self.order_admin, self.finance, self.salesperson2, self.colleague):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                question.with_user(user).action_answer("Forged")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialog = self.env["o2c.answer"].with_user(self.colleague)
            dialog = dialog.create({"question_id": question.id, "answer": "Forged"})
            dialog.action_answer()
        self.assertEqual(question.state, "open")

    def test_the_dialogs_tell_nothing(self):
        question = self.ask()
        dialog = self.env["o2c.answer"].with_user(self.colleague)
        dialog = dialog.create({"question_id": question.id, "answer": "x"})
        with self.assertRaises(AccessError):
            dialog.read(["question"])

    def test_not_answered_twice(self):
        question = self.ask()
        self.answer(question, self.salesperson)
        with self.refused("has answered already"):
            question.with_user(self.salesperson).action_answer("Again")

    def test_whose_order_it_is_by_now_answers(self):
        question = self.ask()
        self.order.sudo().user_id = self.salesperson2
        self.answer(question, self.salesperson2)
        self.assertEqual(question.answered_by_id, self.salesperson2)

    def test_advice_of_somebody_without_any_role(self):
        question = self.ask_advice()
        mine = question.with_user(self.colleague)
        self.assertFalse(self.order.with_user(self.colleague).has_access("read"))
        self.assertIn("Desk", mine.order_summary)
        self.assertIn("1,150.00", mine.order_summary)
        todo = question.sudo().activity_ids
        self.assertEqual(todo.user_id, self.colleague)
        self.assertIn("Can we make it?", todo.summary)
        self.assertFalse(self.task.has_question)
        self.assertFalse(self.order._o2c_has_open_question())
        self.answer(question, self.colleague, "By Friday")
        self.assertEqual(question.answer, "By Friday")
        self.assertFalse(todo.active)

    def test_shippers_see_no_prices(self):
        question = self.ask_advice(self.shipper)
        summary = question.with_user(self.shipper).order_summary
        self.assertIn("Desk", summary)
        for price in ("1,150.00", "1,000.00"):
            self.assertNotIn(price, summary)

    def test_advice_holds_nothing_up(self):
        question = self.ask_advice()
        self.task.action_approve()
        self.assertEqual(question.state, "cancelled")
        self.assertFalse(question.sudo().activity_ids)
        with self.refused("no longer needed"):
            question.with_user(self.colleague).action_answer("By Friday")

    def test_advice_of_whom(self):
        portal = self._make_user("customer", "base.group_portal")
        for user_id in (portal.id, self.order_admin.id, None, "1", 10**9):
            with self.refused("Choose a colleague"):
                self.task.action_ask_advice(user_id, "Hm?")

    def test_nobody_to_ask(self):
        order = self.make_order(user=self.order_admin)
        self.flow.step_ids.write({"allow_own": True})
        order.action_o2c_submit()
        task = self.tasks_of(self.order_admin, order)
        with self.refused("Nobody but you"):
            task.action_send_back("Hm?")

    def test_closed_with_the_task(self):
        for close in (
            lambda: self.order.action_o2c_recall(),
            lambda: self.order.action_cancel(),
            lambda: self.task.action_reject("No"),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                question = self.ask()
                close()
                self.assertEqual(question.state, "cancelled")
                self.assertFalse(self.order._o2c_has_open_question())
                self.assertFalse(
                    self.order.sudo().activity_ids.filtered(
                        lambda t: "Why so cheap?" in t.summary
                    )
                )
                savepoint.rollback()

    def test_nothing_is_forged(self):
        question = self.ask()
        questions = self.env["o2c.approval.question"]
        values = {
            "task_id": self.task.id,
            "kind": "question",
            "asked_by_id": self.finance.id,
            "asked_user_id": self.salesperson.id,
            "question": "Forged",
            "asked_at": "2026-01-01",
        }
        for user in (self.salesperson, self.order_admin, self.director):
            with self.assertRaises(AccessError):
                questions.with_user(user).create(values)
            with self.assertRaises(AccessError):
                question.with_user(user).write({"answer": "Forged"})
            with self.assertRaises(AccessError):
                question.with_user(user).unlink()
        with self.assertRaises(AccessError):
            question.with_user(self.salesperson2).read(["question"])
