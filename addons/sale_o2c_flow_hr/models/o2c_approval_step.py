from odoo import fields, models


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

    def _is_decided_by_one(self):
        return self.decider_type == "manager" or super()._is_decided_by_one()

    def _get_possible_deciders(self):
        # Who that is depends on the order.
        if self.decider_type == "manager":
            return None
        return super()._get_possible_deciders()

    def _get_named_deciders(self, order):
        if self.decider_type == "manager":
            return self._get_manager(order)
        return super()._get_named_deciders(order)

    def _get_manager(self, order):
        """Return the manager who decides the step for an order, empty where there is
        none.

        :rtype: res.users
        """
        owners = order._o2c_get_owners()
        managers = [
            manager
            for manager in order.user_id._o2c_get_managers(order.company_id)
            if self.allow_own or manager not in owners
        ]
        nobody = self.env["res.users"]
        return managers[: self.manager_level][-1] if managers else nobody
