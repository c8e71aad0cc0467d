"""People leave: what then becomes of the steps and tasks they decided."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list, plaintext2html

TODO = "sale_o2c_flow.mail_activity_mend_flow"
# Writing one of these may leave a step without anybody, or give it somebody again.
USER_FIELDS = frozenset({"active", "group_ids", "company_ids"})
TEAM_FIELDS = frozenset({"active", "user_id"})


class O2cApprovalFlow(models.Model):
    """Tells the O2C managers of steps that nobody can decide any more."""

    _name = "o2c.approval.flow"
    _inherit = ["o2c.approval.flow", "mail.thread", "mail.activity.mixin"]

    gap_note = fields.Text(
        string="Nobody Decides",
        compute="_compute_gap_note",
        # Who works where, and who holds a role, is for administrators to read.
        compute_sudo=True,
    )

    @api.depends("active", "step_ids")
    @api.depends_context("lang")
    def _compute_gap_note(self):
        for flow in self:
            gaps = [step._get_gap() for step in flow._origin.step_ids]
            flow.gap_note = flow.active and "\n".join(filter(None, gaps))

    def write(self, vals):
        result = super().write(vals)
        self._close_mended()
        return result

    def _close_mended(self):
        """Take the to-dos away of flows that are in order again."""
        self.sudo().filtered("activity_ids")._report_gaps()

    @api.model
    def _report_all_gaps(self):
        self.search([("active", "=", True)])._report_gaps()

    def _report_gaps(self):
        """Give the O2C managers a to-do for each flow with a step that nobody can
        decide; take it away where it is mended."""
        # Who works where is not what the note is computed from.
        self.invalidate_recordset(["gap_note"])
        # To-dos of colleagues, too.
        for flow in self.sudo():
            todos = flow.activity_ids.filtered(
                lambda todo: todo.activity_type_id == self.env.ref(TODO)
            )
            if not flow.gap_note:
                todos.unlink()
                continue
            managers = (
                self.env["res.groups"]
                ._o2c_get_role("sale_o2c_flow.group_manager")
                ._o2c_get_members(flow.company_id)
            )
            for user in managers - todos.user_id:
                flow.with_context(lang=user.lang)._add_gap_todo(user)

    def _add_gap_todo(self, user):
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            TODO,
            summary=self.env._("Nobody decides a step of %s", self.name),
            note=plaintext2html(self.gap_note),
            user_id=user.id,
        )

    @api.model
    def _cron_check_people(self):
        """Look who left, in flows and in tasks; run by the scheduler every night."""
        self._report_all_gaps()
        self.env["o2c.approval.task"]._reassign_left()


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.flow_id._close_mended()
        return steps

    def write(self, vals):
        result = super().write(vals)
        self.flow_id._close_mended()
        return result

    def unlink(self):
        flows = self.flow_id
        result = super().unlink()
        flows.exists()._close_mended()
        return result

    def _get_gap(self):
        """Return in words that nobody, or too few people, can decide the step.

        :return: a sentence, None if it can be decided
        """
        self.ensure_one()
        teams = self._get_teams_without_leader()
        people = self._get_possible_deciders()
        names = {"step": self.name, "fallback": self._describe_fallback()}
        if teams:
            return self.env._(
                "%(step)s: no leader for %(teams)s. Decided by %(fallback)s meanwhile.",
                teams=teams.mapped("name"),
                **names,
            )
        if people is None or len(people) >= self._get_count_needed():
            return None
        if not people:
            return self.env._(
                "%(step)s: nobody is left. Decided by %(fallback)s meanwhile.", **names
            )
        return self.env._(
            "%(step)s: needs %(needed)s people, only %(count)s left. %(fallback)s "
            "decide with them meanwhile.",
            needed=self._get_count_needed(),
            count=len(people),
            **names,
        )

    def _get_teams_without_leader(self):
        """Return the sales teams whose orders the step cannot put to a leader.

        Of flows for every team, only if there is no leader at all.
        """
        if self.decider_type != "team_leader":
            return self.env["crm.team"]
        company = self.flow_id.company_id
        teams = self.flow_id.team_ids.sudo()
        named = bool(teams)
        if not named:
            domain = [("company_id", "in", [company.id, False])] if company else []
            teams = teams.search(domain)
        without = teams.filtered(
            lambda team: not team.user_id._o2c_working_for(company)
        )
        return without if named or without == teams else teams.browse()

    def _describe_fallback(self):
        company = self.flow_id.company_id
        users = self.fallback_user_ids._o2c_working_for(company)
        if users:
            return format_list(self.env, users.mapped("name"))
        return self.env._("the O2C managers")


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    @api.model
    def _reassign_left(self, users=None):
        """Put open tasks to others where who decided them has left.

        :param users: look at their tasks only
        """
        if users is None:
            left = Domain("assigned_user_ids", "any", [("active", "=", False)])
            left |= Domain("assigned_user_ids", "=", False)
        else:
            left = Domain("assigned_user_ids", "in", users.ids)
        found = self.with_context(active_test=False).search(
            left & Domain("state", "in", ("waiting", "pending"))
        )
        for task in found.with_env(self.env):
            if vals := task._prepare_deciders():
                task._reassign(vals)


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if not USER_FIELDS.isdisjoint(vals):
            # Whoever keeps the users need not be allowed to read flows and tasks.
            self.env["o2c.approval.flow"].sudo()._report_all_gaps()
            self.env["o2c.approval.task"].sudo()._reassign_left(self)
        return result


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals):
        result = super().write(vals)
        if not TEAM_FIELDS.isdisjoint(vals):
            self.env["o2c.approval.flow"].sudo()._report_all_gaps()
        return result
