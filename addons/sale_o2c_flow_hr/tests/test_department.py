from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sale_o2c_flow_hr.hooks import pre_init_hook

from .common import EmployeeCommon


@tagged("post_install", "-at_install")
class TestDepartment(EmployeeCommon):
    """Orders belong to the department of their salesperson."""

    def test_of_the_salesperson(self):
        order, other = self.make_order(), self.make_order(user=self.salesperson2)
        self.assertEqual(order.o2c_department_id, self.north)
        self.assertFalse(other.o2c_department_id)
        other.user_id = self.salesperson
        self.assertEqual(other.o2c_department_id, self.north)

    def test_who_moves_on_takes_no_orders_along(self):
        order = self.make_order()
        self.employee.department_id = self.south
        self.assertEqual(order.o2c_department_id, self.north)
        self.assertEqual(self.make_order().o2c_department_id, self.south)

    def test_cannot_be_forged(self):
        order = self.make_order()
        with self.assertRaises(AccessError):
            order.o2c_department_id = self.south

    def test_reports(self):
        order = self.make_order()
        groups = (
            self.env["sale.order"]
            .with_user(self.leader)
            .formatted_read_group(
                [("id", "=", order.id)], ["o2c_department_id"], ["__count"]
            )
        )
        self.assertEqual(groups[0]["o2c_department_id"][1], "North")

    def test_orders_of_before(self):
        order, other = self.make_order(), self.make_order(user=self.salesperson2)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET o2c_department_id = NULL")
        pre_init_hook(self.env)
        self.env.invalidate_all()
        self.assertEqual(order.o2c_department_id, self.north)
        self.assertFalse(other.o2c_department_id)
