"""Asking before deciding: the salesperson, or a colleague for advice."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .o2c_approval_question import LINES_SHOWN


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    question_ids = fields.One2many("o2c.approval.question", "task_id", readonly=True)
    has_question = fields.Boolean(
        string="Waits for an Answer",
        compute="_compute_open_questions",
        store=True,
        help="Whether the salesperson was asked and has not answered yet.",
    )
    has_open_question = fields.Boolean(
        compute="_compute_open_questions",
        store=True,
        export_string_translation=False,
        help="Whether the salesperson or anybody else was asked and has not answered "
        "yet.",
    )

    def _get_progress_details(self):
        details = super()._get_progress_details()
        if self.has_question:
            details.append(self.env._("Waits for an answer"))
        return details

    @api.depends("question_ids.state", "question_ids.kind")
    def _compute_open_questions(self):
        for task in self:
            waiting = task.question_ids.filtered(lambda q: q.state == "open")
            task.has_open_question = bool(waiting)
            task.has_question = "question" in waiting.mapped("kind")

    def action_send_back(self, question):
        """Ask the salesperson before deciding; the task stays open.

        :param str question: required
        :raise UserError: without a question, if the task is not the user's to decide,
            nobody is there to answer, or they have not answered the last one
        """
        text = self._check_text(question)
        self.ensure_one()
        task = self._take_to_decide()
        asked = task._get_salesperson()
        asking = self.env["o2c.approval.question"]
        asking._ask(task, "question", asked, text)
        # Nobody is late while they wait for somebody else.
        task._stop_clock()
        task._record_decision("sent_back", text)
        task.order_id._o2c_notify("approval_sent_back")
        return True

    def action_ask_advice(self, user_id, question):
        """Ask a colleague for advice. It holds nothing up: the task may be decided.

        :param int user_id: who is asked, any internal user of the company
        :param str question: required
        :raise UserError: as for :meth:`action_send_back`
        """
        text = self._check_text(question)
        self.ensure_one()
        task = self._take_to_decide()
        asked = task._get_adviser(user_id)
        asking = self.env["o2c.approval.question"]
        asking._ask(task, "advice", asked, text)._o2c_notify("advice_requested")
        return True

    @api.model
    def _check_text(self, question):
        if not isinstance(question, str) or not question.strip():
            raise UserError(self.env._("Write down what you want to know."))
        return question.strip()

    def _get_salesperson(self):
        order = self.order_id
        owners = order.user_id | order.o2c_submitted_by_id
        asked = owners._o2c_working_for(order.company_id) - self.env.user
        if not asked:
            raise UserError(
                self.env._(
                    "Nobody but you answers for %s: give it a salesperson, or ask a "
                    "colleague for advice.",
                    order.name,
                )
            )
        return asked[0]

    def _get_adviser(self, user_id):
        company = self.order_id.company_id
        users = self.env["res.users"].sudo()
        asked = users.browse(user_id if isinstance(user_id, int) else ()).exists()
        asked = asked._o2c_working_for(company).filtered(lambda u: u._is_internal())
        if not asked or asked == self.env.user:
            raise UserError(
                self.env._("Choose a colleague who works for %s.", company.name)
            )
        return asked

    def action_open_send_back(self):
        """Open the dialog that asks the salesperson."""
        return self._open_ask(self.env._("Send Back with a Question"), "question")

    def action_open_advice(self):
        """Open the dialog that asks a colleague for advice."""
        return self._open_ask(self.env._("Ask for Advice"), "advice")

    def _open_ask(self, title, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "o2c.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_id": self.id, "default_kind": kind},
        }

    # === CLOSING === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state", "pending") != "pending":
            self._close_questions()
        return result

    def _close_questions(self, asked_by=None):
        """Close the open questions of tasks that were decided or taken back.

        :param asked_by: only those somebody asked; all of them when left out
        """
        # Most tasks never had any: they are passed by without a query.
        asking = self.sudo().filtered("has_open_question")
        asking.question_ids.filtered(
            lambda question: (
                question.state == "open"
                and (asked_by is None or question.asked_by_id == asked_by)
            )
        )._cancel()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_question_ids = fields.One2many(
        "o2c.approval.question",
        "order_id",
        string="Questions",
        copy=False,
        groups="base.group_user",
    )
    o2c_open_question_id = fields.Many2one(
        "o2c.approval.question",
        string="Waits for My Answer",
        compute="_compute_o2c_open_question_id",
        groups="base.group_user",
    )
    o2c_open_question_note = fields.Char(
        compute="_compute_o2c_open_question_id",
        export_string_translation=False,
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {"o2c_question_ids"}

    @api.depends("o2c_question_ids.state")
    @api.depends_context("uid", "lang")
    def _compute_o2c_open_question_id(self):
        for order in self:
            mine = order.o2c_question_ids.filtered("can_answer").sorted("id")[:1]
            order.o2c_open_question_id = mine
            order.o2c_open_question_note = bool(mine) and self.env._(
                "%(user)s asks: “%(question)s”",
                user=mine.asked_by_id.sudo().name,
                question=mine.question,
            )

    def _o2c_has_open_question(self):
        """Whether somebody who decides waits for an answer of the salesperson."""
        self.ensure_one()
        # Asked for whoever changes the order, too.
        return bool(self.sudo()._o2c_get_open_questions())

    def action_o2c_open_answer(self):
        """Open the dialog that answers the oldest question put to the user at hand."""
        self.ensure_one()
        if not self.o2c_open_question_id:
            raise UserError(
                self.env._("No question about %s waits for your answer.", self.name)
            )
        return self.o2c_open_question_id.action_open_answer()

    def _o2c_open(self):
        """Return the action that opens the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }

    def _o2c_render_summary(self):
        """Return what the order is about as HTML, for people who cannot open it.

        Prices are left out for those who may not see any.
        """
        order = self.sudo()
        products = self.env["product.product"].sudo(False)
        lines = order._o2c_get_sold_lines()
        return self.env["ir.qweb"]._render(
            "sale_o2c_flow.order_summary",
            {
                "order": order,
                "lines": lines[:LINES_SHOWN],
                "further": len(lines[LINES_SHOWN:]),
                "shows_prices": not products._o2c_hides_prices(),
            },
        )

    def _o2c_get_audience(self, audience, rule):
        if audience == "asked":
            return self._o2c_get_open_questions().asked_user_id
        return super()._o2c_get_audience(audience, rule)

    def _o2c_get_open_questions(self):
        return self.o2c_question_ids.filtered(
            lambda question: question.kind == "question" and question.state == "open"
        )

    def _o2c_get_event_note(self, event):
        if event == "approval_sent_back" and (
            question := self._o2c_get_open_questions()[:1]
        ):
            return self.env._(
                "%(user)s asks about %(order)s: %(question)s",
                user=question.asked_by_id.name,
                order=self.name,
                question=question.question,
            )
        return super()._o2c_get_event_note(event)
