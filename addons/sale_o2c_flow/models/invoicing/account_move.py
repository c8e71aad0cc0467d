from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    o2c_request_id = fields.Many2one(
        "o2c.invoice.request",
        string="Invoice Request",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
