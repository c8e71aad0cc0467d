from odoo import api, fields, models
from odoo.exceptions import UserError


class O2cCollectionAllocation(models.Model):
    """The part of a collection that is for one order."""

    _name = "o2c.collection.allocation"
    _description = "Collection Allocation"
    _order = "collection_id, id"
    _check_company_auto = True

    collection_id = fields.Many2one(
        "o2c.collection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="collection_id.company_id", store=True, index=True
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="['|', ('state', '=', 'sale'), ('o2c_amount_outstanding', '<', 0)]",
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(required=True)
    state = fields.Selection(related="collection_id.state", store=True, index=True)
    # -- What sales and finance want to see beside the amount
    order_amount = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Order Value"
    )
    order_collected = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Collected"
    )
    order_pending = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="To Confirm"
    )
    order_outstanding = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Outstanding"
    )
    order_next_due_date = fields.Date(
        compute="_compute_order_money", compute_sudo=True, string="Next Due"
    )

    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "The amount given to an order has to be more than zero."
    )
    _order_uniq = models.Constraint(
        "UNIQUE (collection_id, order_id)", "An order stands in a collection only once."
    )

    @api.depends(
        "order_id.o2c_amount_net",
        "order_id.o2c_amount_collected",
        "order_id.o2c_amount_pending",
        "order_id.o2c_amount_outstanding",
        "order_id.o2c_next_due_date",
    )
    def _compute_order_money(self):
        for allocation in self:
            order = allocation.order_id._o2c_shown_on(allocation)
            allocation.order_amount = order.o2c_amount_net
            allocation.order_collected = order.o2c_amount_collected
            allocation.order_pending = order.o2c_amount_pending
            allocation.order_outstanding = order.o2c_amount_outstanding
            allocation.order_next_due_date = order.o2c_next_due_date

    @api.onchange("order_id")
    def _onchange_order_id(self):
        order = self.order_id._o2c_shown_on(self)
        if order and not self.amount:
            self.amount = order._o2c_get_proposed_amount()

    @api.constrains("order_id", "collection_id")
    def _check_order(self):
        self.collection_id._check_allocations()

    @api.model_create_multi
    def create(self, vals_list):
        allocations = super().create(vals_list)
        allocations._check_collection_editable()
        # Whoever names an order here reads what it owes.
        allocations.order_id.check_access("read")
        return allocations

    def write(self, vals):
        self._check_collection_editable()
        result = super().write(vals)
        self._check_collection_editable()
        if "order_id" in vals:
            self.order_id.check_access("read")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_collection_editable()

    def _check_collection_editable(self):
        if not self.env.su:
            self.collection_id._check_editable()

    def _check_within_order(self):
        """Check that the order takes the amount.

        :raise UserError: if it owes (or, for a refund, was paid) less than that
        """
        self.ensure_one()
        order = self.order_id
        # What a customer paid online for an order that never came about goes back.
        is_refund = self.collection_id.direction == "refund"
        if order.state != "sale" and not is_refund:
            raise UserError(
                self.env._(
                    "%s is not confirmed: money is collected on confirmed orders.",
                    order.name,
                )
            )
        available = order._o2c_get_open_amount(self.collection_id)
        if self.currency_id.compare_amounts(self.amount, available) > 0:
            raise UserError(
                self.env._(
                    "%(order)s takes %(available)s at most: the rest is collected or "
                    "waits for finance already. You entered %(amount)s.",
                    order=order.name,
                    available=self.currency_id.format(max(available, 0.0)),
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _get_payment_line(self):
        """Return the receivable item that carries this allocation's money."""
        self.ensure_one()
        return self.collection_id.payment_id.move_id.line_ids.filtered(
            lambda line: line.o2c_allocation_id == self
        )

    def _reconcile(self):
        """Settle the open invoices of each order with the money given to it."""
        for allocation in self:
            line = allocation._get_payment_line()
            move_type = (
                "out_invoice"
                if allocation.collection_id.direction == "receive"
                else "out_refund"
            )
            invoices = allocation.order_id.invoice_ids.filtered(
                lambda move, t=move_type: move.state == "posted" and move.move_type == t
            )
            for invoice in invoices.sorted(
                lambda m: (m.invoice_date_due or m.date, m.id)
            ):
                invoice._o2c_settle_with(line)
