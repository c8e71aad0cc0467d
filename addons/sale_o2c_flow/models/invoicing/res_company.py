from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    o2c_invoice_post = fields.Boolean(
        string="Post Requested Invoices",
        default=True,
        help="Issuing an invoice request posts its invoice, or leaves a draft.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    o2c_invoice_post = fields.Boolean(
        related="company_id.o2c_invoice_post", readonly=False
    )
