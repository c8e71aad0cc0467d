from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    o2c_collection_self_confirm = fields.Boolean(
        string="Confirm Own Collections",
        help="Lets finance confirm collections they entered themselves.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    o2c_collection_self_confirm = fields.Boolean(
        related="company_id.o2c_collection_self_confirm", readonly=False
    )
