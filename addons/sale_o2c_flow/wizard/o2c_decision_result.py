from markupsafe import Markup

from odoo import api, fields, models


class O2cDecisionResult(models.TransientModel):
    """Says which of several tasks could not be decided, and why."""

    _name = "o2c.decision.result"
    _description = "Result of Several Decisions"

    summary = fields.Char(readonly=True)
    refusals = fields.Html(readonly=True)

    @api.model
    def _open(self, summary, refused):
        """Return the action that shows the result.

        :param str summary: how many were decided
        :param refused: tuples of a task and why it could not be decided
        """
        rows = Markup().join(
            Markup("<li><strong>%s</strong>: %s</li>") % (task.display_name, message)
            for task, message in refused
        )
        result = self.create(
            {"summary": summary, "refusals": Markup("<ul>%s</ul>") % rows}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Everything Could Be Decided"),
            "res_model": self._name,
            "res_id": result.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
