from datetime import date, datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import O2cCommon

TODAY = "2025-06-10 12:00:00"


class DelegationCommon(O2cCommon):
    """One step, which one person decides: the order administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.step = cls.flow.step_ids[0]
        (cls.flow.step_ids - cls.step).unlink()
        cls.step.write(
            {
                "decider_type": "users",
                "group_id": False,
                "user_ids": [Command.set(cls.order_admin.ids)],
            }
        )

    @classmethod
    def be_away(cls, user, delegate, first="2025-06-09", last="2025-06-13", **values):
        """Return an absence, entered by whoever is away."""
        return (
            cls.env["o2c.approval.delegation"]
            .with_user(user)
            .create(
                {
                    "delegate_id": delegate.id,
                    "date_from": first,
                    "date_to": last,
                    **values,
                }
            )
        )

    def submit(self, **values):
        """Return the task of an order."""
        order = self.make_order(**values)
        order.action_o2c_submit()
        return order.sudo().o2c_task_ids

    def asked(self, task):
        """Return who has a to-do for the order of a task."""
        return task.order_id.activity_ids.user_id

    def pass_to(self, moment):
        """Let the days go by: the scheduled action runs."""
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref(
                "sale_o2c_flow.ir_cron_approval_absence"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def notes_of(self, task):
        return " ".join(task.order_id.message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestDelegate(DelegationCommon):
    """What waits for somebody who is away goes to the delegate, and comes back."""

    def test_submitted_during_the_absence(self):
        self.be_away(self.order_admin, self.finance)
        task = self.submit()
        self.assertEqual(task.user_ids, self.order_admin | self.finance)
        self.assertEqual(task.assigned_user_ids, self.order_admin)
        self.assertEqual(self.asked(task), self.finance)
        self.assertIn("in place of Orders", self.notes_of(task))
        self.assertEqual(task.absence_note, "Finance for Orders")
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.order_id.state, "sale")
        decision = task.decision_ids
        self.assertEqual(decision.user_id, self.finance)
        self.assertEqual(decision.on_behalf_of_ids, self.order_admin)
        self.assertFalse(self.asked(task) & (self.finance | self.order_admin))

    def test_who_is_away_may_still_decide(self):
        self.be_away(self.order_admin, self.finance)
        task = self.submit()
        task.with_user(self.order_admin).action_approve()
        self.assertEqual(task.order_id.state, "sale")
        self.assertFalse(task.decision_ids.on_behalf_of_ids)
        self.assertFalse(self.asked(task) & (self.finance | self.order_admin))

    def test_moves_both_ways_at_once(self):
        task = self.submit()
        self.assertEqual(self.asked(task), self.order_admin)
        absence = self.be_away(self.order_admin, self.finance)
        self.assertEqual(absence.state, "active")
        self.assertEqual(self.asked(task), self.finance)
        absence.delegate_id = self.warehouse
        self.assertEqual(self.asked(task), self.warehouse)
        self.assertNotIn(self.finance, task.user_ids)
        with self.assertRaises(UserError):
            task.with_user(self.finance).action_approve()
        absence.unlink()
        self.assertEqual(self.asked(task), self.order_admin)
        self.assertEqual(task.user_ids, self.order_admin)
        self.assertIn("waits for Orders again", self.notes_of(task))

    def test_ended_early(self):
        task = self.submit()
        absence = self.be_away(self.order_admin, self.finance)
        absence.date_to = "2025-06-09"
        self.assertEqual((absence.state, self.asked(task)), ("over", self.order_admin))

    def test_waiting_tasks_move_too(self):
        first = self.step.copy({"sequence": 1, "user_ids": self.warehouse.ids})
        tasks = self.submit()
        later = tasks.filtered(lambda task: task.step_id != first)
        self.be_away(self.order_admin, self.finance)
        self.assertEqual(later.user_ids, self.order_admin | self.finance)
        self.assertEqual(self.asked(later), self.warehouse)
        (tasks - later).with_user(self.warehouse).action_approve()
        self.assertEqual(self.asked(later), self.finance)

    def test_days_go_by(self):
        """Days are those of the absent person, who lives in Tokyo."""
        self.order_admin.tz = "Asia/Tokyo"
        task = self.submit()
        absence = self.be_away(self.order_admin, self.finance, "2025-06-12")
        self.assertEqual(
            (absence.state, self.asked(task)), ("planned", self.order_admin)
        )
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.ref("sale_o2c_flow.ir_cron_approval_absence"))]
        )
        self.assertLessEqual(
            {datetime(2025, 6, 11, 15), datetime(2025, 6, 13, 15)},
            set(triggers.mapped("call_at")),
        )
        for moment, state, user in (
            ("2025-06-11 14:59:00", "planned", self.order_admin),
            ("2025-06-11 15:00:00", "active", self.finance),
            ("2025-06-13 14:59:00", "active", self.finance),
            ("2025-06-13 15:00:00", "over", self.order_admin),
        ):
            self.pass_to(moment)
            self.assertEqual((absence.state, self.asked(task)), (state, user))

    def test_other_todos_of_the_order_stay(self):
        """Who is asked by another department of the order stays asked."""
        self.step.copy({"name": "Second", "user_ids": self.order_admin.ids})
        tasks = self.submit()
        other = tasks.filtered(lambda task: task.name == "Second")
        other.flow_id = self.flow.copy()
        self.be_away(self.order_admin, self.finance, flow_ids=self.flow.ids)
        self.assertEqual(self.asked(tasks), self.order_admin | self.finance)

    def test_only_some_flows(self):
        other = self.flow.copy()
        self.be_away(self.order_admin, self.finance, flow_ids=other.ids)
        task = self.submit()
        self.assertEqual(task.user_ids, self.order_admin)

    def test_flow_goes(self):
        """An absence for one flow never becomes one for all of them."""
        other = self.flow.copy()
        absence = self.be_away(self.order_admin, self.finance, flow_ids=other.ids)
        other.active = True
        other.active = False
        self.assertEqual(self.submit().user_ids, self.order_admin)
        other.unlink()
        self.assertFalse(absence.exists())
        self.assertEqual(self.submit().user_ids, self.order_admin)

    def test_where_all_decide(self):
        self.step.write(
            {
                "rule": "all",
                "user_ids": [Command.set((self.order_admin | self.warehouse).ids)],
            }
        )
        self.be_away(self.order_admin, self.finance)
        task = self.submit()
        self.assertEqual(self.asked(task), self.finance | self.warehouse)
        task.with_user(self.finance).action_approve()
        self.assertEqual((task.state, self.asked(task)), ("pending", self.warehouse))
        # Decided for them: neither the task nor the inbox says that it waits.
        mine = task.with_user(self.order_admin)
        self.assertFalse(mine.waits_for_me)
        self.assertFalse(mine.search([("waits_for_me", "=", True)]) & mine)
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.state, "approved")

    def test_who_is_away_decides_where_all_do(self):
        """The delegate of somebody who decided all the same is not asked any more."""
        self.step.write(
            {
                "rule": "all",
                "user_ids": [Command.set((self.order_admin | self.warehouse).ids)],
            }
        )
        self.be_away(self.order_admin, self.finance)
        task = self.submit()
        task.with_user(self.order_admin).action_approve()
        self.assertEqual((task.state, self.asked(task)), ("pending", self.warehouse))

    def test_delegate_of_two(self):
        self.step.write(
            {
                "rule": "all",
                "user_ids": [Command.set((self.order_admin | self.warehouse).ids)],
            }
        )
        self.be_away(self.order_admin, self.finance)
        self.be_away(self.warehouse, self.finance)
        task = self.submit()
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "approved")
        self.assertEqual(
            task.decision_ids.on_behalf_of_ids, self.order_admin | self.warehouse
        )

    def test_approved_stays_approved_after_the_return(self):
        self.step.write(
            {
                "rule": "all",
                "user_ids": [Command.set((self.order_admin | self.warehouse).ids)],
            }
        )
        absence = self.be_away(self.order_admin, self.finance)
        task = self.submit()
        task.with_user(self.finance).action_approve()
        absence.unlink()
        self.assertEqual(self.asked(task), self.warehouse)
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.state, "approved")


@tagged("post_install", "-at_install")
class TestDelegateChain(DelegationCommon):
    """Delegates who are away themselves, or may not decide."""

    def test_chain(self):
        task = self.submit()
        self.be_away(self.order_admin, self.finance)
        absence = self.be_away(self.finance, self.warehouse)
        self.assertEqual(self.asked(task), self.warehouse)
        self.assertNotIn(self.finance, task.user_ids)
        absence.unlink()
        self.assertEqual(self.asked(task), self.finance)

    def test_no_loops(self):
        self.be_away(self.order_admin, self.finance)
        self.be_away(self.finance, self.warehouse)
        with self.refused("Orders → Finance → Warehouse → Orders|Nobody would be left"):
            self.be_away(self.warehouse, self.order_admin)
        # Who is back by then stands in for nobody of these days.
        self.be_away(self.warehouse, self.order_admin, "2025-06-14", "2025-06-20")

    def test_no_loops_within_a_flow(self):
        other = self.flow.copy()
        self.be_away(self.order_admin, self.finance, flow_ids=self.flow.ids)
        self.be_away(self.finance, self.order_admin, flow_ids=other.ids)
        with self.refused("Nobody would be left"):
            self.be_away(self.finance, self.order_admin, flow_ids=self.flow.ids)

    def test_loop_nobody_checked(self):
        """Data of whatever origin leave the decision with whoever had it."""
        absence = self.be_away(self.order_admin, self.finance)
        back = self.be_away(self.finance, self.warehouse)
        self.env.cr.execute(
            "UPDATE o2c_approval_delegation SET delegate_id = %s WHERE id = %s",
            [self.order_admin.id, back.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        task = self.submit()
        self.assertEqual(task.user_ids, self.order_admin)
        self.assertEqual(self.asked(task), self.order_admin)
        self.assertEqual(absence.state, "active")

    def test_delegate_sold_the_order(self):
        self.be_away(self.order_admin, self.leader)
        task = self.submit(user=self.leader)
        self.assertEqual(task.user_ids, self.order_admin)
        self.assertEqual(self.asked(task), self.order_admin)
        self.be_away(self.leader, self.finance)
        self.assertEqual(self.asked(task), self.finance)

    def test_delegate_has_decided(self):
        """One person is one pair of eyes."""
        self.step.write(
            {
                "rule": "all",
                "user_ids": [Command.set((self.order_admin | self.finance).ids)],
            }
        )
        task = self.submit()
        task.with_user(self.finance).action_approve()
        self.be_away(self.order_admin, self.finance)
        self.assertEqual(self.asked(task), self.order_admin)
        with self.refused("already decided"):
            task.with_user(self.finance).action_approve()
        task.with_user(self.order_admin).action_approve()
        self.assertEqual(task.state, "approved")

    def test_delegate_has_left(self):
        self.be_away(self.order_admin, self.finance)
        self.finance.active = False
        task = self.submit()
        self.assertEqual(self.asked(task), self.order_admin)

    def test_salesperson_stands_in(self):
        """Who usually sees their own orders only may read what they have to decide."""
        task = self.submit()
        order = task.order_id.with_user(self.salesperson2)
        with self.assertRaises(AccessError):
            order.check_access("read")
        self.be_away(self.order_admin, self.salesperson2)
        order.check_access("read")
        order.order_line.check_access("read")
        with self.assertRaises(AccessError):
            order.check_access("write")
        task.with_user(self.salesperson2).action_approve()
        self.assertEqual(task.order_id.state, "sale")


@tagged("post_install", "-at_install")
class TestQuorum(DelegationCommon):
    """A number of people decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.order_admin | cls.finance | cls.finance2 | cls.warehouse
        cls.step.user_ids = cls.people

    def submit_quorum(self, number):
        task = self.submit()
        task.write({"rule": "quorum", "quorum": number})
        return task

    def test_as_many_as_asked(self):
        task = self.submit_quorum(2)
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "pending")
        self.assertNotIn(self.finance, self.asked(task))
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.state, "approved")

    def test_fewer_are_left(self):
        task = self.submit_quorum(3)
        # As when somebody loses the company: nobody else is put to it before the night.
        (self.finance2 | self.warehouse).flush_recordset()
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id IN %s",
            [(self.finance2 | self.warehouse)._ids],
        )
        self.env.invalidate_all()
        task.with_user(self.order_admin).action_approve()
        self.assertEqual(task.state, "pending")
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "approved")

    def test_one_at_least(self):
        task = self.submit_quorum(0)
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "approved")

    def test_delegate_counts_once(self):
        """Who stands in for two is one person, and nobody's part counts twice."""
        task = self.submit_quorum(2)
        self.be_away(self.order_admin, self.leader)
        self.be_away(self.finance, self.leader)
        task.with_user(self.leader).action_approve()
        self.assertEqual(task.state, "pending")
        task.with_user(self.warehouse).action_approve()
        self.assertEqual(task.state, "approved")

    def test_delegate_and_who_is_away(self):
        task = self.submit_quorum(2)
        self.be_away(self.order_admin, self.leader)
        task.with_user(self.leader).action_approve()
        task.with_user(self.order_admin).action_approve()
        self.assertEqual(task.state, "pending")
        task.with_user(self.finance).action_approve()
        self.assertEqual(task.state, "approved")


