from odoo import api, models
from odoo.fields import Command

from ..common.sale_order import LINE_TERMS

CONTENT_FIELDS = LINE_TERMS | {"display_type", "is_expense", "is_downpayment"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get("default_order_id")
        order_ids = {vals.get("order_id", default) for vals in vals_list}
        orders = self.env["sale.order"].browse(sorted(filter(None, order_ids)))
        commands = [Command.create(vals) for vals in vals_list]
        with orders._o2c_changing_content(vals={"order_line": commands}) as change:
            lines = super().create(vals_list)
            change.add(lines.order_id)
        return lines

    def write(self, vals):
        changes = not CONTENT_FIELDS.isdisjoint(vals)
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        commands = [Command.update(line.id, vals) for line in self] if changes else []
        with orders._o2c_changing_content(changes, {"order_line": commands}):
            return super().write(vals)

    def unlink(self):
        commands = [Command.delete(line.id) for line in self]
        with self.order_id._o2c_changing_content(vals={"order_line": commands}):
            return super().unlink()
