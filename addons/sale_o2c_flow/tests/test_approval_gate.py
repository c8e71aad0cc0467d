from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import O2cCommon

# The smallest picture there is.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhf"
    "DwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestApprovalGate(O2cCommon):
    """No order becomes confirmed without its approvals, by any route."""

    def test_button_diverts_into_approval(self):
        order = self.make_order()
        order.action_confirm()
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        self.assertFalse(order.sudo().picking_ids)

    def test_list_action_diverts_each(self):
        orders = self.make_order() | self.make_order()
        orders.action_confirm()
        self.assertEqual(set(orders.mapped("o2c_approval_state")), {"pending"})

    def test_writing_the_state_is_refused(self):
        order = self.make_order()
        for user in (self.salesperson, self.leader, self.director):
            with self.refused(order.name):
                order.with_user(user).write({"state": "sale"})
        with self.refused():
            order.sudo().write({"state": "sale"})
        self.assertEqual(order.state, "draft")

    def test_creating_a_confirmed_order_is_refused(self):
        with self.refused():
            self.make_order(state="sale")

    def test_import_of_a_confirmed_order_is_refused(self):
        result = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .load(
                ["partner_id/.id", "state", "order_line/product_id/.id"],
                [[str(self.customer.id), "sale", str(self.product.id)]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("approved", result["messages"][0]["message"])

    def test_state_and_content_in_one_write(self):
        order = self.make_order([(self.product, 1)])
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.finance)
        self.tasks_of(self.warehouse, order).action_approve()
        self.assertEqual(order.state, "sale")
        order = self.make_order([(self.product, 1)])
        term = self.env.ref("account.account_payment_term_30days")
        with self.refused():
            order.sudo().write({"state": "sale", "payment_term_id": term.id})

    def test_customer_signature_waits_and_confirms_itself(self):
        order = self.make_order(require_signature=True)
        customer_order = order.with_user(self.env.ref("base.public_user")).sudo()
        customer_order.write(
            {
                "signed_by": "Customer",
                "signature": SIGNATURE,
            }
        )
        customer_order._validate_order()
        self.assertEqual(order.o2c_approval_state, "pending")
        self.assertTrue(order.signature)
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.signed_by, "Customer")

    def test_confirms_itself_after_the_last_approval(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.finance)
        self.assertEqual(order.state, "draft")
        self.approve(order, self.warehouse)
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.sudo().picking_ids)

    def test_idle_without_a_flow(self):
        self.flow.active = False
        order = self.make_order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order.order_line.product_uom_qty = 500
        self.assertFalse(order.sudo().o2c_task_ids)


