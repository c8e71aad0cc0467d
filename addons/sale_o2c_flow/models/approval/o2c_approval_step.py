from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.model
    def _check_order_domain(self, record):
        """Check that the domain of a flow or step can be applied to orders."""
        try:
            domain = literal_eval(record.domain)
            self.env["sale.order"].sudo().search_count(domain, limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The filter on orders of “%(name)s” cannot be used: %(error)s",
                    name=record.name,
                    error=error,
                )
            ) from error
