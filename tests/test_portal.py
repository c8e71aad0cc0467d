"""Customers who sign and pay on the portal, over HTTP, while approvals are due."""

from o2c_payment import make_provider, make_transaction
from o2c_rpc import RpcCase

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

# The smallest picture there is.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhf"
    "DwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class PortalCase(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = make_provider(cls.company)

    def setUp(self):
        super().setUp()
        # Customers follow the link of their mail, without signing in.
        self.authenticate(None, None)

    def quote(self, lines=None, **values):
        """Return a quotation that was sent to the customer."""
        values = {"require_signature": True, "require_payment": False, **values}
        order = self.make_order(lines, **values)
        order.action_quotation_sent()
        order._portal_ensure_token()
        return order

    def sign(self, order, token=None):
        return self.post(
            f"/my/orders/{order.id}/accept?access_token={token or order.access_token}",
            {"name": "Bob", "signature": SIGNATURE},
        )

    def assert_signed(self, order, answer):
        self.assertNotIn("error", answer)
        self.assertIn("sign_ok", answer["redirect_url"])
        self.assertEqual((order.signed_by, bool(order.signature)), ("Bob", True))
        page = self.url_open(answer["redirect_url"])
        self.assertEqual(page.status_code, 200)
        self.assertIn(order.name, page.text)

    def pay(self, order, amount, post_process=True):
        """Pay as the payment form does, and have the provider report the money."""
        values = self.post(
            f"/my/orders/{order.id}/transaction",
            {
                "access_token": order.access_token,
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[0].id,
                "token_id": None,
                "amount": amount,
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": order.get_portal_url(),
            },
        )
        tx = self.env["payment.transaction"].search(
            [("reference", "=", values["reference"])]
        )
        tx._set_done()
        if post_process:
            # What the page does on which the customer waits.
            status = self.post("/payment/status/poll", {})
            self.assertEqual(status["state"], "done")
        return tx

    def mails(self, order):
        """Return what was sent to the customer."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("notified_partner_ids", "in", order.partner_id.ids),
            ]
        )

    def told_of_payment(self, order):
        return any("payment" in mail.body for mail in self.mails(order))

    def assert_waits(self, order):
        self.assertIn(order.state, ("draft", "sent"))
        self.assertEqual(order.o2c_approval_state, "pending")
        self.assertFalse(order.sudo().picking_ids)


@tagged("post_install", "-at_install")
class TestSignature(PortalCase):
    def test_waits_and_confirms_itself(self):
        order = self.quote()
        self.assert_signed(order, self.sign(order))
        self.assert_waits(order)
        self.assertEqual(order.o2c_submitted_by_id, self.salesperson)
        # A second click is answered, not broken.
        self.assertIn("error", self.sign(order))
        self.approve(order, self.order_admin, self.finance)
        self.assert_waits(order)
        self.approve(order, self.warehouse)
        self.assertEqual((order.state, order.signed_by), ("sale", "Bob"))
        self.assertTrue(order.signature)

    def test_confirmation_mail_comes_with_the_confirmation(self):
        order = self.quote()
        self.sign(order)
        before = self.mails(order)
        self.approve(order)
        self.assertEqual(len(self.mails(order)), len(before) + 1)

    def test_while_in_approval_already(self):
        order = self.quote()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.assert_signed(order, self.sign(order))
        self.assert_waits(order)
        self.approve(order, self.finance, self.warehouse)
        self.assertEqual(order.state, "sale")

    def test_rejected(self):
        order = self.quote()
        self.sign(order)
        self.tasks_of(self.order_admin, order).action_reject("Wrong terms")
        self.assertEqual(order.o2c_approval_state, "rejected")
        self.assertTrue(order.signature)
        told = self.messages_to(self.salesperson, order)
        self.assertIn("has signed it: the signature is on hold", told)
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Wrong terms", page.text)
        # The salesperson mends it; the customer need not sign again.
        order.action_o2c_submit()
        self.approve(order)
        self.assertEqual((order.state, order.signed_by), ("sale", "Bob"))

    def test_signed_after_a_rejection(self):
        order = self.quote()
        order.action_o2c_submit()
        self.tasks_of(self.order_admin, order).action_reject("Wrong terms")
        self.assert_signed(order, self.sign(order))
        self.assertEqual(order.o2c_approval_state, "rejected")
        self.assertIn(self.salesperson, order.sudo().activity_ids.user_id)
        told = self.messages_to(self.salesperson, order)
        self.assertIn("the signature is on hold", told)

    def test_discount_nobody_may_give(self):
        order = self.quote([(self.product, 1, None, 60.0)])
        self.assertEqual(order.o2c_discount_authority, "forbidden")
        self.assert_signed(order, self.sign(order))
        self.assert_waits(order)

    def test_without_a_flow(self):
        self.flow.active = False
        order = self.quote()
        self.assert_signed(order, self.sign(order))
        self.assertEqual(order.state, "sale")

    def test_wrong_token(self):
        order = self.quote()
        self.assertEqual(self.sign(order, "wrong"), {"error": "Invalid order."})
        self.assertEqual(order.o2c_approval_state, "none")

    def test_declined_while_in_approval(self):
        order = self.quote()
        order.action_o2c_submit()
        data = {
            "csrf_token": Request.csrf_token(self),
            "access_token": order.access_token,
            "decline_message": "Too dear",
        }
        self.url_open(f"/my/orders/{order.id}/decline", data=data)
        self.env.invalidate_all()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self.tasks_of(self.order_admin, order))
        self.assertFalse(order.sudo().activity_ids)


@tagged("post_install", "-at_install")
class TestOptions(PortalCase):
    """Customers who choose among optional products of a quotation."""

    def choose(self, order, quantity):
        line = order.order_line.filtered(lambda item: item.product_id == self.product2)
        self.post(
            f"/my/orders/{order.id}/update_line_dict",
            {
                "access_token": order.access_token,
                "line_id": line.id,
                "input_quantity": quantity,
            },
        )
        self.assertEqual(line.product_uom_qty, quantity)

    def quote_with_option(self):
        section = {
            "display_type": "line_section",
            "name": "Extras",
            "is_optional": True,
        }
        lines = [
            Command.create(self._prepare_line(self.product, 10)),
            Command.create(section),
            Command.create(self._prepare_line(self.product2, 1)),
        ]
        return self.quote(order_line=lines)

    def test_while_in_approval(self):
        order = self.quote_with_option()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.choose(order, 3)
        self.assertTrue(self.tasks_of(self.order_admin, order))
        self.assert_signed(order, self.sign(order))
        self.assert_waits(order)
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 1264.99)

    def test_less_needs_nobody_again(self):
        order = self.quote_with_option()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.choose(order, 0)
        self.assertFalse(self.tasks_of(self.order_admin, order))


@tagged("post_install", "-at_install")
class TestOrderDiscount(PortalCase):
    """Customers whose quotation, made of a template, has a discount on the whole."""

    def quote_from_template(self, **values):
        """Return a quotation over 1150 with a Chair to choose, over 38.33 each."""
        template = self.env["sale.order.template"].create(
            {
                "name": "Office",
                "sale_order_template_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 10}
                    ),
                    Command.create(
                        {
                            "display_type": "line_section",
                            "name": "Extras",
                            "is_optional": True,
                        }
                    ),
                    Command.create(
                        {"product_id": self.product2.id, "product_uom_qty": 3}
                    ),
                ],
            }
        )
        self.salesperson.group_ids |= self.env.ref(
            "sale_management.group_sale_order_template"
        )
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            form.sale_order_template_id = template
            for name, value in values.items():
                form[name] = value
        order = form.record
        order.action_quotation_sent()
        order._portal_ensure_token()
        return order

    def agree_on(self, total):
        return self.quote_from_template(
            o2c_order_discount_type="total", o2c_agreed_total=total
        )

    def choose(self, order, product, quantity):
        """Have the customer set a quantity, and return what the server answers."""
        line = order.order_line.filtered(lambda item: item.product_id == product)
        return self.post(
            f"/my/orders/{order.id}/update_line_dict",
            {
                "access_token": order.access_token,
                "line_id": line.id,
                "input_quantity": quantity,
            },
        )

    def assert_page_says(self, order, total):
        """Check that the customer's page shows a total, which the lines add up to."""
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertIn(f"{total:,.2f}", page.text)
        self.assertEqual(order.amount_total, total)
        lines = order.order_line.filtered(lambda line: not line.display_type)
        self.assertAlmostEqual(sum(lines.mapped("price_total")), total)

    def test_agreed_total_stays(self):
        order = self.agree_on(1000.0)
        self.assert_page_says(order, 1000.0)
        for quantity in (5, 0, 2):
            with self.subTest(quantity):
                self.choose(order, self.product2, quantity)
                self.assert_page_says(order, 1000.0)
                discount = order.order_line.filtered(
                    lambda line: line.o2c_is_order_discount and not line.display_type
                )
                self.assertEqual(len(discount), 1)

    def test_less_than_was_agreed_on(self):
        """Without the extras the order is cheaper than agreed: the customer pays what is
        left, and the salesperson sees why."""
        order = self.agree_on(1200.0)
        self.assertEqual(order.amount_total, 1200.0)
        self.choose(order, self.product2, 0)
        self.assert_page_says(order, 1150.0)
        self.assertIn("surcharge", order.o2c_order_discount_problem)

    def test_percentage_follows(self):
        order = self.quote_from_template(
            o2c_order_discount_type="percent", o2c_order_discount_percent=10.0
        )
        self.choose(order, self.product2, 0)
        self.assert_page_says(order, 1035.0)
        self.choose(order, self.product2, 10)
        self.assert_page_says(order, 1379.97)

    def test_discount_line_is_not_for_customers(self):
        order = self.agree_on(1000.0)
        discount = order.order_line.filtered(
            lambda line: line.o2c_is_order_discount and not line.display_type
        )
        for quantity in (5, 0):
            answer = self.choose(order, discount.product_id, quantity)
            self.assert_page_says(order, 1000.0)
            self.assertFalse(answer)

    def test_beyond_the_salesperson_s_authority(self):
        """It waits for those who may give as much, and confirms itself."""
        order = self.agree_on(950.0)
        self.assertNotIn(order.o2c_discount_authority, ("self", "forbidden"))
        self.assert_signed(order, self.sign(order))
        self.approve(order, self.order_admin, self.leader, self.finance, self.warehouse)
        self.assert_waits(order)
        self.approve(order, self.director)
        self.assertEqual(order.state, "sale")
        self.assertEqual((order.amount_total, order.signed_by), (950.0, "Bob"))


