from odoo.tests import tagged

from odoo.addons.sale_o2c_flow.tests.test_approval_gate import SIGNATURE

from .common import PromotionCommon


@tagged("post_install", "-at_install")
class TestPromotionGate(PromotionCommon):
    """Points, coupons and mails come with the confirmation, once, and not before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.make_next_order_coupons()
        cls.wallet = cls.make_program(
            {
                "discount_mode": "per_point",
                "discount": 1.0,
                "required_points": 1,
            },
            name="Wallet",
            program_type="ewallet",
            applies_on="future",
            rule_ids=[],
        )
        cls.card = cls.loyalty_card.create(
            {
                "program_id": cls.wallet.id,
                "partner_id": cls.customer.id,
                "points": 50.0,
            }
        )

    def mails_of(self, program):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "loyalty.card"),
                ("res_id", "in", self.cards_of(program).ids),
            ]
        )

    def assert_nothing_happened(self, order):
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        self.assertEqual(self.card.points, 50.0)
        self.assertFalse(self.history_of(order))
        self.assertFalse(self.mails_of(self.program))

    def assert_happened_once(self, order):
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(self.history_of(order).filtered("issued")), 1)
        cards = self.cards_of(self.program).filtered(lambda c: c.order_id == order)
        self.assertEqual(cards.mapped("points"), [1.0])
        self.assertEqual(len(self.mails_of(self.program)), 1)

    def make_paid_order(self, **values):
        """Return an order partly paid out of the wallet."""
        order = self.make_order(**values)
        self.give(order, self.wallet)
        self.assertEqual(order.amount_total, 1100.0)
        return order

    def test_button(self):
        order = self.make_paid_order()
        order.action_confirm()
        self.assert_nothing_happened(order)
        order.action_confirm()
        self.assert_nothing_happened(order)
        self.approve(order)
        self.assert_happened_once(order)
        self.assertEqual(self.card.points, 0.0)
        self.assertEqual(order.amount_total, 1100.0)

    def test_diverted_order_without_rewards_has_no_cards(self):
        order = self.make_order()
        order.action_confirm()
        self.assertFalse(self.cards_of(self.program))
        self.approve(order)
        self.assert_happened_once(order)

    def test_submit_button(self):
        order = self.make_paid_order()
        order.action_o2c_submit()
        self.assert_nothing_happened(order)
        self.approve(order)
        self.assert_happened_once(order)

    def test_several_orders_from_the_list(self):
        self.flow.domain = "[('client_order_ref', '=', 'held')]"
        held = self.make_paid_order(client_order_ref="held")
        free = self.make_order()
        (held | free).action_confirm()
        self.assertEqual(free.state, "sale")
        self.assertEqual(held.o2c_approval_state, "pending")
        self.assertEqual(self.card.points, 50.0)
        self.assertFalse(self.history_of(held))
        self.assertEqual(len(self.history_of(free)), 1)
        self.approve(held)
        self.assertEqual(self.card.points, 0.0)
        self.assertTrue(self.history_of(held))
        self.assertEqual(len(self.history_of(free)), 1)

    def test_customer_signs(self):
        order = self.make_paid_order(require_signature=True)
        customer_order = order.with_user(self.env.ref("base.public_user")).sudo()
        customer_order.write({"signed_by": "Customer", "signature": SIGNATURE})
        customer_order._validate_order()
        self.assert_nothing_happened(order)
        self.assertTrue(order.signature)
        self.approve(order)
        self.assert_happened_once(order)
        self.assertEqual(self.card.points, 0.0)

    def test_customer_signs_what_is_free(self):
        """Loyalty invoices it at once, which it cannot before it is confirmed."""
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        self.card.points = 5000.0
        order = self.make_order()
        self.give(order, self.wallet)
        self.assertEqual(order.amount_total, 0.0)
        customer_order = order.with_user(self.env.ref("base.public_user")).sudo()
        customer_order.write({"signed_by": "Customer", "signature": SIGNATURE})
        customer_order._validate_order()
        self.assertEqual(order.o2c_approval_state, "pending")
        self.assertFalse(order.sudo().invoice_ids)
        self.assertEqual(self.card.points, 5000.0)
        self.policy_allows_everything()
        order.action_confirm()
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.sudo().invoice_ids.state, "posted")
        self.assertEqual(self.card.points, 3850.0)

    def policy_allows_everything(self):
        tiers = self.env.ref("sale_o2c_flow.discount_policy_standard").tier_ids
        tiers.authority = "self"

    def test_points_spent_meanwhile(self):
        """The order falls due again without them, and nobody meets an error."""
        order = self.make_paid_order()
        order.action_confirm()
        self.approve(order, self.order_admin, self.finance)
        self.card.points = 0.0
        self.approve(order, self.warehouse)
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        self.assertEqual(order.amount_total, 1150.0)
        self.approve(order)
        self.assert_happened_once(order)

    def test_cancelled_in_approval(self):
        order = self.make_paid_order()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.card.points, 50.0)
        self.assertFalse(self.rewards_of(order, self.wallet))
        self.assertFalse(self.cards_of(self.program).filtered("points"))
        self.assertFalse(self.mails_of(self.program))

    def test_cancelled_when_confirmed(self):
        order = self.make_paid_order()
        order.action_confirm()
        self.approve(order)
        order._action_cancel()
        self.assertEqual(self.card.points, 50.0)
        self.assertFalse(self.history_of(order))

    def test_without_a_flow(self):
        self.flow.active = False
        order = self.make_paid_order()
        order.action_confirm()
        self.assert_happened_once(order)
        self.assertEqual(self.card.points, 0.0)

    def test_approvals_stand_while_rewards_are_worked_out(self):
        order = self.make_paid_order()
        order.action_confirm()
        self.approve(order, self.order_admin)
        order.action_open_reward_wizard()
        tasks = order.sudo().o2c_task_ids
        self.assertEqual(tasks.mapped("state").count("approved"), 1)
        self.assertNotIn("superseded", tasks.mapped("state"))
