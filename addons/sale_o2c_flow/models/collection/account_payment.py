from odoo import fields, models
from odoo.exceptions import UserError

# What finance confirmed with a collection.
BOOKED_FIELDS = frozenset(
    {"amount", "currency_id", "date", "journal_id", "partner_id", "payment_type"}
)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    o2c_collection_id = fields.Many2one(
        "o2c.collection",
        string="Collection",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    _o2c_collection_uniq = models.Constraint(
        "UNIQUE (o2c_collection_id)", "A collection has one payment only."
    )

    def _prepare_move_line_default_vals(
        self, write_off_line_vals=None, force_balance=None
    ):
        """Give each order its own receivable item, so that no order's invoice is
        settled with money meant for another."""
        values = super()._prepare_move_line_default_vals(
            write_off_line_vals=write_off_line_vals, force_balance=force_balance
        )
        # Payments are booked by people who may not read every order.
        allocations = self.sudo().o2c_collection_id.allocation_ids
        if not allocations:
            return values
        liquidity, counterpart, *others = values
        return [
            liquidity,
            *self._o2c_split_counterpart(counterpart, allocations),
            *others,
        ]

    def _o2c_split_counterpart(self, counterpart, allocations):
        """Return the receivable item split over the allocations, exact to the cent."""
        company_currency = self.company_id.currency_id
        total_currency = counterpart["amount_currency"]
        total = counterpart["debit"] - counterpart["credit"]
        done_currency = done = 0.0
        result = []
        for allocation in allocations:
            sign = 1.0 if total_currency > 0 else -1.0
            amount_currency = sign * allocation.amount
            done_currency += amount_currency
            balance = (
                company_currency.round(total * done_currency / total_currency) - done
            )
            done += balance
            result.append(
                {
                    **counterpart,
                    "name": allocation.order_id.name,
                    "amount_currency": amount_currency,
                    "debit": max(balance, 0.0),
                    "credit": max(-balance, 0.0),
                    "o2c_allocation_id": allocation.id,
                }
            )
        return result

    def write(self, vals):
        if not self.env.su and not BOOKED_FIELDS.isdisjoint(vals):
            self._o2c_check_no_collection()
        if not self.env.su and "o2c_collection_id" in vals:
            raise UserError(
                self.env._(
                    "The collection of a payment is set when finance confirms it."
                )
            )
        if vals.get("state") in ("draft", "canceled", "rejected"):
            self._o2c_check_no_collection()
        return super().write(vals)

    def _o2c_check_no_collection(self):
        for payment in self.filtered("o2c_collection_id"):
            raise UserError(
                self.env._(
                    "Payment %(payment)s books collection %(collection)s, which finance "
                    "confirmed. Book the money going back as a refund collection.",
                    payment=payment.display_name,
                    collection=payment.sudo().o2c_collection_id.name,
                )
            )
