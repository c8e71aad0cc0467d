from collections import defaultdict

from odoo import models

from .const import AUDIENCE_GROUPS, EVENTS


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
        if audience == "asked":
            return self._o2c_get_asked_users()
        if audience == "follower":
            # Customers follow documents too: what rules say is for colleagues.
            return self.message_partner_ids.user_ids.filtered(
                lambda user: user._is_internal()
            )
        if group := AUDIENCE_GROUPS.get(audience):
            return (
                self.env["res.groups"]
                ._o2c_get_role(group)
                ._o2c_get_members(self.company_id)
            )
        if order and order != self:
            # Who submitted it, who decides: people of the order the document is for.
            return order._o2c_get_audience(audience, rule)
        return self.env["res.users"]

    def _o2c_get_asked_users(self):
        """Return those who are asked something about the document and have not yet
        answered."""
        return self.env["res.users"]

    def _o2c_notify(self, event):
        """Tell everyone the rules name about an event of these documents.

        Runs as superuser: who causes an event need not be allowed to write to those
        who are told, nor to see them.

        :param str event: one of :data:`.const.EVENTS`
        """
        assert event in dict(EVENTS), event
        # Documents that say something of their own travel with their environment.
        documents = self.sudo()
        myself = self.env.user
        for (channel, template), told in documents._o2c_get_told(event).items():
            if channel == "todo":
                documents._o2c_add_todos(event, told)
                continue
            # Whoever causes an event knows of it.
            others = {document: users - myself for document, users in told.items()}
            if channel == "mail":
                documents._o2c_send_mails(event, template, others)
            else:
                documents._o2c_send_messages(event, others)

    def _o2c_get_told(self, event):
        """Return who is told of an event of these documents.

        :return: active users of its company by document, by channel and, for mails,
            their ``mail.template``; each user gets one mail about a document
        :rtype: dict[tuple[str, mail.template], dict[record, res.users]]
        """
        told = defaultdict(lambda: defaultdict(self.env["res.users"].browse))
        mailed = defaultdict(self.env["res.users"].browse)
        rules = self.env["o2c.notification.rule"]
        templates = self.env["mail.template"]
        for company, documents in self.grouped("company_id").items():
            for rule in rules._get_rule_data(event, company.id):
                by_mail = rule.channel == "mail"
                people = told[rule.channel, templates.browse(rule.template_id or ())]
                for document in documents.filtered(rule.holds_for):
                    users = document._o2c_get_audience(
                        rule.audience, rules.browse(rule.id)
                    ).sudo()
                    # Whomever a rule names, the document is for its company's people.
                    users = users._o2c_working_for(company)
                    if by_mail:
                        users -= mailed[document]
                        mailed[document] |= users
                    people[document] |= users
        return told
