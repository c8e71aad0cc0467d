from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.sale_o2c_flow.models.approval import order_change

from .common import O2cCommon


class OrderChangeCommon(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order([(cls.product, 10), (cls.product2, 1)])
        cls.order.action_o2c_submit()
        cls.approve(cls.order)
        cls.desk, cls.chair = cls.order.order_line

    @classmethod
    def more(cls, quantity=15, **values):
        """Return values that ask for more desks."""
        update = {"product_uom_qty": quantity, **values}
        return {"order_line": [Command.update(cls.desk.id, update)]}

    def propose(self, vals=None, user=None, note="The fair"):
        order = self.order.with_user(user or self.salesperson)
        change_id = order.o2c_propose_change(vals or self.more(), note)
        return self.env["o2c.order.change"].browse(change_id)

    def moved(self):
        """Return how many desks are on their way."""
        moves = self.order.sudo().picking_ids.move_ids
        moves = moves.filtered(lambda m: m.product_id == self.product)
        return sum(moves.mapped("product_uom_qty"))


@tagged("post_install", "-at_install")
class TestOrderChange(OrderChangeCommon):
    """What goes beyond the approval of a confirmed order is proposed and approved."""

    def test_it_waits_and_makes_itself(self):
        change = self.propose()
        self.assertEqual(self.desk.product_uom_qty, 10)
        self.assertEqual(self.moved(), 10)
        self.assertEqual(
            (self.order.state, self.order.o2c_approval_state), ("sale", "approved")
        )
        self.assertIn("Desk: 10 → 15 Units", change.difference)
        self.assertEqual(self.order.o2c_change_id, change)
        self.assertIn("Order Administration", self.order.o2c_change_waits_for)
        self.approve(self.order, self.order_admin, self.finance)
        self.assertEqual(self.desk.product_uom_qty, 10)
        self.approve(self.order, self.warehouse)
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.desk.product_uom_qty, 15)
        self.assertEqual(self.moved(), 15)
        self.assertFalse(self.order.o2c_change_id)
        self.assertEqual(self.order.o2c_approval_state, "approved")
        # What was approved by it holds from now on.
        self.desk.product_uom_qty = 12
        self.desk.product_uom_qty = 15
        with self.refused("goes beyond"):
            self.desk.product_uom_qty = 16

    def test_deciders_see_what_it_would_be(self):
        self.propose()
        task = self.tasks_of(self.order_admin, self.order)
        self.assertGreater(task.amount_total, self.order.amount_total)
        self.assertIn("Desk: 10 → 15 Units", task.changes)
        self.assertIn("(change)", task.display_name)
        self.assertFalse(task.can_change_order)
        todo = self.order.sudo().activity_ids
        self.assertEqual(todo.user_id, self.order_admin)
        self.assertIn("a change of", todo.summary)
        task.action_approve()
        decision = task.sudo().decision_ids
        self.assertIn("15.00 Units", decision.snapshot)
        self.assertEqual(
            list(decision.content["lines"].values())[0], [15.0, self.desk.price_unit]
        )
        self.assertTrue(decision.verified)
        self.assertNotIn(self.order_admin, self.order.sudo().activity_ids.user_id)

    def test_new_lines_and_terms(self):
        term = self.env.ref("account.account_payment_term_30days")
        lamp = self._make_product("Lamp", 30.0)
        date = datetime(2030, 5, 6)
        self.propose(
            {
                "payment_term_id": term.id,
                "commitment_date": date,
                "order_line": [Command.create(self._prepare_line(lamp, 2))],
            }
        )
        change = self.order.o2c_change_id
        self.assertIn("Lamp added: 2 Units", change.difference)
        self.assertIn("Changed as well: Delivery Date", change.difference)
        self.approve(self.order)
        self.assertEqual(self.order.payment_term_id, term)
        self.assertEqual(self.order.commitment_date, date)
        self.assertEqual(self.order.order_line.product_id[-1:], lamp)

    def test_deeper_discount_asks_the_director(self):
        self.propose(self.more(10, discount=25.0))
        self.approve(
            self.order, self.order_admin, self.leader, self.finance, self.warehouse
        )
        self.assertEqual(self.desk.discount, 0.0)
        self.approve(self.order, self.director)
        self.assertEqual(self.desk.discount, 25.0)

    def test_only_uncovered_steps_are_asked(self):
        self.flow.step_ids.filtered(
            lambda s: s.name in ("Finance", "Warehouse")
        ).amount_from = 50000.0
        self.propose()
        self.assertEqual(
            self.order.sudo().o2c_change_id.task_ids.mapped("name"),
            ["Order Administration"],
        )
        self.approve(self.order, self.order_admin)
        self.assertEqual(self.desk.product_uom_qty, 15)

    def test_nothing_uncovered_is_made_at_once(self):
        change = self.propose(self.more(9))
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.desk.product_uom_qty, 9)
        self.assertFalse(change.sudo().task_ids)
        self.flow.step_ids.amount_from = 50000.0
        change = self.propose(self.more(40))
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.moved(), 40)

    def test_rejected(self):
        change = self.propose()
        self.tasks_of(self.order_admin, self.order).action_reject("No stock")
        self.assertEqual(change.state, "rejected")
        self.assertEqual(self.desk.product_uom_qty, 10)
        self.assertEqual(self.order.o2c_approval_state, "approved")
        self.assertFalse(self.order.sudo().activity_ids)
        note = self.order.sudo()._o2c_get_event_note("change_rejected")
        self.assertIn("No stock", note)
        self.propose()

    def test_withdrawn(self):
        change = self.propose()
        task = self.tasks_of(self.order_admin, self.order)
        with self.refused("only people who sell"):
            self.order.with_user(self.finance).action_o2c_withdraw_change()
        self.order.action_o2c_withdraw_change()
        self.assertEqual(change.state, "withdrawn")
        self.assertFalse(self.order.sudo().activity_ids)
        with self.refused("recalled, changed or cancelled"):
            task.action_approve()
        with self.refused("No change"):
            self.order.action_o2c_withdraw_change()
        with self.refused("does not wait"):
            change.with_user(self.salesperson).action_withdraw()
        self.assertEqual(self.desk.product_uom_qty, 10)

    def test_one_at_a_time(self):
        self.propose()
        with self.refused("waits for approval already"):
            self.propose(self.more(20))
        with self.refused("waits for approval already"):
            self.desk.product_uom_qty = 20
        # Less than was approved needs nobody, whatever waits.
        self.chair.product_uom_qty = 0
        self.approve(self.order)
        self.assertEqual(self.desk.product_uom_qty, 15)
        self.assertEqual(self.chair.product_uom_qty, 0)

    def test_cancelled_order(self):
        change = self.propose()
        self.order.action_cancel()
        self.assertEqual(change.state, "withdrawn")
        self.assertFalse(self.tasks_of(self.order_admin, self.order))
        self.assertFalse(self.order.sudo().activity_ids)

    def test_cannot_be_made_any_more(self):
        change = self.propose()
        self.approve(self.order, self.order_admin, self.finance)
        self.order.sudo().action_lock()
        self.approve(self.order, self.warehouse)
        self.assertEqual(change.state, "failed")
        self.assertIn("locked", change.error)
        self.assertEqual(self.desk.product_uom_qty, 10)
        note = self.order.sudo()._o2c_get_event_note("change_rejected")
        self.assertIn("could not be made", note)

    def test_proposer_who_left(self):
        change = self.propose()
        self.approve(self.order, self.order_admin, self.finance)
        self.salesperson.active = False
        self.approve(self.order, self.warehouse)
        self.assertEqual(change.state, "failed")
        self.assertIn("does not work here", change.error)
        self.assertEqual(self.desk.product_uom_qty, 10)

    def test_judged_again_when_it_is_made(self):
        """Another change meanwhile makes the whole more than was approved."""
        self.propose(self.more(15))
        self.approve(self.order, self.order_admin, self.finance)
        term = self.env.ref("account.account_payment_term_30days")
        # Around the gate, as nobody can: the order is not what it was.
        self.env.cr.execute(
            "UPDATE sale_order SET payment_term_id = %s WHERE id = %s",
            [term.id, self.order.id],
        )
        self.order.invalidate_recordset()
        self.approve(self.order, self.warehouse)
        self.assertEqual(self.desk.product_uom_qty, 10)
        self.assertEqual(self.order.o2c_change_id.state, "pending")
        self.assertTrue(self.tasks_of(self.order_admin, self.order))
        self.approve(self.order)
        self.assertEqual(self.desk.product_uom_qty, 15)

    def test_nobody_approves_their_own(self):
        order = self.order.with_user(self.order_admin)
        order.o2c_propose_change(self.more(), "Mine")
        task = order.sudo().o2c_change_id.task_ids.filtered(
            lambda t: t.state == "pending"
        )
        self.assertNotIn(self.order_admin, task.user_ids)
        with self.refused():
            task.with_user(self.order_admin).action_approve()

    def test_bad_proposals(self):
        with self.refused("not whether it is confirmed"):
            self.propose({"state": "draft"})
        with self.refused("Say what to change"):
            self.order.o2c_propose_change([], "x")
        with self.refused("nobody may give"):
            self.propose(self.more(10, discount=70.0))
        with self.refused():
            self.propose(self.more(10, price_subtotal=1.0))
        for user in (self.salesperson2, self.warehouse, self.shipper):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.order.with_user(user).o2c_propose_change(self.more(), "x")
        with self.refused("is not confirmed"):
            self.make_order().o2c_propose_change({"note": "x"})
        self.assertFalse(self.order.sudo().o2c_change_ids)

    def test_lines_of_other_orders_are_judged(self):
        confirmed, submitted = self.make_confirmed_order(), self.make_order()
        submitted.action_o2c_submit()
        for other, problem in (
            (confirmed, "was approved as it stood"),
            (submitted, "stays as it was submitted"),
        ):
            command = Command.update(other.order_line.id, {"product_uom_qty": 99})
            vals = {"order_line": [command]}
            with self.refused(f"{other.name} .*{problem}"):
                self.propose(vals)
            with self.refused(f"{other.name} .*{problem}"):
                self.order._o2c_preview_change(vals)
            self.assertEqual(other.order_line.product_uom_qty, 10)

    def test_customers_see_nothing_of_it(self):
        self.propose()
        customer = self._make_user("customer", "base.group_portal")
        customer.partner_id.parent_id = self.customer
        order = self.order.with_user(customer)
        self.assertEqual(order.read(["name"])[0]["name"], self.order.name)
        for name in order._fields:
            if name.startswith("o2c_change"):
                with self.subTest(name), self.refused():
                    order.read([name])

    def test_changes_cannot_be_forged(self):
        change = self.propose()
        for user in (self.salesperson, self.finance, self.director):
            with self.assertRaises(AccessError):
                change.with_user(user).write({"state": "applied"})
            with self.assertRaises(AccessError):
                change.with_user(user).write({"vals": self.more(99)})
            with self.assertRaises(AccessError):
                change.with_user(user).create({"order_id": self.order.id})
        with self.assertRaises(AccessError):
            self.order.write({"o2c_change_ids": [Command.clear()]})
        other = self.env["o2c.order.change"].with_user(self.salesperson2)
        self.assertFalse(other.search([("order_id", "=", self.order.id)]))


