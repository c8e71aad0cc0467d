"""A company of an earlier version, with approvals under way, gets this one."""

import pytest
from o2c_apps import MODULE, serving, snapshot
from o2c_cli import database, postgres
from o2c_server import RpcError
from o2c_world import World

pytestmark = pytest.mark.slow

# What approvals did not have at first.
NEW_TABLES = (
    "o2c_approval_task_assigned_rel",
    "o2c_approval_task_escalated_rel",
    "o2c_approval_decision_behalf_rel",
    "o2c_approval_question",
)
NEW_COLUMNS = {
    "o2c_approval_task": (
        "allow_earlier",
        "change_id",
        "clock_stopped",
        "deadline",
        "deadline_hours",
        "deadline_met",
        "has_open_question",
        "has_question",
        "hours_left",
        "on_deadline",
        "quorum",
        "reject_reason_id",
        "remind_at",
        "remind_hours",
        "reminded",
        "stand_ins",
    ),
    "o2c_approval_decision": (
        "channel",
        "forwarded_to_id",
        "reject_reason_id",
        "snapshot",
    ),
    "o2c_approval_step": (
        "allow_earlier",
        "deadline_hours",
        "decider_field_id",
        "margin_below",
        "new_customer",
        "on_deadline",
        "overdue_customer",
        "quorum",
        "remind_hours",
    ),
    "o2c_approval_flow": ("confirms", "trigger"),
    "o2c_notification_rule": ("domain", "template_id"),
}


@pytest.fixture(scope="module")
def server():
    with serving("o2c_test_update", database.ensure_addon()) as server:
        yield server


@pytest.fixture(scope="module")
def world(server):
    """Orders at every turn, in a database as the first version left it."""
    world = World(server)
    world.switch_flow(True)
    step = world.admin.call("o2c.approval.step", "search", [["name", "=", "Finance"]])
    world.admin.call("o2c.approval.step", "write", step, {"rule": "all"})
    orders = world.quote(5)
    world.fresh, world.half, world.late, world.approved, world.rejected = orders
    world.sales.call("sale.order", "action_o2c_submit", orders)
    for order in orders[1:]:
        world.approve(world.orders, order)
    for order in (world.late, world.approved):
        world.approve(world.finance, order)
    for user in (world.finance2, world.warehouse):
        world.approve(user, world.approved)
    tasks = world.tasks(world.finance, world.rejected)
    world.finance.call("o2c.approval.task", "action_reject", tasks, "Too dear")
    world.before = snapshot(server)
    server.stop()
    _make_old(server)
    database.run_odoo(server.name, "-u", MODULE)
    server.start()
    return world


def _make_old(server):
    """Take away what was added to approvals since."""
    for table in NEW_TABLES:
        postgres.query(f"DROP TABLE {table} CASCADE", server.name)
    for table, columns in NEW_COLUMNS.items():
        drops = ", ".join(f"DROP COLUMN {column} CASCADE" for column in columns)
        postgres.query(f"ALTER TABLE {table} {drops}", server.name)
    # There was one reason only.
    postgres.query(
        "UPDATE o2c_approval_task SET reason_data = reason_data::jsonb -> 0",
        server.name,
    )


def states(world, *orders):
    rows = world.sales.read("sale.order", list(orders), "state", "o2c_approval_state")
    return [(row["state"], row["o2c_approval_state"]) for row in rows]


def test_nothing_native_changes(server, world):
    assert snapshot(server) == world.before


def test_tasks_are_put_to_who_decided_before(server, world):
    different = """
        SELECT task.id FROM o2c_approval_task task
         WHERE ARRAY(SELECT res_users_id FROM o2c_approval_task_assigned_rel
                      WHERE o2c_approval_task_id = task.id ORDER BY 1)
            != ARRAY(SELECT res_users_id FROM o2c_approval_task_res_users_rel
                      WHERE o2c_approval_task_id = task.id ORDER BY 1)
            OR task.allow_earlier IS NOT TRUE
        """
    assert not server.query(different)
    assert server.scalar("SELECT COUNT(*) FROM o2c_approval_task_assigned_rel") == 20


def test_flow_goes_on_as_it_was(server, world):
    assert server.query(
        "SELECT trigger, confirms FROM o2c_approval_flow WHERE active"
    ) == [("confirm", "True")]
    assert server.query(
        "SELECT DISTINCT on_deadline, allow_earlier, COALESCE(deadline_hours, 0)"
        " FROM o2c_approval_step"
    ) == [("none", "True", "0.0")]
    without = "SELECT COUNT(*) FROM o2c_notification_rule WHERE domain IS NULL"
    assert server.scalar(without) == 0


def test_inboxes(world):
    counts = [
        user.call("o2c.approval.task", "get_waiting_count")
        for user in (world.orders, world.finance, world.finance2, world.warehouse)
    ]
    # Finance has decided one of the two that wait for both of them.
    assert counts == [1, 1, 2, 2]


def test_reasons_are_told(world):
    tasks = world.tasks(world.warehouse, world.half)
    (row,) = world.warehouse.read("o2c.approval.task", tasks, "reason")
    assert row["reason"] == "Every order passes here"


def test_decisions_stand(world):
    ids = world.finance.call("o2c.approval.decision", "search", [])
    rows = world.finance.read("o2c.approval.decision", ids, "verified", "channel")
    assert rows
    assert {(row["verified"], row["channel"]) for row in rows} == {(True, False)}


def test_open_orders_are_decided(world):
    assert states(world, world.half, world.late) == [("draft", "pending")] * 2
    # Not a second time by who has decided.
    assert not world.finance.call(
        "o2c.approval.task",
        "search",
        [["order_id", "=", world.late], ["waits_for_me", "=", True]],
    )
    for user in (world.orders, world.finance, world.finance2, world.warehouse):
        world.approve(user, world.fresh)
    for user in (world.finance, world.finance2, world.warehouse):
        world.approve(user, world.half)
    for user in (world.finance2, world.warehouse):
        world.approve(user, world.late)
    done = states(world, world.fresh, world.half, world.late)
    assert done == [("sale", "approved")] * 3


def test_rejected_order_is_submitted_again(world):
    world.sales.call("sale.order", "action_o2c_submit", [world.rejected])
    # What was approved stands, what was rejected is asked again.
    assert not world.tasks(world.orders, world.rejected)
    for user in (world.finance, world.finance2, world.warehouse):
        world.approve(user, world.rejected)
    assert states(world, world.rejected) == [("sale", "approved")]


def test_confirmed_order_grows_by_a_change(world):
    order = world.approved
    lines = world.sales.call("sale.order.line", "search", [["order_id", "=", order]])
    with pytest.raises(RpcError, match="goes beyond"):
        world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 11})
    vals = {"order_line": [[1, lines[0], {"product_uom_qty": 11}]]}
    world.sales.call("sale.order", "o2c_propose_change", [order], vals)
    for user in (world.orders, world.finance, world.finance2, world.warehouse):
        world.approve(user, order)
    (row,) = world.sales.read("sale.order.line", lines, "product_uom_qty")
    assert row["product_uom_qty"] == 11


def test_absences_move_what_waits_since_before(world):
    (order,) = world.quote(1)
    world.sales.call("sale.order", "action_o2c_submit", [order])
    world.approve(world.orders, order)
    world.finance.create(
        "o2c.approval.delegation",
        {"user_id": world.finance.uid, "delegate_id": world.warehouse.uid},
    )
    tasks = world.tasks(world.warehouse, order)
    rows = world.warehouse.read("o2c.approval.task", tasks, "name")
    assert {row["name"] for row in rows} == {"Finance", "Warehouse"}
