"""What changed since somebody decided last."""

from odoo import api, fields, models

from .content_difference import Names


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    changes = fields.Text(
        string="Changed Since",
        compute="_compute_changes",
        compute_sudo=False,
        help="What changed on the order since you decided this step last.",
    )

    @api.depends("state", "order_id.amount_total", "order_id.order_line")
    @api.depends_context("uid", "lang")
    def _compute_changes(self):
        open_tasks = self._get_undecided()
        (self - open_tasks).changes = False
        known = open_tasks._get_last_contents()
        names = open_tasks._get_names(known.values())
        for task in open_tasks:
            before = known.get((task.order_id.id, task.step_id.id))
            task.changes = task._describe_changes(before, names) or False

    def _get_names(self, contents):
        """Return what is named in contents, and in what the tasks are about."""
        decided = list(contents)
        now = [task._get_content() for task in self.sudo()] if decided else []
        return Names(self.env, decided + now)

    def _describe_changes(self, before, names=None):
        """Say what is different from what the user decided on last.

        :param dict before: that content, None where they have not decided yet
        :param names: see :meth:`_o2c_describe_difference` of the order
        """
        if not before:
            return ""
        # Deciders need not be able to read the order.
        order = self.sudo().order_id
        after = self._get_content()
        return "\n".join(order._o2c_describe_difference(before, after, names))

    def _get_last_contents(self):
        """Return what the user at hand decided on last, by order and step.

        Decisions on tasks count that were superseded since.
        """
        # The user's own decisions, wherever the order has gone meanwhile.
        decisions = self.env["o2c.approval.decision"].sudo()
        domain = [
            ("user_id", "=", self.env.uid),
            ("order_id", "in", self.order_id.ids),
            ("task_id.step_id", "in", self.step_id.ids),
        ]
        contents = {}
        for decision in decisions.search(domain):
            key = decision.order_id.id, decision.task_id.step_id.id
            contents.setdefault(key, decision.content)
        return contents

    def _get_content(self):
        return super(O2cApprovalTask, self.sudo())._get_content()
