from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from .const import AUDIENCES, CHANNELS, EVENTS


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
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the rule holds for every company."
    )

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
    def _get_rules(self, event, company):
        """Return the rules of an event that hold for a company."""
        return self.sudo().browse(self._get_rule_ids(event, company.id))

    @api.model
    @ormcache("event", "company_id")
    def _get_rule_ids(self, event, company_id):
        domain = Domain("event", "=", event)
        domain &= Domain("company_id", "in", [company_id, False])
        return self.sudo().search(domain)._ids
