"""Confirmed orders as policies see them: thousands at once, with a query per table."""

from collections import defaultdict
from typing import NamedTuple

from odoo.fields import Domain

from .policy_book import Deal, Goods

ORDER_COLUMNS = (
    "id",
    "company_id",
    "o2c_level_id",
    "team_id",
    "partner_id",
    "currency_id",
    "currency_rate",
    "amount_untaxed",
    "o2c_amount_given",
    "o2c_effective_discount",
    "o2c_margin",
    "o2c_margin_percent",
)
LINE_COLUMNS = (
    "order_id",
    "id",
    "product_id",
    "price_subtotal",
    "o2c_effective_discount",
    "o2c_unit_cost",
    "o2c_margin_percent",
)


class PastOrder(NamedTuple):
    """An order and its amounts without tax, in the currency of its company."""

    id: int
    deal: Deal
    amount: float
    given: float
    margin: float


def read_past_orders(env, domain, day):
    """Return the orders a user may see, as their stored lines say.

    :param domain: which orders
    :param date day: the day whose policies are to judge them
    :rtype: list[PastOrder]
    """
    orders = env["sale.order"]
    query = orders._search(domain)
    rows = _select(orders, query, ORDER_COLUMNS)
    lines = env["sale.order.line"].sudo()
    line_domain = lines._o2c_get_judged_domain() & Domain("order_id", "in", query)
    line_rows = _select(lines, lines._search(line_domain), LINE_COLUMNS)
    goods = _get_goods(env, line_rows)
    paths = _get_partner_paths(env, {row[4] for row in rows})
    return [_make_past_order(row, goods[row[0]], paths, day) for row in rows]


def _select(records, query, names):
    # Costs judge orders whoever asks; who may see them is up to the screens.
    model = records.sudo()
    columns = [model._field_to_sql(model._table, name, query) for name in names]
    return model.env.execute_query(query.select(*columns))


def _get_goods(env, rows):
    products = env["product.product"].sudo().browse({row[2] for row in rows if row[2]})
    categories = {
        product.id: product._o2c_get_category_path() for product in products.exists()
    }
    goods = defaultdict(list)
    for order_id, line_id, product_id, subtotal, discount, cost, margin in rows:
        known = cost and subtotal >= 0.0
        goods[order_id].append(
            Goods(
                key=line_id,
                product_id=product_id or 0,
                categories=categories.get(product_id, ()),
                discount=float(discount or 0.0),
                margin=float(margin or 0.0) if known else None,
            )
        )
    return goods


def _get_partner_paths(env, partner_ids):
    partners = env["res.partner"].sudo().browse(partner_ids)
    return {partner.id: partner._o2c_get_customer_path() for partner in partners}


def _make_past_order(row, goods, paths, day):
    values = dict(zip(ORDER_COLUMNS, row, strict=True))
    rate = float(values["currency_rate"] or 1.0)
    costs_known = any(line.margin is not None for line in goods)
    deal = Deal(
        company_id=values["company_id"],
        date=day,
        level_id=values["o2c_level_id"] or 0,
        team_id=values["team_id"] or 0,
        partners=paths[values["partner_id"]],
        currency_id=values["currency_id"],
        discount=float(values["o2c_effective_discount"] or 0.0),
        margin=float(values["o2c_margin_percent"] or 0.0) if costs_known else None,
        goods=tuple(goods),
    )
    return PastOrder(
        values["id"],
        deal,
        amount=float(values["amount_untaxed"] or 0.0) / rate,
        given=float(values["o2c_amount_given"] or 0.0) / rate,
        margin=float(values["o2c_margin"] or 0.0) / rate,
    )
