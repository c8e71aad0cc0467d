from odoo import api, fields, models


class O2cRejectionReason(models.Model):
    """Kinds of reasons for which orders are rejected, to count them."""

    _name = "o2c.rejection.reason"
    _description = "Rejection Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    # A translated name is stored with all its languages.
    _english_name_uniq = models.UniqueIndex(
        "((name->>'en_US'))", "A rejection reason with this name exists already."
    )

    @api.model
    def _find(self, reason_id):
        """Return the reason a caller sent the id of, empty if it is none."""
        if not isinstance(reason_id, int):
            return self.browse()
        return self.browse(reason_id).exists()
