from stdnum.cn import uscc

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What is printed on the invoice; a request keeps its own copy of these.
TITLE_FIELDS = (
    "tax_id",
    "registered_address",
    "registered_phone",
    "bank_name",
    "account_number",
)


class O2cInvoiceTitle(models.Model):
    """What a customer wants printed on tax invoices."""

    _name = "o2c.invoice.title"
    _description = "Invoice Title"
    _order = "partner_id, is_default desc, id"
    _rec_names_search = ["name", "tax_id"]

    name = fields.Char(string="Legal Name", required=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(related="partner_id.company_id", store=True)
    active = fields.Boolean(default=True)
    is_default = fields.Boolean(string="Default")
    tax_id = fields.Char(string="Tax ID")
    registered_address = fields.Char()
    registered_phone = fields.Char()
    bank_name = fields.Char(string="Bank")
    account_number = fields.Char()
    tax_id_warning = fields.Char(compute="_compute_tax_id_warning")

    _default_uniq = models.UniqueIndex(
        "(partner_id) WHERE is_default AND active",
        "A customer has one default invoice title only.",
    )

    @api.depends("tax_id", "partner_id.country_id")
    @api.depends_context("lang")
    def _compute_tax_id_warning(self):
        """Warn of Chinese tax IDs that fail the check of GB 32100-2015; persons and
        older registrations have other numbers, so that it is no more than a warning."""
        for title in self:
            is_chinese = title.partner_id.country_id.code == "CN"
            wrong = title.tax_id and is_chinese and not uscc.is_valid(title.tax_id)
            title.tax_id_warning = wrong and self.env._(
                "This is not a valid unified social credit code: ask the customer."
            )

    @api.constrains("partner_id")
    def _check_partner(self):
        for title in self:
            if title.partner_id != title.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "Invoice titles belong to the company %s, not to its contact.",
                        title.partner_id.commercial_partner_id.display_name,
                    )
                )
