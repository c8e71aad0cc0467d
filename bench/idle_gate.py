"""Confirming an order while no approval flow holds: what the addon costs at rest."""

from .data import make_products, make_salesperson, prepare_order
from .harness import WARM_UP, Contestant, Step, environment, take_turns
from .results import Table

ROUNDS = 100
LINES = 10


def run(databases):
    """Measure confirming ten-line orders with and without the addon.

    :return: the tables of results
    """
    contestants = []
    for name, database in (
        ("plain Odoo 19", databases.plain),
        ("with the addon", databases.addon),
    ):
        uid, order_ids = _prepare(database)
        step = Step(uid, _get_work(order_ids))
        contestants.append(Contestant(name, database, [step]))
    table = Table(
        title=f"Confirm an order of {LINES} lines, no approval flow in force",
        note="Each confirmed by a salesperson in a transaction of its own; goods in "
        "stock, one delivery each. The addon plans the installments of the order and "
        "tells the shippers, of whom there are none here.",
        measurements=take_turns(contestants, ROUNDS),
    )
    return [table]


def _get_work(order_ids):
    def confirm(env, turn):
        env["sale.order"].browse(order_ids[turn]).action_confirm()

    return confirm


def _prepare(database):
    with environment(database) as env:
        user = make_salesperson(env, "idle_gate")
        partner = env["res.partner"].create({"name": "Customer"})
        products = make_products(env, LINES)
        orders = env["sale.order"].create(
            [
                prepare_order(partner, user, products, quantity=2)
                for _round in range(WARM_UP + ROUNDS)
            ]
        )
        return user.id, orders.ids
