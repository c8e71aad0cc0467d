import pytz

from odoo import fields, models


class ResCompany(models.Model):
    """Working hours of a company: its calendar, with its holidays, where it is."""

    _inherit = "res.company"

    def _o2c_plan_hours(self, start, hours):
        """Return the moment when some working hours have passed.

        :param datetime start: in UTC, without time zone
        :param float hours: working hours; 0 or more
        :return: datetime in UTC, without time zone
        """
        self.ensure_one()
        # Who asks for an approval need not be able to read the calendar.
        calendar = self.sudo().resource_calendar_id
        planned = calendar and calendar.plan_hours(
            hours, pytz.utc.localize(start), compute_leaves=True
        )
        if not planned:
            # Nobody ever works by this calendar: then the clock on the wall counts.
            return fields.Datetime.add(start, hours=hours)
        return planned.astimezone(pytz.utc).replace(tzinfo=None)

    def _o2c_count_hours(self, start, end):
        """Return the working hours between two moments, 0 if the end comes first.

        :param datetime start: in UTC, without time zone
        :param datetime end: in UTC, without time zone
        """
        self.ensure_one()
        if end <= start:
            return 0.0
        calendar = self.sudo().resource_calendar_id
        if not calendar or not calendar.plan_hours(
            0.0, pytz.utc.localize(start), compute_leaves=True
        ):
            return (end - start).total_seconds() / 3600
        return calendar.get_work_hours_count(
            pytz.utc.localize(start), pytz.utc.localize(end), compute_leaves=True
        )
