from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class O2cDiscountPolicy(models.Model):
    """Who may give how much discount, to whom, on what, and when."""

    _name = "o2c.discount.policy"
    _description = "Discount Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the policy holds for every company."
    )
    level_ids = fields.Many2many(
        "o2c.customer.level", string="Customer Levels", help="Empty: every customer."
    )
    team_ids = fields.Many2many(
        "crm.team", string="Sales Teams", help="Empty: every team."
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With categories, the policy judges the lines of these products (and of "
        "their sub-categories) only. Without, it judges lines and the whole order.",
    )
    date_start = fields.Date()
    date_end = fields.Date()
    tier_ids = fields.One2many(
        "o2c.discount.tier", "policy_id", string="Tiers", copy=True
    )

    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_start <= date_end)",
        "A discount policy cannot end before it starts.",
    )

    @api.constrains("tier_ids")
    def _check_tiers(self):
        for policy in self:
            ranks = policy.tier_ids.sorted("discount_from").mapped("authority_rank")
            if ranks != sorted(ranks):
                raise ValidationError(
                    self.env._(
                        "In policy “%(policy)s” a higher discount needs less authority "
                        "than a lower one: put the tiers in order.",
                        policy=policy.name,
                    )
                )

    @api.model
    def _get_candidates(self, company, date):
        """Return the policies in force for a company on a date.

        :param company: the company of the order
        :param date date: the day the order is judged by
        """
        domain = Domain("company_id", "in", [company.id, False])
        domain &= Domain("date_start", "=", False) | Domain("date_start", "<=", date)
        domain &= Domain("date_end", "=", False) | Domain("date_end", ">=", date)
        # Salespeople are judged by policies they need not be able to read.
        return self.sudo().search(domain)

    def _match(self, level, team, category=None):
        """Return the policy that judges, the most specific one; ties by sequence.

        :param level: customer level of the order's customer
        :param team: sales team of the order
        :param category: product category of a line; leave out for the whole order
        """
        matching = self.filtered(
            lambda policy: (
                (not policy.level_ids or level in policy.level_ids)
                and (not policy.team_ids or team in policy.team_ids)
                and policy._covers_category(category)
            )
        )
        return matching.sorted(lambda policy: -policy._get_specificity())[:1]

    def _covers_category(self, category):
        self.ensure_one()
        if not self.categ_ids:
            return True
        if not category:
            return False
        ancestors = {int(part) for part in category.parent_path.split("/") if part}
        return not ancestors.isdisjoint(self.categ_ids.ids)

    def _get_specificity(self):
        """Return how narrowly the policy is aimed: category, then level, then team."""
        self.ensure_one()
        return 4 * bool(self.categ_ids) + 2 * bool(self.level_ids) + bool(self.team_ids)

    def _get_tier(self, discount):
        """Return the highest tier a discount reaches.

        :param float discount: effective discount in percent
        """
        tiers = self.tier_ids.sorted("discount_from", reverse=True)
        return tiers.filtered(lambda tier: tier._is_reached(discount))[:1]
