from odoo import api, models

from .const import EVENT_ACTIVITY_TYPES


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def write(self, vals):
        # Also whoever a to-do of ours is handed to has it, and follows nothing.
        ours = self._o2c_get_own() if vals.get("user_id") else self.browse()
        if not ours:
            return super().write(vals)
        others = self - ours
        if others:
            super(MailActivity, others).write(vals)
        return super(MailActivity, ours.with_context(o2c_todo=True)).write(vals)

    def _o2c_get_own(self):
        """Return the to-dos that notification rules gave to people."""
        types = self._o2c_get_own_types()
        return self.filtered(
            lambda todo: todo.automated and todo.activity_type_id.id in types
        )

    @api.model
    def _o2c_get_own_types(self):
        return {self.env.ref(xmlid).id for xmlid in EVENT_ACTIVITY_TYPES.values()}

    def _o2c_end(self):
        """Take to-dos away whose work is done.

        They are put aside and deleted later: deleting makes Odoo forget all it has read
        so far, and whoever decides waits while it is read again.
        """
        self.write({"active": False})

    @api.autovacuum
    def _o2c_gc_ended(self):
        """Delete the to-dos that were put aside; what people said when they marked one
        as done themselves stays."""
        self.search(
            [
                ("active", "=", False),
                ("automated", "=", True),
                ("activity_type_id", "in", list(self._o2c_get_own_types())),
                ("feedback", "=", False),
            ],
            limit=10_000,
        ).unlink()
