from odoo import api, models
from odoo.exceptions import AccessError

from .granting import is_granting

# What a card is worth, and to whom.
WORTH = frozenset({"points", "program_id", "partner_id", "expiration_date"})


class LoyaltyCard(models.Model):
    """Points of a program whose rewards are not counted are as good as a discount."""

    _inherit = "loyalty.card"

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards._o2c_check_worth()
        return cards

    def write(self, vals):
        if WORTH.isdisjoint(vals):
            return super().write(vals)
        self._o2c_check_worth()
        result = super().write(vals)
        if "program_id" in vals:
            self._o2c_check_worth()
        return result

    def _o2c_check_worth(self):
        """Check that whoever sets what cards are worth may edit their programs.

        :raise AccessError: naming the program
        """
        if self.env.su or is_granting(self.env):
            return
        programs = self.program_id.filtered("o2c_not_discount")
        if programs and not programs.has_access("write"):
            raise AccessError(
                self.env._(
                    "What “%(programs)s” gives is not counted as a discount: only "
                    "those who may edit the program set the points, customer and "
                    "validity of its cards. Ask a sales administrator.",
                    programs=programs.mapped("name"),
                )
            )
