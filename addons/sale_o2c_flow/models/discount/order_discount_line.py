"""One line of the whole-order discount: what it is, and how it is kept in line."""

from odoo import api, fields, models
from odoo.fields import Command

from ..common.sale_order import LINE_TERMS
from .order_discount_change import OrderDiscountChange
from .order_discount_computation import COMPUTATION_KEY

# What an order discount is computed from on the lines.
LINE_SOURCES = LINE_TERMS | {"is_downpayment"}
# What makes a line a discount on an order that has none of its own.
MADE_BY_HAND = frozenset({"extra_tax_data", "order_id"})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    o2c_is_order_discount = fields.Boolean(
        string="Order Discount",
        compute="_compute_o2c_is_order_discount",
        help="The line carries the discount on the whole order and follows it.",
    )

    @api.depends("extra_tax_data", "order_id.o2c_order_discount_type")
    def _compute_o2c_is_order_discount(self):
        for line in self:
            line.o2c_is_order_discount = bool(
                line.order_id.o2c_order_discount_type and line._is_global_discount()
            )

    @api.depends("extra_tax_data")
    def _compute_amount(self):
        return super()._compute_amount()

    @api.model_create_multi
    def create(self, vals_list):
        with OrderDiscountChange(self.env["sale.order"]) as change:
            lines = super().create(vals_list)
            change.add(lines._o2c_get_orders_to_settle())
            lines._o2c_check_may_be_order_discount()
        return lines

    def write(self, vals):
        changes = not LINE_SOURCES.isdisjoint(vals)
        orders = self.env["sale.order"]
        if changes:
            orders = self._o2c_get_orders_to_settle()
        with OrderDiscountChange(orders) as change:
            # The client sends back what it was shown of the discount lines. They are
            # computed anew, and stay what they are.
            known = self.browse()
            if "extra_tax_data" in vals and not change.is_settling():
                known = self.filtered("o2c_is_order_discount")
                super(SaleOrderLine, known).write(
                    {name: vals[name] for name in vals if name != "extra_tax_data"}
                )
            others = self - known
            result = super(SaleOrderLine, others).write(vals)
            if changes:
                change.add(self._o2c_get_orders_to_settle())
            if not MADE_BY_HAND.isdisjoint(vals):
                self._o2c_check_may_be_order_discount()
        return result

    def unlink(self):
        with OrderDiscountChange(self._o2c_get_orders_to_settle()):
            return super().unlink()

    def _o2c_get_orders_to_settle(self):
        """Return the orders whose discount follows a change of the lines. Down payments
        leave it as it is: it was agreed on, whatever the company allows by now."""
        return self.filtered(lambda line: not line.is_downpayment).order_id

    def _o2c_check_may_be_order_discount(self):
        """Check that no discount on a whole order comes as a line made by hand from
        those who may give none; where the order has one, its lines are made anew."""
        made = self.filtered(
            lambda line: (
                line._is_global_discount() and not line.order_id.o2c_order_discount_type
            )
        )
        made.order_id._o2c_check_may_give_order_discount()

    def _o2c_carries(self, vals):
        """Whether this is the discount line that values are for."""
        return self.display_type == vals.get("display_type", False) and (
            self.tax_ids._origin.ids == _get_tax_ids(vals)
        )

    def _o2c_update_discount_line(self, vals):
        present = {name: self[name] for name in vals}
        if "product_id" in vals:
            present["product_id"] = self.product_id.id
        if "tax_ids" in vals:
            present["tax_ids"] = [Command.set(self.tax_ids._origin.ids)]
        changes = {
            name: value for name, value in vals.items() if value != present[name]
        }
        if not changes:
            return
        if self._origin == self:
            self.write(changes)
        else:
            self.update(changes)

    def _o2c_remove_discount_lines(self, order):
        """Take discount lines off their order; lines of a confirmed order stay, and
        say zero."""
        if order.state == "sale":
            for line in self.filtered(lambda line: not line.display_type):
                line._o2c_update_discount_line(
                    {
                        "price_unit": 0.0,
                        "extra_tax_data": {"computation_key": COMPUTATION_KEY},
                    }
                )
        elif order._origin == order:
            self.unlink()
        else:
            order.order_line -= self


def _get_tax_ids(vals):
    commands = vals.get("tax_ids") or [Command.set([])]
    return commands[0][2]
