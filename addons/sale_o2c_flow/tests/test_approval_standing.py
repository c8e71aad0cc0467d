from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestStandingSteps(O2cCommon):
    """No change of an order gets round those who are asked about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()
        cls.free_team = cls.env["crm.team"].create({"name": "Free"})

    def open_tasks(self, order=None):
        return (order or self.order).sudo()._o2c_get_open_tasks()

    def test_team_of_another_flow(self):
        self.flow.team_ids = self.team
        for vals in (
            {"team_id": self.free_team.id},
            {"team_id": self.free_team.id, "state": "sale"},
        ):
            with self.refused("Order Administration.*Recall it first"):
                self.order.write(vals)
        self.order.action_o2c_recall()
        self.order.team_id = self.free_team
        self.assertEqual(self.order.team_id, self.free_team)

    def test_what_a_step_asks_for(self):
        finance = self.flow.step_ids.filtered(lambda step: step.name == "Finance")
        finance.domain = "[('client_order_ref', '=', 'big')]"
        self.order.action_o2c_recall()
        self.order.client_order_ref = "big"
        self.order.action_o2c_submit()
        self.approve(self.order, self.order_admin, self.warehouse)
        with self.refused("Finance.*Recall it first"):
            self.order.client_order_ref = "small"
        # It makes no difference to anybody who is asked.
        self.order.write({"origin": "Fair", "team_id": self.free_team.id})
        self.approve(self.order, self.finance)
        self.assertEqual(self.order.state, "sale")
        self.order.client_order_ref = "small"

    def test_deciders_change_what_their_step_opens(self):
        step = self.flow.step_ids.filtered(lambda s: s.name == "Order Administration")
        step.editable_field_ids = self.env.ref(
            "sale.field_sale_order__client_order_ref"
        )
        finance = self.flow.step_ids.filtered(lambda s: s.name == "Finance")
        finance.domain = "[('client_order_ref', '=', False)]"
        self.order.with_user(self.order_admin).client_order_ref = "small"
        self.assertEqual(self.order.client_order_ref, "small")

    def test_confirmed_without_them(self):
        finance = self.flow.step_ids.filtered(lambda step: step.name == "Finance")
        self.approve(self.order, self.order_admin, self.warehouse)
        # What asked for it goes away otherwise than by a change of the order.
        finance.amount_from = 1e9
        self.assertEqual(self.open_tasks().step_id, finance)
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")
        self.assertFalse(self.open_tasks())
        self.assertFalse(self.tasks_of(self.finance, self.order))
        self.assertEqual(self.order.o2c_approval_state, "approved")

    def test_company_of_a_confirmed_order(self):
        other = self.env["res.company"].create({"name": "Free"})
        self.flow.company_id = self.company
        self.salesperson.company_ids |= other
        warehouses = (
            self.env["stock.warehouse"]
            .search([("company_id", "in", (self.company | other).ids)])
            .grouped("company_id")
        )
        order = self.make_order(
            company_id=other.id, team_id=False, warehouse_id=warehouses[other][:1].id
        ).with_context(allowed_company_ids=(other | self.company).ids)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.refused("cannot be confirmed before"):
            order.write(
                {
                    "company_id": self.company.id,
                    "warehouse_id": warehouses[self.company][:1].id,
                }
            )

    def test_giving_an_order_away(self):
        """Whoever sold it when it was submitted does not decide about it, either."""
        order = self.make_order(user=self.order_admin)
        self.flow.step_ids[:1].escalation_user_ids = self.order_admin
        order.with_user(self.leader).action_o2c_submit()
        order.with_user(self.order_admin).user_id = self.salesperson
        task = self.open_tasks(order).filtered(lambda t: t.state == "pending")[:1]
        self.assertNotIn(self.order_admin, task.user_ids)
        task._escalate()
        self.assertNotIn(self.order_admin, task.user_ids)
        with self.refused("own order"):
            task.with_user(task.user_ids[:1])._o2c_forward(self.order_admin, "Yours")
        with self.refused("cannot be changed directly"):
            order.with_user(self.order_admin).o2c_submitted_for_id = False

    def test_given_to_its_decider(self):
        task = self.tasks_of(self.order_admin, self.order)
        self.order.user_id = self.order_admin
        self.assertEqual(task.sudo().user_ids, task._get_asked())
        self.assertNotIn(self.order_admin, task.user_ids)
        self.assertIn(self.director, task.user_ids)
        todos = self.order.sudo().activity_ids.user_id
        self.assertNotIn(self.order_admin, todos)
        self.assertIn(self.director, todos)
        self.approve(self.order, self.director, self.finance, self.warehouse)
        self.assertEqual(self.order.state, "sale")

    def test_confirmed_order_keeps_its_flow(self):
        self.flow.team_ids = self.team
        self.approve(self.order)
        line = self.order.order_line
        more = {"order_line": [Command.update(line.id, {"product_uom_qty": 50})]}
        away = {"team_id": self.free_team.id}
        with self.refused("goes beyond"):
            self.order.write({**more, **away})
        self.order.write(away)
        with self.refused("goes beyond"):
            self.order.write(more)
        self.order.o2c_propose_change(more)
        self.assertEqual(line.product_uom_qty, 10)
        self.approve(self.order)
        self.assertEqual(line.product_uom_qty, 50)
        # Once the flow is not in use any more, the one that fits holds: here none.
        self.flow.active = False
        self.flow.copy({"team_ids": False, "domain": "[('id', '=', 0)]"}).active = True
        line.product_uom_qty = 60

    def test_mass_change(self):
        orders = self.order | self.make_order()
        self.flow.team_ids = self.team
        with self.refused(self.order.name):
            orders.write({"team_id": self.free_team.id})
        self.assertEqual(orders.team_id, self.team)
        orders.write({"tag_ids": [Command.clear()]})
