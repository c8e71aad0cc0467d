from odoo import api, fields, models
from odoo.tools import ormcache

STAY_DRAFT = "o2c_stay_draft"


class O2cApprovalFlow(models.Model):
    """When a flow starts, and what follows the last approval."""

    _inherit = "o2c.approval.flow"

    trigger = fields.Selection(
        [
            ("confirm", "When submitted"),
            ("create", "When made"),
        ],
        string="Starts",
        required=True,
        default="confirm",
        tracking=True,
        help="When submitted: by the salesperson, by confirming, or by the customer who signs "
        "or pays. When made: orders that have lines from the beginning, typed or "
        "imported by a colleague, are submitted by themselves. Copies, and carts of "
        "customers, stay quotations until somebody submits or confirms them.",
    )
    confirms = fields.Boolean(
        string="Confirms the Order",
        default=True,
        tracking=True,
        help="The last approval confirms the order. If not, the salesperson is told and "
        "confirms it; an order that its customer signed or paid confirms itself all "
        "the same.",
    )

    @api.model
    @ormcache("company_id")
    def _starts_on_create(self, company_id):
        """Whether any flow of a company starts when orders are made."""
        flows = self.sudo().browse(self._get_flow_ids(company_id))
        return "create" in flows.mapped("trigger")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._o2c_submit_created()
        return orders

    def copy(self, default=None):
        # Whoever copies an order is about to change it.
        return super(SaleOrder, self.with_context(**{STAY_DRAFT: True})).copy(default)

    def _o2c_submit_created(self):
        """Submit new orders that a colleague made, if their flow starts then."""
        user = self.env.user
        if (
            self.env.context.get(STAY_DRAFT)
            # While applications are installed, orders are made up or moved.
            or not self.env.registry.ready
            or not user._is_internal()
            or user._is_superuser()
        ):
            return
        self._o2c_start_flow()

    def _o2c_start_flow(self):
        """Submit the quotations whose flow starts when they are made.

        What nobody may give, and what nobody has to approve, stays a quotation.
        """
        flows = self.env["o2c.approval.flow"]
        orders = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and flows._starts_on_create(order.company_id.id)
                and order._o2c_get_sold_lines()
                and flows._get_flow(order).trigger == "create"
            )
        )
        orders._o2c_judge_discount()
        orders.filtered(
            lambda order: not order._o2c_is_forbidden() and order._o2c_get_steps()
        )._o2c_submit()

    def _o2c_confirm_approved(self):
        """Leave it to the salesperson where the flow says so."""
        if self.state in ("draft", "sent") and not self._o2c_confirms_itself():
            return None
        return super()._o2c_confirm_approved()

    def _o2c_confirms_itself(self):
        """Whether the order is confirmed by its last approval."""
        self.ensure_one()
        tasks = self._o2c_get_live_tasks()
        # The flow it went through, which need not be the one that would hold today.
        if not tasks or all(tasks.flow_id.mapped("confirms")):
            return True
        return self._o2c_is_accepted()

    def _o2c_is_accepted(self):
        """Whether the customer signed or paid; money that is promised is none yet."""
        self.ensure_one()
        return bool(self.signature or self._o2c_get_payments(("authorized", "done")))
