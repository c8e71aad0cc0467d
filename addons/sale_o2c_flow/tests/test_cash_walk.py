"""Whatever happens to the money of orders, in whatever sequence, it adds up.

A seeded random walk over everything people can do with money; after each step the
orders' amounts are compared with what plain Python finds in the documents.
"""

import random
from collections import defaultdict

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon

SEEDS = range(3)
# How often everything that can happen is tried in a walk.
ROUNDS = 3


class CashBook:
    """Adds up the money of orders from the documents, without the addon's help."""

    def __init__(self, orders):
        self.orders = orders.sudo()
        self.amounts = defaultdict(lambda: {"collected": 0.0, "refunded": 0.0})
        self._add_collections()
        self._add_invoices()
        self._add_online()

    def get(self, order):
        """Return what was collected and refunded for an order."""
        amounts = self.amounts[order.id]
        return round(amounts["collected"], 2), round(amounts["refunded"], 2)

    def get_invoiced(self, order):
        """Return what is invoiced of an order: drafts too, unless they credit."""
        total = 0.0
        for move in order.invoice_ids:
            counts = (
                ("draft", "posted") if move.move_type == "out_invoice" else "posted"
            )
            if move.state in counts:
                sign = 1 if move.move_type == "out_invoice" else -1
                total += sign * self._get_invoiced_part(move, order)
        return round(total, 2)

    def _get_invoiced_part(self, move, order):
        """Return what of an invoice is the order's; the largest has the rounding."""
        parts = defaultdict(float)
        for line in move.invoice_line_ids:
            parts[line.sale_line_ids.order_id[:1]] += line.price_total
        largest = min(parts, key=lambda o: (-round(parts[o], 2), o.id))
        parts[largest] += move.amount_total - sum(parts.values())
        return parts[order]

    def _add(self, order, amount):
        kind = "collected" if amount > 0 else "refunded"
        self.amounts[order.id][kind] += abs(amount)

    def _add_collections(self):
        for allocation in self.orders.o2c_allocation_ids:
            collection = allocation.collection_id
            if collection.state == "confirmed":
                sign = 1 if collection.direction == "receive" else -1
                self._add(allocation.order_id, sign * allocation.amount)

    def _add_invoices(self):
        for move in self.orders.invoice_ids.filtered(lambda m: m.state == "posted"):
            sign = 1 if move.move_type == "out_invoice" else -1
            for amount in self._get_receipts(move):
                for order, part in self._split(move, amount):
                    self._add(order, sign * part)

    def _get_receipts(self, move):
        """Yield what was paid of an invoice or credit note, other than from
        collections and online payments."""
        for line in move.line_ids:
            if line.account_id.account_type != "asset_receivable":
                continue
            for match in line.matched_credit_ids | line.matched_debit_ids:
                other = (match.credit_move_id | match.debit_move_id) - line
                payment = other.move_id.origin_payment_id
                if not self._is_money(other.move_id) or payment.o2c_collection_id:
                    continue
                if self._is_online(payment.payment_transaction_id):
                    continue
                yield (
                    match.debit_amount_currency
                    if line == match.debit_move_id
                    else match.credit_amount_currency
                )

    def _is_money(self, move):
        by_hand = move.journal_id.type in ("bank", "cash")
        return move.move_type == "entry" and bool(
            move.origin_payment_id or move.statement_line_id or by_hand
        )

    def _is_online(self, transaction):
        source = transaction.source_transaction_id
        return bool(transaction.sale_order_ids or source.sale_order_ids)

    def _split(self, move, amount):
        """Split an amount over the orders of an invoice by what they have in it; what
        an order gets back by it takes no part."""
        weights = defaultdict(float)
        for line in move.invoice_line_ids.filtered(
            lambda item: item.display_type == "product"
        ):
            weights[line.sale_line_ids.order_id[:1]] += line.price_total
        weights = {order: max(weight, 1e-6) for order, weight in weights.items()}
        total, upto, given = sum(weights.values()), 0.0, 0.0
        for order in sorted(weights, key=lambda o: (not o, o.id)):
            upto += weights[order]
            part = round(amount * upto / total, 2) - given
            given += part
            if order:
                yield order, part

    def _add_online(self):
        for order in self.orders:
            transactions = order.transaction_ids
            for tx in transactions | transactions.child_transaction_ids:
                parts = tx.child_transaction_ids.filtered(
                    lambda part, t=tx: part.operation == t.operation
                )
                if tx.state == "done" and not parts and not self._is_taken_back(tx):
                    self._add(order, tx.amount)

    def _is_taken_back(self, tx):
        payment = tx.payment_id
        reversals = payment.move_id.reversal_move_ids
        return payment.state in (
            "canceled",
            "draft",
            "rejected",
        ) or "posted" in reversals.mapped("state")


