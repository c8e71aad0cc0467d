from odoo import fields, models


class O2cAnswer(models.TransientModel):
    """Asks for the answer to a question."""

    _name = "o2c.answer"
    _description = "Answer a Question"

    # Read with the rights of whoever answers, here and below: any id can be sent.
    question_id = fields.Many2one(
        "o2c.approval.question",
        string="Answered Question",
        required=True,
        export_string_translation=False,
    )
    asked_by_id = fields.Many2one(related="question_id.asked_by_id", related_sudo=False)
    question = fields.Text(related="question_id.question", related_sudo=False)
    answer = fields.Text(required=True)

    def action_answer(self):
        """Answer the question; see there for errors."""
        self.ensure_one()
        self.question_id.action_answer(self.answer)
        return {"type": "ir.actions.act_window_close"}
