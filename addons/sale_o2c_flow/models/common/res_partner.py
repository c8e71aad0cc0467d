from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    o2c_level_id = fields.Many2one(
        "o2c.customer.level",
        string="Customer Level",
        index="btree_not_null",
        help="Grade of the customer. Discount policies and reports use it.",
        groups="base.group_user",
    )

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["o2c_level_id"]
