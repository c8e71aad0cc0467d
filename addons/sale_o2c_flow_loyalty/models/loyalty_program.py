from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    o2c_not_discount = fields.Boolean(
        string="Not Counted as a Discount",
        help="What the program gives is left out of the effective discount of orders, "
        "and asks for nobody's authority over discounts. It holds for rewards given "
        "from now on.",
    )
