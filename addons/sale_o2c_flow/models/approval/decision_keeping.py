"""What decisions hang on cannot be deleted: nor can they, then."""

from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self.sudo().o2c_task_ids._unlink_except_decided()


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = self.filtered("decision_ids").order_id
        if decided:
            raise UserError(
                self.env._(
                    "%(orders)s cannot be deleted: people have decided about it, and "
                    "decisions are kept. Cancel it instead.",
                    orders=decided.mapped("name"),
                )
            )
