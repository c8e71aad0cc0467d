"""Approvals that several people, or a person and the system, get at in one moment.

Each race is run many times over, against real commits; see ``test_races.py``.
"""

import html
import re

import pytest
from o2c_apps import serving
from o2c_cli import database
from o2c_races import BUSY, in_lanes, lost
from o2c_server import RpcError, at_once
from o2c_world import ROLES, World

pytestmark = pytest.mark.slow

REPEATS = 10


@pytest.fixture(scope="module")
def server():
    with serving(
        "o2c_test_races_approval", database.ensure_addon(), workers=5
    ) as server:
        yield server


@pytest.fixture(scope="module")
def world(server):
    world = World(server, {**ROLES, "finance3": "sale_o2c_flow.group_finance"})
    for login in ("sales", "orders", "finance", "finance2", "finance3", "warehouse"):
        getattr(world, login)
    world.step = world.admin.call(
        "o2c.approval.step", "search", [["name", "=", "Finance"]]
    )
    world.switch_flow(True)
    return world


@pytest.fixture
def finance_step(world):
    """Set what the step of finance says; back to what it said afterwards."""

    def write(**values):
        world.admin.call("o2c.approval.step", "write", world.step, values)

    yield write
    write(rule="any", deadline_hours=0, on_deadline="none")


def submitted(world, count=REPEATS, upto=()):
    """Return orders in approval, decided by some people already."""
    orders = world.quote(count)
    world.sales.call("sale.order", "action_o2c_submit", orders)
    for order in orders:
        for user in (world.orders, *upto):
            world.approve(user, order)
    return orders


def confirmed(world, count=REPEATS):
    return submitted(world, count, (world.finance, world.warehouse))


def propose(world, order, quantity, user=None):
    """Propose that a confirmed order takes another quantity."""
    user = user or world.sales
    lines = world.sales.call("sale.order.line", "search", [["order_id", "=", order]])
    vals = {"order_line": [[1, lines[0], {"product_uom_qty": quantity}]]}
    return user.call("sale.order", "o2c_propose_change", [order], vals)


def quantities(server, orders):
    return server.query(
        f"""
        SELECT line.product_uom_qty::int, SUM(move.product_uom_qty)::int
          FROM sale_order_line line
          JOIN stock_move move ON move.sale_line_id = line.id
         WHERE line.order_id IN {tuple(orders)} GROUP BY line.id
        """
    )


def test_change_approved_twice_at_once(server, world):
    """The last two to approve a change do so side by side: it is made once."""
    orders = confirmed(world)
    deciders = (world.finance, world.finance2, world.warehouse)

    def race(order):
        propose(world, order, 15)
        world.approve(world.orders, order)
        tasks = {user: world.tasks(user, order) for user in deciders}
        outcomes = at_once(
            *(
                lambda user=user: user.call(
                    "o2c.approval.task", "action_approve", tasks[user]
                )
                for user in deciders
            )
        )
        assert lost(outcomes, "already decided by", "no longer waits for a decision")
        # Who was told to look again, does.
        for user in deciders:
            world.approve(user, order)

    in_lanes(race, orders)
    assert quantities(server, orders) == [("15", "15")] * len(orders)
    changes = server.query(
        f"""
        SELECT change.state, COUNT(*), COUNT(DISTINCT decision.task_id)
          FROM o2c_order_change change
          JOIN o2c_approval_task task ON task.change_id = change.id
          JOIN o2c_approval_decision decision ON decision.task_id = task.id
         WHERE change.order_id IN {tuple(orders)} GROUP BY change.id
        """
    )
    assert changes == [("applied", "3", "3")] * len(orders)


def test_two_propose_at_once(server, world):
    orders = confirmed(world)

    def race(order):
        outcomes = at_once(
            lambda: propose(world, order, 12),
            lambda: propose(world, order, 13, world.admin),
        )
        assert len(lost(outcomes, "waits for approval already")) == 1, outcomes

    in_lanes(race, orders)
    assert quantities(server, orders) == [("10", "10")] * len(orders)
    open_changes = server.scalar(
        f"""
        SELECT COUNT(*) FROM o2c_order_change
         WHERE state = 'pending' AND order_id IN {tuple(orders)}
        """
    )
    assert open_changes == len(orders)


