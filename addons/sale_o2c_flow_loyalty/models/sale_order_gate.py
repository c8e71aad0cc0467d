from odoo import models

from odoo.addons.sale_o2c_flow.models.approval.sale_order_gate import CONTENT_FIELDS

from .granting import granting, is_granting


class SaleOrder(models.Model):
    """The gate around loyalty: it takes points, makes coupons and sends them when
    orders are confirmed, and not when they are only sent into approval.

    Rewards are worked out before: what was judged is what is confirmed.
    """

    _inherit = "sale.order"

    def action_o2c_submit(self):
        self.check_access("write")
        self._o2c_settle_rewards()
        return super().action_o2c_submit()

    def action_confirm(self):
        self._o2c_settle_rewards()
        result = True
        for orders in self._o2c_split_by_customer():
            cleared = orders._o2c_divert_held()._o2c_without_defaults()
            if cleared:
                with granting(self.env), cleared._o2c_settled():
                    result = super(SaleOrder, cleared).action_confirm()
        return result

    def _validate_order(self):
        # Loyalty invoices what rewards made free, and would do so before it is
        # confirmed.
        self._o2c_settle_rewards()
        cleared = self._o2c_divert_held()
        if not cleared:
            return None
        return super(SaleOrder, cleared)._validate_order()

    def write(self, vals):
        if vals.get("state") != "sale":
            return super().write(vals)
        if not CONTENT_FIELDS.isdisjoint(vals):
            # Rewards follow the content, and both are judged.
            self.write({name: vals[name] for name in vals if name != "state"})
            vals = {"state": "sale"}
        self._o2c_settle_rewards()
        return super().write(vals)

    def _o2c_settle_content(self, before):
        # Goods taken off leave no reward for them behind.
        if not is_granting(self.env):
            submitted = self.sudo().filtered("o2c_submitted_at")
            submitted._o2c_settle_rewards()
            confirmed = self.filtered(lambda o: o.id in before and o.state == "sale")
            confirmed._o2c_settle_confirmed(before)
        return super()._o2c_settle_content(before)
