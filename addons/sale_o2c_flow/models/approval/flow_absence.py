from odoo import fields, models


class O2cApprovalFlow(models.Model):
    """Deciders choose for which flows somebody stands in for them: they read what flows
    are called, not what is drawn in them."""

    _inherit = "o2c.approval.flow"

    step_ids = fields.One2many(groups="sale_o2c_flow.group_manager")
    domain = fields.Char(groups="sale_o2c_flow.group_manager")

    def unlink(self):
        """Take the absences along that hold for nothing else: without any flow they
        would hold for every one."""
        absences = self.env["o2c.approval.delegation"].sudo()
        absences.search([("flow_ids", "in", self.ids)]).filtered(
            lambda absence: absence.flow_ids <= self
        ).unlink()
        return super().unlink()
