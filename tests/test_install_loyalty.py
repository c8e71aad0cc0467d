"""Discount & Loyalty comes to a company that runs the flow, and goes again: the glue
comes and goes with it, and holds from the first click on, in the same process."""

import pytest
from o2c_apps import press, serving, snapshot
from o2c_cli import database
from o2c_world import World

pytestmark = pytest.mark.slow

GLUE = "SELECT state FROM ir_module_module WHERE name = 'sale_o2c_flow_loyalty'"
WALLET = {
    "name": "Wallet",
    "program_type": "ewallet",
    "trigger": "auto",
    "applies_on": "future",
    "reward_ids": [
        [
            0,
            0,
            {
                "reward_type": "discount",
                "discount_mode": "per_point",
                "discount": 1.0,
                "required_points": 1,
            },
        ]
    ],
}


@pytest.fixture(scope="module")
def server():
    with serving("o2c_test_loyalty", database.ensure_addon()) as server:
        yield server


@pytest.fixture(scope="module")
def world(server):
    world = World(server)
    world.switch_flow(True)
    assert server.query(GLUE) == [("uninstalled",)]
    assert press(server, "button_immediate_install", "loyalty") == "installed"
    return world


def test_glue_comes_by_itself(server, world):
    assert server.query(GLUE) == [("installed",)]


def test_gate_holds_at_once(world):
    (program,) = world.admin.create("loyalty.program", WALLET)
    values = {"program_id": program, "partner_id": world.customer, "points": 50.0}
    (card,) = world.admin.create("loyalty.card", values)
    (order,) = world.quote(1)
    assert world.sales.call("sale.order", "action_open_reward_wizard", [order]) is True
    world.sales.call("sale.order", "action_confirm", [order])
    assert look_at(world, order, card) == ("draft", "pending", 1100.0, 50.0)
    for name in ("orders", "finance", "warehouse"):
        world.approve(getattr(world, name), order)
    assert look_at(world, order, card) == ("sale", "approved", 1100.0, 0.0)


def look_at(world, order, card):
    (row,) = world.admin.read(
        "sale.order", [order], "state", "o2c_approval_state", "amount_total"
    )
    (points,) = world.admin.read("loyalty.card", [card], "points")
    return (
        row["state"],
        row["o2c_approval_state"],
        row["amount_total"],
        points["points"],
    )


def test_it_goes_again(server, world):
    before = snapshot(server)
    assert press(server, "button_immediate_uninstall", "sale_loyalty") == "uninstalled"
    assert server.query(GLUE) == [("uninstalled",)]
    assert snapshot(server) == before
    assert not server.query(
        "SELECT 1 FROM information_schema.columns"
        " WHERE column_name = 'o2c_not_discount'"
    )
    (order,) = world.quote(1)
    world.sales.call("sale.order", "action_confirm", [order])
    assert world.tasks(world.orders, order)
