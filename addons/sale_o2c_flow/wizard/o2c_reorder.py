from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ..models.ordering.sale_order import MAX_QUANTITY

# Why a product cannot be ordered from here.
PROBLEMS = [
    ("archived", "Archived"),
    ("not_sold", "No longer sold"),
    ("other_company", "Other company's"),
    ("combo", "Combo: choose on order"),
]


class O2cReorder(models.TransientModel):
    """Orders again what a customer bought: one order once more, or what they buy most.

    It shows what its user may read, at the prices of today, and makes a new quotation or
    adds to one that is being made.
    """

    _name = "o2c.reorder"
    _description = "Order Again"

    source_order_id = fields.Many2one(
        "sale.order", string="Repeats", ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", string="Quotation", ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    line_ids = fields.One2many(
        "o2c.reorder.line",
        "wizard_id",
        string="Products",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("source_order_id", "order_id")
    def _compute_partner_id(self):
        for wizard in self:
            order = wizard.order_id or wizard.source_order_id
            wizard.partner_id = order.partner_id or wizard.partner_id

    @api.depends("source_order_id", "order_id", "partner_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard._get_quotation().currency_id

    def _get_company(self):
        """Return the company that sells: that of the order, else the customer's own."""
        order = self.order_id or self.source_order_id
        return order.company_id or self.partner_id.company_id or self.env.company

    def _get_quotation(self):
        """Return the quotation to add to, or a new one that is not saved."""
        self.ensure_one()
        return self.order_id or self.env["sale.order"].new(
            {"partner_id": self.partner_id.id, "company_id": self._get_company().id}
        )

    # === WHAT CAN BE ORDERED === #

    @api.depends("source_order_id", "order_id", "partner_id")
    def _compute_line_ids(self):
        for wizard in self:
            if wizard.source_order_id:
                rows = wizard._get_rows_of_order()
            else:
                rows = self.env["sale.order.line"]._o2c_read_usual(
                    wizard.partner_id, wizard._get_company()
                )
            wizard.line_ids = [Command.clear()] + [
                Command.create(vals) for vals in wizard._prepare_lines(rows)
            ]

    def _get_rows_of_order(self):
        order = self.source_order_id
        return [
            {
                "product_id": line.product_id.id,
                "line_id": line.id,
                "last_date": fields.Datetime.context_timestamp(
                    self, order.date_order
                ).date(),
                "quantity": line.product_uom_qty,
                "uom_id": line.product_uom_id.id,
                "price": line._get_discounted_price(),
                "currency_id": order.currency_id.id,
            }
            for line in order.order_line.sorted()._o2c_get_repeatable()
        ]

    def _prepare_lines(self, rows):
        """Return the values of the lines of the wizard for rows of the past."""
        # Searched, not browsed: products of companies the user is not in stay unread.
        products = (
            self.env["product.product"]
            .with_context(active_test=False)
            .search([("id", "in", [row["product_id"] for row in rows])])
        )
        refused = products._o2c_why_not_ordered(self._get_company())
        products_by_id = {product.id: product for product in products}
        lines = self.env["sale.order.line"].browse([row["line_id"] for row in rows])
        units = self.env["uom.uom"].browse([row["uom_id"] for row in rows])
        result = []
        for row, line, unit in zip(rows, lines, units, strict=True):
            product = products_by_id.get(row["product_id"], products.browse())
            vals = self._prepare_line(row, product, line, unit)
            if self.source_order_id and product and product not in refused:
                vals["quantity"] = vals["last_quantity"]
            result.append(vals)
        return result

    def _prepare_line(self, row, product, line, unit):
        """Return the values of one line of the wizard, without a quantity yet.

        :param product: empty where the user may not read it
        :param line: of the order it was bought with last
        :param unit: in which it was bought last
        """
        interval = row.get("interval_days")
        today = fields.Date.context_today(self)
        is_due = interval and row["last_date"] + timedelta(days=interval) <= today
        quantity, price = row["quantity"], row["price"]
        if product and unit not in product.uom_id | product.uom_ids:
            # It is not sold in this unit any more.
            sold_in = product.uom_id
            quantity = unit._compute_quantity(quantity, sold_in, raise_if_failure=False)
            price = unit._compute_price(price, sold_in)
            unit = sold_in
        return {
            "product_id": product.id,
            "name": product.display_name or line.name.partition("\n")[0],
            "line_id": line.id,
            "order_count": row.get("order_count", 0),
            "last_date": row["last_date"],
            "interval_days": interval,
            "is_due": bool(is_due),
            "last_quantity": quantity,
            "last_price": price,
            "last_currency_id": row["currency_id"],
            "uom_id": unit.id,
        }

    # === BUTTONS === #

    def _get_open_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._get_title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_title(self):
        if self.source_order_id:
            return self.env._("Order %s again", self.source_order_id.name)
        return self.env._("What %s usually buys", self.partner_id.display_name)

    def action_take_last(self):
        """Fill in the quantities of the last time, where something can be ordered."""
        self.ensure_one()
        for line in self.line_ids.filtered(lambda line: not line.problem):
            line.quantity = line.last_quantity
        return self._get_open_action()

    def action_order(self):
        """Make a quotation of the quantities entered, or add them to the one at hand.

        :raise UserError: if a quantity is none, or there is none at all
        """
        self.ensure_one()
        self._check_quantities()
        chosen = self.line_ids.filtered(
            lambda line: line.quantity > 0.0 and not line.problem
        )
        if not chosen:
            raise UserError(
                self.env._("Enter the quantity of at least one product to order.")
            )
        if self.order_id:
            self.order_id._o2c_add_lines(chosen._prepare_order_lines())
            return {"type": "ir.actions.act_window_close"}
        order = self.env["sale.order"].create(self._prepare_order(chosen))
        self._tell_left_out(order)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "view_mode": "form",
        }

    def _check_quantities(self):
        """Check the quantities of all lines.

        :raise UserError: naming every line that is wrong
        """
        wrong = self.line_ids.filtered(
            lambda line: not 0.0 <= line.quantity <= MAX_QUANTITY
        )
        if wrong:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(product)s: the quantity must be between 0 and %(maximum)s.",
                        product=line.name,
                        maximum=formatLang(self.env, MAX_QUANTITY, digits=0),
                    )
                    for line in wrong
                )
            )

    def _prepare_order(self, chosen):
        source = self.source_order_id
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self._get_company().id,
            "order_line": [Command.create(v) for v in self._prepare_all_lines(chosen)],
        }
        if source:
            vals["origin"] = source.name
            vals.update(self._prepare_addresses(source))
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            # Whoever sees their own orders only could not open it else.
            vals["user_id"] = self.env.user.id
        return vals

    def _prepare_addresses(self, source):
        """Return the addresses of the order that is repeated, as far as they hold."""
        family = source.partner_id.commercial_partner_id
        return {
            name: source[name].id
            for name in ("partner_invoice_id", "partner_shipping_id")
            if source[name].active and source[name].commercial_partner_id == family
        }

    def _prepare_all_lines(self, chosen):
        """Return the values of the order's lines: the products chosen, under the
        sections they stood under."""
        all_vals = chosen._prepare_order_lines()
        if not self.source_order_id:
            return all_vals
        vals_by_line = {
            line.line_id: vals for line, vals in zip(chosen, all_vals, strict=True)
        }
        result, section, subsection = [], None, None
        for line in self.source_order_id.order_line.sorted():
            if line.display_type == "line_section":
                section, subsection = line, None
            elif line.display_type == "line_subsection":
                subsection = line
            elif line in vals_by_line:
                headings = [heading for heading in (section, subsection) if heading]
                section = subsection = None
                result += [heading.copy_data()[0] for heading in headings]
                result.append(vals_by_line[line])
        return [
            {**vals, "sequence": sequence}
            for sequence, vals in enumerate(result, start=10)
        ]

    def _tell_left_out(self, order):
        """Say on a new order what of the repeated one is not on it."""
        left_out = self.line_ids.filtered("problem")
        if not self.source_order_id or not left_out:
            return
        reasons = dict(left_out._fields["problem"]._description_selection(self.env))
        items = Markup().join(
            Markup("<li>%s: %s</li>") % (line.name, reasons[line.problem])
            for line in left_out
        )
        order.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("Left out of what %s had:", self.source_order_id.name),
                items,
            )
        )