@tagged("post_install", "-at_install")
class TestOnlinePayment(PortalCase):
    def paid_quote(self, **values):
        return self.quote(require_signature=False, require_payment=True, **values)

    def test_waits_and_confirms_itself(self):
        order = self.paid_quote()
        tx = self.pay(order, 1150.0)
        self.assert_waits(order)
        self.assertEqual(tx.payment_id.state, "in_process")
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        self.assertEqual(order.o2c_amount_collected, 1150.0)
        self.assertEqual(order.o2c_amount_outstanding, -1150.0)
        self.assertTrue(self.told_of_payment(order))
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.o2c_amount_collected, 1150.0)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_invoice_takes_the_money(self):
        order = self.paid_quote()
        self.pay(order, 1150.0)
        self.approve(order)
        request = self.request_invoice(order, 1150.0)
        self.assertEqual(request.sudo().move_ids.payment_state, "paid")
        self.assertEqual(order.o2c_amount_collected, 1150.0)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_prepayment(self):
        """A part that suffices for the confirmation; one that does not."""
        order = self.paid_quote(prepayment_percent=0.5)
        self.pay(order, 575.0)
        self.assert_waits(order)
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.o2c_amount_outstanding, 575.0)
        self.pay(order, 575.0)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)
        order = self.paid_quote(prepayment_percent=0.5)
        self.pay(order, 100.0)
        self.assertEqual((order.state, order.o2c_approval_state), ("sent", "none"))
        self.assertEqual(order.o2c_amount_collected, 100.0)

    def test_signature_and_payment(self):
        order = self.quote(require_payment=True)
        self.assert_signed(order, self.sign(order))
        self.assertEqual(order.o2c_approval_state, "none")
        self.pay(order, 1150.0)
        self.assert_waits(order)
        self.approve(order)
        self.assertEqual((order.state, order.signed_by), ("sale", "Bob"))

    def test_rejected_with_money_on_hold(self):
        order = self.paid_quote()
        tx = self.pay(order, 1150.0)
        self.tasks_of(self.order_admin, order).action_reject("Cannot deliver")
        told = self.messages_to(self.salesperson, order)
        self.assertIn("has paid $ 1,150.00: the money is on hold", told)
        self.assertEqual(tx.payment_id.state, "in_process")
        self.assertEqual(order.o2c_amount_outstanding, -1150.0)
        order.action_cancel()
        self.assertEqual(order.o2c_amount_outstanding, -1150.0)
        # The money goes back, although the order was never confirmed.
        self.collect({order: 1150.0}, direction="refund")
        self.assertEqual(order.o2c_amount_refunded, 1150.0)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_paid_after_a_rejection(self):
        order = self.paid_quote()
        order.action_o2c_submit()
        self.tasks_of(self.order_admin, order).action_reject("No")
        self.pay(order, 1150.0)
        self.assertEqual(order.o2c_approval_state, "rejected")
        self.assertEqual(order.o2c_amount_collected, 1150.0)
        self.assertTrue(self.told_of_payment(order))
        told = self.messages_to(self.salesperson, order)
        self.assertIn("the money is on hold", told)

    def test_invoices_itself_once_confirmed(self):
        """With automatic invoices: not while the order waits, but then."""
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        order = self.paid_quote()
        tx = self.pay(order, 1150.0)
        self.assert_waits(order)
        self.assertFalse(order.sudo().invoice_ids)
        self.approve(order)
        invoice = order.sudo().invoice_ids
        self.assertEqual((invoice.amount_total, invoice.state), (1150.0, "posted"))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(tx.invoice_ids, invoice)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_page_closed_too_early(self):
        """The job that works transactions off does what the page would have done."""
        order = self.paid_quote()
        tx = self.pay(order, 1150.0, post_process=False)
        self.assertFalse(tx.payment_id)
        self.assertEqual(order.o2c_amount_collected, 1150.0)
        tx.with_user(SUPERUSER_ID)._post_process()
        self.assert_waits(order)
        self.assertTrue(tx.payment_id)
        self.assertEqual(order.o2c_amount_collected, 1150.0)

    def test_wire_transfer(self):
        """Announced first, there some days later."""
        order = self.paid_quote()
        tx = make_transaction(self.provider, order, 1150.0)
        tx._set_pending()
        tx._post_process()
        self.assertEqual((order.state, order.o2c_approval_state), ("sent", "none"))
        self.assertEqual(order.o2c_amount_collected, 0.0)
        self.assertTrue(self.told_of_payment(order))
        self.env.invalidate_all()
        tx._set_done()
        tx._post_process()
        self.assert_waits(order)
        self.assertEqual(order.o2c_amount_collected, 1150.0)
        self.approve(order)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_transfer_only_announced_confirms_nothing(self):
        """Where the salesperson confirms, money that is here does instead, and money
        that is promised does not."""
        self.flow.confirms = False
        order = self.paid_quote()
        tx = make_transaction(self.provider, order, 1150.0)
        tx._set_pending()
        tx._post_process()
        order.action_o2c_submit()
        self.approve(order)
        self.assertEqual((order.state, order.o2c_approval_state), ("sent", "approved"))
        self.env.invalidate_all()
        tx._set_done()
        tx._post_process()
        self.assertEqual(order.state, "sale")

    def test_two_payments_and_a_failed_one(self):
        order = self.paid_quote()
        failed = make_transaction(self.provider, order, 1150.0)
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            failed._set_error("No money")
        self.pay(order, 600.0)
        self.assertEqual(order.o2c_approval_state, "none")
        self.pay(order, 550.0)
        self.assert_waits(order)
        self.assertEqual(order.o2c_amount_collected, 1150.0)
