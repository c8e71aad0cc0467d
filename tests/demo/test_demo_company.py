"""The demo company: every number agrees, and there is something at every stage."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemoCompany(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["sale.order"].search([])
        cls.confirmed = cls.orders.filtered(lambda order: order.state == "sale")

    def test_size(self):
        self.assertGreaterEqual(len(self.orders), 110)
        self.assertGreaterEqual(len(self.confirmed), 80)

    def test_every_stage_is_there(self):
        states = set(self.orders.mapped("o2c_approval_state"))
        self.assertEqual(states, {"none", "pending", "approved", "rejected"})
        collections = self.env["o2c.collection"].search([])
        self.assertEqual(
            set(collections.mapped("state")), {"to_confirm", "confirmed", "rejected"}
        )
        requests = self.env["o2c.invoice.request"].search([])
        self.assertEqual(set(requests.mapped("state")), {"to_issue", "issued"})
        questions = self.env["o2c.approval.question"].search([])
        self.assertEqual(questions.mapped("state"), ["open"])
        changes = self.env["o2c.order.change"].search([])
        self.assertEqual(changes.mapped("state"), ["pending"])
        self.assertTrue(self.orders.filtered("o2c_amount_returned"))
        self.assertTrue(self.orders.filtered("o2c_is_overdue"))

    def test_money_adds_up(self):
        for order in self.confirmed:
            self.assertAlmostEqual(
                order.o2c_amount_net,
                order.o2c_amount_collected
                - order.o2c_amount_refunded
                + order.o2c_amount_outstanding,
            )
            self.assertAlmostEqual(
                sum(order.o2c_installment_ids.mapped("amount")), order.o2c_amount_net
            )

    def test_facts_equal_the_documents(self):
        facts = self.env["o2c.fact"].search([])
        for name in ("collected", "refunded", "outstanding", "returned", "invoiced"):
            self.assertAlmostEqual(
                sum(facts.mapped(f"amount_{name}")),
                sum(self.confirmed.mapped(f"o2c_amount_{name}")),
                places=2,
            )

    def test_invoices_are_what_was_asked_for(self):
        issued = self.env["o2c.invoice.request"].search([("state", "=", "issued")])
        self.assertTrue(issued)
        for request in issued:
            self.assertEqual(
                sum(request.move_ids.mapped("amount_total")), request.amount
            )

    def test_nothing_is_invoiced_beyond_the_order(self):
        for order in self.confirmed:
            self.assertLessEqual(order.o2c_amount_invoiced, order.o2c_amount_net)

    def test_nobody_decided_their_own(self):
        decisions = self.env["o2c.approval.decision"].search([])
        self.assertTrue(decisions)
        for decision in decisions:
            self.assertNotEqual(decision.user_id, decision.order_id.user_id)

    def test_payments_once(self):
        confirmed = self.env["o2c.collection"].search([("state", "=", "confirmed")])
        self.assertEqual(len(confirmed.payment_id), len(confirmed))
        for collection in confirmed:
            self.assertEqual(collection.payment_id.amount, collection.amount)
