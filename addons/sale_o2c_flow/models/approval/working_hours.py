from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 500


class O2cApprovalTask(models.Model):
    """How long a decision took."""

    _inherit = "o2c.approval.task"

    working_hours = fields.Float(
        readonly=True,
        help="Between the task falling due and its decision, by the working hours of "
        "the company. Counted within the hour: nobody who decides waits for it.",
    )

    _uncounted_idx = models.Index(
        "(id) WHERE decided_at IS NOT NULL AND working_hours IS NULL"
    )

    @api.model
    def _cron_count_working_hours(self):
        """Count the working hours of what was decided since the last time."""
        cron = self.env["ir.cron"]
        while tasks := self._get_uncounted():
            tasks._count_working_hours()
            if not cron._commit_progress(len(tasks)):
                break

    @api.model
    def _get_uncounted(self):
        self.flush_model(["decided_at", "working_hours"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM o2c_approval_task
                 WHERE decided_at IS NOT NULL
                   AND working_hours IS NULL
              ORDER BY id
                 LIMIT %s
                """,
                BATCH,
            )
        )
        return self.browse([task_id for (task_id,) in rows])

    def _count_working_hours(self):
        for task in self:
            task.working_hours = task.company_id._o2c_count_hours(
                task.pending_since or task.decided_at, task.decided_at
            )
