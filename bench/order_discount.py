"""A line more on a long order: what it costs that an agreed total follows."""

from odoo.fields import Command

from .data import make_salesperson, prepare_order
from .harness import WARM_UP, environment, take_turns
from .results import Table

ROUNDS = 30
LINES = 100
AGREED = {"o2c_order_discount_type": "total", "o2c_agreed_total": 900.0}


def run(plain, addon):
    """Measure adding a line to orders of a hundred lines.

    :return: the table of results
    """
    contestants = {}
    for name, database, values in (
        ("plain Odoo 19", plain, {}),
        ("with the addon, no order discount", addon, {}),
        ("with the addon, an agreed total", addon, AGREED),
    ):
        uid, product_id, order_ids = _prepare(database, len(contestants), values)
        work = _get_work(order_ids, product_id)
        contestants[name] = (database, uid, work)
    return Table(
        title=f"Add a line to a quotation of {LINES} lines",
        note="Two taxes of different rates. With an agreed total the discount lines are "
        "computed anew, and the order comes to the agreed total again.",
        measurements=take_turns(contestants, ROUNDS),
    )


def _get_work(order_ids, product_id):
    def add_line(env, turn):
        order = env["sale.order"].browse(order_ids[turn])
        order.order_line = [Command.create({"product_id": product_id})]

    return add_line


def _prepare(database, number, values):
    with environment(database) as env:
        user = make_salesperson(env, f"order_discount_{number}")
        partner = env["res.partner"].create({"name": "Customer"})
        taxes = env["account.tax"].create(
            [{"name": f"{rate} % {number}", "amount": rate} for rate in (7, 19)]
        )
        products = env["product.product"].create(
            [
                {
                    "name": f"Product {line}",
                    "list_price": 10.0,
                    "taxes_id": [Command.set(taxes[line % 2].ids)],
                }
                for line in range(LINES)
            ]
        )
        orders = env["sale.order"].create(
            [
                prepare_order(partner, user, products, quantity=1)
                for _round in range(WARM_UP + ROUNDS)
            ]
        )
        if values:
            orders.write(values)
        return user.id, products[0].id, orders.ids
