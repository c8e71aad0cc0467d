from odoo import api, models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """The to-do of an approval is done by deciding, and in no other way."""

    _inherit = "mail.activity"

    def write(self, vals):
        self._o2c_check_not_an_approval()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approvals(self):
        self._o2c_check_not_an_approval()

    def _compute_can_write(self):
        result = super()._compute_can_write()
        # The web client then offers neither to mark it done nor to change it.
        self._o2c_get_open_approvals().can_write = False
        return result

    def _o2c_check_not_an_approval(self):
        # Our own methods, and Odoo's when it deletes an order or a user, clean up.
        if self.env.su:
            return
        for activity in self._o2c_get_open_approvals().sudo():
            raise UserError(
                self.env._(
                    "“%(todo)s” goes away by itself once it is decided: open "
                    "%(order)s and approve or reject it.",
                    todo=activity.display_name,
                    order=activity.res_name,
                )
            )

    def _o2c_get_open_approvals(self):
        """Return those that ask for a decision which is still open."""
        approve = self.env.ref("sale_o2c_flow.mail_activity_approve", False)
        todos = self.filtered(
            lambda activity: (
                activity.automated
                and activity.activity_type_id == approve
                and activity.res_model == "sale.order"
            )
        )
        if not todos:
            return todos
        # Whoever looks at a to-do need not see the task behind it.
        tasks = self.env["o2c.approval.task"].sudo()
        open_tasks = tasks.search(
            [("order_id", "in", todos.mapped("res_id")), ("state", "=", "pending")]
        )
        asked = {
            (task.order_id.id, user)
            for task in open_tasks
            for user in task.user_ids.ids
        }
        return todos.filtered(lambda todo: (todo.res_id, todo.user_id.id) in asked)
