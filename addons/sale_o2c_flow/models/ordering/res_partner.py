from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_o2c_reorder(self):
        """Open what a customer usually buys, to order of it again.

        :raise UserError: if the customer is archived
        """
        self.ensure_one()
        self._o2c_check_can_order()
        wizard = self.env["o2c.reorder"].create({"partner_id": self.id})
        return wizard._get_open_action()

    def _o2c_check_can_order(self):
        for partner in self:
            if not partner.active:
                raise UserError(
                    self.env._(
                        "%(customer)s is archived: unarchive the customer first, or "
                        "order for another one.",
                        customer=partner.display_name,
                    )
                )
