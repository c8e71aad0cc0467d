from odoo import api, fields, models


class SaleOrder(models.Model):
    """What of an order is invoiced, asked for, and open. Tax included."""

    _inherit = "sale.order"

    o2c_request_ids = fields.One2many(
        "o2c.invoice.request",
        "order_id",
        string="Invoice Requests",
        copy=False,
        groups="base.group_user",
    )
    o2c_request_count = fields.Integer(
        compute="_compute_o2c_request_count", groups="base.group_user"
    )
    o2c_amount_invoiced = fields.Monetary(
        string="Invoiced",
        compute="_compute_o2c_amount_invoiced",
        store=True,
        help="Invoices, drafts included, minus posted credit notes.",
    )
    o2c_amount_requested = fields.Monetary(
        string="Requested", compute="_compute_o2c_amount_requested", store=True
    )
    o2c_amount_to_request = fields.Monetary(
        string="Open to Request", compute="_compute_o2c_amount_to_request", store=True
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_request_ids",
            "o2c_amount_invoiced",
            "o2c_amount_requested",
            "o2c_amount_to_request",
        }

    @api.depends(
        "order_line.invoice_lines.price_total",
        "order_line.invoice_lines.move_id.amount_total",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.move_type",
    )
    def _compute_o2c_amount_invoiced(self):
        totals = self.env["o2c.invoice.share"]._get_totals(self)
        for order in self:
            order.o2c_amount_invoiced = totals.get(order._origin.id, 0.0)

    @api.depends("o2c_request_ids.state", "o2c_request_ids.amount")
    def _compute_o2c_amount_requested(self):
        for order in self:
            waiting = order.o2c_request_ids.filtered(lambda r: r.state == "to_issue")
            order.o2c_amount_requested = sum(waiting.mapped("amount"))

    @api.depends("o2c_amount_net", "o2c_amount_invoiced", "o2c_amount_requested")
    def _compute_o2c_amount_to_request(self):
        for order in self:
            left = order._o2c_get_uninvoiced() - order.o2c_amount_requested
            order.o2c_amount_to_request = max(left, 0.0)

    @api.depends("o2c_request_ids")
    def _compute_o2c_request_count(self):
        for order in self:
            order.o2c_request_count = len(order.o2c_request_ids)

    def _o2c_get_uninvoiced(self):
        """Return the net value of the order that no invoice covers."""
        self.ensure_one()
        return self.currency_id.round(self.o2c_amount_net - self.o2c_amount_invoiced)

    def _o2c_is_invoiceable_whole(self):
        """Whether the ordinary invoice would hold everything that is left."""
        self.ensure_one()
        return all(
            line._o2c_is_invoiceable_whole() for line in self._o2c_get_sold_lines()
        )

    def _get_invoiced(self):
        # The warehouse approves orders: it sees how many invoices there are, and none
        # of them. Without this the order would not open for it.
        orders = self
        if not self.env["account.move.line"].has_access("read"):
            orders = self.sudo()
        return super(SaleOrder, orders)._get_invoiced()

    def _o2c_get_posted_invoices(self):
        """Return the posted invoices and credit notes of the order, oldest first."""
        # What was invoiced of an order is told to all who see it, not only to those
        # who keep the books.
        posted = self.sudo().invoice_ids.filtered(lambda move: move.state == "posted")
        return posted.sorted(lambda move: (move.invoice_date, move.id))

    # === ACTIONS AND PROGRESS === #

    def action_o2c_new_invoice_request(self):
        """Open a new invoice request for what is left of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request Invoice"),
            "res_model": "o2c.invoice.request",
            "views": [(False, "form")],
            "context": {
                "default_order_id": self.id,
                "default_amount": self.o2c_amount_to_request,
            },
        }

    def action_o2c_view_requests(self):
        """Open the invoice requests of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "o2c.invoice.request",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
            "name": self.env._("Invoice Requests"),
        }

    @api.depends("o2c_amount_invoiced", "o2c_amount_requested")
    def _compute_o2c_progress(self):
        return super()._compute_o2c_progress()

    def _o2c_get_progress_stages(self):
        state, detail = self._o2c_get_invoicing_stage()
        return [
            *super()._o2c_get_progress_stages(),
            {
                "sequence": 50,
                "code": "invoicing",
                "label": self.env._("Invoicing"),
                "state": state,
                "detail": detail,
            },
        ]

    def _o2c_get_invoicing_stage(self):
        if self.state != "sale":
            return "todo", ""
        if self.currency_id.compare_amounts(self._o2c_get_uninvoiced(), 0.0) <= 0:
            return "done", self.env._("Invoiced")
        if self.o2c_amount_requested:
            return "active", self.env._(
                "%s requested", self.currency_id.format(self.o2c_amount_requested)
            )
        if self.o2c_amount_invoiced:
            return "active", self.env._(
                "%s invoiced", self.currency_id.format(self.o2c_amount_invoiced)
            )
        return "todo", self.env._("Nothing invoiced")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _o2c_is_invoiceable_whole(self):
        """Whether invoicing the line now leaves nothing of it to invoice later."""
        self.ensure_one()
        left = self.product_uom_qty - self.qty_invoiced
        left -= self._o2c_get_returned_quantity()
        return not self.product_uom_id.compare(self._o2c_get_net_to_invoice(), left)

    def _o2c_get_net_to_invoice(self):
        """Return the quantity to invoice without what came back.

        Odoo leaves returns out by itself where it invoices what was delivered, and
        not where it invoices what was ordered.
        """
        self.ensure_one()
        if self.product_id.invoice_policy == "order":
            return self.qty_to_invoice - self._o2c_get_returned_quantity()
        return self.qty_to_invoice

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        # Down payments come with a quantity of their own.
        if self.env.context.get("o2c_net_of_returns") and not optional_values.get(
            "quantity"
        ):
            values["quantity"] = self._o2c_get_net_to_invoice()
        return values
