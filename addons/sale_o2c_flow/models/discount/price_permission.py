"""Who may change unit prices, where a company leaves it to a role.

Everybody else sells at the pricelist's prices. What they write is judged after it was
written: then Odoo has computed what it computes, and what counts is what the line says.
A price that somebody with the role has set stays while the line sells the same thing.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

# What is sold, and for which order: a special price was given for this alone.
SOLD_FIELDS = (
    "order_id",
    "currency_id",
    "product_id",
    "product_uom_id",
    "product_no_variant_attribute_value_ids",
    "combo_item_id",
    "linked_line_id",
)
JUDGED_FIELDS = frozenset(SOLD_FIELDS) | {
    "price_unit",
    "technical_price_unit",
    "product_uom_qty",
    "extra_tax_data",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_price_readonly = fields.Boolean(compute="_compute_o2c_price_readonly")

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_o2c_price_readonly(self):
        for order in self:
            company = order.company_id or self.env.company
            order.o2c_price_readonly = company._o2c_restricts_prices()

    def write(self, vals):
        before = {
            order: (order.pricelist_id, order.currency_id)
            for order in self
            if order.company_id._o2c_restricts_prices()
        }
        result = super().write(vals)
        for order, (pricelist, currency) in before.items():
            if order.currency_id != currency:
                # A number agreed in one currency says nothing in another.
                order.order_line._o2c_take_list_prices()
            elif order.pricelist_id != pricelist:
                lines = order.order_line
                lines.filtered(
                    lambda line: not line._o2c_has_special_price()
                )._o2c_take_list_prices()
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        restricted = lines._o2c_get_price_restricted()
        restricted._o2c_refuse_amounts()
        restricted._o2c_take_list_prices(refuse=True)
        return lines

    def write(self, vals):
        restricted = self.browse()
        if not JUDGED_FIELDS.isdisjoint(vals):
            restricted = self._o2c_get_price_restricted(with_free=True)
        if not restricted and "order_id" not in vals:
            return super().write(vals)
        # Where it differs from the price, Odoo takes the price for one set by hand.
        vals = {name: vals[name] for name in vals if name != "technical_price_unit"}
        before = {line: line._o2c_take_price_terms() for line in self}
        result = super().write(vals)
        # Lines may have been moved to the order of another company.
        restricted |= self._o2c_get_price_restricted()
        restricted._o2c_judge_prices(before, asked="price_unit" in vals)
        return result

    def copy_data(self, default=None):
        """Give copies the prices of today, where the old ones may not be given."""
        data = super().copy_data(default)
        restricted = self._o2c_get_price_restricted()
        for line, vals in zip(self, data, strict=True):
            if line in restricted:
                for name in ("price_unit", "technical_price_unit", "extra_tax_data"):
                    if name not in (default or {}):
                        vals.pop(name, None)
        return data

    def _o2c_get_price_restricted(self, with_free=False):
        """Return the lines whose price the user at hand has to leave as it is.

        :param bool with_free: also those whose price does not come from the pricelist
        """
        restricting = {
            company for company in self.company_id if company._o2c_restricts_prices()
        }
        return self.filtered(
            lambda line: (
                line.company_id in restricting
                and (with_free or not line._o2c_is_price_free())
            )
        )

    def _o2c_is_price_free(self):
        """Whether the price of the line comes from elsewhere than the pricelist.

        For add-ons whose lines Odoo prices otherwise (rewards, delivery costs). Mind
        that an RPC client may create any line: free is only what gives nothing away.
        """
        self.ensure_one()
        if self.display_type:
            return True
        if not self.product_uom_qty:
            # Down payments, and goods shipped without having been ordered: nothing is
            # sold by these lines before they have a quantity, and are judged.
            return self.is_downpayment or self.product_id.invoice_policy == "order"
        if self.is_expense and self.product_id.expense_policy == "cost":
            return True
        # Discounts on the whole order are judged as discounts.
        discount = self.company_id.sudo().sale_discount_product_id
        return bool(self._is_global_discount() and self.product_id == discount)

    def _o2c_take_price_terms(self):
        return {
            "price": self.price_unit,
            "quantity": self.product_uom_qty,
            "special": self._o2c_has_special_price(),
            "amounts": self.extra_tax_data,
            "sold": [self[name] for name in SOLD_FIELDS],
            "free": self._o2c_is_price_free(),
        }

    def _o2c_has_special_price(self):
        """Whether somebody has set the price by hand, as Odoo sees it."""
        self.ensure_one()
        currency = self.currency_id or self.company_id.currency_id
        return bool(
            currency.compare_amounts(self.technical_price_unit, self.price_unit)
        )

    def _o2c_judge_prices(self, before, asked):
        """Judge the prices of lines that a restricted user has changed.

        :param dict before: the terms of each line before the change
        :param bool asked: whether a price was written; otherwise a price that may not
            stay is replaced by the pricelist's
        :raise UserError: naming the prices that may not be given
        """
        judged = amended = self.browse()
        for line in self:
            if line._o2c_is_price_free():
                continue
            old, new = before[line], line._o2c_take_price_terms()
            same = all(old[name] == new[name] for name in ("sold", "free"))
            if not same or old["amounts"] != new["amounts"]:
                amended |= line
            kept = same and old["price"] == new["price"]
            if not kept or not (
                old["quantity"] == new["quantity"]
                or old["special"]
                or line.qty_invoiced
            ):
                judged |= line
        amended._o2c_refuse_amounts()
        judged._o2c_take_list_prices(refuse=asked)

    def _o2c_refuse_amounts(self):
        """Check that lines say nothing about their amounts beside their price.

        :raise UserError: naming the products of those that do
        """
        lines = self.filtered("extra_tax_data")
        if lines:
            raise UserError(
                self.env._(
                    "The amounts of %(products)s come from their price: only "
                    "colleagues with the role “Changes Prices” may set them otherwise.",
                    products=lines.mapped("display_name"),
                )
            )

    def _o2c_take_list_prices(self, refuse=False):
        """Give lines the unit price of the pricelist.

        :param bool refuse: only where theirs is that price but for its rounding
        :raise UserError: when told to refuse, naming the other prices
        """
        # Also a price rule can be written, where it is not stored.
        self.invalidate_recordset(["pricelist_item_id"])
        digits = self.env["decimal.precision"].precision_get("Product Price")
        lines = self.filtered(lambda line: not line._o2c_is_price_free())
        prices = {line: line._o2c_get_list_price_unit() for line in lines}
        if refuse:
            lines._o2c_refuse_other_prices(
                {
                    line: price
                    for line, price in prices.items()
                    if float_compare(line.price_unit, price, precision_digits=digits)
                }
            )
        for line, price in prices.items():
            if line.price_unit != price or line.technical_price_unit != price:
                # The user may not set prices; this is the one they may not change.
                line.sudo().write({"price_unit": price, "technical_price_unit": price})

    def _o2c_get_list_price_unit(self):
        """Return the unit price that Odoo would give the line, in the order's currency."""
        self.ensure_one()
        if not self._o2c_has_reference_price():
            return 0.0
        return self._o2c_get_reference_price_unit()

    def _o2c_refuse_other_prices(self, prices):
        """Refuse the prices of lines.

        :param dict prices: the price of the pricelist by line
        """
        if not prices:
            return

        def show(line, price):
            return formatLang(
                self.env, price, dp="Product Price", currency_obj=line.currency_id
            )

        asked = [
            self.env._(
                "%(product)s: %(price)s instead of %(list_price)s",
                product=line.product_id.display_name or line.name,
                price=show(line, line.price_unit),
                list_price=show(line, price),
            )
            for line, price in prices.items()
        ]
        raise UserError(
            self.env._(
                "Only colleagues with the role “Changes Prices” may sell at another "
                "price than the pricelist's:\n%(lines)s\nLeave the price as it is and "
                "give a discount, or ask one of them to set it.",
                lines="\n".join(asked),
            )
        )
