from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import plaintext2html

from .o2c_invoice_title import TITLE_FIELDS

FROZEN_FIELDS = frozenset(
    {
        "order_id",
        "amount",
        "title_id",
        "title_name",
        "kind_id",
        "user_id",
        *TITLE_FIELDS,
    }
)
# Finance may put these right at any time.
MAILING_FIELDS = frozenset({"mailing_address", "mailing_email", "note"})


class O2cInvoiceRequest(models.Model):
    """Asks finance for an invoice on an order."""

    _name = "o2c.invoice.request"
    _description = "Invoice Request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "o2c.notification.mixin",
        "o2c.protected.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", default="/", copy=False, readonly=True, index="trigram"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_issue", "To Issue"),
            ("issued", "Issued"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('state', '=', 'sale')]",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", compute="_compute_partner_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id", store=True)
    amount = fields.Monetary(required=True, tracking=True, help="Tax included.")
    # -- What the order says
    order_amount = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Order Value"
    )
    order_invoiced = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Invoiced"
    )
    order_requested = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Requested"
    )
    order_to_request = fields.Monetary(
        compute="_compute_order_money", compute_sudo=True, string="Open to Request"
    )
    # -- What to print and where to send it
    kind_id = fields.Many2one(
        "o2c.invoice.kind",
        default=lambda self: self.env["o2c.invoice.kind"].search([], limit=1),
    )
    title_id = fields.Many2one(
        "o2c.invoice.title",
        compute="_compute_title_id",
        store=True,
        readonly=False,
        domain="[('partner_id', 'parent_of', partner_id)]",
        ondelete="restrict",
    )
    title_name = fields.Char(
        string="Legal Name", compute="_compute_title", store=True, readonly=False
    )
    tax_id = fields.Char(
        string="Tax ID", compute="_compute_title", store=True, readonly=False
    )
    registered_address = fields.Char(
        compute="_compute_title", store=True, readonly=False
    )
    registered_phone = fields.Char(compute="_compute_title", store=True, readonly=False)
    bank_name = fields.Char(
        string="Bank", compute="_compute_title", store=True, readonly=False
    )
    account_number = fields.Char(compute="_compute_title", store=True, readonly=False)
    mailing_address = fields.Text(
        compute="_compute_mailing",
        store=True,
        readonly=False,
        help="For paper invoices.",
    )
    mailing_email = fields.Char(
        string="E-mail", compute="_compute_mailing", store=True, readonly=False
    )
    note = fields.Text()
    # -- Who, when, result
    user_id = fields.Many2one(
        "res.users",
        string="Requested By",
        required=True,
        default=lambda self: self.env.user,
        index=True,
    )
    requested_at = fields.Datetime(copy=False, readonly=True)
    decided_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    decided_at = fields.Datetime(copy=False, readonly=True)
    reject_reason = fields.Text(copy=False, readonly=True, tracking=True)
    move_ids = fields.One2many(
        "account.move", "o2c_request_id", string="Invoices", copy=False, readonly=True
    )
    tax_invoice_number = fields.Char(copy=False, tracking=True)

    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "The amount to invoice has to be more than zero."
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "name",
            "state",
            "requested_at",
            "decided_by_id",
            "decided_at",
            "reject_reason",
            "move_ids",
        }

    @api.depends("order_id.partner_id")
    def _compute_partner_id(self):
        for request in self:
            request.partner_id = request.order_id._o2c_shown_on(request).partner_id

    @api.depends(
        "order_id.o2c_amount_net",
        "order_id.o2c_amount_invoiced",
        "order_id.o2c_amount_requested",
        "order_id.o2c_amount_to_request",
    )
    def _compute_order_money(self):
        for request in self:
            order = request.order_id._o2c_shown_on(request)
            request.order_amount = order.o2c_amount_net
            request.order_invoiced = order.o2c_amount_invoiced
            request.order_requested = order.o2c_amount_requested
            request.order_to_request = order.o2c_amount_to_request

    @api.depends("order_id")
    def _compute_title_id(self):
        for request in self:
            partner = request.order_id._o2c_shown_on(request).partner_id
            request.title_id = partner._o2c_get_default_title()

    @api.depends("title_id")
    def _compute_title(self):
        """Copy the title: what was asked for stays, whatever happens to it later."""
        for request in self:
            title = request.title_id
            request.title_name = title.name
            for name in TITLE_FIELDS:
                request[name] = title[name]

    @api.depends("order_id")
    def _compute_mailing(self):
        for request in self:
            partner = request.order_id._o2c_shown_on(request).partner_invoice_id
            address = partner._display_address(without_company=True)
            lines = (line.strip() for line in address.splitlines())
            request.mailing_address = "\n".join(line for line in lines if line)
            request.mailing_email = partner.email

    def _o2c_get_order(self):
        return self.order_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("name", None)
        if any(vals.get("tax_invoice_number") for vals in vals_list):
            self._check_tax_number_writable()
        requests = super().create(vals_list)
        # Whoever names an order here reads what it is worth.
        requests.order_id.check_access("read")
        sequence = self.env["ir.sequence"].sudo()
        for request in requests:
            # The number is given by the system: users may not choose it.
            request.sudo().name = sequence.with_company(
                request.company_id
            ).next_by_code("o2c.invoice.request")
        return requests

    def write(self, vals):
        if not self.env.su and not FROZEN_FIELDS.isdisjoint(vals):
            self._check_editable()
        if not MAILING_FIELDS.isdisjoint(vals) and not self._is_finance():
            self._check_editable()
        if "tax_invoice_number" in vals:
            self._check_tax_number_writable()
        result = super().write(vals)
        if "order_id" in vals:
            self.order_id.check_access("read")
        return result

    def _is_finance(self):
        return self.env.su or self.env.user._o2c_has_role("sale_o2c_flow.group_finance")

    def _check_tax_number_writable(self):
        if not self._is_finance():
            raise AccessError(
                self.env._(
                    "Only finance enters the number of a tax invoice: it is known once "
                    "the invoice is issued."
                )
            )

    def _check_editable(self):
        for request in self:
            if request.state not in ("draft", "rejected"):
                raise UserError(
                    self.env._(
                        "Request %s is issued: ask finance to change it.",
                        request.name,
                    )
                    if request.state == "issued"
                    else self.env._(
                        "Request %s is with finance: take it back to change it.",
                        request.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for request in self:
            if request.state in ("to_issue", "issued"):
                raise UserError(
                    self.env._(
                        "Request %s cannot be deleted: finance has it.", request.name
                    )
                )

    # === ACTIONS === #

    def action_submit(self):
        """Ask finance to issue the invoices.

        :raise UserError: if a request is incomplete, or asks for more than the order
            has left
        """
        self.check_access("write")
        self._o2c_lock()
        for request in self:
            if request.state not in ("draft", "rejected"):
                raise UserError(
                    self.env._("Request %s was submitted already.", request.name)
                )
            request._check_amount()
            request._check_title()
            # The state is not for users to write; the checks above were theirs to pass.
            request.sudo().write(
                {
                    "state": "to_issue",
                    "requested_at": fields.Datetime.now(),
                    "reject_reason": False,
                }
            )
        self._o2c_close_todos("invoice_rejected")
        self._o2c_notify("invoice_requested")
        return True

    def action_return_to_draft(self):
        """Take requests back from finance, to correct them."""
        self.check_access("write")
        self._o2c_lock()
        for request in self:
            if request.state not in ("to_issue", "rejected"):
                raise UserError(
                    self.env._(
                        "Request %s cannot be taken back any more.", request.name
                    )
                )
        self.sudo().write({"state": "draft"})
        self._o2c_close_todos("invoice_requested")
        return True

    def action_issue(self):
        """Issue the invoices, as finance.

        :raise AccessError: if the user is not in finance
        :raise UserError: if a request does not wait, or its order has less left
        """
        self._require_finance()
        self._o2c_lock()
        for request in self:
            request._check_can_decide()
            request._check_amount()
            # Finance need not own the order; what it may invoice was just checked.
            request.sudo()._issue()
            request._record_decision("issued")
        return True

    def action_reject(self, reason):
        """Reject requests, as finance.

        :param str reason: why; the salesperson reads it
        """
        self._require_finance()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why you reject: sales has to act on it."))
        self._o2c_lock()
        for request in self:
            request._check_can_decide()
        self._record_decision("rejected", reason.strip())
        return True

    def action_open_reject(self):
        """Open the dialog that asks for the reason of a rejection."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "o2c.invoice.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    def action_view_invoices(self):
        """Open the invoices of the request."""
        return self.order_id.action_view_invoice(invoices=self.move_ids)

    # === CHECKS === #

    def _require_finance(self):
        self.check_access("read")
        self.env.user._o2c_require_group(
            "sale_o2c_flow.group_finance",
            self.env._("Only finance issues or rejects invoice requests."),
        )

    def _o2c_lock(self):
        """Take the orders too, so that no two requests use the same open amount."""
        self.order_id._o2c_lock()
        return super()._o2c_lock()

    def _check_can_decide(self):
        self.ensure_one()
        if self.state in ("issued", "rejected"):
            raise UserError(
                self.env._(
                    "Request %(request)s was already decided by %(user)s.",
                    request=self.name,
                    user=self.decided_by_id.sudo().name,
                )
            )
        if self.state != "to_issue":
            raise UserError(
                self.env._("Request %s does not wait for finance.", self.name)
            )

    def _check_amount(self):
        self.ensure_one()
        order = self.order_id
        if order.state != "sale":
            raise UserError(
                self.env._(
                    "%s is not confirmed: confirm it before invoicing.", order.name
                )
            )
        available = order.o2c_amount_to_request
        if self.state == "to_issue":
            available = order._o2c_get_uninvoiced() - sum(
                (order.o2c_request_ids - self)
                .filtered(lambda r: r.state == "to_issue")
                .mapped("amount")
            )
        if self.currency_id.compare_amounts(self.amount, available) > 0:
            raise UserError(
                self.env._(
                    "%(order)s has %(available)s left to invoice, the request is for "
                    "%(amount)s.",
                    order=order.name,
                    available=self.currency_id.format(max(available, 0.0)),
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _check_title(self):
        self.ensure_one()
        if self.kind_id.needs_tax_id and not self.tax_id:
            raise UserError(
                self.env._(
                    "%(kind)s needs a tax ID: choose an invoice title that has one.",
                    kind=self.kind_id.name,
                )
            )

    # === ISSUING === #

    def _issue(self):
        """Make the invoice of the request: the whole rest of the order, or a part."""
        self.ensure_one()
        moves = self._create_final_invoice() or self._create_down_payment_invoice()
        moves.write(self._prepare_invoice_values())
        if self.company_id.o2c_invoice_post:
            moves.action_post()

    def _create_final_invoice(self):
        """Invoice the order the ordinary way if that gives exactly what was asked."""
        order = self.order_id.with_context(
            raise_if_nothing_to_invoice=False, o2c_net_of_returns=True
        )
        if self.currency_id.compare_amounts(self.amount, order._o2c_get_uninvoiced()):
            return self.env["account.move"]
        if not order._o2c_is_invoiceable_whole():
            return self.env["account.move"]
        return order._create_invoices(final=True)

    def _create_down_payment_invoice(self):
        """Invoice a part, which the final invoice deducts."""
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": self.amount,
                "sale_order_ids": [Command.set(self.order_id.ids)],
            }
        )
        return wizard._create_invoices(self.order_id)

    def _prepare_invoice_values(self):
        """Return what the request adds to its invoice."""
        self.ensure_one()
        lines = [self.title_name, self.tax_id, self.registered_address]
        lines += [self.registered_phone, self.bank_name, self.account_number]
        title = "\n".join(line for line in lines if line)
        values = {"o2c_request_id": self.id}
        if title:
            values["narration"] = plaintext2html(title)
        return values

    def _record_decision(self, state, reason=False):
        # Who decided is written by the system, after the checks.
        self.sudo().write(
            {
                "state": state,
                "reject_reason": reason,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        self._o2c_close_todos("invoice_requested")
        self._o2c_notify(f"invoice_{state}")

    def _o2c_get_event_note(self, event):
        values = {
            "request": self.name,
            "order": self.order_id.name,
            "amount": self.currency_id.format(self.amount),
            "customer": self.partner_id.display_name,
        }
        if event == "invoice_requested":
            return self.env._(
                "Invoice %(amount)s of %(order)s to %(customer)s (%(request)s)",
                **values,
            )
        if event == "invoice_issued":
            return self.env._(
                "%(amount)s of %(order)s is invoiced (%(request)s)", **values
            )
        if event == "invoice_rejected":
            return self.env._(
                "The invoice of %(amount)s for %(order)s was rejected (%(request)s): "
                "%(reason)s",
                reason=self.reject_reason,
                **values,
            )
        return super()._o2c_get_event_note(event)
