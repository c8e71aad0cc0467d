from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._o2c_settle_with_collections()
        return posted

    def button_draft(self):
        self._o2c_check_no_collection()
        return super().button_draft()

    def button_cancel(self):
        self._o2c_check_no_collection()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._o2c_check_no_collection()
        return super()._reverse_moves(default_values_list, cancel=cancel)

    def _o2c_check_no_collection(self):
        """Refuse to undo the entry of a confirmed collection behind its back."""
        self.origin_payment_id._o2c_check_no_collection()

    def _o2c_settle_with_collections(self):
        """Settle invoices of orders with money finance confirmed before they existed."""
        moves = self.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type in ("out_invoice", "out_refund")
            )
        )
        # Who posts an invoice need not see the collections of its orders.
        for move in moves.sudo():
            direction = "receive" if move.move_type == "out_invoice" else "refund"
            allocations = move.line_ids.sale_line_ids.order_id.o2c_allocation_ids
            for allocation in allocations.filtered(
                lambda a, d=direction: (
                    a.state == "confirmed" and a.collection_id.direction == d
                )
            ):
                move._o2c_settle_with(allocation._get_payment_line())

    def _o2c_settle_with(self, payment_line):
        """Reconcile what is open of this invoice with what is left of a payment item."""
        self.ensure_one()
        open_lines = self.line_ids.filtered(
            lambda line: (
                line.account_id == payment_line.account_id and not line.reconciled
            )
        )
        if open_lines and payment_line and not payment_line.reconciled:
            (open_lines | payment_line).reconcile()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    o2c_allocation_id = fields.Many2one(
        "o2c.collection.allocation",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
