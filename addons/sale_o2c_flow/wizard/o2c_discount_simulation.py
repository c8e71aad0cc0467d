from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.discount.margin import COSTS
from ..models.discount.o2c_discount_tier import AUTHORITIES, AUTHORITY_RANK
from ..models.discount.past_orders import read_past_orders

INPUTS = frozenset(
    {
        "policy_id",
        "company_id",
        "team_id",
        "date_from",
        "date_to",
        "tier_ids",
        "has_margin_floor",
        "margin_floor",
        "margin_floor_authority",
    }
)


class O2cDiscountSimulation(models.TransientModel):
    """What other tiers of a policy would have meant for the orders of the past.

    Confirmed orders of a period are judged twice: by the policies as they are today, and
    with the tiers tried out here. The policy itself changes only when these are applied.
    """

    _name = "o2c.discount.simulation"
    _description = "Discount Simulation"

    # -- What is tried out
    policy_id = fields.Many2one(
        "o2c.discount.policy",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["o2c.discount.policy"].search([], limit=1),
    )
    tier_ids = fields.One2many(
        "o2c.discount.simulation.tier",
        "simulation_id",
        string="Tiers",
        compute="_compute_from_policy",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    has_margin_floor = fields.Boolean(
        string="Least Margin",
        compute="_compute_from_policy",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    margin_floor = fields.Float(
        string="Least Margin (%)",
        digits=(5, 2),
        compute="_compute_from_policy",
        compute_sudo=False,
        store=True,
        readonly=False,
        groups=COSTS,
    )
    margin_floor_authority = fields.Selection(
        AUTHORITIES[1:],
        string="Below It Needs",
        compute="_compute_from_policy",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    # -- On which orders
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        domain="[('company_id', 'in', (company_id, False))]",
    )
    date_from = fields.Date(
        string="Orders From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - relativedelta(years=1),
    )
    date_to = fields.Date(
        string="Until", required=True, default=fields.Date.context_today
    )
    # -- What comes out
    is_done = fields.Boolean(readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    change_count = fields.Integer(string="Decided by Somebody Else", readonly=True)
    result_ids = fields.One2many(
        "o2c.discount.simulation.result", "simulation_id", readonly=True
    )
    change_ids = fields.One2many(
        "o2c.discount.simulation.change", "simulation_id", readonly=True
    )

    _dates_check = models.Constraint(
        "CHECK (date_from <= date_to)", "The period ends before it starts."
    )
    _margin_floor_check = models.Constraint(
        "CHECK (margin_floor IS NULL OR (margin_floor > -1000 AND margin_floor < 100))",
        "The least margin of a discount policy has to be below 100 %.",
    )

    @api.depends("policy_id")
    def _compute_from_policy(self):
        for simulation in self:
            policy = simulation.policy_id
            simulation.tier_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "discount_from": tier.discount_from,
                            "authority": tier.authority,
                        }
                    )
                    for tier in policy.tier_ids
                ),
            ]
            simulation.has_margin_floor = policy.has_margin_floor
            simulation.margin_floor = policy.margin_floor
            simulation.margin_floor_authority = policy.margin_floor_authority

    @api.depends("policy_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._(
                "Simulation: %s", simulation.policy_id.name or ""
            )

    @api.onchange(*sorted(INPUTS))
    def _onchange_inputs(self):
        # What is shown belonged to other figures.
        self.is_done = False

    def write(self, vals):
        if not INPUTS.isdisjoint(vals):
            vals = {**vals, "is_done": False}
        return super().write(vals)

    # === SIMULATING === #

    def action_simulate(self):
        """Judge the orders of the period by the policies of today, and by the tiers
        tried out.

        :raise UserError: without a period, or if the tiers are not in order
        """
        self.ensure_one()
        rule = self._get_rule()
        day = self._get_day(rule)
        now = self.env["o2c.discount.policy"]._get_book()
        then = now.replace(rule)
        judged = [
            (past, now.judge(past.deal).rank, then.judge(past.deal).rank)
            for past in read_past_orders(self.env, self._get_order_domain(), day)
        ]
        self._show(judged)
        return True

    def _get_rule(self):
        """Return the policy with the tiers tried out, as plain data."""
        tiers = self.tier_ids._get_plain()
        self.policy_id._check_ascending(tiers)
        if self.has_margin_floor and not self.margin_floor_authority:
            raise UserError(
                self.env._("Say who has to agree when the margin is too low.")
            )
        return replace(
            self.policy_id._get_rule(),
            tiers=tiers,
            margin_floor=self.margin_floor if self.has_margin_floor else None,
            floor_rank=AUTHORITY_RANK.get(self.margin_floor_authority, 0),
        )

    def _get_day(self, rule):
        """Return the day whose policies judge: today, or when the policy is in force."""
        day = fields.Date.context_today(self)
        day = max(day, rule.date_start or day)
        return min(day, rule.date_end or day)

    def _get_order_domain(self):
        if not self.date_from or not self.date_to:
            raise UserError(self.env._("Say from when until when."))
        domain = Domain("state", "=", "sale") & Domain(
            "company_id", "=", self.company_id.id
        )
        domain &= Domain("date_order", ">=", self._get_moment(self.date_from))
        domain &= Domain(
            "date_order", "<", self._get_moment(self.date_to + relativedelta(days=1))
        )
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return domain

    def _get_moment(self, day):
        """Return the start of a day where the user is, in universal time."""
        moment = self.env.tz.localize(datetime.combine(day, time.min))
        return moment.astimezone(UTC).replace(tzinfo=None)

    def _show(self, judged):
        """Keep what came out.

        :param list judged: past orders, each with its rank now and then
        """
        changed = [entry for entry in judged if entry[1] != entry[2]]
        self.result_ids.unlink()
        self.change_ids.unlink()
        # Margins are kept whoever asks, and shown to those who may know.
        results = self.env["o2c.discount.simulation.result"].sudo()
        results.create(self._prepare_results(judged))
        self.env["o2c.discount.simulation.change"].create(
            [
                {
                    "simulation_id": self.id,
                    "order_id": past.id,
                    "amount": past.amount,
                    "authority_now": AUTHORITIES[now][0],
                    "authority_then": AUTHORITIES[then][0],
                }
                for past, now, then in changed
            ]
        )
        self.order_count, self.change_count = len(judged), len(changed)
        self.is_done = True

    def _prepare_results(self, judged):
        sums = defaultdict(float)
        for past, now, then in judged:
            for rank, when in ((now, "now"), (then, "then")):
                sums[rank, f"count_{when}"] += 1
                sums[rank, f"amount_{when}"] += past.amount
                sums[rank, f"given_{when}"] += past.given
                sums[rank, f"margin_{when}"] += past.margin
        return [
            {
                "simulation_id": self.id,
                "authority": authority,
                **{
                    f"{name}_{when}": sums[rank, f"{name}_{when}"]
                    for name in ("count", "amount", "given", "margin")
                    for when in ("now", "then")
                },
            }
            for authority, rank in AUTHORITY_RANK.items()
        ]

    def action_open_changed(self):
        """Open the orders that somebody else would decide, as a list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decided by Somebody Else"),
            "res_model": "sale.order",
            "views": [
                (self.env.ref("sale_o2c_flow.view_order_list").id, "list"),
                (False, "form"),
            ],
            "domain": [("id", "in", self.change_ids.order_id.ids)],
        }

    # === APPLYING === #

    def action_apply(self):
        """Give the policy the tiers tried out.

        :raise AccessError: if the user may not change policies
        """
        self.ensure_one()
        self._get_rule()
        self.policy_id._set_tiers(
            [(tier.discount_from, tier.authority) for tier in self.tier_ids]
        )
        self.policy_id.write(
            {
                "has_margin_floor": self.has_margin_floor,
                "margin_floor": self.margin_floor,
                "margin_floor_authority": self.margin_floor_authority,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.policy_id.name,
            "res_model": "o2c.discount.policy",
            "res_id": self.policy_id.id,
            "view_mode": "form",
        }
