from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

SOON_DAYS = 7


class O2cInstallment(models.Model):
    """A planned collection of an order: due date and amount."""

    _name = "o2c.installment"
    _description = "Installment"
    _order = "date_due, id"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(
        related="order_id.partner_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        related="order_id.user_id", store=True, index=True, precompute=True
    )
    team_id = fields.Many2one(related="order_id.team_id", store=True, precompute=True)
    date_due = fields.Date(required=True, readonly=True)
    share = fields.Float(
        required=True,
        readonly=True,
        digits=False,
        help="Part of the order's net value.",
    )
    amount = fields.Monetary(compute="_compute_amounts", store=True)
    amount_paid = fields.Monetary(string="Paid", compute="_compute_amounts", store=True)
    amount_open = fields.Monetary(string="Open", compute="_compute_amounts", store=True)
    state = fields.Selection(
        [
            ("paid", "Paid"),
            ("overdue", "Overdue"),
            ("due", "Due soon"),
            ("upcoming", "Upcoming"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    _open_due_idx = models.Index("(date_due) WHERE amount_open > 0")

    @api.depends("order_id.name", "date_due")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for installment in self:
            date_due = format_date(self.env, installment.date_due)
            installment.display_name = f"{installment.order_id.name} {date_due}"

    @api.depends(
        "share",
        "date_due",
        "order_id.o2c_installment_ids.share",
        "order_id.o2c_installment_ids.date_due",
        "order_id.o2c_amount_net",
        "order_id.o2c_amount_collected",
        "order_id.o2c_amount_refunded",
    )
    def _compute_amounts(self):
        for order in self.order_id:
            plan = order.o2c_installment_ids.sorted(lambda i: (i.date_due, i.id or 0))
            amounts = order._o2c_split_net(plan.mapped("share"))
            for installment, values in zip(plan, amounts, strict=True):
                installment.amount = values["amount"]
                installment.amount_paid = values["amount_paid"]
                installment.amount_open = values["amount_open"]

    @api.depends("date_due", "amount_open")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for installment in self:
            if installment.currency_id.is_zero(installment.amount_open):
                installment.state = "paid"
            elif installment.date_due < today:
                installment.state = "overdue"
            else:
                days = (installment.date_due - today).days
                installment.state = "due" if days <= SOON_DAYS else "upcoming"

    @api.model
    def _search_state(self, operator, value):
        if operator not in ("in", "="):
            return NotImplemented
        values = value if operator == "in" else [value]
        today = fields.Date.context_today(self)
        soon = fields.Date.add(today, days=SOON_DAYS)
        is_open = Domain("amount_open", ">", 0)
        domains = {
            "paid": Domain("amount_open", "<=", 0),
            "overdue": is_open & Domain("date_due", "<", today),
            "due": is_open
            & Domain("date_due", ">=", today)
            & Domain("date_due", "<=", soon),
            "upcoming": is_open & Domain("date_due", ">", soon),
        }
        return Domain.OR(domains[state] for state in values if state in domains)

    def action_open_order(self):
        """Open the order of the installment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }
