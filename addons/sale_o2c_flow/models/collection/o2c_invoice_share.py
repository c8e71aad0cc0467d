from odoo import api, fields, models
from odoo.tools import SQL


class O2cInvoiceShare(models.Model):
    """What of an invoice or credit note belongs to an order.

    Of an invoice of several orders, each has its own lines; what rounding the taxes on
    the whole makes of them goes to the largest, so that the parts add up to the
    document's total, to the cent. Invoices count from the draft on, so that nothing is
    invoiced twice; credit notes once they are posted, for the same reason. Amounts are
    tax included, in the currency of the invoice; those of credit notes negative.
    """

    _name = "o2c.invoice.share"
    _description = "Invoice Share of an Order"
    _auto = False
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)

    _depends = {
        "account.move": [
            "state",
            "move_type",
            "invoice_date",
            "date",
            "amount_total",
            "currency_id",
            "company_id",
        ],
        "account.move.line": ["move_id", "price_total", "display_type"],
        "sale.order.line": ["order_id", "invoice_lines"],
    }

    @api.model
    def _get_totals(self, orders):
        """Return what is invoiced of orders, credit notes deducted.

        :rtype: dict[int, float] order id -> amount
        """
        if not orders.ids:
            return {}
        # What was invoiced is true whatever the user at hand may see of the books.
        groups = self.sudo()._read_group(
            [("order_id", "in", orders.ids)], ["order_id"], ["amount:sum"]
        )
        return {order.id: amount for order, amount in groups}

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT move.id::bigint * 4194304 + MOD(part.order_id, 4194304) AS id,
                   part.order_id,
                   move.id AS move_id,
                   move.company_id,
                   move.currency_id,
                   COALESCE(move.invoice_date, move.date) AS date,
                   CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                   * CASE WHEN part.is_largest
                          THEN part.own + move.amount_total - part.all_own
                          ELSE part.own END AS amount
              FROM (%(parts)s) part
              JOIN account_move move ON move.id = part.move_id
             WHERE (move.move_type = 'out_invoice' AND move.state != 'cancel')
                OR (move.move_type = 'out_refund' AND move.state = 'posted')
            """,
            parts=self._query_parts(),
        )

    @api.model
    def _split(self, amount):
        """Return the SQL of an order's part of money that pays an invoice.

        The parts add up to the amount, to the cent. An order that gets something back
        by the invoice takes no part. To be used beside the rows of :meth:`_query_parts`, as ``part``, and the
        currency of the amount, as ``currency``.
        """
        return SQL(
            """(ROUND(%(amount)s * part.upto / part.total, currency.decimal_places)
                - ROUND(%(amount)s * part.before / part.total,
                        currency.decimal_places))""",
            amount=amount,
        )

    @api.model
    def _query_parts(self):
        """Return the SQL of which orders an invoice holds.

        With what each has in it (``own``, of ``all_own``, and ``is_largest``), and the
        span of what is paid that is theirs (``before`` to ``upto``, of ``total``).
        """
        return SQL(
            """
            SELECT linked.move_id, linked.order_id, span.own, span.all_own,
                   span.is_largest, span.before, span.upto, span.total
              FROM (
                    SELECT DISTINCT sale_line.order_id, item.move_id
                      FROM sale_order_line sale_line
                      JOIN sale_order_line_invoice_rel rel
                           ON rel.order_line_id = sale_line.id
                      JOIN account_move_line item ON item.id = rel.invoice_line_id
                   ) linked
             CROSS JOIN LATERAL (
                    SELECT spans.*
                      FROM (
                            SELECT weights.order_id,
                                   weights.own,
                                   SUM(weights.own) OVER () AS all_own,
                                   ROW_NUMBER() OVER (
                                        ORDER BY weights.own DESC, weights.order_id
                                   ) = 1 AS is_largest,
                                   SUM(weights.weight) OVER w AS upto,
                                   SUM(weights.weight) OVER w - weights.weight AS before,
                                   SUM(weights.weight) OVER () AS total
                              FROM (
                                    SELECT owner.order_id,
                                           SUM(item.price_total) AS own,
                                           GREATEST(SUM(item.price_total), 0.000001)
                                           AS weight
                                      FROM account_move_line item
                                      LEFT JOIN LATERAL (
                                            SELECT MIN(line.order_id) AS order_id
                                              FROM sale_order_line_invoice_rel rel
                                              JOIN sale_order_line line
                                                   ON line.id = rel.order_line_id
                                             WHERE rel.invoice_line_id = item.id
                                           ) owner ON TRUE
                                     WHERE item.move_id = linked.move_id
                                       AND item.display_type = 'product'
                                     GROUP BY owner.order_id
                                   ) weights
                            WINDOW w AS (ORDER BY weights.order_id NULLS LAST)
                           ) spans
                     WHERE spans.order_id = linked.order_id
                   ) span
            """
        )
