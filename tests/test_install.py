"""The addon comes to a company whose orders were confirmed, shipped, invoiced and paid
before."""

import pytest
from o2c_apps import press, serving, snapshot
from o2c_cli import database
from o2c_server import RpcError
from o2c_world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with serving("o2c_test_install", database.ensure_base()) as server:
        yield server


@pytest.fixture(scope="module")
def world(server):
    world = World(server, {"sales": "sales_team.group_sale_manager"})
    admin = world.admin
    (term,) = admin.create(
        "account.payment.term",
        {
            "name": "30/70",
            "line_ids": [
                [0, 0, {"value": "percent", "value_amount": 30, "nb_days": 0}],
                [0, 0, {"value": "percent", "value_amount": 70, "nb_days": 30}],
            ],
        },
    )
    dated = {"date_order": "2026-01-10 12:00:00"}
    world.plain = world.confirmed(3)
    world.in_parts = world.confirmed(2, payment_term_id=term)
    world.quotes = world.quote(2)
    admin.call("sale.order", "write", world.plain + world.in_parts, dated)
    lines = admin.call(
        "sale.order.line",
        "search",
        [["order_id", "in", [world.quotes[0], world.plain[0]]]],
    )
    admin.call("sale.order.line", "write", lines, {"discount": 25.0})
    _invoice(admin, world.plain[1], 1150.0)
    _invoice(admin, world.in_parts[0], 345.0)
    # The price of today is not the one at which old orders were made.
    admin.call("product.product", "write", [world.product], {"list_price": 200.0})
    world.before = snapshot(server)
    assert press(server, "button_immediate_install") == "installed"
    return world


def _invoice(admin, order, paid):
    (wizard,) = admin.create(
        "sale.advance.payment.inv", {"sale_order_ids": [[6, 0, [order]]]}
    )
    action = admin.call("sale.advance.payment.inv", "create_invoices", [wizard])
    move = action["res_id"]
    admin.call("account.move", "action_post", [move])
    context = {"active_model": "account.move", "active_ids": [move]}
    wizard = admin.create("account.payment.register", {"amount": paid}, context=context)
    admin.call("account.payment.register", "action_create_payments", wizard)


def money(world, order):
    names = ("net", "collected", "outstanding", "invoiced", "to_request")
    names = [f"o2c_amount_{name}" for name in names]
    (row,) = world.sales.read("sale.order", [order], *names)
    return [row[name] for name in names]


def test_nothing_native_changes(server, world):
    assert snapshot(server) == world.before


def test_money(world):
    assert money(world, world.plain[1]) == [1150, 1150, 0, 1150, 0]
    assert money(world, world.plain[2]) == [1150, 0, 1150, 0, 1150]
    assert money(world, world.in_parts[0]) == [1150, 345, 805, 1150, 0]
    assert money(world, world.quotes[1]) == [0, 0, 0, 0, 0]


def test_plan(server, world):
    rows = world.sales.read(
        "sale.order",
        [*world.plain, *world.in_parts],
        "o2c_next_due_date",
        "o2c_is_overdue",
    )
    dates = [row["o2c_next_due_date"] for row in rows]
    first, second = "2026-01-10", "2026-02-09"
    assert dates == [first, False, first, second, first]
    plan = server.query(
        f"""
        SELECT date_due, amount, amount_open FROM o2c_installment
         WHERE order_id = {world.in_parts[0]} ORDER BY date_due
        """
    )
    assert plan == [(first, "345.00", "0.00"), (second, "805.00", "805.00")]
    unplanned = """
        SELECT COUNT(*) FROM sale_order
         WHERE state = 'sale' AND NOT EXISTS (
               SELECT 1 FROM o2c_installment WHERE order_id = sale_order.id)
        """
    assert server.scalar(unplanned) == 0


def test_discounts(world):
    """Old orders are what they were; quotations are judged by today's prices."""
    orders = [*world.plain[:2], *world.quotes]
    rows = world.sales.read("sale.order", orders, "o2c_effective_discount")
    discounts = [round(row["o2c_effective_discount"], 2) for row in rows]
    assert discounts == [25.0, 0.0, 62.5, 50.0]


def test_facts(world):
    rows = world.sales.call(
        "o2c.fact",
        "formatted_read_group",
        [["order_id", "in", [*world.plain, *world.in_parts]]],
        [],
        ["amount_ordered:sum", "amount_collected:sum", "amount_outstanding:sum"],
    )
    assert rows[0]["amount_ordered:sum"] == 5 * 1150 - 287.5
    assert rows[0]["amount_collected:sum"] == 1495
    assert rows[0]["amount_outstanding:sum"] == 5 * 1150 - 287.5 - 1495


def test_orders_go_on_as_before(world):
    world.sales.call("sale.order", "action_confirm", world.quotes)
    rows = world.sales.read("sale.order", world.quotes, "state", "o2c_task_ids")
    assert {row["state"] for row in rows} == {"sale"}
    assert not any(row["o2c_task_ids"] for row in rows)
    lines = world.sales.call(
        "sale.order.line", "search", [["order_id", "=", world.plain[2]]]
    )
    world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 20})


def test_roles_and_flow_can_be_given_afterwards(world):
    admin = world.admin
    with pytest.raises(RpcError, match="Nobody can decide"):
        world.switch_flow(True)
    world._make_users(
        {
            "orders": "sale_o2c_flow.group_order_admin",
            "finance": "sale_o2c_flow.group_finance",
            "warehouse": "sale_o2c_flow.group_warehouse_approver",
        }
    )
    world.switch_flow(True)
    (order,) = world.quote(1)
    world.sales.call("sale.order", "action_confirm", [order])
    (row,) = admin.read("sale.order", [order], "o2c_approval_state")
    assert row["o2c_approval_state"] == "pending"
    # An order from before keeps what it has: less of it needs nobody, more does.
    lines = world.sales.call(
        "sale.order.line", "search", [["order_id", "=", world.plain[2]]]
    )
    with pytest.raises(RpcError, match="goes beyond"):
        world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 21})
    world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 19})
