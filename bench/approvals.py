"""Three approvals of an order and its confirmation, next to the peer."""

from .approval_sides import TIERS, Addon, Peer, Plain
from .data import make_approver, make_products, make_salesperson, prepare_order
from .harness import WARM_UP, Contestant, environment, take_turns
from .results import PartTable

ROUNDS = 200
LINES = 10
SETTINGS = (
    (False, "nobody is told", "No notices."),
    (
        True,
        "each approver is told",
        "Each approver is told within Odoo when it is their turn: by a to-do of ours, "
        "by a message of the peer.",
    ),
)


def run(databases):
    """Measure orders on their way from quotation to confirmation.

    :return: the tables of results, without and with notices
    """
    return [_run(databases, *setting) for setting in SETTINGS]


def _run(databases, notices, title, note):
    sides = [("plain Odoo 19, nothing to approve", databases.plain, Plain())]
    if databases.peer:
        sides.append(("OCA sale_tier_validation", databases.peer, Peer()))
    else:
        note += " The peer could not be fetched here: it is left out."
    sides.append(("with the addon", databases.addon, Addon()))
    contestants = [
        Contestant(name, database, _prepare(database, side, notices))
        for name, database, side in sides
    ]
    return PartTable(
        title=f"Submit, approve {TIERS} times and confirm an order of {LINES} lines: "
        f"{title}",
        note=f"One department after the other, each step by its own user in a "
        f"transaction of its own. {note} The approval part is what comes on top of "
        "plain Odoo's confirmation.",
        measurements=take_turns(contestants, ROUNDS),
    )


def _prepare(database, side, notices):
    with environment(database) as env:
        suffix = "told" if notices else "quiet"
        seller = make_salesperson(env, f"seller_{suffix}")
        approvers = [
            make_approver(env, f"approver_{suffix}_{number}") for number in range(TIERS)
        ]
        side.prepare(env, approvers, notices)
        partner = env["res.partner"].create({"name": "Customer"})
        products = make_products(env, LINES)
        orders = env["sale.order"].create(
            [
                prepare_order(partner, seller, products, quantity=2)
                for _round in range(WARM_UP + ROUNDS)
            ]
        )
        uids = [approver.id for approver in approvers]
        steps = side.get_steps(seller.id, uids, orders.ids)
    _check(database, steps, orders.ids[0])
    return steps


def _check(database, steps, order_id):
    """Go the way once, on the order of the first warm-up, and see that it leads where
    it should, without anything left behind."""
    with environment(database) as env:
        order = env["sale.order"].browse(order_id)
        for step in steps:
            assert order.state != "sale", order.name
            step.work(env(user=step.uid), 0)
            env.cr.flush()
            env.invalidate_all()
        assert order.state == "sale", order.name
        env.cr.rollback()
