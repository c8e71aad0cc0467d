"""What waits for somebody: the inbox, its counter, and what it shows of the orders."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..discount.margin import COSTS

DECIDING = ("approved", "rejected")


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    waits_for_me = fields.Boolean(
        compute="_compute_waits_for_me",
        search="_search_waits_for_me",
        help="Whether the task is open, and the user at hand is asked and has not "
        "decided yet.",
    )
    # -- What the decider wants to see of the order
    order_line_ids = fields.One2many(related="order_id.order_line", string="Products")
    discount_reason = fields.Char(
        related="order_id.o2c_discount_reason", string="Discount Asks For"
    )
    margin = fields.Monetary(related="order_id.o2c_margin", groups=COSTS)
    margin_percent = fields.Float(related="order_id.o2c_margin_percent", groups=COSTS)
    note_to_deciders = fields.Text(related="order_id.o2c_note_to_deciders")

    @api.depends_context("uid")
    @api.depends("state", "user_ids", "decision_ids.counts")
    def _compute_waits_for_me(self):
        user = self.env.user
        for task in self:
            made = task.sudo().decision_ids.filtered("counts")
            task.waits_for_me = (
                task.state == "pending"
                and user in task.user_ids
                and user not in made.user_id | made.on_behalf_of_ids
            )

    def _search_waits_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "pending") & Domain.custom(
            to_sql=self._waiting_to_sql
        )

    def _waiting_to_sql(self, _model, alias, _query):
        """Return the condition that an open task waits for the user at hand.

        Looked up for each open task, in the primary key of who is asked and the index
        of the decisions: what somebody was asked and decided in the past is many times
        more than what is open. LIMIT keeps PostgreSQL from joining all of that first.
        """
        asked = self._fields["user_ids"]
        return SQL(
            """
            (SELECT TRUE
               FROM %(asked)s asked
              WHERE asked.%(asked_task)s = %(task)s
                AND asked.%(asked_user)s = %(user)s
              LIMIT 1)
            AND (%(rule)s = 'any' OR NOT EXISTS (
                SELECT 1
                  FROM o2c_approval_decision decision
                 WHERE decision.task_id = %(task)s
                   AND (decision.user_id = %(user)s
                        OR EXISTS (
                            SELECT 1
                              FROM o2c_approval_decision_behalf_rel behalf
                             WHERE behalf.o2c_approval_decision_id = decision.id
                               AND behalf.res_users_id = %(user)s))
                   AND decision.decision IN %(deciding)s
                   AND decision.decided_at >= %(since)s))
            """,
            asked=SQL.identifier(asked.relation, to_flush=asked),
            asked_task=SQL.identifier(asked.column1),
            asked_user=SQL.identifier(asked.column2),
            task=SQL.identifier(alias, "id"),
            rule=SQL.identifier(alias, "rule", to_flush=self._fields["rule"]),
            since=SQL.identifier(
                alias, "pending_since", to_flush=self._fields["pending_since"]
            ),
            user=self.env.uid,
            deciding=DECIDING,
        )

    @api.model
    @api.readonly
    def get_waiting_count(self):
        """Return how many tasks the inbox of the user at hand holds.

        :rtype: int
        """
        return self.search_count([("waits_for_me", "=", True)])

    def write(self, vals):
        if {"state", "user_ids"}.isdisjoint(vals):
            return super().write(vals)
        before = self._get_counted()
        result = super().write(vals)
        self._refresh_counters(before | self._get_counted())
        return result

    def _get_counted(self):
        """Return the people for whom one of these tasks waits."""
        return self._get_pending().user_ids

    @api.model
    def _refresh_counters(self, users):
        """Have the web client of people count anew what waits for them."""
        # Whoever causes it need not see them.
        users.sudo()._bus_send("o2c.approval/changed", {})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_note_to_deciders = fields.Text(
        string="Note for Approvers",
        copy=False,
        groups="base.group_user",
        help="What those who approve the order should know. Customers never see it.",
    )


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client whether the user may have something to approve."""
        return {
            **super().session_info(),
            "o2c_approvals": self.env.user._is_internal()
            and self.env["o2c.approval.task"].has_access("read"),
        }
