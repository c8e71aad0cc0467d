from odoo import fields, models


class O2cAsk(models.TransientModel):
    """Asks the salesperson something, or a colleague for advice, before deciding."""

    _name = "o2c.ask"
    _description = "Ask Before Deciding"

    # Read with the rights of whoever asks, here and below: any id can be sent.
    task_id = fields.Many2one("o2c.approval.task", required=True)
    kind = fields.Selection(
        [("question", "Question to the salesperson"), ("advice", "Advice")],
        required=True,
    )
    salesperson_id = fields.Many2one(
        related="task_id.salesperson_id", related_sudo=False
    )
    company_id = fields.Many2one(related="task_id.company_id", related_sudo=False)
    asked_user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        domain="[('share', '=', False), ('company_ids', 'in', company_id), "
        "('id', '!=', uid)]",
    )
    question = fields.Text(required=True)

    def action_ask(self):
        """Put the question; see the task for errors."""
        self.ensure_one()
        if self.kind == "advice":
            self.task_id.action_ask_advice(self.asked_user_id.id, self.question)
        else:
            self.task_id.action_send_back(self.question)
        return {"type": "ir.actions.act_window_close"}
