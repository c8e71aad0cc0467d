"""Customers who sign and pay on the portal, with rewards on the order."""

from o2c_payment import make_provider, make_transaction, receive
from o2c_rpc import RpcCase

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_o2c_flow.tests.test_approval_gate import SIGNATURE


@tagged("post_install", "-at_install")
class TestPromotionPortal(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = make_provider(cls.company)
        wallet = cls.env["loyalty.program"].create(
            {
                "name": "Wallet",
                "program_type": "ewallet",
                "trigger": "auto",
                "applies_on": "future",
                "o2c_not_discount": True,
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1.0,
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
        cls.card = cls.env["loyalty.card"].create(
            {
                "program_id": wallet.id,
                "partner_id": cls.customer.id,
                "points": 50.0,
            }
        )

    def setUp(self):
        super().setUp()
        # Customers follow the link of their mail, without signing in.
        self.authenticate(None, None)

    def quote(self, **values):
        """Return a quotation with a reward that was sent to the customer."""
        order = self.make_order(**values)
        order.action_open_reward_wizard()
        order.action_quotation_sent()
        order._portal_ensure_token()
        self.assertEqual(order.amount_total, 1100.0)
        return order

    def sign(self, order):
        return self.post(
            f"/my/orders/{order.id}/accept?access_token={order.access_token}",
            {"name": "Bob", "signature": SIGNATURE},
        )

    def get_bookings(self, order):
        domain = [("order_id", "=", order.id), ("order_model", "=", "sale.order")]
        return self.env["loyalty.history"].search(domain)

    def assert_waits(self, order):
        self.assertEqual((order.state, order.o2c_approval_state), ("sent", "pending"))
        self.assertEqual(self.card.points, 50.0)
        self.assertFalse(self.get_bookings(order))

    def assert_confirmed(self, order):
        self.assertEqual((order.state, order.amount_total), ("sale", 1100.0))
        self.assertEqual(self.card.points, 0.0)
        self.assertEqual(self.get_bookings(order).mapped("used"), [50.0])

    def test_signature(self):
        order = self.quote(require_signature=True, require_payment=False)
        answer = self.sign(order)
        self.assertIn("sign_ok", answer["redirect_url"])
        self.assertEqual(order.signed_by, "Bob")
        self.assert_waits(order)
        self.approve(order)
        self.assert_confirmed(order)

    def test_signature_without_a_flow(self):
        self.flow.active = False
        order = self.quote(require_signature=True, require_payment=False)
        self.assertIn("sign_ok", self.sign(order)["redirect_url"])
        self.assert_confirmed(order)

    def test_payment(self):
        order = self.quote(require_signature=False, require_payment=True)
        receive(make_transaction(self.provider, order, 1100.0))
        self.assert_waits(order)
        self.assertEqual(order.o2c_amount_collected, 1100.0)
        self.approve(order)
        self.assert_confirmed(order)
        self.assertEqual(order.o2c_amount_outstanding, 0.0)

    def test_points_gone_when_the_customer_signs(self):
        """Somebody spent them elsewhere: the customer meets no error."""
        order = self.quote(require_signature=True, require_payment=False)
        self.card.points = 0.0
        self.assertIn("sign_ok", self.sign(order)["redirect_url"])
        self.assertEqual(order.o2c_approval_state, "pending")
        self.approve(order)
        self.assertEqual((order.state, order.amount_total), ("sale", 1150.0))
