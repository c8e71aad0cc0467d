"""Employees come to a company that runs the flow, and go again: the glue comes and goes
with them, and steps that were left to managers stay with somebody."""

import pytest
from o2c_apps import press, serving
from o2c_cli import database
from o2c_world import World

pytestmark = pytest.mark.slow

GLUE = "SELECT state FROM ir_module_module WHERE name = 'sale_o2c_flow_hr'"
COLUMN = (
    "SELECT 1 FROM information_schema.columns"
    " WHERE table_name = 'sale_order' AND column_name = 'o2c_department_id'"
)


@pytest.fixture(scope="module")
def server():
    with serving("o2c_test_hr", database.ensure_addon()) as server:
        yield server


def test_comes_and_goes(server):
    world = World(server)
    world.switch_flow(True)
    world.quote(1)
    assert press(server, "button_immediate_install", "hr") == "installed"
    assert server.query(GLUE) == [("installed",)]
    steps = world.admin.call("o2c.approval.step", "search", [["sequence", "=", 10]])
    world.admin.call("o2c.approval.step", "write", steps, {"decider_type": "manager"})
    (order,) = world.quote(1)
    world.sales.call("sale.order", "action_o2c_submit", [order])
    (row,) = world.admin.read("sale.order", [order], "o2c_approval_state")
    assert row["o2c_approval_state"] == "pending"

    assert press(server, "button_immediate_uninstall", "hr") == "uninstalled"
    assert server.query(GLUE) == [("uninstalled",)]
    assert not server.query(COLUMN)
    rows = world.admin.read("o2c.approval.step", steps, "decider_type")
    assert {row["decider_type"] for row in rows} == {"team_leader"}
    (order,) = world.quote(1)
    world.sales.call("sale.order", "action_confirm", [order])
    (row,) = world.admin.read("sale.order", [order], "state", "o2c_approval_state")
    assert (row["state"], row["o2c_approval_state"]) == ("draft", "pending")
