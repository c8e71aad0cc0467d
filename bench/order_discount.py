"""A line more on a long order: what it costs that an agreed total follows."""

from odoo.fields import Command

from .data import make_salesperson, prepare_order
from .harness import WARM_UP, Contestant, Step, environment, take_turns
from .results import Table

ROUNDS = 30
LINES = 100
AGREED = {"o2c_order_discount_type": "total", "o2c_agreed_total": 900.0}


def run(databases):
    """Measure adding a line to orders of a hundred lines.

    :return: the tables of results
    """
    contestants = []
    for name, database, values in (
        ("plain Odoo 19", databases.plain, {}),
        ("with the addon, no order discount", databases.addon, {}),
        ("with the addon, an agreed total", databases.addon, AGREED),
    ):
        uid, product_id, order_ids = _prepare(database, len(contestants), values)
        step = Step(uid, _get_work(order_ids, product_id))
        contestants.append(Contestant(name, database, [step]))
    table = Table(
        title=f"Add a line to a quotation of {LINES} lines",
        note="Two taxes of different rates. With an agreed total the discount lines are "
        "computed anew, and the order comes to the agreed total again.",
        measurements=take_turns(contestants, ROUNDS),
    )
    return [table]


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
