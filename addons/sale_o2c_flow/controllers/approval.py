from odoo import http
from odoo.exceptions import UserError
from odoo.http import request


class ApprovalController(http.Controller):
    """The page behind the links of e-mails to deciders."""

    @http.route(
        "/o2c/approval/<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def show(self, token, decision="approve", **_kwargs):
        """Show what is to be decided; changes nothing."""
        tasks = request.env["o2c.approval.task"]
        try:
            task = tasks._open_decision_link(token)
        except UserError as error:
            return self._render_problem(error, token)
        return self._render_question(task, token, decision)

    @http.route(
        "/o2c/approval/<string:token>/decide",
        type="http",
        auth="user",
        methods=["POST"],
    )
    def decide(self, token, decision="", comment="", reason_id="", **_kwargs):
        """Decide; whatever was typed is shown again where it cannot be done."""
        tasks = request.env["o2c.approval.task"]
        try:
            task = tasks._open_decision_link(token)
        except UserError as error:
            return self._render_problem(error, token)
        reason = int(reason_id) if reason_id.isdecimal() else None
        try:
            with request.env.cr.savepoint():
                tasks._decide_by_link(token, decision, comment, reason)
        except UserError as error:
            return self._render_question(
                task,
                token,
                decision,
                problem=str(error),
                comment=comment,
                reason=reason,
            )
        return request.render(
            "sale_o2c_flow.decision_done",
            {"task": task.sudo(), "is_approved": decision == "approve"},
        )

    def _render_problem(self, error, token):
        return request.render(
            "sale_o2c_flow.decision_problem", {"problem": str(error), "token": token}
        )

    def _render_question(self, task, token, decision, **values):
        return request.render(
            "sale_o2c_flow.decision_page",
            {
                # The page shows what the task shows its decider, who may read it.
                "task": task.sudo(),
                "summary": task.order_id._o2c_render_summary(),
                "token": token,
                "decision": decision,
                "reasons": request.env["o2c.rejection.reason"].search([]),
                **values,
            },
        )
