from odoo import api, fields, models


class O2cApprovalStep(models.Model):
    _inherit = "o2c.approval.step"

    decider_type = fields.Selection(
        selection_add=[("manager", "Salesperson's manager")],
        # The team leader is who comes nearest, once nobody knows the managers.
        ondelete={
            "manager": lambda steps: steps.write({"decider_type": "team_leader"})
        },
    )
    manager_level = fields.Integer(
        default=1,
        help="How far up: 1 is the manager of the salesperson, 2 the manager's manager. "
        "Where the chain is shorter, its last one decides. Managers without a user, and "
        "those whose own order it is, are passed over.",
    )

    _manager_level_check = models.Constraint(
        "CHECK (manager_level >= 1)",
        "The level of a manager is 1, for the salesperson's own, or more.",
    )

    @api.constrains("decider_type", "group_id", "user_ids")
    def _check_somebody_decides(self):
        # Who that is depends on the order.
        others = self.filtered(lambda step: step.decider_type != "manager")
        return super(O2cApprovalStep, others)._check_somebody_decides()

    def _get_deciders(self, order):
        manager = self._get_manager(order)
        return manager or super()._get_deciders(order)

    def _get_manager(self, order):
        """Return the manager who decides the step for an order, empty where there is
        none, or somebody else decides.

        :rtype: res.users
        """
        nobody = self.env["res.users"]
        if self.decider_type != "manager":
            return nobody
        managers = [
            manager
            for manager in order.user_id._o2c_get_managers(order.company_id)
            if self._without_owners(manager, order)
        ]
        return managers[: self.manager_level][-1] if managers else nobody
