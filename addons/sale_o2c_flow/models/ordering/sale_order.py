from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

# More than this on one line is a slip of the hand.
MAX_QUANTITY = 999_999_999.0


class SaleOrder(models.Model):
    """Repeating an order, and filling a quotation with many products at once."""

    _inherit = "sale.order"

    # === BUTTONS === #

    def action_o2c_reorder(self):
        """Open the products of one order to order them again.

        :raise UserError: if there is not exactly one order, or its customer is archived
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "Choose one order to repeat: several make several quotations."
                )
            )
        self.check_access("read")
        self.partner_id._o2c_check_can_order()
        wizard = self.env["o2c.reorder"].create({"source_order_id": self.id})
        return wizard._get_open_action()

    def action_o2c_add_usual(self):
        """Open what the customer usually buys, to add of it to this quotation.

        :raise UserError: if it is not a quotation any more
        """
        self.ensure_one()
        self._o2c_check_open()
        wizard = self.env["o2c.reorder"].create({"order_id": self.id})
        return wizard._get_open_action()

    def action_o2c_paste_list(self):
        """Open a box for rows of a spreadsheet that become lines of this quotation.

        :raise UserError: if it is not a quotation any more
        """
        self.ensure_one()
        self._o2c_check_open()
        wizard = self.env["o2c.paste.list"].create({"order_id": self.id})
        return wizard._get_open_action()

    # === FILLING A QUOTATION === #

    def _o2c_check_open(self):
        """Check that the user may add lines to a quotation.

        :raise AccessError: if the user may not change it
        :raise UserError: if it is not a quotation any more, or is locked
        """
        self.check_access("write")
        for order in self:
            if order.state not in ("draft", "sent") or order.locked:
                raise UserError(
                    self.env._(
                        "%(order)s is not a quotation any more: nothing can be added. "
                        "Put it on a new quotation.",
                        order=order.name,
                    )
                )

    def _o2c_add_lines(self, vals_list):
        """Add lines to a quotation. What is on it already, in the same unit and without
        anything special about it, grows instead of standing there twice.

        :param list vals_list: values of order lines, with ``product_id``,
            ``product_uom_id`` and ``product_uom_qty`` at least
        :raise UserError: if it is not a quotation any more
        """
        self.ensure_one()
        self._o2c_check_open()
        present = self.order_line._o2c_get_plain_lines()
        grown = defaultdict(float)
        commands = []
        # Discounts on the whole order stay below what they are taken off.
        lines = self.order_line.filtered(lambda line: not line._is_global_discount())
        sequence = max(lines.mapped("sequence"), default=9)
        for vals in vals_list:
            key = (vals["product_id"], vals["product_uom_id"])
            if len(vals) == 3 and key in present:
                grown[present[key]] += vals["product_uom_qty"]
            else:
                sequence += 1
                commands.append(Command.create({**vals, "sequence": sequence}))
        commands += [
            Command.update(
                line.id, {"product_uom_qty": line.product_uom_qty + quantity}
            )
            for line, quantity in grown.items()
        ]
        self.write({"order_line": commands})

    def _o2c_get_net_prices(self, wanted):
        """Return what the pricelist asks now, its own discounts taken off.

        The order may be a new one that is not saved. As many questions to the pricelist
        as there are different quantities.

        :param wanted: tuples of product, unit, quantity in it, chosen options
            (attribute values that make no variant)
        :return: unit prices in the currency of the order and the unit given, as a line
            would have them entered, in the order of ``wanted``
        :rtype: list[float]
        """
        self.ensure_one()
        order = self.with_company(self.company_id)
        groups = defaultdict(list)
        for index, (product, uom, quantity, options) in enumerate(wanted):
            extra = product._get_product_price_context(options)
            groups[uom, quantity, tuple(extra.items())].append((index, product))
        prices = [0.0] * len(wanted)
        for (uom, quantity, extra), members in groups.items():
            products = order.env["product.product"].concat(*(p for _i, p in members))
            found = order.pricelist_id._get_products_price(
                products.with_context(**dict(extra)),
                quantity or 1.0,
                uom=uom,
                currency=order.currency_id,
                date=order.date_order,
            )
            for index, product in members:
                prices[index] = order._o2c_get_entered_price(product, found[product.id])
        return prices

    def _o2c_get_entered_price(self, product, price):
        """Return a price of the pricelist with the taxes it is entered with here."""
        return product._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(self.company_id),
            fiscal_position=self.fiscal_position_id,
        )
