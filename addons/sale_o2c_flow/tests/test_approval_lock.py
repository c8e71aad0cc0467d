from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon
from .test_approval_gate import SIGNATURE


@tagged("post_install", "-at_install")
class TestApprovalLock(O2cCommon):
    """What is in approval stays as it was submitted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env.ref("account.account_payment_term_30days")
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()

    @classmethod
    def open_to(cls, department, *names):
        """Open fields of orders to the deciders of a step."""
        step = cls.flow.step_ids.filtered(lambda s: s.name == department)
        step.editable_field_ids = cls.env["ir.model.fields"].search(
            [("model", "=", "sale.order"), ("name", "in", names)]
        )

    def get_log(self, order):
        return "\n".join(order.sudo().message_ids.mapped("body"))

    def test_nobody_changes_the_content(self):
        changes = [
            {"payment_term_id": self.term.id},
            {"order_line": [Command.update(self.order.order_line.id, {"discount": 5})]},
            {"order_line": [Command.create(self._prepare_line(self.product2, 1))]},
            {"order_line": [Command.delete(self.order.order_line.id)]},
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 5.0},
        ]
        for user in (self.salesperson, self.leader, self.order_admin, self.director):
            for vals in changes:
                with self.refused("is in approval"):
                    self.order.with_user(user).write(vals)
        self.assertEqual(self.order.amount_untaxed, 1000.0)

    def test_lines_by_themselves(self):
        line = self.order.order_line
        with self.refused("Recall it first"):
            line.product_uom_qty = 5
        with self.refused("Recall it first"):
            line.unlink()
        with self.refused("Recall it first"):
            line.create(
                {"order_id": self.order.id, **self._prepare_line(self.product, 1)}
            )
        other = self.make_order()
        with self.refused("Recall it first"):
            other.order_line.order_id = self.order

    def test_form_is_read_only(self):
        self.assertTrue(self.order.o2c_content_locked)
        with Form(self.order) as form, self.assertRaises(AssertionError):
            form.partner_id = self.company.partner_id
        self.order.action_o2c_recall()
        self.assertFalse(self.order.o2c_content_locked)
        with Form(self.order) as form:
            form.payment_term_id = self.term
        self.assertEqual(self.order.payment_term_id, self.term)

    def test_what_is_no_content_stays_open(self):
        date = datetime(2030, 1, 2)
        self.order.write({"client_order_ref": "PO 7", "commitment_date": date})
        self.assertEqual(self.order.commitment_date, date)
        # The same once more is no change.
        self.order.write({"payment_term_id": self.order.payment_term_id.id})
        self.assertFalse(self.tasks_of(self.finance, self.order))

    def test_approved_and_not_confirmed_yet(self):
        self.patch(type(self.order), "_o2c_confirm_approved", lambda order: None)
        self.approve(self.order)
        self.assertEqual(
            (self.order.state, self.order.o2c_approval_state), ("draft", "approved")
        )
        with self.refused("is in approval"):
            self.order.order_line.product_uom_qty = 9
        self.order.action_o2c_recall()
        self.order.order_line.product_uom_qty = 9
        self.assertEqual(self.order.o2c_approval_state, "none")

    def test_rejected_is_open(self):
        self.tasks_of(self.order_admin, self.order).action_reject("Fewer")
        self.order.order_line.product_uom_qty = 9
        self.assertFalse(self.order.o2c_content_locked)

    def test_customer_chooses(self):
        """On the portal, as superuser: what is approved falls due again, and is told."""
        self.approve(self.order, self.order_admin)
        customer = self.order.with_user(self.env.ref("base.public_user")).sudo()
        customer.order_line.product_uom_qty = 12
        self.assertTrue(self.tasks_of(self.order_admin, self.order))
        self.assertIn("Desk: 10 → 12 Units", self.get_log(self.order))
        message = self.order.sudo().message_ids[:1]
        self.assertEqual(message.author_id, self.env.ref("base.public_user").partner_id)

    def test_salesperson_who_was_asked(self):
        self.patch(type(self.order), "_o2c_has_open_question", lambda order: True)
        self.order.order_line.product_uom_qty = 11
        self.assertFalse(self.order.o2c_content_locked)
        log = self.get_log(self.order)
        self.assertIn("Desk: 10 → 11 Units", log)
        self.assertIn("Total", log)
        # Asked is the salesperson; it is nobody else's to change.
        with self.refused("is in approval"):
            self.order.with_user(self.leader).order_line.product_uom_qty = 12

    def test_decider_changes_what_the_step_opens(self):
        self.open_to("Order Administration", "order_line")
        order = self.order.with_user(self.order_admin)
        with self.refused("is in approval"):
            order.payment_term_id = self.term
        order.order_line.product_uom_qty = 12
        self.assertIn("Desk: 10 → 12 Units", self.get_log(self.order))
        self.assertEqual(order.o2c_open_fields, "order_line")
        with self.refused("is in approval"):
            self.order.order_line.product_uom_qty = 13
        # Once decided it is closed again.
        self.approve(self.order, self.order_admin)
        with self.refused("is in approval"):
            order.order_line.product_uom_qty = 13
        self.assertFalse(self.tasks_of(self.order_admin, self.order))

    def test_change_that_asks_others_again(self):
        self.open_to("Finance", "order_line", "payment_term_id")
        self.approve(self.order, self.order_admin)
        self.order.with_user(self.finance).write({"payment_term_id": self.term.id})
        self.assertTrue(self.tasks_of(self.order_admin, self.order))
        self.approve(self.order)
        self.approve(self.order)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.payment_term_id, self.term)

    def test_dialog_of_a_decider_without_sales_rights(self):
        self.open_to("Warehouse", "commitment_date", "payment_term_id")
        self.approve(self.order, self.order_admin)
        task = self.tasks_of(self.warehouse, self.order)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.order.with_user(self.warehouse).commitment_date = datetime.now()
        action = task.action_open_change_order()
        edits = self.env["o2c.order.edit"].with_user(self.warehouse)
        date = fields.Datetime.now() + timedelta(days=9)
        with Form(edits.with_context(**action["context"])) as form:
            form.commitment_date = date
        form.record.action_apply()
        self.assertEqual(self.order.commitment_date, date)
        message = self.order.sudo().message_ids[:1]
        self.assertIn("Delivery Date: none →", message.body)
        self.assertEqual(message.author_id, self.warehouse.partner_id)
        edit = edits.create({"task_id": task.id, "payment_term_id": self.term.id})
        edit.commitment_date = date
        edit.action_apply()
        self.assertIn("Payment Terms", self.get_log(self.order))
        self.assertTrue(self.tasks_of(self.order_admin, self.order))

    def test_dialog_gives_no_more_than_the_step(self):
        self.open_to("Warehouse", "commitment_date")
        self.approve(self.order, self.order_admin)
        task = self.tasks_of(self.warehouse, self.order)
        self.assertTrue(task.can_change_order)
        edits = self.env["o2c.order.edit"].with_user(self.warehouse)
        edit = edits.create({"task_id": task.id, "payment_term_id": self.term.id})
        edit.action_apply()
        self.assertNotEqual(self.order.payment_term_id, self.term)
        with self.refused("does not open this"):
            task._change_order({"payment_term_id": self.term.id})
        task.action_approve()
        with self.refused("already decided"):
            edit.action_apply()
        others = self.env["o2c.order.edit"].with_user(self.finance)
        with self.refused("already decided"):
            others.create({"task_id": task.id}).action_apply()

    def test_steps_open_sensible_fields_only(self):
        with self.assertRaisesRegex(ValidationError, "cannot be opened"):
            self.open_to("Finance", "state")
        with Form(self.flow.with_user(self.director)) as form:
            with form.step_ids.edit(0) as step:
                step.editable_field_ids.add(
                    self.env.ref("sale.field_sale_order__commitment_date")
                )
        self.assertEqual(
            self.flow.step_ids[0].editable_field_ids.name, "commitment_date"
        )

    def test_recall_is_told_and_is_for_sellers(self):
        self.env["o2c.notification.rule"].search(
            [("event", "=", "approval_recalled")]
        ).unlink()
        self.env["o2c.notification.rule"].create(
            {"event": "approval_recalled", "audience": "decider", "channel": "message"}
        )
        with self.assertRaisesRegex(AccessError, "only people who sell"):
            self.order.with_user(self.finance).action_o2c_recall()
        self.order.action_o2c_recall()
        self.assertFalse(self.order.sudo().activity_ids)
        told = self.messages_to(self.order_admin, self.order)
        self.assertIn("nothing is left to decide", told)

    def test_cancelling_is_for_sellers(self):
        for user in (self.finance, self.finance2):
            order = self.order.with_user(user)
            with self.assertRaisesRegex(AccessError, "only people who sell"):
                order.action_cancel()
            with self.assertRaisesRegex(AccessError, "only people who sell"):
                order.write({"state": "cancel"})
        self.order.write({"state": "cancel"})
        self.assertEqual(self.order.o2c_approval_state, "none")
        self.assertFalse(self.tasks_of(self.order_admin, self.order))

    def test_customer_declines(self):
        self.order.with_user(self.env.ref("base.public_user")).sudo()._action_cancel()
        self.assertEqual(self.order.state, "cancel")
        self.assertFalse(self.tasks_of(self.order_admin, self.order))

    def test_signature_of_a_rejected_order_is_on_hold(self):
        self.env["o2c.notification.rule"].search(
            [("event", "=", "order_on_hold")]
        ).unlink()
        self.env["o2c.notification.rule"].create(
            {"event": "order_on_hold", "audience": "salesperson", "channel": "message"}
        )
        self.order.sudo().write({"signed_by": "Customer", "signature": SIGNATURE})
        self.tasks_of(self.order_admin, self.order).action_reject("Too cheap")
        self.assertIn(
            "signature is on hold", self.messages_to(self.salesperson, self.order)
        )
        self.assertTrue(self.order.signature)
