"""The credit limit of a customer: their own, that of their level, that of the company.

What a customer owes is what Odoo counts: open receivables, what confirmed orders still
have to invoice, and the order at hand, in the currency of the company.
"""

from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    o2c_credit_limit_origin = fields.Char(
        string="Credit Limit From",
        compute="_compute_o2c_credit_limit_origin",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("credit_limit", "commercial_partner_id.o2c_level_id.credit_limit")
    @api.depends_context("lang", "company")
    def _compute_o2c_credit_limit_origin(self):
        currency = self.env.company.currency_id
        for partner in self:
            level = partner._o2c_get_credit_level()
            partner.o2c_credit_limit_origin = (
                self.env._(
                    "%(value)s, from level %(level)s",
                    value=currency.format(level.credit_limit),
                    level=level.name,
                )
                if level
                else False
            )

    def _o2c_get_credit_level(self):
        """Return the level whose credit limit holds for the partner, if there is one,
        in the company at hand; empty when their own limit or the company's does."""
        level = self.commercial_partner_id.o2c_level_id
        company_limit = self._fields["credit_limit"].get_company_dependent_fallback(
            self
        )
        if not level.credit_limit or self.credit_limit != company_limit:
            return level.browse()
        return level

    def _o2c_get_credit_limit(self):
        """Return what the partner may owe the company at hand, in its currency.

        :rtype: float, 0.0 without a limit
        """
        self.ensure_one()
        return self._o2c_get_credit_level().credit_limit or self.credit_limit


class AccountMove(models.Model):
    _inherit = "account.move"

    def _build_credit_warning_message(
        self, record, current_amount=0.0, exclude_current=False, exclude_amount=0.0
    ):
        company = record.company_id
        partner = record.partner_id.commercial_partner_id.with_company(company)
        level = partner._o2c_get_credit_level()
        if not level:
            return super()._build_credit_warning_message(
                record,
                current_amount=current_amount,
                exclude_current=exclude_current,
                exclude_amount=exclude_amount,
            )
        currency = company.currency_id
        total = (
            partner.credit + partner.credit_to_invoice - exclude_amount + current_amount
        )
        if currency.compare_amounts(total, level.credit_limit) <= 0:
            return ""
        return self.env._(
            "%(customer)s comes to %(total)s with this document. The credit limit of "
            "level %(level)s is %(limit)s.",
            customer=partner.name,
            total=currency.format(total),
            level=level.name,
            limit=currency.format(level.credit_limit),
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_over_credit_limit = fields.Boolean(
        string="Over the Credit Limit",
        compute="_compute_o2c_credit",
        help="With this order the customer owes more than their credit limit.",
        groups="base.group_user",
    )
    o2c_credit_reason = fields.Char(
        string="Credit", compute="_compute_o2c_credit", groups="base.group_user"
    )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # One more order counts for the next one of the same customer.
            names = ["o2c_over_credit_limit", "o2c_credit_reason"]
            self.env["sale.order"].invalidate_model(names)
        return result

    def _o2c_take_customers(self):
        """Take the customers whose credit limit is about to be judged until the end of
        the transaction: another order of theirs that is judged meanwhile has to be
        judged again, with these."""
        # Salespeople need not be able to read every customer's company.
        orders = self.sudo().filtered("company_id.account_use_credit_limit")
        customers = orders.partner_id.commercial_partner_id
        if customers:
            # As orders are taken: whoever began before us is refused and tries again.
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET write_date = write_date WHERE id IN %s",
                    customers._ids,
                )
            )

    @api.depends(
        "state", "partner_id", "partner_invoice_id", "company_id", "amount_total"
    )
    @api.depends_context("lang")
    def _compute_o2c_credit(self):
        excesses = self._o2c_get_credit_excesses()
        for order in self:
            excess = excesses.get(order)
            order.o2c_over_credit_limit = bool(excess)
            order.o2c_credit_reason = (
                order._o2c_describe_credit(excess) if excess else False
            )

    def _o2c_get_credit_excesses(self):
        """Return how far customers go over their credit limit with each order.

        Orders that stay within it, and those of companies without credit limits, are
        left out.

        :rtype: dict of dict by order: ``owed`` before the order, ``total`` with it and
            the ``limit``, in the currency of the company
        """
        excesses = {}
        orders = self.filtered(
            lambda order: (
                order.state != "cancel"
                and order.partner_id
                and order.company_id.account_use_credit_limit
            )
        )
        # Salespeople are told about the limit, and may not read what customers owe.
        for company, own in orders.sudo().grouped("company_id").items():
            own = own.with_company(company)
            partners = own.partner_id.commercial_partner_id
            # Odoo does not follow what these are computed from.
            partners.invalidate_recordset(["credit", "credit_to_invoice"])
            for order in own:
                excess = order._o2c_get_credit_excess()
                if excess:
                    excesses[order] = excess
        return {order: excesses[order] for order in self if order in excesses}

    def _o2c_get_credit_excess(self):
        partner = self.partner_id.commercial_partner_id
        limit = partner._o2c_get_credit_limit()
        if not limit:
            return None
        owed = partner.credit + partner.credit_to_invoice
        owed -= self._o2c_get_amount_counted()
        open_amount = self.amount_total - self.amount_invoiced
        total = owed + self._o2c_to_company_currency(open_amount)
        if self.company_id.currency_id.compare_amounts(total, limit) <= 0:
            return None
        return {"owed": owed, "total": total, "limit": limit}

    def _o2c_get_amount_counted(self):
        """Return what Odoo counts already of an order, in its company's currency: what
        a confirmed order has to invoice."""
        if self.state != "sale":
            return 0.0
        customer = self.partner_id.commercial_partner_id
        if self.partner_invoice_id.commercial_partner_id != customer:
            return 0.0
        if all(line.untaxed_amount_to_invoice <= 0.0 for line in self.order_line):
            return 0.0
        return self.currency_id._convert(
            self.amount_to_invoice,
            self.company_id.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )

    def _o2c_to_company_currency(self, amount):
        return self.currency_id._convert(
            amount, self.company_id.currency_id, self.company_id, self.date_order
        )

    def _o2c_describe_credit(self, excess):
        """Return in words how far the customer goes over the limit.

        :param dict excess: see :meth:`_o2c_get_credit_excesses`
        """
        self.ensure_one()
        currency = self.company_id.currency_id
        values = {
            "customer": self.partner_id.commercial_partner_id.display_name,
            "owed": currency.format(excess["owed"]),
            "total": currency.format(excess["total"]),
            "limit": currency.format(excess["limit"]),
        }
        if currency.compare_amounts(excess["owed"], 0.0) > 0:
            return self.env._(
                "%(customer)s owes %(owed)s, this order makes it %(total)s; the credit "
                "limit is %(limit)s.",
                **values,
            )
        return self.env._(
            "This order makes %(customer)s owe %(total)s; the credit limit is "
            "%(limit)s.",
            **values,
        )
