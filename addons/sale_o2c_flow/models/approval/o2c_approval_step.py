from odoo import fields, models


class O2cApprovalStep(models.Model):
    """One department's decision in an approval flow."""

    _name = "o2c.approval.step"
    _description = "Approval Step"
    _order = "flow_id, sequence, id"

    flow_id = fields.Many2one(
        "o2c.approval.flow", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(string="Department", required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Steps of the same sequence are decided side by side."
    )
