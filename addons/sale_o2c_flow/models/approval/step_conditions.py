from odoo import api, fields, models

from .condition import CONDITIONS


class O2cApprovalStep(models.Model):
    """When a step is needed: all of its conditions have to hold."""

    _inherit = "o2c.approval.step"

    amount_from = fields.Float(
        string="From Amount",
        help="Order total, tax included, in the currency of the company. 0: any amount.",
    )
    authority_from = fields.Selection(
        [("team_leader", "Team leader or higher"), ("director", "Director")],
        string="Discount Needs",
        help="Only when the discounts of the order ask for this authority.",
    )
    margin_below = fields.Float(
        string="Margin Below (%)",
        digits=(5, 2),
        help="Only when the margin of the order is lower, in percent; orders whose costs "
        "are not known have none. 0: any margin. For sales at a loss enter 0.01.",
    )
    over_credit_limit = fields.Boolean(
        string="Over the Credit Limit",
        help="Only when the customer goes over the credit limit with the order. Needs "
        "the sales credit limit of the company to be switched on in the settings of "
        "Invoicing.",
    )
    new_customer = fields.Boolean(
        help="Only when the customer, with all addresses and contacts, has no other "
        "confirmed order in the company.",
    )
    overdue_customer = fields.Boolean(
        help="Only when the customer is behind with payments: posted entries or "
        "installments past due, less money that is not matched yet.",
    )
    domain = fields.Char(string="Only Orders", default="[]", required=True)
    condition = fields.Char(string="When", compute="_compute_condition")

    _amount_from_check = models.Constraint(
        "CHECK (amount_from >= 0)", "The amount a step starts from cannot be negative."
    )
    _margin_below_check = models.Constraint(
        "CHECK (margin_below BETWEEN -100 AND 100)",
        "The margin below which a step is needed is a percentage from -100 to 100.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for record in self:
            self.env["sale.order"]._o2c_check_filter(record.domain, record.name)

    @api.model
    def _get_condition_classes(self):
        """Return the conditions there are, as classes of
        :class:`~.condition.Condition`. Addons add theirs, with fields of the step."""
        return CONDITIONS

    @api.model
    def _get_condition_fields(self):
        """Return the names of the fields that conditions are made of."""
        return [
            "amount_from",
            "authority_from",
            "margin_below",
            "over_credit_limit",
            "new_customer",
            "overdue_customer",
            "domain",
        ]

    @api.depends(lambda self: [*self._get_condition_fields(), "flow_id.company_id"])
    @api.depends_context("lang", "company")
    def _compute_condition(self):
        for step in self:
            words = [condition.get_words() for condition in step._get_conditions()]
            step.condition = " · ".join(words) or self.env._("every order")

    def _get_conditions(self):
        """Return the conditions that are set.

        :rtype: list[Condition]
        """
        self.ensure_one()
        conditions = [cls(self) for cls in self._get_condition_classes()]
        return [condition for condition in conditions if condition.is_set()]

    def _applies(self, order):
        """Whether an order has to pass this step."""
        return all(condition.holds(order) for condition in self._get_conditions())

    def _get_reason(self, order):
        """Return why an order has to pass this step, as data for the task.

        :rtype: list[dict]
        """
        reasons = [
            condition.get_reason(order.sudo()) for condition in self._get_conditions()
        ]
        return [reason for reason in reasons if reason] or [{"code": "always"}]

    def _get_findings(self, order):
        """Return what the conditions say of an order, whether the step applies or not.

        :rtype: list[dict] with ``holds`` and a sentence as ``text``
        """
        return [
            {
                "holds": bool(condition.holds(order.sudo())),
                "text": condition.get_finding(order.sudo()),
            }
            for condition in self._get_conditions()
        ]
