from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestCollection(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.active = False
        cls.order = cls.make_order()
        cls.order.action_confirm()

    def test_entry_from_the_order(self):
        action = self.order.action_o2c_new_collection()
        model = self.env["o2c.collection"].with_user(self.salesperson)
        collection = Form(model.with_context(**action["context"])).save()
        self.assertEqual(collection.amount, 1150.0)
        self.assertEqual(collection.allocation_ids.order_id, self.order)

    def test_pending_is_shown_and_not_counted(self):
        collection = self.collect({self.order: 400.0}, confirm=False)
        collection.action_submit()
        self.assertEqual(self.order.o2c_amount_pending, 400.0)
        self.assertEqual(self.order.o2c_amount_outstanding, 1150.0)
        self.assertEqual(
            collection.sudo().activity_ids.user_id, self.finance | self.finance2
        )

    def test_confirmation_posts_one_payment(self):
        collection = self.collect({self.order: 400.0})
        payment = collection.sudo().payment_id
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.amount, 400.0)
        self.assertEqual(self.order.o2c_amount_outstanding, 750.0)
        self.assertFalse(collection.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "already decided by Finance"):
            collection.with_user(self.finance2).action_confirm()
        payments = self.env["account.payment"].search(
            [("o2c_collection_id", "=", collection.id)]
        )
        self.assertEqual(len(payments), 1)

    def test_only_finance_confirms(self):
        collection = self.collect({self.order: 400.0}, confirm=False)
        collection.action_submit()
        for user in (self.salesperson, self.director, self.warehouse):
            with self.assertRaises(AccessError):
                collection.with_user(user).action_confirm()
            with self.assertRaises(AccessError):
                collection.with_user(user).action_reject("No")

    def test_four_eyes(self):
        collection = self.collect({self.order: 400.0}, user=self.finance, confirm=False)
        collection.action_submit()
        with self.assertRaisesRegex(UserError, "a colleague has to confirm"):
            collection.action_confirm()
        self.company.o2c_collection_self_confirm = True
        collection.action_confirm()
        self.assertEqual(collection.state, "confirmed")

    def test_four_eyes_on_what_finance_rewrote(self):
        collection = self.collect({self.order: 400.0}, confirm=False)
        collection.action_submit()
        rewritten = collection.with_user(self.finance)
        rewritten.action_return_to_draft()
        rewritten.allocation_ids.amount = 900.0
        rewritten.action_submit()
        with self.refused("a colleague has to confirm"):
            rewritten.action_confirm()
        with self.assertRaises(AccessError):
            rewritten.submitted_by_id = self.salesperson
        collection.with_user(self.finance2).action_confirm()
        self.assertEqual(self.order.o2c_amount_collected, 900.0)

    def test_more_than_outstanding_is_refused(self):
        first = self.collect({self.order: 1000.0}, confirm=False)
        first.action_submit()
        second = self.collect({self.order: 151.0}, confirm=False)
        with self.assertRaisesRegex(UserError, "150.00 at most"):
            second.action_submit()
        second.allocation_ids.amount = 150.0
        second.action_submit()
        self.assertEqual(second.state, "to_confirm")

    def test_incomplete_is_refused(self):
        collection = self.collect({self.order: 100.0}, confirm=False)
        collection.amount = 120.0
        with self.assertRaisesRegex(UserError, "Both have to be the same"):
            collection.action_submit()
        collection.amount = 100.0
        collection.date = fields.Date.today() + timedelta(days=2)
        with self.assertRaisesRegex(UserError, "in the future"):
            collection.action_submit()

    def test_rejection(self):
        collection = self.collect({self.order: 100.0}, confirm=False)
        collection.action_submit()
        with self.assertRaisesRegex(UserError, "Say why"):
            collection.with_user(self.finance).action_reject("")
        collection.with_user(self.finance).action_reject("Not on the statement")
        self.assertEqual(collection.state, "rejected")
        self.assertEqual(self.order.o2c_amount_pending, 0.0)
        self.assertEqual(collection.sudo().activity_ids.user_id, self.salesperson)

    def test_nothing_can_be_forged(self):
        collection = self.collect({self.order: 100.0}, confirm=False)
        for name, value in (
            ("state", "confirmed"),
            ("decided_by_id", 1),
            ("name", "X"),
        ):
            with self.assertRaises(AccessError):
                collection.write({name: value})
        with self.assertRaises(AccessError):
            self.collect({self.order: 1.0}, confirm=False, state="confirmed")
        collection.action_submit()
        with self.assertRaises(UserError):
            collection.allocation_ids.amount = 5.0
        with self.assertRaises(UserError):
            collection.write({"allocation_ids": [Command.clear()]})
        with self.assertRaises(UserError):
            collection.unlink()

    def test_colleague_sees_nothing(self):
        collection = self.collect({self.order: 100.0}, confirm=False)
        with self.assertRaises(AccessError):
            collection.with_user(self.salesperson2).read(["amount"])

    def test_payment_cannot_be_undone_behind_its_back(self):
        collection = self.collect({self.order: 100.0})
        payment = collection.sudo().payment_id
        with self.assertRaisesRegex(UserError, collection.name):
            payment.action_draft()
        with self.assertRaisesRegex(UserError, collection.name):
            payment.move_id.button_draft()
        with self.assertRaisesRegex(UserError, collection.name):
            payment.move_id._reverse_moves(cancel=True)

    def test_plan_follows_the_payment_term(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30}),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 30}
                    ),
                ],
            }
        )
        order = self.make_order([(self.product2, 7)], payment_term_id=term.id)
        order.action_confirm()
        plan = order.o2c_installment_ids
        self.assertAlmostEqual(sum(plan.mapped("amount")), order.amount_total)
        self.assertEqual(order.o2c_next_due_date, plan[0].date_due)
        self.collect({order: plan[0].amount})
        self.assertEqual(plan.mapped("state"), ["paid", "upcoming"])
        self.assertEqual(order.o2c_next_due_date, plan[1].date_due)
        order.order_line.product_uom_qty = 6
        self.assertAlmostEqual(sum(plan.mapped("amount")), order.amount_total)

    def _settle_by_entry(self, journal_type, amount):
        """Take an amount from what the customer owes, as an accountant."""
        accountant = self._make_user(
            f"accountant_{journal_type}", "account.group_account_user"
        )
        env = self.env(user=accountant)
        journal = env["account.journal"].search(
            [("type", "=", journal_type), ("company_id", "=", self.company.id)], limit=1
        )
        entry = env["account.move"].create(
            self._prepare_receipt_entry(self.customer, journal, amount)
        )
        entry.action_post()
        lines = entry.line_ids | self.order.invoice_ids.with_env(env).line_ids
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()

    def test_write_off_is_not_money(self):
        self.request_invoice(self.order, 1150.0)
        self._settle_by_entry("general", 150.0)
        self.assertEqual(self.order.o2c_amount_collected, 0.0)
        self.assertEqual(self.order.o2c_amount_outstanding, 1150.0)
        self._settle_by_entry("bank", 1000.0)
        self.assertEqual(self.order.o2c_amount_collected, 1000.0)
        self.assertEqual(self.order.o2c_amount_outstanding, 150.0)

    def test_money_of_another_customer(self):
        other = self.env["res.partner"].create({"name": "Other"})
        with self.refused("Payer Name"):
            self.collect({self.order: 100.0}, confirm=False, partner_id=other.id)
        collection = self.collect({}, confirm=False, partner_id=other.id)
        with self.refused("Payer Name"):
            collection.allocation_ids.create(
                {
                    "collection_id": collection.id,
                    "order_id": self.order.id,
                    "amount": 100.0,
                }
            )
        collection = self.collect({self.order: 100.0}, confirm=False)
        with self.refused("Payer Name"):
            collection.partner_id = other
        collection.partner_id = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id}
        )
        collection.payer_name = "Other"
        collection.action_submit()
        self.assertEqual(collection.state, "to_confirm")
