from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """The money of an order: net value = collected - refunded + outstanding."""

    _inherit = "sale.order"

    o2c_allocation_ids = fields.One2many(
        "o2c.collection.allocation",
        "order_id",
        string="Collections",
        copy=False,
        groups="base.group_user",
    )
    o2c_installment_ids = fields.One2many(
        "o2c.installment",
        "order_id",
        string="Plan",
        copy=False,
        groups="base.group_user",
    )
    o2c_collection_count = fields.Integer(
        compute="_compute_o2c_collection_count", groups="base.group_user"
    )
    o2c_movement_ids = fields.One2many(
        "o2c.cash.movement",
        "order_id",
        string="Money",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    # -- Money; all tax included, in the order's currency
    o2c_amount_net = fields.Monetary(
        string="Order Value",
        compute="_compute_o2c_amount_net",
        store=True,
        help="Ordered minus returned, tax included. Zero until the order is confirmed.",
    )
    o2c_amount_collected = fields.Monetary(
        string="Collected",
        compute="_compute_o2c_movements",
        store=True,
        help="Everything that came in, whichever way it was booked, each cent once.",
    )
    o2c_amount_refunded = fields.Monetary(
        string="Refunded", compute="_compute_o2c_movements", store=True
    )
    o2c_amount_outstanding = fields.Monetary(
        string="Outstanding", compute="_compute_o2c_amount_outstanding", store=True
    )
    o2c_amount_pending = fields.Monetary(
        string="To Confirm",
        compute="_compute_o2c_amount_pending",
        store=True,
        help="Reported by sales, not yet confirmed by finance: shown, never counted.",
        groups="base.group_user",
    )
    o2c_next_due_date = fields.Date(
        string="Next Due",
        compute="_compute_o2c_next_due_date",
        store=True,
        index="btree_not_null",
    )
    o2c_amount_overdue = fields.Monetary(
        string="Overdue", compute="_compute_o2c_amount_overdue"
    )
    o2c_is_overdue = fields.Boolean(
        string="Is Overdue",
        compute="_compute_o2c_amount_overdue",
        search="_search_o2c_is_overdue",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_allocation_ids",
            "o2c_installment_ids",
            "o2c_amount_net",
            "o2c_amount_collected",
            "o2c_amount_refunded",
            "o2c_amount_outstanding",
            "o2c_amount_pending",
            "o2c_next_due_date",
        }

    @api.depends("state", "amount_total", "o2c_amount_returned")
    def _compute_o2c_amount_net(self):
        for order in self:
            net = order.amount_total - order.o2c_amount_returned
            order.o2c_amount_net = net if order.state == "sale" else 0.0

    # The total decides how money for several orders is shared.
    @api.depends(
        "amount_total",
        "o2c_allocation_ids.amount",
        "o2c_allocation_ids.collection_id.state",
        "o2c_allocation_ids.collection_id.payment_id.state",
        "transaction_ids.state",
        "transaction_ids.amount",
        "transaction_ids.payment_id.state",
        "transaction_ids.payment_id.move_id.reversal_move_ids.state",
        "transaction_ids.child_transaction_ids.state",
        "transaction_ids.child_transaction_ids.payment_id.state",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.amount_residual",
    )
    def _compute_o2c_movements(self):
        movements = self.env["o2c.cash.movement"]._get_totals(self)
        for order in self:
            totals = movements.get(order._origin.id, {})
            order.o2c_amount_collected = totals.get("collected", 0.0)
            order.o2c_amount_refunded = totals.get("refunded", 0.0)

    @api.depends("o2c_amount_net", "o2c_amount_collected", "o2c_amount_refunded")
    def _compute_o2c_amount_outstanding(self):
        for order in self:
            currency = order.currency_id or order.company_id.currency_id
            order.o2c_amount_outstanding = currency.round(
                order.o2c_amount_net
                - order.o2c_amount_collected
                + order.o2c_amount_refunded
            )

    @api.depends("o2c_allocation_ids.amount", "o2c_allocation_ids.state")
    def _compute_o2c_amount_pending(self):
        for order in self:
            order.o2c_amount_pending = sum(
                allocation.amount
                for allocation in order.o2c_allocation_ids
                if allocation.state == "to_confirm"
                and allocation.collection_id.direction == "receive"
            )

    @api.depends("o2c_installment_ids.amount_open", "o2c_installment_ids.date_due")
    def _compute_o2c_next_due_date(self):
        for order in self:
            dates = order.o2c_installment_ids.filtered(
                lambda i: i.currency_id.compare_amounts(i.amount_open, 0.0) > 0
            ).mapped("date_due")
            order.o2c_next_due_date = min(dates, default=False)

    @api.depends("o2c_installment_ids.amount_open", "o2c_next_due_date")
    def _compute_o2c_amount_overdue(self):
        today = fields.Date.context_today(self)
        for order in self:
            order.o2c_amount_overdue = sum(
                installment.amount_open
                for installment in order.o2c_installment_ids
                if installment.date_due < today
            )
            order.o2c_is_overdue = bool(order.o2c_amount_overdue)

    @api.model
    def _search_o2c_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        overdue = Domain("o2c_next_due_date", "<", today)
        return Domain.OR(overdue if flag else ~overdue for flag in value)

    @api.depends("o2c_allocation_ids")
    def _compute_o2c_collection_count(self):
        for order in self:
            order.o2c_collection_count = len(order.o2c_allocation_ids.collection_id)

    def _o2c_shown_on(self, document):
        """Return what a document may tell its reader of those orders.

        Whoever named the orders on a saved one could read them. On one that is being
        filled in, any order may be named: only what the user may read is shown.
        """
        if document.id:
            return self.sudo()
        return self._origin.sudo(False)._filtered_access("read").sudo()

    def _o2c_get_open_amount(self, collection=None):
        """Return how much a collection (or refund) may give to the order.

        :param collection: the one that asks; its own waiting money is left out
        """
        self.ensure_one()
        own = self.o2c_allocation_ids.filtered(
            lambda a: (
                collection and a.collection_id == collection and a.state == "to_confirm"
            )
        )
        pending = self.o2c_amount_pending
        if collection and collection.direction == "refund":
            waiting = self.o2c_allocation_ids.filtered(
                lambda a: (
                    a.state == "to_confirm" and a.collection_id.direction == "refund"
                )
            )
            paid = self.o2c_amount_collected - self.o2c_amount_refunded
            return paid - sum((waiting - own).mapped("amount"))
        return self.o2c_amount_outstanding - pending + sum(own.mapped("amount"))

    def _o2c_get_proposed_amount(self):
        """Return what to propose for a collection: the next installment, or the rest."""
        self.ensure_one()
        available = max(self._o2c_get_open_amount(), 0.0)
        next_open = self.o2c_installment_ids.filtered(lambda i: i.amount_open > 0)[:1]
        return min(available, next_open.amount_open) if next_open else available

    # === PLAN === #

    def _action_confirm(self):
        result = super()._action_confirm()
        self._o2c_plan_installments()
        return result

    def _o2c_plan_installments(self):
        """Make the payment plan of the orders anew, from their payment terms."""
        # Installments are the system's: salespeople read them only.
        orders = self.sudo()
        orders.o2c_installment_ids.unlink()
        self.env["o2c.installment"].sudo().create(
            [values for order in orders for values in order._o2c_prepare_plan()]
        )

    def _o2c_prepare_plan(self):
        """Return the values of the installments, their amounts included: computed
        afterwards, they would be written once more."""
        plan = sorted(self._o2c_get_plan(), key=lambda part: part[0])
        amounts = self._o2c_split_net([share for _date_due, share in plan])
        return [
            {"order_id": self.id, "date_due": date_due, "share": share, **values}
            for (date_due, share), values in zip(plan, amounts, strict=True)
        ]

    def _o2c_split_net(self, shares):
        """Split the net value over the plan; what came pays the oldest first.

        :param list shares: parts of the net value, the oldest first
        :return: the amounts of each installment, by field, in the order's currency
        """
        self.ensure_one()
        currency = self.currency_id
        left = self.o2c_amount_collected - self.o2c_amount_refunded
        planned = until_now = 0.0
        for share in shares:
            until_now += share
            total = currency.round(self.o2c_amount_net * until_now)
            amount = currency.round(total - planned)
            paid = currency.round(min(max(left, 0.0), amount))
            planned, left = total, left - paid
            yield {
                "amount": amount,
                "amount_paid": paid,
                "amount_open": currency.round(amount - paid),
            }

    def _o2c_get_plan(self):
        """Return the due dates of the order and the share of its value due then.

        :rtype: list[tuple[date, float]]; the shares add up to 1
        """
        self.ensure_one()
        start = fields.Datetime.context_timestamp(self, self.date_order).date()
        if not self.payment_term_id or not self.amount_total:
            return [(start, 1.0)]
        terms = self.payment_term_id._compute_terms(
            date_ref=start,
            currency=self.currency_id,
            company=self.company_id,
            tax_amount=self.amount_tax,
            tax_amount_currency=self.amount_tax,
            sign=1,
            untaxed_amount=self.amount_untaxed,
            untaxed_amount_currency=self.amount_untaxed,
        )["line_ids"]
        plan = [
            (line["date"], line["foreign_amount"] / self.amount_total) for line in terms
        ]
        rest = 1.0 - sum(share for _date, share in plan[:-1])
        return [*plan[:-1], (plan[-1][0], rest)]

    # === ACTIONS AND PROGRESS === #

    def action_o2c_new_collection(self):
        """Open a new collection for the orders, filled with what is to be collected."""
        values = self.env["o2c.collection"]._prepare_from_orders(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter Collection"),
            "res_model": "o2c.collection",
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_o2c_view_collections(self):
        """Open the collections of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "o2c.collection",
            "view_mode": "list,form",
            "domain": [("allocation_ids.order_id", "=", self.id)],
            "name": self.env._("Collections"),
        }

    @api.depends("o2c_amount_outstanding", "o2c_amount_pending", "o2c_next_due_date")
    def _compute_o2c_progress(self):
        return super()._compute_o2c_progress()

    def _o2c_get_progress_stages(self):
        state, detail = self._o2c_get_collection_stage()
        return [
            *super()._o2c_get_progress_stages(),
            {
                "sequence": 40,
                "code": "collection",
                "label": self.env._("Collection"),
                "state": state,
                "detail": detail,
            },
        ]

    def _o2c_get_collection_stage(self):
        if self.state != "sale":
            return "todo", ""
        if self.currency_id.compare_amounts(self.o2c_amount_outstanding, 0.0) <= 0:
            return "done", self.env._("Paid")
        outstanding = self.env._(
            "%s outstanding", self.currency_id.format(self.o2c_amount_outstanding)
        )
        if self.o2c_is_overdue:
            return "alert", outstanding
        started = self.o2c_amount_collected or self.o2c_amount_pending
        return "active" if started else "todo", outstanding
