from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestInvoiceRequest(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.active = False
        cls.title = cls.env["o2c.invoice.title"].create(
            {"partner_id": cls.customer.id, "name": "Customer Ltd", "tax_id": "T-1"}
        )
        cls.order = cls.make_order()
        cls.order.action_confirm()

    def test_entry_from_the_order(self):
        action = self.order.action_o2c_new_invoice_request()
        model = self.env["o2c.invoice.request"].with_user(self.salesperson)
        request = Form(model.with_context(**action["context"])).save()
        self.assertEqual(request.amount, 1150.0)
        self.assertEqual(request.title_name, "Customer Ltd")
        self.assertEqual(request.mailing_email, "customer@example.com")

    def test_whole_order(self):
        request = self.request_invoice(self.order, 1150.0)
        move = request.sudo().move_ids
        self.assertEqual((move.state, move.amount_total), ("posted", 1150.0))
        self.assertIn("T-1", move.narration)
        self.assertEqual(self.order.o2c_amount_to_request, 0.0)
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_part_then_rest_with_two_taxes(self):
        other_tax = self.env["account.tax"].create({"name": "7 %", "amount": 7.0})
        self.product2.taxes_id = other_tax
        order = self.make_order([(self.product, 3), (self.product2, 7)])
        order.action_confirm()
        part = self.request_invoice(order, 123.45).sudo().move_ids
        self.assertEqual(part.amount_total, 123.45)
        rest = self.request_invoice(order, order.o2c_amount_to_request)
        self.assertAlmostEqual(
            rest.sudo().move_ids.amount_total + 123.45, order.amount_total
        )
        self.assertEqual(order.o2c_amount_to_request, 0.0)

    def test_returned_goods_are_not_invoiced(self):
        self.ship(self.order)
        self.take_back(self.order, 3)
        request = self.request_invoice(self.order, self.order.o2c_amount_to_request)
        self.assertEqual(request.amount, 805.0)
        move = request.sudo().move_ids
        self.assertEqual(move.amount_total, 805.0)
        self.assertEqual(move.invoice_line_ids.quantity, 7.0)
        self.assertEqual(self.order.o2c_amount_to_request, 0.0)

    def test_returned_goods_after_a_part_was_invoiced(self):
        self.request_invoice(self.order, 400.0)
        self.ship(self.order)
        self.take_back(self.order, 3)
        self.request_invoice(self.order, self.order.o2c_amount_to_request)
        moves = self.order.sudo().invoice_ids
        self.assertEqual(moves.mapped("amount_total"), [405.0, 400.0])

    def test_pending_counts(self):
        self.request_invoice(self.order, 1000.0, issue=False).action_submit()
        self.assertEqual(self.order.o2c_amount_to_request, 150.0)
        second = self.request_invoice(self.order, 151.0, issue=False)
        with self.assertRaisesRegex(UserError, "left to invoice"):
            second.action_submit()

    def test_native_invoice_in_between(self):
        request = self.request_invoice(self.order, 1000.0, issue=False)
        request.action_submit()
        self.order.sudo()._create_invoices()
        with self.assertRaisesRegex(UserError, "left to invoice"):
            request.with_user(self.finance).action_issue()
        self.assertEqual(request.state, "to_issue")

    def test_only_finance_issues(self):
        request = self.request_invoice(self.order, 1000.0, issue=False)
        request.action_submit()
        for user in (self.salesperson, self.director, self.warehouse):
            with self.assertRaises(AccessError):
                request.with_user(user).action_issue()

    def test_not_twice(self):
        request = self.request_invoice(self.order, 100.0)
        with self.assertRaisesRegex(UserError, "already decided by Finance"):
            request.with_user(self.finance2).action_issue()
        self.assertEqual(len(request.sudo().move_ids), 1)

    def test_nothing_can_be_forged(self):
        request = self.request_invoice(self.order, 100.0, issue=False)
        with self.assertRaises(AccessError):
            request.write({"state": "issued"})
        request.action_submit()
        with self.assertRaises(UserError):
            request.amount = 5.0
        with self.assertRaises(UserError):
            request.tax_id = "other"
        with self.assertRaises(UserError):
            request.unlink()

    def test_title_is_frozen(self):
        request = self.request_invoice(self.order, 100.0)
        self.title.write({"name": "Renamed", "tax_id": "T-2"})
        self.assertEqual((request.title_name, request.tax_id), ("Customer Ltd", "T-1"))

    def test_kind_that_needs_a_tax_id(self):
        self.title.tax_id = False
        request = self.request_invoice(self.order, 100.0, issue=False)
        request.kind_id = self.env.ref("sale_o2c_flow.invoice_kind_vat")
        with self.assertRaisesRegex(UserError, "needs a tax ID"):
            request.action_submit()

    def test_rejection(self):
        request = self.request_invoice(self.order, 100.0, issue=False)
        request.action_submit()
        request.with_user(self.finance).action_reject("Wrong title")
        self.assertEqual(request.state, "rejected")
        self.assertEqual(self.order.o2c_amount_to_request, 1150.0)

    def test_cancelled_invoice_reopens_the_amount(self):
        request = self.request_invoice(self.order, 1150.0)
        move = request.sudo().move_ids
        move.button_draft()
        move.button_cancel()
        self.assertEqual(self.order.o2c_amount_to_request, 1150.0)

    def test_draft_credit_note_reopens_nothing(self):
        move = self.request_invoice(self.order, 1150.0).sudo().move_ids
        credit = move.with_user(self.finance)._reverse_moves()
        self.assertEqual(self.order.o2c_amount_invoiced, 1150.0)
        self.assertEqual(self.order.o2c_amount_to_request, 0.0)
        second = self.request_invoice(self.order, 1150.0, issue=False)
        with self.refused("left to invoice"):
            second.action_submit()
        credit.action_post()
        self.assertEqual(self.order.o2c_amount_to_request, 1150.0)
        second.action_submit()
        second.with_user(self.finance).action_issue()
        self.assertEqual(self.order.o2c_amount_invoiced, 1150.0)
        # Back to draft, it has to be posted again before it gives anything back.
        credit.button_draft()
        self.assertEqual(self.order.o2c_amount_invoiced, 2300.0)
        self.assertEqual(self.order.o2c_amount_to_request, 0.0)

    def test_issued_request_is_for_finance_to_correct(self):
        request = self.request_invoice(self.order, 100.0, issue=False)
        request.mailing_email = "before@example.com"
        with self.refused("Only finance enters the number"):
            request.tax_invoice_number = "N-1"
        with self.refused("Only finance enters the number"):
            request.create(
                {
                    "order_id": self.order.id,
                    "amount": 1.0,
                    "tax_invoice_number": "N-1",
                }
            )
        values = {
            "mailing_email": "mine@example.com",
            "mailing_address": "My place",
            "note": "Other",
        }
        request.action_submit()
        for name, value in values.items():
            with self.refused("take it back"):
                request.write({name: value})
        request.with_user(self.finance).action_issue()
        for name, value in values.items():
            with self.refused("ask finance"):
                request.write({name: value})
        request.with_user(self.finance).write({**values, "tax_invoice_number": "N-1"})
        self.assertEqual(
            (request.tax_invoice_number, request.mailing_address), ("N-1", "My place")
        )
