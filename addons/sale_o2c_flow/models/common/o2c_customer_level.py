from odoo import fields, models


class O2cCustomerLevel(models.Model):
    """Grade of a customer: drives discount policies and reports."""

    _name = "o2c.customer.level"
    _description = "Customer Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()

    # A translated name is stored with all its languages.
    _english_name_uniq = models.UniqueIndex(
        "((name->>'en_US'))", "A customer level with this name exists already."
    )