@tagged("post_install", "-at_install")
class TestCashWalk(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.active = False
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.general = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.receivable = cls.customer.property_account_receivable_id
        cls.provider = cls.env["payment.provider"].create(
            {"name": "Provider", "company_id": cls.company.id}
        )
        cls.method = cls.env.ref("payment.payment_method_unknown")

    def test_walks(self):
        # A provider that reserves money first, and takes parts of it.
        self.patch(
            self.env.registry["payment.provider"],
            "_compute_feature_support_fields",
            lambda providers: providers.update(
                {"support_manual_capture": "partial", "support_refund": "partial"}
            ),
        )
        self.happened = set()
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint():
                self.walk(random.Random(seed))
        self.assertEqual(self.happened, set(self.get_steps()))

    def get_steps(self):
        return [name for name in dir(self) if name.startswith("step_")]

    def walk(self, rng):
        self.rng = rng
        self.orders = self.env["sale.order"].concat(
            self.make_order([(self.product, rng.randint(1, 9))]),
            self.make_order([(self.product2, 7), (self.product, 1)]),
            self.make_order([(self.product2, rng.randint(1, 5), None, 12.5)]),
        )
        self.orders.action_confirm()
        self.history = []
        steps = self.get_steps() * ROUNDS
        rng.shuffle(steps)
        for name in steps:
            try:
                with self.env.cr.savepoint():
                    happened = getattr(self, name)()
            except UserError:
                # Not possible as things stand: what counts is that nothing broke.
                continue
            if happened is not False:
                self.happened.add(name)
                self.history.append(name)
                self.check()

    def check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        if len(self.history) % 10 == 1:
            # What PostgreSQL does by itself, but not within a transaction.
            self.env.cr.execute("ANALYZE account_move, account_move_line")
            self.env.cr.execute("ANALYZE account_partial_reconcile, account_payment")
            self.env.cr.execute("ANALYZE sale_order_line, sale_order_line_invoice_rel")
        book = CashBook(self.orders)
        facts = self.env["o2c.fact"].search([("order_id", "in", self.orders.ids)])
        self.assertEqual(len(facts), len(set(facts.ids)))
        for order in self.orders:
            story = f"{order.name} after {self.history}"
            collected, refunded = book.get(order)
            self.assertAlmostEqual(order.o2c_amount_collected, collected, 2, story)
            self.assertAlmostEqual(order.o2c_amount_refunded, refunded, 2, story)
            net = order.amount_total - order.o2c_amount_returned
            self.assertAlmostEqual(order.o2c_amount_net, net, 2, story)
            self.assertAlmostEqual(
                order.o2c_amount_outstanding, net - collected + refunded, 2, story
            )
            invoiced = book.get_invoiced(order)
            self.assertAlmostEqual(order.o2c_amount_invoiced, invoiced, 2, story)
            plan = order.o2c_installment_ids
            self.assertAlmostEqual(sum(plan.mapped("amount")), net, 2, story)
            own = facts.filtered(lambda fact, o=order: fact.order_id == o)
            self.check_facts(order, own, story)

    def check_facts(self, order, facts, story):
        for name in ("collected", "refunded", "outstanding", "invoiced", "returned"):
            total = sum(facts.mapped(f"amount_{name}"))
            self.assertAlmostEqual(total, order[f"o2c_amount_{name}"], 2, story)

    # === WHAT CAN HAPPEN === #

    def pick_order(self):
        return self.rng.choice(self.orders)

    def pick_amount(self, most):
        """Return all of it or a part, to the cent; nothing if there is nothing."""
        most = round(most, 2)
        if most <= 0.01:
            return 0.0
        return self.rng.choice([most, round(self.rng.uniform(0.01, most), 2)])

    def pick_move(self, move_type, condition):
        moves = self.orders.sudo().invoice_ids.filtered(
            lambda m: m.move_type == move_type and m.state == "posted" and condition(m)
        )
        return self.rng.choice(moves) if moves else moves

    def step_collection(self):
        order = self.pick_order()
        amount = self.pick_amount(order.o2c_amount_outstanding)
        return bool(amount and self.collect({order: amount}))

    def step_collection_for_several(self):
        amounts = {
            order: self.pick_amount(order.o2c_amount_outstanding)
            for order in self.rng.sample(list(self.orders), 2)
        }
        return all(amounts.values()) and bool(self.collect(amounts))

    def step_collection_that_waits(self):
        order = self.pick_order()
        amount = self.pick_amount(
            order.o2c_amount_outstanding - order.o2c_amount_pending
        )
        if not amount:
            return False
        collection = self.collect({order: amount}, confirm=False)
        before = order.o2c_amount_outstanding
        collection.action_submit()
        self.assertEqual(order.o2c_amount_outstanding, before)
        if self.rng.random() < 0.5:
            collection.with_user(self.finance).action_reject("Not there")
        return True

    def step_refund(self):
        order = self.pick_order()
        most = order.o2c_amount_collected - order.o2c_amount_refunded
        amount = self.pick_amount(most)
        return bool(amount and self.collect({order: amount}, direction="refund"))

    def step_requested_invoice(self):
        order = self.pick_order()
        amount = self.pick_amount(order.o2c_amount_to_request)
        return bool(amount and self.request_invoice(order, amount))

    def step_native_invoice(self):
        orders = self.rng.choice([self.pick_order(), self.orders[:2], self.orders])
        moves = orders.sudo()._create_invoices(final=True)
        moves.action_post()

    def step_invoice_cancelled(self):
        move = self.pick_move("out_invoice", lambda m: not m.reversal_move_ids)
        if not move:
            return False
        move.button_draft()
        move.button_cancel()
        return True

    def step_registered_payment(self):
        move = self.pick_move("out_invoice", lambda m: m.amount_residual)
        if not move:
            return False
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        wizard.amount = self.pick_amount(move.amount_residual)
        return bool(wizard.action_create_payments())

    def step_payment_assigned_later(self):
        """Money booked without an invoice, then given to one."""
        move = self.pick_move("out_invoice", lambda m: m.amount_residual)
        if not move:
            return False
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": self.pick_amount(move.amount_residual * 1.5),
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        lines = payment.move_id.line_ids | move.line_ids
        self._reconcile(lines)
        return True

    def step_payment_taken_back(self):
        payments = self.env["account.payment"].search(
            [
                ("reconciled_invoice_ids", "in", self.orders.sudo().invoice_ids.ids),
                ("o2c_collection_id", "=", False),
                ("state", "in", ("in_process", "paid")),
            ]
        )
        if not payments:
            return False
        payment = self.rng.choice(payments)
        payment.action_draft()
        payment.action_cancel()
        return True

    def step_payment_entry_reversed(self):
        payments = self.env["account.payment"].search(
            [
                ("reconciled_invoice_ids", "in", self.orders.sudo().invoice_ids.ids),
                ("state", "in", ("in_process", "paid")),
            ]
        )
        if not payments:
            return False
        booked = payments.filtered("o2c_collection_id")
        for payment in booked[:1]:
            with self.refused("confirmed"):
                payment.move_id._reverse_moves(cancel=True)
        if booked == payments:
            return False
        payment = self.rng.choice(payments - booked)
        payment.move_id._reverse_moves(cancel=True)
        return True

    def step_match_undone(self):
        move = self.pick_move(
            "out_invoice", lambda m: m.amount_residual < m.amount_total
        )
        if not move:
            return False
        move.line_ids.remove_move_reconcile()
        return True

    def step_match_made(self):
        """An accountant matches what is open of an invoice with anything open."""
        move = self.pick_move("out_invoice", lambda m: m.amount_residual)
        if not move:
            return False
        open_lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id", "=", self.receivable.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("credit", ">", 0),
            ]
        )
        if not open_lines:
            return False
        self._reconcile(move.line_ids | self.rng.choice(open_lines))
        return True

    def step_bank_line(self):
        """A line of the bank statement settles an invoice without any payment."""
        move = self.pick_move("out_invoice", lambda m: m.amount_residual)
        if not move:
            return False
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": fields.Date.today(),
                "payment_ref": "Transfer",
                "partner_id": self.customer.id,
                "amount": self.pick_amount(move.amount_residual),
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.receivable
        self._reconcile(suspense | move.line_ids)
        return True

    def step_entry_by_hand(self):
        """Money booked in the bank journal by hand, or an amount written off."""
        move = self.pick_move("out_invoice", lambda m: m.amount_residual)
        if not move:
            return False
        entry = self.env["account.move"].create(
            self._prepare_receipt_entry(
                self.customer,
                self.rng.choice([self.bank, self.general]),
                self.pick_amount(move.amount_residual),
            )
        )
        entry.action_post()
        self._reconcile(entry.line_ids | move.line_ids)
        return True

    def step_credit_note(self):
        move = self.pick_move("out_invoice", lambda m: not m.reversal_move_ids)
        if not move:
            return False
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        wizard.refund_moves()
        credit = move.reversal_move_ids
        if self.rng.random() < 0.5:
            credit.invoice_line_ids[0].price_unit /= 2
        credit.action_post()
        if self.rng.random() < 0.5:
            self._reconcile(credit.line_ids | move.line_ids)
        return True

    def step_credit_note_that_waits(self):
        move = self.pick_move("out_invoice", lambda m: not m.reversal_move_ids)
        if not move:
            return False
        before = self.orders.mapped("o2c_amount_invoiced")
        move._reverse_moves()
        self.env.invalidate_all()
        self.assertEqual(self.orders.mapped("o2c_amount_invoiced"), before)
        if self.rng.random() < 0.5:
            move.reversal_move_ids.unlink()
        return True

    def step_credit_note_paid_out(self):
        move = self.pick_move("out_refund", lambda m: m.amount_residual)
        if not move:
            return False
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        wizard.amount = self.pick_amount(move.amount_residual)
        return bool(wizard.action_create_payments())

    def step_shipment_and_return(self):
        order = self.pick_order()
        shipped = self.ship(order) or order.sudo().picking_ids.filtered(
            lambda p: p.state == "done" and p.picking_type_code == "outgoing"
        )
        if not shipped:
            return False
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=shipped[0].id, active_model="stock.picking")
            .create({"picking_id": shipped[0].id})
        )
        wizard.product_return_moves[0].quantity = 1
        wizard.product_return_moves.to_refund = True
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        returned.move_ids.picked = True
        returned.button_validate()
        return True

    def step_less_ordered(self):
        line = self.pick_order().order_line[:1]
        if line.product_uom_qty - line.qty_delivered < 1:
            return False
        line.product_uom_qty -= 1
        return True

    def step_online_payment(self):
        order = self.pick_order()
        amount = self.pick_amount(order.o2c_amount_outstanding)
        if not amount:
            return False
        tx = self._make_transaction(amount, sale_order_ids=[Command.set(order.ids)])
        if self.rng.random() < 0.3:
            self._capture_in_parts(tx, amount)
        else:
            self._book(tx)
        return True

    def step_online_refund(self):
        paid = self.orders.sudo().transaction_ids.filtered(
            lambda tx: tx.state == "done" and not tx.child_transaction_ids
        )
        if not paid:
            return False
        tx = self.rng.choice(paid)
        amount = self.pick_amount(tx.amount)
        self._book(tx._create_child_transaction(amount, is_refund=True))
        return True

    def step_online_payment_bounced(self):
        paid = self.orders.sudo().transaction_ids.filtered(
            lambda tx: (
                tx.payment_id.state == "in_process" and not tx.child_transaction_ids
            )
        )
        if not paid:
            return False
        payment = self.rng.choice(paid).payment_id
        payment.action_draft()
        payment.action_cancel()
        return True

    # === HOW IT IS DONE === #

    def _reconcile(self, lines):
        lines = lines.filtered(
            lambda line: line.account_id == self.receivable and not line.reconciled
        )
        lines.reconcile()

    def _make_transaction(self, amount, **values):
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"TX-{self.env['payment.transaction'].search_count([])}",
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_redirect",
                **values,
            }
        )

    def _book(self, tx):
        """Have the money come, and book it as Odoo does with a provider's journal."""
        tx._set_done()
        tx.payment_id = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "payment_type": "inbound" if tx.amount > 0 else "outbound",
                "amount": abs(tx.amount),
                "journal_id": self.bank.id,
                "payment_transaction_id": tx.id,
            }
        )
        tx.payment_id.action_post()

    def _capture_in_parts(self, tx, amount):
        """Reserve the money, take a part of it, and let the rest go."""
        tx._set_authorized()
        taken = self.pick_amount(amount)
        self._book(tx._create_child_transaction(taken))
        if taken < amount:
            tx._create_child_transaction(amount - taken)._set_canceled()
