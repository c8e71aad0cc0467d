from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.sale_o2c_flow.models.common.sale_order import LINE_TERMS

from .granting import granting, is_granting, is_working_out

REWARD_FIELDS = frozenset(
    {"reward_id", "coupon_id", "reward_identifier_code", "points_cost"}
)
# What makes a line give more or less.
GIVING_FIELDS = LINE_TERMS | {"display_type"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    o2c_not_discount = fields.Boolean(
        string="Not Counted as a Discount",
        compute="_compute_o2c_not_discount",
        store=True,
        precompute=True,
        help="What the program of this reward said when the reward was given.",
        groups="base.group_user",
    )

    # Not on the program: what was given stays judged as it was.
    @api.depends("reward_id")
    def _compute_o2c_not_discount(self):
        for line in self:
            line.o2c_not_discount = line.reward_id.program_id.o2c_not_discount

    def _o2c_is_left_out(self):
        return self.o2c_not_discount or super()._o2c_is_left_out()

    @api.model
    def _o2c_get_judged_domain(self):
        judged = super()._o2c_get_judged_domain()
        return judged & Domain("o2c_not_discount", "=", False)

    @api.depends("order_id.order_line.o2c_not_discount")
    def _compute_o2c_order_discount_share(self):
        return super()._compute_o2c_order_discount_share()

    def _o2c_get_protected_fields(self):
        protected = super()._o2c_get_protected_fields() | {"o2c_not_discount"}
        return protected if is_granting(self.env) else protected | REWARD_FIELDS

    @api.depends("reward_id")
    def _compute_o2c_reference_subtotal(self):
        return super()._compute_o2c_reference_subtotal()

    def _o2c_only_gives_away(self):
        # The list price of such a line is what it takes off: no measure of it.
        return super()._o2c_only_gives_away() or (
            self.reward_id
            and self.reward_id.reward_type != "product"
            and self.price_subtotal < 0.0
        )

    def _o2c_get_given(self):
        """Return what the lines give away, untaxed, in the currency of the order."""
        reference = sum(self.mapped("o2c_reference_subtotal"))
        return reference - sum(self.mapped("price_subtotal"))

    def write(self, vals):
        by_hand = not (self.env.su or is_granting(self.env))
        if not by_hand or GIVING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        rewards = self.filtered("o2c_not_discount")
        given = {line: line._o2c_take_given() for line in rewards}
        # Before the orders are judged, when rewards are worked out anew.
        with rewards.order_id._o2c_changing_content():
            result = super().write(vals)
            for line, before in given.items():
                line._o2c_check_gives_no_more(before)
        return result

    def _o2c_take_given(self):
        self.ensure_one()
        what = (self.order_id, self.product_id, self.product_uom_id, self.display_type)
        return what, self.price_subtotal, self.product_uom_qty

    def _o2c_check_gives_no_more(self, before):
        """Check that a reward, changed by hand, gives nothing that it did not give.

        :param before: what :meth:`_o2c_take_given` said before the change
        :raise UserError: if it gives more, or something else
        """
        what, subtotal, quantity = self._o2c_take_given()
        if (
            what != before[0]
            or self.currency_id.compare_amounts(subtotal, before[1]) < 0
            or self.product_uom_id.compare(quantity, before[2]) > 0
        ):
            raise UserError(
                self.env._(
                    "“%(line)s” of %(order)s is a reward of a program that is not "
                    "counted as a discount: it gives what the program says, no more. "
                    "Delete the line, or press Reward to have it worked out again.",
                    line=self.name,
                    order=before[0][0].name,
                )
            )

    def _check_line_unlink(self):
        """Loyalty may take back what nobody delivered or invoiced, on confirmed orders,
        too: else goods could not be taken off that a reward was for."""
        lines = self
        if is_working_out(self.env):
            lines = self.filtered(
                lambda line: (
                    not line.reward_identifier_code
                    or line.invoice_lines
                    or line._o2c_is_on_its_way()
                )
            )
        return super(SaleOrderLine, lines)._check_line_unlink()

    def _o2c_is_on_its_way(self):
        """Whether the goods of a confirmed line are to be delivered, or were."""
        self.ensure_one()
        return self.state == "sale" and bool(self.sudo().move_ids)

    def unlink(self):
        # The orders are judged when loyalty is done: taking goods off is no reward.
        with self.order_id._o2c_changing_content(), granting(self.env):
            return super().unlink()
