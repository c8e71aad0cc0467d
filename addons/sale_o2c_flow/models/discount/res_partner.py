from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _o2c_get_customer_path(self):
        """Return the ids of the customer and of the companies above, the topmost first.

        :rtype: tuple
        """
        path = []
        partner = self.commercial_partner_id
        while partner:
            path.append(partner.id)
            partner = partner.parent_id
        return tuple(reversed(path))
