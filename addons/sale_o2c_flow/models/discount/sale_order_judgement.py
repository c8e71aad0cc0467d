from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .assign import assign
from .o2c_discount_tier import AUTHORITIES, AUTHORITY_RANK, DISCOUNT_DIGITS
from .policy_book import Deal, Goods, Verdict

CAUSES = [("discount", "Discount"), ("margin", "Margin")]


class SaleOrder(models.Model):
    """What the discount policies say about an order."""

    _inherit = "sale.order"

    o2c_discount_policy_id = fields.Many2one(
        "o2c.discount.policy",
        string="Discount Policy",
        compute="_compute_o2c_discount_tier_id",
        store=True,
        ondelete="set null",
        index="btree_not_null",
        help="The policy that judges the order, or the line that decides.",
        groups="base.group_user",
    )
    o2c_discount_tier_id = fields.Many2one(
        "o2c.discount.tier",
        string="Discount Tier",
        compute="_compute_o2c_discount_tier_id",
        store=True,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
    )
    o2c_discount_line_id = fields.Many2one(
        "sale.order.line",
        string="Line that Decides",
        compute="_compute_o2c_discount_tier_id",
        store=True,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
    )
    o2c_discount_authority = fields.Selection(
        AUTHORITIES,
        string="Discount Authority",
        compute="_compute_o2c_discount_tier_id",
        store=True,
        help="Who has to agree to the discounts of this order.",
        groups="base.group_user",
    )
    o2c_discount_cause = fields.Selection(
        CAUSES,
        string="Decided by Discount or Margin",
        compute="_compute_o2c_discount_tier_id",
        store=True,
        groups="base.group_user",
    )
    o2c_discount_reason = fields.Char(
        string="Why",
        compute="_compute_o2c_discount_reason",
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | self._o2c_get_verdict_fields()

    @api.model
    def _o2c_get_verdict_fields(self):
        return {
            "o2c_discount_policy_id",
            "o2c_discount_tier_id",
            "o2c_discount_line_id",
            "o2c_discount_authority",
            "o2c_discount_cause",
        }

    @api.depends(
        "company_id",
        "currency_id",
        "team_id",
        "partner_id",
        "o2c_level_id",
        "o2c_effective_discount",
        "o2c_margin_percent",
        "order_line.o2c_effective_discount",
        "order_line.o2c_margin_percent",
        "order_line.product_id",
    )
    def _compute_o2c_discount_tier_id(self):
        book = self.env["o2c.discount.policy"]._get_book()
        for order in self:
            # Without policies nothing of the order needs to be read.
            verdict = book.judge(order._o2c_get_deal()) if book.rules else Verdict()
            assign(
                order,
                o2c_discount_policy_id=self.env["o2c.discount.policy"].browse(
                    verdict.rule_id or ()
                ),
                o2c_discount_tier_id=self.env["o2c.discount.tier"].browse(
                    verdict.tier_id or ()
                ),
                o2c_discount_line_id=verdict.key or order.order_line.browse(),
                o2c_discount_authority=AUTHORITIES[verdict.rank][0],
                o2c_discount_cause=verdict.cause,
            )

    def _o2c_get_deal(self):
        """Return the order as policies see it.

        :rtype: odoo.addons.sale_o2c_flow.models.discount.policy_book.Deal
        """
        self.ensure_one()
        return Deal(
            company_id=self.company_id.id,
            date=self._o2c_get_policy_date(),
            level_id=self.o2c_level_id.id,
            team_id=self.team_id.id,
            partners=self.partner_id._o2c_get_customer_path(),
            currency_id=self.currency_id.id,
            discount=self.o2c_effective_discount,
            margin=self._o2c_get_known_margin(),
            goods=tuple(line._o2c_get_goods() for line in self._o2c_get_judged_lines()),
        )

    def _o2c_get_policy_date(self):
        """Return the day whose policies judge the order: the day it was made, where the
        company is. The order date is no measure, since salespeople may choose it."""
        self.ensure_one()
        moment = self._origin.create_date or fields.Datetime.now()
        timezone = self.company_id.sudo().partner_id.tz or self._o2c_get_own_timezone()
        order = self.with_context(tz=timezone)
        return fields.Datetime.context_timestamp(order, moment).date()

    def _o2c_get_own_timezone(self):
        # Kept in memory by Odoo.
        return self.env.user.context_get().get("tz")

    def _o2c_judge_discount(self):
        """Judge orders by the policies, and costs, as they are now, which may have
        changed since the discount was given."""
        costs = self.order_line._fields["o2c_unit_cost"]
        self.env.add_to_compute(costs, self.order_line)
        for name in self._o2c_get_verdict_fields():
            self.env.add_to_compute(self._fields[name], self)

    @api.depends(
        "o2c_discount_authority",
        "o2c_discount_cause",
        "o2c_discount_tier_id",
        "o2c_discount_line_id",
        "o2c_discount_line_id.o2c_effective_discount",
        "o2c_effective_discount",
    )
    @api.depends_context("lang")
    def _compute_o2c_discount_reason(self):
        for order in self:
            rank = AUTHORITY_RANK.get(order.o2c_discount_authority, 0)
            if not rank:
                order.o2c_discount_reason = False
            elif order.o2c_discount_cause == "margin":
                order.o2c_discount_reason = order._o2c_get_margin_reason()
            else:
                order.o2c_discount_reason = order._o2c_get_discount_reason()

    def _o2c_get_discount_reason(self):
        # Policies are for managers to read; their name is not a secret.
        tier = self.sudo().o2c_discount_tier_id
        line = self.o2c_discount_line_id
        given = (line or self).o2c_effective_discount
        values = {
            "product": line.product_id.display_name,
            "discount": formatLang(self.env, given, DISCOUNT_DIGITS),
            "limit": formatLang(self.env, tier.discount_from, DISCOUNT_DIGITS),
            "policy": tier.policy_id.name,
            "authority": self._o2c_get_authority_label(),
        }
        if not tier:
            return False
        forbidden = self.o2c_discount_authority == "forbidden"
        if line and forbidden:
            return self.env._(
                "%(product)s is given %(discount)s %% off; by policy “%(policy)s” nobody "
                "may give %(limit)s %% or more.",
                **values,
            )
        if line:
            return self.env._(
                "%(product)s is given %(discount)s %% off; from %(limit)s %% on, "
                "policy “%(policy)s” asks for: %(authority)s.",
                **values,
            )
        if forbidden:
            return self.env._(
                "The order is given %(discount)s %% off; by policy “%(policy)s” nobody "
                "may give %(limit)s %% or more.",
                **values,
            )
        return self.env._(
            "The order is given %(discount)s %% off; from %(limit)s %% on, "
            "policy “%(policy)s” asks for: %(authority)s.",
            **values,
        )

    def _o2c_get_margin_reason(self):
        """Say why without a figure: not everybody may know what things cost."""
        line = self.o2c_discount_line_id
        values = {
            "product": line.product_id.display_name,
            "policy": self.sudo().o2c_discount_policy_id.name,
            "authority": self._o2c_get_authority_label(),
        }
        forbidden = self.o2c_discount_authority == "forbidden"
        if line and forbidden:
            return self.env._(
                "The margin of %(product)s is lower than policy “%(policy)s” allows.",
                **values,
            )
        if line:
            return self.env._(
                "The margin of %(product)s is low: policy “%(policy)s” asks for: "
                "%(authority)s.",
                **values,
            )
        if forbidden:
            return self.env._(
                "The margin of the order is lower than policy “%(policy)s” allows.",
                **values,
            )
        return self.env._(
            "The margin of the order is low: policy “%(policy)s” asks for: "
            "%(authority)s.",
            **values,
        )

    def _o2c_get_authority_label(self):
        field = self._fields["o2c_discount_authority"]
        labels = dict(field._description_selection(self.env))
        return labels[self.o2c_discount_authority]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _o2c_get_goods(self):
        """Return the line as policies see it.

        :rtype: odoo.addons.sale_o2c_flow.models.discount.policy_book.Goods
        """
        self.ensure_one()
        return Goods(
            key=self,
            product_id=self.product_id.id,
            categories=self.product_id._o2c_get_category_path(),
            discount=self.o2c_effective_discount,
            margin=self._o2c_get_known_margin(),
        )
