"""Prices are not for the eyes of somebody who only ships."""

from odoo import api, models

PRICE_FIELDS = frozenset(
    {
        "list_price",
        "lst_price",
        "standard_price",
        "price_extra",
        "default_extra_price",
        "extra_price",
        "base_price",
        "price_unit",
        "fixed_price",
        "percent_price",
        "price_discount",
        "price_discounted",
        "price_markup",
        "price_surcharge",
        "price_min_margin",
        "price_max_margin",
        "price",
        "value",
        "sale_price",
        "total_value",
        "avg_cost",
        "pricelist_rule_ids",
        "product_variant_price_extra",
        "seller_ids",
        "variant_seller_ids",
        "tax_string",
    }
)

# Whoever holds one of these works with prices anyway.
PRICE_GROUPS = (
    "sales_team.group_sale_salesman",
    "account.group_account_invoice",
    "account.group_account_readonly",
    "stock.group_stock_user",
    "product.group_product_manager",
    "sale_o2c_flow.group_warehouse_approver",
)


class O2cPriceAccessMixin(models.AbstractModel):
    _name = "o2c.price.access.mixin"
    _description = "Prices hidden from shippers"

    @api.model
    def _has_field_access(self, field, operation):
        if field.name in PRICE_FIELDS and self._o2c_hides_prices():
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _o2c_hides_prices(self):
        user = self.env.user
        return (
            not self.env.su
            and user.has_group("sale_o2c_flow.group_shipper")
            and not any(user.has_group(group) for group in PRICE_GROUPS)
        )


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "o2c.price.access.mixin"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "o2c.price.access.mixin"]


class ProductAttributeValue(models.Model):
    _name = "product.attribute.value"
    _inherit = ["product.attribute.value", "o2c.price.access.mixin"]


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "o2c.price.access.mixin"]


class ProductCombo(models.Model):
    _name = "product.combo"
    _inherit = ["product.combo", "o2c.price.access.mixin"]


class ProductComboItem(models.Model):
    _name = "product.combo.item"
    _inherit = ["product.combo.item", "o2c.price.access.mixin"]


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "o2c.price.access.mixin"]


class ProductSupplierinfo(models.Model):
    _name = "product.supplierinfo"
    _inherit = ["product.supplierinfo", "o2c.price.access.mixin"]


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "o2c.price.access.mixin"]


class StockQuant(models.Model):
    _name = "stock.quant"
    _inherit = ["stock.quant", "o2c.price.access.mixin"]
