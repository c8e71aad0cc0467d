from odoo import api, fields, models
from odoo.tools import SQL

MEASURES = ("ordered", "returned", "collected", "refunded", "requested", "invoiced")


class O2cFact(models.Model):
    """One row for everything that happened to the money of an order.

    Each row has its own date and exactly one amount, in the currency of the company at
    the rate of the order. The rows of an order add up to the order's own fields.
    """

    _name = "o2c.fact"
    _description = "Order to Cash Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"

    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [
            ("ordered", "Order"),
            ("returned", "Return"),
            ("collected", "Collection"),
            ("refunded", "Refund"),
            ("requested", "Invoice Request"),
            ("invoiced", "Invoice"),
        ],
        readonly=True,
    )
    order_id = fields.Many2one("sale.order", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    level_id = fields.Many2one("o2c.customer.level", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_ordered = fields.Monetary(string="Ordered", readonly=True)
    amount_returned = fields.Monetary(string="Returned", readonly=True)
    amount_collected = fields.Monetary(string="Collected", readonly=True)
    amount_refunded = fields.Monetary(string="Refunded", readonly=True)
    amount_outstanding = fields.Monetary(
        string="Outstanding",
        readonly=True,
        help="Ordered - returned - collected + refunded.",
    )
    amount_requested = fields.Monetary(string="Invoice Requested", readonly=True)
    amount_invoiced = fields.Monetary(string="Invoiced", readonly=True)

    _depends = {
        "sale.order": [
            "state",
            "date_order",
            "amount_total",
            "currency_rate",
            "o2c_amount_returned",
            "o2c_level_id",
            "user_id",
            "team_id",
            "partner_id",
            "company_id",
        ],
        "o2c.cash.movement": ["order_id", "date", "kind", "amount"],
        "o2c.invoice.request": ["state", "amount", "requested_at"],
        "o2c.invoice.share": ["order_id", "date", "amount"],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.id,
                   fact.date,
                   fact.kind,
                   sale.id AS order_id,
                   sale.user_id,
                   sale.team_id,
                   partner.commercial_partner_id AS partner_id,
                   sale.o2c_level_id AS level_id,
                   sale.company_id,
                   %(measures)s
              FROM (%(facts)s) fact
              JOIN sale_order sale ON sale.id = fact.order_id
              JOIN res_partner partner ON partner.id = sale.partner_id
              JOIN res_company company ON company.id = sale.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
             CROSS JOIN LATERAL (
                    SELECT ROUND(fact.amount / COALESCE(NULLIF(sale.currency_rate, 0), 1),
                                 currency.decimal_places) AS amount
                   ) own
            """,
            measures=self._select_measures(),
            facts=SQL(" UNION ALL ").join(self._get_queries()),
        )

    def _select_measures(self):
        columns = [
            SQL(
                "CASE WHEN fact.kind = %s THEN own.amount ELSE 0 END AS %s",
                measure,
                SQL.identifier(f"amount_{measure}"),
            )
            for measure in MEASURES
        ]
        columns.append(
            SQL(
                """CASE WHEN fact.kind IN ('ordered', 'refunded') THEN own.amount
                        WHEN fact.kind IN ('returned', 'collected') THEN -own.amount
                        ELSE 0 END AS amount_outstanding"""
            )
        )
        return SQL(", ").join(columns)

    @api.model
    def _get_queries(self):
        """Return the queries facts come from: id, order_id, date, kind, and amount in
        the order's currency. Integrators add their own here."""
        return [
            self._query_orders(),
            self._query_returns(),
            self._query_cash(),
            self._query_requests(),
            self._query_invoices(),
        ]

    def _query_orders(self):
        return SQL(
            """
            SELECT id::bigint * 8 AS id, id AS order_id, date_order::date AS date,
                   'ordered' AS kind, amount_total AS amount
              FROM sale_order
             WHERE state = 'sale'
            """
        )

    def _query_returns(self):
        return SQL(
            """
            SELECT id::bigint * 8 + 1, id, date_order::date, 'returned',
                   o2c_amount_returned
              FROM sale_order
             WHERE state = 'sale' AND o2c_amount_returned != 0
            """
        )

    def _query_cash(self):
        return SQL(
            "SELECT id * 8 + 2, order_id, date, kind, amount FROM (%s) movement",
            self.env["o2c.cash.movement"]._table_query,
        )

    def _query_requests(self):
        return SQL(
            """
            SELECT id::bigint * 8 + 3, order_id, requested_at::date, 'requested', amount
              FROM o2c_invoice_request
             WHERE state IN ('to_issue', 'issued')
            """
        )

    def _query_invoices(self):
        return SQL(
            """SELECT id * 8 + 4, order_id, date, 'invoiced', amount
                 FROM (%s) share""",
            self.env["o2c.invoice.share"]._table_query,
        )

    def action_open_order(self):
        """Open the order the fact belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }
