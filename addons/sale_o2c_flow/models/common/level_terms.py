"""Pricelist and payment terms of the customer's level, where the customer has none.

Always asked for anew, never copied to the customer: when the level changes, so do the
next orders of its customers.
"""

from odoo import api, fields, models

from .o2c_customer_level import TERMS_GROUPS


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        by_level = self._o2c_get_level_pricelists(partner_ids)
        others = [
            partner_id for partner_id in partner_ids if partner_id not in by_level
        ]
        result = super()._get_partner_pricelist_multi(others)
        result.update(by_level)
        return result

    @api.model
    def _o2c_get_level_pricelists(self, partner_ids):
        """Return the pricelists that customers without one of their own get from their
        level, in the company at hand.

        :rtype: dict of product.pricelist by id of the partner
        """
        result = {}
        for partner in self.env["res.partner"].browse(partner_ids):
            own = partner.specific_property_product_pricelist
            if own._get_partner_pricelist_multi_filter_hook():
                continue
            if pricelist := partner._o2c_get_level_pricelist():
                result[partner.id] = pricelist
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    o2c_pricelist_origin = fields.Char(
        string="Pricelist From",
        compute="_compute_o2c_terms_origin",
        groups=TERMS_GROUPS,
    )
    o2c_payment_term_origin = fields.Char(
        string="Payment Terms From",
        compute="_compute_o2c_terms_origin",
        groups=TERMS_GROUPS,
    )

    # The level itself for forms, where the customer does not exist yet.
    @api.depends("o2c_level_id", "commercial_partner_id.o2c_level_id.pricelist_id")
    def _compute_product_pricelist(self):
        return super()._compute_product_pricelist()

    def _inverse_product_pricelist(self):
        graded = self.filtered(lambda partner: partner._o2c_get_level_pricelist())
        for partner in graded:
            chosen = partner.property_product_pricelist
            # Clients send back what the level gives: that is no choice.
            by_level = chosen == partner._o2c_get_level_pricelist()
            partner.specific_property_product_pricelist = (
                False if by_level else chosen.id
            )
        return super(ResPartner, self - graded)._inverse_product_pricelist()

    def _o2c_get_level_pricelist(self):
        """Return the pricelist of the partner's level in the company at hand, whether
        or not the partner has one of their own."""
        self.ensure_one()
        pricelists = self.env["product.pricelist"]
        feature = "product.group_product_pricelist"
        if not self.env["res.groups"]._is_feature_enabled(feature):
            return pricelists
        # Customers order on the portal, and may not read levels.
        pricelist = self.sudo().commercial_partner_id.o2c_level_id.pricelist_id
        usable = pricelists._get_partner_pricelist_multi_search_domain_hook(
            self.env.company.id
        )
        return pricelists.browse(pricelist.filtered_domain(usable).id)

    @api.depends(
        "property_product_pricelist",
        "property_payment_term_id",
        "commercial_partner_id.o2c_level_id.pricelist_id",
        "commercial_partner_id.o2c_level_id.payment_term_id",
    )
    @api.depends_context("lang", "company")
    def _compute_o2c_terms_origin(self):
        pricelists = self.env["product.pricelist"]._o2c_get_level_pricelists(self._ids)
        for partner in self:
            level = partner.commercial_partner_id.o2c_level_id
            term = level.payment_term_id
            partner.o2c_pricelist_origin = (
                self.env._("from level %s", level.name)
                if partner.id in pricelists
                else False
            )
            partner.o2c_payment_term_origin = (
                self.env._(
                    "%(value)s, from level %(level)s", value=term.name, level=level.name
                )
                if term and not partner.property_payment_term_id
                else False
            )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_payment_term_id(self):
        result = super()._compute_payment_term_id()
        for order in self.filtered(lambda order: not order.payment_term_id):
            # Customers order on the portal, and may not read levels.
            customer = order.sudo().with_company(order.company_id).partner_id
            term = customer.commercial_partner_id.o2c_level_id.payment_term_id
            order.payment_term_id = term.id
        return result
