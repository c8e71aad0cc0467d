"""A small company made over RPC, with one session per role."""

from functools import cached_property

ROLES = {
    "sales": "sales_team.group_sale_salesman",
    "orders": "sale_o2c_flow.group_order_admin",
    "finance": "sale_o2c_flow.group_finance",
    "finance2": "sale_o2c_flow.group_finance",
    "warehouse": "sale_o2c_flow.group_warehouse_approver",
    "shipper": "sale_o2c_flow.group_shipper",
    "shipper2": "sale_o2c_flow.group_shipper",
}


class World:
    """The people of a company on a server, a product and a customer.

    :param roles: groups by login; those of the whole path when left out
    """

    def __init__(self, server, roles=None):
        self.server = server
        self.admin = server.user("admin")
        self._make_users(ROLES if roles is None else roles)
        (tax,) = self.admin.create("account.tax", {"name": "15 %", "amount": 15.0})
        (self.customer,) = self.admin.create("res.partner", {"name": "Customer"})
        self.product, self.twin = self.admin.create(
            "product.product",
            *(
                {
                    "name": name,
                    "is_storable": True,
                    "list_price": 100.0,
                    "taxes_id": [[6, 0, [tax]]],
                    "invoice_policy": "order",
                }
                for name in ("Desk", "Table")
            ),
        )
        self._fill_stock(self.product, self.twin)

    def _make_users(self, roles):
        self.admin.create(
            "res.users",
            *(
                {
                    "name": login.title(),
                    "login": login,
                    "password": login,
                    "email": f"{login}@example.com",
                    "group_ids": [[6, 0, [self.admin.ref(group)]]],
                }
                for login, group in roles.items()
            ),
            context={"no_reset_password": True},
        )

    def _fill_stock(self, *products):
        warehouse = self.admin.call("stock.warehouse", "search", [], limit=1)
        (row,) = self.admin.read("stock.warehouse", warehouse, "lot_stock_id")
        context = {"inventory_mode": True}
        quants = self.admin.create(
            "stock.quant",
            *(
                {
                    "product_id": product,
                    "location_id": row["lot_stock_id"],
                    "inventory_quantity": 100000,
                }
                for product in products
            ),
            context=context,
        )
        self.admin.call("stock.quant", "action_apply_inventory", quants)

    def __getattr__(self, name):
        """The session of a user of that login, signed in when first asked for."""
        if name.startswith("_"):
            raise AttributeError(name)
        session = self.server.user(name)
        setattr(self, name, session)
        return session

    @cached_property
    def flow(self):
        return self.admin.ref("sale_o2c_flow.approval_flow_standard")

    def switch_flow(self, active):
        """Have orders approved, or not."""
        self.admin.call("o2c.approval.flow", "write", [self.flow], {"active": active})

    def quote(self, count, user=None, **values):
        """Return quotations over 1150."""
        line = {"product_id": self.product, "product_uom_qty": 10}
        return (user or self.sales).create(
            "sale.order",
            *(
                {"partner_id": self.customer, "order_line": [[0, 0, line]], **values}
                for _number in range(count)
            ),
        )

    def confirmed(self, count, **values):
        """Return orders over 1150 that needed nobody's approval."""
        orders = self.quote(count, **values)
        self.sales.call("sale.order", "action_confirm", orders)
        return orders

    def collections(self, orders, amount=1150.0, submit=True, **values):
        """Return a collection for each order."""
        ids = self.sales.create(
            "o2c.collection",
            *(
                {
                    "partner_id": self.customer,
                    "allocation_ids": [[0, 0, {"order_id": order, "amount": amount}]],
                    **values,
                }
                for order in orders
            ),
        )
        if submit:
            self.sales.call("o2c.collection", "action_submit", ids)
        return ids

    def requests(self, orders, amount=1150.0, submit=True):
        """Return an invoice request for each order."""
        ids = self.sales.create(
            "o2c.invoice.request",
            *({"order_id": order, "amount": amount} for order in orders),
        )
        if submit:
            self.sales.call("o2c.invoice.request", "action_submit", ids)
        return ids

    def tasks(self, user, order):
        """Return the tasks of an order that wait for a user."""
        domain = [["order_id", "=", order], ["state", "=", "pending"]]
        domain += [["user_ids", "in", [user.uid]]]
        return user.call("o2c.approval.task", "search", domain)

    def approve(self, user, order):
        """Have a user approve what waits for them."""
        tasks = self.tasks(user, order)
        if tasks:
            user.call("o2c.approval.task", "action_approve", tasks)