def test_change_withdrawn_or_made(server, world):
    orders = confirmed(world)

    def race(order):
        change = propose(world, order, 14)
        for user in (world.orders, world.finance):
            world.approve(user, order)
        tasks = world.tasks(world.warehouse, order)
        outcomes = at_once(
            lambda: world.warehouse.call("o2c.approval.task", "action_approve", tasks),
            lambda: world.sales.call("o2c.order.change", "action_withdraw", [change]),
        )
        losers = lost(
            outcomes, "no longer waits for a decision", "does not wait any more"
        )
        assert len(losers) == 1, outcomes
        return "withdrawn" if losers[0] is outcomes[0] else "applied", order

    expected = {str(order): state for state, order in in_lanes(race, orders)}
    rows = server.query(
        f"""
        SELECT change.order_id, change.state, line.product_uom_qty::int
          FROM o2c_order_change change
          JOIN sale_order_line line ON line.order_id = change.order_id
         WHERE change.order_id IN {tuple(orders)}
        """
    )
    quantity = {"applied": "14", "withdrawn": "10"}
    for order, state, ordered in rows:
        assert (state, ordered) == (expected[order], quantity[expected[order]])


def test_deciders_of_a_quorum(server, world, finance_step):
    """Two of three have to approve: never one alone, never counted twice."""
    finance_step(rule="quorum", quorum=2)
    orders = submitted(world)
    deciders = (world.finance, world.finance2, world.finance3)

    def race(order):
        tasks = world.tasks(world.finance, order)
        outcomes = at_once(
            *(
                lambda user=user: user.call(
                    "o2c.approval.task", "action_approve", tasks
                )
                for user in deciders
            )
        )
        lost(outcomes, "already decided by")
        # Who was told to look again, does, where one is still missing.
        for user, outcome in zip(deciders, outcomes, strict=True):
            if isinstance(outcome, RpcError):
                world.approve(user, order)

    in_lanes(race, orders)
    rows = server.query(
        f"""
        SELECT task.state, COUNT(*), COUNT(DISTINCT decision.user_id)
          FROM o2c_approval_task task
          JOIN o2c_approval_decision decision ON decision.task_id = task.id
         WHERE task.name->>'en_US' = 'Finance' AND task.order_id IN {tuple(orders)}
         GROUP BY task.id
        """
    )
    assert rows == [("approved", "2", "2")] * len(orders)


@pytest.mark.parametrize("by_itself", ["approve", "reject"])
def test_deadline_against_a_decider(server, world, finance_step, by_itself):
    """The system decides when the time is over, or somebody does in that moment."""
    finance_step(deadline_hours=1, on_deadline=by_itself)
    orders = submitted(world)
    (cron,) = world.admin.call(
        "ir.cron", "search", [["code", "=", "model._cron_watch_deadlines()"]]
    )
    tasks = {order: world.tasks(world.finance, order) for order in orders}
    server.query(
        f"""
        UPDATE o2c_approval_task SET deadline = NOW() AT TIME ZONE 'UTC' - interval '1h'
         WHERE state = 'pending' AND deadline IS NOT NULL
           AND order_id IN {tuple(orders)} RETURNING id
        """
    )
    deciders = (world.finance, world.finance2)
    # The last two are nobody's but the system's.
    contested = orders[:-2]
    calls = [
        lambda order=order, user=user: user.call(
            "o2c.approval.task", "action_approve", tasks[order]
        )
        for order, user in zip(contested, deciders * len(orders), strict=False)
    ]

    def automatic():
        world.admin.call("ir.cron", "method_direct_trigger", [cron])

    outcomes = at_once(automatic, *calls)
    assert not isinstance(outcomes[0], RpcError), outcomes[0]
    lost(outcomes, "already decided by", "no longer waits for a decision")
    # What somebody was working on is taken up the next time.
    automatic()
    rows = server.query(
        f"""
        SELECT decision.order_id, COUNT(*), MIN(decision.channel),
               MIN(decision.decision) = MIN(task.state)
          FROM o2c_approval_decision decision
          JOIN o2c_approval_task task ON task.id = decision.task_id
         WHERE task.name->>'en_US' = 'Finance' AND task.order_id IN {tuple(orders)}
         GROUP BY decision.order_id
        """
    )
    channels = dict.fromkeys(map(str, orders), "automatic")
    channels |= {
        str(order): "web"
        for order, outcome in zip(contested, outcomes[1:], strict=True)
        if not isinstance(outcome, RpcError)
    }
    assert sorted(rows) == sorted(
        (order, "1", channel, "True") for order, channel in channels.items()
    )


