import random
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Command

ORDERS = 120
DAYS = 360
SALESPEOPLE = {"sofia": "north", "marco": "south", "lin": "asia"}
STOCK = 5000.0

# How far an order has come, by how often that happens among the older orders.
STAGES = {
    "draft": 1,
    "in_approval": 1,
    "rejected": 2,
    "to_ship": 2,
    "part_shipped": 2,
    "shipped": 3,
    "received": 6,
    "part_paid": 12,
    "pending_money": 4,
    "rejected_money": 3,
    "paid": 14,
    "invoice_asked": 6,
    "invoiced": 30,
    "returned": 5,
}
RECENT_STAGES = {
    "draft": 6,
    "in_approval": 8,
    "rejected": 2,
    "to_ship": 8,
    "part_shipped": 3,
    "shipped": 6,
    "received": 4,
    "part_paid": 3,
    "pending_money": 4,
    "paid": 2,
}
SHIPPED = [
    "part_shipped",
    "shipped",
    "received",
    "part_paid",
    "pending_money",
    "rejected_money",
    "paid",
    "invoice_asked",
    "invoiced",
    "returned",
]


class O2cDemo(models.AbstractModel):
    """Makes the demo company by doing what its people would do, as these people.

    Only the dates are moved into the past afterwards.
    """

    _name = "o2c.demo"
    _description = "Demo Company"

    @api.model
    def _load(self):
        """Make a year of orders at every stage of the path."""
        self = self.with_context(tracking_disable=True, mail_notify_force_send=False)
        chance = random.Random(2026)
        self._fill_stock()
        today = fields.Date.today()
        for index in range(ORDERS):
            age = int(DAYS * (1 - (index + 1) / ORDERS) ** 1.2)
            stages = STAGES if age > 20 else RECENT_STAGES
            stage = chance.choices(list(stages), weights=list(stages.values()))[0]
            self._make_order(chance, stage, today - timedelta(days=age))
            self.env.flush_all()
        self._ask_a_question()
        self._propose_a_change()
        self._read_inboxes()
        while tasks := self.env["o2c.approval.task"]._get_uncounted():
            tasks._count_working_hours()

    def _ref(self, name):
        return self.env.ref(f"sale_o2c_flow.{name}")

    def _user(self, login):
        return self._ref(f"user_{login}")

    def _fill_stock(self):
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        for index in range(1, 41):
            self.env["stock.quant"]._update_available_quantity(
                self._ref(f"product_{index:02}"), warehouse.lot_stock_id, STOCK
            )

    # === ONE ORDER === #

    def _make_order(self, chance, stage, day):
        login = chance.choice(list(SALESPEOPLE))
        order = (
            self.env["sale.order"]
            .with_user(self._user(login))
            .create(self._prepare_order(chance, login, stage))
        )
        moment = datetime.combine(
            day, time(9 + chance.randrange(8), chance.randrange(60))
        )
        moment = min(moment, fields.Datetime.now())
        order.date_order = moment
        self._agree_on_discount(order)
        if stage == "draft":
            return order
        order.action_o2c_submit()
        if stage == "rejected":
            self._reject(order)
        else:
            self._approve(chance, order, complete=stage != "in_approval")
        if order.state == "sale":
            self._move_to_past(order, moment)
            if stage in SHIPPED:
                self._deliver(chance, order, stage, moment)
        return order

    def _prepare_order(self, chance, login, stage):
        first, last = (19, 25) if login == "lin" else (1, 18)
        discounts = [0, 0, 0, 5, 8, 12, 18] if stage != "in_approval" else [5, 12, 25]
        return {
            "partner_id": self._ref(f"customer_{chance.randint(first, last):02}").id,
            "user_id": self._user(login).id,
            "team_id": self._ref(f"team_{SALESPEOPLE[login]}").id,
            "order_line": [
                Command.create(
                    {
                        "product_id": self._ref(f"product_{number:02}").id,
                        "product_uom_qty": chance.randint(1, 24),
                        "discount": chance.choice(discounts),
                    }
                )
                for number in chance.sample(range(1, 41), chance.randint(1, 5))
            ],
        }

    def _agree_on_discount(self, order):
        """Take something off the whole of some orders: a round sum, or a percentage."""
        if order.id % 5 == 0:
            total = order.currency_id.round(order.amount_total // 50 * 50)
            order.write({"o2c_order_discount_type": "total", "o2c_agreed_total": total})
        elif order.id % 5 == 1:
            order.write(
                {
                    "o2c_order_discount_type": "percent",
                    "o2c_order_discount_percent": 3.0,
                }
            )

    def _approve(self, chance, order, complete=True):
        """Have the deciders approve, all of them or only some."""
        limit = None if complete else chance.randint(0, 2)
        done = 0
        while order.state != "sale" and (limit is None or done < limit):
            tasks = order.sudo().o2c_task_ids.filtered(lambda t: t.state == "pending")
            if not tasks:
                break
            task = tasks[:1]
            task.with_user(chance.choice(task.user_ids)).action_approve()
            done += 1

    def _reject(self, order):
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.state == "pending")[:1]
        task.with_user(task.user_ids[:1]).action_reject(
            "The delivery date cannot be kept: agree on another one."
        )

    def _deliver(self, chance, order, stage, moment):
        shipper = self._user("sam")
        delivery = order.sudo().picking_ids.with_user(shipper)
        quantities = None
        if stage == "part_shipped":
            moves = delivery.sudo().move_ids
            quantities = {move.id: max(1, move.product_uom_qty // 2) for move in moves}
        delivery._o2c_confirm_shipment(
            quantities=quantities,
            carrier=chance.choice(["DHL", "SF Express", "DB Schenker"]),
            tracking_ref=f"TR{chance.randrange(10**8):08}",
        )
        shipped = min(
            moment + timedelta(days=chance.randint(1, 4)), fields.Datetime.now()
        )
        delivery.sudo().write({"o2c_shipped_at": shipped, "date_done": shipped})
        if stage in ("part_shipped", "shipped"):
            return
        received = min(
            shipped + timedelta(days=chance.randint(1, 6)), fields.Datetime.now()
        )
        delivery._o2c_confirm_receipt(order.partner_id.name, received)
        if stage == "returned":
            self._take_back(delivery.sudo())
        self._handle_money(chance, order, stage, received)

    def _take_back(self, delivery):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({"picking_id": delivery.id})
        )
        wizard.product_return_moves[:1].quantity = 1
        wizard.product_return_moves.to_refund = True
        action = wizard.action_create_returns()
        returned = self.env["stock.picking"].browse(action["res_id"])
        returned.move_ids.picked = True
        returned.button_validate()

    # === MONEY AND INVOICES === #

    def _handle_money(self, chance, order, stage, received):
        day = min(
            received.date() + timedelta(days=chance.randint(2, 25)), fields.Date.today()
        )
        if stage == "received":
            return
        if stage == "part_paid":
            share = chance.choice([0.3, 0.5, 0.7])
            self._collect(order, order.o2c_amount_outstanding * share, day)
        elif stage in ("pending_money", "rejected_money"):
            self._collect(
                order,
                order.o2c_amount_outstanding / 2,
                day,
                decision="reject" if stage == "rejected_money" else None,
            )
        else:
            self._collect(order, order.o2c_amount_outstanding, day)
        if stage == "invoice_asked":
            self._request(order, order.o2c_amount_to_request, issue=False)
        elif stage in ("invoiced", "returned"):
            self._request(order, order.o2c_amount_to_request, day=day)

    def _collect(self, order, amount, day, decision="confirm"):
        amount = order.currency_id.round(amount)
        collection = (
            self.env["o2c.collection"]
            .with_user(order.user_id)
            .create(
                {
                    "partner_id": order.partner_id.id,
                    "date": day,
                    "payment_ref": f"BANK {order.name}",
                    "allocation_ids": [
                        Command.create({"order_id": order.id, "amount": amount})
                    ],
                }
            )
        )
        collection.action_submit()
        if decision == "confirm":
            collection.with_user(self._user("felix")).action_confirm()
        elif decision == "reject":
            collection.with_user(self._user("fay")).action_reject(
                "Not on the bank statement of that day."
            )

    def _request(self, order, amount, issue=True, day=None):
        request = (
            self.env["o2c.invoice.request"]
            .with_user(order.user_id)
            .create({"order_id": order.id, "amount": amount})
        )
        request.action_submit()
        if issue:
            request.with_user(self._user("felix")).with_context(
                default_invoice_date=day
            ).action_issue()
            request.sudo().requested_at = datetime.combine(day, time(10))

    # === IN APPROVAL === #

    def _ask_a_question(self):
        """Have somebody send an order back before they decide."""
        olivia = self._user("olivia")
        task = self.env["o2c.approval.task"].search(
            [("state", "=", "pending"), ("user_ids", "in", olivia.ids)],
            order="id desc",
            limit=1,
        )
        task.with_user(olivia).action_send_back(
            "The customer asked for less last time: is the quantity right?"
        )

    def _propose_a_change(self):
        """Let the customer of a confirmed order want more of it."""
        order = self.env["sale.order"].search(
            [
                ("state", "=", "sale"),
                ("picking_ids.state", "!=", "done"),
                ("o2c_order_discount_type", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        line = order.order_line[:1]
        order.with_user(order.user_id).o2c_propose_change(
            {
                "order_line": [
                    Command.update(
                        line.id, {"product_uom_qty": line.product_uom_qty + 10}
                    )
                ]
            },
            "They open a second office and take ten more.",
        )

    def _read_inboxes(self):
        """Let people have read what they were told in the past year."""
        unread = self.env["mail.notification"].search([("is_read", "=", False)])
        unread.write({"is_read": True})

    # === DATES === #

    def _move_to_past(self, order, moment):
        """Let a confirmed order have been confirmed on its day."""
        order = order.sudo()
        order.date_order = moment
        order._o2c_plan_installments()
        order.picking_ids.scheduled_date = moment + timedelta(days=3)
        self.env.flush_all()
        # Decisions cannot be changed through the ORM, and should not be: this is a
        # made-up past.
        decided = min(moment + timedelta(hours=2), fields.Datetime.now())
        self.env.cr.execute(
            "UPDATE o2c_approval_decision SET decided_at = %s WHERE order_id = %s",
            [decided, order.id],
        )
        order.o2c_task_ids.write({"pending_since": moment, "decided_at": decided})
        self.env.invalidate_all()
