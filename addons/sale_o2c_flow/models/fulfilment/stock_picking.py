from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

SHIPPER_GROUPS = "sale_o2c_flow.group_shipper,stock.group_stock_user"
OPEN_STATES = ("confirmed", "waiting", "assigned")
# What says of goods that have moved which, how many, where and for whom.
MOVED_FIELDS = frozenset(
    {
        "state",
        "sale_line_id",
        "picking_id",
        "product_id",
        "product_uom",
        "product_uom_qty",
        "quantity",
        "move_line_ids",
        "location_id",
        "location_dest_id",
        "to_refund",
        "origin_returned_move_id",
        "o2c_is_exchange",
    }
)
MOVED_LINE_FIELDS = frozenset(
    {
        "state",
        "move_id",
        "picking_id",
        "product_id",
        "product_uom_id",
        "quantity",
        "location_id",
        "location_dest_id",
    }
)
# A context is what the client says, this object is not.
ORDER_CANCELLED = object()


class StockPicking(models.Model):
    """Shipment and the customer's receipt of a delivery."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "o2c.protected.mixin"]

    o2c_carrier = fields.Char(string="Carrier", copy=False, tracking=True)
    o2c_tracking_ref = fields.Char(string="Tracking Number", copy=False, tracking=True)
    o2c_shipped_at = fields.Datetime(string="Shipped On", copy=False, readonly=True)
    o2c_shipped_by_id = fields.Many2one(
        "res.users", string="Shipped By", copy=False, readonly=True
    )
    o2c_received_at = fields.Datetime(
        string="Received On", copy=False, readonly=True, index="btree_not_null"
    )
    o2c_received_by_id = fields.Many2one(
        "res.users", string="Receipt Confirmed By", copy=False, readonly=True
    )
    o2c_received_name = fields.Char(
        string="Received By", copy=False, readonly=True, help="Who took the goods."
    )
    o2c_is_late = fields.Boolean(string="Late", compute="_compute_o2c_is_late")

    _o2c_to_receive_idx = models.Index(
        "(o2c_shipped_at) WHERE o2c_shipped_at IS NOT NULL AND o2c_received_at IS NULL"
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "state",
            "o2c_shipped_at",
            "o2c_shipped_by_id",
            "o2c_received_at",
            "o2c_received_by_id",
            "o2c_received_name",
        }

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._o2c_is_for_shipper())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        # To-dos open deliveries with the default views, which show what a shipper may
        # not read.
        if not view_id and view_type in ("list", "kanban", "form", "search"):
            if self._o2c_is_for_shipper():
                xmlid = f"sale_o2c_flow.view_stock_picking_o2c_{view_type}"
                view_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        return super()._get_view(view_id, view_type, **options)

    @api.model
    def _o2c_is_for_shipper(self):
        """Whether somebody looks who only ships."""
        return self.env["product.product"]._o2c_hides_prices()

    @api.model
    def _o2c_check_protected(self, vals, creating=False):
        if creating and vals.get("state") == "draft":
            # Odoo says so itself when inventory takes goods back.
            vals = {name: value for name, value in vals.items() if name != "state"}
        return super()._o2c_check_protected(vals, creating=creating)

    @api.depends("scheduled_date", "state")
    def _compute_o2c_is_late(self):
        """A delivery is late from the day after the promised one."""
        today = fields.Date.context_today(self)
        for picking in self:
            promised = picking.scheduled_date and fields.Datetime.context_timestamp(
                picking, picking.scheduled_date
            )
            picking.o2c_is_late = (
                picking.state not in ("done", "cancel")
                and bool(promised)
                and promised.date() < today
            )

    # === SHIPMENT === #

    def action_o2c_ship(self):
        """Open the dialog that confirms the shipment of a delivery."""
        self.ensure_one()
        self._o2c_check_can_ship()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Shipment"),
            "res_model": "o2c.ship",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_id": self.id},
        }

    def _o2c_confirm_shipment(
        self, quantities=None, carrier=None, tracking_ref=None, shipped_at=None
    ):
        """Confirm that goods have left, as a shipper.

        What is not shipped stays on a backorder.

        :param dict quantities: quantity by id of the delivery's moves, in the unit of
            the move; everything when left out
        :param datetime shipped_at: when they left; now when left out
        :raise AccessError: if the user is neither shipper nor inventory user
        :raise UserError: if the delivery cannot be shipped so; nothing is changed then
        """
        self._o2c_require_shipper()
        self._o2c_lock()
        for picking in self:
            picking._o2c_check_can_ship()
            picking._o2c_set_quantities(quantities)
        # A shipper has the right to this step, not to the documents behind it.
        pickings = self.sudo().with_context(skip_backorder=True, skip_sms=True)
        pickings.button_validate()
        for picking in pickings:
            picking._o2c_check_shipped()
        pickings.write(
            {
                "o2c_carrier": carrier or pickings[:1].o2c_carrier,
                "o2c_tracking_ref": tracking_ref or pickings[:1].o2c_tracking_ref,
                "o2c_shipped_at": shipped_at or fields.Datetime.now(),
            }
        )

    def _o2c_check_can_ship(self):
        """Check that the user may ship this delivery and that it waits for that."""
        self._o2c_require_shipper()
        for picking in self.sudo():
            if picking.picking_type_code != "outgoing":
                raise UserError(
                    self.env._("%s is not a delivery to a customer.", picking.name)
                )
            if picking.state == "done":
                raise UserError(
                    self.env._(
                        "%(delivery)s was already shipped by %(user)s.",
                        delivery=picking.name,
                        user=picking.o2c_shipped_by_id.name
                        or self.env._("the warehouse"),
                    )
                )
            if picking.state == "cancel":
                raise UserError(
                    self.env._(
                        "%s is cancelled: there is nothing to ship.", picking.name
                    )
                )
            if picking.state == "draft":
                raise UserError(self.env._("%s is not ready yet.", picking.name))

    def _o2c_require_shipper(self):
        self.env.user._o2c_require_group(
            SHIPPER_GROUPS,
            self.env._(
                "Only shippers and inventory users confirm shipment and receipt. An "
                "administrator gives the role in Settings > Users."
            ),
        )
        self.check_access("read")

    def _o2c_set_quantities(self, quantities):
        """Set what leaves on the moves, after checking that it can."""
        self.ensure_one()
        moves = self.sudo().move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        if quantities is None:
            quantities = {move.id: move.product_uom_qty for move in moves}
        if unknown := set(quantities) - set(moves.ids):
            raise UserError(
                self.env._(
                    "%(delivery)s has no such lines: %(lines)s.",
                    delivery=self.name,
                    lines=[str(line_id) for line_id in sorted(unknown)],
                )
            )
        if not any(quantity > 0 for quantity in quantities.values()):
            raise UserError(
                self.env._(
                    "%s: say how much leaves, nothing is not a shipment.", self.name
                )
            )
        moves._action_assign()
        for move in moves:
            move._o2c_set_shipped_quantity(quantities.get(move.id, 0.0))

    def _o2c_check_shipped(self):
        self.ensure_one()
        if self.state != "done":
            raise UserError(
                self.env._(
                    "%s cannot be shipped from here: open it in Inventory to see what "
                    "is missing (lots, packages, an earlier transfer).",
                    self.name,
                )
            )

    def _action_done(self):
        """Stamp deliveries, whoever validates them and from wherever."""
        result = super()._action_done()
        shipped = self.filtered(
            lambda p: (
                p.picking_type_code == "outgoing"
                and p.state == "done"
                and not p.o2c_shipped_at
            )
        )
        # Inventory users validate with the native button as well.
        shipped.sudo().write(
            {"o2c_shipped_at": fields.Datetime.now(), "o2c_shipped_by_id": self.env.uid}
        )
        for_orders = shipped.filtered("sale_id")
        for_orders._o2c_close_todos("ready_to_ship")
        for_orders._o2c_notify("shipped")
        return result

    def _create_backorder(self, backorder_moves=None):
        backorders = super()._create_backorder(backorder_moves=backorder_moves)
        backorders.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.sale_id
        )._o2c_notify("ready_to_ship")
        return backorders

    # === RECEIPT === #

    def action_o2c_confirm_receipt(self):
        """Open the dialog that confirms the customer's receipt."""
        self._o2c_require_shipper()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Receipt"),
            "res_model": "o2c.receipt",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_ids": self.ids},
        }

    def _o2c_confirm_receipt(self, received_name, received_at=None):
        """Confirm, on behalf of the customer, that the goods have arrived.

        :param str received_name: who took them
        :param datetime received_at: when; now when left out
        :raise AccessError: if the user is neither shipper nor inventory user
        :raise UserError: if a delivery was not shipped, or was received already
        """
        self._o2c_require_shipper()
        self._o2c_lock()
        received_at = received_at or fields.Datetime.now()
        for picking in self:
            picking._o2c_check_can_receive(received_name, received_at)
        # Shippers read deliveries only; the stamps are the system's.
        self.sudo().write(
            {
                "o2c_received_at": received_at,
                "o2c_received_by_id": self.env.uid,
                "o2c_received_name": received_name.strip(),
            }
        )
        self._o2c_close_todos("shipped")
        self._o2c_notify("received")

    def _o2c_check_can_receive(self, received_name, received_at):
        self.ensure_one()
        if not isinstance(received_name, str) or not received_name.strip():
            raise UserError(self.env._("%s: say who received the goods.", self.name))
        if self.state != "done" or not self.o2c_shipped_at:
            raise UserError(
                self.env._("%s was not shipped yet: confirm shipment first.", self.name)
            )
        if self.o2c_received_at:
            raise UserError(
                self.env._(
                    "%(delivery)s was already received by %(name)s.",
                    delivery=self.name,
                    name=self.o2c_received_name,
                )
            )
        if not self.o2c_shipped_at <= received_at <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%s: goods arrive after they were shipped and not in the future.",
                    self.name,
                )
            )

    def _o2c_get_event_note(self, event):
        values = {"delivery": self.name, "customer": self.partner_id.display_name}
        if event == "ready_to_ship":
            return self.env._("Ship %(delivery)s to %(customer)s", **values)
        if event == "shipped":
            return self.env._("%(delivery)s to %(customer)s has left", **values)
        if event == "received":
            return self.env._(
                "%(customer)s has received %(delivery)s (%(name)s)",
                name=self.o2c_received_name,
                **values,
            )
        return super()._o2c_get_event_note(event)


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.filtered(lambda move: move.state == "done")._o2c_check_may_finish()
        return moves

    def write(self, vals):
        # Every way in which goods leave or come back ends here.
        moved = self if vals.get("state") == "done" else self.browse()
        if not MOVED_FIELDS.isdisjoint(vals):
            moved |= self.filtered(lambda move: move.state == "done")
        moved._o2c_check_may_finish()
        if vals.get("state") == "cancel":
            self._o2c_check_may_cancel()
        result = super().write(vals)
        # They may belong to an order only now.
        moved._o2c_check_may_finish()
        return result

    def _o2c_check_may_finish(self):
        """Check that the user may say that goods of orders have left or come back.

        Odoo leaves that to salespeople and to whoever invoices as well. Companies
        where nobody has the role go on like that.

        :raise AccessError: if the user is neither shipper nor inventory user
        """
        pickings = self._o2c_get_guarded_pickings()
        if pickings is not None:
            pickings.sudo(False)._o2c_require_shipper()

    def _o2c_check_may_cancel(self):
        """Check that the user may cancel goods of orders that have not moved.

        Whoever cancels an order cancels its deliveries with it.

        :raise AccessError: if the user is neither shipper nor inventory user
        """
        if self.env.context.get("o2c_order_cancelled") is ORDER_CANCELLED:
            return
        if self._o2c_get_guarded_pickings() is not None:
            self.env.user._o2c_require_group(
                SHIPPER_GROUPS,
                self.env._(
                    "Only shippers and inventory users cancel deliveries of orders: ask "
                    "one of them, or cancel the whole order."
                ),
            )

    def _o2c_get_guarded_pickings(self):
        """Return the transfers of those moves that only shippers may finish, which can
        be none yet; nothing at all if there are no such moves."""
        if self.env.su or not self:
            return None
        # Deliveries are known by their orders, which not everybody here may read.
        moves = self.sudo().filtered(lambda m: m.sale_line_id or m.picking_id.sale_id)
        shippers = self.env.ref("sale_o2c_flow.group_shipper")
        if any(shippers._o2c_get_members(company) for company in moves.company_id):
            return moves.picking_id
        return None

    def _o2c_set_shipped_quantity(self, quantity):
        """Set the quantity that leaves with this move.

        :param float quantity: in the unit of the move
        :raise UserError: if it is negative, too much, or not in stock
        """
        self.ensure_one()
        values = {
            "delivery": self.picking_id.name,
            "product": self.product_id.display_name,
            "quantity": formatLang(self.env, quantity, dp="Product Unit"),
            "uom": self.product_uom.name,
        }
        if quantity < 0 or self.product_uom.compare(quantity, self.product_uom_qty) > 0:
            raise UserError(
                self.env._(
                    "%(delivery)s: %(quantity)s %(uom)s of %(product)s cannot be "
                    "shipped, the delivery asks for %(demand)s.",
                    demand=formatLang(
                        self.env, self.product_uom_qty, dp="Product Unit"
                    ),
                    **values,
                )
            )
        if self.product_uom.compare(quantity, self.quantity) > 0:
            raise UserError(
                self.env._(
                    "%(delivery)s: only %(available)s of %(quantity)s %(uom)s of "
                    "%(product)s are in stock. Ship what is there, the rest stays on a "
                    "backorder.",
                    available=formatLang(self.env, self.quantity, dp="Product Unit"),
                    **values,
                )
            )
        self.quantity = quantity
        self.picked = self.product_uom.compare(quantity, 0.0) > 0


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._o2c_check_moved()
        return lines

    def write(self, vals):
        moved = self.browse()
        if not MOVED_LINE_FIELDS.isdisjoint(vals):
            moved = self
        moved._o2c_check_moved()
        result = super().write(vals)
        moved._o2c_check_moved()
        return result

    def _o2c_check_moved(self):
        if not self.env.su:
            moves = self.sudo().move_id.filtered(lambda move: move.state == "done")
            moves.sudo(False)._o2c_check_may_finish()
