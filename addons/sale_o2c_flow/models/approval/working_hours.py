from odoo import api, fields, models


class O2cApprovalTask(models.Model):
    """How long a decision took."""

    _inherit = "o2c.approval.task"

    working_hours = fields.Float(
        compute="_compute_working_hours",
        store=True,
        help="Between the task falling due and its decision, by the working hours of "
        "the company.",
    )

    @api.depends("pending_since", "decided_at")
    def _compute_working_hours(self):
        for task in self:
            task.working_hours = (
                task.pending_since
                and task.decided_at
                and task._count_working_hours(task.pending_since, task.decided_at)
            )

    def _count_working_hours(self, start, end):
        """Return the hours worked between two times, by the company's calendar; plain
        hours where the company keeps none.

        :param datetime start: in UTC, as end
        """
        self.ensure_one()
        # Deciders need not read the working hours of the company.
        calendar = self.sudo().company_id.resource_calendar_id
        if not calendar:
            return (end - start).total_seconds() / 3600
        return calendar.get_work_duration_data(start, end)["hours"]
