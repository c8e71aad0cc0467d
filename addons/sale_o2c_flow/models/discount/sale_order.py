from odoo import api, fields, models

from .assign import assign


class SaleOrder(models.Model):
    """What an order gives away."""

    _inherit = "sale.order"

    o2c_reference_amount = fields.Monetary(
        string="Before Discounts",
        compute="_compute_o2c_effective_discount",
        store=True,
        help="Untaxed amount of the order at the pricelist's prices before discounts.",
        groups="base.group_user",
    )
    o2c_amount_given = fields.Monetary(
        string="Given Away",
        compute="_compute_o2c_effective_discount",
        store=True,
        groups="base.group_user",
    )
    o2c_effective_discount = fields.Float(
        string="Effective Discount (%)",
        digits=(5, 2),
        compute="_compute_o2c_effective_discount",
        store=True,
        help="1 - untaxed amount / amount before discounts: counts line discounts, "
        "discounts on the whole order and hand-changed prices.",
        groups="base.group_user",
    )
    o2c_pricelist_amount = fields.Monetary(
        string="Of Which by the Pricelist",
        compute="_compute_o2c_effective_discount",
        store=True,
        help="What percentages of the pricelist give away, of all that is given away.",
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_reference_amount",
            "o2c_amount_given",
            "o2c_effective_discount",
            "o2c_pricelist_amount",
        }

    @api.depends(
        "order_line.price_subtotal",
        "order_line.o2c_reference_subtotal",
        "order_line.o2c_pricelist_discount",
    )
    def _compute_o2c_effective_discount(self):
        for order in self:
            lines = order._o2c_get_judged_lines()
            net = sum(lines.mapped("price_subtotal"))
            reference = sum(lines.mapped("o2c_reference_subtotal"))
            percent = lines._o2c_discount_percent(net, reference)
            if net < 0.0 and reference <= 0.0:
                # An order that only gives money away.
                percent = 100.0
            by_pricelist = sum(line._o2c_get_pricelist_amount() for line in lines)
            assign(
                order,
                o2c_reference_amount=reference,
                o2c_amount_given=reference - net,
                o2c_effective_discount=percent,
                o2c_pricelist_amount=by_pricelist,
            )

    def _o2c_get_judged_lines(self):
        """Return the lines that discount policies judge: what is sold, less the lines
        that say of themselves, by ``_o2c_is_left_out``, that they are left out."""
        return self._o2c_get_sold_lines().filtered(
            lambda line: not line._o2c_is_left_out()
        )

    def _o2c_spread_order_discounts(self):
        """Return what each line bears of the discounts on the whole order.

        They are spread over what is sold in proportion to its subtotals, to the cent.
        Goods that go back are no such discount: they count for the order only.

        :return: amounts without tax, in the order's currency, by line
        :rtype: dict
        """
        judged = self._o2c_get_judged_lines()
        givers = judged.filtered(lambda line: line._o2c_takes_off_order())
        sold = (judged - givers).filtered(lambda line: line.price_subtotal > 0.0)
        total = sum(sold.mapped("price_subtotal"))
        if not givers or not total:
            return {}
        amount = -sum(givers.mapped("price_subtotal"))
        currency = self.currency_id or self.env.company.currency_id
        shares, before, spread = {}, 0.0, 0.0
        for line in sold:
            before += line.price_subtotal
            upto = currency.round(amount * before / total)
            shares[line] = currency.round(upto - spread)
            spread = upto
        return shares
