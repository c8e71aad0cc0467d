from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    o2c_title_ids = fields.One2many(
        "o2c.invoice.title", "partner_id", string="Invoice Titles"
    )

    def _o2c_get_default_title(self):
        """Return the invoice title to propose for a customer."""
        titles = self.commercial_partner_id.o2c_title_ids
        return titles.filtered("is_default")[:1] or titles[:1]
