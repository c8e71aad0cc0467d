"""The records that benchmarks work on."""

from odoo.fields import Command


def make_salesperson(env, login):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Benchmark",
                "login": login,
                "group_ids": [
                    Command.set(env.ref("sales_team.group_sale_salesman").ids)
                ],
            }
        )
    )


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
