from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, format_list

NUDGE_INTERVAL = timedelta(hours=1)


class SaleOrder(models.Model):
    """Reminding those who have to decide."""

    _inherit = "sale.order"

    o2c_nudged_at = fields.Datetime(
        string="Deciders Reminded On",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | {"o2c_nudged_at"}

    def action_o2c_nudge(self):
        """Remind those who have to decide the orders now; once an hour at most.

        :return: a client action saying who was reminded
        :raise UserError: if an order is not in approval, or its deciders were reminded
            within the last hour
        """
        self.check_access("write")
        self._o2c_lock()
        for order in self:
            order._o2c_check_can_nudge()
        # The stamp is the system's: it keeps people from being pestered.
        orders = self.sudo()
        orders.write({"o2c_nudged_at": fields.Datetime.now()})
        orders._o2c_notify("approval_nudged")
        pending = orders._o2c_get_pending_tasks()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Reminded: %s",
                    format_list(self.env, pending._get_asked().mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _o2c_check_can_nudge(self):
        self.ensure_one()
        if self.o2c_approval_state != "pending":
            raise UserError(
                self.env._("%(order)s is not in approval.", order=self.name)
            )
        last = self.o2c_nudged_at
        if last and fields.Datetime.now() < last + NUDGE_INTERVAL:
            raise UserError(
                self.env._(
                    "Those who decide %(order)s were reminded at %(last)s. You can "
                    "remind them again after %(next)s.",
                    order=self.name,
                    last=format_datetime(self.env, last, dt_format="short"),
                    next=format_datetime(
                        self.env, last + NUDGE_INTERVAL, dt_format="short"
                    ),
                )
            )
