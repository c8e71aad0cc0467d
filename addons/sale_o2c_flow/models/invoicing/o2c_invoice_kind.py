from odoo import fields, models


class O2cInvoiceKind(models.Model):
    """Kind of tax invoice a customer may ask for."""

    _name = "o2c.invoice.kind"
    _description = "Invoice Kind"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    needs_tax_id = fields.Boolean(
        string="Needs Tax ID", help="The invoice title has to carry a tax ID."
    )
