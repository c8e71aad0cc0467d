"""The whole-order discount on invoices of a part of the order."""

from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends(
        "o2c_is_order_discount",
        "order_id.order_line.price_subtotal",
        "order_id.order_line.product_uom_qty",
        "order_id.order_line.qty_delivered",
    )
    def _compute_qty_to_invoice(self):
        """Invoice as much of the discount as of the goods it is given on.

        Odoo puts all of it on the first invoice, which becomes a credit note where
        little was delivered.
        """
        result = super()._compute_qty_to_invoice()
        discounts = self.filtered(
            lambda line: (
                line.state == "sale"
                and not line.display_type
                and line.o2c_is_order_discount
            )
        )
        for order, lines in discounts.grouped("order_id").items():
            due = order._o2c_get_share_due()
            for line in lines:
                quantity = line.product_uom_id.round(line.product_uom_qty * due)
                line.qty_to_invoice = quantity - line.qty_invoiced
        return result

    def _o2c_get_share_due(self):
        """Return which share of the line is due to be on invoices by now: all of what
        is invoiced as ordered, what is delivered of the rest."""
        self.ensure_one()
        if self.product_id.invoice_policy != "delivery":
            return 1.0
        return min(1.0, max(0.0, self.qty_delivered / self.product_uom_qty))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_get_share_due(self):
        """Return which share of the order, by value, is due to be on invoices by now."""
        self.ensure_one()
        goods = self._o2c_get_order_discount_base().filtered(
            lambda line: line.product_uom_qty > 0.0 and line.price_subtotal > 0.0
        )
        total = sum(goods.mapped("price_subtotal"))
        if not total:
            return 1.0
        due = sum(line.price_subtotal * line._o2c_get_share_due() for line in goods)
        return due / total
