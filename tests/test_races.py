"""Two people click at the same moment, over HTTP, in several server processes.

Each race is run many times over: on its own pair of documents, from real threads,
against real commits. Whoever loses is told so; nothing is done twice or by half.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from o2c_apps import serving
from o2c_cli import database, postgres
from o2c_races import LANES, in_lanes, lost, winners
from o2c_server import RpcError, at_once, wait_for_lock
from o2c_world import World

pytestmark = pytest.mark.slow

REPEATS = 20


@pytest.fixture(scope="module")
def server():
    with serving("o2c_test_races", database.ensure_addon(), workers=5) as server:
        yield server


@pytest.fixture(scope="module")
def world(server):
    world = World(server)
    for login in ("sales", "finance", "finance2", "warehouse", "shipper", "shipper2"):
        getattr(world, login)
    return world


@pytest.fixture
def controlled(world):
    """The flow is on; back to off afterwards."""
    world.switch_flow(True)
    yield world
    world.switch_flow(False)


def test_two_confirm_the_same_collection(server, world):
    orders = world.confirmed(REPEATS)
    collections = world.collections(orders)

    def race(collection):
        return at_once(
            *(
                lambda user=user: user.call(
                    "o2c.collection", "action_confirm", [collection]
                )
                for user in (world.finance, world.finance2)
            )
        )

    for outcomes in in_lanes(race, collections):
        assert len(winners(outcomes)) == 1, outcomes
        lost(outcomes, "already decided by")
    assert_each_paid_once(server, collections)


def assert_each_paid_once(server, collections):
    """Check that each collection is confirmed with one posted payment of its own."""
    rows = server.query(
        f"""
        SELECT collection.state, COUNT(payment.id), SUM(payment.amount),
               MIN(move.state), SUM(sale.o2c_amount_collected)
          FROM o2c_collection collection
          JOIN o2c_collection_allocation part ON part.collection_id = collection.id
          JOIN sale_order sale ON sale.id = part.order_id
          LEFT JOIN account_payment payment
               ON payment.o2c_collection_id = collection.id
          LEFT JOIN account_move move ON move.id = payment.move_id
         WHERE collection.id IN {tuple(collections)}
         GROUP BY collection.id
        """
    )
    assert len(rows) == len(collections)
    assert set(rows) == {("confirmed", "1", "1150.00", "posted", "1150.00")}, rows


def test_confirmation_after_a_conflict(server, world):
    """Another transaction changes the order first: Odoo tries again, once."""
    orders = world.confirmed(3)
    collections = world.collections(orders)
    access = postgres.get_connection()
    for order, collection in zip(orders, collections, strict=True):
        other = psycopg2.connect(
            dbname=server.name,
            host=access["host"],
            port=access["port"],
            user=access["user"],
            password=access["password"],
        )
        with ThreadPoolExecutor(1) as pool:
            with other, other.cursor() as cursor:
                cursor.execute(
                    "UPDATE sale_order SET note = 'x' WHERE id = %s", [order]
                )
                call = pool.submit(
                    world.finance.call, "o2c.collection", "action_confirm", [collection]
                )
                wait_for_lock(server.name)
            call.result()
        other.close()
    assert "SERIALIZATION_FAILURE" in server.log.read_text()
    assert_each_paid_once(server, collections)


def test_two_decide_the_same_task(server, controlled):
    world = controlled
    orders = world.quote(REPEATS)
    world.sales.call("sale.order", "action_o2c_submit", orders)

    def race(order):
        world.approve(world.orders, order)
        (task,) = world.tasks(world.finance, order)
        outcomes = at_once(
            lambda: world.finance.call("o2c.approval.task", "action_approve", [task]),
            lambda: world.finance2.call(
                "o2c.approval.task", "action_reject", [task], "No"
            ),
        )
        return outcomes

    for outcomes in in_lanes(race, orders):
        assert len(winners(outcomes)) == 1, outcomes
        lost(outcomes, "already decided by", "no longer waits for a decision")
    decided = server.query(
        f"""
        SELECT task.state = decision.decision, sale.o2c_approval_state, task.state
          FROM o2c_approval_task task
          JOIN o2c_approval_decision decision ON decision.task_id = task.id
          JOIN sale_order sale ON sale.id = task.order_id
         WHERE task.name->>'en_US' = 'Finance' AND task.order_id IN {tuple(orders)}
        """
    )
    assert len(decided) == REPEATS
    assert set(decided) <= {
        ("True", "pending", "approved"),
        ("True", "rejected", "rejected"),
    }


def test_two_decide_on_the_order(server, controlled):
    """Two finance people click Approve on the same order: one decides."""
    world = controlled
    orders = world.quote(REPEATS // 2)
    world.sales.call("sale.order", "action_o2c_submit", orders)

    def race(order):
        world.approve(world.orders, order)
        outcomes = at_once(
            *(
                lambda user=user: user.call("sale.order", "action_o2c_approve", [order])
                for user in (world.finance, world.finance2)
            )
        )
        assert len(winners(outcomes)) == 1, outcomes
        lost(outcomes, "already decided by")

    in_lanes(race, orders)
    decisions = server.query(
        f"""
        SELECT COUNT(*) FROM o2c_approval_decision WHERE order_id IN {tuple(orders)}
         GROUP BY order_id
        """
    )
    assert decisions == [("2",)] * len(orders)


def test_answer_against_a_decision(server, controlled):
    """The answer comes in time, or is told that nobody needs it any more; no question
    and no to-do stays behind."""
    world = controlled
    orders = world.quote(REPEATS // 2)
    world.sales.call("sale.order", "action_o2c_submit", orders)

    def race(order):
        tasks = world.tasks(world.orders, order)
        world.orders.call("o2c.approval.task", "action_send_back", tasks, "Why?")
        (question,) = world.sales.call(
            "o2c.approval.question", "search", [["order_id", "=", order]]
        )
        outcomes = at_once(
            lambda: world.orders.call("o2c.approval.task", "action_approve", tasks),
            lambda: world.sales.call(
                "o2c.approval.question", "action_answer", [question], "So"
            ),
        )
        assert winners(outcomes), outcomes
        lost(outcomes, "is no longer needed")
        # Who was told to look again, does.
        if isinstance(outcomes[0], RpcError):
            world.approve(world.orders, order)

    in_lanes(race, orders)
    rows = server.query(
        f"""
        SELECT (question.state = 'answered') = (question.answer IS NOT NULL),
               question.state != 'open', task.state, task.has_question,
               (SELECT COUNT(*) FROM mail_activity todo
                  JOIN res_users person ON person.id = todo.user_id
                 WHERE todo.res_model = 'sale.order' AND todo.res_id = task.order_id
                   AND todo.active AND person.login = 'sales')
          FROM o2c_approval_question question
          JOIN o2c_approval_task task ON task.id = question.task_id
         WHERE question.order_id IN {tuple(orders)}
        """
    )
    assert len(rows) == len(orders)
    assert set(rows) == {("True", "True", "approved", "False", "0")}, rows


def test_all_departments_at_once(server, controlled):
    """Those who decide side by side do not overlook each other: the order confirms
    itself, whoever was last."""
    world = controlled
    step = world.admin.call(
        "o2c.approval.step", "search", [["name", "=", "Finance"]], limit=1
    )
    world.admin.call("o2c.approval.step", "write", step, {"rule": "all"})
    orders = world.quote(REPEATS // 2)
    world.sales.call("sale.order", "action_o2c_submit", orders)
    deciders = (world.finance, world.finance2, world.warehouse)

    def race(order):
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
        assert winners(outcomes), outcomes
        lost(outcomes)
        # Who was told to look again, does.
        for user, outcome in zip(deciders, outcomes, strict=True):
            if isinstance(outcome, RpcError):
                world.approve(user, order)

    in_lanes(race, orders)
    world.admin.call("o2c.approval.step", "write", step, {"rule": "any"})
    rows = server.query(
        f"""
        SELECT state, o2c_approval_state,
               (SELECT COUNT(*) FROM o2c_approval_decision decision
                 WHERE decision.order_id = sale.id),
               (SELECT COUNT(*) FROM stock_picking WHERE sale_id = sale.id)
          FROM sale_order sale WHERE id IN {tuple(orders)}
        """
    )
    assert set(rows) == {("sale", "approved", "4", "1")}, rows


@pytest.mark.parametrize("change", ["quantity", "product"])
def test_last_approval_against_a_change(server, controlled, change):
    """Either the change comes first and falls due, or the order is confirmed and the
    change refused."""
    world = controlled
    orders = world.quote(REPEATS // 2)
    lines = world.sales.call("sale.order.line", "search", [["order_id", "in", orders]])
    rows = world.sales.read("sale.order.line", lines, "order_id")
    line_of = {row["order_id"]: row["id"] for row in rows}
    world.sales.call("sale.order", "action_o2c_submit", orders)
    changes = {
        # Neither the product nor anything else of the order's own row changes then.
        "product": {"product_id": world.twin, "price_unit": 100.0},
        "quantity": {"product_uom_qty": 11},
    }

    def race(order):
        world.approve(world.orders, order)
        world.approve(world.finance, order)
        tasks = world.tasks(world.warehouse, order)
        approval, edit = at_once(
            lambda: world.warehouse.call("o2c.approval.task", "action_approve", tasks),
            lambda: world.sales.call(
                "sale.order.line", "write", [line_of[order]], changes[change]
            ),
        )
        lost(
            [approval, edit],
            "goes beyond",
            "is in approval",
            "no longer waits for a decision",
            "is not due yet",
            "cannot modify the product",
        )
        (row,) = world.sales.read("sale.order", [order], "state")
        edited = not isinstance(edit, RpcError)
        assert not (edited and row["state"] == "sale"), (approval, edit)

    in_lanes(race, orders)
    assert_approved_is_confirmed(server, orders)


def assert_approved_is_confirmed(server, orders):
    """Check that what confirmed orders hold is what was approved."""
    wrong = server.query(
        f"""
        SELECT sale.id, task.name
          FROM sale_order sale
          JOIN o2c_approval_task task
               ON task.order_id = sale.id AND task.state = 'approved'
          JOIN sale_order_line line ON line.order_id = sale.id
         CROSS JOIN LATERAL jsonb_object_keys(task.content::jsonb -> 'lines') key
         WHERE sale.id IN {tuple(orders)} AND sale.state = 'sale'
           AND (split_part(key, '/', 1)::int != line.product_id
                OR (task.content::jsonb -> 'lines' -> key ->> 0)::numeric
                   != line.product_uom_qty)
        """
    )
    assert not wrong


def test_last_approval_against_taking_back(server, controlled):
    world = controlled
    orders = world.quote(REPEATS // 2)
    world.sales.call("sale.order", "action_o2c_submit", orders)

    def race(order):
        world.approve(world.orders, order)
        world.approve(world.finance, order)
        tasks = world.tasks(world.warehouse, order)
        outcomes = at_once(
            lambda: world.warehouse.call("o2c.approval.task", "action_approve", tasks),
            lambda: world.sales.call("sale.order", "action_o2c_recall", [order]),
        )
        lost(outcomes, "no longer waits for a decision", "is not in approval")
        assert len(winners(outcomes)) == 1, outcomes
        (row,) = world.sales.read("sale.order", [order], "state", "o2c_approval_state")
        approved = not isinstance(outcomes[0], RpcError)
        expected = ("sale", "approved") if approved else ("draft", "none")
        assert (row["state"], row["o2c_approval_state"]) == expected

    in_lanes(race, orders)


def test_two_ship_the_same_delivery(server, world):
    orders = world.confirmed(REPEATS)
    pickings = world.shipper.call(
        "stock.picking", "search", [["state", "=", "assigned"]]
    )
    pickings = pickings[:REPEATS]
    dialogs = {
        user: dict(
            zip(
                pickings,
                user.create("o2c.ship", *({"picking_id": p} for p in pickings)),
                strict=True,
            )
        )
        for user in (world.shipper, world.shipper2)
    }

    def race(picking):
        return at_once(
            *(
                lambda user=user: user.call(
                    "o2c.ship", "action_confirm", [dialogs[user][picking]]
                )
                for user in dialogs
            )
        )

    for outcomes in in_lanes(race, pickings):
        assert len(winners(outcomes)) == 1, outcomes
        lost(outcomes, "already shipped by")
    shipped = server.query(
        f"""
        SELECT DISTINCT picking.state, SUM(move.quantity)
          FROM stock_picking picking JOIN stock_move move ON move.picking_id = picking.id
         WHERE picking.id IN {tuple(pickings)} GROUP BY picking.id
        """
    )
    assert [(state, float(quantity)) for state, quantity in shipped] == [("done", 10.0)]
    assert orders


def test_two_requests_for_the_whole_order(server, world):
    orders = world.confirmed(REPEATS)
    pairs = list(
        zip(
            world.requests(orders, submit=False),
            world.requests(orders, submit=False),
            strict=True,
        )
    )

    def race(pair):
        return at_once(
            *(
                lambda request=request: world.sales.call(
                    "o2c.invoice.request", "action_submit", [request]
                )
                for request in pair
            )
        )

    for outcomes in in_lanes(race, pairs):
        assert len(winners(outcomes)) == 1, outcomes
        lost(outcomes, "left to invoice")
    most = "SELECT MAX(o2c_amount_requested) FROM sale_order WHERE id IN {}"
    assert server.scalar(most.format(tuple(orders))) == 1150.0


def test_two_issue_the_same_request(server, world):
    orders = world.confirmed(REPEATS // 2)
    requests = world.requests(orders)

    def race(request):
        return at_once(
            *(
                lambda user=user: user.call(
                    "o2c.invoice.request", "action_issue", [request]
                )
                # The same person twice: a double click.
                for user in (world.finance, world.finance)
            )
        )

    for outcomes in in_lanes(race, requests):
        assert len(winners(outcomes)) == 1, outcomes
        lost(outcomes, "already decided by")
    invoices = server.query(
        f"""
        SELECT DISTINCT COUNT(move.id), SUM(move.amount_total), MIN(move.state)
          FROM account_move move WHERE o2c_request_id IN {tuple(requests)}
         GROUP BY o2c_request_id
        """
    )
    assert invoices == [("1", "1150.00", "posted")]


@pytest.mark.parametrize("direction", ["receive", "refund"])
def test_two_collections_of_the_whole_order(server, world, direction):
    orders = world.confirmed(REPEATS // 2)
    if direction == "refund":
        paid = world.collections(orders)
        world.finance.call("o2c.collection", "action_confirm", paid)
    pairs = list(
        zip(
            world.collections(orders, submit=False, direction=direction),
            world.collections(orders, submit=False, direction=direction),
            strict=True,
        )
    )

    def race(pair):
        outcomes = at_once(
            *(
                lambda collection=collection: world.sales.call(
                    "o2c.collection", "action_submit", [collection]
                )
                for collection in pair
            )
        )
        confirmed = at_once(
            *(
                lambda collection=collection, user=user: user.call(
                    "o2c.collection", "action_confirm", [collection]
                )
                for collection, user in zip(
                    pair, (world.finance, world.finance2), strict=True
                )
            )
        )
        return outcomes, confirmed

    for submitted, confirmed in in_lanes(race, pairs):
        assert len(winners(submitted)) == 1, submitted
        lost(submitted, "at most")
        assert len(winners(confirmed)) == 1, confirmed
        lost(confirmed, "does not wait for finance")
    column = "collected" if direction == "receive" else "refunded"
    amounts = server.query(
        f"SELECT DISTINCT o2c_amount_{column} FROM sale_order"
        f" WHERE id IN {tuple(orders)}"
    )
    assert amounts == [("1150.00",)]


def test_confirming_one_while_another_is_submitted(server, world):
    orders = world.confirmed(REPEATS // 2)
    first = world.collections(orders, 700.0)
    second = world.collections(orders, 700.0, submit=False)

    def race(pair):
        outcomes = at_once(
            lambda: world.finance.call("o2c.collection", "action_confirm", [pair[0]]),
            lambda: world.sales.call("o2c.collection", "action_submit", [pair[1]]),
        )
        assert not isinstance(outcomes[0], RpcError), outcomes
        assert isinstance(outcomes[1], RpcError), outcomes
        lost(outcomes, "at most")

    in_lanes(race, zip(first, second, strict=True))
    least = "SELECT MIN(o2c_amount_outstanding - o2c_amount_pending) FROM sale_order"
    assert server.scalar(f"{least} WHERE id IN {tuple(orders)}") == 450.0


def test_killed_while_confirming(server, world):
    """Nothing is half: each collection has its one payment, or waits as before."""
    orders = world.confirmed(REPEATS)
    collections = world.collections(orders)

    def confirm(collection):
        try:
            world.finance.call("o2c.collection", "action_confirm", [collection])
        except (OSError, RpcError):
            return False
        return True

    with ThreadPoolExecutor(LANES) as pool:
        calls = [pool.submit(confirm, collection) for collection in collections]
        while sum(call.done() for call in calls) < REPEATS // 4:
            time.sleep(0.01)
        server.stop(9)
        answered = [call.result() for call in calls]
    server.start()
    rows = dict(
        server.query(
            f"""
            SELECT collection.id, CONCAT_WS(' ', collection.state,
                   COUNT(payment.id), MIN(payment.state), MIN(move.state),
                   SUM(sale.o2c_amount_collected), SUM(sale.o2c_amount_pending))
              FROM o2c_collection collection
              JOIN o2c_collection_allocation part ON part.collection_id = collection.id
              JOIN sale_order sale ON sale.id = part.order_id
              LEFT JOIN account_payment payment
                   ON payment.o2c_collection_id = collection.id
              LEFT JOIN account_move move ON move.id = payment.move_id
             WHERE collection.id IN {tuple(collections)} GROUP BY collection.id
            """
        )
    )
    whole = "confirmed 1 in_process posted 1150.00 0.00"
    none = "to_confirm 0 0.00 1150.00"
    assert set(rows.values()) == {whole, none}, rows
    for collection, done in zip(collections, answered, strict=True):
        # What was answered is kept; what was not may have come through all the same.
        assert not done or rows[str(collection)] == whole
    waiting = [int(key) for key, value in rows.items() if value == none]
    world.finance.call("o2c.collection", "action_confirm", waiting)
    assert_each_paid_once(server, collections)


@pytest.mark.parametrize("change", ["quantities", "new lines"])
def test_two_change_an_order_with_an_agreed_total(server, world, change):
    """Whatever two people do to its lines at once, it comes to what was agreed, with
    one line of discount."""
    orders = world.quote(
        REPEATS // 2, o2c_order_discount_type="total", o2c_agreed_total=999.99
    )
    line = {"product_id": world.twin, "product_uom_qty": 5}
    world.sales.create(
        "sale.order.line", *({"order_id": order, **line} for order in orders)
    )
    rows = world.sales.call(
        "sale.order.line",
        "search_read",
        [["order_id", "in", orders]],
        ["order_id", "product_id"],
        load=None,
    )
    line_of = {(row["order_id"], row["product_id"]): row["id"] for row in rows}
    pairs = ((world.sales, world.product), (world.orders, world.twin))

    def edit(user, product, order):
        if change == "quantities":
            values = {"product_uom_qty": 12}
            user.call("sale.order.line", "write", [line_of[order, product]], values)
        else:
            values = {"order_id": order, "product_id": product}
            user.create("sale.order.line", values)

    def race(order):
        return at_once(
            *(
                lambda user=user, product=product: edit(user, product, order)
                for user, product in pairs
            )
        )

    for outcomes in in_lanes(race, orders):
        assert winners(outcomes) == outcomes
    rows = server.query(
        f"""
        SELECT sale.amount_total, SUM(line.price_total),
               COUNT(*) FILTER (WHERE line.extra_tax_data IS NOT NULL),
               SUM(line.product_uom_qty) FILTER (WHERE line.extra_tax_data IS NULL)
          FROM sale_order sale JOIN sale_order_line line ON line.order_id = sale.id
         WHERE sale.id IN {tuple(orders)} GROUP BY sale.id
        """
    )
    assert len(rows) == len(orders)
    quantity = 24 if change == "quantities" else 17
    found = {tuple(float(value) for value in row) for row in rows}
    assert found == {(999.99, 999.99, 1.0, float(quantity))}, rows
