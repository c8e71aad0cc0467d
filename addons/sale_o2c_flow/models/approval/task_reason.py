from odoo import api, fields, models


class O2cApprovalTask(models.Model):
    """Why a task is there, told to those who decide it."""

    _inherit = "o2c.approval.task"

    reason_data = fields.Json(readonly=True)
    reason = fields.Char(string="Why", compute="_compute_reason")

    @api.depends("reason_data")
    @api.depends_context("lang")
    def _compute_reason(self):
        classes = {
            code: cls
            for cls in self.env["o2c.approval.step"]._get_condition_classes()
            for code in cls.reasons
        }
        for task in self:
            reasons = [
                classes[data["code"]].describe(task, data)
                for data in task._get_reasons()
                if data["code"] in classes
            ]
            # Once each: two conditions may say the same.
            words = dict.fromkeys(filter(None, reasons))
            task.reason = " · ".join(words) or self.env._("Every order passes here")

    def _get_reasons(self):
        """Return the reasons, each as data.

        :rtype: list[dict]
        """
        self.ensure_one()
        data = self.reason_data or []
        if isinstance(data, list):
            return data
        # Tasks made before there could be several.
        reasons = [data] if data.get("code") else []
        if data.get("credit") and data.get("code") != "credit":
            reasons.append({"code": "credit", "credit": data["credit"]})
        return reasons
