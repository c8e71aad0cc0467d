from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def _o2c_get_members(self, company):
        """Return the active people who hold the group and work for a company.

        :param company: leave empty for people of any company
        :rtype: res.users
        """
        # Who holds a role is needed to tell them; ordinary users may not read groups.
        return self.sudo().all_user_ids._o2c_working_for(company)
