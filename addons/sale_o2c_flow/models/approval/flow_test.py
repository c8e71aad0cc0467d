from odoo import models


class O2cApprovalFlow(models.Model):
    """What a flow would do with an order, and why."""

    _inherit = "o2c.approval.flow"

    def action_open_test(self):
        """Open the dialog that tests the flow on an order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test on an Order"),
            "res_model": "o2c.approval.test",
            "view_mode": "form",
            "target": "new",
            "context": {"default_flow_id": self.id},
        }

    def _explain_fit(self, order):
        """Return what stands against the flow for an order.

        :rtype: list of sentences, empty when the flow would be taken
        """
        self.ensure_one()
        obstacles = []
        if not self.active:
            obstacles.append(self.env._("The flow is not in use."))
        if self.company_id and self.company_id != order.company_id:
            obstacles.append(
                self.env._(
                    "It is for %(flow)s, the order is one of %(order)s.",
                    flow=self.company_id.name,
                    order=order.company_id.name,
                )
            )
        if not self._fits_team(order):
            obstacles.append(
                self.env._(
                    "It is for the teams %(teams)s, the order is one of %(team)s.",
                    teams=self.team_ids.mapped("name"),
                    team=order.team_id.name or self.env._("no team"),
                )
            )
        if not self._fits_domain(order):
            obstacles.append(self.env._("The order is not one of its filter."))
        taken = self._get_flow(order)
        if not obstacles and taken != self:
            obstacles.append(
                self.env._("“%s” comes first and is taken instead.", taken.name)
            )
        return obstacles

    def _explain(self, order):
        """Return the picture of the flow with what would happen to an order."""
        return self._get_picture(lambda step: step._explain(order))


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    def _explain(self, order):
        """Return what would become of the step for an order, for its box.

        :rtype: dict with ``state`` (``needed`` or ``skipped``), ``people`` who would
            decide, the ``findings`` of its conditions and ``notes``
        """
        self.ensure_one()
        findings = self._get_findings(order)
        needed = all(finding["holds"] for finding in findings)
        choice = self._choose_deciders(order)
        return {
            "state": "needed" if needed else "skipped",
            "findings": findings,
            "people": self._describe_rule(self._name_people(choice.deciders)),
            "notes": self._explain_choice(choice) if needed else [],
        }

    def _explain_choice(self, choice):
        notes = []
        if choice.owners:
            notes.append(
                self.env._(
                    "Left out, it is their own order: %s",
                    choice.owners.mapped("name"),
                )
            )
        if choice.engaged:
            notes.append(
                self.env._(
                    "Left out, they approved another step: %s",
                    choice.engaged.mapped("name"),
                )
            )
        if choice.is_fallback:
            notes.append(self.env._("Nobody else is left: others step in."))
        return notes
