"""Somebody decides and forwards the same task at the same moment, in two windows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from o2c_cli import database
from o2c_server import RpcError, Server, at_once
from o2c_world import World

pytestmark = pytest.mark.slow

REPEATS = 12
LANES = 3


@pytest.fixture(scope="module")
def server():
    server = Server("o2c_test_races_forward", database.ensure_addon(), workers=5)
    try:
        yield server.start()
        assert not server.complaints(), "\n".join(server.complaints())
    finally:
        server.drop()


@pytest.fixture(scope="module")
def world(server):
    world = World(server)
    for login in ("sales", "orders", "finance", "warehouse"):
        getattr(world, login)
    world.switch_flow(True)
    return world


def test_decided_or_forwarded(server, world):
    orders = world.quote(REPEATS)
    world.sales.call("sale.order", "action_o2c_submit", orders)

    def race(order):
        world.approve(world.orders, order)
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
        lost = [outcome for outcome in outcomes if isinstance(outcome, RpcError)]
        assert len(lost) == 1, outcomes
        known = (
            "already decided",
            "not yours to decide",
            "no longer waits for a decision",
            "Somebody else is working on",
        )
        assert any(text in lost[0].message for text in known), lost
        return str(task), "approved" if lost[0] is outcomes[1] else "forwarded"

    with ThreadPoolExecutor(LANES) as pool:
        expected = list(pool.map(race, orders))
    rows = server.query(
        "SELECT task_id, string_agg(decision, ',') FROM o2c_approval_decision"
        " WHERE task_id IN (%s) GROUP BY task_id"
        % ",".join(task for task, _decision in expected)
    )
    assert sorted(rows) == sorted(expected)
