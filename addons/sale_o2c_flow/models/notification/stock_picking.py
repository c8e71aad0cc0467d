from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "o2c.notification.mixin"]

    def _o2c_get_order(self):
        return self.sale_id
