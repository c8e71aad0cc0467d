"""The records that benchmarks work on."""

from odoo.fields import Command


def make_salesperson(env, login):
    """Make somebody who sells, and sees their own orders."""
    return _make_user(env, login, "sales_team.group_sale_salesman")


def make_approver(env, login):
    """Make somebody who sees everybody's orders."""
    return _make_user(env, login, "sales_team.group_sale_salesman_all_leads")


def _make_user(env, login, group):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": login,
                "login": login,
                # Told within Odoo: there is no mail server to measure.
                "notification_type": "inbox",
                "group_ids": [Command.set(env.ref(group).ids)],
            }
        )
    )


def make_products(env, count):
    """Make goods of which there is enough in stock."""
    products = env["product.product"].create(
        [
            {"name": f"Product {number}", "is_storable": True, "list_price": 10.0}
            for number in range(count)
        ]
    )
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for product in products:
        env["stock.quant"]._update_available_quantity(product, location, 10_000)
    return products


def prepare_order(partner, user, products, quantity, **values):
    """Return the values of an order with a line for each product."""
    return {
        "partner_id": partner.id,
        "user_id": user.id,
        "order_line": [
            Command.create({"product_id": product.id, "product_uom_qty": quantity})
            for product in products
        ],
        **values,
    }
