"""What else is kept of a decision: through which channel, for which kind of reason."""

from odoo import fields, models

CHANNELS = [
    ("web", "Document"),
    ("list", "Several at once"),
    ("mail", "Link in an e-mail"),
    ("api", "Other program"),
    ("automatic", "Automatic"),
]


class O2cApprovalDecision(models.Model):
    _inherit = "o2c.approval.decision"

    decision = fields.Selection(
        selection_add=[("sent_back", "Sent back")],
        ondelete={"sent_back": "cascade"},
    )
    channel = fields.Selection(CHANNELS, readonly=True)
    reject_reason_id = fields.Many2one(
        "o2c.rejection.reason", ondelete="restrict", index="btree_not_null"
    )

    def _compute_counts(self):
        result = super()._compute_counts()
        # A question settles nothing: whoever asked still has to decide.
        self.filtered(lambda d: d.decision == "sent_back").counts = False
        return result


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    reject_reason_id = fields.Many2one(
        "o2c.rejection.reason",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