@tagged("post_install", "-at_install")
class TestOrderChangeDialog(OrderChangeCommon):
    """On screen nothing typed is lost: it is one click to propose it."""

    def test_saving_a_form_offers_the_dialog(self):
        with (
            patch.object(order_change, "is_saving_a_form", lambda: True),
            self.assertRaises(RedirectWarning) as caught,
            self.env.cr.savepoint(),
        ):
            self.order.write(self.more())
        _message, action, button, context = caught.exception.args
        self.assertEqual(button, "Submit Change for Approval")
        proposals = self.env[self.env["ir.actions.act_window"].browse(action).res_model]
        with Form(
            proposals.with_user(self.salesperson).with_context(**context)
        ) as dialog:
            self.assertIn("Desk: 10 → 15 Units", dialog.difference)
            self.assertIn("Finance", dialog.departments)
            dialog.note = "The fair"
        self.assertFalse(self.order.sudo().o2c_change_ids)
        dialog.record.action_submit()
        change = self.order.o2c_change_id
        self.assertEqual((change.note, change.user_id), ("The fair", self.salesperson))
        self.assertEqual(self.desk.product_uom_qty, 10)
        self.approve(self.order)
        self.assertEqual(self.desk.product_uom_qty, 15)

    def test_programs_are_refused(self):
        with self.refused("goes beyond"):
            self.order.write(self.more())
        self.assertFalse(self.order.sudo().o2c_change_ids)
