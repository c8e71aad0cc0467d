"""The addon goes, with documents at every stage; the company stays."""

import pytest
from o2c_apps import TRACES, press, serving, snapshot
from o2c_cli import database
from o2c_world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with serving("o2c_test_uninstall", database.ensure_addon()) as server:
        yield server


@pytest.fixture(scope="module")
def world(server):
    """Documents at every stage."""
    world = World(server)
    plain = world.confirmed(5)
    world.switch_flow(True)
    waiting, rejected, changed, approved = orders = world.quote(4)
    world.sales.call("sale.order", "action_o2c_submit", orders)
    for order in (changed, approved):
        world.approve(world.orders, order)
    tasks = world.tasks(world.orders, rejected)
    world.orders.call("o2c.approval.task", "action_reject", tasks, "No")
    lines = world.sales.call("sale.order.line", "search", [["order_id", "=", changed]])
    # It was approved, taken back, changed, and waits for the same approval again.
    world.sales.call("sale.order", "action_o2c_recall", [changed])
    world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 12})
    world.sales.call("sale.order", "action_o2c_submit", [changed])
    for user in (world.finance, world.warehouse):
        world.approve(user, approved)
    _leave_approvals_open(world, waiting, approved)
    _ship(world, plain[0], receive=True)
    _ship(world, plain[1], receive=False)
    world.collections([plain[3]], submit=False)
    world.collections([plain[2]], 100.0)
    paid = world.collections([plain[0], plain[1], approved], 500.0)
    world.finance.call("o2c.collection", "action_confirm", paid)
    back = world.collections([plain[0]], 50.0, direction="refund")
    world.finance.call("o2c.collection", "action_confirm", back)
    world.requests([plain[3]], submit=False)
    world.requests([plain[2]], 100.0)
    issued = world.requests([plain[0]], 300.0) + world.requests([plain[1]])
    world.finance.call("o2c.invoice.request", "action_issue", issued)
    world.documents = {"waiting": waiting, "approved": approved, "plain": plain}
    return world


def _leave_approvals_open(world, waiting, confirmed):
    """Leave a question, advice, an absence and a change of an order behind."""
    task = world.tasks(world.orders, waiting)
    tasks = "o2c.approval.task"
    world.orders.call(tasks, "action_send_back", task, "Why?")
    world.orders.call(tasks, "action_ask_advice", task, world.shipper.uid, "Fine?")
    world.orders.create(
        "o2c.approval.delegation",
        {"user_id": world.orders.uid, "delegate_id": world.warehouse.uid},
    )
    lines = world.sales.call(
        "sale.order.line", "search", [["order_id", "=", confirmed]]
    )
    vals = {"order_line": [[1, lines[0], {"product_uom_qty": 20}]]}
    world.sales.call("sale.order", "o2c_propose_change", [confirmed], vals)


def _ship(world, order, receive):
    pickings = world.shipper.call("stock.picking", "search", [["sale_id", "=", order]])
    wizard = world.shipper.create("o2c.ship", {"picking_id": pickings[0]})
    world.shipper.call("o2c.ship", "action_confirm", wizard)
    if receive:
        wizard = world.shipper.create(
            "o2c.receipt", {"picking_ids": pickings, "received_name": "Bob"}
        )
        world.shipper.call("o2c.receipt", "action_confirm", wizard)


def test_update_keeps_everything(server, world):
    ours = """
        SELECT (SELECT COUNT(*) FROM o2c_approval_task),
               (SELECT COUNT(*) FROM o2c_approval_decision),
               (SELECT SUM(amount) FROM o2c_collection),
               (SELECT SUM(amount) FROM o2c_invoice_request),
               (SELECT SUM(amount_open) FROM o2c_installment),
               (SELECT SUM(o2c_amount_outstanding) FROM sale_order),
               (SELECT BOOL_AND(active) FROM o2c_approval_flow)
        """
    before = snapshot(server), server.query(ours)
    assert press(server, "button_immediate_upgrade") == "installed"
    assert (snapshot(server), server.query(ours)) == before


def test_uninstall_leaves_the_company(server, world):
    before = snapshot(server)
    assert press(server, "button_immediate_uninstall") == "uninstalled"
    assert snapshot(server) == before
    left = {
        name: server.query(f"SELECT * {sql}")
        for name, sql in TRACES.items()
        if server.scalar(f"SELECT COUNT(*) {sql}")
    }
    assert not left
    _work_natively(server, world)


def _work_natively(server, world):
    """Open, confirm, ship, invoice and pay what is there."""
    sales, admin = world.sales, world.admin
    waiting = world.documents["waiting"]
    for model in ("sale.order", "stock.picking", "account.move", "account.payment"):
        admin.call(model, "get_views", [[False, "form"], [False, "list"]])
        ids = admin.call(model, "search", [])
        names = [
            name
            for name, field in admin.call(model, "fields_get", [], ["type"]).items()
            if field["type"] != "binary"
        ]
        admin.read(model, ids, *names)
    sales.call("sale.order", "action_confirm", [waiting])
    (row,) = sales.read("sale.order", [waiting], "state", "picking_ids")
    assert row["state"] == "sale"
    admin.call("stock.picking", "button_validate", row["picking_ids"])
    (wizard,) = admin.create(
        "sale.advance.payment.inv",
        {"sale_order_ids": [[6, 0, [waiting]]]},
    )
    action = admin.call("sale.advance.payment.inv", "create_invoices", [wizard])
    admin.call("account.move", "action_post", [action["res_id"]])
    context = {"active_model": "account.move", "active_ids": [action["res_id"]]}
    wizard = admin.create("account.payment.register", {}, context=context)
    admin.call("account.payment.register", "action_create_payments", wizard)
    (row,) = admin.read("account.move", [action["res_id"]], "payment_state")
    assert row["payment_state"] == "paid"


def test_install_again(server, world):
    before = snapshot(server)
    assert press(server, "button_immediate_install") == "installed"
    assert snapshot(server) == before
    # What was paid by invoices is known again; the collections are not.
    wrong = server.query(
        """
        SELECT name FROM sale_order
         WHERE o2c_amount_net != CASE state WHEN 'sale' THEN amount_total ELSE 0 END
            OR o2c_amount_net != o2c_amount_collected - o2c_amount_refunded
               + o2c_amount_outstanding
        """
    )
    assert not wrong
    orders = world.quote(1)
    world.sales.call("sale.order", "action_confirm", orders)
    (row,) = world.sales.read("sale.order", orders, "state")
    assert row["state"] == "sale"
