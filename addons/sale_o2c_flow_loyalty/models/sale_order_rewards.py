from contextlib import contextmanager

from odoo import models
from odoo.tools.misc import clean_context

from .granting import granting, is_granting

SETTLED = "o2c_settled_rewards"


class SaleOrder(models.Model):
    """Loyalty's methods, which alone set rewards, judged once when they are done.

    Promotions look at an order before its whole-order discount, which takes off what is
    left after them. Both ways round, they would follow each other for ever, and what
    comes out would depend on who was first.
    """

    _inherit = "sale.order"

    def _o2c_get_protected_fields(self):
        protected = super()._o2c_get_protected_fields()
        if is_granting(self.env):
            return protected
        return protected | {
            "applied_coupon_ids",
            "code_enabled_rule_ids",
            "coupon_point_ids",
        }

    @contextmanager
    def _o2c_granting(self):
        """Let loyalty set rewards of the orders, and judge them at the end.

        :return: the orders, without the default values a caller may have sent
        """
        with granting(self.env, working_out=True), self._o2c_changing_content():
            yield self._o2c_without_defaults()

    def _o2c_without_defaults(self):
        return self.with_env(self.env(context=clean_context(self.env.context)))

    def _update_programs_and_rewards(self):
        if self.id in self.env.cr.cache.get(SETTLED, ()):
            return None
        with self._o2c_granting() as order:
            return super(SaleOrder, order)._update_programs_and_rewards()

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with self._o2c_granting() as order:
            return super(SaleOrder, order)._apply_program_reward(
                reward, coupon, **kwargs
            )

    def _try_apply_program(self, program, coupon=None):
        with self._o2c_granting() as order:
            return super(SaleOrder, order)._try_apply_program(program, coupon)

    def _try_apply_code(self, code):
        with self._o2c_granting() as order:
            return super(SaleOrder, order)._try_apply_code(code)

    def _action_cancel(self):
        with granting(self.env):
            return super()._action_cancel()

    def _get_copiable_order_lines(self):
        # Odoo would copy them and take them away again.
        lines = super()._get_copiable_order_lines()
        return lines.filtered(lambda line: not line.reward_id)

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        """Lines that are used again keep nothing of what somebody wrote into them."""
        products = self.env["product.product"]
        whole_vals = [
            {
                "discount": 0.0,
                "extra_tax_data": False,
                "product_uom_id": products.browse(vals["product_id"]).uom_id.id,
                **vals,
            }
            for vals in reward_vals
        ]
        return super()._write_vals_from_reward_vals(whole_vals, old_lines, delete)

    def _get_no_effect_on_threshold_lines(self):
        lines = super()._get_no_effect_on_threshold_lines()
        return lines | self.order_line.filtered(lambda line: line._is_global_discount())

    def _get_not_rewarded_order_lines(self):
        lines = super()._get_not_rewarded_order_lines()
        return lines.filtered(lambda line: not line._is_global_discount())

    def _discountable_amount(self, rewards_to_ignore):
        amount = super()._discountable_amount(rewards_to_ignore)
        discounts = self.order_line.filtered(lambda line: line._is_global_discount())
        left = amount + sum(discounts.mapped("price_total"))
        # Nothing to reward, or to pay with a card, where nothing is left.
        return amount if self.currency_id.compare_amounts(left, 0.0) > 0 else 0.0

    @contextmanager
    def _o2c_settled(self):
        """Have the rewards of the orders left as they are: they are judged."""
        cache = self.env.cr.cache
        before = cache.get(SETTLED, frozenset())
        settled = self.filtered(lambda order: order.order_line.reward_id)
        cache[SETTLED] = before | frozenset(settled.ids)
        try:
            yield
        finally:
            cache[SETTLED] = before
