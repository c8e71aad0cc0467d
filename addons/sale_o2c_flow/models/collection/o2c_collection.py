from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

FROZEN_FIELDS = frozenset(
    {
        "partner_id",
        "direction",
        "amount",
        "currency_id",
        "company_id",
        "allocation_ids",
        "user_id",
    }
)
# Finance may put these right as long as it decides; they date and book the money.
BOOKING_FIELDS = frozenset({"date", "journal_id"})


class O2cCollection(models.Model):
    """Money reported by sales; counts once finance has confirmed it."""

    _name = "o2c.collection"
    _description = "Collection"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "o2c.notification.mixin",
        "o2c.protected.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", default="/", copy=False, readonly=True, index="trigram"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    direction = fields.Selection(
        [("receive", "Collection"), ("refund", "Refund")],
        required=True,
        default="receive",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_confirm", "To Confirm"),
            ("confirmed", "Confirmed"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    # -- The money
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", related_sudo=False
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
        help="What was received or refunded, in the currency of the orders.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, tracking=True, index=True
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    payer_name = fields.Char(
        help="Name on the bank slip, when it is not the customer's."
    )
    payment_ref = fields.Char(string="Bank Reference", copy=False)
    allocation_ids = fields.One2many(
        "o2c.collection.allocation", "collection_id", string="Orders", copy=True
    )
    order_names = fields.Char(
        string="For Orders", compute="_compute_order_names", compute_sudo=True
    )
    note = fields.Text()
    # -- Who and when
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        default=lambda self: self.env.user,
        index=True,
    )
    submitted_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    decided_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    decided_at = fields.Datetime(copy=False, readonly=True)
    reject_reason = fields.Text(copy=False, readonly=True, tracking=True)
    payment_id = fields.Many2one(
        "account.payment", copy=False, readonly=True, index="btree_not_null"
    )

    _amount_check = models.Constraint(
        "CHECK (amount >= 0)", "The amount of a collection cannot be negative."
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "name",
            "state",
            "submitted_by_id",
            "decided_by_id",
            "decided_at",
            "reject_reason",
            "payment_id",
        }

    @api.depends("company_id")
    def _compute_journal_id(self):
        """Propose a bank or cash journal of the company the collection is for."""
        Journal = self.env["account.journal"]
        for collection in self:
            own = Domain(Journal._check_company_domain(collection.company_id))
            if not collection.journal_id.filtered_domain(own):
                money = Domain("type", "in", ("bank", "cash"))
                collection.journal_id = Journal.search(own & money, limit=1)

    @api.depends("allocation_ids.amount")
    def _compute_amount(self):
        for collection in self:
            collection.amount = sum(collection.allocation_ids.mapped("amount"))

    @api.depends("allocation_ids.order_id.name")
    def _compute_order_names(self):
        for collection in self:
            orders = collection.allocation_ids.order_id._o2c_shown_on(collection)
            collection.order_names = ", ".join(orders.mapped("name"))

    def _o2c_get_order(self):
        return self.allocation_ids.order_id

    @api.constrains("allocation_ids", "currency_id", "company_id", "partner_id")
    def _check_allocations(self):
        for collection in self:
            orders = collection.allocation_ids.order_id
            if orders.currency_id - collection.currency_id:
                raise ValidationError(
                    self.env._(
                        "Collection %(collection)s is in %(currency)s: choose orders in "
                        "that currency only.",
                        collection=collection.display_name,
                        currency=collection.currency_id.name,
                    )
                )
            if orders.company_id - collection.company_id:
                raise ValidationError(
                    self.env._("A collection holds orders of one company only.")
                )
            collection._check_customer()

    def _check_customer(self):
        """Check that the money is for orders of the customer it is booked for."""
        self.ensure_one()
        # Who may see the order need not be who may see the customer.
        collection = self.sudo()
        customer = collection.partner_id.commercial_partner_id
        others = collection.allocation_ids.order_id.filtered(
            lambda order: order.partner_id.commercial_partner_id != customer
        )
        if others:
            raise ValidationError(
                self.env._(
                    "%(orders)s: of another customer than the money, which is of "
                    "%(customer)s. Choose the customer of the orders, and give who "
                    "paid as Payer Name.",
                    orders=others.mapped("name"),
                    customer=customer.display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("name", None)
        collections = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()
        for collection in collections:
            # The number is given by the system: users may not choose it.
            collection.sudo().name = sequence.with_company(
                collection.company_id
            ).next_by_code("o2c.collection")
        return collections

    def write(self, vals):
        if not self.env.su and not FROZEN_FIELDS.isdisjoint(vals):
            self._check_editable()
        if not self.env.su and not BOOKING_FIELDS.isdisjoint(vals):
            self._check_booking_editable()
        return super().write(vals)

    def _check_booking_editable(self):
        collections = self
        if self.env.user._o2c_has_role("sale_o2c_flow.group_finance"):
            collections = self.filtered(lambda c: c.state != "to_confirm")
        collections._check_editable()

    def _check_editable(self):
        """Refuse changes of a collection finance has it in hand or has decided."""
        for collection in self:
            if collection.state not in ("draft", "rejected"):
                raise UserError(
                    self.env._(
                        "Collection %(collection)s has the status “%(state)s”: take it "
                        "back to draft before you change it, or ask finance to reject "
                        "it.",
                        collection=collection.name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[collection.state],
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for collection in self:
            if collection.state in ("to_confirm", "confirmed"):
                raise UserError(
                    self.env._(
                        "Collection %s cannot be deleted: finance has it.",
                        collection.name,
                    )
                )

    # === ACTIONS === #

    def action_submit(self):
        """Ask finance to confirm the collections.

        :raise UserError: if one is incomplete, or allocates more than an order owes
        """
        self.check_access("write")
        # No two collections may ask for the same open amount.
        self._o2c_get_order()._o2c_lock()
        self._o2c_lock()
        for collection in self:
            collection._check_can_submit()
            # The state is not for users to write; the checks above were theirs to pass.
            collection.sudo().write(
                {
                    "state": "to_confirm",
                    "submitted_by_id": self.env.uid,
                    "reject_reason": False,
                }
            )
        self._o2c_close_todos("collection_rejected")
        self._o2c_notify("collection_submitted")
        return True

    def action_return_to_draft(self):
        """Take collections back from finance, to correct them."""
        self.check_access("write")
        self._o2c_lock()
        for collection in self:
            if collection.state not in ("to_confirm", "rejected"):
                raise UserError(
                    self.env._(
                        "Collection %s cannot be taken back any more.", collection.name
                    )
                )
        self.sudo().write({"state": "draft"})
        self._o2c_close_todos("collection_submitted")
        return True

    def action_confirm(self):
        """Confirm that the money is there, as finance.

        Posts exactly one payment for each collection and reconciles it with the
        invoices of its orders.

        :raise AccessError: if the user is not in finance
        :raise UserError: if a collection is not waiting, or the user entered or
            submitted it
        """
        self._require_finance()
        self._o2c_lock()
        for collection in self:
            collection._check_can_decide()
            collection._check_amounts()
        # Finance need not own the orders and the customers' documents.
        for collection in self.sudo():
            collection._register_payment()
        self._record_decision("confirmed")
        return True

    def action_reject(self, reason):
        """Reject collections, as finance.

        :param str reason: why; the salesperson reads it
        """
        self._require_finance()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why you reject: sales has to act on it."))
        self._o2c_lock()
        for collection in self:
            collection._check_can_decide(own_allowed=True)
        self._record_decision("rejected", reason.strip())
        return True

    def action_open_reject(self):
        """Open the dialog that asks for the reason of a rejection."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "o2c.collection.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_collection_ids": self.ids},
        }

    # === CHECKS === #

    def _require_finance(self):
        self.check_access("read")
        self.env.user._o2c_require_group(
            "sale_o2c_flow.group_finance",
            self.env._("Only finance confirms or rejects collections."),
        )

    def _check_can_submit(self):
        self.ensure_one()
        if self.state not in ("draft", "rejected"):
            raise UserError(
                self.env._("Collection %s was submitted already.", self.name)
            )
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "Collection %s is dated in the future: money counts from the day it "
                    "arrives.",
                    self.name,
                )
            )
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "Collection %s has no amount: say how much it was.", self.name
                )
            )
        self._check_amounts()

    def _check_amounts(self):
        """Check the allocations against the amount and what the orders still owe."""
        self.ensure_one()
        total = sum(self.allocation_ids.mapped("amount"))
        if self.currency_id.compare_amounts(total, self.amount):
            raise UserError(
                self.env._(
                    "Collection %(collection)s: %(total)s of %(amount)s is given to "
                    "orders. Both have to be the same.",
                    collection=self.name,
                    total=self.currency_id.format(total),
                    amount=self.currency_id.format(self.amount),
                )
            )
        for allocation in self.allocation_ids:
            allocation._check_within_order()

    def _check_can_decide(self, own_allowed=False):
        self.ensure_one()
        if self.state in ("confirmed", "rejected") and self.decided_by_id:
            raise UserError(
                self.env._(
                    "Collection %(collection)s was already decided by %(user)s.",
                    collection=self.name,
                    user=self.decided_by_id.sudo().name,
                )
            )
        if self.state != "to_confirm":
            raise UserError(
                self.env._("Collection %s does not wait for finance.", self.name)
            )
        if own_allowed or self.company_id.sudo().o2c_collection_self_confirm:
            return
        # Whoever submits stands for what it says, even if somebody else entered it.
        if self.env.user in (self.user_id | self.create_uid | self.submitted_by_id):
            raise UserError(
                self.env._(
                    "You entered or submitted collection %s yourself: a colleague has to "
                    "confirm it.",
                    self.name,
                )
            )

    # === CONFIRMING === #

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
        self._o2c_close_todos("collection_submitted")
        self._o2c_notify(f"collection_{state}")

    def _register_payment(self):
        """Post the payment of the collection and settle invoices with it."""
        self.ensure_one()
        payment = self.env["account.payment"].create(self._prepare_payment_values())
        payment.action_post()
        self.payment_id = payment
        self.allocation_ids._reconcile()

    def _prepare_payment_values(self):
        """Return the values of the payment that books this collection."""
        self.ensure_one()
        return {
            "payment_type": "inbound" if self.direction == "receive" else "outbound",
            "partner_type": "customer",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": self.date,
            "journal_id": self.journal_id.id,
            "company_id": self.company_id.id,
            "memo": self.payment_ref or self.name,
            "o2c_collection_id": self.id,
        }

    @api.model
    def _prepare_from_orders(self, orders):
        """Return the default values of a collection for orders: what they still owe."""
        partners = orders.partner_id.commercial_partner_id
        return {
            "partner_id": partners[:1].id,
            "currency_id": orders.currency_id[:1].id,
            "company_id": orders.company_id[:1].id,
            "allocation_ids": [
                Command.create(
                    {"order_id": order.id, "amount": order._o2c_get_proposed_amount()}
                )
                for order in orders
            ],
        }

    def _o2c_get_event_note(self, event):
        values = {
            "collection": self.name,
            "amount": self.currency_id.format(self.amount),
            "customer": self.partner_id.display_name,
        }
        if event == "collection_submitted":
            return self.env._(
                "Confirm %(amount)s from %(customer)s (%(collection)s)", **values
            )
        if event == "collection_confirmed":
            return self.env._(
                "%(amount)s from %(customer)s is confirmed (%(collection)s)", **values
            )
        if event == "collection_rejected":
            return self.env._(
                "%(amount)s from %(customer)s was rejected (%(collection)s): %(reason)s",
                reason=self.reject_reason,
                **values,
            )
        return super()._o2c_get_event_note(event)
