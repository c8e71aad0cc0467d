from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _o2c_who_may_approve(self, company):
        """Return those of these users who work for a company and may open approvals
        and orders.

        :rtype: res.users
        """
        models_needed = [self.env["o2c.approval.task"], self.env["sale.order"]]
        return self._o2c_working_for(company).filtered(
            lambda user: (
                user._is_internal()
                and all(
                    model.with_user(user).has_access("read") for model in models_needed
                )
            )
        )
