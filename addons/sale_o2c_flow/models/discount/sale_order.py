from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .o2c_discount_tier import AUTHORITIES, AUTHORITY_RANK, DISCOUNT_DIGITS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_reference_amount = fields.Monetary(
        string="Before Discounts",
        compute="_compute_o2c_effective_discount",
        store=True,
        help="Untaxed amount of the order at the pricelist's prices before discounts.",
        groups="base.group_user",
    )
    o2c_amount_given = fields.Monetary(
        string="Given Away",
        compute="_compute_o2c_effective_discount",
        store=True,
        groups="base.group_user",
    )
    o2c_effective_discount = fields.Float(
        string="Effective Discount (%)",
        digits=(5, 2),
        compute="_compute_o2c_effective_discount",
        store=True,
        help="1 - untaxed amount / amount before discounts: counts line discounts, "
        "discounts on the whole order and hand-changed prices.",
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
    o2c_discount_reason = fields.Char(
        string="Why",
        compute="_compute_o2c_discount_reason",
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_reference_amount",
            "o2c_amount_given",
            "o2c_effective_discount",
            "o2c_discount_tier_id",
            "o2c_discount_line_id",
            "o2c_discount_authority",
        }

    @api.depends("order_line.price_subtotal", "order_line.o2c_reference_subtotal")
    def _compute_o2c_effective_discount(self):
        for order in self:
            lines = order._o2c_get_discountable_lines()
            net = sum(lines.mapped("price_subtotal"))
            reference = sum(lines.mapped("o2c_reference_subtotal"))
            order.o2c_reference_amount = reference
            order.o2c_amount_given = reference - net
            order.o2c_effective_discount = (
                # An order that only gives money away.
                100.0
                if net < 0.0 and reference <= 0.0
                else lines._o2c_discount_percent(net, reference)
            )

    def _o2c_get_discountable_lines(self):
        """Return the lines a discount is judged on: no sections, no down payments.

        Down payments have no quantity; what has one is judged, whatever it is called.
        """
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and (line.product_uom_qty or not line.is_downpayment)
            )
        )

    @api.depends(
        "company_id",
        "team_id",
        "o2c_level_id",
        "o2c_effective_discount",
        "order_line.o2c_effective_discount",
        "order_line.product_id",
    )
    def _compute_o2c_discount_tier_id(self):
        Policy = self.env["o2c.discount.policy"]
        candidates = {}
        for order in self:
            key = (order.company_id, order._o2c_get_policy_date())
            if key not in candidates:
                candidates[key] = Policy._get_candidates(*key)
            tier, line = order._o2c_find_tier(candidates[key])
            order.o2c_discount_tier_id = tier
            order.o2c_discount_line_id = line
            order.o2c_discount_authority = tier.authority or "self"

    def _o2c_get_policy_date(self):
        """Return the day whose policies judge the order: the day it was made, where the
        company is. The order date is no measure, since salespeople may choose it."""
        self.ensure_one()
        moment = self._origin.create_date or fields.Datetime.now()
        timezone = self.company_id.sudo().partner_id.tz or self.env.user.tz
        order = self.with_context(tz=timezone)
        return fields.Datetime.context_timestamp(order, moment).date()

    def _o2c_judge_discount(self):
        """Judge orders by the policies as they are now, which may have changed since
        the discount was given."""
        for name in (
            "o2c_discount_tier_id",
            "o2c_discount_line_id",
            "o2c_discount_authority",
        ):
            self.env.add_to_compute(self._fields[name], self)

    def _o2c_find_tier(self, policies):
        """Return the tier needing most authority, and the line that reaches it.

        No line means that the order as a whole reaches it.
        """
        self.ensure_one()
        level, team = self.o2c_level_id, self.team_id
        line_model = self.env["sale.order.line"]
        best_tier = policies._match(level, team)._get_tier(self.o2c_effective_discount)
        best_line = line_model
        for line in self._o2c_get_discountable_lines():
            policy = policies._match(level, team, line.product_id.categ_id)
            tier = policy._get_tier(line.o2c_effective_discount)
            if tier and tier.authority_rank > best_tier.authority_rank:
                best_tier, best_line = tier, line
        return best_tier, best_line

    @api.depends(
        "o2c_discount_tier_id", "o2c_discount_line_id", "o2c_effective_discount"
    )
    @api.depends_context("lang")
    def _compute_o2c_discount_reason(self):
        labels = dict(
            self._fields["o2c_discount_authority"]._description_selection(self.env)
        )
        for order in self:
            # Policies are for managers to read; their name is not a secret.
            tier = order.sudo().o2c_discount_tier_id
            if not AUTHORITY_RANK.get(tier.authority):
                order.o2c_discount_reason = False
                continue
            line = order.o2c_discount_line_id
            given = (line or order).o2c_effective_discount
            values = {
                "discount": formatLang(self.env, given, DISCOUNT_DIGITS),
                "limit": formatLang(self.env, tier.discount_from, DISCOUNT_DIGITS),
                "policy": tier.policy_id.name,
                "authority": labels[tier.authority],
            }
            if line:
                order.o2c_discount_reason = self.env._(
                    "%(product)s is given %(discount)s %% off; from %(limit)s %% on, "
                    "policy “%(policy)s” asks for: %(authority)s.",
                    product=line.product_id.display_name,
                    **values,
                )
            else:
                order.o2c_discount_reason = self.env._(
                    "The order is given %(discount)s %% off; from %(limit)s %% on, "
                    "policy “%(policy)s” asks for: %(authority)s.",
                    **values,
                )
