"""The whole-order discount: what a salesperson asks for, and who may ask."""

import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Kind of order discount -> the field that says how much.
ORDER_DISCOUNT_VALUES = {
    "percent": "o2c_order_discount_percent",
    "amount": "o2c_order_discount_amount",
    "total": "o2c_agreed_total",
}
ORDER_DISCOUNT_FIELDS = frozenset(
    {"o2c_order_discount_type", "o2c_agreed_total_basis"}
    | set(ORDER_DISCOUNT_VALUES.values())
)
AGREED_TOTAL_BASES = [
    ("included", "Tax included"),
    ("excluded", "Tax excluded"),
]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_order_discount_type = fields.Selection(
        [
            ("percent", "Percentage"),
            ("amount", "Fixed amount"),
            ("total", "Agreed total"),
        ],
        string="Order Discount",
        help="A discount on the whole order, after the discounts of its lines. It "
        "follows the lines: a percentage stays a percentage, an agreed total stays "
        "that total.",
    )
    o2c_order_discount_percent = fields.Float(
        string="Order Discount (%)", digits="Discount"
    )
    o2c_order_discount_amount = fields.Monetary(
        string="Order Discount Amount",
        help="What is taken off the order, taxes included.",
    )
    o2c_agreed_total = fields.Monetary(
        string="Agreed Total",
        help="What the customer pays for the whole order, to the cent.",
    )
    o2c_agreed_total_basis = fields.Selection(
        AGREED_TOTAL_BASES,
        string="Agreed Total With",
        help="Whether the agreed total counts taxes: as the company's settings said "
        "when it was agreed.",
    )
    o2c_order_discount_problem = fields.Char(
        string="Order Discount Problem",
        compute="_compute_o2c_order_discount_problem",
    )
    o2c_may_give_order_discount = fields.Boolean(
        compute="_compute_o2c_may_give_order_discount"
    )

    # Not a number is greater than any number to PostgreSQL: hence the upper bounds.
    _o2c_order_discount_percent_check = models.Constraint(
        "CHECK (o2c_order_discount_percent BETWEEN 0 AND 100)",
        "The order discount has to be between 0 and 100 %.",
    )
    _o2c_order_discount_amount_check = models.Constraint(
        "CHECK (o2c_order_discount_amount BETWEEN 0 AND 1e15)",
        "The amount of an order discount cannot be negative.",
    )
    _o2c_agreed_total_check = models.Constraint(
        "CHECK (o2c_agreed_total BETWEEN 0 AND 1e15)",
        "An agreed total cannot be negative.",
    )

    @api.constrains("o2c_order_discount_type", *ORDER_DISCOUNT_VALUES.values())
    def _check_o2c_order_discount_kind(self):
        for order in self:
            for kind, name in ORDER_DISCOUNT_VALUES.items():
                if order[name] and kind != order.o2c_order_discount_type:
                    raise ValidationError(
                        self.env._(
                            "%(order)s: “%(field)s” is given, but its order discount "
                            "is of another kind. Choose the kind that fits.",
                            order=order.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.onchange("o2c_order_discount_type")
    def _onchange_o2c_order_discount_type(self):
        for kind, name in ORDER_DISCOUNT_VALUES.items():
            if kind != self.o2c_order_discount_type:
                self[name] = 0.0
        if self.o2c_order_discount_type == "total" and not self.o2c_agreed_total:
            # Nobody means to give the order away before they have typed anything.
            self.o2c_agreed_total = max(0.0, self._o2c_get_total_so_far())

    # === WHO MAY === #

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_o2c_may_give_order_discount(self):
        for order in self:
            order.o2c_may_give_order_discount = order._o2c_may_give_order_discount()

    def _o2c_may_give_order_discount(self):
        """Whether the user may give discounts on the whole order in its company."""
        company = self.company_id or self.env.company
        return not company._o2c_restricts_order_discounts()

    def _o2c_check_may_give_order_discount(self):
        """Check that the user may give discounts on whole orders.

        :raise AccessError: naming the orders on which they may not
        """
        refused = self.filtered(lambda order: not order._o2c_may_give_order_discount())
        if refused:
            raise AccessError(
                self.env._(
                    "%(orders)s: only people with the role “Gives Order Discounts” may "
                    "give or change a discount on the whole order. Give it on the "
                    "lines, or ask one of them.",
                    orders=refused.mapped("name"),
                )
            )

    def _o2c_check_order_discount_open(self):
        """Check that a discount on the whole order may still be given or changed.

        :raise UserError: naming the orders that are cancelled or locked
        """
        closed = self.filtered(lambda order: order.state == "cancel" or order.locked)
        if closed and not self.env.su:
            raise UserError(
                self.env._(
                    "%(orders)s: the discount of an order that is cancelled or locked "
                    "stays as it is. Set it to quotation or unlock it first.",
                    orders=closed.mapped("name"),
                )
            )

    @api.model
    def _o2c_check_order_discount_numbers(self, vals):
        """Check that what is to be given off is a number: Odoo breaks down over others.

        :raise ValidationError: naming the field and what it is not
        """
        for name in ORDER_DISCOUNT_VALUES.values():
            try:
                is_number = math.isfinite(float(vals.get(name) or 0.0))
            except (TypeError, ValueError):
                is_number = False
            if not is_number:
                raise ValidationError(
                    self.env._(
                        "%(field)s: “%(value)s” is not a number. Enter one like 1234.50.",
                        field=self._fields[name]._description_string(self.env),
                        value=vals[name],
                    )
                )

    @api.model
    def _o2c_check_agreed_total_said(self, vals):
        """Check that whoever chooses an agreed total says which, be it zero.

        :raise ValidationError: if they do not
        """
        said = vals.get("o2c_agreed_total")
        # Zero is said, though Python takes it for false.
        is_missing = said is None or said is False
        if vals.get("o2c_order_discount_type") == "total" and is_missing:
            raise ValidationError(
                self.env._("Say the agreed total as well, also where it is 0.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._o2c_check_order_discount_numbers(vals)
            self._o2c_check_agreed_total_said(vals)
        orders = super().create(vals_list)
        # Not the values: a discount may come as a default of the caller's context.
        given = orders.filtered("o2c_order_discount_type")
        given._o2c_check_may_give_order_discount()
        return orders

    def write(self, vals):
        if not ORDER_DISCOUNT_FIELDS.isdisjoint(vals):
            self._o2c_check_may_give_order_discount()
            self._o2c_check_order_discount_open()
            self._o2c_check_order_discount_numbers(vals)
            if "o2c_order_discount_type" in vals:
                if any(order.o2c_order_discount_type != "total" for order in self):
                    self._o2c_check_agreed_total_said(vals)
                vals = self._o2c_forget_other_kinds(vals)
        return super().write(vals)

    def _o2c_forget_other_kinds(self, vals):
        """Return values that leave nothing behind of the kind of discount before."""
        forgotten = {
            name: 0.0
            for kind, name in ORDER_DISCOUNT_VALUES.items()
            if kind != vals["o2c_order_discount_type"]
        }
        return forgotten | vals

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for order, vals in zip(self, vals_list, strict=True):
            if not order._o2c_may_give_order_discount():
                vals.update(
                    self._o2c_forget_other_kinds({"o2c_order_discount_type": False})
                )
        return vals_list
