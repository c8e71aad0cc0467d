from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestApprovalFlowTest(O2cCommon):
    """What a flow would do with an order is said, and nothing is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.step_ids = [
            Command.clear(),
            *(
                Command.create({"decider_type": "users", **step})
                for step in (
                    {"name": "Orders", "sequence": 10, "user_ids": cls.order_admin.ids},
                    {
                        "name": "Finance",
                        "sequence": 20,
                        "user_ids": (cls.finance | cls.salesperson).ids,
                        "amount_from": 1000.0,
                    },
                    {
                        "name": "Warehouse",
                        "sequence": 20,
                        "user_ids": cls.warehouse.ids,
                        "amount_from": 10000.0,
                    },
                    {
                        "name": "Director",
                        "sequence": 30,
                        "user_ids": cls.salesperson.ids,
                        "fallback_user_ids": cls.leader.ids,
                    },
                )
            ),
        ]
        cls.order = cls.make_order()

    def run_test(self, order=None, flow=None, user=None):
        action = (flow or self.flow).with_user(user or self.director).action_open_test()
        form = Form(
            self.env["o2c.approval.test"]
            .with_user(user or self.director)
            .with_context(**action["context"])
        )
        form.order_id = order or self.order
        return form

    def steps(self, form):
        return {step["name"]: step for stage in form.result["stages"] for step in stage}

    def test_step_by_step(self):
        test = self.run_test()
        self.assertFalse(test.obstacles)
        self.assertEqual(
            [[step["name"] for step in stage] for stage in test.result["stages"]],
            [["Orders"], ["Finance", "Warehouse"], ["Director"]],
        )
        steps = self.steps(test)
        self.assertEqual(
            {name: step["state"] for name, step in steps.items()},
            {
                "Orders": "needed",
                "Finance": "needed",
                "Warehouse": "skipped",
                "Director": "needed",
            },
        )
        finding = steps["Warehouse"]["findings"]
        self.assertFalse(finding[0]["holds"])
        for amount in (1150.0, 10000.0):
            self.assertIn(self.company.currency_id.format(amount), finding[0]["text"])
        self.assertEqual(steps["Finance"]["people"], "Finance")
        self.assertEqual(
            steps["Finance"]["notes"], ["Left out, it is their own order: Sales"]
        )
        self.assertEqual(steps["Director"]["people"], "Leader")
        self.assertEqual(
            test.summary, "3 of 4 steps are needed: Orders, Finance, and Director"
        )

    def test_the_same_happens(self):
        people = {
            name: step["people"]
            for name, step in self.steps(self.run_test()).items()
            if step["state"] == "needed"
        }
        self.order.action_o2c_submit()
        tasks = self.order.sudo().o2c_task_ids
        self.assertEqual(people, {task.name: task.user_ids.name for task in tasks})

    def test_nothing_changes(self):
        names = [
            name
            for name, field in self.order._fields.items()
            if field.store and field.column_type
        ]
        before = self.order.sudo().read(names)
        self.run_test().save()
        self.order.invalidate_recordset()
        self.assertEqual(self.order.sudo().read(names), before)
        self.assertFalse(self.order.sudo().o2c_task_ids)
        self.assertFalse(self.order.sudo().activity_ids)

    def test_why_it_does_not_fit(self):
        other = self.env["crm.team"].create({"name": "Other"})
        company = self.env["res.company"].create({"name": "Elsewhere"})
        flow = self.flow.copy({"active": False, "name": "Draft"})
        self.assertEqual(self.run_test(flow=flow).obstacles, "The flow is not in use.")
        flow.write(
            {
                "team_ids": other.ids,
                "domain": "[('amount_total', '>', 5000)]",
                "company_id": company.id,
            }
        )
        self.director.company_ids |= company
        test = self.run_test(flow=flow)
        self.assertEqual(
            test.obstacles.splitlines()[1:],
            [
                f"It is for Elsewhere, the order is one of {self.company.name}.",
                "It is for the teams Other, the order is one of Team.",
                "The order is not one of its filter.",
            ],
        )

    def test_another_flow_comes_first(self):
        second = self.flow.copy({"name": "Second", "sequence": 99})
        second.active = True
        self.assertEqual(
            self.run_test(flow=second).obstacles,
            "“Standard orders” comes first and is taken instead.",
        )

    def test_nobody_may_give_it(self):
        order = self.make_order([(self.product, 1, None, 60.0)])
        self.assertIn("nobody may give", self.run_test(order).summary)

    def test_nothing_needed(self):
        self.flow.step_ids.amount_from = 99999.0
        self.assertIn("No step is needed", self.run_test().summary)

    def test_margin_without_figures(self):
        self.product.standard_price = 90.0
        self.order.invalidate_recordset()
        order = self.make_order()
        self.flow.step_ids[0].margin_below = 50.0
        finding = self.steps(self.run_test(order))["Orders"]["findings"][0]
        self.assertEqual(finding["text"], "Margin of 10.00 %, needed below 50.00 %.")
        told = self.flow.step_ids[0].with_user(self.leader).sudo()._get_findings(order)
        self.assertEqual(told[0]["text"], "The margin is low.")

    def test_only_for_those_who_draw_flows(self):
        for user in (self.salesperson, self.order_admin, self.finance):
            with self.assertRaises(AccessError):
                self.run_test(user=user)

    def test_only_orders_one_may_read(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self.env["res.partner"].create({"name": "Theirs"})
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create({"partner_id": partner.id, "company_id": company.id})
        )
        test = (
            self.env["o2c.approval.test"]
            .with_user(self.director)
            .create({"flow_id": self.flow.id, "order_id": order.id})
        )
        with self.assertRaises(AccessError):
            test.read(["result"])

    def test_only_flows_one_may_read(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        flow = self.flow.copy({"company_id": company.id})
        test = (
            self.env["o2c.approval.test"]
            .with_user(self.director)
            .create({"flow_id": flow.id, "order_id": self.order.id})
        )
        with self.assertRaises(AccessError):
            test.read(["result"])


@tagged("post_install", "-at_install")
class TestApprovalPicture(O2cCommon):
    """The picture of a flow on its form."""

    def test_standard_flow(self):
        picture = self.flow.with_user(self.director).picture
        self.assertEqual(
            [[step["name"] for step in stage] for stage in picture["stages"]],
            [
                ["Order Administration"],
                ["Team Leader", "Finance", "Warehouse"],
                ["Director"],
            ],
        )
        boxes = {step["name"]: step for stage in picture["stages"] for step in stage}
        self.assertEqual(boxes["Finance"]["who"], "Finance")
        self.assertEqual(boxes["Finance"]["when"], "every order")
        self.assertEqual(boxes["Director"]["when"], "discount needs director")

    def test_follows_what_is_typed(self):
        form = Form(self.flow.with_user(self.director))
        self.assertEqual(form.picture["end"], "Order confirmed")
        form.confirms = False
        self.assertEqual(form.picture["end"], "Salesperson confirms")
        form.trigger = "create"
        self.assertEqual(form.picture["start"], "Order made")
        with form.step_ids.edit(0) as step:
            step.amount_from = 500.0
        self.assertIn("500", form.picture["stages"][0][0]["when"])


@tagged("post_install", "-at_install")
class TestApprovalFlowTour(O2cCommon, HttpCase):
    """A manager at the web client looks at a flow and tests it."""

    def test_tour(self):
        order = self.make_order(name="TOUR-1")
        self.start_tour(
            f"/odoo/action-sale_o2c_flow.action_o2c_approval_flow/{self.flow.id}",
            "o2c_approval_flow",
            login=self.director.login,
        )
        self.assertEqual(order.o2c_approval_state, "none")
