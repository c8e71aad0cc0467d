"""What a customer gave for an order that is not confirmed: a signature, or money."""

from odoo import models

# Transactions by which money is here, or promised.
PAID_STATES = ("pending", "authorized", "done")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_holds_something(self):
        """Whether the customer signed the order, or paid or promised money for it."""
        self.ensure_one()
        return bool(self.signature or self._o2c_get_payments())

    def _o2c_get_payments(self, states=PAID_STATES):
        # Salespeople are told that there is money, and may not read transactions.
        return self.sudo().transaction_ids.filtered(
            lambda transaction: transaction.state in states
        )

    def _o2c_get_event_note(self, event):
        if event != "order_on_hold":
            return super()._o2c_get_event_note(event)
        customer = self.partner_id.display_name
        payments = self._o2c_get_payments()
        if not payments:
            return self.env._(
                "%(order)s was rejected, and %(customer)s has signed it: the signature "
                "is on hold. Change the order and submit it again, or tell them.",
                order=self.name,
                customer=customer,
            )
        amount = sum(payments.mapped("amount"))
        return self.env._(
            "%(order)s was rejected, and %(customer)s has paid %(amount)s: the money is "
            "on hold. Change the order and submit it again, or pay it back.",
            order=self.name,
            customer=customer,
            amount=self.currency_id.format(amount),
        )
