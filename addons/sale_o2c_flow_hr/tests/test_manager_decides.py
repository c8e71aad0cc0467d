from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import EmployeeCommon


@tagged("post_install", "-at_install")
class TestManagerDecides(EmployeeCommon):
    """The manager of the salesperson decides, or one further up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls.flow.step_ids[0]
        (cls.flow.step_ids - cls.step).unlink()
        cls.step.write({"decider_type": "manager", "group_id": False})

    def find_deciders(self, user=None):
        """Submit an order, as its salesperson, and return who has to decide it."""
        order = self.make_order(user=user)
        order.action_o2c_submit()
        return order.sudo().o2c_task_ids.user_ids

    def test_own_manager(self):
        with self.assertRaises(AccessError):
            self.employee.with_user(self.salesperson).read(["private_email"])
        order = self.make_order()
        self.assertIn("Leader", order.o2c_approval_preview)
        order.action_o2c_submit()
        self.approve(order, self.leader)
        self.assertEqual(order.state, "sale")

    def test_further_up(self):
        """Somebody without a user is no level."""
        for level in (2, 3, 9):
            self.step.manager_level = level
            self.assertEqual(self.find_deciders(), self.director)

    def test_manager_has_left(self):
        self.lead.active = False
        self.assertEqual(self.find_deciders(), self.director)

    def test_user_has_left(self):
        self.leader.active = False
        self.assertEqual(self.find_deciders(), self.director)

    def test_manager_submitted_it(self):
        order = self.make_order()
        order.with_user(self.leader).action_o2c_submit()
        self.assertEqual(order.sudo().o2c_task_ids.user_ids, self.director)

    def test_own_order_where_it_is_allowed(self):
        self.step.allow_own = True
        order = self.make_order()
        order.with_user(self.leader).action_o2c_submit()
        self.assertEqual(order.sudo().o2c_task_ids.user_ids, self.leader)

    def test_nobody_above(self):
        """O2C managers decide, as for every step that nobody is left for."""
        deciders = self.find_deciders(user=self.salesperson2)
        self.assertIn(self.director, deciders)
        self.assertNotIn(self.leader, deciders)

    def test_manager_of_another_company(self):
        """An employee of elsewhere says nothing about orders here."""
        abroad = self.env["res.company"].create({"name": "Abroad"})
        self.salesperson2.company_ids |= abroad
        self._hire(
            "Salesperson abroad",
            self.salesperson2,
            company_id=abroad.id,
            parent_id=self.lead.id,
        )
        self.assertNotIn(self.leader, self.find_deciders(user=self.salesperson2))

    def test_circle(self):
        """Employees may be entered in a circle."""
        self.env.cr.execute(
            "UPDATE hr_employee SET parent_id = %s WHERE id = %s",
            [self.employee.id, self.top.id],
        )
        self.env.invalidate_all()
        self.step.manager_level = 5
        self.assertEqual(self.find_deciders(), self.director)

    def test_step_dialog(self):
        with (
            Form(self.flow.with_user(self.director)) as form,
            form.step_ids.edit(0) as step,
        ):
            step.manager_level = 2
        self.assertEqual(self.step.manager_level, 2)

    @mute_logger("odoo.sql_db")
    def test_level_is_one_or_more(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.step.manager_level = 0
            self.env.flush_all()

    def test_the_addon_goes(self):
        """Steps are left to the team leader."""
        self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "o2c.approval.step"),
                ("field_id.name", "=", "decider_type"),
                ("value", "=", "manager"),
            ]
        )._process_ondelete()
        self.assertEqual(self.step.decider_type, "team_leader")
