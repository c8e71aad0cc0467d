"""The addon as an administrator handles it in Apps, over HTTP."""

from contextlib import contextmanager

from o2c_server import Server

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


@contextmanager
def serving(name, template, **options):
    """Run a server on a database of its own; nothing may break while it runs.

    :param options: see :class:`o2c_server.Server`
    """
    server = Server(name, template, **options)
    try:
        yield server.start()
        assert_nothing_broke(server)
    finally:
        server.drop()


def snapshot(server):
    return {name: sorted(server.query(sql)) for name, sql in NATIVE.items()}


def press(server, method, name=MODULE):
    """Press the button of a module in Apps and return its state then."""
    admin = server.user("admin")
    domain = [["name", "=", name]]
    module = admin.call("ir.module.module", "search", domain)
    admin.call("ir.module.module", method, module)
    (row,) = admin.read("ir.module.module", module, "state")
    return row["state"]


def assert_nothing_broke(server):
    assert not server.complaints(), "\n".join(server.complaints())
