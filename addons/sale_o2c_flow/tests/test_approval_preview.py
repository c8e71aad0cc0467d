from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestApprovalPreview(O2cCommon):
    """Who will have to approve is said before the order is submitted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        steps = [
            {"name": "Orders", "sequence": 10, "user_ids": cls.order_admin.ids},
            {"name": "Finance", "sequence": 20, "user_ids": cls.finance.ids},
            {"name": "Warehouse", "sequence": 20, "user_ids": cls.warehouse.ids},
            {
                "name": "Director",
                "sequence": 30,
                "user_ids": cls.director.ids,
                "authority_from": "director",
            },
        ]
        cls.flow.step_ids = [
            Command.clear(),
            *(Command.create({**step, "decider_type": "users"}) for step in steps),
        ]

    def test_in_sequence(self):
        order = self.make_order()
        self.assertEqual(
            order.o2c_approval_preview,
            "Orders (Orders) → Finance (Finance), Warehouse (Warehouse)",
        )

    def test_follows_the_discount_while_typing(self):
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
        self.assertNotIn("Director", form.o2c_approval_preview)
        with form.order_line.edit(0) as line:
            line.discount = 30.0
        self.assertTrue(
            form.o2c_approval_preview.endswith("→ Director (Director)"),
            form.o2c_approval_preview,
        )
        self.assertEqual(form.save().o2c_approval_preview, form.o2c_approval_preview)

    def test_several_people(self):
        step = self.flow.step_ids[1]
        step.user_ids |= self.finance2
        order = self.make_order()
        self.assertIn("Finance (Finance or Finance2)", order.o2c_approval_preview)
        step.rule = "all"
        order.invalidate_recordset()
        self.assertIn("Finance (Finance and Finance2)", order.o2c_approval_preview)
        step.user_ids |= self.leader | self.order_admin | self.director
        order.invalidate_recordset()
        self.assertIn("and 2 more)", order.o2c_approval_preview)

    def test_nobody_approves_their_own(self):
        order = self.make_order(user=self.order_admin)
        self.assertNotIn("(Orders)", order.o2c_approval_preview)

    def test_without_a_flow(self):
        self.flow.active = False
        self.assertFalse(self.make_order().o2c_approval_preview)

    def test_forbidden(self):
        order = self.make_order([(self.product, 1, None, 60.0)])
        self.assertEqual(
            order.o2c_approval_preview, "nobody, this discount is not allowed"
        )

    def test_confirmed(self):
        order = self.make_confirmed_order()
        self.assertFalse(order.o2c_approval_preview)
