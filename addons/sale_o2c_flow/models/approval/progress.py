from odoo import api, fields, models
from odoo.tools import (
    format_date,
    format_datetime,
    format_list,
    format_time,
    groupby,
)


class SaleOrder(models.Model):
    """Where the approval of an order stands: told to colleagues, never to customers."""

    _inherit = "sale.order"

    o2c_approval_steps = fields.Json(
        string="Approval Steps",
        compute="_compute_o2c_approval_steps",
        export_string_translation=False,
        groups="base.group_user",
    )
    o2c_approval_banner = fields.Char(
        string="Approval Now",
        compute="_compute_o2c_approval_banner",
        groups="base.group_user",
    )
    o2c_decision_ids = fields.One2many(
        "o2c.approval.decision",
        "order_id",
        string="Decisions",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {"o2c_decision_ids"}

    # === THE STEPS AS A LINE === #

    @api.depends("o2c_task_ids.state", "o2c_task_ids.user_ids", "o2c_decision_ids")
    @api.depends_context("lang", "uid")
    def _compute_o2c_approval_steps(self):
        for order in self:
            tasks = order._o2c_get_visible_tasks().sorted("sequence")
            order.o2c_approval_steps = [
                [task._get_progress() for task in stage]
                for _sequence, stage in groupby(tasks, lambda task: task.sequence)
            ]

    def _o2c_get_visible_tasks(self):
        """Return the live tasks that the user at hand may see, for reading names and
        decisions from."""
        tasks = self.env["o2c.approval.task"]
        if not self.ids or not tasks.has_access("read"):
            return tasks.sudo()
        live = self._o2c_get_live_tasks()
        visible = live.sudo(False)._filtered_access("read")
        # Colleagues' names and decisions belong to what they see of the task; they are
        # read for all orders at hand at once.
        return visible.sudo().with_prefetch(live._prefetch_ids)

    # === WHO HOLDS IT, IN ONE LINE === #

    @api.depends("o2c_task_ids.state", "o2c_task_ids.user_ids", "o2c_decision_ids")
    @api.depends_context("lang", "tz", "uid")
    def _compute_o2c_approval_banner(self):
        for order in self:
            order.o2c_approval_banner = order._o2c_tell_holders() or False

    def _o2c_tell_holders(self):
        tasks = self._o2c_get_visible_tasks()
        rejected = tasks.filtered(lambda task: task.state == "rejected")[:1]
        if rejected:
            return self.env._(
                "Rejected by %(department)s (%(user)s) %(time)s: %(comment)s",
                department=rejected.name,
                user=rejected.decided_by_id.name,
                time=self._o2c_tell_time(rejected.decided_at),
                comment=rejected.comment,
            )
        pending = tasks._get_pending()
        holders = [
            self.env._(
                "%(departments)s since %(time)s",
                departments=format_list(
                    self.env, [task._tell_deciders() for task in together]
                ),
                time=time,
            )
            for time, together in groupby(
                pending, lambda task: self._o2c_tell_time(task.pending_since)
            )
        ]
        return holders and self.env._("Waits for %s", format_list(self.env, holders))

    def _o2c_tell_time(self, moment):
        """Return a time of the last days in words, others as a date."""
        local = fields.Datetime.context_timestamp(self, moment)
        time = format_time(self.env, local.time(), time_format="short")
        days = (fields.Date.context_today(self) - local.date()).days
        if days == 0:
            return self.env._("today %s", time)
        if days == 1:
            return self.env._("yesterday %s", time)
        return f"{format_date(self.env, local.date())} {time}"

    # === THE STAGE IN THE PROGRESS OF THE ORDER === #

    @api.depends("o2c_approval_state", "o2c_task_ids.state")
    def _compute_o2c_progress(self):
        return super()._compute_o2c_progress()

    def _o2c_get_progress_stages(self):
        stages = super()._o2c_get_progress_stages()
        tasks = self._o2c_get_live_tasks()
        if not tasks and self.state == "sale":
            state, detail = "done", self.env._("Not needed")
        elif not tasks:
            state, detail = "todo", ""
        else:
            state = {"approved": "done", "rejected": "alert"}.get(
                self.o2c_approval_state, "active"
            )
            detail = self._o2c_get_approval_detail(tasks)
        return [
            *stages,
            {
                "sequence": 10,
                "code": "approval",
                "label": self.env._("Approval"),
                "state": state,
                "detail": detail,
            },
        ]

    def _o2c_get_approval_detail(self, tasks):
        rejected = tasks.filtered(lambda task: task.state == "rejected")
        if rejected:
            return self.env._("Rejected by %s", rejected[0].name)
        pending = tasks._get_pending()
        if pending:
            return self.env._("Waits for %s", pending.mapped("name"))
        return self.env._("%(count)s of %(count)s approved", count=len(tasks))


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    def _get_progress(self):
        """Return the task as plain data for the line of steps on the order."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        moment = self.decided_at or self.pending_since
        decided = self.state in ("approved", "rejected")
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "state_name": states[self.state],
            "rule": self._get_rule_name(),
            "people": self._get_progress_people(),
            "moment": fields.Datetime.to_string(moment) if moment else False,
            "moment_name": moment and format_datetime(self.env, moment),
            "reason": self._get_progress_reason(),
            "comment": (decided and self.comment) or False,
            "details": self._get_progress_details(),
        }

    def _get_progress_reason(self):
        """Return why the step is asked for, nothing where every order passes it."""
        codes = {reason.get("code") for reason in self._get_reasons()}
        return self.reason if codes - {"always"} else False

    def _get_progress_details(self):
        """Return further short texts to show with the step, such as its deadline.

        :rtype: list[str]
        """
        return []

    def _get_rule_name(self):
        """Return how many have to decide, nothing where one decides alone."""
        if len(self.user_ids) < 2 or self.state not in ("waiting", "pending"):
            return False
        rules = dict(self._fields["rule"]._description_selection(self.env))
        return rules[self.rule]

    def _get_progress_people(self):
        """Return those who decided; while it is open also those who still may."""
        decisions = self.decision_ids.filtered("counts").grouped("user_id")
        people = [
            {"id": user.id, "name": user.name, "decision": made[:1].decision}
            for user, made in decisions.items()
        ]
        if self.state in ("waiting", "pending"):
            people += [
                {"id": user.id, "name": user.name, "decision": False}
                for user in self._get_asked()
            ]
        return people

    def _tell_deciders(self):
        """Return the department with those who may decide."""
        people = self._get_asked()._o2c_name_some("unit-short")
        if not people:
            return self.name
        return self.env._(
            "%(department)s (%(people)s)", department=self.name, people=people
        )


class O2cApprovalDecision(models.Model):
    _inherit = "o2c.approval.decision"

    task_name = fields.Char(related="task_id.name", string="Department")
