from markupsafe import Markup

from odoo import api, models

QUEUE = "mail.ir_cron_mail_scheduler_action"
BODY = Markup('<p>%(note)s</p><p><a href="%(url)s">%(name)s</a></p>')


class O2cNotificationMixin(models.AbstractModel):
    """Messages for events: by mail or in the inbox, as each user prefers."""

    _inherit = "o2c.notification.mixin"

    def _o2c_send_messages(self, event, users_by_document):
        """Tell users in a sentence what happened to documents.

        :param dict users_by_document: active users by document of this model
        """
        values = []
        for document, users in users_by_document.items():
            preferences = users.grouped("notification_type")
            for preference, readers in preferences.items():
                for lang, readers_of_lang in readers.grouped("lang").items():
                    record = document.with_context(lang=lang)
                    if preference == "inbox":
                        record._o2c_put_into_inbox(event, readers_of_lang)
                    else:
                        values += record._o2c_prepare_message_mails(
                            event, readers_of_lang
                        )
        self._o2c_queue_mails(values)
        self._o2c_tell_unreachable(
            event,
            {
                document: users.filtered(lambda user: user.notification_type != "inbox")
                for document, users in users_by_document.items()
            },
        )

    def _o2c_put_into_inbox(self, event, users):
        self.message_notify(
            body=self._o2c_get_event_note(event),
            subject=self.display_name,
            partner_ids=users.partner_id.ids,
            reply_to=self._o2c_get_sender(),
        )

    def _o2c_tell_unreachable(self, event, users_by_document):
        """Give a to-do to those who should get a mail and have no address."""
        self._o2c_add_todos(
            event,
            {
                document: users.filtered(lambda user: not user.email)
                for document, users in users_by_document.items()
            },
        )

    def _o2c_get_sender(self):
        """Return whose address is on mails: an answer is for the colleague, not for the
        history of the document."""
        return self.env.user.email_formatted or self.company_id.email_formatted

    def _o2c_prepare_message_mails(self, event, users):
        """Return the values of the mails that tell users of an event."""
        self.ensure_one()
        url = f"{self.get_base_url()}/mail/view?model={self._name}&res_id={self.id}"
        body = BODY % {
            "note": self._o2c_get_event_note(event),
            "url": url,
            "name": self.display_name,
        }
        sender = self._o2c_get_sender()
        return [
            {
                "model": self._name,
                "res_id": self.id,
                "subject": self.display_name,
                "body": body,
                "body_html": body,
                "email_from": sender,
                "reply_to": sender,
                "recipient_ids": [(4, user.partner_id.id)],
                "auto_delete": True,
            }
            for user in users
            if user.email
        ]

    def _o2c_queue_mails(self, values):
        """Put mails for colleagues into the queue, all at once.

        Nothing is sent here: mail servers are slow, and whoever decides does not wait
        for them.
        """
        if not values:
            return
        self.env["mail.mail"].create(
            [
                {**vals, "message_type": "user_notification", "is_internal": True}
                for vals in values
            ]
        )
        self._o2c_run_queue()

    @api.model
    def _o2c_run_queue(self):
        """Have the queue of mails run after this transaction, once for all of it."""
        precommit = self.env.cr.precommit
        if not precommit.data.get(QUEUE):
            precommit.data[QUEUE] = True
            precommit.add(self.env.ref(QUEUE).sudo()._trigger)
