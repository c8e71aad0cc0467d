from odoo import api, fields, models


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
    o2c_reference_subtotal = fields.Monetary(
        string="Reference Subtotal",
        compute="_compute_o2c_reference_subtotal",
        store=True,
        precompute=True,
        help="What the line would cost, without tax, at the reference price; nothing "
        "where goods go back.",
        groups="base.group_user",
    )
    o2c_effective_discount = fields.Float(
        string="Effective Discount (%)",
        digits=(5, 2),
        compute="_compute_o2c_effective_discount",
        store=True,
        precompute=True,
        help="1 - subtotal / reference subtotal: counts the line discount and a "
        "hand-changed unit price.",
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_reference_price_unit",
            "o2c_reference_subtotal",
            "o2c_effective_discount",
        }

    @api.depends(
        "product_id", "product_uom_id", "product_uom_qty", "order_id.pricelist_id"
    )
    def _compute_o2c_reference_price_unit(self):
        for line in self:
            if line._o2c_has_reference_price():
                line.o2c_reference_price_unit = line._o2c_get_reference_price_unit()
            else:
                line.o2c_reference_price_unit = 0.0

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
        line = self.with_company(self.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_display_price(),
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(
                line.company_id
            ),
            fiscal_position=line.order_id.fiscal_position_id,
        )

    @api.depends("o2c_reference_price_unit", "price_subtotal", "product_uom_qty")
    def _compute_o2c_reference_subtotal(self):
        AccountTax = self.env["account.tax"]
        for line in self:
            company = line.company_id or self.env.company
            if line._o2c_only_gives_away():
                line.o2c_reference_subtotal = 0.0
            elif not line.o2c_reference_price_unit:
                line.o2c_reference_subtotal = max(0.0, line.price_subtotal)
            elif (
                line.o2c_reference_price_unit == line.price_unit
                and not line.discount
                and not line.extra_tax_data
            ):
                line.o2c_reference_subtotal = line.price_subtotal
            else:
                # Amounts agreed beside the price do not change the list price.
                base_line = line._prepare_base_line_for_taxes_computation(
                    price_unit=line.o2c_reference_price_unit,
                    discount=0.0,
                    extra_tax_data={},
                )
                AccountTax._add_tax_details_in_base_line(base_line, company)
                AccountTax._round_base_lines_tax_details([base_line], company)
                details = base_line["tax_details"]
                line.o2c_reference_subtotal = details["total_excluded_currency"]

    def _o2c_only_gives_away(self):
        """Whether the line sells nothing, but takes off what the other lines sell."""
        self.ensure_one()
        return self.product_uom_qty < 0.0 or (
            self._is_global_discount() and self.price_subtotal < 0.0
        )

    @api.depends("o2c_reference_subtotal", "price_subtotal")
    def _compute_o2c_effective_discount(self):
        for line in self:
            line.o2c_effective_discount = self._o2c_discount_percent(
                line.price_subtotal, line.o2c_reference_subtotal
            )

    @api.model
    def _o2c_discount_percent(self, net, reference):
        """Return 1 - net / reference in percent, 0 where there is no reference."""
        if not reference or reference <= 0.0:
            return 0.0
        return 100.0 * (1.0 - net / reference)