@tagged("post_install", "-at_install")
class TestAbsenceEntry(DelegationCommon):
    """Entering an absence, rights and bad input."""

    def test_form(self):
        for user in (self.salesperson, self.finance, self.warehouse):
            form = Form(self.env["o2c.approval.delegation"].with_user(user))
            form.delegate_id = self.order_admin
            form.date_to = date(2025, 6, 20)
            form.flow_ids.add(self.flow.with_user(user))
            absence = form.save()
            self.assertEqual((absence.user_id, absence.state), (user, "active"))
            self.assertEqual(absence.display_name, f"{user.name} → Orders")

    def test_flows_by_name_only(self):
        """Deciders choose flows; what is drawn in them is for managers."""
        flow = self.flow.with_user(self.finance)
        self.assertEqual(flow.display_name, "Standard orders")
        for name in ("step_ids", "domain"):
            with self.assertRaises(AccessError):
                flow.read([name])
        with self.assertRaises(AccessError):
            flow.name = "Mine"

    def test_only_ones_own(self):
        absence = self.be_away(self.order_admin, self.finance)
        absences = self.env["o2c.approval.delegation"]
        for user in (self.finance, self.warehouse, self.salesperson):
            self.assertFalse(absences.with_user(user).search([]))
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                absence.with_user(user).unlink()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.be_away(user, user, user_id=self.order_admin.id)
        with self.assertRaises(AccessError):
            absences.with_user(self.shipper).search([])

    def test_not_given_away(self):
        """Nobody makes themselves the delegate of somebody else."""
        absence = self.be_away(self.finance, self.warehouse)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            absence.write(
                {"user_id": self.order_admin.id, "delegate_id": self.finance.id}
            )

    def test_manager_enters_it_for_others(self):
        absence = self.be_away(self.director, self.finance, user_id=self.order_admin.id)
        self.assertEqual(absence.user_id, self.order_admin)
        self.assertIn(
            absence,
            self.env["o2c.approval.delegation"].with_user(self.director).search([]),
        )

    def test_status_cannot_be_forged(self):
        absence = self.be_away(self.order_admin, self.finance, "2025-06-12")
        with self.assertRaises(AccessError):
            absence.state = "active"
        with self.assertRaises(AccessError):
            self.be_away(self.warehouse, self.finance, "2025-06-12", state="active")

    @mute_logger("odoo.sql_db")
    def test_not_to_oneself(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.be_away(self.order_admin, self.order_admin)

    @mute_logger("odoo.sql_db")
    def test_days_in_order(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.be_away(self.order_admin, self.finance, "2025-06-12", "2025-06-11")

    def test_no_overlap(self):
        self.be_away(self.order_admin, self.finance)
        with self.refused("Finance decides then"):
            self.be_away(self.order_admin, self.warehouse, "2025-06-13", "2025-06-20")
        with self.refused("already"):
            self.be_away(self.order_admin, self.warehouse, flow_ids=self.flow.ids)
        self.be_away(self.order_admin, self.warehouse, "2025-06-14", "2025-06-20")

    def test_two_flows_two_delegates(self):
        other = self.flow.copy()
        self.be_away(self.order_admin, self.warehouse, flow_ids=other.ids)
        self.be_away(self.order_admin, self.finance, flow_ids=self.flow.ids)
        self.assertEqual(self.asked(self.submit()), self.finance)

    def test_delegate_who_may_not_decide(self):
        stranger = self._make_user("stranger", "base.group_user")
        portal = self._make_user("customer", "base.group_portal")
        abroad = self._make_user("abroad", "sale_o2c_flow.group_finance")
        company = self.env["res.company"].create({"name": "Abroad"})
        abroad.write({"company_ids": [Command.set(company.ids)], "company_id": company})
        for user in (stranger, self.shipper, portal, abroad):
            with self.assertRaisesRegex(ValidationError, "cannot decide in place of"):
                self.be_away(self.order_admin, user)