@tagged("post_install", "-at_install")
class TestApprovedIsConfirmed(O2cCommon):
    """What was approved is what is confirmed.

    Where an order changes while it is in approval, a decider has asked its salesperson.
    """

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.env["sale.order"]), "_o2c_has_open_question", lambda order: True
        )

    def test_more_falls_due_again(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.order_line.product_uom_qty = 11
        states = order.sudo().o2c_task_ids.filtered(
            lambda task: task.name == "Order Administration"
        )
        self.assertEqual(sorted(states.mapped("state")), ["pending", "superseded"])
        self.approve(order, self.finance, self.warehouse)
        self.assertEqual(order.state, "draft")
        self.approve(order, self.order_admin)
        self.assertEqual(order.state, "sale")

    def test_less_stands(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.order_line.product_uom_qty = 9
        self.approve(order, self.finance, self.warehouse)
        self.assertEqual(order.state, "sale")

    def test_lower_price_falls_due_again(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.order_line.price_unit = 95.0
        self.assertTrue(self.tasks_of(self.order_admin, order))

    def test_cheap_for_dear_falls_due_again(self):
        """Without a list price no discount shows, and yet somebody gives way."""
        self.product.list_price = 0.0
        order = self.make_order([(self.product, 10, 100.0), (self.product, 1, 1.0)])
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        dear, cheap = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(dear.id, {"product_uom_qty": 1}),
                    Command.update(cheap.id, {"product_uom_qty": 10}),
                ]
            }
        )
        self.assertTrue(self.tasks_of(self.order_admin, order))

    def test_other_terms_fall_due_again(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.assertTrue(self.tasks_of(self.order_admin, order))

    def test_other_parties_fall_due_again(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        contact = self.env["res.partner"].create(
            {"name": "Accounting", "parent_id": self.customer.id, "type": "invoice"}
        )
        for name in ("partner_invoice_id", "partner_shipping_id"):
            order = self.make_order()
            order.action_o2c_submit()
            self.approve(order, self.order_admin)
            # Another address of the same customer changes nothing.
            order[name] = contact
            self.assertFalse(self.tasks_of(self.order_admin, order))
            order[name] = stranger
            self.assertTrue(self.tasks_of(self.order_admin, order))

    def test_confirmed_order_keeps_its_parties(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self.make_confirmed_order()
        for name in ("partner_invoice_id", "partner_shipping_id"):
            with self.refused("goes beyond"):
                order[name] = stranger

    def test_other_team_with_another_flow(self):
        """An order handed to a team whose flow asks others is not left waiting."""
        team = self.env["crm.team"].create({"name": "Export"})
        flow = self.flow.copy({"sequence": 1, "team_ids": [Command.set(team.ids)]})
        (flow.step_ids - flow.step_ids[:1]).unlink()
        flow.step_ids.write({"group_id": self.ref("sale_o2c_flow.group_manager")})
        flow.active = True
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.team_id = team
        self.approve(order, self.finance, self.warehouse)
        self.assertEqual((order.state, order.o2c_approval_state), ("draft", "pending"))
        self.approve(order, self.director)
        self.assertEqual(order.state, "sale")

    def test_deeper_discount_asks_the_director(self):
        order = self.make_order()
        order.action_o2c_submit()
        order.order_line.discount = 25.0
        self.approve(order, self.order_admin, self.leader, self.finance, self.warehouse)
        self.assertEqual(order.state, "draft")
        self.approve(order, self.director)
        self.assertEqual(order.state, "sale")

    def test_confirmed_order_cannot_go_beyond(self):
        order = self.make_confirmed_order()
        with self.refused("goes beyond"):
            order.order_line.product_uom_qty = 20
        with self.refused("goes beyond"):
            order.write(
                {
                    "order_line": [
                        Command.create(self._prepare_line(self.product2, 1)),
                    ]
                }
            )
        order.order_line.product_uom_qty = 8
        self.assertEqual(order.order_line.product_uom_qty, 8)

    def test_confirmed_order_gives_nothing_back(self):
        service = self.env["product.product"].create(
            {"name": "Credit", "type": "service", "list_price": 100.0}
        )
        order = self.make_confirmed_order()
        with self.refused("goes beyond"):
            order.order_line = [Command.create(self._prepare_line(service, -10, 99.0))]
        self.assertEqual(order.amount_untaxed, 1000.0)

    def test_salesperson_takes_a_down_payment(self):
        order = self.make_confirmed_order()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.salesperson)
            .with_context(active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": 115.0})
        )
        wizard.create_invoices()
        line = order.order_line.filtered(
            lambda item: item.is_downpayment and not item.display_type
        )
        self.assertEqual(line.sudo().invoice_lines.price_total, 115.0)
        self.assertEqual(order.amount_total, 1150.0)

    def test_what_is_invoiced_stays_invoiced(self):
        order = self.make_confirmed_order()
        invoice = order._create_invoices().sudo()
        invoice.with_user(self.finance).action_post()
        self.assertEqual(order.o2c_amount_invoiced, 1150.0)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            order.order_line.invoice_lines = [Command.clear()]
        self.assertEqual(order.order_line.qty_invoiced, 10.0)

    def test_more_that_goes_back_falls_due_again(self):
        order = self.make_order([(self.product, 10), (self.product2, -1, 20.0)])
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.order_line[1].product_uom_qty = -2
        self.assertTrue(self.tasks_of(self.order_admin, order))

    def test_order_that_needed_nobody_is_watched(self):
        self.flow.step_ids.amount_from = 5000.0
        order = self.make_order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.refused():
            order.order_line.product_uom_qty = 100

    def test_order_that_no_flow_fitted_is_watched(self):
        self.flow.domain = "[('amount_total', '>=', 1000)]"
        order = self.make_order([(self.product, 1)])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order.order_line.product_uom_qty = 2
        with self.refused("goes beyond"):
            order.order_line.write({"product_uom_qty": 1000, "discount": 45.0})
        with self.refused("goes beyond"):
            order.order_line = [Command.create(self._prepare_line(self.product, 20))]
        with self.refused("goes beyond"):
            self.env["sale.order.line"].with_user(self.salesperson).create(
                {"order_id": order.id, **self._prepare_line(self.product, 20)}
            )
        self.assertEqual(order.amount_untaxed, 200.0)

    def test_line_moved_to_a_confirmed_order(self):
        self.flow.domain = "[('amount_total', '>=', 1000)]"
        order = self.make_order([(self.product, 1)])
        order.action_confirm()
        other = self.make_order([(self.product, 50)])
        with self.refused("goes beyond"):
            other.order_line.order_id = order

    def test_order_of_before_the_flow(self):
        """It keeps what it has; what is added passes the steps there are now."""
        self.flow.active = False
        order = self.make_order([(self.product, 10, None, 30.0)])
        order.action_confirm()
        self.flow.active = True
        order.order_line.product_uom_qty = 8
        self.assertEqual(order.amount_untaxed, 560.0)
        with self.refused("goes beyond"):
            order.order_line.product_uom_qty = 9
        self.flow.step_ids.amount_from = 5000.0
        order.order_line.product_uom_qty = 9
        with self.refused("goes beyond"):
            order.order_line.product_uom_qty = 100

    def test_archived_flows_are_not_remembered(self):
        self.flow.active = False
        flows = self.env["o2c.approval.flow"].with_context(active_test=False)
        self.assertNotIn(self.flow.id, flows._get_flow_ids(self.company.id))


@tagged("post_install", "-at_install")
class TestForbiddenDiscount(O2cCommon):
    """A discount that nobody may give is not confirmed, by any route."""

    def test_given_while_in_approval(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.patch(type(order), "_o2c_has_open_question", lambda order: True)
        with self.refused("Lower the discount"):
            order.order_line.discount = 70.0
        self.approve(order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 1000.0))

    def test_no_step_applies(self):
        self.flow.step_ids.amount_from = 50000.0
        order = self.make_order([(self.product, 10, None, 70.0)])
        self.assertTrue(order.o2c_approval_needed)
        with self.refused("Lower the discount"):
            order.action_confirm()
        with self.refused("nobody may give"):
            order.write({"state": "sale"})
        with self.refused("nobody may give"):
            order.sudo().write({"state": "sale"})
        with self.refused("nobody may give"):
            self.make_order([(self.product, 10, None, 70.0)], state="sale")
        order.order_line.discount = 5.0
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.refused("nobody may give"):
            order.order_line.discount = 70.0

    def test_signature_is_kept_and_waits(self):
        order = self.make_order([(self.product, 10, None, 70.0)])
        customer_order = order.with_user(self.env.ref("base.public_user")).sudo()
        customer_order.write({"signed_by": "Customer", "signature": SIGNATURE})
        customer_order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.signature)
        todo = order.sudo().activity_ids
        self.assertEqual(todo.user_id, self.salesperson)
        self.assertIn("70.00 %", todo.summary)
        self.assertFalse(self.tasks_of(self.order_admin, order))
        with self.refused("nobody may give"):
            order.action_confirm()
        order.order_line.discount = 5.0
        self.approve(order)
        self.assertEqual(order.state, "sale")

    def test_customer_makes_it_so_while_in_approval(self):
        """What a customer leaves out may leave mostly what is given away."""
        order = self.make_order([(self.product, 10), (self.product2, 3, None, 40.0)])
        wizard = (
            self.env["sale.order.discount"]
            .with_context(active_id=order.id)
            .create({"discount_type": "amount", "discount_amount": 200.0})
        )
        wizard.action_apply_discount()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.order_line[0].sudo().product_uom_qty = 1
        self.assertEqual(order.o2c_discount_authority, "forbidden")
        with self.refused("nobody may give"):
            self.tasks_of(self.finance, order).action_approve()
        self.assertEqual(order.o2c_approval_state, "pending")
        order.order_line[0].product_uom_qty = 10
        self.approve(order)
        self.assertEqual(order.state, "sale")

    def test_without_a_flow(self):
        self.flow.active = False
        order = self.make_order([(self.product, 10, None, 70.0)])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
