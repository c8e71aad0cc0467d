"""One begins, another is done first: nobody decides on what they read before.

What the races run into by chance, in the one order of events that matters: two
transactions on a database of their own.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from o2c_cli import database
from o2c_server import wait_for_lock
from psycopg2.errors import SerializationFailure

import odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.exceptions import UserError
from odoo.modules.registry import Registry

from odoo.addons.sale_o2c_flow.tests.common import O2cCommon

NAME = "o2c_test_stale"
pytestmark = pytest.mark.slow


class Company:
    """The small company of the addon's own tests, made for good.

    Its class methods work on the environment of the transaction at hand.
    """

    def __init__(self, registry):
        self.registry = registry
        with registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            self.world = type("World", (O2cCommon,), {"env": env})
            self.world._make_world()
            self.ids = {
                name: (value._name, value.ids)
                for name, value in vars(self.world).items()
                if isinstance(value, odoo.models.BaseModel)
            }

    @contextmanager
    def transaction(self):
        """Begin a transaction and give the company as it is seen from there.

        It is committed at the end, unless something went wrong.
        """
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            records = {
                name: env[model].browse(ids) for name, (model, ids) in self.ids.items()
            }
            # PostgreSQL takes the picture of the data with the first query.
            cursor.execute("SELECT 1")
            yield type("World", (O2cCommon,), {"env": env, **records})


@pytest.fixture(scope="module")
def company():
    database.copy(database.ensure_addon(), NAME)
    # Loading a registry would run the tests of its modules.
    odoo.tools.config["test_enable"] = False
    try:
        yield Company(Registry(NAME))
    finally:
        odoo.tools.config["test_enable"] = True
        Registry.delete(NAME)
        sql_db.close_db(NAME)
        database.drop(NAME)


@contextmanager
def sent_back():
    """Check that PostgreSQL refuses what follows; Odoo would try it again."""
    with pytest.raises(SerializationFailure), odoo.tools.mute_logger("odoo.sql_db"):
        yield


def make_order(company, submit=True):
    """Return the id of an order, in approval."""
    with company.transaction() as world:
        order = world.make_order()
        if submit:
            order.action_o2c_submit()
            world.approve(order, world.order_admin)
        return order.id


def approve(world, user, order_id):
    world.tasks_of(user, world.env["sale.order"].browse(order_id)).action_approve()


@pytest.mark.parametrize("rule", ["any", "all"])
def test_deciders_side_by_side(company, rule):
    """Without being sent back, each would see the other's decision missing, and the
    order would wait for ever."""
    with company.transaction() as world:
        world.flow.step_ids.filtered(lambda s: s.name == "Finance").rule = rule
    order_id = make_order(company)
    first, second = "finance", "finance2" if rule == "all" else "warehouse"
    with sent_back(), company.transaction() as late:
        with company.transaction() as early:
            approve(early, getattr(early, first), order_id)
        approve(late, getattr(late, second), order_id)
    with company.transaction() as world:
        approve(world, getattr(world, second), order_id)
        order = world.env["sale.order"].browse(order_id)
        if rule == "all":
            approve(world, world.warehouse, order_id)
        assert (order.state, order.o2c_approval_state) == ("sale", "approved")
        world.flow.step_ids.rule = "any"


@pytest.mark.parametrize("first", ["decision", "change"])
def test_decision_and_change(company, first):
    """Another product of the same price: the order's own row stays as it is, and yet
    nobody's approval may stand for what they have not seen."""
    order_id = make_order(company)
    with company.transaction() as world:
        twin_id = world._make_product("Twin", 100.0).id

    def change(world):
        # As the portal does for a customer who chooses: colleagues are refused.
        order = world.env["sale.order"].sudo().browse(order_id)
        order.order_line.product_id = twin_id

    def decide(world):
        approve(world, world.finance, order_id)

    steps = (decide, change) if first == "decision" else (change, decide)
    with sent_back(), company.transaction() as late:
        with company.transaction() as early:
            steps[0](early)
        steps[1](late)
    with company.transaction() as world:
        steps[1](world)
        tasks = world.env["sale.order"].browse(order_id).o2c_task_ids
        states = sorted(tasks.filtered(lambda t: t.name == "Finance").mapped("state"))
        expected = ["superseded", "waiting"] if first == "decision" else ["approved"]
        assert states == expected


def test_decision_and_taking_back(company):
    order_id = make_order(company)
    with sent_back(), company.transaction() as late:
        with company.transaction() as early:
            order = early.env["sale.order"].browse(order_id)
            order.with_user(early.salesperson).action_o2c_recall()
        approve(late, late.finance, order_id)


