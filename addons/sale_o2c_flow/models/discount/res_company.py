from odoo import fields, models

from .order_discount import AGREED_TOTAL_BASES


class ResCompany(models.Model):
    _inherit = "res.company"

    o2c_price_right = fields.Selection(
        [
            ("sales", "Everybody in sales"),
            ("role", "Holders of the role “Changes Prices”"),
        ],
        string="Who May Change Unit Prices",
        required=True,
        default="sales",
        help="Whoever may not sells at the prices of the pricelist, less discounts.",
    )
    o2c_order_discount_right = fields.Selection(
        [
            ("sales", "Everybody in sales"),
            ("role", "Holders of the role “Gives Order Discounts”"),
        ],
        string="Who May Give Order Discounts",
        required=True,
        default="sales",
        help="Whoever may not gives discounts on lines only.",
    )
    o2c_agreed_total_basis = fields.Selection(
        AGREED_TOTAL_BASES,
        string="Agreed Totals Are",
        required=True,
        default="included",
    )
    o2c_agreed_total_surcharge = fields.Boolean(
        string="Agreed Totals May Be a Surcharge",
        help="An agreed total may be more than what the lines come to.",
    )
    o2c_count_pricelist_discounts = fields.Boolean(
        string="Discounts of Pricelist Rules Count",
        default=True,
        help="Percentages that a pricelist takes off count as discounts given. "
        "Otherwise discounts are measured from the price after the rule. Holds for "
        "what is entered from then on.",
    )

    def _o2c_restricts_prices(self):
        """Whether the user at hand has to leave unit prices of this company as they are."""
        self.ensure_one()
        return self._o2c_is_restricted(
            "o2c_price_right", "sale_o2c_flow.group_change_prices"
        )

    def _o2c_restricts_order_discounts(self):
        """Whether the user at hand may give no discounts on whole orders here."""
        self.ensure_one()
        return self._o2c_is_restricted(
            "o2c_order_discount_right", "sale_o2c_flow.group_order_discount"
        )

    def _o2c_is_restricted(self, right, group):
        # What runs as superuser is free: it does what the system does by itself. Who
        # sells need not read the settings of the company.
        return (
            not self.env.su
            and self.sudo()[right] == "role"
            and not self.env.user._o2c_has_role(group)
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    o2c_price_right = fields.Selection(
        related="company_id.o2c_price_right", readonly=False, required=True
    )
    o2c_order_discount_right = fields.Selection(
        related="company_id.o2c_order_discount_right", readonly=False, required=True
    )
    o2c_agreed_total_basis = fields.Selection(
        related="company_id.o2c_agreed_total_basis", readonly=False, required=True
    )
    o2c_agreed_total_surcharge = fields.Boolean(
        related="company_id.o2c_agreed_total_surcharge", readonly=False
    )
    o2c_count_pricelist_discounts = fields.Boolean(
        related="company_id.o2c_count_pricelist_discounts", readonly=False
    )
