from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import O2cCommon

# A Wednesday; the calendar of the company works on weekdays from 8 to 12 and 13 to 17.
SUBMITTED = "2026-03-04 09:00:00"
ADMIN_APPROVED = "2026-03-04 11:00:00"
FINANCE_APPROVED = "2026-03-05 11:00:00"
WAREHOUSE_REJECTED = "2026-03-09 09:00:00"
RESUBMITTED = "2026-03-09 10:00:00"


@tagged("post_install", "-at_install")
class TestApprovalAnalysis(O2cCommon):
    """The figures are those of the decisions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = calendar
        cls.order = cls.make_order()
        with freeze_time(SUBMITTED):
            cls.order.action_o2c_submit()
        with freeze_time(ADMIN_APPROVED):
            cls.approve(cls.order, cls.order_admin)
        with freeze_time(FINANCE_APPROVED):
            cls.approve(cls.order, cls.finance)
        with freeze_time(WAREHOUSE_REJECTED):
            cls.tasks_of(cls.warehouse, cls.order).action_reject("Out of stock")
        with freeze_time(RESUBMITTED):
            cls.order.action_o2c_submit()
        cls.env.flush_all()
        cls.analysis = cls.env["o2c.approval.analysis"]

    def rows(self, user=None, **values):
        domain = [("order_id", "=", self.order.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.analysis.with_user(user or self.finance).search(domain)

    def test_one_row_for_each_turn(self):
        rows = self.rows()
        self.assertEqual(
            sorted((row.department, row.outcome, row.turn) for row in rows),
            [
                ("Finance", "approved", 1),
                ("Order Administration", "approved", 1),
                ("Warehouse", "pending", 2),
                ("Warehouse", "rejected", 1),
            ],
        )
        self.assertEqual(
            len(rows.filtered(lambda row: row.outcome != "pending")),
            len(self.order.sudo().o2c_task_ids.decision_ids),
        )

    def count_hours(self):
        """Let an hour go by: the scheduled action runs."""
        with self.enter_registry_test_mode():
            self.env.ref("sale_o2c_flow.ir_cron_working_hours").method_direct_trigger()
        self.env.invalidate_all()

    def test_hours_by_the_clock_and_by_the_calendar(self):
        self.count_hours()
        admin = self.rows(department="Order Administration")
        self.assertAlmostEqual(admin.hours, 2.0)
        self.assertAlmostEqual(admin.working_hours, 2.0)
        self.assertEqual(admin.decided_by_id, self.order_admin)
        finance = self.rows(department="Finance")
        # From 11 to 11 the next day: an hour, the afternoon, and three the next morning.
        self.assertAlmostEqual(finance.hours, 24.0)
        self.assertAlmostEqual(finance.working_hours, 8.0)
        rejected = self.rows(outcome="rejected")
        # Over a weekend: 5 on Wednesday, 8 on Thursday, 8 on Friday, 1 on Monday.
        self.assertAlmostEqual(rejected.hours, 118.0)
        self.assertAlmostEqual(rejected.working_hours, 22.0)
        self.assertEqual(rejected.comment, "Out of stock")
        self.assertEqual(rejected.state, "superseded")

    def test_averages_of_a_department(self):
        with freeze_time("2026-03-09 14:00:00"):
            self.approve(self.order, self.warehouse)
        self.count_hours()
        self.env.flush_all()
        [(department, count, hours)] = self.analysis.with_user(self.leader)._read_group(
            [("order_id", "=", self.order.id), ("department", "=", "Warehouse")],
            ["department"],
            ["__count", "working_hours:avg"],
        )
        self.assertEqual((department, count), ("Warehouse", 2))
        # 22 hours, and from 10 to 14 without the break of an hour.
        self.assertAlmostEqual(hours, (22.0 + 3.0) / 2)

    def test_longest_wait(self):
        pending = self.rows(outcome="pending")
        self.assertEqual(pending.department, "Warehouse")
        self.assertFalse(pending.decided_at)
        [(count, wait, hours)] = self.analysis.with_user(self.finance)._read_group(
            [("order_id", "=", self.order.id)],
            aggregates=["__count", "waiting_hours:max", "hours:avg"],
        )
        self.assertEqual(count, 4)
        self.assertAlmostEqual(wait, pending.waiting_hours, 2)
        self.assertAlmostEqual(hours, (2.0 + 24.0 + 118.0) / 3, 2)

    def test_recalled_turns_take_no_time(self):
        self.order.action_o2c_recall()
        self.env.flush_all()
        self.assertFalse(self.rows(outcome="pending"))
        self.assertEqual(len(self.rows()), 3)

    def test_who_sees_what(self):
        self.assertEqual(len(self.rows(self.salesperson)), 4)
        self.assertFalse(self.rows(self.salesperson2))
        self.assertEqual(len(self.rows(self.warehouse)), 4)
        with self.assertRaises(AccessError):
            self.rows(self.shipper)

    def test_opens_the_order(self):
        action = self.rows(self.warehouse, outcome="pending").action_open_order()
        self.assertEqual(action["res_id"], self.order.id)

    def test_without_a_calendar_hours_are_hours(self):
        self.company.resource_calendar_id = False
        order = self.make_order()
        with freeze_time("2026-03-07 09:00:00"):
            order.action_o2c_submit()
        with freeze_time("2026-03-08 09:00:00"):
            self.approve(order, self.order_admin)
        self.count_hours()
        task = order.sudo().o2c_task_ids.filtered("decided_at")
        self.assertAlmostEqual(task.working_hours, 24.0)

    def test_saved_readings_open(self):
        action = self.env.ref("sale_o2c_flow.action_o2c_approval_analysis")
        filters = (
            self.env["ir.filters"]
            .with_user(self.finance)
            .get_filters("o2c.approval.analysis", action.id)
        )
        self.assertEqual(
            {found["name"] for found in filters},
            {"Time per step", "Time per decider", "Rejections", "Bottlenecks now"},
        )
