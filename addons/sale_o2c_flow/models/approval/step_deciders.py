from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

RULES = [
    ("any", "Any one of them"),
    ("all", "All of them"),
    ("quorum", "At least some of them"),
]
USER_FIELDS = (
    "[('model', '=', 'sale.order'), ('relation', '=', 'res.users'), "
    "('ttype', 'in', ('many2one', 'many2many')), ('store', '=', True)]"
)


class Choice(NamedTuple):
    """Who decides a step for an order, and how that came."""

    deciders: models.BaseModel
    # Those who would, but for whom it is their own order.
    owners: models.BaseModel
    # Those who would, but approved another step of the order.
    engaged: models.BaseModel
    # Whether others had to step in.
    is_fallback: bool


class O2cApprovalStep(models.Model):
    """Who decides a step, and how many of them have to."""

    _inherit = "o2c.approval.step"

    decider_type = fields.Selection(
        [
            ("role", "Role"),
            ("users", "Named users"),
            ("team_leader", "Team leader"),
            ("field", "Field of the order"),
        ],
        string="Who Decides",
        required=True,
        default="role",
    )
    group_id = fields.Many2one("res.groups", string="Role", ondelete="restrict")
    user_ids = fields.Many2many("res.users", string="Users")
    decider_field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        # The application that brought the field may go; others decide then.
        ondelete="set null",
        domain=USER_FIELDS,
        help="Whoever this field of the order names decides, a user or several.",
    )
    rule = fields.Selection(RULES, string="How Many", required=True, default="any")
    quorum = fields.Integer(string="At Least", default=2)
    allow_own = fields.Boolean(
        string="May Decide Own Order",
        help="Lets a decider approve an order of their own.",
    )
    allow_earlier = fields.Boolean(
        string="May Have Approved Before",
        default=True,
        help="Lets a decider approve this step who approved an earlier one of the order.",
    )
    fallback_user_ids = fields.Many2many(
        "res.users",
        "o2c_approval_step_fallback_rel",
        "step_id",
        "user_id",
        string="If Nobody Is Left",
        help="They decide when none of the deciders can: they left, it is their own "
        "order, or they approved an earlier step. Empty: the O2C managers.",
    )
    decider_note = fields.Char(string="Decided by", compute="_compute_decider_note")

    _quorum_check = models.Constraint(
        "CHECK (rule != 'quorum' OR quorum > 0)",
        "At least one of the deciders has to approve.",
    )

    # === WHAT MAKES SENSE === #

    @api.constrains("decider_type", "decider_field_id")
    def _check_decider_field(self):
        known = self.env["sale.order"]._fields
        for step in self.filtered(lambda step: step.decider_type == "field"):
            # Which fields there are is for administrators to read.
            field = step.decider_field_id.sudo()
            if (
                field.model != "sale.order"
                or field.relation != "res.users"
                or field.ttype not in ("many2one", "many2many")
                or not field.store
                or field.name not in known
            ):
                raise ValidationError(
                    self.env._(
                        "Step “%s”: choose a field of the sales order that names users.",
                        step.name,
                    )
                )

    @api.constrains(
        "decider_type",
        "group_id",
        "user_ids",
        "decider_field_id",
        "rule",
        "quorum",
        "fallback_user_ids",
    )
    def _check_somebody_decides(self):
        """Refuse steps of flows in use that nobody, or too few people, could decide."""
        for step in self.filtered("flow_id.active"):
            people = step._get_possible_deciders()
            if people is None:
                continue
            people |= step.fallback_user_ids._o2c_working_for(step.flow_id.company_id)
            if not people:
                raise ValidationError(
                    self.env._(
                        "Nobody can decide step “%(step)s” of flow “%(flow)s”: name "
                        "users, or give somebody the role in Settings > Users.",
                        step=step.name,
                        flow=step.flow_id.name,
                    )
                )
            able = people._o2c_who_may_approve(step.flow_id.company_id)
            if not able:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s” of flow “%(flow)s”: %(people)s may not open "
                        "approvals and orders. Give them a role in Settings > Users, or "
                        "choose others.",
                        step=step.name,
                        flow=step.flow_id.name,
                        people=step._name_people(people),
                    )
                )
            people = able
            if len(people) < step._get_count_needed():
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s” of flow “%(flow)s” needs at least %(needed)s "
                        "people to approve, but only %(count)s could.",
                        step=step.name,
                        flow=step.flow_id.name,
                        needed=step.quorum,
                        count=len(people),
                    )
                )

    @api.constrains("decider_type", "decider_field_id", "rule", "quorum")
    def _check_one_decides(self):
        for step in self:
            if step._get_count_needed() > 1 and step._is_decided_by_one():
                raise ValidationError(
                    self.env._(
                        "Step “%s” is decided by one person: more than one cannot "
                        "approve it.",
                        step.name,
                    )
                )

    @api.onchange("decider_type")
    def _onchange_decider_type(self):
        if self.decider_type != "role":
            self.group_id = False
        if self.decider_type != "users":
            self.user_ids = False
        if self.decider_type != "field":
            self.decider_field_id = False

    def _get_count_needed(self):
        """Return how many people have to approve at least."""
        self.ensure_one()
        return self.quorum if self.rule == "quorum" else 1

    def _is_decided_by_one(self):
        """Whether there is only one decider for each order."""
        self.ensure_one()
        return self.decider_type == "team_leader" or (
            self.decider_type == "field"
            and self.decider_field_id.sudo().ttype == "many2one"
        )

    def _get_possible_deciders(self):
        """Return who could decide this step for some order.

        :return: users; None where only the order can tell
        """
        self.ensure_one()
        company = self.flow_id.company_id
        if self.decider_type == "team_leader":
            # Of flows for every team, the next team may have a leader.
            teams = self.flow_id.team_ids.sudo()
            return teams.user_id._o2c_working_for(company) if teams else None
        if self.decider_type == "field":
            return None
        return self._get_fixed_deciders(company)

    # === WHO DECIDES AN ORDER === #

    def _get_fixed_deciders(self, company):
        """Return who decides whatever the order, active people of the company only."""
        self.ensure_one()
        if self.decider_type == "users":
            return self.user_ids._o2c_working_for(company)
        if self.decider_type == "role" and self.group_id:
            return self.group_id._o2c_get_members(company)
        return self.env["res.users"]

    def _get_named_deciders(self, order):
        """Return whom the step names for an order, whether they may decide or not.

        :rtype: res.users
        """
        self.ensure_one()
        if self.decider_type == "team_leader":
            return order.team_id.user_id._o2c_working_for(order.company_id)
        if self.decider_type == "field":
            return self._get_field_deciders(order)
        return self._get_fixed_deciders(order.company_id)

    def _get_field_deciders(self, order):
        # Which field it is and what it says may be for others to read.
        name = self.sudo().decider_field_id.name
        if name not in order._fields:
            return self.env["res.users"]
        users = order.sudo()[name]._o2c_working_for(order.company_id)
        return users.filtered(lambda user: user._is_internal())

    def _choose_deciders(self, order):
        """Return who decides this step for an order, and how that came.

        :rtype: Choice
        """
        self.ensure_one()
        named = self._get_named_deciders(order)
        owners = self.env["res.users"] if self.allow_own else order._o2c_get_owners()
        engaged = order._o2c_get_engaged(self)
        deciders = named - owners - engaged
        is_fallback = len(deciders) < self._get_count_needed()
        if is_fallback:
            deciders |= self._get_fallback(order, owners, engaged)
        return Choice(deciders, named & owners, named & engaged - owners, is_fallback)

    def _get_fallback(self, order, owners, engaged):
        users = self.fallback_user_ids._o2c_working_for(order.company_id)
        users -= owners | engaged
        if users:
            return users
        managers = self.env["res.groups"]._o2c_get_role("sale_o2c_flow.group_manager")
        managers = managers._o2c_get_members(order.company_id) - owners
        # Rather one who approved before than nobody at all.
        return managers - engaged or managers

    def _get_deciders(self, order):
        """Return who decides this step for an order.

        Without anybody left (the only decider sold the order, the team has no leader)
        it falls to the fallback of the step, then to the O2C managers.

        :rtype: res.users
        """
        return self._choose_deciders(order).deciders

    # === IN WORDS === #

    @api.depends(
        "decider_type",
        "group_id.name",
        "user_ids.name",
        "decider_field_id",
        "rule",
        "quorum",
    )
    @api.depends_context("lang")
    def _compute_decider_note(self):
        for step in self:
            step.decider_note = step._describe_rule(step._describe_deciders())

    def _describe_deciders(self):
        """Return in a few words whom the step names."""
        self.ensure_one()
        if self.decider_type == "role":
            return self.group_id.name or ""
        if self.decider_type == "users":
            return self._name_people(self.user_ids)
        if self.decider_type == "field":
            return self.decider_field_id.sudo().field_description or ""
        labels = self._fields["decider_type"]._description_selection(self.env)
        return dict(labels)[self.decider_type]

    def _describe_rule(self, people):
        """Return how many of the people have to approve, in a few words."""
        if self.rule == "quorum":
            return self.env._(
                "%(count)s of: %(people)s", count=self.quorum, people=people
            )
        if self.rule == "all":
            return self.env._("all of: %s", people)
        return people

    def _name_people(self, users):
        """Return the names of people, the first few of them."""
        return users._o2c_name_some("or" if self.rule == "any" else "standard")