def test_two_orders_within_the_same_credit_limit(company):
    """Each alone is within the limit of the customer; together they are not."""
    with company.transaction() as world:
        world.company.account_use_credit_limit = True
        # Somebody who owes nothing of what other tests sold.
        customer = world.env["res.partner"].create(
            {"name": "Careful", "credit_limit": 2000.0}
        )
        steps = world.flow.step_ids
        finance = steps.filtered(lambda step: step.name == "Finance")
        finance.over_credit_limit = True
        others = steps - finance
        # Steps that no order of the test passes.
        others.amount_from = 1000000.0
        # Nothing to reserve, which would make them meet anyway.
        service = world.env["product.product"].create(
            {"name": "Service", "type": "service", "list_price": 1500.0}
        )
        both = [
            world.make_order([(service, 1)], partner_id=customer.id).id
            for _number in range(2)
        ]

    def submit(world, order_id):
        order = world.env["sale.order"].with_user(world.salesperson).browse(order_id)
        order.action_o2c_submit()
        return order.state

    try:
        with sent_back(), company.transaction() as late:
            with company.transaction() as early:
                assert submit(early, both[0]) == "sale"
            submit(late, both[1])
        with company.transaction() as world:
            assert submit(world, both[1]) == "draft"
    finally:
        with company.transaction() as world:
            world.company.account_use_credit_limit = False
            world.flow.step_ids.over_credit_limit = False
            world.flow.step_ids.amount_from = 0.0


@pytest.mark.parametrize("direction", ["receive", "refund"])
def test_collections_of_the_same_money(company, direction):
    with company.transaction() as world:
        world.flow.active = False
        order = world.make_order()
        order.action_confirm()
        if direction == "refund":
            world.collect({order: 1150.0})
        both = [
            world.collect({order: 1150.0}, confirm=False, direction=direction).id
            for _number in range(2)
        ]
        world.flow.active = True
    with sent_back(), company.transaction() as late:
        with company.transaction() as early:
            early.env["o2c.collection"].browse(both[0]).action_submit()
        late.env["o2c.collection"].browse(both[1]).action_submit()
    with company.transaction() as world, pytest.raises(UserError, match="at most"):
        world.env["o2c.collection"].browse(both[1]).action_submit()


def test_requests_of_the_same_amount(company):
    with company.transaction() as world:
        world.flow.active = False
        order = world.make_order()
        order.action_confirm()
        both = [
            world.request_invoice(order, 1150.0, issue=False).id for _number in range(2)
        ]
        world.flow.active = True
    with sent_back(), company.transaction() as late:
        with company.transaction() as early:
            early.env["o2c.invoice.request"].browse(both[0]).action_submit()
        late.env["o2c.invoice.request"].browse(both[1]).action_submit()


def test_collection_confirmed_meanwhile(company):
    with company.transaction() as world:
        world.flow.active = False
        order = world.make_order()
        order.action_confirm()
        collection = world.collect({order: 1150.0}, confirm=False)
        collection.action_submit()
        collection_id = collection.id
        world.flow.active = True

    def confirm(world, user):
        collection = world.env["o2c.collection"].browse(collection_id)
        collection.with_user(user).action_confirm()

    with sent_back(), company.transaction() as late:
        with company.transaction() as early:
            confirm(early, early.finance)
        confirm(late, late.finance2)
    with company.transaction() as world, pytest.raises(UserError, match="already"):
        confirm(world, world.finance2)


def test_customer_waits(company):
    """A choice of the customer waits for the decision, to be tried again after it."""
    order_id = make_order(company)

    def choose():
        with company.transaction() as late:
            orders = late.env["sale.order"].with_user(late.env.ref("base.public_user"))
            orders.browse(order_id).sudo().order_line.product_uom_qty = 9

    with ThreadPoolExecutor(1) as pool, sent_back():
        with company.transaction() as early:
            approve(early, early.finance, order_id)
            early.env.flush_all()
            choice = pool.submit(choose)
            wait_for_lock(NAME)
        choice.result()


def test_whoever_comes_too_early_is_told(company):
    """The other is not done yet: no waiting, a message."""
    order_id = make_order(company)
    with company.transaction() as early:
        approve(early, early.finance, order_id)
        message = "Somebody else is working on"
        with company.transaction() as late, pytest.raises(UserError, match=message):
            approve(late, late.warehouse, order_id)
