from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _o2c_get_managers(self, company):
        """Return those above the user in a company, the nearest first.

        Who has left, or has no user of the company, is passed over; the chain goes on
        above them.

        :rtype: list of res.users
        """
        self.ensure_one()
        # Salespeople may not read employees; who their manager is decides all the same.
        employee = self.sudo().with_company(company).employee_id
        seen, managers = employee, []
        while (employee := employee.parent_id) and employee not in seen:
            seen |= employee
            if employee.active and employee.user_id._o2c_working_for(company):
                managers.append(employee.user_id)
        return managers
