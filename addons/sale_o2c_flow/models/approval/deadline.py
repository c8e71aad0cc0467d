"""How long a decision may take, in working hours, and what happens then."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_datetime

from ..common.scheduled import do_each

ON_DEADLINE = [
    ("none", "Tell the deciders"),
    ("escalate", "Escalate"),
    ("approve", "Approve by itself"),
    ("reject", "Reject by itself"),
]


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    deadline_hours = fields.Float(
        string="Decide Within",
        help="Working hours of the company, from when the step is asked. 0: no deadline.",
    )
    remind_hours = fields.Float(
        string="Remind Before",
        help="Working hours before the deadline. 0: no reminder.",
    )
    on_deadline = fields.Selection(
        ON_DEADLINE,
        string="After the Deadline",
        required=True,
        default="none",
        help="Escalate: others are asked, too, and any one of them decides alone. A "
        "discount that nobody may give is never approved by itself, but escalated.",
    )
    escalation_user_ids = fields.Many2many(
        "res.users",
        "o2c_approval_step_escalation_rel",
        string="Escalate To",
        help="Empty: the O2C managers.",
    )

    _deadline_check = models.Constraint(
        "CHECK (deadline_hours >= 0 AND remind_hours >= 0"
        " AND (deadline_hours = 0 OR remind_hours < deadline_hours))",
        "A step is reminded of less hours before its deadline than it has for the "
        "decision, and neither can be negative.",
    )

    def _get_picture_notes(self):
        notes = super()._get_picture_notes()
        if self.deadline_hours:
            hours = f"{self.deadline_hours:g}"
            notes.append(self.env._("within %s working hours", hours))
        return notes


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_prepare_task(self, step):
        return {
            **super()._o2c_prepare_task(step),
            "deadline_hours": step.deadline_hours,
            "remind_hours": step.remind_hours,
            "on_deadline": step.on_deadline,
        }


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    # -- As the step said when the order was submitted
    deadline_hours = fields.Float(readonly=True)
    remind_hours = fields.Float(readonly=True)
    on_deadline = fields.Selection(ON_DEADLINE, readonly=True)
    # -- The clock
    deadline = fields.Datetime(readonly=True, help="Empty while the clock stands.")
    remind_at = fields.Datetime(readonly=True)
    reminded = fields.Boolean(readonly=True)
    deadline_met = fields.Boolean(
        readonly=True, help="Whether what has to happen at the deadline has happened."
    )
    hours_left = fields.Float(
        readonly=True, help="Working hours left while the clock stands."
    )
    clock_stopped = fields.Boolean(readonly=True)
    late = fields.Boolean(compute="_compute_late", search="_search_late")
    escalated_user_ids = fields.Many2many(
        "res.users",
        "o2c_approval_task_escalated_rel",
        string="Escalated To",
        readonly=True,
        help="Any one of them decides alone.",
    )

    _deadline_idx = models.Index(
        "(deadline) WHERE state = 'pending' AND deadline IS NOT NULL"
    )

    @api.depends("state", "deadline")
    def _compute_late(self):
        now = fields.Datetime.now()
        for task in self:
            task.late = bool(
                task.state == "pending" and task.deadline and task.deadline <= now
            )

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "pending") & Domain(
            "deadline", "<=", fields.Datetime.now()
        )
        return late if True in value else ~late

    # === THE CLOCK === #

    def _open_due(self):
        due = super()._open_due()
        due._start_clock()
        return due

    def _start_clock(self):
        """Give the tasks that have a deadline the moments of reminder and deadline."""
        now = fields.Datetime.now()
        timed = self.filtered("deadline_hours")
        for (company, hours, remind), tasks in timed.grouped(
            lambda t: (t.company_id, t.deadline_hours, t.remind_hours)
        ).items():
            tasks.write(
                {
                    "reminded": False,
                    "deadline_met": False,
                    **self._plan_clock(company, now, hours, remind),
                }
            )

    @api.model
    def _plan_clock(self, company, now, hours, remind):
        return {
            "clock_stopped": False,
            "hours_left": 0.0,
            "deadline": company._o2c_plan_hours(now, hours),
            "remind_at": remind
            and company._o2c_plan_hours(now, max(hours - remind, 0.0)),
        }

    def _stop_clock(self):
        """Let no time pass for the deciders, while they wait for somebody themselves."""
        now = fields.Datetime.now()
        for task in self.sudo().filtered(
            lambda t: t.state == "pending" and t.deadline and not t.clock_stopped
        ):
            task.write(
                {
                    "clock_stopped": True,
                    "hours_left": task.company_id._o2c_count_hours(now, task.deadline),
                    "deadline": False,
                    "remind_at": False,
                }
            )

    def _restart_clock(self):
        """Go on counting the working hours that were left."""
        now = fields.Datetime.now()
        for task in self.sudo().filtered("clock_stopped"):
            task.write(
                self._plan_clock(
                    task.company_id, now, task.hours_left, task.remind_hours
                )
            )

    def _get_progress_details(self):
        details = super()._get_progress_details()
        if self.state == "pending" and self.deadline:
            when = format_datetime(self.env, self.deadline, dt_format="short")
            text = self.env._("Late since %s") if self.late else self.env._("Until %s")
            details.append(text % when)
        return details

    # === WHAT HAPPENS === #

    @api.model
    def _cron_watch_deadlines(self):
        """Remind of decisions, and do what has to be done at their deadlines."""
        due = self.search(self._get_watch_domain())
        do_each(due, lambda task: task._watch_deadline())

    @api.model
    def _get_watch_domain(self):
        now = fields.Datetime.now()
        to_remind = Domain("reminded", "=", False) & Domain("remind_at", "<=", now)
        to_meet = Domain("deadline_met", "=", False) & Domain("deadline", "<=", now)
        return Domain("state", "=", "pending") & (to_remind | to_meet)

    def _watch_deadline(self):
        self.ensure_one()
        self.order_id._o2c_lock()
        self.invalidate_recordset()
        # Read anew, under the lock: somebody may have decided meanwhile.
        if not self.filtered_domain(self._get_watch_domain()):
            return
        if self.deadline <= fields.Datetime.now():
            self.write({"reminded": True, "deadline_met": True})
            self._meet_deadline()
        else:
            self.reminded = True
            self._tell_late()

    def _tell_late(self):
        self.order_id._o2c_notify_deciders("approval_late", self._get_asked())

    def _meet_deadline(self):
        """Do what the step says for when its deadline has passed."""
        self.ensure_one()
        if self.on_deadline == "escalate":
            self._escalate()
        elif self.on_deadline in ("approve", "reject"):
            decision = {"approve": "approved", "reject": "rejected"}[self.on_deadline]
            self._decide_automatically(
                decision,
                self.env._(
                    "Decided by itself: nobody did within %s working hours.",
                    f"{self.deadline_hours:g}",
                ),
            )
        else:
            self._tell_late()

    def _escalate(self):
        """Put tasks to those above, who may decide them alone; others may still."""
        for task in self.sudo():
            people = task._get_escalation_users() - task.user_ids
            names = people.mapped("name")
            body = (
                self.env._(
                    "%(department)s was not decided in time: %(people)s may decide "
                    "now, too.",
                    department=task.name,
                    people=names,
                )
                if people
                else self.env._(
                    "%(department)s was not decided in time, and there is nobody else "
                    "who may decide.",
                    department=task.name,
                )
            )
            self._log_on_orders({task.order_id.id: [body]})
            links = [Command.link(user.id) for user in people]
            task._reassign({"escalated_user_ids": links, "assigned_user_ids": links})
            task.order_id._o2c_notify_deciders("approval_escalated", people)

    def _get_escalation_users(self):
        self.ensure_one()
        named = self.step_id.escalation_user_ids._o2c_who_may_approve(self.company_id)
        managers = self.env["res.groups"]._o2c_get_role("sale_o2c_flow.group_manager")
        barred = self._get_barred_users()
        return (named - barred) or (managers._o2c_get_members(self.company_id) - barred)

    def _decide_automatically(self, decision, comment):
        """Decide tasks as the system, whatever the rule of the step.

        Orders that give a discount nobody may give are not approved: their tasks are
        escalated instead.

        :param str decision: ``approved`` or ``rejected``
        :param str comment: why, for those who read it
        """
        tasks = self.with_user(SUPERUSER_ID)
        tasks.order_id._o2c_lock()
        tasks.invalidate_recordset()
        tasks = tasks._get_pending()
        if decision == "approved":
            forbidden = tasks.filtered(lambda task: task.order_id._o2c_is_forbidden())
            forbidden._escalate()
            tasks -= forbidden
        tasks._record_decision(decision, comment, channel="automatic")
        for order, decided in tasks.grouped("order_id").items():
            order._o2c_after_decision(decided)

    # === WHO DECIDES === #

    def _get_wanted(self):
        return super()._get_wanted() - self.escalated_user_ids

    def _is_settled_by(self, users):
        return super()._is_settled_by(users) or bool(users & self.escalated_user_ids)

    def _prepare_hand_over(self, parts, user):
        values = super()._prepare_hand_over(parts, user)
        if parts & self.escalated_user_ids:
            values["escalated_user_ids"] = [Command.link(user.id)]
        return values
