from odoo import models

QUEUE = "mail.ir_cron_mail_scheduler_action"


class O2cNotificationMixin(models.AbstractModel):
    """Mails from a template, for the events of a document."""

    _inherit = "o2c.notification.mixin"

    def _o2c_send_mails(self, event, template, users_by_document):
        """Put a mail for each user and document into the queue, in the language of its
        reader; a user without an address gets a message instead.

        Nothing is sent here: mail servers are slow, and whoever decides does not wait
        for them.

        :param template: ``mail.template`` on sales orders
        """
        values = []
        for document, users in users_by_document.items():
            order = document._o2c_get_order()[:1]
            values += [
                document._o2c_prepare_mail(event, template, order, user)
                for user in users
                if order and user.email
            ]
        unreachable = {
            document: users.filtered(lambda user: not user.email)
            for document, users in users_by_document.items()
        }
        self._o2c_send_messages(
            event, {doc: users for doc, users in unreachable.items() if users}
        )
        if values:
            self.env["mail.mail"].create(values)
            self.env.ref(QUEUE)._trigger()

    def _o2c_prepare_mail(self, event, template, order, user):
        """Return the values of the mail that tells a user of an event.

        It belongs to no document: what colleagues read does not show up in the history
        that customers see.
        """
        reader = {"lang": user.lang}
        told = {
            "reader": user,
            "note": self.with_context(**reader)._o2c_get_event_note(event),
            "decision_links": order.with_context(**reader)._o2c_get_decision_links(
                user
            ),
        }

        def render(field):
            return template._render_field(
                field, order.ids, set_lang=user.lang, add_context=told
            )[order.id]

        return {
            "subject": render("subject"),
            "body_html": render("body_html"),
            "email_from": render("email_from")
            or order.company_id.email_formatted
            or self.env.user.email_formatted,
            "reply_to": render("reply_to") or order.user_id.email_formatted,
            "recipient_ids": [(4, user.partner_id.id)],
            "message_type": "user_notification",
            "is_internal": True,
            "auto_delete": template.auto_delete,
        }
