from odoo import fields, models

from .order_discount import AGREED_TOTAL_BASES


class ResCompany(models.Model):
    _inherit = "res.company"

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
    o2c_restrict_order_discounts = fields.Boolean(
        string="Order Discounts by Role Only",
        help="Only people with the role “Gives Order Discounts” may give discounts on "
        "whole orders.",
    )
    o2c_count_pricelist_discounts = fields.Boolean(
        string="Discounts of Pricelist Rules Count",
        default=True,
        help="Percentages that a pricelist takes off count as discounts given. "
        "Otherwise discounts are measured from the price after the rule. Holds for "
        "what is entered from then on.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    o2c_agreed_total_basis = fields.Selection(
        related="company_id.o2c_agreed_total_basis", readonly=False
    )
    o2c_agreed_total_surcharge = fields.Boolean(
        related="company_id.o2c_agreed_total_surcharge", readonly=False
    )
    o2c_restrict_order_discounts = fields.Boolean(
        related="company_id.o2c_restrict_order_discounts", readonly=False
    )
    o2c_count_pricelist_discounts = fields.Boolean(
        related="company_id.o2c_count_pricelist_discounts", readonly=False
    )
