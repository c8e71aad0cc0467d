"""For which kind of reason something was rejected, and questions among decisions."""

from odoo import fields, models


class O2cApprovalDecision(models.Model):
    _inherit = "o2c.approval.decision"

    decision = fields.Selection(
        selection_add=[("sent_back", "Sent back")],
        ondelete={"sent_back": "cascade"},
    )
    reject_reason_id = fields.Many2one(
        "o2c.rejection.reason", ondelete="restrict", index="btree_not_null"
    )


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    reject_reason_id = fields.Many2one(
        "o2c.rejection.reason",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
