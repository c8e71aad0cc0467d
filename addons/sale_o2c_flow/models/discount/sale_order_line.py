from odoo import api, fields, models
from odoo.fields import Domain

from .assign import assign

# All that a price may take from whoever asks for it. Odoo reads extras of a product from
# the context, too, where an RPC client can put them.
PRICE_CONTEXT = ("lang", "tz", "allowed_company_ids")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    o2c_reference_price_unit = fields.Float(
        string="Reference Price",
        min_display_digits="Product Price",
        compute="_compute_o2c_reference_price_unit",
        store=True,
        precompute=True,
        help="Unit price of the pricelist before any discount, when the line was made.",
        groups="base.group_user",
    )
    o2c_pricelist_discount = fields.Float(
        string="By Pricelist (%)",
        digits=(5, 2),
        compute="_compute_o2c_reference_price_unit",
        store=True,
        precompute=True,
        aggregator="avg",
        help="What the rule of the pricelist takes off the reference price.",
        groups="base.group_user",
    )
    o2c_reference_subtotal = fields.Monetary(
        string="Reference Subtotal",
        compute="_compute_o2c_reference_subtotal",
        store=True,
        precompute=True,
        help="What the line would cost, without tax, at the reference price; nothing "
        "where goods go back.",
        groups="base.group_user",
    )
    o2c_order_discount_share = fields.Monetary(
        string="Share of Order Discounts",
        compute="_compute_o2c_order_discount_share",
        store=True,
        help="What discounts on the whole order take off this line, without tax.",
        groups="base.group_user",
    )
    o2c_effective_discount = fields.Float(
        string="Effective Discount (%)",
        digits=(5, 2),
        compute="_compute_o2c_effective_discount",
        store=True,
        aggregator="avg",
        help="1 - subtotal / reference subtotal: counts the line discount, a "
        "hand-changed unit price and the line's share of discounts on the whole order.",
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_reference_price_unit",
            "o2c_pricelist_discount",
            "o2c_reference_subtotal",
            "o2c_order_discount_share",
            "o2c_effective_discount",
        }

    def _o2c_is_left_out(self):
        """Whether the line is no matter of discount policies.

        A hook for addons whose lines give something away by rules of their own, such
        as promotions. What it rests on has to be added to the dependencies of the
        effective discount of lines and orders.
        """
        self.ensure_one()
        return False

    @api.model
    def _o2c_get_judged_domain(self):
        """Return which stored lines policies judge, for those who look at many orders.

        What ``_o2c_is_left_out`` leaves out has to be left out here, too.
        """
        return Domain("display_type", "=", False) & (
            Domain("product_uom_qty", "!=", 0) | Domain("is_downpayment", "=", False)
        )

    @api.depends(
        "product_id", "product_uom_id", "product_uom_qty", "order_id.pricelist_id"
    )
    def _compute_o2c_reference_price_unit(self):
        for line in self:
            price = percent = 0.0
            if line._o2c_has_reference_price():
                price = line._o2c_get_reference_price_unit()
                percent = line._o2c_get_pricelist_discount()
            if percent and not line.company_id.o2c_count_pricelist_discounts:
                price, percent = price * (1.0 - percent / 100.0), 0.0
            assign(line, o2c_reference_price_unit=price, o2c_pricelist_discount=percent)

    def _o2c_has_reference_price(self):
        """Whether the pricelist says what the line should cost.

        Sections and down payments have no such price.
        """
        self.ensure_one()
        return bool(
            self.order_id
            and self.product_id
            and self.product_uom_id
            and not self.display_type
        )

    def _o2c_get_reference_price_unit(self):
        """Return the pricelist's unit price before discount, in the order's currency
        and with the taxes the unit price is entered with."""
        self.ensure_one()
        context = {
            name: value
            for name, value in self.env.context.items()
            if name in PRICE_CONTEXT
        }
        line = self.with_env(self.env(context=context)).with_company(self.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_display_price(),
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(
                line.company_id
            ),
            fiscal_position=line.order_id.fiscal_position_id,
        )

    def _o2c_get_pricelist_discount(self):
        """Return the percentage that a rule of the pricelist takes off, and that Odoo
        fills in as the discount of the line."""
        self.ensure_one()
        # What belongs to a combo has the discount of the combo.
        line = self._get_linked_line() if self.combo_item_id else self
        line = line.with_company(self.company_id)
        if not line.pricelist_item_id._show_discount():
            return 0.0
        base = line._get_pricelist_price_before_discount()
        if base <= 0.0:
            return 0.0
        return max(0.0, 100.0 * (1.0 - line._get_pricelist_price() / base))

    @api.depends("o2c_reference_price_unit", "price_subtotal", "product_uom_qty")
    def _compute_o2c_reference_subtotal(self):
        for line in self:
            assign(line, o2c_reference_subtotal=line._o2c_get_reference_subtotal())

    def _o2c_get_reference_subtotal(self):
        self.ensure_one()
        if self._o2c_only_gives_away():
            return 0.0
        if not self.o2c_reference_price_unit:
            return max(0.0, self.price_subtotal)
        if (
            self.o2c_reference_price_unit == self.price_unit
            and not self.discount
            and not self.extra_tax_data
        ):
            return self.price_subtotal
        # Amounts agreed beside the price do not change the list price.
        AccountTax = self.env["account.tax"]
        company = self.company_id or self.env.company
        base_line = self._prepare_base_line_for_taxes_computation(
            price_unit=self.o2c_reference_price_unit, discount=0.0, extra_tax_data={}
        )
        AccountTax._add_tax_details_in_base_line(base_line, company)
        AccountTax._round_base_lines_tax_details([base_line], company)
        return base_line["tax_details"]["total_excluded_currency"]

    def _o2c_only_gives_away(self):
        """Whether the line sells nothing, but takes off what the other lines sell."""
        self.ensure_one()
        return self.product_uom_qty < 0.0 or self._o2c_takes_off_order()

    def _o2c_takes_off_order(self):
        """Whether the line is a discount on the whole order."""
        self.ensure_one()
        return bool(self._is_global_discount()) and self.price_subtotal < 0.0

    @api.depends(
        "extra_tax_data",
        "order_id.order_line.display_type",
        "order_id.order_line.extra_tax_data",
        "order_id.order_line.is_downpayment",
        "order_id.order_line.price_subtotal",
        "order_id.order_line.product_uom_qty",
    )
    def _compute_o2c_order_discount_share(self):
        for order, lines in self.grouped("order_id").items():
            shares = order._o2c_spread_order_discounts()
            for line in lines:
                assign(line, o2c_order_discount_share=shares.get(line, 0.0))

    @api.depends("o2c_reference_subtotal", "o2c_order_discount_share", "price_subtotal")
    def _compute_o2c_effective_discount(self):
        for line in self:
            percent = self._o2c_discount_percent(
                line._o2c_get_net(), line.o2c_reference_subtotal
            )
            assign(line, o2c_effective_discount=percent)

    def _o2c_get_net(self):
        """Return what the line really brings, without tax, in the order's currency."""
        self.ensure_one()
        return self.price_subtotal - self.o2c_order_discount_share

    def _o2c_get_pricelist_amount(self):
        """Return how much of what the line gives away the pricelist gives, without tax,
        in the order's currency."""
        self.ensure_one()
        given = max(0.0, self.o2c_reference_subtotal - self.price_subtotal)
        by_rule = self.o2c_reference_subtotal * self.o2c_pricelist_discount / 100.0
        return min(given, by_rule)

    @api.model
    def _o2c_discount_percent(self, net, reference):
        """Return 1 - net / reference in percent, 0 where there is no reference."""
        if not reference or reference <= 0.0:
            return 0.0
        return 100.0 * (1.0 - net / reference)
