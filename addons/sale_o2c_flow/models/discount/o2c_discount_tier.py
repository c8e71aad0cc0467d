from odoo import api, fields, models
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

AUTHORITIES = [
    ("self", "Salesperson"),
    ("team_leader", "Team leader"),
    ("director", "Director"),
    ("forbidden", "Nobody (not allowed)"),
]
AUTHORITY_RANK = {code: rank for rank, (code, _label) in enumerate(AUTHORITIES)}
DISCOUNT_DIGITS = 2


class O2cDiscountTier(models.Model):
    """From this discount on, that authority is needed."""

    _name = "o2c.discount.tier"
    _description = "Discount Tier"
    _order = "policy_id, discount_from"

    policy_id = fields.Many2one(
        "o2c.discount.policy", required=True, ondelete="cascade", index=True
    )
    discount_from = fields.Float(
        string="Discount From (%)", digits=(5, DISCOUNT_DIGITS), required=True
    )
    authority = fields.Selection(AUTHORITIES, required=True, default="self")
    authority_rank = fields.Integer(compute="_compute_authority_rank")

    _discount_from_check = models.Constraint(
        "CHECK (discount_from >= 0 AND discount_from <= 100)",
        "A tier starts between 0 and 100 %.",
    )
    _policy_discount_uniq = models.Constraint(
        "UNIQUE (policy_id, discount_from)",
        "Two tiers of a policy cannot start at the same discount.",
    )

    @api.depends("authority")
    def _compute_authority_rank(self):
        for tier in self:
            tier.authority_rank = AUTHORITY_RANK.get(tier.authority, 0)

    @api.depends("policy_id.name", "discount_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for tier in self:
            tier.display_name = self.env._(
                "%(policy)s, from %(discount)s %%",
                policy=tier.policy_id.name,
                discount=formatLang(self.env, tier.discount_from, DISCOUNT_DIGITS),
            )

    def _is_reached(self, discount):
        self.ensure_one()
        return (
            float_compare(
                discount, self.discount_from, precision_digits=DISCOUNT_DIGITS
            )
            >= 0
        )
