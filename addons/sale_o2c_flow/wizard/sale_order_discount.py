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

    def _get_discount_product(self):
        """Return the product of discounts; a new one is called so in every language, not
        only in that of whoever gives the first discount."""
        known = self.company_id.sale_discount_product_id
        in_english = self.with_context(lang="en_US")
        product = super(SaleOrderDiscount, in_english)._get_discount_product()
        if product != known:
            for code, _name in self.env["res.lang"].get_installed():
                values = self.with_context(lang=code)._prepare_discount_product_values()
                product.with_context(lang=code).name = values["name"]
        return product.with_env(self.env)
