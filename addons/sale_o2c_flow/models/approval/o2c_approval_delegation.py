from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, ormcache

from .absence_chain import find_dependants, find_loop

# What of an absence says who decides, and when.
TERMS = frozenset(
    {"user_id", "delegate_id", "date_from", "date_to", "flow_ids", "company_id"}
)


class O2cApprovalDelegation(models.Model):
    """Somebody is absent, and somebody else decides in their place.

    Days are whole days where the absent person lives. The absent person may still
    decide; what waits is asked of the delegate.
    """

    _name = "o2c.approval.delegation"
    _description = "Absence"
    _inherit = ["o2c.protected.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        string="Who Is Away",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    delegate_id = fields.Many2one(
        "res.users", string="Who Decides Instead", required=True, ondelete="cascade"
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="The last day away.",
    )
    flow_ids = fields.Many2many(
        "o2c.approval.flow",
        string="Only Flows",
        check_company=True,
        # An archived flow is still one: without it the absence would hold for all.
        context={"active_test": False},
        help="Empty: whatever waits for the absent person.",
    )
    note = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [("planned", "Planned"), ("active", "Away now"), ("over", "Over")],
        string="Status",
        required=True,
        readonly=True,
        default="planned",
        copy=False,
        index=True,
    )

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day away is before the first one."
    )
    _delegate_check = models.Constraint(
        "CHECK (delegate_id <> user_id)",
        "Nobody stands in for themselves: choose a colleague who decides instead.",
    )

    @api.model
    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {"state"}

    @api.depends("user_id", "delegate_id")
    def _compute_display_name(self):
        for absence in self:
            people = (absence.user_id.name, absence.delegate_id.name)
            absence.display_name = " → ".join(filter(None, people))

    # === RULES === #

    @api.constrains("delegate_id", "company_id")
    def _check_delegate(self):
        for absence in self:
            delegate = absence.delegate_id
            if not delegate._o2c_who_may_approve(absence.company_id):
                raise ValidationError(
                    self.env._(
                        "%(delegate)s cannot decide in place of %(user)s: it takes "
                        "somebody who works for %(company)s and may open approvals "
                        "and orders.",
                        delegate=delegate.name,
                        user=absence.user_id.name,
                        company=absence.company_id.name,
                    )
                )

    @api.constrains("user_id", "date_from", "date_to", "flow_ids", "company_id")
    def _check_overlap(self):
        others = self._get_neighbours()
        for absence in self:
            for other in others - absence:
                flows, other_flows = absence.flow_ids, other.flow_ids
                if (
                    other.user_id == absence.user_id
                    and other.company_id == absence.company_id
                    and other.date_from <= absence.date_to
                    and other.date_to >= absence.date_from
                    and (not flows or not other_flows or flows & other_flows)
                ):
                    raise ValidationError(
                        self.env._(
                            "%(user)s is away from %(first)s to %(last)s already, and "
                            "%(delegate)s decides then. Change that absence, or choose "
                            "other days or flows.",
                            user=absence.user_id.name,
                            delegate=other.delegate_id.name,
                            first=format_date(self.env, other.date_from),
                            last=format_date(self.env, other.date_to),
                        )
                    )

    @api.constrains(
        "user_id", "delegate_id", "date_from", "date_to", "flow_ids", "company_id"
    )
    def _check_loop(self):
        others = self._get_neighbours()
        for absence in self:
            rest = (others - absence).filtered(
                lambda other, own=absence: other.company_id == own.company_id
            )
            loop = find_loop(
                absence._get_terms(), [other._get_terms() for other in rest]
            )
            if loop:
                names = self.env["res.users"].sudo().browse(loop).mapped("name")
                raise ValidationError(
                    self.env._(
                        "Nobody would be left to decide: %(people)s are away at the "
                        "same time and stand in for one another. Choose another "
                        "delegate.",
                        people=" → ".join(names),
                    )
                )

    def _get_neighbours(self):
        """Return the absences that may meet these in time."""
        # Chains lead through the absences of colleagues, which are theirs to read.
        return self.sudo().search(
            Domain("date_to", ">=", min(self.mapped("date_from")))
            & Domain("company_id", "in", self.company_id.ids)
        )

    def _get_terms(self):
        self.ensure_one()
        return (
            self.user_id.id,
            self.delegate_id.id,
            self.date_from,
            self.date_to,
            frozenset(self.flow_ids.ids),
        )

    # === TAKING EFFECT === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_whose(vals)
        absences = super().create(vals_list)
        absences._apply(absences.user_id)
        return absences

    def write(self, vals):
        self._check_whose(vals)
        if TERMS.isdisjoint(vals):
            return super().write(vals)
        users = self.user_id
        result = super().write(vals)
        self._apply(users | self.user_id)
        return result

    def unlink(self):
        users = self.sudo().user_id
        result = super().unlink()
        self.env.registry.clear_cache()
        self._move_tasks(users)
        return result

    def _check_whose(self, vals):
        """Refuse an absence in somebody else's name, which would take decisions away
        from them: access rights look at a record before it is written only."""
        if not self.env.su and vals.get("user_id", self.env.uid) != self.env.uid:
            self.env.user._o2c_require_group(
                "sale_o2c_flow.group_manager",
                self.env._(
                    "You enter your own absences; those of colleagues are entered by "
                    "O2C managers."
                ),
            )

    def _apply(self, users):
        """Have the absences hold as of today, for what waits already, too.

        :param users: whose absence began, changed or ended
        """
        now = fields.Datetime.now()
        # The status follows from the dates; nobody sets it.
        for state, absences in self.sudo().grouped(lambda a: a._get_state(now)).items():
            absences.filtered(lambda a, s=state: a.state != s).write({"state": state})
        self.env.registry.clear_cache()
        self._move_tasks(users)
        self._plan_next_turn(now)

    def _get_state(self, now):
        begins, ends = self._get_period()
        if now < begins:
            return "planned"
        return "active" if now < ends else "over"

    def _get_period(self):
        """Return the moments the absence begins and ends, in UTC."""
        self.ensure_one()
        zone = pytz.timezone(self.sudo().user_id.tz or "UTC")
        return tuple(
            zone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (self.date_from, self.date_to + timedelta(days=1))
        )

    def _plan_next_turn(self, now):
        moments = {moment for absence in self for moment in absence._get_period()}
        cron = self.env.ref(
            "sale_o2c_flow.ir_cron_approval_absence", raise_if_not_found=False
        )
        if cron and (coming := sorted(m for m in moments if m > now)):
            # People with an absence do not manage scheduled actions.
            cron.sudo()._trigger(at=coming)

    @api.model
    def _move_tasks(self, users):
        """Have what waits go to whoever decides it now.

        :param users: those whose absence, or return, makes the difference
        """
        absences = self.sudo().search([("state", "=", "active")])
        pairs = [(absence.user_id.id, absence.delegate_id.id) for absence in absences]
        tasks = self.env["o2c.approval.task"].sudo()
        tasks.search(
            Domain("state", "in", ("waiting", "pending"))
            & Domain("assigned_user_ids", "in", list(find_dependants(users.ids, pairs)))
        )._reassign()

    @api.model
    def _cron_apply(self):
        """Begin and end absences on their days."""
        now = fields.Datetime.now()
        absences = self.search([("state", "!=", "over")])
        turned = absences.filtered(
            lambda absence: absence.state != absence._get_state(now)
        )
        self.env["ir.cron"]._commit_progress(remaining=len(turned))
        for absence in turned:
            absence._apply(absence.user_id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # === ASKING === #

    @api.model
    @ormcache("company_id")
    def _get_absences(self, company_id):
        absences = self.sudo().search(
            [("state", "=", "active"), ("company_id", "=", company_id)]
        )
        return tuple(
            (
                absence.user_id.id,
                absence.delegate_id.id,
                frozenset(absence.flow_ids.ids),
            )
            for absence in absences
        )

    @api.model
    def _get_delegates(self, company, flow):
        """Return who decides instead of whom today.

        :rtype: dict[int, int]
        """
        return {
            user: delegate
            for user, delegate, flows in self._get_absences(company.id)
            if not flows or flow.id in flows
        }
