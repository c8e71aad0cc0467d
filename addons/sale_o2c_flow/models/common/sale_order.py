from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# What Odoo computes from the lines. Approvals and money rest on these amounts, and a
# computed field, readonly or not, takes what an RPC client writes.
ORDER_AMOUNTS = frozenset(
    {"amount_untaxed", "amount_tax", "amount_total", "currency_rate"}
)
LINE_AMOUNTS = frozenset({"price_subtotal", "price_tax", "price_total"})
# What a line is, and what was invoiced of it: Odoo sets these when it makes the line and
# when it invoices it.
LINE_ORIGINS = frozenset({"is_downpayment", "is_expense", "invoice_lines"})


# What a line sells, and at which price: what follows from the lines follows from these.
LINE_TERMS = frozenset(
    {
        "order_id",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        "tax_ids",
        "extra_tax_data",
    }
)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "o2c.protected.mixin"]

    o2c_level_id = fields.Many2one(
        related="partner_id.commercial_partner_id.o2c_level_id",
        string="Customer Level",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    o2c_progress = fields.Json(
        string="Progress",
        compute="_compute_o2c_progress",
        export_string_translation=False,
        groups="base.group_user",
    )

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | ORDER_AMOUNTS | {"o2c_level_id"}

    def _o2c_lock(self, wait=False):
        """Take the orders until the end of the transaction.

        What was read before stays true: a transaction sees one state of the database,
        and PostgreSQL refuses it the orders that somebody else has changed since.

        :param bool wait: wait for whoever has them, instead of giving up
        :return: the orders
        :raise UserError: if somebody else has one of them, and they are not waited for
        """
        if self.ids:
            # Whoever began before us and comes for the lock after us would go on with
            # what they read then. The empty update makes PostgreSQL refuse them, and
            # Odoo tries again with what is true now.
            taken = self.env.execute_query(
                SQL(
                    """
                    UPDATE sale_order
                       SET write_date = write_date
                     WHERE id IN (SELECT id FROM sale_order WHERE id IN %s %s)
                 RETURNING id
                    """,
                    tuple(self.ids),
                    SQL("FOR NO KEY UPDATE SKIP LOCKED") if not wait else SQL(),
                )
            )
            if not wait and len(taken) < len(set(self.ids)):
                raise self._o2c_get_lock_error()
        return self

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_o2c_progress(self):
        for order in self:
            stages = order._o2c_get_progress_stages()
            order.o2c_progress = sorted(stages, key=lambda stage: stage["sequence"])

    @api.model
    def _o2c_check_filter(self, domain, name):
        """Check that a filter on orders can be applied.

        :param str domain: as people save it
        :param str name: of what the filter belongs to
        :raise ValidationError: if it cannot
        """
        try:
            self.sudo().search_count(literal_eval(domain or "[]"), limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The filter on orders of “%(name)s” cannot be used: %(error)s",
                    name=name,
                    error=error,
                )
            ) from error

    def _o2c_get_sold_lines(self):
        """Return the lines that sell something: no sections, no down payments.

        Down payments have no quantity; what has one is sold, whatever it is called.
        """
        lines = self.order_line
        sold = lines.filtered(
            lambda line: (
                not line.display_type
                and (line.product_uom_qty or not line.is_downpayment)
            )
        )
        # What is read of them is read for all orders at hand at once.
        return sold.with_prefetch(lines._prefetch_ids)

    def _o2c_get_progress_stages(self):
        """Return the stages of the path from order to cash, for the progress line.

        Each concern adds its own.

        :rtype: list[dict] with ``sequence``, ``code``, ``label``, ``state`` (one of
            ``todo``, ``active``, ``done``, ``alert``) and a short ``detail``
        """
        self.ensure_one()
        return []


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "o2c.protected.mixin"]

    def _o2c_get_protected_fields(self):
        return super()._o2c_get_protected_fields() | LINE_AMOUNTS | LINE_ORIGINS

    def _o2c_get_base_lines(self):
        """Return lines of one order as Odoo's tax engine takes them, their taxes
        computed and rounded."""
        if not self:
            return []
        engine, company = self.env["account.tax"], self.order_id.company_id
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in self]
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company)
        return base_lines

    @api.model
    def _o2c_check_protected(self, vals, creating=False):
        if creating:
            # Odoo makes these lines as whoever invoices an order, or posts the bill of
            # a cost. A line that carries a quantity is judged, whatever it calls itself.
            free = {"is_expense"}
            if vals.get("display_type") or not vals.get("product_uom_qty", 1.0):
                free.add("is_downpayment")
            vals = {name: vals[name] for name in vals if name not in free}
        return super()._o2c_check_protected(vals, creating=creating)
