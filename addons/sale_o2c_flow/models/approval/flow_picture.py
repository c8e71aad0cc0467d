from odoo import api, fields, models
from odoo.tools import groupby


class O2cApprovalFlow(models.Model):
    """The picture of a flow: stages one after the other, steps of a stage side by side."""

    _inherit = "o2c.approval.flow"

    picture = fields.Json(
        compute="_compute_picture",
        export_string_translation=False,
        groups="sale_o2c_flow.group_manager",
    )

    @api.depends(
        "trigger",
        "confirms",
        "step_ids.name",
        "step_ids.sequence",
        "step_ids.decider_note",
        "step_ids.condition",
    )
    @api.depends_context("lang", "company")
    def _compute_picture(self):
        for flow in self:
            flow.picture = flow._get_picture()

    def _get_picture(self, describe=None):
        """Return the flow as data for its picture.

        :param describe: called with each step, returns more for its box
        :rtype: dict with ``start``, ``end`` and ``stages``, lists of boxes
        """
        self.ensure_one()
        steps = self.step_ids.sorted("sequence")
        return {
            "start": self._get_start_words(),
            "end": self._get_end_words(),
            "stages": [
                [
                    {**step._get_box(), **(describe(step) if describe else {})}
                    for step in stage
                ]
                for _sequence, stage in groupby(steps, lambda step: step.sequence)
            ],
        }

    def _get_start_words(self):
        if self.trigger == "create":
            return self.env._("Order made")
        return self.env._("Order submitted")

    def _get_end_words(self):
        if self.confirms:
            return self.env._("Order confirmed")
        return self.env._("Salesperson confirms")


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    def _get_box(self):
        """Return the step as data for its box in the picture.

        :rtype: dict with ``key``, ``name``, ``who``, ``when`` and ``notes``, a list of
            short sentences
        """
        self.ensure_one()
        return {
            "key": str(self.id),
            "name": self.name or "",
            "who": self.decider_note or "",
            "when": self.condition or "",
            "notes": self._get_picture_notes(),
        }

    def _get_picture_notes(self):
        """Return what else to say of the step in the picture, such as its deadline.

        :rtype: list[str]
        """
        return []
