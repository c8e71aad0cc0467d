from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_department_id = fields.Many2one(
        "hr.department",
        string="Department",
        compute="_compute_o2c_department_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Of the salesperson, when the order was made or given to them.",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {"o2c_department_id"}

    # Not of the employee: who moves on leaves what they sold with their department.
    @api.depends("user_id", "company_id")
    def _compute_o2c_department_id(self):
        for company, orders in self.grouped("company_id").items():
            users = orders.user_id.with_company(company)
            departments = {user.id: user.employee_id.department_id.id for user in users}
            for order in orders:
                order.o2c_department_id = departments.get(order.user_id.id)
