"""What orders earn, where it is known what things cost."""

from odoo import api, fields, models

from .assign import assign

COSTS = "sale_o2c_flow.group_costs"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_margin = fields.Monetary(
        string="Margin",
        compute="_compute_o2c_margin",
        store=True,
        help="What the order brings beyond the costs of the products, without tax. "
        "Lines whose cost is not known are left out.",
        groups=COSTS,
    )
    o2c_margin_percent = fields.Float(
        string="Margin (%)",
        digits=(5, 2),
        compute="_compute_o2c_margin",
        store=True,
        aggregator="avg",
        help="Margin in percent of what the lines with a known cost bring.",
        groups=COSTS,
    )
    o2c_margin_note = fields.Char(
        string="Costs not Known", compute="_compute_o2c_margin_note", groups=COSTS
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_margin",
            "o2c_margin_percent",
        }

    @api.depends(
        "order_line.o2c_margin",
        "order_line.o2c_unit_cost",
        "order_line.o2c_order_discount_share",
        "order_line.price_subtotal",
    )
    def _compute_o2c_margin(self):
        for order in self:
            lines = order._o2c_get_costed_lines()
            margin = sum(lines.mapped("o2c_margin"))
            net = sum(line._o2c_get_net() for line in lines)
            assign(
                order,
                o2c_margin=margin,
                o2c_margin_percent=lines._o2c_margin_percent(margin, net),
            )

    def _o2c_get_costed_lines(self):
        """Return the lines the margin is about: none if no cost is known at all.

        What goes back or is taken off counts in full where its cost is not known.
        """
        lines = self._o2c_get_goods_lines()
        if not any(lines.mapped("o2c_unit_cost")):
            return lines.browse()
        return lines.filtered(lambda line: line._o2c_has_margin())

    def _o2c_get_goods_lines(self):
        """Return the judged lines without the discounts on the whole order, of which
        every line bears its share."""
        return self._o2c_get_judged_lines().filtered(
            lambda line: not line._o2c_takes_off_order()
        )

    @api.depends("order_line.o2c_unit_cost")
    @api.depends_context("lang")
    def _compute_o2c_margin_note(self):
        for order in self:
            lines = order._o2c_get_goods_lines()
            unknown = lines - order._o2c_get_costed_lines()
            order.o2c_margin_note = bool(unknown) and self.env._(
                "Without %(unknown)s of %(count)s lines, whose cost is not known",
                unknown=len(unknown),
                count=len(lines),
            )

    def _o2c_get_known_margin(self):
        """Return the margin in percent, nothing where no cost is known."""
        self.ensure_one()
        return self.o2c_margin_percent if self._o2c_get_costed_lines() else None


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    o2c_unit_cost = fields.Float(
        string="Unit Cost",
        min_display_digits="Product Price",
        compute="_compute_o2c_unit_cost",
        store=True,
        aggregator=None,
        help="Cost of the product when the line was made or the order submitted, in the "
        "order's currency and the line's unit of measure. 0: not known.",
        groups=COSTS,
    )
    o2c_margin = fields.Monetary(
        string="Margin",
        compute="_compute_o2c_margin",
        store=True,
        help="What the line brings beyond its costs, after discounts on the whole order. "
        "Nothing where the cost is not known.",
        groups=COSTS,
    )
    o2c_margin_percent = fields.Float(
        string="Margin (%)",
        digits=(5, 2),
        compute="_compute_o2c_margin",
        store=True,
        aggregator="avg",
        groups=COSTS,
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_unit_cost",
            "o2c_margin",
            "o2c_margin_percent",
        }

    @api.depends("product_id", "product_uom_id", "company_id", "order_id.currency_id")
    def _compute_o2c_unit_cost(self):
        for line in self:
            assign(line, o2c_unit_cost=line._o2c_get_unit_cost())

    def _o2c_get_unit_cost(self):
        """Return the cost of one unit, in the order's currency at its date; 0 if it is
        not known."""
        self.ensure_one()
        if not self.product_id or self.display_type:
            return 0.0
        product = self.product_id.with_company(self.company_id)
        cost = product.uom_id._compute_price(
            product.standard_price, self.product_uom_id or product.uom_id
        )
        return self._convert_to_sol_currency(cost, product.cost_currency_id)

    @api.depends(
        "o2c_order_discount_share", "o2c_unit_cost", "price_subtotal", "product_uom_qty"
    )
    def _compute_o2c_margin(self):
        for line in self:
            net = line._o2c_get_net()
            margin = 0.0
            if line._o2c_has_margin():
                margin = net - line.o2c_unit_cost * line.product_uom_qty
            assign(
                line,
                o2c_margin=margin,
                o2c_margin_percent=self._o2c_margin_percent(margin, net),
            )

    def _o2c_has_margin(self):
        """Whether the line counts for the margin: its cost is known, or it gives money
        away. Of discounts on the whole order the other lines bear their share."""
        self.ensure_one()
        if self._o2c_takes_off_order():
            return False
        return bool(self.o2c_unit_cost) or self.price_subtotal < 0.0

    @api.model
    def _o2c_margin_percent(self, margin, net):
        """Return the margin in percent of what is brought; what is given for nothing,
        or less, at a loss has a margin of -100."""
        if net > 0.0:
            return 100.0 * margin / net
        return -100.0 if margin < 0.0 else 0.0

    def _o2c_get_known_margin(self):
        """Return the margin in percent, nothing where the cost is not known."""
        self.ensure_one()
        known = self.o2c_unit_cost and self.price_subtotal >= 0.0
        return self.o2c_margin_percent if known else None
