from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache


class O2cApprovalFlow(models.Model):
    """Which departments decide on a kind of order, and in which sequence."""

    _name = "o2c.approval.flow"
    _description = "Approval Flow"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first flow that fits an order is taken."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the flow holds for every company."
    )
    team_ids = fields.Many2many(
        "crm.team", string="Sales Teams", help="Empty: every team."
    )
    domain = fields.Char(string="Orders", default="[]", required=True, tracking=True)
    step_ids = fields.One2many(
        "o2c.approval.step", "flow_id", string="Steps", copy=True
    )

    @api.constrains("domain")
    def _check_domain(self):
        for record in self:
            self.env["sale.order"]._o2c_check_filter(record.domain, record.name)

    @api.constrains("active", "step_ids", "company_id", "team_ids")
    def _check_deciders(self):
        for flow in self.filtered("active"):
            flow.step_ids._check_somebody_decides()

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        self._forget_flows()
        return flows

    def write(self, vals):
        result = super().write(vals)
        self._forget_flows()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_flows()
        return result

    @api.model
    def _forget_flows(self):
        """Have it asked anew which flow holds, and who is needed."""
        self.env.registry.clear_cache()
        self.env["sale.order"].invalidate_model(
            ["o2c_approval_needed", "o2c_approval_preview"]
        )

    @api.model
    @ormcache("company_id")
    def _get_flow_ids(self, company_id):
        domain = Domain("company_id", "in", [company_id, False])
        # Kept for everybody: not with the archived ones that somebody looks at.
        return self.sudo().with_context(active_test=True).search(domain)._ids

    @api.model
    def _get_flow(self, order):
        """Return the flow that holds for an order, empty when it needs no approval."""
        # Which flow holds must not depend on what the user at hand may see.
        flows = self.sudo().browse(self._get_flow_ids(order.company_id.id))
        for flow in flows:
            if flow._fits(order.sudo()):
                return flow
        return flows.browse()

    def _fits(self, order):
        """Whether the flow is for orders like this one of its companies."""
        self.ensure_one()
        return self._fits_team(order) and self._fits_domain(order)

    def _fits_team(self, order):
        team_ids = self._get_outline().team_ids
        return not team_ids or order.team_id.id in team_ids

    def _fits_domain(self, order):
        domain = literal_eval(self._get_outline().domain)
        return not domain or bool(order.filtered_domain(domain))

    def _get_steps(self, order):
        """Return the steps of the flow that an order has to pass."""
        step_ids = self._get_outline().step_ids if self else ()
        steps = self.env["o2c.approval.step"].browse(step_ids)
        return steps.filtered(lambda step: step._applies(order.sudo()))

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", flow.name), active=False)
            for flow, vals in zip(self, super().copy_data(default), strict=True)
        ]
