from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "o2c.notification.mixin"]

    def _o2c_get_order(self):
        return self
