from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestShipment(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.flow.active = False
        cls.order.action_confirm()
        cls.picking = cls.order.sudo().picking_ids.with_user(cls.shipper)

    def _wizard(self, quantity, **values):
        wizard = (
            self.env["o2c.ship"]
            .with_user(self.shipper)
            .create({"picking_id": self.picking.id, **values})
        )
        wizard.line_ids.quantity = quantity
        return wizard

    def test_shipper_has_a_todo(self):
        self.assertEqual(self.picking.sudo().activity_ids.user_id, self.shipper)

    def test_whole(self):
        self._wizard(10, carrier="SF", tracking_ref="T1").action_confirm()
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(self.picking.o2c_shipped_by_id, self.shipper)
        self.assertEqual(self.picking.o2c_tracking_ref, "T1")
        self.assertEqual(self.order.delivery_status, "full")

    def test_part_leaves_a_backorder(self):
        self._wizard(4).action_confirm()
        backorder = self.order.sudo().picking_ids - self.picking.sudo()
        self.assertEqual(backorder.move_ids.product_uom_qty, 6)
        self.assertEqual(backorder.activity_ids.user_id, self.shipper)
        self.assertFalse(backorder.o2c_shipped_at)

    def test_impossible_quantities_change_nothing(self):
        move = self.picking.sudo().move_ids
        for quantities in ({move.id: 11}, {move.id: -1}, {move.id: 0}, {0: 1}):
            with self.assertRaises(UserError):
                self.picking._o2c_confirm_shipment(quantities=quantities)
        self.assertEqual(self.picking.state, "assigned")

    def test_more_than_in_stock(self):
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.picking.sudo().location_id, -995
        )
        self.picking.sudo().do_unreserve()
        with self.assertRaisesRegex(UserError, "in stock"):
            self.picking._o2c_confirm_shipment()

    def test_not_twice(self):
        self._wizard(10).action_confirm()
        with self.assertRaisesRegex(UserError, "already shipped by Shipper"):
            self.picking._o2c_confirm_shipment()

    def test_cancelled(self):
        self.picking.sudo().action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            self.picking.action_o2c_ship()

    def test_only_the_role_ships(self):
        for user in (self.salesperson, self.finance, self.warehouse):
            with self.assertRaises(AccessError):
                self.picking.with_user(user)._o2c_confirm_shipment()
            with self.assertRaises(AccessError):
                self.picking.with_user(user).action_o2c_ship()

    def test_shipper_sees_no_prices_and_changes_nothing(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.shipper).read(["amount_total"])
        with self.assertRaises(AccessError):
            self.product.with_user(self.shipper).read(["list_price"])
        with self.assertRaises(AccessError):
            self.product.with_user(self.shipper).read(["standard_price"])
        with self.assertRaises(AccessError):
            self.picking.move_ids.read(["price_unit"])
        with self.assertRaises(AccessError):
            self.picking.write({"o2c_tracking_ref": "X"})
        self.assertEqual(self.product.with_user(self.shipper).name, "Desk")

    def test_stamps_cannot_be_forged(self):
        inventory = self._make_user("inventory", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.picking.with_user(inventory).write(
                {"o2c_received_name": "Nobody", "o2c_received_at": "2026-01-01"}
            )

    def test_receipt(self):
        with self.assertRaisesRegex(UserError, "not shipped"):
            self.picking._o2c_confirm_receipt("Bob")
        self._wizard(10).action_confirm()
        with self.assertRaisesRegex(UserError, "who received"):
            self.picking._o2c_confirm_receipt(" ")
        wizard = (
            self.env["o2c.receipt"]
            .with_user(self.shipper)
            .create({"picking_ids": self.picking.ids, "received_name": "Bob"})
        )
        wizard.action_confirm()
        self.assertEqual(self.order.o2c_receipt_status, "received")
        self.assertFalse(self.picking.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "already received by Bob"):
            self.picking._o2c_confirm_receipt("Eve")

    def test_returned_value(self):
        self._wizard(10).action_confirm()
        self.take_back(self.order, 3)
        self.assertEqual(self.order.o2c_amount_returned, 345.0)
        self.assertEqual(self.order.o2c_amount_net, 805.0)

    def _make_return(self, picking, quantity, method):
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.inventory)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": True})
        action = getattr(wizard, method)()
        return self.env["stock.picking"].browse(action["res_id"])

    def _validate(self, picking):
        picking = picking.with_user(self.inventory)
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def test_exchanged_goods_are_not_returned(self):
        self.inventory = self._make_user("inventory", "stock.group_stock_user")
        moves = self.order.sudo().order_line.move_ids
        # A part first: the exchange goes out beside what the order still waits for.
        for quantity in (4, 6):
            waiting = moves.filtered(lambda m: m.state == "assigned")
            waiting.picking_id.with_user(self.shipper)._o2c_confirm_shipment(
                {waiting.id: quantity}
            )
            known = self.order.order_line.sudo().move_ids
            back = self._make_return(waiting.picking_id, 2, "action_create_exchanges")
            exchange = self.order.order_line.sudo().move_ids - known - back.move_ids
            self._validate(back)
            self.assertEqual(self.order.o2c_amount_returned, 230.0)
            exchange.picking_id.with_user(self.shipper)._o2c_confirm_shipment(
                {exchange.id: 2}
            )
            self.assertEqual(self.order.o2c_amount_returned, 0.0)
            self.assertEqual(self.order.o2c_amount_net, 1150.0)
            moves = self.order.order_line.sudo().move_ids
        self.assertEqual(self.order.order_line.qty_delivered, 10)

    def test_less_ordered_is_less_to_ship(self):
        self.order.sudo().order_line.product_uom_qty = 7
        self.assertEqual(self.picking.sudo().move_ids.product_uom_qty, 7)

    def test_returned_goods_sent_again_are_not_returned(self):
        self.inventory = self._make_user("inventory", "stock.group_stock_user")
        self._wizard(10).action_confirm()
        back = self.take_back(self.order, 4)
        self.assertEqual(self.order.o2c_amount_returned, 460.0)
        self._validate(self._make_return(back, 3, "action_create_returns"))
        self.assertEqual(self.order.o2c_amount_returned, 115.0)
