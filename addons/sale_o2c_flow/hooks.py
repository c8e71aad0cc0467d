"""When the addon comes to a company that works already, and when it goes."""

from odoo.tools import SQL, split_every

BATCH_SIZE = 1000
LINE_FIELDS = (
    "o2c_reference_price_unit",
    "o2c_pricelist_discount",
    "o2c_reference_subtotal",
    "o2c_order_discount_share",
    "o2c_effective_discount",
    "o2c_unit_cost",
    "o2c_margin",
    "o2c_margin_percent",
)
ORDER_FIELDS = (
    "o2c_reference_amount",
    "o2c_amount_given",
    "o2c_pricelist_amount",
    "o2c_effective_discount",
    "o2c_margin",
    "o2c_margin_percent",
    "o2c_discount_policy_id",
    "o2c_discount_tier_id",
    "o2c_discount_line_id",
    "o2c_discount_authority",
    "o2c_discount_cause",
)


def pre_init_hook(env):
    """Take old orders at the prices they were sold at: nobody knows the list price of
    that day. It also spares looking up a price for every line there ever was."""
    for name in LINE_FIELDS:
        env.cr.execute(
            SQL(
                "ALTER TABLE sale_order_line ADD COLUMN IF NOT EXISTS %s NUMERIC",
                SQL.identifier(name),
            )
        )
    env.cr.execute(
        """
        UPDATE sale_order_line line
           SET o2c_reference_price_unit =
                   CASE WHEN old.is_priced THEN line.price_unit ELSE 0 END,
               o2c_reference_subtotal =
                   CASE WHEN line.product_uom_qty < 0 THEN 0
                        WHEN old.is_priced AND line.discount < 100
                        THEN ROUND(line.price_subtotal / (1 - line.discount / 100.0),
                                   old.decimal_places)
                        WHEN old.is_priced THEN line.price_unit * line.product_uom_qty
                        ELSE GREATEST(line.price_subtotal, 0) END,
               o2c_effective_discount =
                   CASE WHEN old.is_priced THEN line.discount ELSE 0 END
          FROM (
                SELECT own.id, currency.decimal_places,
                       own.display_type IS NULL
                       AND own.product_id IS NOT NULL
                       AND own.is_downpayment IS NOT TRUE
                       AND own.is_expense IS NOT TRUE
                       AND own.price_unit >= 0 AS is_priced
                  FROM sale_order_line own
                  JOIN sale_order sale ON sale.id = own.order_id
                  JOIN res_currency currency ON currency.id = sale.currency_id
               ) old
         WHERE old.id = line.id
        """
    )
    _spread_old_order_discounts(env)


def _spread_old_order_discounts(env):
    """Have each line of old orders bear its share of what was taken off the whole."""
    env.cr.execute(
        """
        WITH given AS (
            SELECT order_id, -SUM(price_subtotal) AS amount
              FROM sale_order_line
             WHERE extra_tax_data->>'computation_key' LIKE 'global_discount,%'
               AND price_subtotal < 0
             GROUP BY order_id
        ), sold AS (
            SELECT line.id, given.amount, currency.decimal_places,
                   SUM(line.price_subtotal) OVER (PARTITION BY line.order_id) AS total
              FROM sale_order_line line
              JOIN given ON given.order_id = line.order_id
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN res_currency currency ON currency.id = sale.currency_id
             WHERE line.display_type IS NULL
               AND line.price_subtotal > 0
               AND line.is_downpayment IS NOT TRUE
        ), share AS (
            SELECT line.id,
                   ROUND(sold.amount * line.price_subtotal / sold.total,
                         sold.decimal_places) AS amount
              FROM sale_order_line line
              JOIN sold ON sold.id = line.id
        )
        UPDATE sale_order_line line
           SET o2c_order_discount_share = share.amount,
               o2c_effective_discount =
                   CASE WHEN line.o2c_reference_subtotal > 0
                        THEN 100 - 100 * (line.price_subtotal - share.amount)
                                 / line.o2c_reference_subtotal
                        ELSE 0 END
          FROM share
         WHERE share.id = line.id
        """
    )


def post_init_hook(env):
    """Judge open quotations by the prices of today, and plan what old orders owe."""
    quotations = env["sale.order"].search([("state", "in", ("draft", "sent"))])
    for ids in split_every(BATCH_SIZE, quotations.ids):
        orders = env["sale.order"].browse(ids)
        _recompute(orders.order_line, LINE_FIELDS)
        _recompute(orders, ORDER_FIELDS)
    confirmed = env["sale.order"].search(
        [("state", "=", "sale"), ("o2c_installment_ids", "=", False)]
    )
    for ids in split_every(BATCH_SIZE, confirmed.ids):
        env["sale.order"].browse(ids)._o2c_plan_installments()
        env.flush_all()
        env.invalidate_all()


def _recompute(records, names):
    for name in names:
        records.env.add_to_compute(records._fields[name], records)
    records.env.flush_all()
    records.env.invalidate_all()


def uninstall_hook(env):
    """Take our to-dos along: Odoo would leave them as ordinary ones."""
    types = env["ir.model.data"].search(
        [("module", "=", "sale_o2c_flow"), ("model", "=", "mail.activity.type")]
    )
    todos = env["mail.activity"].with_context(active_test=False)
    todos.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()
