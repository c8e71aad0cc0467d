"""The commercial content of an order as people read it, kept with a decision."""

from markupsafe import Markup

from odoo import fields, models
from odoo.tools.misc import formatLang

TABLE = Markup(
    '<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
)
HEAD = Markup("<th>%s</th>")
NUMBER_HEAD = Markup('<th class="text-end">%s</th>')
CELL = Markup("<td>%s</td>")
NUMBER_CELL = Markup('<td class="text-end">%s</td>')


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # What its deciders look at, taken when it was submitted and after each change:
    # every decision keeps it, and need not take it anew. Read only where asked for.
    o2c_reviewed_content = fields.Json(
        string="Content in Approval",
        copy=False,
        prefetch="o2c_reviewed",
        groups="base.group_system",
    )
    o2c_reviewed_snapshot = fields.Html(
        string="Order in Approval",
        copy=False,
        sanitize=False,
        prefetch="o2c_reviewed",
        groups="base.group_system",
        help="In the language of the company.",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_reviewed_content",
            "o2c_reviewed_snapshot",
        }

    def _o2c_keep_reviewed(self, content):
        """Keep what deciders look at from now on.

        :param dict content: what the order says now; see :mod:`.content`
        """
        self.ensure_one()
        if content == self.o2c_reviewed_content:
            return
        order = self.with_context(lang=self.company_id.partner_id.lang)
        self.write(
            {
                "o2c_reviewed_content": content,
                "o2c_reviewed_snapshot": order._o2c_take_snapshot(),
            }
        )

    def _o2c_take_snapshot(self):
        """Return what the order says now: customer, terms, lines and total.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        order = self.sudo()
        terms = Markup().join(
            Markup("<li>%s: %s</li>") % (label, value)
            for label, value in order._o2c_get_snapshot_terms()
            if value
        )
        heads = HEAD % self.env._("Product") + Markup().join(
            NUMBER_HEAD % label
            for label in (
                self.env._("Quantity"),
                self.env._("Unit Price"),
                self.env._("Disc.%"),
                self.env._("Amount"),
            )
        )
        lines = order._o2c_get_sold_lines()
        rows = Markup().join(line._o2c_take_snapshot_row() for line in lines)
        return Markup("<ul>%s</ul>") % terms + TABLE % (heads, rows)

    def _o2c_get_snapshot_terms(self):
        """Return what holds for the whole order, as pairs of label and text."""

        def label(name):
            return self._fields[name]._description_string(self.env)

        names = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        names += ("pricelist_id", "payment_term_id", "fiscal_position_id")
        terms = [(label(name), self[name].display_name) for name in names]
        for name in ("amount_untaxed", "amount_total"):
            terms.append((label(name), self.currency_id.format(self[name])))
        discount = formatLang(self.env, self.o2c_effective_discount)
        return [*terms, (label("o2c_effective_discount"), discount)]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _o2c_take_snapshot_row(self):
        currency = self.currency_id
        quantity = formatLang(self.env, self.product_uom_qty, dp="Product Unit")
        unit = self.product_uom_id.name or ""
        return Markup("<tr>%s%s%s%s%s</tr>") % (
            CELL % (self.product_id.display_name or self.name or ""),
            NUMBER_CELL % f"{quantity} {unit}",
            NUMBER_CELL % formatLang(self.env, self.price_unit, dp="Product Price"),
            NUMBER_CELL % formatLang(self.env, self.discount, dp="Discount"),
            NUMBER_CELL % currency.format(self.price_subtotal),
        )