class O2cReorderLine(models.TransientModel):
    _name = "o2c.reorder.line"
    _description = "Product to Order Again"

    wizard_id = fields.Many2one("o2c.reorder", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    name = fields.Char(string="Product Name", readonly=True)
    line_id = fields.Many2one(
        "sale.order.line",
        string="Bought Last With",
        readonly=True,
        required=True,
        ondelete="cascade",
    )
    problem = fields.Selection(
        PROBLEMS,
        string="Left Out",
        compute="_compute_problem",
        help="Why the product cannot be ordered from here.",
    )
    order_count = fields.Integer(
        string="Orders", readonly=True, help="Confirmed orders that had the product."
    )
    last_date = fields.Date(string="Last Order", readonly=True)
    interval_days = fields.Integer(
        string="Usual Interval (days)",
        readonly=True,
        help="Half of the times, the next order came within so many days.",
    )
    is_due = fields.Boolean(
        string="Due Again",
        readonly=True,
        help="More days have gone by since the last order than usual.",
    )
    status = fields.Selection(
        [*PROBLEMS, ("due", "Due Again")],
        compute="_compute_status",
        help="Due Again: more days than usual have gone by since the last order. "
        "Anything else: why the product cannot be ordered from here.",
    )
    last_quantity = fields.Float(digits="Product Unit", readonly=True)
    last_price = fields.Float(
        min_display_digits="Product Price",
        readonly=True,
        help="Unit price of the last time, line discount taken off.",
    )
    last_currency_id = fields.Many2one("res.currency", readonly=True)
    quantity = fields.Float(digits="Product Unit")
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    price = fields.Float(
        string="Price Now",
        min_display_digits="Product Price",
        compute="_compute_price",
        help="Unit price of the customer's pricelist for this quantity, its discounts "
        "taken off.",
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id", related_sudo=False)
    price_trend = fields.Selection(
        [("up", "Dearer"), ("down", "Cheaper")], compute="_compute_price"
    )

    @api.depends("product_id", "wizard_id")
    def _compute_problem(self):
        for wizard, lines in self.grouped("wizard_id").items():
            refused = lines.product_id._o2c_why_not_ordered(wizard._get_company())
            for line in lines:
                line.problem = (
                    refused.get(line.product_id) if line.product_id else "other_company"
                )

    @api.depends("problem", "is_due")
    def _compute_status(self):
        for line in self:
            line.status = line.problem or (line.is_due and "due")

    @api.depends("product_id", "quantity", "uom_id", "wizard_id.partner_id")
    def _compute_price(self):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for wizard, all_lines in self.grouped("wizard_id").items():
            lines = all_lines.filtered("product_id")
            (all_lines - lines).update({"price": 0.0, "price_trend": False})
            order = wizard._get_quotation()
            prices = order._o2c_get_net_prices(
                [
                    (
                        line.product_id,
                        line.uom_id,
                        line.quantity,
                        line.line_id._o2c_get_options(),
                    )
                    for line in lines
                ]
            )
            for line, price in zip(lines, prices, strict=True):
                line.price = price
                line.price_trend = line._get_trend(order.currency_id, digits)

    def _get_trend(self, currency, digits):
        """Return how the price of now compares with the last one, if it does."""
        if self.last_currency_id != currency or self.problem:
            return False
        compared = float_compare(self.price, self.last_price, precision_digits=digits)
        return {1: "up", -1: "down"}.get(compared, False)

    def _prepare_order_lines(self):
        """Return the values of lines of a quotation that order these products, at the
        prices of today."""
        return [
            {
                "product_id": line.product_id.id,
                "product_uom_id": line.uom_id.id,
                "product_uom_qty": line.quantity,
                **line.line_id._o2c_prepare_options(),
            }
            for line in self
        ]
