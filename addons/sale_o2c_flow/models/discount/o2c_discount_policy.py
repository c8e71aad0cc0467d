from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import ormcache
from odoo.tools.misc import formatLang

from .o2c_discount_tier import AUTHORITIES, AUTHORITY_RANK, DISCOUNT_DIGITS
from .policy_book import Book, Rule


class O2cDiscountPolicy(models.Model):
    """Who may give how much discount, to whom, on what, and when.

    Where several policies fit, the most specific one judges. What it is aimed at counts
    in this order: product, product category (the deeper, the more), customer (the nearer,
    the more), customer level, sales team, currency, company, period. Between equals the
    sequence decides.
    """

    _name = "o2c.discount.policy"
    _description = "Discount Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Of policies that fit equally well, the first one judges."
    )
    active = fields.Boolean(default=True)
    # -- To whom: nothing that a policy names can be deleted, the policy would suddenly
    # hold for everybody.
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the policy holds for every company."
    )
    level_ids = fields.Many2many(
        "o2c.customer.level",
        string="Customer Levels",
        ondelete="restrict",
        help="Empty: every customer.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        ondelete="restrict",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="Companies and private persons, with everybody who belongs to them. "
        "Empty: every customer.",
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        ondelete="restrict",
        help="Empty: every team.",
    )
    currency_ids = fields.Many2many(
        "res.currency",
        string="Currencies",
        ondelete="restrict",
        help="Currencies of the order. Empty: every currency.",
    )
    # -- On what
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        ondelete="restrict",
        help="With categories, the policy judges the lines of these products (and of "
        "their sub-categories) only. Without, it judges lines and the whole order.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        ondelete="restrict",
        help="With products, the policy judges their lines only.",
    )
    # -- When
    date_start = fields.Date()
    date_end = fields.Date()
    # -- Who may
    tier_ids = fields.One2many(
        "o2c.discount.tier", "policy_id", string="Tiers", copy=True
    )
    tier_summary = fields.Char(string="Limits", compute="_compute_tier_summary")
    has_margin_floor = fields.Boolean(
        string="Least Margin",
        help="Ask for more authority where the margin is too low, whatever the discount.",
    )
    margin_floor = fields.Float(
        string="Least Margin (%)",
        digits=(5, 2),
        help="A line, or the order as a whole, whose margin is lower needs the authority "
        "beside. Products without a cost are not judged by it.",
        groups="sale_o2c_flow.group_costs",
    )
    margin_floor_authority = fields.Selection(
        AUTHORITIES[1:], string="Below It Needs", default="director"
    )

    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_start <= date_end)",
        "A discount policy cannot end before it starts.",
    )
    _margin_floor_check = models.Constraint(
        "CHECK (margin_floor IS NULL OR (margin_floor > -1000 AND margin_floor < 100))",
        "The least margin of a discount policy has to be below 100 %.",
    )
    _margin_floor_authority_check = models.Constraint(
        "CHECK (has_margin_floor IS NOT TRUE OR margin_floor_authority IS NOT NULL)",
        "Say who has to agree when the margin is below the least one of the policy.",
    )

    @api.depends("tier_ids.discount_from", "tier_ids.authority")
    @api.depends_context("lang")
    def _compute_tier_summary(self):
        field = self.env["o2c.discount.tier"]._fields["authority"]
        labels = dict(field._description_selection(self.env))
        for policy in self:
            policy.tier_summary = ", ".join(
                self.env._(
                    "from %(discount)s %%: %(authority)s",
                    discount=formatLang(self.env, tier.discount_from, DISCOUNT_DIGITS),
                    authority=labels.get(tier.authority, ""),
                )
                for tier in policy.tier_ids.sorted("discount_from")
                if tier.discount_from
            )

    @api.constrains("tier_ids")
    def _check_tiers(self):
        for policy in self:
            policy._check_ascending(policy.tier_ids._get_plain())

    def _check_ascending(self, tiers):
        """Check that more discount never needs less authority.

        :param tiers: tiers as plain data, the lowest discount first
        :raise ValidationError: if it does
        """
        self.ensure_one()
        ranks = [tier.rank for tier in tiers]
        if ranks != sorted(ranks):
            raise ValidationError(
                self.env._(
                    "In policy “%(policy)s” a higher discount needs less authority "
                    "than a lower one: put the tiers in order.",
                    policy=self.name,
                )
            )

    @api.constrains("partner_ids")
    def _check_partners(self):
        for policy in self:
            for partner in policy.partner_ids:
                if partner != partner.commercial_partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s is a contact of %(customer)s: name the customer "
                            "in policy “%(policy)s”, it holds for all their contacts.",
                            contact=partner.name or partner.display_name,
                            customer=partner.commercial_partner_id.display_name,
                            policy=policy.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        together = self.with_context(o2c_tiers_together=True)
        policies = super(O2cDiscountPolicy, together).create(vals_list)
        self.env.registry.clear_cache()
        return policies.with_env(self.env)

    def write(self, vals):
        # Tiers written together are checked together, by the policy.
        together = self.with_context(o2c_tiers_together=True)
        result = super(O2cDiscountPolicy, together).write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        # Orders refer to tiers and policy: one after the other.
        self.tier_ids.unlink()
        result = super().unlink()
        # Not before: what is computed on the way would remember the old policies.
        self.env.registry.clear_cache()
        return result

    def copy_data(self, default=None):
        default = dict(default or {})
        return [
            dict(vals, name=default.get("name") or self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _set_tiers(self, tiers):
        """Put other tiers in place of those of the policy. Those that start at the same
        discount stay: orders refer to them.

        :param list tiers: pairs of a discount in percent and an authority
        """
        self.ensure_one()
        wanted = dict(tiers)
        commands = []
        for tier in self.tier_ids:
            authority = wanted.pop(tier.discount_from, None)
            if not authority:
                commands.append(Command.delete(tier.id))
            elif authority != tier.authority:
                commands.append(Command.update(tier.id, {"authority": authority}))
        commands += [
            Command.create({"discount_from": discount, "authority": authority})
            for discount, authority in wanted.items()
        ]
        self.tier_ids = commands

    def action_o2c_simulate(self):
        """Open the simulator on the policy."""
        self.ensure_one()
        simulation = self.env["o2c.discount.simulation"].create({"policy_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulate"),
            "res_model": simulation._name,
            "res_id": simulation.id,
            "view_mode": "form",
        }

    @api.model
    @ormcache()
    def _get_book(self):
        """Return the policies as plain data, ready to judge.

        :rtype: odoo.addons.sale_o2c_flow.models.discount.policy_book.Book
        """
        # Salespeople are judged by policies they need not be able to read, and the same
        # whatever they look at.
        policies = (
            self.sudo().with_context(active_test=True).search([("active", "=", True)])
        )
        return Book(tuple(policy._get_rule() for policy in policies))

    def _get_rule(self):
        """Return the policy as plain data."""
        self.ensure_one()
        # A policy for an archived level is not one for everybody.
        policy = self.sudo().with_context(active_test=False)
        return Rule(
            id=policy.id,
            sequence=policy.sequence,
            company_id=policy.company_id.id or 0,
            date_start=policy.date_start or None,
            date_end=policy.date_end or None,
            levels=frozenset(policy.level_ids._ids),
            teams=frozenset(policy.team_ids._ids),
            partners=frozenset(policy.partner_ids._ids),
            currencies=frozenset(policy.currency_ids._ids),
            categories=frozenset(policy.categ_ids._ids),
            products=frozenset(policy.product_ids._ids),
            tiers=policy.tier_ids._get_plain(),
            margin_floor=policy.margin_floor if policy.has_margin_floor else None,
            floor_rank=AUTHORITY_RANK.get(policy.margin_floor_authority, 0),
        )
