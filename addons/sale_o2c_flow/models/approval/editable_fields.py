"""What the deciders of a step may change of an order while they decide."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Fields of orders that a department may be trusted with. What says whose the order is,
# or that it is confirmed, is none of them.
EDITABLE_FIELDS = (
    "client_order_ref",
    "commitment_date",
    "fiscal_position_id",
    "incoterm",
    "note",
    "order_line",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "picking_policy",
    "pricelist_id",
    "validity_date",
    "warehouse_id",
)


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    editable_field_ids = fields.Many2many(
        "ir.model.fields",
        string="May Change While Deciding",
        domain=lambda self: [
            ("model", "=", "sale.order"),
            ("name", "in", EDITABLE_FIELDS),
        ],
        help="What the deciders may change of an order in approval, the warehouse its "
        "dates for example. Every change is logged; one that goes beyond what others "
        "approved asks them again.",
    )

    @api.constrains("editable_field_ids")
    def _check_editable_fields(self):
        for step in self:
            # Managers set up flows and need not be able to read every field's record.
            for field in step.sudo().editable_field_ids:
                if field.model != "sale.order" or field.name not in EDITABLE_FIELDS:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” cannot be opened to the deciders of step "
                            "“%(step)s”. Choose fields like delivery date, warehouse, "
                            "payment terms or order lines.",
                            field=field.field_description,
                            step=step.name,
                        )
                    )
