from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .policy_book import Tier

AUTHORITIES = [
    ("self", "Salesperson"),
    ("team_leader", "Team leader"),
    ("director", "Director"),
    ("forbidden", "Not allowed"),
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

    @api.constrains("policy_id", "discount_from", "authority")
    def _check_order(self):
        if not self.env.context.get("o2c_tiers_together"):
            self.policy_id._check_tiers()

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

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        self.env.registry.clear_cache()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _get_plain(self):
        """Return tiers as plain data, the lowest discount first."""
        return tuple(
            Tier(tier.id, tier.discount_from, tier.authority_rank)
            for tier in self.sorted("discount_from")
        )
