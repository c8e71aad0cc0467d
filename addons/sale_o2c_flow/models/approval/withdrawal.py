"""Taking an order away from its deciders: recalled or cancelled by those who sell."""

from odoo import models
from odoo.exceptions import AccessError

SALES_GROUP = "sales_team.group_sale_salesman"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        if vals.get("state") == "cancel":
            waiting = self.filtered(lambda order: order._o2c_is_in_approval())
            waiting._o2c_check_may_withdraw()
            self._o2c_withdraw()
        return super().write(vals)

    def _o2c_check_may_withdraw(self):
        """Check that the user may take orders away from their deciders.

        Whoever may write orders for another reason, to invoice them for example, may
        not. A customer who declines is served as superuser.

        :raise AccessError: naming the orders
        """
        if self and not self.env.su and not self.env.user._o2c_has_role(SALES_GROUP):
            raise AccessError(
                self.env._(
                    "%(orders)s: only people who sell may recall or cancel an order "
                    "that is in approval. Reject it if it is yours to decide, or ask "
                    "its salesperson.",
                    orders=self.mapped("name"),
                )
            )
