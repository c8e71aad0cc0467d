"""The counter of what waits for an approver."""

from odoo.fields import Domain
from odoo.tools import SQL

from .approval_sides import TIERS, Addon, Peer
from .data import make_approver, make_products, make_salesperson, prepare_order
from .harness import Contestant, Step, environment, take_turns
from .results import Table

ROUNDS = 50
PENDING = 5_000


def run(databases):
    """Measure the counter of an approver for whom thousands of orders wait.

    :return: the tables of results
    """
    note = f"{PENDING:,} more wait for others."
    contestants = [_get_contestant("with the addon", databases.addon, Addon(), _Ours())]
    if databases.peer:
        contestants.insert(
            0,
            _get_contestant(
                "OCA sale_tier_validation", databases.peer, Peer(), _Theirs()
            ),
        )
    else:
        note += " The peer could not be fetched here: it is left out."
    table = Table(
        title=f"Count the orders that wait for me: {PENDING:,}",
        note=note,
        measurements=take_turns(contestants, ROUNDS),
    )
    return [table]


class _Ours:
    table = "o2c_approval_task"
    relation = "o2c_approval_task_res_users_rel"
    order = "order_id"

    def get_first(self, order):
        return order.sudo().o2c_task_ids.sorted("sequence")[0]

    def count(self, env):
        mine = Domain("state", "=", "pending") & Domain("user_ids", "in", env.uid)
        return env["o2c.approval.task"].search_count(mine)


class _Theirs:
    table = "tier_review"
    relation = "res_users_tier_review_rel"
    order = "res_id"

    def get_first(self, order):
        return order.sudo().review_ids.sorted("sequence")[0]

    def count(self, env):
        return sum(each["pending_count"] for each in env.user.review_user_count())


def _get_contestant(name, database, side, inbox):
    with environment(database) as env:
        mine, others = (
            _submit(env, side, f"inbox_{number}", inbox) for number in range(2)
        )
        for task in (mine[1], others[1]):
            _multiply(env, inbox, task)
        uid = mine[0]
    with environment(database, uid) as env:
        counted = inbox.count(env)
        assert counted == PENDING, counted

    def work(env, turn):
        inbox.count(env)

    return Contestant(name, database, [Step(uid, work)])


def _submit(env, side, login, inbox):
    """Have an order wait for a new approver; return their id and what waits."""
    approvers = [make_approver(env, f"{login}_{number}") for number in range(TIERS)]
    seller = make_salesperson(env, f"{login}_seller")
    side.prepare(env, approvers, notices=False)
    partner = env["res.partner"].create({"name": "Customer"})
    order = env["sale.order"].create(
        prepare_order(partner, seller, make_products(env, 1), quantity=1)
    )
    uids = [approver.id for approver in approvers]
    steps = side.get_steps(seller.id, uids, order.ids)
    steps[0].work(env(user=seller.id), 0)
    env.flush_all()
    return uids[0], inbox.get_first(order)


def _multiply(env, inbox, task):
    """Copy an order and what waits of it, row by row: as if it had been submitted so
    often."""
    order_id = task[inbox.order]
    order_id = order_id if isinstance(order_id, int) else order_id.id
    env.cr.execute(
        SQL(
            """
            WITH orders AS (
                INSERT INTO sale_order (%(order_columns)s)
                SELECT %(order_columns)s
                  FROM sale_order, generate_series(2, %(count)s)
                 WHERE id = %(order)s
             RETURNING id
            ), tasks AS (
                INSERT INTO %(table)s (%(owner)s, %(task_columns)s)
                SELECT orders.id, %(task_columns)s
                  FROM orders, (SELECT %(task_columns)s FROM %(table)s
                                 WHERE id = %(task)s) first
             RETURNING id
            )
            INSERT INTO %(relation)s (%(table_id)s, res_users_id)
            SELECT tasks.id, rel.res_users_id
              FROM tasks, %(relation)s rel
             WHERE rel.%(table_id)s = %(task)s
            """,
            order_columns=_get_columns(env, "sale_order"),
            task_columns=_get_columns(env, inbox.table, inbox.order),
            count=PENDING,
            order=order_id,
            task=task.id,
            table=SQL.identifier(inbox.table),
            owner=SQL.identifier(inbox.order),
            relation=SQL.identifier(inbox.relation),
            table_id=SQL.identifier(f"{inbox.table}_id"),
        )
    )
    for table in ("sale_order", inbox.table, inbox.relation):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def _get_columns(env, table, *without):
    env.cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            table,
        )
    )
    names = {name for (name,) in env.cr.fetchall()} - {"id", "access_token", *without}
    return SQL(", ").join(map(SQL.identifier, sorted(names)))
