from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..discount.o2c_discount_tier import AUTHORITY_RANK


class O2cApprovalStep(models.Model):
    """One department's decision in an approval flow."""

    _name = "o2c.approval.step"
    _description = "Approval Step"
    _order = "flow_id, sequence, id"

    flow_id = fields.Many2one(
        "o2c.approval.flow", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(string="Department", required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Steps of the same sequence are decided side by side."
    )
    # -- Who decides
    decider_type = fields.Selection(
        [("role", "Role"), ("users", "Named users"), ("team_leader", "Team leader")],
        string="Who Decides",
        required=True,
        default="role",
    )
    group_id = fields.Many2one("res.groups", string="Role", ondelete="restrict")
    user_ids = fields.Many2many("res.users", string="Users")
    rule = fields.Selection(
        [("any", "Any one of them"), ("all", "All of them")],
        string="How Many",
        required=True,
        default="any",
    )
    allow_own = fields.Boolean(
        string="May Decide Own Order",
        help="Lets a decider approve an order of their own.",
    )
    # -- When it is needed
    amount_from = fields.Float(
        string="From Amount",
        help="Order total, tax included, in the currency of the company. 0: any amount.",
    )
    authority_from = fields.Selection(
        [("team_leader", "Team leader or higher"), ("director", "Director")],
        string="Discount Needs",
        help="Only when the discounts of the order ask for this authority.",
    )
    over_credit_limit = fields.Boolean(
        string="Over the Credit Limit",
        help="Only when the customer goes over the credit limit with the order. Needs "
        "the sales credit limit of the company to be switched on in the settings of "
        "Invoicing.",
    )
    domain = fields.Char(string="Only Orders", default="[]", required=True)

    _amount_from_check = models.Constraint(
        "CHECK (amount_from >= 0)", "The amount a step starts from cannot be negative."
    )

    @api.constrains("domain")
    def _check_domain(self):
        for record in self:
            self._check_order_domain(record)

    @api.model
    def _check_order_domain(self, record):
        """Check that the domain of a flow or step can be applied to orders."""
        try:
            domain = literal_eval(record.domain)
            self.env["sale.order"].sudo().search_count(domain, limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The filter on orders of “%(name)s” cannot be used: %(error)s",
                    name=record.name,
                    error=error,
                )
            ) from error

    @api.constrains("decider_type", "group_id", "user_ids")
    def _check_somebody_decides(self):
        for step in self.filtered("flow_id.active"):
            if step.decider_type == "team_leader":
                continue
            if not step._get_fixed_deciders(step.flow_id.company_id):
                raise ValidationError(
                    self.env._(
                        "Nobody can decide step “%(step)s” of flow “%(flow)s”: name "
                        "users, or give somebody the role in Settings > Users.",
                        step=step.name,
                        flow=step.flow_id.name,
                    )
                )

    @api.onchange("decider_type")
    def _onchange_decider_type(self):
        if self.decider_type != "role":
            self.group_id = False
        if self.decider_type != "users":
            self.user_ids = False

    def _applies(self, order):
        """Whether an order has to pass this step."""
        self.ensure_one()
        return (
            self._applies_to_amount(order)
            and self._applies_to_authority(order)
            and self._applies_to_domain(order)
            and self._applies_to_credit(order)
        )

    def _applies_to_amount(self, order):
        if not self.amount_from:
            return True
        currency = order.company_id.currency_id
        amount = order.currency_id._convert(
            order.amount_total, currency, order.company_id, order.date_order
        )
        return currency.compare_amounts(amount, self.amount_from) >= 0

    def _applies_to_authority(self, order):
        if not self.authority_from:
            return True
        reached = AUTHORITY_RANK[order.o2c_discount_authority or "self"]
        return reached >= AUTHORITY_RANK[self.authority_from]

    def _applies_to_domain(self, order):
        domain = literal_eval(self.domain)
        return not domain or bool(order.filtered_domain(domain))

    def _applies_to_credit(self, order):
        return not self.over_credit_limit or order.o2c_over_credit_limit

    def _get_fixed_deciders(self, company):
        """Return who decides whatever the order, active people of the company only."""
        self.ensure_one()
        if self.decider_type == "users":
            return self.user_ids._o2c_working_for(company)
        if self.decider_type == "role" and self.group_id:
            return self.group_id._o2c_get_members(company)
        return self.env["res.users"]

    def _get_deciders(self, order):
        """Return who decides this step for an order.

        Without anybody left (the only decider sold the order, the team has no leader)
        it falls to the O2C managers.

        :rtype: res.users
        """
        self.ensure_one()
        if self.decider_type == "team_leader":
            deciders = order.team_id.user_id._o2c_working_for(order.company_id)
        else:
            deciders = self._get_fixed_deciders(order.company_id)
        deciders = self._without_owners(deciders, order)
        if not deciders:
            managers = self.env.ref("sale_o2c_flow.group_manager")._o2c_get_members(
                order.company_id
            )
            deciders = self._without_owners(managers, order)
        return deciders

    def _without_owners(self, users, order):
        return users if self.allow_own else users - order._o2c_get_owners()

    def _get_reason(self, order):
        """Return why an order has to pass this step, as data for the task."""
        self.ensure_one()
        reason = self._get_main_reason(order)
        if self.over_credit_limit:
            # Kept as it was: what the customer owes moves on.
            reason["credit"] = order._o2c_get_credit_excesses().get(order)
        return reason

    def _get_main_reason(self, order):
        if self.authority_from:
            line = order.o2c_discount_line_id
            if order.o2c_discount_cause == "margin":
                # Without the figure: not every decider may know what things cost.
                return {"code": "margin", "product": line.product_id.display_name}
            return {
                "code": "discount",
                "value": round((line or order).o2c_effective_discount, 2),
                "product": line.product_id.display_name,
            }
        if self.amount_from:
            return {"code": "amount", "value": self.amount_from}
        return {"code": "credit" if self.over_credit_limit else "always"}
