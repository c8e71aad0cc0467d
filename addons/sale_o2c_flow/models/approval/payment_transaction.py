from odoo import models
from odoo.tools import str2bool


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Leave out the orders that went into approval instead of being confirmed, so
        that their customers are told that the money arrived."""
        orders = super()._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale")

    def _o2c_invoice_late(self):
        """Invoice what was paid before its order could be confirmed.

        Odoo does so when the money arrives, for companies with automatic invoices; it
        finds nothing to invoice while the order waits in approval.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        if not str2bool(parameters.get_param("sale.automatic_invoice"), False):
            return
        paid = self.filtered(
            lambda tx: (
                tx.state == "done"
                and tx.operation != "validation"
                and not tx.invoice_ids
            )
        )
        paid._invoice_sale_orders()
        paid.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        paid._send_invoice()
