from odoo import api, fields, models


class SaleOrder(models.Model):
    """What promotions give, beside what salespeople do."""

    _inherit = "sale.order"

    o2c_reward_given = fields.Monetary(
        string="Rewards Not Counted as a Discount",
        compute="_compute_o2c_reward_given",
        help="What rewards of programs give away, without tax, that are not counted as "
        "a discount.",
        groups="base.group_user",
    )

    @api.depends(
        "order_line.o2c_not_discount",
        "order_line.price_subtotal",
        "order_line.o2c_reference_subtotal",
    )
    def _compute_o2c_reward_given(self):
        for order in self:
            rewards = order.order_line.filtered("o2c_not_discount")
            order.o2c_reward_given = rewards._o2c_get_given()

    def _o2c_get_order_discount_base(self):
        # Gift cards and wallets pay for what is left after the discount.
        lines = super()._o2c_get_order_discount_base()
        return lines.filtered(
            lambda line: not line.reward_id.program_id.is_payment_program
        )

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
        given = rewards._o2c_get_given()
        if given <= 0.0:
            return 0.0
        rest = sum(self._o2c_get_judged_lines().mapped("price_subtotal"))
        # To one decimal: rewards are rounded to cents themselves.
        return round(100.0 * given / rest, 1) if rest > 0.0 else 100.0