def test_link_used_twice_at_once(server, world):
    """Somebody clicks the button of their mail twice: it is decided once, and the
    second page says so."""
    rule = world.admin.ref(
        "sale_o2c_flow.notification_rule_approval_requested_decider_mail"
    )
    world.admin.call("o2c.notification.rule", "write", [rule], {"active": True})
    orders = submitted(world, 5)
    world.admin.call("o2c.notification.rule", "write", [rule], {"active": False})
    again = server.user("finance")

    def race(order):
        page = world.finance.http.get(server.url + _find_link(world, order))
        action = re.search(r'action="(/o2c/approval/[^"]+/decide)"', page.text)[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        other = again.http.get(page.url)
        token2 = re.search(r'name="csrf_token" value="([^"]+)"', other.text)[1]

        def send(session, csrf_token):
            data = {"csrf_token": csrf_token, "decision": "approve"}
            answer = session.http.post(server.url + action, data=data)
            assert answer.status_code == 200, answer.text
            return answer.text

        pages = at_once(lambda: send(world.finance, token), lambda: send(again, token2))
        told = [
            page for page in pages if "was already decided by" in page or BUSY in page
        ]
        assert len(told) == 1, pages

    in_lanes(race, orders)
    rows = server.query(
        f"""
        SELECT COUNT(*), MIN(decision.channel)
          FROM o2c_approval_decision decision
          JOIN o2c_approval_task task ON task.id = decision.task_id
         WHERE task.name->>'en_US' = 'Finance' AND task.order_id IN {tuple(orders)}
         GROUP BY task.id
        """
    )
    assert rows == [("1", "mail")] * len(orders)


def _find_link(world, order):
    """Return the path of the button in the mail to finance about an order."""
    (row,) = world.admin.read("sale.order", [order], "name")
    mails = world.admin.call(
        "mail.mail",
        "search_read",
        [
            ["subject", "like", row["name"]],
            ["recipient_ids.email", "=", "finance@example.com"],
        ],
        ["body_html"],
    )
    bodies = [html.unescape(mail["body_html"]) for mail in mails]
    (link,) = {
        found[1]
        for body in bodies
        for found in re.finditer(r'href="[^"]*(/o2c/approval/[^"]+approve)"', body)
    }
    return link


def test_decided_or_forwarded(server, world):
    """In two windows of the same person."""

    def race(order):
        (task,) = world.tasks(world.finance, order)
        (dialog,) = world.finance.create(
            "o2c.approval.forward",
            {
                "task_id": task,
                "user_id": world.warehouse.uid,
                "comment": "You know them",
            },
        )
        outcomes = at_once(
            lambda: world.finance.call("o2c.approval.task", "action_approve", [task]),
            lambda: world.finance.call(
                "o2c.approval.forward", "action_forward", [dialog]
            ),
        )
        (loser,) = lost(
            outcomes,
            "already decided",
            "not yours to decide",
            "no longer waits for a decision",
        )
        return str(task), "approved" if loser is outcomes[1] else "forwarded"

    expected = in_lanes(race, submitted(world, count=12))
    rows = server.query(
        "SELECT task_id, string_agg(decision, ',') FROM o2c_approval_decision"
        " WHERE task_id IN (%s) GROUP BY task_id"
        % ",".join(task for task, _decision in expected)
    )
    assert sorted(rows) == sorted(expected)
