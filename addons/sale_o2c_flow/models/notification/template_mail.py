from odoo import models


class O2cNotificationMixin(models.AbstractModel):
    """Mails from a template, for the events of a document."""

    _inherit = "o2c.notification.mixin"

    def _o2c_send_mails(self, event, template, users_by_document):
        """Put a mail for each user and document into the queue, in the language of its
        reader; a user without an address gets a to-do instead.

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
        self._o2c_queue_mails(values)
        self._o2c_tell_unreachable(event, users_by_document)

    def _o2c_prepare_mail(self, event, template, order, user):
        """Return the values of the mail that tells a user of an event.

        It belongs to no document: what colleagues read does not show up in the history
        that customers see.
        """
        lang = user.lang
        links = order.with_context(lang=lang)._o2c_get_decision_links(user)
        # In the context, because templates are tried without it when they are saved.
        reading = template.with_context(
            o2c_reader=user.name,
            o2c_note=self.with_context(lang=lang)._o2c_get_event_note(event),
            o2c_decision_links=links,
        )

        def render(field):
            return reading._render_field(field, order.ids, set_lang=lang)[order.id]

        return {
            "subject": render("subject"),
            "body_html": render("body_html"),
            "email_from": render("email_from")
            or order.company_id.email_formatted
            or self.env.user.email_formatted,
            "reply_to": render("reply_to") or order.user_id.email_formatted,
            "recipient_ids": [(4, user.partner_id.id)],
            "auto_delete": template.auto_delete,
        }
