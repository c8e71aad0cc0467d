from odoo import models

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
        types = {self.env.ref(xmlid).id for xmlid in EVENT_ACTIVITY_TYPES.values()}
        return self.filtered(
            lambda todo: todo.automated and todo.activity_type_id.id in types
        )
