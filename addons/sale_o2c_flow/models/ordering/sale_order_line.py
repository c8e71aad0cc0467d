from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

# Flags of addons that may be there. What they mark is put on every order anew.
ADDED_BY_OTHERS = ("is_delivery", "reward_id")

# What somebody sees of the past of a product.
USUAL_LIMIT = 80


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def action_o2c_add_usual(self):
        """Open what the customer usually buys; beside the catalog, under the lines."""
        return self._o2c_get_order_of_list().action_o2c_add_usual()

    def action_o2c_paste_list(self):
        """Open the box for a list; beside the catalog, under the lines."""
        return self._o2c_get_order_of_list().action_o2c_paste_list()

    def _o2c_get_order_of_list(self):
        # Buttons under a list have no line; the view says which order it is.
        order_id = self.env.context.get("order_id")
        return self.env["sale.order"].browse(order_id).exists()

    @api.model
    def _o2c_get_repeatable_domain(self):
        """Return what of an order a customer would buy again: products, neither
        discounts, charges, gifts and down payments, nor what they gave back."""
        domain = Domain(
            [
                ("display_type", "=", False),
                ("product_id", "!=", False),
                ("product_uom_qty", ">", 0.0),
                ("price_unit", ">=", 0.0),
                ("is_expense", "=", False),
                ("combo_item_id", "=", False),
            ]
        )
        for name in ADDED_BY_OTHERS:
            if name in self._fields:
                domain &= Domain(name, "=", False)
        return domain & self._sellable_lines_domain()

    def _o2c_get_repeatable(self):
        """Return the lines a customer would buy again."""
        return self.filtered_domain(self._o2c_get_repeatable_domain()).filtered(
            lambda line: not line._is_global_discount() and not line._is_delivery()
        )

    def _o2c_get_plain_lines(self):
        """Return the lines that only differ in product and unit, by these two ids."""
        plain = {}
        for line in self._o2c_get_repeatable():
            is_special = (
                line.linked_line_id
                or line.product_no_variant_attribute_value_ids
                or line.product_custom_attribute_value_ids
            )
            if not is_special:
                plain.setdefault((line.product_id.id, line.product_uom_id.id), line)
        return plain

    def _o2c_get_options(self):
        """Return the chosen attribute values that make no variant and still exist."""
        return self.product_no_variant_attribute_value_ids.filtered("ptav_active")

    def _o2c_prepare_options(self):
        """Return the values with which a new line of the product is made as this one
        was: options chosen, and what was written to them."""
        custom = self.product_custom_attribute_value_ids.filtered(
            "custom_product_template_attribute_value_id.ptav_active"
        )
        vals = {}
        if options := self._o2c_get_options():
            vals["product_no_variant_attribute_value_ids"] = [Command.set(options.ids)]
        if custom:
            vals["product_custom_attribute_value_ids"] = [
                Command.create(value.copy_data()[0]) for value in custom
            ]
        return vals

    @api.model
    def _o2c_read_usual(self, partner, company, limit=USUAL_LIMIT):
        """Return what a customer buys most, whoever of the company ordered it: what was
        in most confirmed orders first, of these what was bought last.

        One query, over the orders the user may read.

        :return: dicts with ``product_id``, ``order_count``, ``last_date`` and
            ``interval_days`` (the median of the days between two orders, None after
            one), in the time zone of the user; of the last time ``line_id``,
            ``quantity``, ``uom_id``, ``price`` (for one unit, line discount taken off)
            and ``currency_id``
        """
        domain = self._o2c_get_repeatable_domain() & Domain(
            [
                ("state", "=", "sale"),
                ("company_id", "=", company.id),
                (
                    "order_partner_id.commercial_partner_id",
                    "=",
                    partner.commercial_partner_id.id,
                ),
            ]
        )
        self.flush_model()
        self.env["sale.order"].flush_model(["date_order"])
        lines = self._search(domain)
        lines.add_where(
            SQL(
                "COALESCE(%s ->> 'computation_key', '') NOT LIKE %s",
                SQL.identifier(lines.table, "extra_tax_data"),
                "global_discount,%",
            )
        )
        return self.env.execute_query_dict(
            SQL(
                """
                WITH bought AS (
                    SELECT line.product_id,
                           line.order_id,
                           sale.date_order,
                           (sale.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                               AS day,
                           MAX(line.id) AS line_id,
                           SUM(line.product_uom_qty) AS quantity
                      FROM sale_order_line line
                      JOIN sale_order sale ON sale.id = line.order_id
                     WHERE line.id IN %(lines)s
                  GROUP BY line.product_id, line.product_uom_id, line.order_id,
                           sale.date_order
                ), spaced AS (
                    SELECT *,
                           day - LAG(day) OVER (
                               PARTITION BY product_id ORDER BY day, order_id
                           ) AS gap
                      FROM bought
                ), usual AS (
                    SELECT product_id,
                           COUNT(DISTINCT order_id) AS order_count,
                           MAX(day) AS last_date,
                           ROUND(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap)
                               FILTER (WHERE gap > 0))::int AS interval_days,
                           (ARRAY_AGG(line_id ORDER BY date_order DESC, line_id DESC))[1]
                               AS line_id,
                           (ARRAY_AGG(quantity ORDER BY date_order DESC, line_id DESC))[1]
                               AS quantity
                      FROM spaced
                  GROUP BY product_id
                  ORDER BY order_count DESC, last_date DESC, product_id
                     LIMIT %(limit)s
                )
                SELECT usual.*,
                       line.product_uom_id AS uom_id,
                       line.price_unit * (1 - COALESCE(line.discount, 0) / 100) AS price,
                       line.currency_id
                  FROM usual
                  JOIN sale_order_line line ON line.id = usual.line_id
              ORDER BY usual.order_count DESC, usual.last_date DESC, usual.product_id
                """,
                tz=str(self.env.tz),
                lines=lines.subselect(),
                limit=limit,
            )
        )
