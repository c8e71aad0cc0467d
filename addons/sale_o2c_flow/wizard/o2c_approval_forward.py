from odoo import api, fields, models


class O2cApprovalForward(models.TransientModel):
    """Asks to whom a decision is forwarded, and why."""

    _name = "o2c.approval.forward"
    _description = "Forward an Approval"

    task_id = fields.Many2one("o2c.approval.task", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="To", required=True)
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    comment = fields.Text(string="Reason", required=True)

    @api.depends("task_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            # Who may decide is no secret among colleagues.
            task = wizard.task_id.sudo()
            company = task.company_id
            people = company.user_ids._o2c_who_may_approve(company)
            wizard.candidate_ids = people - task.user_ids - task._get_barred_users()

    def action_forward(self):
        """Forward the task to the colleague chosen; see the task for errors."""
        self.ensure_one()
        self.task_id._o2c_forward(self.user_id, self.comment)
        return {"type": "ir.actions.act_window_close"}
