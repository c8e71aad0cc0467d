from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _o2c_get_category_path(self):
        """Return the ids of the product's categories, from the top one down.

        :rtype: tuple
        """
        path = self.categ_id.parent_path or ""
        return tuple(int(part) for part in path.split("/") if part)
