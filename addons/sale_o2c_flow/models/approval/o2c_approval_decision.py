from odoo import api, fields, models
from odoo.exceptions import UserError

from .channel import CHANNELS
from .content import get_fingerprint


class O2cApprovalDecision(models.Model):
    """Who decided what, when, and on which content. Written once, never changed."""

    _name = "o2c.approval.decision"
    _description = "Approval Decision"
    _order = "decided_at desc, id desc"

    task_id = fields.Many2one(
        "o2c.approval.task", required=True, ondelete="restrict", index=True
    )
    order_id = fields.Many2one(
        related="task_id.order_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="task_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    decision = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")], required=True
    )
    comment = fields.Text()
    decided_at = fields.Datetime(required=True)
    fingerprint = fields.Char(required=True, help="SHA-256 of the content decided on.")
    content = fields.Json(required=True)
    channel = fields.Selection(
        CHANNELS, help="Where the decision was taken; empty for decisions of before."
    )
    snapshot = fields.Html(
        string="Decided On", help="The order as it was when this was decided."
    )
    verified = fields.Boolean(
        compute="_compute_verified",
        help="Whether the content that was kept still has its fingerprint.",
    )
    counts = fields.Boolean(
        compute="_compute_counts",
        help="Whether the decision holds for the task as it stands.",
    )

    @api.depends("task_id.pending_since", "decided_at")
    def _compute_counts(self):
        for decision in self:
            since = decision.task_id.pending_since
            decision.counts = bool(since) and decision.decided_at >= since

    @api.depends("content", "fingerprint")
    def _compute_verified(self):
        for decision in self:
            fingerprint = get_fingerprint(decision.content or {})
            decision.verified = fingerprint == decision.fingerprint

    @api.depends("user_id", "task_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for decision in self:
            task = decision.task_id.display_name
            decision.display_name = f"{task} - {decision.user_id.name}"

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Decisions are kept as they were taken."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Decisions are kept as they were taken: they cannot be deleted.")
        )
