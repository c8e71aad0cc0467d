from odoo import api, models
from odoo.tools import ormcache


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        self.env.registry.clear_cache()
        return groups

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _o2c_get_role(self, xmlid):
        """Return a group of the addon, without asking whether it is there."""
        data = self.env["ir.model.data"]
        return self.browse(data._xmlid_to_res_id(xmlid, raise_if_not_found=True))

    def _o2c_get_members(self, company):
        """Return the active people who hold the group and work for a company.

        :param company: leave empty for people of any company
        :rtype: res.users
        """
        self.ensure_one()
        return self.env["res.users"].sudo().browse(self._o2c_get_member_ids(company.id))

    @ormcache("self.id", "company_id")
    def _o2c_get_member_ids(self, company_id):
        # Who holds a role is needed to tell them; ordinary users may not read groups.
        # Odoo clears its caches when groups, companies or the activity of users change;
        # new and deleted ones are seen to here and by res.users.
        company = self.env["res.company"].browse(company_id)
        return self.sudo().all_user_ids._o2c_working_for(company)._ids
