from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase


class O2cCommon(TransactionCase):
    """A small company with one person in each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True).env
        cls._make_world()

    @classmethod
    def _make_world(cls):
        cls.company = cls.env.company
        sale = "sales_team.group_sale_salesman"
        cls.salesperson = cls._make_user("sales", sale)
        cls.salesperson2 = cls._make_user("sales2", sale)
        cls.leader = cls._make_user(
            "leader", "sales_team.group_sale_salesman_all_leads"
        )
        cls.order_admin = cls._make_user("orders", "sale_o2c_flow.group_order_admin")
        cls.finance = cls._make_user("finance", "sale_o2c_flow.group_finance")
        cls.finance2 = cls._make_user("finance2", "sale_o2c_flow.group_finance")
        cls.warehouse = cls._make_user(
            "warehouse", "sale_o2c_flow.group_warehouse_approver"
        )
        cls.shipper = cls._make_user("shipper", "sale_o2c_flow.group_shipper")
        cls.director = cls._make_user("director", "sale_o2c_flow.group_manager")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team",
                "user_id": cls.leader.id,
                "member_ids": [Command.set([cls.salesperson.id, cls.salesperson2.id])],
            }
        )
        cls.flow = cls.env.ref("sale_o2c_flow.approval_flow_standard")
        cls.flow.active = True
        cls.tax = cls.env["account.tax"].create({"name": "15 %", "amount": 15.0})
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@example.com"}
        )
        cls.product = cls._make_product("Desk", 100.0)
        cls.product2 = cls._make_product("Chair", 33.33)

    @contextmanager
    def refused(self, pattern=""):
        """Check that what follows is refused with a message, and take it back."""
        with (
            self.assertRaisesRegex(UserError, pattern),
            self.env.cr.savepoint(),
        ):
            yield

    @classmethod
    def _make_user(cls, login, *groups):
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.title(),
                    "login": f"o2c_{login}",
                    "email": f"{login}@example.com",
                    "group_ids": [
                        Command.set([cls.env.ref(group).id for group in groups])
                    ],
                }
            )
        )

    @classmethod
    def _make_product(cls, name, price, stock=1000.0):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": price,
                "taxes_id": [Command.set(cls.tax.ids)],
                "invoice_policy": "order",
            }
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, stock
        )
        return product

    @classmethod
    def make_order(cls, lines=None, user=None, **values):
        """Return a quotation made by a salesperson.

        :param lines: tuples of product, quantity, and optionally unit price, discount
        """
        user = user or cls.salesperson
        return (
            cls.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "team_id": cls.team.id,
                    "user_id": user.id,
                    "order_line": [
                        Command.create(cls._prepare_line(*line))
                        for line in lines or [(cls.product, 10)]
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _prepare_line(cls, product, quantity, price=None, discount=None):
        values = {"product_id": product.id, "product_uom_qty": quantity}
        if price is not None:
            values["price_unit"] = price
        if discount is not None:
            values["discount"] = discount
        return values

    @classmethod
    def tasks_of(cls, user, order):
        """Return the tasks of an order that wait for somebody, as that person."""
        return (
            cls.env["o2c.approval.task"]
            .with_user(user)
            .search(
                [
                    ("order_id", "=", order.id),
                    ("state", "=", "pending"),
                    ("user_ids", "in", user.ids),
                ]
            )
        )

    @classmethod
    def approve(cls, order, *users):
        """Have people approve what waits for them; everybody when none is named."""
        everybody = (
            cls.order_admin,
            cls.leader,
            cls.finance,
            cls.warehouse,
            cls.director,
        )
        for user in users or everybody:
            cls.tasks_of(user, order).action_approve()

    def make_confirmed_order(self, lines=None, **values):
        """Return an order that went through its approvals."""
        order = self.make_order(lines, **values)
        order.action_o2c_submit()
        self.approve(order)
        self.assertEqual(order.state, "sale")
        return order

    @classmethod
    def collect(cls, amounts, user=None, confirm=True, **values):
        """Return a collection over orders, confirmed unless said otherwise.

        :param dict amounts: amount by order
        """
        collection = (
            cls.env["o2c.collection"]
            .with_user(user or cls.salesperson)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "allocation_ids": [
                        Command.create({"order_id": order.id, "amount": amount})
                        for order, amount in amounts.items()
                    ],
                    **values,
                }
            )
        )
        if confirm:
            collection.action_submit()
            collection.with_user(cls.finance).action_confirm()
        return collection

    @classmethod
    def request_invoice(cls, order, amount, issue=True):
        """Return an invoice request, issued unless said otherwise."""
        request = (
            cls.env["o2c.invoice.request"]
            .with_user(cls.salesperson)
            .create({"order_id": order.id, "amount": amount})
        )
        if issue:
            request.action_submit()
            request.with_user(cls.finance).action_issue()
        return request

    @classmethod
    def ship(cls, order):
        """Ship whatever waits of an order."""
        pickings = order.sudo().picking_ids.filtered(lambda p: p.state == "assigned")
        pickings.with_user(cls.shipper)._o2c_confirm_shipment()
        return pickings

    @classmethod
    def _prepare_receipt_entry(cls, partner, journal, amount):
        """Return the values of an entry that takes an amount from what is owed."""
        account = journal.default_account_id or cls.env["account.account"].search(
            [("account_type", "=", "expense")], limit=1
        )
        receivable = partner.property_account_receivable_id
        return {
            "journal_id": journal.id,
            "line_ids": [
                Command.create({"account_id": account.id, "debit": amount}),
                Command.create(
                    {
                        "account_id": receivable.id,
                        "partner_id": partner.id,
                        "credit": amount,
                    }
                ),
            ],
        }

    @classmethod
    def take_back(cls, order, quantity):
        """Take goods of an order back, from every line of what was shipped last."""
        picking = order.sudo().picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state == "done"
        )[-1:]
        wizard = (
            cls.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": True})
        returned = cls.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        returned.move_ids.picked = True
        returned.button_validate()
        return returned

    def messages_to(self, user, *documents):
        """Return what a user was told about documents, in plain words."""
        mails = self.mails_to(user).filtered("model")
        messages = mails.mail_message_id | self.env["mail.notification"].search(
            [("res_partner_id", "=", user.partner_id.id)]
        ).mail_message_id.filtered(
            lambda message: message.message_type == "user_notification"
        )
        about = {(doc._name, doc.id) for records in documents for doc in records}
        return "\n".join(
            message.preview
            for message in messages.sorted("id")
            if (message.model, message.res_id) in about
        )

    def mails_to(self, user):
        """Return the mails that wait for a user in the queue."""
        return self.env["mail.mail"].search(
            [
                ("recipient_ids", "in", user.partner_id.ids),
                ("message_type", "=", "user_notification"),
            ]
        )
