from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import format_list

NAMES_SHOWN = 3


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        # Who holds a role is kept in memory, and Odoo sees to it for changes only.
        self.env.registry.clear_cache()
        return users

    def _o2c_has_role(self, *groups):
        """Whether the user holds one of the groups; the system itself always does."""
        self.ensure_one()
        return self.id == SUPERUSER_ID or any(self.has_group(name) for name in groups)

    def _o2c_working_for(self, company):
        """Return those of these users who are active people of a company.

        :param company: leave empty for people of any company
        """
        # Who works where is needed to ask them; ordinary users may not read it.
        return self.sudo().filtered(
            lambda user: (
                user.active
                and not user._is_superuser()
                and (not company or company.id in user._get_company_ids())
            )
        )

    def _o2c_name_some(self, style="standard"):
        """Return the names of the users, the first few of them.

        :param str style: see ``odoo.tools.format_list``
        """
        names = self.sudo().mapped("name")
        shown, others = names[:NAMES_SHOWN], len(names) - NAMES_SHOWN
        if others > 0:
            shown.append(self.env._("%s more", others))
        return format_list(self.env, shown, style)

    def _o2c_require_group(self, groups, message):
        """Refuse whoever holds none of the groups.

        :param groups: external id of a group, or several separated by commas
        :param str message: what the user reads when refused
        :raise AccessError: if the user holds none of them
        """
        if not self._o2c_has_role(*groups.split(",")):
            raise AccessError(message)
