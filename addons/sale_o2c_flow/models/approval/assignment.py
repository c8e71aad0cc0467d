"""Who decides a task: those who were put to it, and whoever stands in for them."""

from collections import defaultdict
from itertools import chain

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_list

from .absence_chain import find_stand_in


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    assigned_user_ids = fields.Many2many(
        "res.users",
        "o2c_approval_task_assigned_rel",
        string="Put To",
        readonly=True,
        help="Those the step, a forward or an escalation put to it. Whoever stands in "
        "for one of them while they are away may decide, too.",
    )
    stand_ins = fields.Json(
        readonly=True, help="Who decides in place of whom, by id of the absent user."
    )
    absence_note = fields.Char(string="Standing In", compute="_compute_absence_note")

    def init(self):
        """Take those who may decide as put to it, on tasks of before."""
        self.env.cr.execute(
            """
            INSERT INTO o2c_approval_task_assigned_rel
                        (o2c_approval_task_id, res_users_id)
                 SELECT old.o2c_approval_task_id, old.res_users_id
                   FROM o2c_approval_task_res_users_rel old
                  WHERE NOT EXISTS (
                        SELECT 1
                          FROM o2c_approval_task_assigned_rel put
                         WHERE put.o2c_approval_task_id = old.o2c_approval_task_id)
            """
        )
        return super().init()

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(
            [
                {"assigned_user_ids": vals.get("user_ids"), **vals}
                if vals.get("user_ids")
                else vals
                for vals in vals_list
            ]
        )
        absences = self.env["o2c.approval.delegation"]
        tasks.filtered(
            lambda task: absences._get_absences(task.company_id.id)
        )._refresh_deciders()
        return tasks

    @api.depends("stand_ins")
    @api.depends_context("lang")
    def _compute_absence_note(self):
        users = self.env["res.users"].sudo()
        for task in self:
            task.absence_note = format_list(
                self.env,
                [
                    self.env._(
                        "%(delegate)s for %(user)s",
                        delegate=users.browse(delegate).name,
                        user=users.browse(int(user)).name,
                    )
                    for user, delegate in task._get_stand_ins()
                ],
            )

    # === WHO DECIDES NOW === #

    def _get_barred_users(self):
        """Return who may not decide the task, whoever asks them to.

        :rtype: res.users
        """
        self.ensure_one()
        if self.allow_own:
            return self.env["res.users"]
        return self.order_id._o2c_get_owners()

    def _get_asked(self):
        """Return who is to decide the tasks and has not: those put to them who are
        there, and those who stand in for the absent.

        :rtype: res.users
        """
        users = self.env["res.users"]
        asked = set()
        for task in self:
            # Where any one decides, what waits was decided by nobody yet.
            votes = task._get_votes() if task.rule != "any" else task.decision_ids[:0]
            covered = set((votes.user_id | votes.on_behalf_of_ids).ids)
            stand_ins = {int(user): other for user, other in task._get_stand_ins()}
            parts = set(task.assigned_user_ids.ids) - covered
            asked |= {stand_ins.get(part, part) for part in parts} - set(
                votes.user_id.ids
            )
        return users.browse(sorted(asked))

    def _get_stand_ins(self):
        """Return pairs: the id of who is away, as text, and of who decides instead."""
        return (self.stand_ins or {}).items()

    def _get_stood_for(self, user):
        """Return those for whom a user decides the task: the absent, not themselves.

        :rtype: res.users
        """
        self.ensure_one()
        return user.browse(
            int(absent)
            for absent, delegate in self._get_stand_ins()
            if delegate == user.id
        )

    def _find_stand_ins(self):
        """Return who has to decide in place of whom, as things are now.

        Four eyes hold for delegates: who sold the order or has decided already is
        passed over.

        :rtype: dict
        """
        self.ensure_one()
        absences = self.env["o2c.approval.delegation"]
        delegates = absences._get_delegates(self.company_id, self.flow_id)
        absent = [user.id for user in self.assigned_user_ids if user.id in delegates]
        if not absent:
            return {}
        votes = self._get_votes()
        refused = self._get_barred_users() | votes.user_id
        users = self.env["res.users"]

        def may_stand_in(user_id):
            user = users.browse(user_id)
            return bool(
                user not in refused and user._o2c_who_may_approve(self.company_id)
            )

        # What was decided stays decided by whoever stood in then.
        found = {
            str(user.id): vote.user_id.id
            for vote in votes
            for user in vote.on_behalf_of_ids
        }
        for user_id in absent:
            stand_in = find_stand_in(user_id, delegates, may_stand_in)
            if stand_in and str(user_id) not in found:
                found[str(user_id)] = stand_in
        return found

    def _refresh_deciders(self):
        """Bring who may decide in line with who was put to the tasks and who is away.

        What changes is said on the order.

        :return: the tasks for which something changed
        """
        changes, logs = defaultdict(list), defaultdict(list)
        for task in self.sudo():
            before, after = task.stand_ins or {}, task._find_stand_ins()
            users = task.assigned_user_ids | task._get_votes().user_id
            users |= users.browse(after.values())
            if before == after and users == task.user_ids:
                continue
            changes[users, tuple(after.items())].append(task.id)
            logs[task.order_id.id] += task._describe_stand_ins(before, after)
        for (users, stand_ins), ids in changes.items():
            self.sudo().browse(ids).write(
                {
                    "user_ids": [Command.set(users.ids)],
                    "stand_ins": dict(stand_ins) or False,
                }
            )
        self._log_on_orders(logs)
        return self.sudo().browse(chain.from_iterable(changes.values()))

    def _describe_stand_ins(self, before, after):
        """Say who begins and who ends to decide in place of whom."""
        users = self.env["res.users"]
        for absent, delegate in after.items():
            if before.get(absent) != delegate:
                yield self.env._(
                    "%(delegate)s decides %(department)s in place of %(user)s, who is "
                    "away.",
                    delegate=users.browse(delegate).name,
                    department=self.name,
                    user=users.browse(int(absent)).name,
                )
        for absent in before.keys() - after.keys():
            yield self.env._(
                "%(department)s waits for %(user)s again.",
                department=self.name,
                user=users.browse(int(absent)).name,
            )

    @api.model
    def _log_on_orders(self, logs):
        """Put internal notes on orders, said by the user at hand.

        :param dict logs: sentences by id of the order
        """
        orders = self.env["sale.order"].sudo().browse(logs)
        for position in range(max(map(len, logs.values()), default=0)):
            said = orders.filtered(lambda o, i=position: len(logs[o.id]) > i)
            said._message_log_batch(
                bodies={order.id: logs[order.id][position] for order in said}
            )

    def _reassign(self, values=None):
        """Have the tasks decided by whoever has to now, and move their to-dos.

        :param dict values: what puts others to the tasks, written before
        """
        asked = {task: task._get_asked() for task in self}
        if values:
            self.write(values)
        changed = self._refresh_deciders()._get_pending()
        for order, tasks in changed.grouped("order_id").items():
            joined = left = self.env["res.users"]
            for task in tasks:
                now = task._get_asked()
                joined |= now - asked[task]
                left |= asked[task] - now
            order._o2c_move_todos(joined, left)

    # === COUNTING === #

    def _get_votes(self):
        """Return the approvals that hold for the task as it stands."""
        return self.decision_ids.filtered(
            lambda decision: decision.counts and decision.decision == "approved"
        )

    def _get_wanted(self):
        """Return those put to the task who can still decide it."""
        self.ensure_one()
        people = self.assigned_user_ids._o2c_working_for(self.company_id)
        return people - self._get_barred_users()

    def _is_complete(self):
        """Whether the approvals there are suffice.

        A delegate's approval counts for those they stand in for. A number of approvals
        takes as many people, each for somebody else; where fewer are left, it takes
        those.
        """
        self.ensure_one()
        if self.rule == "any":
            return True
        votes = self._get_votes()
        if self._is_settled_by(votes.user_id):
            return True
        covered = votes.user_id | votes.on_behalf_of_ids
        wanted = self._get_wanted()
        if self.rule == "all":
            return not wanted - covered
        parts = covered & self.assigned_user_ids
        needed = max(1, min(self.quorum, len(wanted | parts)))
        return min(len(votes.user_id), len(parts)) >= needed

    def _is_settled_by(self, users):
        """Whether one of these users decides alone, whatever the rule: the system, when
        the deadline says so."""
        return any(user._is_superuser() for user in users)


class O2cApprovalDecision(models.Model):
    _inherit = "o2c.approval.decision"

    on_behalf_of_ids = fields.Many2many(
        "res.users",
        "o2c_approval_decision_behalf_rel",
        readonly=True,
        help="The absent colleagues for whom it was decided.",
    )

    @api.depends("decision")
    def _compute_counts(self):
        result = super()._compute_counts()
        # Handing a task on decides nothing.
        self.filtered(
            lambda record: record.decision not in ("approved", "rejected")
        ).counts = False
        return result

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [{**self._prepare_on_behalf(vals), **vals} for vals in vals_list]
        )

    @api.model
    def _prepare_on_behalf(self, vals):
        task = self.env["o2c.approval.task"].browse(vals.get("task_id"))
        user = self.env["res.users"].browse(vals.get("user_id"))
        absent = task._get_stood_for(user) if task else None
        return {"on_behalf_of_ids": [Command.set(absent.ids)]} if absent else {}
