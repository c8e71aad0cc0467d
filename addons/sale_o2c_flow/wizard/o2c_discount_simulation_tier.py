from odoo import fields, models

from ..models.discount.o2c_discount_tier import (
    AUTHORITIES,
    AUTHORITY_RANK,
    DISCOUNT_DIGITS,
)
from ..models.discount.policy_book import Tier


class O2cDiscountSimulationTier(models.TransientModel):
    """A tier to try out."""

    _name = "o2c.discount.simulation.tier"
    _description = "Discount Simulation Tier"
    _order = "discount_from, id"

    simulation_id = fields.Many2one(
        "o2c.discount.simulation", required=True, ondelete="cascade", index=True
    )
    discount_from = fields.Float(
        string="Discount From (%)", digits=(5, DISCOUNT_DIGITS), required=True
    )
    authority = fields.Selection(AUTHORITIES, required=True, default="self")

    _discount_from_check = models.Constraint(
        "CHECK (discount_from >= 0 AND discount_from <= 100)",
        "A tier starts between 0 and 100 %.",
    )
    _simulation_discount_uniq = models.Constraint(
        "UNIQUE (simulation_id, discount_from)",
        "Two tiers of a policy cannot start at the same discount.",
    )

    def _get_plain(self):
        """Return the tiers as plain data, the lowest discount first."""
        return tuple(
            Tier(tier.id, tier.discount_from, AUTHORITY_RANK[tier.authority])
            for tier in self.sorted("discount_from")
        )
