from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class SaleOrder(models.Model):
    """Deciding on the order itself, where everything can be seen."""

    _inherit = "sale.order"

    o2c_my_task_id = fields.Many2one(
        "o2c.approval.task",
        string="Waits for My Decision",
        compute="_compute_o2c_my_task_id",
        groups="base.group_user",
    )
    o2c_my_task_note = fields.Char(
        compute="_compute_o2c_my_task_id",
        export_string_translation=False,
        groups="base.group_user",
    )

    @api.depends(
        "o2c_task_ids.state",
        "o2c_task_ids.user_ids",
        "o2c_task_ids.has_question",
        "user_id",
    )
    @api.depends_context("uid", "lang")
    def _compute_o2c_my_task_id(self):
        tasks_by_order = self._o2c_get_my_tasks().grouped("order_id")
        for order in self:
            tasks = tasks_by_order.get(order._origin, self.env["o2c.approval.task"])
            order.o2c_my_task_id = tasks[:1]
            order.o2c_my_task_note = bool(tasks) and self._o2c_describe_my_tasks(tasks)

    @api.model
    def _o2c_describe_my_tasks(self, tasks):
        names = format_list(self.env, tasks.mapped("name"))
        reasons = [task._get_progress_reason() for task in tasks]
        if len(tasks) == 1:
            note = self.env._("Waits for your decision as %s.", names)
        else:
            note = self.env._(
                "Waits for your decision as %s: you decide for all of them at once.",
                names,
            )
        parts = [note, " · ".join(dict.fromkeys(filter(None, reasons)))]
        if any(tasks.mapped("has_question")):
            parts.append(
                self.env._("The salesperson was asked and has not answered yet.")
            )
        return " ".join(filter(None, parts))

    def _o2c_get_my_tasks(self):
        """Return the tasks of the orders that the user at hand may decide now."""
        tasks = self.env["o2c.approval.task"]
        # What the user may not read is not theirs to decide either.
        if not self.ids or not tasks.has_access("read"):
            return tasks
        found = tasks.search(
            [("order_id", "in", self.ids), ("waits_for_me", "=", True)],
            order="order_id, sequence, id",
        )
        return found.filtered("can_decide")

    def _o2c_take_my_tasks(self):
        """Return the tasks the user at hand decides with the buttons of the order.

        :raise UserError: if there are none
        """
        self.ensure_one()
        tasks = self._o2c_get_my_tasks()
        if not tasks:
            pending = self.sudo().o2c_task_ids.filtered(
                lambda task: self.env.user in task.user_ids
            )
            refusals = [task._get_refusal() for task in pending]
            raise UserError(
                next(filter(None, reversed(refusals)), None)
                or self.env._(
                    "Nothing of %s waits for your decision.", self.sudo().name
                )
            )
        return tasks

    def action_o2c_approve(self):
        """Approve everything of the order that waits for the user at hand.

        :raise UserError: if nothing does, or as for the approval of a task
        """
        self._o2c_take_my_tasks()._decide("approved")
        return True

    def action_o2c_open_reject(self):
        """Open the dialog that rejects what waits for the user at hand."""
        return self._o2c_take_my_tasks().action_open_reject()

    def action_o2c_open_send_back(self):
        """Open the dialog that asks the salesperson something before deciding."""
        return self._o2c_take_my_tasks()[:1].action_open_send_back()

    def action_o2c_open_advice(self):
        """Open the dialog that asks a colleague for advice before deciding."""
        return self._o2c_take_my_tasks()[:1].action_open_advice()
