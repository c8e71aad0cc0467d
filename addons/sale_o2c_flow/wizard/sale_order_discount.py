from odoo import models


class SaleOrderDiscount(models.TransientModel):
    _inherit = "sale.order.discount"

    def _create_discount_lines(self):
        """Give the discount on the whole order as one that follows its lines, instead
        of another one on top."""
        self.ensure_one()
        if self.discount_type == "so_discount":
            values = {
                "o2c_order_discount_type": "percent",
                "o2c_order_discount_percent": self.discount_percentage * 100.0,
            }
        else:
            values = {
                "o2c_order_discount_type": "amount",
                "o2c_order_discount_amount": self.discount_amount,
            }
        self.sale_order_id.write(values)
