from odoo import api, fields, models
from odoo.exceptions import UserError


class O2cApprovalDecision(models.Model):
    """Who decided what, when, and on which content. Written once, never changed."""

    _name = "o2c.approval.decision"
    _description = "Approval Decision"
    _order = "decided_at desc, id desc"

    task_id = fields.Many2one(
        "o2c.approval.task", required=True, ondelete="restrict", index=True
    )
    order_id = fields.Many2one(related="task_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="task_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    decision = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")], required=True
    )
    comment = fields.Text()
    decided_at = fields.Datetime(required=True)
    fingerprint = fields.Char(required=True, help="SHA-256 of the content decided on.")
    content = fields.Json(required=True)
    counts = fields.Boolean(
        compute="_compute_counts",
        help="Whether the decision holds for the task as it stands.",
    )

    @api.depends("task_id.pending_since", "decided_at")
    def _compute_counts(self):
        for decision in self:
            since = decision.task_id.pending_since
            decision.counts = bool(since) and decision.decided_at >= since

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Decisions are kept as they were taken."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Decisions are kept as they were taken: they cannot be deleted.")
        )
