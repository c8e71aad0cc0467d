from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "o2c.notification.mixin"]

    def _o2c_get_order(self):
        return self

    def _o2c_get_decision_links(self, user):
        """Return the links by which a user decides what waits for them on the order,
        to show in mails.

        :return: addresses by what they are called, in the language of the environment
        :rtype: dict[str, str]
        """
        self.ensure_one()
        return {}
