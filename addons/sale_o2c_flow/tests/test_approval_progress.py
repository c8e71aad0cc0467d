from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestApprovalProgress(O2cCommon):
    """Colleagues see at a glance who holds the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()

    def steps(self, user=None):
        order = self.order.with_user(user or self.salesperson)
        order.invalidate_recordset()
        return {
            step["name"]: step for stage in order.o2c_approval_steps for step in stage
        }

    def test_steps_in_sequence_and_side_by_side(self):
        stages = [
            [step["name"] for step in stage] for stage in self.order.o2c_approval_steps
        ]
        self.assertEqual(stages, [["Order Administration"], ["Finance", "Warehouse"]])

    def test_people_and_states(self):
        first = self.steps()["Order Administration"]
        self.assertEqual(first["state"], "pending")
        self.assertEqual(first["state_name"], "To decide")
        self.assertFalse(first["reason"])
        self.assertIn(
            {"id": self.order_admin.id, "name": "Orders", "decision": False},
            first["people"],
        )
        self.assertTrue(first["moment"])
        self.assertEqual(self.steps()["Finance"]["state"], "waiting")
        self.approve(self.order, self.order_admin)
        steps = self.steps()
        self.assertEqual(
            steps["Order Administration"]["people"],
            [{"id": self.order_admin.id, "name": "Orders", "decision": "approved"}],
        )
        self.assertEqual(steps["Finance"]["state"], "pending")
        self.assertEqual(steps["Finance"]["rule"], "Any one of them")

    def test_why_only_where_there_is_a_reason(self):
        self.assertIs(self.steps()["Finance"]["reason"], False)
        deep = self.make_order([(self.product, 10, 100.0, 20.0)])
        deep.action_o2c_submit()
        self.order = deep
        self.assertIn("20.00 %", self.steps()["Team Leader"]["reason"])

    def test_half_decided_step_shows_who_did(self):
        step = self.flow.step_ids.filtered(lambda s: s.name == "Finance")
        step.rule = "all"
        self.order = self.make_order()
        self.order.action_o2c_submit()
        self.approve(self.order, self.order_admin, self.finance)
        people = {
            person["id"]: person["decision"]
            for person in self.steps()["Finance"]["people"]
        }
        self.assertEqual(people[self.finance.id], "approved")
        self.assertFalse(people[self.finance2.id])

    def test_rejection_with_its_reason(self):
        self.tasks_of(self.order_admin, self.order).action_reject("Wrong terms")
        step = self.steps()["Order Administration"]
        self.assertEqual(step["comment"], "Wrong terms")
        self.assertEqual(list(self.steps()), ["Order Administration"])
        self.assertRegex(
            self.order.o2c_approval_banner,
            r"Rejected by Order Administration \(Orders\) .*: Wrong terms",
        )

    def test_only_live_turns_and_all_decisions(self):
        self.tasks_of(self.order_admin, self.order).action_reject("Wrong terms")
        self.order.action_o2c_submit()
        self.approve(self.order, self.order_admin)
        self.assertEqual(len(self.steps()), 3)
        self.order.invalidate_recordset()
        self.assertEqual(
            self.order.o2c_decision_ids.mapped("decision"), ["approved", "rejected"]
        )
        self.assertEqual(
            set(self.order.o2c_decision_ids.mapped("task_name")),
            {"Order Administration"},
        )

    def test_banner_says_who_and_since_when(self):
        order = self.make_order().with_context(tz="UTC")
        step = self.flow.step_ids.filtered(lambda s: s.name == "Finance")
        step.sequence = 1
        with freeze_time("2026-03-04 14:00:00"):
            order.action_o2c_submit()
            self.assertRegex(
                order.o2c_approval_banner,
                r"^Waits for Finance \(Finance, Finance2\) since today 2:00.PM$",
            )
            self.approve(order, self.finance)
            order.invalidate_recordset()
            self.assertRegex(
                order.o2c_approval_banner,
                r"^Waits for Order Administration \(Orders\) since today 2:00.PM$",
            )
        for now, words in (
            ("2026-03-05 08:00:00", "since yesterday 2:00"),
            ("2026-03-09 08:00:00", "since 03/04/2026 2:00"),
        ):
            with freeze_time(now):
                order.invalidate_recordset()
                self.assertIn(words, order.o2c_approval_banner)

    def test_colleague_sees_nothing_of_others_orders(self):
        order = self.order.with_user(self.salesperson2)
        self.assertFalse(order._o2c_get_visible_tasks())

    def test_customer_reads_nothing(self):
        portal = new_test_user(
            self.env, "o2c_portal", "base.group_portal", name="Portal"
        )
        self.order.sudo().message_subscribe(portal.partner_id.ids)
        self.order.sudo().partner_id = portal.partner_id
        order = self.order.with_user(portal)
        self.assertTrue(order.name)
        for name in (
            "o2c_approval_steps",
            "o2c_approval_banner",
            "o2c_decision_ids",
            "o2c_nudged_at",
        ):
            with self.assertRaises(AccessError):
                order.read([name])
        # Buttons of the form hang on these: readable, and without a word.
        names = ["o2c_approval_needed", "o2c_content_locked", "o2c_open_fields"]
        self.assertTrue(self.order.with_user(self.leader).o2c_approval_needed)
        told = order.read(names)[0]
        self.assertFalse(any(told[name] for name in names))

    def test_no_query_for_each_order(self):
        orders = self.order | self.make_order() | self.make_order()
        orders[1:].action_o2c_submit()

        def count_queries(orders):
            self.env.invalidate_all()
            orders.mapped("state")
            start = self.env.cr.sql_log_count
            orders.mapped("o2c_approval_steps")
            orders.mapped("o2c_approval_banner")
            return self.env.cr.sql_log_count - start

        count_queries(orders)
        self.assertLessEqual(count_queries(orders), count_queries(orders[:1]) + 4)


@tagged("post_install", "-at_install")
class TestNudge(O2cCommon):
    """The salesperson reminds those who have to decide, now and then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()

    def test_deciders_are_reminded(self):
        action = self.order.action_o2c_nudge()
        self.assertIn("Orders", action["params"]["message"])
        mail = self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        )
        self.assertIn(self.order_admin.partner_id, mail.recipient_ids)
        self.assertNotIn(self.finance.partner_id, mail.recipient_ids)
        self.assertIn("asks you to decide soon", mail[0].body_html)

    def test_once_an_hour(self):
        start = fields.Datetime.now()
        self.order.action_o2c_nudge()
        with self.refused("remind them again after"):
            self.order.action_o2c_nudge()
        with freeze_time(start + timedelta(minutes=61)):
            self.assertTrue(self.order.action_o2c_nudge())

    def test_nothing_to_remind_of(self):
        with self.refused("is not in approval"):
            self.make_order().action_o2c_nudge()

    def test_stamp_is_not_for_writing(self):
        with self.assertRaises(AccessError):
            self.order.o2c_nudged_at = datetime(2020, 1, 1)

    def test_only_those_who_may_change_the_order(self):
        for user in (self.warehouse, self.salesperson2):
            with self.assertRaises(AccessError):
                self.order.with_user(user).action_o2c_nudge()


@tagged("post_install", "-at_install")
class TestApprovalHidden(O2cCommon, HttpCase):
    """The page of the customer says nothing of the approval."""

    def test_portal_page(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.tasks_of(self.order_admin, order).action_reject("Secret reason")
        order.sudo()._portal_ensure_token()
        page = self.url_open(order.get_portal_url()).text
        self.assertIn(order.name, page)
        for secret in ("Secret reason", "Order Administration", "Rejected by"):
            self.assertNotIn(secret, page)
