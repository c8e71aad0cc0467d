"""Installing into a company that works already, updating, uninstalling, and again.

Over HTTP, on databases of their own, as an administrator does it in Apps.
"""

import pytest
from o2c_cli import database
from o2c_server import RpcError, Server
from o2c_world import World

pytestmark = pytest.mark.slow

MODULE = "sale_o2c_flow"
# What the company has of its own, whatever is installed on top.
NATIVE = {
    "orders": """
        SELECT state, COUNT(*), SUM(amount_total), SUM(amount_untaxed)
          FROM sale_order GROUP BY state""",
    "lines": """
        SELECT COUNT(*), SUM(product_uom_qty), SUM(qty_delivered), SUM(qty_invoiced)
          FROM sale_order_line""",
    "deliveries": "SELECT state, COUNT(*) FROM stock_picking GROUP BY state",
    "moves": """
        SELECT state, COUNT(*), SUM(quantity) FROM stock_move GROUP BY state""",
    "payments": """
        SELECT payment_type, state, COUNT(*), SUM(amount) FROM account_payment
         GROUP BY payment_type, state""",
    "invoices": """
        SELECT move_type, state, payment_state, COUNT(*), SUM(amount_total),
               SUM(amount_residual)
          FROM account_move GROUP BY move_type, state, payment_state""",
    "items": """
        SELECT COUNT(*), SUM(debit), SUM(credit), SUM(amount_residual)
          FROM account_move_line""",
    "matches": "SELECT COUNT(*), SUM(amount) FROM account_partial_reconcile",
}
# What would be ours.
TRACES = {
    "external ids": "FROM ir_model_data WHERE module = 'sale_o2c_flow'",
    "tables": """FROM information_schema.tables
        WHERE table_schema = 'public' AND table_name LIKE 'o2c%'""",
    "columns": """FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name LIKE '%o2c%'""",
    "indexes": "FROM pg_indexes WHERE indexname LIKE '%o2c%'",
    "constraints": "FROM pg_constraint WHERE conname LIKE '%o2c%'",
    "models": "FROM ir_model WHERE model LIKE 'o2c.%'",
    "fields": "FROM ir_model_fields WHERE name LIKE 'o2c_%' OR model LIKE 'o2c.%'",
    "rules": """FROM ir_rule WHERE name LIKE '%shippers%' OR domain_force LIKE '%o2c%'
        OR name LIKE 'Collections%'""",
    "groups": """FROM res_groups WHERE name->>'en_US' IN
        ('Order Administrator', 'Warehouse Approver', 'Shipper', 'O2C Manager')""",
    "categories": "FROM ir_module_category WHERE name->>'en_US' = 'Order to Cash'",
    "views": """FROM ir_ui_view WHERE model LIKE 'o2c.%' OR name LIKE '%o2c%'
        OR arch_db::text LIKE '%o2c_%'""",
    "menus": """FROM ir_ui_menu WHERE name->>'en_US' = 'Order to Cash'""",
    "actions": "FROM ir_act_window WHERE res_model LIKE 'o2c.%' OR domain LIKE '%o2c%'",
    "sequences": "FROM ir_sequence WHERE code LIKE 'o2c.%'",
    "kinds of to-dos": """FROM mail_activity_type
        WHERE name->>'en_US' IN ('Approve order', 'Confirm collection')""",
    "to-dos": "FROM mail_activity WHERE res_model LIKE 'o2c.%'",
    "open to-dos": "FROM mail_activity WHERE automated",
    "messages": "FROM mail_message WHERE model LIKE 'o2c.%'",
    "followers": "FROM mail_followers WHERE res_model LIKE 'o2c.%'",
    "files": "FROM ir_attachment WHERE res_model LIKE 'o2c.%'",
    "defaults and filters": """FROM ir_filters WHERE model_id LIKE 'o2c.%'
        OR domain LIKE '%o2c%'""",
}


def snapshot(server):
    return {name: sorted(server.query(sql)) for name, sql in NATIVE.items()}


def press(server, method):
    """Press the button of the module in Apps."""
    admin = server.user("admin")
    domain = [["name", "=", MODULE]]
    module = admin.call("ir.module.module", "search", domain)
    admin.call("ir.module.module", method, module)
    (row,) = admin.read("ir.module.module", module, "state")
    return row["state"]


def assert_nothing_broke(server):
    assert not server.broken(), "\n".join(server.broken())


