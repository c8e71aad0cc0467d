from ast import literal_eval
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list, ormcache

from .const import AUDIENCE_CLAUSES, AUDIENCES, CHANNELS, EVENT_CLAUSES, EVENTS


class Rule(NamedTuple):
    """What a rule says, kept in memory: events happen often, rules change rarely."""

    id: int
    audience: str
    channel: str
    # Of rules for mails only.
    template_id: int
    domain: list

    def holds_for(self, document):
        """Whether the rule is meant for the orders of a document."""
        orders = document._o2c_get_order()
        return not self.domain or bool(orders.filtered_domain(self.domain))


class O2cNotificationRule(models.Model):
    """Who is told of which event, and how."""

    _name = "o2c.notification.rule"
    _description = "Notification Rule"
    _order = "event, id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    event = fields.Selection(EVENTS, required=True)
    audience = fields.Selection(AUDIENCES, required=True)
    channel = fields.Selection(CHANNELS, required=True, default="message")
    user_ids = fields.Many2many("res.users", string="Users")
    domain = fields.Char(
        string="Only Orders",
        default="[]",
        required=True,
        help="Only for events of orders like these. Empty: for every order.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Mail Template",
        domain="[('model', '=', 'sale.order')]",
        ondelete="restrict",
        index="btree_not_null",
        help="What the mail says. It may use ctx.get('o2c_note') (what happened, in a "
        "sentence), ctx.get('o2c_reader') (name of who gets it) and "
        "ctx.get('o2c_decision_links') (addresses by their names).",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the rule holds for every company."
    )
    sentence = fields.Char(string="Rule", compute="_compute_sentence")

    @api.depends("event", "audience")
    @api.depends_context("lang")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        audiences = dict(self._fields["audience"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(event)s: %(audience)s",
                event=events.get(rule.event),
                audience=audiences.get(rule.audience),
            )

    @api.depends("event", "audience", "channel", "user_ids", "template_id", "domain")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = rule._tell() if rule.event and rule.audience else False

    def _tell(self):
        """Return the rule as a sentence."""
        self.ensure_one()
        words = {"event": self._tell_event(), "people": self._tell_audience()}
        if self.channel == "todo":
            return self.env._("When %(event)s, give %(people)s a to-do", **words)
        if self.channel == "mail":
            return self.env._(
                "When %(event)s, mail “%(template)s” to %(people)s",
                template=self.template_id.name or "",
                **words,
            )
        return self.env._("When %(event)s, send %(people)s a message", **words)

    def _tell_event(self):
        clause = self.env._(EVENT_CLAUSES[self.event])
        if self._get_domain():
            return self.env._("%s (only some orders)", clause)
        return clause

    def _tell_audience(self):
        if self.audience == "users":
            return format_list(self.env, self.user_ids.mapped("name")) or "…"
        return self.env._(AUDIENCE_CLAUSES[self.audience])

    @api.constrains("audience", "user_ids")
    def _check_user_ids(self):
        for rule in self:
            if rule.audience == "users" and not rule.user_ids:
                raise ValidationError(
                    self.env._(
                        "The rule for “%(event)s” is meant for named users: name at "
                        "least one.",
                        event=rule.display_name,
                    )
                )

    @api.constrains("channel", "template_id")
    def _check_template(self):
        for rule in self.filtered(lambda rule: rule.channel == "mail"):
            if rule.template_id.model != "sale.order":
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” sends mails: choose a mail template for "
                        "sales orders.",
                        rule=rule.display_name,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            self.env["sale.order"]._o2c_check_filter(rule.domain, rule.display_name)

    def _get_domain(self):
        return literal_eval(self.domain or "[]")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @ormcache("event", "company_id")
    def _get_rule_data(self, event, company_id):
        """Return the rules of an event that hold for a company, as plain data kept in
        memory: most events have nobody to tell.

        :rtype: tuple of :class:`Rule`
        """
        domain = Domain("event", "=", event)
        domain &= Domain("company_id", "in", [company_id, False])
        return tuple(
            Rule(
                rule.id,
                rule.audience,
                rule.channel,
                rule.template_id.id if rule.channel == "mail" else False,
                rule._get_domain(),
            )
            for rule in self.sudo().search(domain)
        )
