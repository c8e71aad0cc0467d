from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestCashIdentity(O2cCommon):
    """Net value = collected - refunded + outstanding, whichever way money came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.active = False
        cls.order = cls.make_order()
        cls.other = cls.make_order([(cls.product2, 7)])
        (cls.order | cls.other).action_confirm()

    def check(self, order, collected, refunded=0.0):
        """Check an order's money, and that the facts agree with it."""
        self.assertEqual(order.o2c_amount_collected, collected)
        self.assertEqual(order.o2c_amount_refunded, refunded)
        self.assertAlmostEqual(
            order.o2c_amount_net, collected - refunded + order.o2c_amount_outstanding
        )
        facts = self.env["o2c.fact"].search([("order_id", "=", order.id)])
        for name in ("collected", "refunded", "outstanding", "invoiced"):
            self.assertAlmostEqual(
                sum(facts.mapped(f"amount_{name}")), order[f"o2c_amount_{name}"]
            )
        self.assertAlmostEqual(
            sum(facts.mapped("amount_ordered")) - sum(facts.mapped("amount_returned")),
            order.o2c_amount_net,
        )

    def pay(self, moves, amount=None):
        """Register a payment on invoices, the native way."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"group_payment": True})
        )
        if amount:
            wizard.amount = amount
        wizard.action_create_payments()

    def invoice(self, orders):
        moves = orders.sudo()._create_invoices(final=True)
        moves.action_post()
        return moves

    def test_collection_before_invoice(self):
        self.collect({self.order: 500.0})
        move = self.invoice(self.order)
        self.assertEqual(move.amount_residual, 650.0)
        self.check(self.order, 500.0)

    def test_collection_after_invoice(self):
        move = self.invoice(self.order)
        self.collect({self.order: 1150.0})
        self.assertEqual(move.payment_state, "paid")
        self.check(self.order, 1150.0)

    def test_payment_registered_on_the_invoice(self):
        self.pay(self.invoice(self.order), 400.0)
        self.check(self.order, 400.0)
        self.collect({self.order: 750.0})
        self.check(self.order, 1150.0)

    def test_payment_cancelled(self):
        move = self.invoice(self.order)
        self.pay(move, 400.0)
        payment = move._get_reconciled_payments()
        payment.action_draft()
        payment.action_cancel()
        self.check(self.order, 0.0)

    def test_money_for_one_order_never_pays_another(self):
        move = self.invoice(self.order)
        self.collect({self.order: 600.0, self.other: 200.0})
        self.assertEqual(move.amount_residual, 550.0)
        self.check(self.order, 600.0)
        self.check(self.other, 200.0)

    def test_invoice_of_several_orders(self):
        move = self.invoice(self.order | self.other)
        self.assertEqual(len(move), 1)
        self.pay(move, 1000.01)
        total = self.order.o2c_amount_collected + self.other.o2c_amount_collected
        self.assertAlmostEqual(total, 1000.01)
        self.check(self.order, self.order.o2c_amount_collected)
        self.check(self.other, self.other.o2c_amount_collected)

    def test_refund_collection(self):
        self.collect({self.order: 1150.0})
        self.collect({self.order: 150.0}, direction="refund")
        self.check(self.order, 1150.0, 150.0)

    def test_down_payment_then_final(self):
        self.request_invoice(self.order, 300.0)
        self.collect({self.order: 300.0})
        self.request_invoice(self.order, 850.0)
        moves = self.order.sudo().invoice_ids
        self.assertEqual(sorted(moves.mapped("amount_total")), [300.0, 850.0])
        self.check(self.order, 300.0)
        self.pay(moves.filtered("amount_residual"))
        self.check(self.order, 1150.0)

    def test_credit_note_is_no_money(self):
        move = self.invoice(self.order)
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"journal_id": move.journal_id.id}).refund_moves()
        credit = move.reversal_move_ids
        credit.action_post()
        lines = (move | credit).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.filtered(lambda line: not line.reconciled).reconcile()
        self.check(self.order, 0.0)
        self.assertEqual(self.order.o2c_amount_invoiced, 0.0)

    def test_salesperson_sees_own_facts_only(self):
        facts = self.env["o2c.fact"]
        mine = facts.with_user(self.salesperson).search([])
        self.assertEqual(mine.order_id, self.order | self.other)
        self.assertFalse(facts.with_user(self.salesperson2).search([]))
