"""What is known of a customer before the next order: whether they bought before, and
whether they are behind with their payments."""

from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _o2c_get_overdue(self, company):
        """Return those of these customers who are behind with payments to a company.

        Concerns that know more of what customers owe extend this.

        :param self: commercial partners
        :rtype: res.partner
        """
        today = fields.Date.context_today(self)
        past_due = Domain("amount_residual", ">", 0.0) & Domain(
            "date_maturity", "<", today
        )
        # Money that came and is not matched yet counts against what is due.
        unmatched = Domain("amount_residual", "<", 0.0)
        # Whether a customer is behind may be known to who must not read entries.
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                Domain("partner_id.commercial_partner_id", "in", self.ids)
                & Domain("company_id", "=", company.id)
                & Domain("parent_state", "=", "posted")
                & Domain("account_id.account_type", "=", "asset_receivable")
                & Domain("reconciled", "=", False)
                & (past_due | unmatched),
                ["partner_id.commercial_partner_id"],
                ["amount_residual:sum"],
            )
        )
        currency = company.currency_id
        overdue = {
            partner.id
            for partner, amount in groups
            if currency.compare_amounts(amount, 0.0) > 0
        }
        return self.filtered(lambda partner: partner.id in overdue)

    def _o2c_get_orders_confirmed(self, company):
        """Return the first and last confirmed order of these customers.

        :param self: commercial partners
        :rtype: dict of (first id, last id) by id of the partner, without those who
            have none
        """
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                Domain("partner_id.commercial_partner_id", "in", self.ids)
                & Domain("company_id", "=", company.id)
                & Domain("state", "=", "sale"),
                ["partner_id.commercial_partner_id"],
                ["id:min", "id:max"],
            )
        )
        return {partner.id: (first, last) for partner, first, last in groups}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_new_customer = fields.Boolean(
        string="New Customer",
        compute="_compute_o2c_new_customer",
        help="The customer has no other confirmed order in this company.",
        groups="base.group_user",
    )
    o2c_overdue_customer = fields.Boolean(
        string="Customer with Overdue Payments",
        compute="_compute_o2c_overdue_customer",
        help="The customer has payments to this company that are past due.",
        groups="base.group_user",
    )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # One more order: the next one of the same customer is not their first.
            self.env["sale.order"].invalidate_model(["o2c_new_customer"])
        return result

    @api.depends("state", "partner_id", "company_id")
    def _compute_o2c_new_customer(self):
        for company, orders in self.grouped("company_id").items():
            customers = orders.sudo().partner_id.commercial_partner_id
            confirmed = customers._o2c_get_orders_confirmed(company)
            for order in orders:
                partner = order.sudo().partner_id.commercial_partner_id
                known = confirmed.get(partner._origin.id, ())
                order.o2c_new_customer = bool(partner) and all(
                    order_id == order._origin.id for order_id in known
                )

    @api.depends("partner_id", "company_id")
    def _compute_o2c_overdue_customer(self):
        for company, orders in self.grouped("company_id").items():
            customers = orders.sudo().partner_id.commercial_partner_id
            overdue = customers._o2c_get_overdue(company)
            for order in orders:
                partner = order.sudo().partner_id.commercial_partner_id
                order.o2c_overdue_customer = partner in overdue
