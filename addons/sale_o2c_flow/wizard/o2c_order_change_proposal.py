from odoo import api, fields, models


class O2cOrderChangeProposal(models.TransientModel):
    """Shows what a change of a confirmed order would be, and asks why."""

    _name = "o2c.order.change.proposal"
    _description = "Submit a Change for Approval"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    vals = fields.Json(required=True)
    difference = fields.Text(string="What Changes", readonly=True)
    departments = fields.Char(string="Will Be Approved By", readonly=True)
    note = fields.Text(string="Why")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order_id = self.env.context.get("default_order_id")
        vals = self.env.context.get("default_vals")
        if "difference" in fields_list and order_id and vals:
            order = self.env["sale.order"].browse(order_id)
            sentences, departments = order._o2c_preview_change(vals)
            values["difference"] = "\n".join(sentences)
            values["departments"] = ", ".join(departments)
        return values

    def action_submit(self):
        """Propose the change; see :meth:`o2c_propose_change` of the order."""
        self.ensure_one()
        self.order_id.o2c_propose_change(self.vals, self.note)
        # The form behind still holds what was typed: it is shown anew.
        return {
            "type": "ir.actions.client",
            "tag": "o2c_show_anew",
            "params": {"next": self.order_id._o2c_get_form_action()},
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_get_form_action(self):
        """Return the action that opens the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }
