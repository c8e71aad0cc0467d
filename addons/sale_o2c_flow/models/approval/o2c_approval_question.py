from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Lines of an order shown to whoever is asked about it.
LINES_SHOWN = 40


class O2cApprovalQuestion(models.Model):
    """What a decider wants to know before deciding, and the answer.

    A question goes back to the salesperson; advice is asked of any colleague, who
    reads what it is about here, without access to the order. Written by the methods
    below alone: nobody may create or write one directly.
    """

    _name = "o2c.approval.question"
    _inherit = ["mail.thread", "mail.activity.mixin", "o2c.notification.mixin"]
    _description = "Approval Question"
    _order = "asked_at desc, id desc"
    _rec_name = "question"

    task_id = fields.Many2one(
        "o2c.approval.task",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    order_id = fields.Many2one(related="task_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="task_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("question", "Question to the salesperson"), ("advice", "Advice")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "Not yet answered"),
            ("answered", "Answered"),
            ("cancelled", "No longer needed"),
        ],
        required=True,
        readonly=True,
        default="open",
    )
    asked_by_id = fields.Many2one("res.users", required=True, readonly=True)
    asked_user_id = fields.Many2one(
        "res.users", string="Asked", required=True, readonly=True, index=True
    )
    question = fields.Text(required=True, readonly=True)
    asked_at = fields.Datetime(string="Asked On", required=True, readonly=True)
    answer = fields.Text(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_at = fields.Datetime(string="Answered On", readonly=True)
    can_answer = fields.Boolean(compute="_compute_can_answer")
    order_summary = fields.Html(
        compute="_compute_order_summary",
        # Whoever is asked reads it here, and need not be able to read the order.
        compute_sudo=True,
        sanitize=False,
        export_string_translation=False,
    )

    _open_idx = models.Index("(order_id) WHERE state = 'open'")

    @api.depends_context("uid")
    @api.depends("state", "kind", "asked_user_id", "order_id.user_id")
    def _compute_can_answer(self):
        for question in self:
            question.can_answer = (
                question.state == "open"
                and self.env.user in question.sudo()._get_answerers()
            )

    @api.depends_context("uid", "lang")
    @api.depends("order_id")
    def _compute_order_summary(self):
        for question in self:
            question.order_summary = question.order_id._o2c_render_summary()

    def _get_answerers(self):
        """Return who may answer: whoever is asked; a question about an order also the
        people whose order it is by now."""
        self.ensure_one()
        answerers = self.asked_user_id
        if self.kind == "question":
            answerers |= self.order_id._o2c_get_owners()
        return answerers

    # === ASKING AND ANSWERING === #

    @api.model
    def _ask(self, task, kind, asked, text):
        """Put a question about a task, as the user at hand.

        :param task: the task, which the caller checked may be decided by the user
        :param asked: who is asked
        :raise UserError: if the user waits for an answer of theirs already
        """
        # Callers have checked who asks; nobody has the right to create questions.
        model = self.sudo()
        waiting = task.question_ids.filtered(
            lambda q: (
                q.state == "open"
                and q.kind == kind
                and q.asked_by_id == self.env.user
                and q.asked_user_id == asked
            )
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(user)s has not answered your last question about %(order)s "
                    "yet: “%(question)s”.",
                    user=asked.name,
                    order=task.order_id.name,
                    question=waiting[0].question,
                )
            )
        question = model.create(
            {
                "task_id": task.id,
                "kind": kind,
                "asked_by_id": self.env.uid,
                "asked_user_id": asked.id,
                "question": text,
                "asked_at": fields.Datetime.now(),
            }
        )
        question._log(
            self.env._(
                "%(asker)s asks %(asked)s:", asker=self.env.user.name, asked=asked.name
            ),
            text,
        )
        return question

    def action_answer(self, answer):
        """Answer the question, as the user at hand.

        :param str answer: required
        :raise UserError: without an answer, or if the question is not theirs to answer
            or not open any more
        """
        self.ensure_one()
        self.check_access("read")
        if not isinstance(answer, str) or not answer.strip():
            raise UserError(self.env._("Write an answer first."))
        # Whoever is asked has no right to write: being asked, checked below on fresh
        # and locked data, is what entitles them.
        question = self.sudo()
        question.order_id._o2c_lock()
        question.invalidate_recordset()
        question._check_can_answer()
        question.write(
            {
                "state": "answered",
                "answer": answer.strip(),
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
            }
        )
        question._close_todos()
        question._restart_clocks()
        question._log(self.env._("%s answers:", self.env.user.name), question.answer)
        question._o2c_notify("approval_answered")
        return True

    def _check_can_answer(self):
        if self.env.user not in self._get_answerers():
            raise AccessError(
                self.env._("This question was put to %s.", self.asked_user_id.name)
            )
        if self.state == "answered":
            raise UserError(
                self.env._(
                    "%(user)s has answered already: “%(answer)s”.",
                    user=self.answered_by_id.name,
                    answer=self.answer,
                )
            )
        if self.state != "open":
            raise UserError(
                self.env._(
                    "The answer is no longer needed: %(order)s was decided or taken "
                    "back meanwhile.",
                    order=self.order_id.name,
                )
            )

    def _cancel(self):
        """Close questions that nobody needs an answer to any more, with their to-dos."""
        if self:
            self.write({"state": "cancelled"})
            self._close_todos()
            self._restart_clocks()

    def _restart_clocks(self):
        """Let time pass again for deciders who wait for no other answer."""
        pending = self.task_id._get_pending()
        pending.filtered(lambda task: not task.has_question)._restart_clock()

    def _close_todos(self):
        self._o2c_close_todos("advice_requested")
        for order in self.order_id:
            if not order._o2c_has_open_question():
                order._o2c_close_todos("approval_sent_back")

    def _log(self, title, text):
        """Write it down on the order, where customers do not see it."""
        self.order_id.message_post(
            body=self.env._("%(title)s “%(text)s”", title=title, text=text),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    # === SCREENS === #

    def action_open_answer(self):
        """Open the dialog that asks for the answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "o2c.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_question_id": self.id},
        }

    def action_open_order(self):
        """Open the order the question is about."""
        self.ensure_one()
        return self.order_id._o2c_open()

    # === NOTIFICATIONS === #

    def _o2c_get_order(self):
        return self.order_id

    def _o2c_get_audience(self, audience, rule):
        if audience == "asked":
            return self.asked_user_id
        if audience == "decider":
            return self.asked_by_id
        return super()._o2c_get_audience(audience, rule)

    def _o2c_get_event_note(self, event):
        names = {"order": self.order_id.name}
        if event == "advice_requested":
            return self.env._(
                "%(user)s asks for your advice on %(order)s: %(question)s",
                user=self.asked_by_id.name,
                question=self.question,
                **names,
            )
        if event == "approval_answered":
            return self.env._(
                "%(user)s answers about %(order)s: %(answer)s",
                user=self.answered_by_id.name,
                answer=self.answer,
                **names,
            )
        return super()._o2c_get_event_note(event)
