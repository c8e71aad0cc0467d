"""The same three approvals, one after the other, with the addon and with the peer."""

from odoo.fields import Command

from .harness import Step

TIERS = 3
NOTICE = "approval_requested"


class Plain:
    """Odoo's own confirmation, to tell what approvals add to it."""

    def prepare(self, env, approvers, notices):
        """Nothing to set up."""

    def get_steps(self, seller, approvers, order_ids):
        """Return the steps from the quotation to the confirmed order."""

        def confirm(env, turn):
            env["sale.order"].browse(order_ids[turn]).action_confirm()

        return [Step(seller, confirm)]


class Addon:
    """A flow of ours, which confirms the order after the last approval."""

    def prepare(self, env, approvers, notices):
        """Put a flow in force and have those told who decide, or nobody."""
        flows = env["o2c.approval.flow"].search([])
        flows.active = False
        flows.create(
            {
                "name": "Benchmark",
                "step_ids": [
                    Command.create(
                        {
                            "name": f"Department {number}",
                            "sequence": number,
                            "decider_type": "users",
                            "user_ids": [Command.set(approver.ids)],
                        }
                    )
                    for number, approver in enumerate(approvers, 1)
                ],
            }
        )
        rules = env["o2c.notification.rule"].with_context(active_test=False).search([])
        for rule in rules:
            rule.active = notices and rule.event == NOTICE

    def get_steps(self, seller, approvers, order_ids):
        """Return the steps from the quotation to the confirmed order."""
        task_ids = {}

        def submit(env, turn):
            env["sale.order"].browse(order_ids[turn]).action_o2c_submit()

        def look_up(env, turn):
            tasks = env["sale.order"].browse(order_ids[turn]).o2c_task_ids
            task_ids[turn] = tasks.sorted("sequence").ids

        def approve(number):
            def approve_task(env, turn):
                env["o2c.approval.task"].browse(task_ids[turn][number]).action_approve()

            return approve_task

        return [
            Step(seller, submit),
            Step(seller, look_up, counts=False),
            *(Step(uid, approve(number)) for number, uid in enumerate(approvers)),
        ]


class Peer:
    """Tiers of OCA's sale_tier_validation; somebody confirms after the last."""

    def prepare(self, env, approvers, notices):
        """Put tiers in force and have each reviewer told when it is their turn."""
        definitions = env["tier.definition"]
        definitions.search([]).active = False
        definitions.create(
            [
                {
                    "name": f"Department {number}",
                    # The first to decide is the one with the highest.
                    "sequence": TIERS - number,
                    "model_id": env["ir.model"]._get_id("sale.order"),
                    "review_type": "individual",
                    "reviewer_id": approver.id,
                    "approve_sequence": True,
                    "notify_on_create": notices and number == 0,
                    "notify_on_accepted": notices and number > 0,
                }
                for number, approver in enumerate(approvers)
            ]
        )

    def get_steps(self, seller, approvers, order_ids):
        """Return the steps from the quotation to the confirmed order."""

        def submit(env, turn):
            env["sale.order"].browse(order_ids[turn]).request_validation()

        def approve(env, turn):
            env["sale.order"].browse(order_ids[turn]).validate_tier()

        def confirm(env, turn):
            env["sale.order"].browse(order_ids[turn]).action_confirm()

        return [
            Step(seller, submit),
            *(Step(uid, approve) for uid in approvers),
            Step(seller, confirm),
        ]
