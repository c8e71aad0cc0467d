from odoo import api, fields, models

from .stock_picking import ORDER_CANCELLED


class SaleOrder(models.Model):
    """Shipment, receipt and returns of an order."""

    _inherit = "sale.order"

    o2c_receipt_status = fields.Selection(
        [
            ("none", "Not received"),
            ("partial", "Partly received"),
            ("received", "Received"),
        ],
        string="Receipt",
        compute="_compute_o2c_receipt_status",
        store=True,
        default="none",
        index=True,
    )
    o2c_amount_returned = fields.Monetary(
        string="Returned",
        compute="_compute_o2c_amount_returned",
        store=True,
        help="Value of the returned goods at the price paid, tax included.",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {
            "o2c_receipt_status",
            "o2c_amount_returned",
        }

    def _o2c_get_deliveries(self):
        """Return the deliveries to the customer that are not cancelled."""
        # Where an order stands is told to all who see it, not only to the warehouse.
        return self.sudo().picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state != "cancel"
        )

    @api.depends("picking_ids.state", "picking_ids.o2c_received_at")
    def _compute_o2c_receipt_status(self):
        for order in self:
            deliveries = order._o2c_get_deliveries()
            received = deliveries.filtered("o2c_received_at")
            if not received:
                order.o2c_receipt_status = "none"
            else:
                order.o2c_receipt_status = (
                    "received" if received == deliveries else "partial"
                )

    @api.depends(
        "order_line.move_ids.state",
        "order_line.move_ids.quantity",
        "order_line.move_ids.to_refund",
        "order_line.price_total",
        "order_line.product_uom_qty",
        "amount_total",
    )
    def _compute_o2c_amount_returned(self):
        for order in self:
            returned = {
                line: quantity
                for line in order.order_line
                if (quantity := line._o2c_get_returned_quantity())
            }
            order.o2c_amount_returned = returned and order.currency_id.round(
                order.amount_total - order._o2c_get_total_without(returned)
            )

    def _o2c_get_total_without(self, returned):
        """Return what the order would come to had it never held the returned goods:
        tax included, in its currency, computed as Odoo computes the order itself.

        :param dict returned: quantity by order line, in the unit of the line
        """
        self.ensure_one()
        AccountTax = self.env["account.tax"]
        base_lines = [
            line._prepare_base_line_for_taxes_computation(
                quantity=line.product_uom_qty - returned.get(line, 0.0)
            )
            for line in self._get_priced_lines()
        ]
        base_lines += self._add_base_lines_for_early_payment_discount()
        AccountTax._add_tax_details_in_base_lines(base_lines, self.company_id)
        AccountTax._round_base_lines_tax_details(base_lines, self.company_id)
        return AccountTax._get_tax_totals_summary(
            base_lines=base_lines, currency=self.currency_id, company=self.company_id
        )["total_amount_currency"]

    def _action_confirm(self):
        result = super()._action_confirm()
        self._o2c_get_deliveries().filtered(
            lambda p: p.state not in ("done", "draft")
        )._o2c_notify("ready_to_ship")
        return result

    def _action_cancel(self):
        cancelling = self.with_context(o2c_order_cancelled=ORDER_CANCELLED)
        return super(SaleOrder, cancelling)._action_cancel()

    @api.depends("picking_ids.state", "o2c_receipt_status")
    def _compute_o2c_progress(self):
        return super()._compute_o2c_progress()

    def _o2c_get_progress_stages(self):
        shipment, receipt = self._o2c_get_fulfilment_stages()
        labels = {"shipment": self.env._("Shipment"), "receipt": self.env._("Receipt")}
        return [
            *super()._o2c_get_progress_stages(),
            {
                "sequence": 20,
                "code": "shipment",
                "label": labels["shipment"],
                **shipment,
            },
            {"sequence": 30, "code": "receipt", "label": labels["receipt"], **receipt},
        ]

    def _o2c_get_fulfilment_stages(self):
        """Return state and detail of the shipment and of the receipt stage."""
        todo = {"state": "todo", "detail": ""}
        deliveries = self._o2c_get_deliveries()
        if self.state != "sale":
            return todo, todo
        if not deliveries:
            done = {"state": "done", "detail": self.env._("Nothing to ship")}
            return done, done
        shipped = deliveries.filtered(lambda p: p.state == "done")
        received = deliveries.filtered("o2c_received_at")
        return (
            self._o2c_get_count_stage(
                len(shipped), len(deliveries), any(deliveries.mapped("o2c_is_late"))
            ),
            self._o2c_get_count_stage(len(received), len(deliveries), False)
            if shipped
            else todo,
        )

    def _o2c_get_count_stage(self, done, total, is_late):
        if done == total:
            return {"state": "done", "detail": self.env._("Complete")}
        if is_late:
            return {"state": "alert", "detail": self.env._("Late")}
        detail = self.env._("%(done)s of %(total)s deliveries", done=done, total=total)
        return {"state": "active", "detail": detail}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _o2c_get_returned_quantity(self):
        """Return how much of this line came back to be refunded and has not gone out
        again, in its unit."""
        self.ensure_one()
        # Stock moves are not for salespeople; their order's value is.
        outgoing, incoming = self.sudo()._get_outgoing_incoming_moves()
        back = self._o2c_get_done_quantity(incoming)
        if not back:
            return 0.0
        again = max(
            self._o2c_get_done_quantity(
                outgoing.filtered(
                    lambda m: m.o2c_is_exchange or m.origin_returned_move_id
                )
            ),
            # What was sent again by hand, beyond what was ordered.
            self._o2c_get_done_quantity(outgoing) - self.product_uom_qty,
        )
        return max(back - again, 0.0)

    def _o2c_get_done_quantity(self, moves):
        """Return what moves have moved, in the unit of the line."""
        return sum(
            move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
            for move in moves
            if move.state == "done"
        )
