from collections import defaultdict

from odoo import api, models

from .const import DEFAULT_ACTIVITY_TYPE, EVENT_ACTIVITY_TYPES


class O2cNotificationMixin(models.AbstractModel):
    """To-dos for events: one of a kind for each user, closed when the work is done."""

    _inherit = "o2c.notification.mixin"

    def _o2c_add_todos(self, event, users_by_document):
        """Give each user one open to-do for the event, all in one go.

        :param dict users_by_document: active users by document of this model
        """
        asked = {doc: users for doc, users in users_by_document.items() if users}
        if not asked:
            return
        activity_type = self._o2c_get_activity_type(event)
        documents = self.browse([document.id for document in asked])
        busy = defaultdict(set)
        for todo in documents._o2c_get_todos(activity_type):
            busy[todo.res_id].add(todo.user_id.id)
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(
            mail_activity_quick_update=True, o2c_todo=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": document._o2c_get_todo_summary(event, user.lang),
                    "automated": True,
                    "user_id": user.id,
                    "res_model_id": model_id,
                    "res_id": document.id,
                }
                for document, users in asked.items()
                for user in users
                if user.id not in busy[document.id]
            ]
        )

    def _o2c_get_todo_summary(self, event, lang):
        """Return the note of the event on one line, in the reader's language."""
        note = self.with_context(lang=lang)._o2c_get_event_note(event)
        return " ".join(note.split())

    def _o2c_get_todos(self, activity_types, users=None):
        """Return the open to-dos of some kinds on these documents.

        :param users: only theirs; everybody's when left out
        """
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("activity_type_id", "in", activity_types.ids),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        # The to-do of a colleague counts as well.
        return self.env["mail.activity"].sudo().search(domain)

    def _o2c_close_todos(self, event, users=None):
        """Take the open to-dos of an event away, from all of these documents at once:
        the to-do of a colleague goes as well once the work is done.

        :param event: name of an event, or several
        :param users: only theirs; everybody's when left out
        """
        if not self.ids:
            return
        events = (event,) if isinstance(event, str) else event
        activity_types = self.env["mail.activity.type"].union(
            *map(self._o2c_get_activity_type, events)
        )
        self._o2c_get_todos(activity_types, users)._o2c_end()

    @api.model
    def _o2c_get_activity_type(self, event):
        xmlid = EVENT_ACTIVITY_TYPES.get(event, DEFAULT_ACTIVITY_TYPE)
        # Without asking whether it is there: it comes with the addon, or with mail.
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            xmlid, raise_if_not_found=True
        )
        return self.env["mail.activity.type"].sudo().browse(type_id)
