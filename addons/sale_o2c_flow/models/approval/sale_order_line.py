from odoo import api, models

CONTENT_FIELDS = frozenset(
    {
        "order_id",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        "tax_ids",
        "extra_tax_data",
        "display_type",
        "is_expense",
        "is_downpayment",
    }
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        with self.order_id._o2c_changing_content() as change:
            lines = super().create(vals_list)
            change.add(lines.order_id)
        return lines

    def write(self, vals):
        changes = not CONTENT_FIELDS.isdisjoint(vals)
        with self.order_id._o2c_changing_content(changes) as change:
            result = super().write(vals)
            if "order_id" in vals:
                change.add(self.order_id)
        return result

    def unlink(self):
        with self.order_id._o2c_changing_content():
            return super().unlink()