class TestUninstall:
    """The addon goes, with documents at every stage; the company stays."""

    @pytest.fixture(scope="class")
    def server(self):
        server = Server("o2c_test_uninstall", database.ensure_addon())
        try:
            yield server.start()
            assert_nothing_broke(server)
        finally:
            server.drop()

    @pytest.fixture(scope="class")
    def world(self, server):
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
        lines = world.sales.call(
            "sale.order.line", "search", [["order_id", "=", changed]]
        )
        world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 12})
        for user in (world.finance, world.warehouse):
            world.approve(user, approved)
        self._ship(world, plain[0], receive=True)
        self._ship(world, plain[1], receive=False)
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

    @staticmethod
    def _ship(world, order, receive):
        pickings = world.shipper.call(
            "stock.picking", "search", [["sale_id", "=", order]]
        )
        wizard = world.shipper.create("o2c.ship", {"picking_id": pickings[0]})
        world.shipper.call("o2c.ship", "action_confirm", wizard)
        if receive:
            wizard = world.shipper.create(
                "o2c.receipt", {"picking_ids": pickings, "received_name": "Bob"}
            )
            world.shipper.call("o2c.receipt", "action_confirm", wizard)

    def test_update_keeps_everything(self, server, world):
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

    def test_uninstall_leaves_the_company(self, server, world):
        before = snapshot(server)
        assert press(server, "button_immediate_uninstall") == "uninstalled"
        assert snapshot(server) == before
        left = {
            name: server.query(f"SELECT * {sql}")
            for name, sql in TRACES.items()
            if server.scalar(f"SELECT COUNT(*) {sql}")
        }
        assert not left
        self._work_natively(server, world)

    def _work_natively(self, server, world):
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

    def test_install_again(self, server, world):
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


class TestIntoAWorkingCompany:
    """Orders were confirmed, shipped, invoiced and paid before the addon came."""

    @pytest.fixture(scope="class")
    def server(self):
        server = Server("o2c_test_install", database.ensure_base())
        try:
            yield server.start()
            assert_nothing_broke(server)
        finally:
            server.drop()

    @pytest.fixture(scope="class")
    def world(self, server):
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
        self._invoice(admin, world.plain[1], 1150.0)
        self._invoice(admin, world.in_parts[0], 345.0)
        # The price of today is not the one at which old orders were made.
        admin.call("product.product", "write", [world.product], {"list_price": 200.0})
        world.before = snapshot(server)
        assert press(server, "button_immediate_install") == "installed"
        return world

    @staticmethod
    def _invoice(admin, order, paid):
        (wizard,) = admin.create(
            "sale.advance.payment.inv", {"sale_order_ids": [[6, 0, [order]]]}
        )
        action = admin.call("sale.advance.payment.inv", "create_invoices", [wizard])
        move = action["res_id"]
        admin.call("account.move", "action_post", [move])
        context = {"active_model": "account.move", "active_ids": [move]}
        wizard = admin.create(
            "account.payment.register", {"amount": paid}, context=context
        )
        admin.call("account.payment.register", "action_create_payments", wizard)

    def money(self, world, order):
        names = ("net", "collected", "outstanding", "invoiced", "to_request")
        names = [f"o2c_amount_{name}" for name in names]
        (row,) = world.sales.read("sale.order", [order], *names)
        return [row[name] for name in names]

    def test_nothing_native_changes(self, server, world):
        assert snapshot(server) == world.before

    def test_money(self, world):
        assert self.money(world, world.plain[1]) == [1150, 1150, 0, 1150, 0]
        assert self.money(world, world.plain[2]) == [1150, 0, 1150, 0, 1150]
        assert self.money(world, world.in_parts[0]) == [1150, 345, 805, 1150, 0]
        assert self.money(world, world.quotes[1]) == [0, 0, 0, 0, 0]

    def test_plan(self, server, world):
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

    def test_discounts(self, world):
        """Old orders are what they were; quotations are judged by today's prices."""
        orders = [*world.plain[:2], *world.quotes]
        rows = world.sales.read("sale.order", orders, "o2c_effective_discount")
        discounts = [round(row["o2c_effective_discount"], 2) for row in rows]
        assert discounts == [25.0, 0.0, 62.5, 50.0]

    def test_facts(self, world):
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

    def test_orders_go_on_as_before(self, world):
        world.sales.call("sale.order", "action_confirm", world.quotes)
        rows = world.sales.read("sale.order", world.quotes, "state", "o2c_task_ids")
        assert {row["state"] for row in rows} == {"sale"}
        assert not any(row["o2c_task_ids"] for row in rows)
        lines = world.sales.call(
            "sale.order.line", "search", [["order_id", "=", world.plain[2]]]
        )
        world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 20})

    def test_roles_and_flow_can_be_given_afterwards(self, world):
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
        # An order from before may be changed as long as nothing was approved of it.
        lines = world.sales.call(
            "sale.order.line", "search", [["order_id", "=", world.plain[2]]]
        )
        world.sales.call("sale.order.line", "write", lines, {"product_uom_qty": 21})
