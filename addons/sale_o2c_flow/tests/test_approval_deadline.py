from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import O2cCommon


class DeadlineCommon(O2cCommon):
    """One step, decided by two people of finance, in a company that works in New York
    from 9 to 17, and not on the 4th of July."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "America/New_York",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 17,
                                "day_period": "full_day",
                            }
                        )
                        for day in range(5)
                    ),
                ],
                "global_leave_ids": [
                    Command.create(
                        {
                            "name": "Independence Day",
                            "date_from": "2025-07-04 04:00:00",
                            "date_to": "2025-07-05 03:59:59",
                        }
                    )
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.step = cls.flow.step_ids.filtered(lambda step: step.name == "Finance")
        (cls.flow.step_ids - cls.step).unlink()
        cls.step.write({"deadline_hours": 8.0, "remind_hours": 2.0})
        rules = cls.env["o2c.notification.rule"]
        rules.search(
            [("event", "in", ("approval_late", "approval_escalated"))]
        ).unlink()
        for event in ("approval_late", "approval_escalated"):
            rules.create({"event": event, "audience": "decider", "channel": "message"})

    def submit(self, moment="2025-07-03 15:00:00", **values):
        """Return the task of an order submitted at 11 in New York, unless otherwise."""
        with freeze_time(moment):
            order = self.make_order(**values)
            order.action_o2c_submit()
        return order.sudo().o2c_task_ids

    def watch(self, moment):
        """Let the scheduled action run."""
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref(
                "sale_o2c_flow.ir_cron_approval_deadline"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def told(self, task):
        """Return who was told by message about the order of a task."""
        notices = self.find_messages(task).filtered(
            lambda message: message.message_type == "user_notification"
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", notices.ids)])
        return mails.recipient_ids.user_ids

    def find_messages(self, task):
        return self.env["mail.message"].search(
            [("model", "=", "sale.order"), ("res_id", "=", task.order_id.id)]
        )

    def count_messages(self, task):
        return len(self.find_messages(task))


@tagged("post_install", "-at_install")
class TestApprovalClock(DeadlineCommon):
    """Deadlines are counted in the hours a company works."""

    def test_working_hours(self):
        task = self.submit()
        # 6 hours on Thursday; Friday is a holiday, then the weekend; 2 on Monday.
        self.assertEqual(task.deadline, datetime(2025, 7, 7, 15, 0))
        self.assertEqual(task.remind_at, datetime(2025, 7, 3, 21, 0))

    def test_without_a_deadline(self):
        self.step.write({"deadline_hours": 0.0, "remind_hours": 0.0})
        task = self.submit()
        self.assertEqual(task.state, "pending")
        self.assertFalse(task.deadline)
        self.watch("2026-01-01 12:00:00")
        self.assertFalse(task.late)

    def test_calendar_without_hours(self):
        self.calendar.attendance_ids.unlink()
        task = self.submit()
        self.assertEqual(task.deadline, datetime(2025, 7, 3, 23, 0))

    def test_starts_when_it_is_asked(self):
        first = self.step.copy({"sequence": 1, "name": "Before"})
        self.assertEqual(first.deadline_hours, 8.0)
        tasks = self.submit()
        task = tasks.filtered(lambda t: t.name == "Finance")
        self.assertFalse(task.deadline)
        with freeze_time("2025-07-08 13:00:00"):
            (tasks - task).with_user(self.finance).action_approve()
        self.assertEqual(task.deadline, datetime(2025, 7, 8, 21, 0))

    def test_late(self):
        task = self.submit()
        tasks = self.env["o2c.approval.task"]
        for moment, late in (
            ("2025-07-07 14:59:00", False),
            ("2025-07-07 15:00:00", True),
        ):
            with freeze_time(moment):
                task.invalidate_recordset(["late"])
                self.assertEqual(task.late, late)
                self.assertEqual(task in tasks.search([("late", "=", True)]), late)
                self.assertEqual(task in tasks.search([("late", "=", False)]), not late)

    def test_clock_stands(self):
        task = self.submit()
        with freeze_time("2025-07-03 17:00:00"):
            task._stop_clock()
        self.assertEqual((task.hours_left, task.deadline), (6.0, False))
        self.watch("2025-08-01 12:00:00")
        self.assertFalse(task.reminded)
        with freeze_time("2025-08-04 13:00:00"):
            task._restart_clock()
        self.assertEqual(task.deadline, datetime(2025, 8, 4, 19, 0))
        self.assertEqual(task.remind_at, datetime(2025, 8, 4, 17, 0))
        with freeze_time("2025-08-04 14:00:00"):
            task._restart_clock()
        self.assertEqual(task.deadline, datetime(2025, 8, 4, 19, 0))

    def test_step_dialog(self):
        with (
            Form(self.flow.with_user(self.director)) as form,
            form.step_ids.edit(0) as step,
        ):
            step.deadline_hours = 4.0
            step.remind_hours = 1.0
            step.on_deadline = "escalate"
            step.escalation_user_ids.add(self.leader)
        self.assertEqual(self.step.escalation_user_ids, self.leader)

    @mute_logger("odoo.sql_db")
    def test_reminder_comes_before(self):
        for hours in (8.0, -1.0):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.step.remind_hours = hours
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestApprovalDeadline(DeadlineCommon):
    """What happens before and at the deadline."""

    def test_reminded_once(self):
        task = self.submit()
        self.watch("2025-07-03 20:30:00")
        self.assertFalse(self.told(task))
        self.watch("2025-07-03 21:15:00")
        self.assertEqual(self.told(task), self.finance | self.finance2)
        count = self.count_messages(task)
        self.watch("2025-07-03 21:30:00")
        self.assertEqual(self.count_messages(task), count)
        self.assertEqual(task.state, "pending")

    def test_only_the_late_are_reminded(self):
        self.step.copy(
            {
                "name": "Warehouse",
                "deadline_hours": 0.0,
                "remind_hours": 0.0,
                "group_id": self.ref("sale_o2c_flow.group_warehouse_approver"),
            }
        )
        self.step.rule = "all"
        tasks = self.submit()
        task = tasks.filtered(lambda t: t.name == "Finance")
        task.with_user(self.finance).action_approve()
        self.watch("2025-07-03 21:15:00")
        self.assertEqual(self.told(task), self.finance2)

    def test_escalated_once(self):
        self.step.write(
            {"on_deadline": "escalate", "escalation_user_ids": self.leader.ids}
        )
        task = self.submit()
        self.watch("2025-07-07 15:10:00")
        self.assertEqual(task.escalated_user_ids, self.leader)
        self.assertIn(self.leader, task.order_id.activity_ids.user_id)
        self.assertEqual(self.told(task), self.leader)
        count = self.count_messages(task)
        self.watch("2025-07-07 15:30:00")
        self.assertEqual(self.count_messages(task), count)
        task.with_user(self.leader).action_approve()
        self.assertEqual(task.order_id.state, "sale")

    def test_escalated_where_all_decide(self):
        """Whoever it was escalated to decides in place of those who did not."""
        self.step.write({"on_deadline": "escalate", "rule": "all"})
        task = self.submit()
        self.watch("2025-07-07 15:10:00")
        self.assertIn(self.director, task.escalated_user_ids)
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "pending")
        task.with_user(self.director).action_approve()
        self.assertEqual(task.state, "approved")

    def test_not_escalated_to_the_owner(self):
        self.step.write(
            {"on_deadline": "escalate", "escalation_user_ids": self.order_admin.ids}
        )
        task = self.submit(user=self.order_admin)
        self.watch("2025-07-07 15:10:00")
        self.assertNotIn(self.order_admin, task.user_ids)
        self.assertIn(self.director, task.user_ids)

    def test_approved_by_itself(self):
        self.step.write({"on_deadline": "approve", "rule": "all"})
        task = self.submit()
        self.watch("2025-07-07 14:00:00")
        self.assertEqual(task.state, "pending")
        self.watch("2025-07-07 15:00:00")
        self.assertEqual((task.state, task.order_id.state), ("approved", "sale"))
        decision = task.decision_ids
        self.assertEqual(decision.user_id, self.env.ref("base.user_root"))
        self.assertIn("8 working hours", decision.comment)
        self.assertEqual(len(decision.fingerprint), 64)
        self.assertFalse(
            task.order_id.activity_ids.filtered(
                lambda todo: todo.user_id in self.finance | self.finance2
            )
        )

    def test_rejected_by_itself(self):
        self.step.on_deadline = "reject"
        task = self.submit()
        self.watch("2025-07-07 15:00:00")
        self.assertEqual(task.order_id.o2c_approval_state, "rejected")
        self.assertEqual(task.order_id.activity_ids.user_id, self.salesperson)

    def test_forbidden_discount_is_escalated(self):
        self.step.on_deadline = "approve"
        task = self.submit()
        # A customer may change the order on the portal, and is not refused.
        task.order_id.order_line.sudo().discount = 70.0
        self.assertEqual(task.order_id.o2c_discount_authority, "forbidden")
        self.watch("2025-07-07 15:00:00")
        self.assertEqual((task.state, task.order_id.state), ("pending", "draft"))
        self.assertIn(self.director, task.user_ids)
        self.assertFalse(task.decision_ids)

    def test_decided_in_time(self):
        self.step.on_deadline = "reject"
        task = self.submit()
        task.with_user(self.finance).action_approve()
        self.watch("2025-07-07 15:00:00")
        self.assertEqual((task.state, task.order_id.state), ("approved", "sale"))
        self.assertEqual(task.decided_by_id, self.finance)

    def test_recalled(self):
        self.step.on_deadline = "approve"
        task = self.submit()
        task.order_id.with_user(self.salesperson).action_o2c_recall()
        self.watch("2025-07-07 15:00:00")
        self.assertEqual((task.state, task.order_id.state), ("cancelled", "draft"))

    def test_deadline_of_the_day_it_was_submitted(self):
        """Drawing the step anew changes nothing for what waits."""
        task = self.submit()
        self.step.write({"on_deadline": "approve", "deadline_hours": 3.0})
        self.watch("2025-07-07 15:00:00")
        self.assertEqual(task.state, "pending")
        self.assertEqual(self.told(task), self.finance | self.finance2)

    def test_one_failure_is_not_everybodys(self):
        self.step.on_deadline = "approve"
        broken, sound = self.submit(), self.submit()
        order_problem = "It cannot be confirmed."
        confirm = self.registry["sale.order"].action_confirm

        def refuse(orders):
            if broken.order_id in orders:
                raise UserError(order_problem)
            return confirm(orders)

        with patch.object(self.registry["sale.order"], "action_confirm", refuse):
            self.watch("2025-07-07 15:00:00")
        self.assertEqual((broken.state, sound.state), ("pending", "approved"))
        self.assertFalse(broken.deadline_met)
