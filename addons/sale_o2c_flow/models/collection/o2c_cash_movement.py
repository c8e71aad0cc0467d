from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class O2cCashMovement(models.Model):
    """Every cent that came in for an order or went back, once.

    The one definition of what is collected: the orders' amounts and the reports both
    read it. Amounts are positive, tax included, in the order's currency.
    """

    _name = "o2c.cash.movement"
    _description = "Cash Movement"
    _auto = False
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [("collected", "Collected"), ("refunded", "Refunded")], readonly=True
    )
    source = fields.Selection(
        [
            ("collection", "Collection"),
            ("invoice", "Payment of an invoice"),
            ("online", "Online payment"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)

    _depends = {
        "o2c.collection": ["state", "direction", "date", "payment_id"],
        "o2c.collection.allocation": ["order_id", "collection_id", "amount"],
        "account.payment": ["state", "o2c_collection_id", "payment_transaction_id"],
        "account.move": [
            "state",
            "move_type",
            "journal_id",
            "origin_payment_id",
            "statement_line_id",
        ],
        "account.journal": ["type"],
        "account.move.line": ["move_id", "account_id", "price_total", "display_type"],
        "account.partial.reconcile": [
            "debit_amount_currency",
            "credit_amount_currency",
        ],
        "account.account": ["account_type"],
        "payment.transaction": [
            "state",
            "operation",
            "amount",
            "last_state_change",
            "payment_id",
            "source_transaction_id",
        ],
        "sale.order": ["company_id", "amount_total"],
        "sale.order.line": ["order_id", "invoice_lines"],
    }

    @api.model
    def _get_totals(self, orders):
        """Return what was collected and refunded for orders.

        :rtype: dict[int, dict[str, float]] order id -> kind -> amount
        """
        totals = defaultdict(dict)
        if not orders.ids:
            return totals
        # What was paid is true whatever the user at hand may see of the books.
        groups = self.sudo()._read_group(
            [("order_id", "in", orders.ids)], ["order_id", "kind"], ["amount:sum"]
        )
        for order, kind, amount in groups:
            totals[order.id][kind] = amount
        return totals

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._get_queries())

    @api.model
    def _get_queries(self):
        """Return the queries money is found by; their rows must not overlap."""
        return [
            self._query_collections(),
            self._query_invoice_payments(),
            self._query_online_payments(),
        ]

    def _query_collections(self):
        return SQL(
            """
            SELECT allocation.id::bigint * 4 AS id,
                   allocation.order_id,
                   collection.company_id,
                   collection.date,
                   CASE collection.direction
                        WHEN 'receive' THEN 'collected' ELSE 'refunded' END AS kind,
                   'collection' AS source,
                   allocation.amount
              FROM o2c_collection_allocation allocation
              JOIN o2c_collection collection ON collection.id = allocation.collection_id
              JOIN account_payment payment ON payment.id = collection.payment_id
             WHERE collection.state = 'confirmed'
               AND payment.state IN ('in_process', 'paid')
            """
        )

    def _query_invoice_payments(self):
        """Reconciliations of the orders' invoices with money: payments, bank lines, and
        entries of bank and cash journals made by hand.

        Left out: credit notes and entries that write an amount off (no money), and the
        payments that the other queries count.
        """
        share = self.env["o2c.invoice.share"]
        return SQL(
            """
            SELECT (match.id::bigint * 4194304 + MOD(part.order_id, 4194304)) * 4 + 1 AS id,
                   part.order_id,
                   move.company_id,
                   match.date,
                   CASE move.move_type
                        WHEN 'out_invoice' THEN 'collected' ELSE 'refunded' END AS kind,
                   'invoice' AS source,
                   %(amount)s AS amount
              FROM (%(parts)s) part
              JOIN account_move move ON move.id = part.move_id
              JOIN res_currency currency ON currency.id = move.currency_id
              JOIN account_move_line due ON due.move_id = move.id
              JOIN account_account account ON account.id = due.account_id
                   AND account.account_type = 'asset_receivable'
             CROSS JOIN LATERAL (
                    SELECT partial.id, partial.max_date AS date,
                           partial.debit_amount_currency AS amount,
                           partial.credit_move_id AS other_id
                      FROM account_partial_reconcile partial
                     WHERE partial.debit_move_id = due.id
                       AND move.move_type = 'out_invoice'
                     UNION ALL
                    SELECT partial.id, partial.max_date,
                           partial.credit_amount_currency,
                           partial.debit_move_id
                      FROM account_partial_reconcile partial
                     WHERE partial.credit_move_id = due.id
                       AND move.move_type = 'out_refund'
                   ) match
              JOIN account_move_line other ON other.id = match.other_id
              JOIN account_move other_move ON other_move.id = other.move_id
                   AND other_move.move_type = 'entry'
              JOIN account_journal other_journal
                   ON other_journal.id = other_move.journal_id
              LEFT JOIN account_payment payment
                   ON payment.id = other_move.origin_payment_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND (
                    payment.id IS NOT NULL
                    OR other_move.statement_line_id IS NOT NULL
                    OR other_journal.type IN ('bank', 'cash')
                   )
               AND payment.o2c_collection_id IS NULL
               AND NOT EXISTS (
                    SELECT 1
                      FROM (%(transaction_orders)s) rel
                      JOIN payment_transaction tx ON tx.id = rel.transaction_id
                     WHERE rel.transaction_id = payment.payment_transaction_id
                       AND tx.state = 'done'
                   )
            """,
            amount=share._split(SQL("match.amount")),
            parts=share._query_parts(),
            transaction_orders=self._query_transaction_orders(),
        )

    def _query_transaction_orders(self):
        """Orders of online transactions: what is captured in parts or paid back is a
        transaction of its own, for the orders of the one it stems from."""
        return SQL(
            """
            SELECT transaction_id, sale_order_id FROM sale_order_transaction_rel
             UNION ALL
            SELECT child.id, source.sale_order_id
              FROM sale_order_transaction_rel source
              JOIN payment_transaction child
                   ON child.source_transaction_id = source.transaction_id
             WHERE NOT EXISTS (
                    SELECT 1
                      FROM sale_order_transaction_rel own
                     WHERE own.transaction_id = child.id
                   )
            """
        )

    def _query_online_payments(self):
        """Online payments of the orders; one for several orders is split by amount.

        Left out: what was captured in parts, which count instead, and money whose
        payment was taken back in the books.
        """
        return SQL(
            """
            SELECT (tx.id::bigint * 4194304 + MOD(rel.sale_order_id, 4194304)) * 4 + 2 AS id,
                   rel.sale_order_id AS order_id,
                   sale.company_id,
                   tx.last_state_change::date AS date,
                   CASE WHEN tx.amount > 0 THEN 'collected' ELSE 'refunded' END AS kind,
                   'online' AS source,
                   ROUND(ABS(tx.amount) * part.upto / part.total, currency.decimal_places)
                   - ROUND(ABS(tx.amount) * part.before / part.total,
                           currency.decimal_places) AS amount
              FROM (%(transaction_orders)s) rel
              JOIN payment_transaction tx ON tx.id = rel.transaction_id
              LEFT JOIN account_payment payment ON payment.id = tx.payment_id
              JOIN sale_order sale ON sale.id = rel.sale_order_id
              JOIN res_currency currency ON currency.id = tx.currency_id
             CROSS JOIN LATERAL (
                    SELECT shares.*
                      FROM (
                            SELECT all_rel.sale_order_id,
                                   SUM(weight.value) OVER w AS upto,
                                   SUM(weight.value) OVER w - weight.value AS before,
                                   SUM(weight.value) OVER () AS total
                              FROM (%(transaction_orders)s) all_rel
                              JOIN sale_order all_sale
                                   ON all_sale.id = all_rel.sale_order_id
                             CROSS JOIN LATERAL (
                                    SELECT GREATEST(all_sale.amount_total, 0.000001)
                                           AS value
                                   ) weight
                             WHERE all_rel.transaction_id = tx.id
                            WINDOW w AS (ORDER BY all_rel.sale_order_id)
                           ) shares
                     WHERE shares.sale_order_id = rel.sale_order_id
                   ) part
             WHERE tx.state = 'done'
               AND tx.operation != 'validation'
               AND (payment.id IS NULL OR payment.state IN ('in_process', 'paid'))
               AND NOT EXISTS (
                    SELECT 1
                      FROM account_move reversal
                     WHERE reversal.reversed_entry_id = payment.move_id
                       AND reversal.state = 'posted'
                   )
               AND NOT EXISTS (
                    SELECT 1
                      FROM payment_transaction part
                     WHERE part.source_transaction_id = tx.id
                       AND part.operation = tx.operation
                       AND part.state IN ('done', 'cancel')
                   )
            """,
            transaction_orders=self._query_transaction_orders(),
        )
