from odoo import models


class O2cApprovalFlow(models.Model):
    _inherit = "o2c.approval.flow"

    def unlink(self):
        """Take the absences along that hold for nothing else: without any flow they
        would hold for every one."""
        absences = self.env["o2c.approval.delegation"].sudo()
        absences.search([("flow_ids", "in", self.ids)]).filtered(
            lambda absence: absence.flow_ids <= self
        ).unlink()
        return super().unlink()
