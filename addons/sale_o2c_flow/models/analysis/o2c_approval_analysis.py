from odoo import fields, models
from odoo.tools import SQL

from ..approval.o2c_approval_task import TASK_STATES


class O2cApprovalAnalysis(models.Model):
    """How long approvals take: a row for every turn of a step that was decided, or
    waits for its decision."""

    _name = "o2c.approval.analysis"
    _description = "Approval Times"
    _auto = False
    _order = "opened_at desc, id desc"
    _rec_name = "order_id"

    task_id = fields.Many2one("o2c.approval.task", string="Approval", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    flow_id = fields.Many2one("o2c.approval.flow", readonly=True)
    step_id = fields.Many2one("o2c.approval.step", readonly=True)
    department = fields.Char(readonly=True)
    decided_by_id = fields.Many2one("res.users", string="Decider", readonly=True)
    opened_at = fields.Datetime(string="Due Since", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    outcome = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected"), ("pending", "To decide")],
        readonly=True,
    )
    state = fields.Selection(TASK_STATES, string="Approval State", readonly=True)
    comment = fields.Text(readonly=True)
    reject_reason_id = fields.Many2one("o2c.rejection.reason", readonly=True)
    is_late = fields.Boolean(
        string="Late",
        readonly=True,
        help="Decided after its deadline, or not decided though it has passed.",
    )
    turn = fields.Integer(
        readonly=True,
        aggregator="max",
        help="How many times the step was put to its deciders on this order.",
    )
    hours = fields.Float(
        string="Hours to Decide",
        readonly=True,
        aggregator="avg",
        help="From falling due to the decision.",
    )
    working_hours = fields.Float(
        string="Working Hours to Decide",
        readonly=True,
        aggregator="avg",
        help="From falling due to the decision, by the working hours of the company.",
    )
    waiting_hours = fields.Float(
        string="Longest Wait (Hours)",
        readonly=True,
        aggregator="max",
        help="Since falling due, of what is not decided yet.",
    )

    _depends = {
        "o2c.approval.task": [
            "state",
            "name",
            "pending_since",
            "decided_at",
            "decided_by_id",
            "comment",
            "reject_reason_id",
            "deadline",
            "working_hours",
            "order_id",
            "flow_id",
            "step_id",
        ],
        "o2c.approval.decision": ["task_id", "decision"],
        "sale.order": ["partner_id", "user_id", "team_id", "company_id"],
    }

    @property
    def _table_query(self):
        columns = [
            SQL("%s AS %s", expression, SQL.identifier(name))
            for name, expression in self._get_columns().items()
        ]
        return SQL(
            """
            SELECT %(columns)s
              FROM o2c_approval_task task
              JOIN sale_order ON sale_order.id = task.order_id
         LEFT JOIN LATERAL (
                    SELECT decision
                      FROM o2c_approval_decision
                     WHERE task_id = task.id
                       AND decision IN ('approved', 'rejected')
                  ORDER BY id DESC
                     LIMIT 1
                   ) last ON task.decided_at IS NOT NULL
             WHERE task.pending_since IS NOT NULL
               AND (task.state = 'pending' OR last.decision IS NOT NULL)
            """,
            columns=SQL(", ").join(columns),
        )

    def _get_columns(self):
        """Return the expression of every field, over the task, its order
        (``sale_order``) and its ``last`` decision. Integrators add their own here."""
        lang = self.env.lang or "en_US"
        is_open = SQL("task.state = 'pending'")
        return {
            "id": SQL("task.id"),
            "task_id": SQL("task.id"),
            "order_id": SQL("task.order_id"),
            "partner_id": SQL("sale_order.partner_id"),
            "salesperson_id": SQL("sale_order.user_id"),
            "team_id": SQL("sale_order.team_id"),
            "company_id": SQL("sale_order.company_id"),
            "flow_id": SQL("task.flow_id"),
            "step_id": SQL("task.step_id"),
            "department": SQL(
                "COALESCE(task.name ->> %s, task.name ->> 'en_US')", lang
            ),
            "decided_by_id": SQL("task.decided_by_id"),
            "opened_at": SQL("task.pending_since"),
            "decided_at": SQL("task.decided_at"),
            "outcome": SQL(
                "CASE WHEN %s THEN 'pending' ELSE last.decision END", is_open
            ),
            "state": SQL("task.state"),
            "comment": SQL("task.comment"),
            "reject_reason_id": SQL("task.reject_reason_id"),
            "is_late": SQL(
                """
                COALESCE(
                    task.deadline
                    < COALESCE(task.decided_at, now() AT TIME ZONE 'UTC'),
                    FALSE)
                """
            ),
            "turn": SQL(
                """
                (SELECT count(*)
                   FROM o2c_approval_task turn
                  WHERE turn.order_id = task.order_id
                    AND turn.step_id IS NOT DISTINCT FROM task.step_id
                    AND turn.pending_since IS NOT NULL
                    AND turn.id <= task.id)
                """
            ),
            "hours": SQL(
                "EXTRACT(EPOCH FROM task.decided_at - task.pending_since) / 3600"
            ),
            "working_hours": SQL(
                "CASE WHEN task.decided_at IS NOT NULL THEN task.working_hours END"
            ),
            "waiting_hours": SQL(
                """
                CASE WHEN %s THEN EXTRACT(
                    EPOCH FROM now() AT TIME ZONE 'UTC' - task.pending_since
                ) / 3600 END
                """,
                is_open,
            ),
        }

    def action_open_order(self):
        """Open the order of the turn."""
        return self.task_id.action_open_order()
