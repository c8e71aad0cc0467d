"""Tasks about a change of a confirmed order: they show, and keep, what it would be."""

from odoo import api, fields, models


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    change_id = fields.Many2one(
        "o2c.order.change",
        ondelete="cascade",
        readonly=True,
        index="btree_not_null",
    )
    change_user_id = fields.Many2one(related="change_id.user_id", string="Proposed By")
    change_note = fields.Text(related="change_id.note", string="Why It Changes")
    amount_total = fields.Monetary(related=None, compute="_compute_proposed")
    effective_discount = fields.Float(
        related=None, compute="_compute_proposed", digits=(5, 2)
    )

    @api.depends(
        "order_id.amount_total",
        "order_id.o2c_effective_discount",
        "change_id.amount_total",
        "change_id.effective_discount",
        "change_id.state",
    )
    def _compute_proposed(self):
        for task in self:
            # Deciders need not be able to read the order.
            order, change = task.sudo().order_id, task.sudo()._get_proposal()
            task.amount_total = (change or order).amount_total
            task.effective_discount = (
                change.effective_discount if change else order.o2c_effective_discount
            )

    def _get_proposal(self):
        """Return the change that is decided on, empty where it is the order as it is."""
        return self.change_id.filtered(lambda change: change.state != "applied")

    @api.depends("change_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for task in self.filtered("change_id"):
            task.display_name = self.env._("%s (change)", task.display_name)
        return result

    def _get_names(self, contents):
        changes = self.sudo().change_id
        told = [*changes.mapped("before"), *changes.mapped("content")]
        return super()._get_names([*contents, *filter(None, told)])

    def _describe_changes(self, before, names=None):
        if change := self.sudo()._get_proposal():
            return "\n".join(change._describe(names))
        return super()._describe_changes(before, names)

    def _get_content(self):
        # The record at hand may be read by whoever decides, the change by those who sell.
        change = self.sudo()._get_proposal()
        return change.content if change else super()._get_content()

    def _get_snapshot(self):
        change = self.sudo()._get_proposal()
        return change.snapshot if change else super()._get_snapshot()
