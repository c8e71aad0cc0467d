from odoo import api, models


class SaleOrder(models.Model):
    """What promotions give, beside what salespeople do."""

    _inherit = "sale.order"

    def _o2c_get_discountable_lines(self):
        lines = super()._o2c_get_discountable_lines()
        return lines.filtered(lambda line: not line.o2c_not_discount)

    @api.depends("order_line.o2c_not_discount")
    def _compute_o2c_effective_discount(self):
        return super()._compute_o2c_effective_discount()

    @api.depends("order_line.o2c_not_discount")
    def _compute_o2c_discount_tier_id(self):
        return super()._compute_o2c_discount_tier_id()

    def _o2c_get_content_measures(self):
        measures = super()._o2c_get_content_measures()
        share = self._o2c_get_reward_share()
        return {**measures, "rewards": share} if share else measures

    def _o2c_get_reward_share(self):
        """Return what rewards that are not counted give away, in percent of the rest of
        the order. Gift cards and wallets are money, and give nothing away."""
        self.ensure_one()
        rewards = self._o2c_get_sold_lines().filtered(
            lambda line: (
                line.o2c_not_discount
                and not line.reward_id.program_id.is_payment_program
            )
        )
        if not rewards:
            return 0.0
        given = sum(rewards.mapped("o2c_reference_subtotal"))
        given -= sum(rewards.mapped("price_subtotal"))
        if given <= 0.0:
            return 0.0
        rest = sum(self._o2c_get_discountable_lines().mapped("price_subtotal"))
        # To one decimal: rewards are rounded to cents themselves.
        return round(100.0 * given / rest, 1) if rest > 0.0 else 100.0
