from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.approval.sale_order_gate import CONTENT_FIELDS

# What the dialog offers of what a step may open to its deciders.
OFFERED_FIELDS = (
    "client_order_ref",
    "commitment_date",
    "validity_date",
    "warehouse_id",
    "picking_policy",
    "payment_term_id",
)


class O2cOrderEdit(models.TransientModel):
    """Lets deciders who may not write orders change what their step opens to them."""

    _name = "o2c.order.edit"
    _description = "Change an Order While Deciding"

    task_id = fields.Many2one("o2c.approval.task", required=True, readonly=True)
    order_company_id = fields.Many2one(related="task_id.company_id")
    open_fields = fields.Char(compute="_compute_open_fields")
    client_order_ref = fields.Char(string="Customer Reference")
    commitment_date = fields.Datetime(string="Delivery Date")
    validity_date = fields.Date(string="Expiration")
    warehouse_id = fields.Many2one(
        "stock.warehouse", domain="[('company_id', '=', order_company_id)]"
    )
    picking_policy = fields.Selection(
        selection=lambda self: (
            self.env["sale.order"]
            ._fields["picking_policy"]
            ._description_selection(self.env)
        ),
        string="Shipping Policy",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        domain="[('company_id', 'in', (order_company_id, False))]",
    )

    @api.depends("task_id")
    @api.depends_context("uid")
    def _compute_open_fields(self):
        for edit in self:
            edit.open_fields = " ".join(edit.task_id._get_offered_fields())

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        task = self.env["o2c.approval.task"].browse(values.get("task_id")).exists()
        # What deciders may change they may see, though they may not read every order.
        order = task.sudo().order_id
        for name in set(task._get_offered_fields()).intersection(fields_list):
            values[name] = self._fields[name].convert_to_write(order[name], self)
        return values

    def action_apply(self):
        """Change the order of the task, as its decider.

        :raise UserError: if the task is not theirs to decide (any more), or its step
            does not open what they changed
        """
        self.ensure_one()
        self.task_id._change_order(self._get_values())
        return {"type": "ir.actions.act_window_close"}

    def _get_values(self):
        order = self.task_id.sudo().order_id
        values = {}
        for name in OFFERED_FIELDS:
            if name in self.task_id._get_offered_fields() and self[name] != order[name]:
                values[name] = self._fields[name].convert_to_write(self[name], self)
        return values


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    can_change_order = fields.Boolean(compute="_compute_can_change_order")

    @api.depends("can_decide")
    @api.depends_context("uid")
    def _compute_can_change_order(self):
        for task in self:
            task.can_change_order = bool(task._get_offered_fields())

    def _get_offered_fields(self):
        """Return what the user may change of the order in a dialog, while they decide."""
        # What a change of a confirmed order would be stands as it was proposed.
        if not self.can_decide or self.change_id:
            return []
        # Deciders need not be able to read flows.
        opened = self.sudo().step_id.editable_field_ids.mapped("name")
        return [name for name in OFFERED_FIELDS if name in opened]

    def action_open_change_order(self):
        """Open the dialog in which a decider changes the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change %s", self.order_id.name),
            "res_model": "o2c.order.edit",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_id": self.id},
        }

    def _change_order(self, values):
        """Write what a decider changes on the order of their task.

        :raise UserError: if the task is not theirs to decide, or opens less than that
        """
        self.check_access("read")
        order = self.sudo().order_id._o2c_lock()
        self.invalidate_recordset()
        if refusal := self.sudo()._get_refusal():
            raise UserError(refusal)
        if not set(values) <= set(self._get_offered_fields()):
            raise UserError(
                self.env._(
                    "%(task)s of %(order)s does not open this to its deciders. Reject "
                    "the order and say what to change.",
                    task=self.name,
                    order=order.name,
                )
            )
        before = {name: order[name] for name in values}
        # Checked above; deciders have no right to write orders.
        order.write(values)
        order._o2c_log_edit(before)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_log_edit(self, before):
        """Note what a decider changed beside the content, which is noted by itself.

        :param dict before: values before, by field
        """
        sentences = [
            self.env._(
                "%(what)s: %(before)s → %(after)s",
                what=self._fields[name]._description_string(self.env),
                before=self._o2c_show_value(name, value),
                after=self._o2c_show_value(name, self[name]),
            )
            for name, value in before.items()
            if name not in CONTENT_FIELDS
        ]
        if sentences:
            self._o2c_log_list(self.env._("Changed while in approval:"), sentences)

    def _o2c_show_value(self, name, value):
        field = self._fields[name]
        if not value:
            return self.env._("none")
        if field.type == "datetime":
            return fields.Datetime.context_timestamp(self, value).strftime(
                "%Y-%m-%d %H:%M"
            )
        return field.convert_to_display_name(value, self)
