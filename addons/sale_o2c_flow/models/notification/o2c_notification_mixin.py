from collections import defaultdict

from odoo import api, models

from .const import (
    AUDIENCE_GROUPS,
    DEFAULT_ACTIVITY_TYPE,
    EVENT_ACTIVITY_TYPES,
    EVENTS,
)


class O2cNotificationMixin(models.AbstractModel):
    """Tell people about the events of a document, as the notification rules say.

    To be inherited next to ``mail.thread`` and ``mail.activity.mixin``.
    """

    _name = "o2c.notification.mixin"
    _description = "Order to Cash Notifications"

    def _o2c_get_order(self):
        """Return the sales order(s) the document belongs to."""
        return self.env["sale.order"]

    def _o2c_get_event_note(self, event):
        """Return a sentence saying what happened, to show in to-dos and messages."""
        self.ensure_one()
        labels = dict(
            self.env["o2c.notification.rule"]
            ._fields["event"]
            ._description_selection(self.env)
        )
        return self.env._(
            "%(event)s: %(document)s",
            event=labels[event],
            document=self.display_name,
        )

    def _o2c_get_audience(self, audience, rule):
        """Return the users an audience stands for on this document.

        :param str audience: one of the audiences of ``o2c.notification.rule``
        :param rule: the rule that asks
        :rtype: res.users
        """
        self.ensure_one()
        order = self._o2c_get_order()[:1]
        if audience == "users":
            return rule.user_ids
        if audience == "salesperson":
            return order.user_id
        if audience == "team_leader":
            return order.team_id.user_id
        if group := AUDIENCE_GROUPS.get(audience):
            return self.env.ref(group)._o2c_get_members(self.company_id)
        return self.env["res.users"]

    def _o2c_notify(self, event):
        """Tell everyone the rules name about an event of these documents.

        Runs as superuser: who causes an event need not be allowed to write to those
        who are told, nor to see them.

        :param str event: one of :data:`.const.EVENTS`
        """
        assert event in dict(EVENTS), event
        for record in self.sudo():
            rules = self.env["o2c.notification.rule"]._get_rules(
                event, record.company_id
            )
            users_by_channel = defaultdict(self.env["res.users"].sudo().browse)
            for rule in rules:
                users_by_channel[rule.channel] |= record._o2c_get_audience(
                    rule.audience, rule
                ).sudo()
            record._o2c_add_todos(event, users_by_channel["todo"])
            record._o2c_send_message(event, users_by_channel["message"] - self.env.user)

    def _o2c_add_todos(self, event, users):
        """Give each user one open to-do for the event."""
        users = users.filtered("active")
        if not users:
            return
        activity_type = self._o2c_get_activity_type(event)
        open_todos = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == activity_type
        )
        users -= open_todos.user_id
        if not users:
            return
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": self.with_context(lang=user.lang)._o2c_get_event_note(
                        event
                    ),
                    "automated": True,
                    "user_id": user.id,
                    "res_model_id": model_id,
                    "res_id": self.id,
                }
                for user in users
            ]
        )

    def _o2c_send_message(self, event, users):
        for lang, users_of_lang in users.grouped("lang").items():
            record = self.with_context(lang=lang)
            record.message_notify(
                body=record._o2c_get_event_note(event),
                subject=record.display_name,
                partner_ids=users_of_lang.partner_id.ids,
            )

    def _o2c_close_todos(self, event, users=None):
        """Take the open to-dos of an event away.

        :param users: only theirs; everybody's when left out
        """
        activity_type = self._o2c_get_activity_type(event)
        # The to-do of a colleague goes as well once the work is done.
        todos = self.sudo().activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == activity_type
                and (users is None or activity.user_id in users)
            )
        )
        todos.unlink()

    @api.model
    def _o2c_get_activity_type(self, event):
        xmlid = EVENT_ACTIVITY_TYPES.get(event, DEFAULT_ACTIVITY_TYPE)
        return self.env.ref(xmlid).sudo()
