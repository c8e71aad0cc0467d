from odoo import api, fields, models
from odoo.tools import groupby


class SaleOrder(models.Model):
    """Who will have to approve an order, before it is submitted."""

    _inherit = "sale.order"

    o2c_approval_preview = fields.Char(
        string="Will Be Approved By",
        compute="_compute_o2c_approval_preview",
        # Flows are for managers to read; who decides is no secret among colleagues.
        compute_sudo=True,
        help="The departments that have to approve the order as it is now, with those "
        "who may decide; departments between arrows decide side by side.",
        groups="base.group_user",
    )

    @api.depends(
        "state",
        "company_id",
        "currency_id",
        "team_id",
        "user_id",
        "amount_total",
        "o2c_discount_authority",
        "o2c_margin_percent",
        "o2c_new_customer",
        "o2c_overdue_customer",
    )
    @api.depends_context("lang")
    def _compute_o2c_approval_preview(self):
        for order in self:
            order.o2c_approval_preview = (
                order.state in ("draft", "sent") and order._o2c_preview_approval()
            )

    def _o2c_preview_approval(self):
        """Name the departments in the sequence in which they decide, and the deciders.

        :return: nothing when no flow asks for anything, or nobody may approve
        """
        self.ensure_one()
        if self._o2c_is_forbidden():
            return self.env._("nobody, this discount is not allowed")
        steps = self._o2c_get_steps().sorted("sequence")
        stages = [
            ", ".join(self._o2c_preview_step(step) for step in stage)
            for _sequence, stage in groupby(steps, lambda step: step.sequence)
        ]
        return " → ".join(stages) or False

    def _o2c_preview_step(self, step):
        people = step._name_people(step._get_deciders(self))
        if not people:
            return step.name
        if step.rule == "quorum":
            people = step._describe_rule(people)
        return self.env._(
            "%(department)s (%(people)s)", department=step.name, people=people
        )
