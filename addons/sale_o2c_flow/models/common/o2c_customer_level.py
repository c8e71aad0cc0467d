from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Whoever deals with the terms of customers; a shipper sees no prices.
TERMS_GROUPS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_invoice,account.group_account_readonly"
)


class O2cCustomerLevel(models.Model):
    """Grade of a customer: drives discount policies and reports, and says on which
    terms customers buy who have none of their own."""

    _name = "o2c.customer.level"
    _description = "Customer Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    # -- What customers of the level get who have nothing of their own
    pricelist_id = fields.Many2one(
        "product.pricelist",
        company_dependent=True,
        domain=lambda self: [("company_id", "in", (self.env.company.id, False))],
        help="For new orders of customers of this level who have no pricelist of "
        "their own.",
        groups=TERMS_GROUPS,
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        company_dependent=True,
        domain=lambda self: [("company_id", "in", (self.env.company.id, False))],
        help="For new orders of customers of this level who have no payment terms of "
        "their own.",
        groups=TERMS_GROUPS,
    )
    # Odoo keeps no Monetary per company: the currency is the one of the company.
    credit_limit = fields.Float(
        company_dependent=True,
        help="What a customer of this level may owe, in the currency of the company, "
        "unless the customer has a limit of their own. 0: the limit of the company.",
        groups=TERMS_GROUPS,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_company_values")
    uses_credit_limit = fields.Boolean(compute="_compute_company_values")

    # A translated name is stored with all its languages.
    _english_name_uniq = models.UniqueIndex(
        "((name->>'en_US'))", "A customer level with this name exists already."
    )

    @api.constrains("pricelist_id", "payment_term_id")
    def _check_terms_company(self):
        """Odoo checks the companies of records only that have one of their own."""
        company = self.env.company
        for level in self:
            for terms in (level.pricelist_id, level.payment_term_id):
                own = terms.filtered_domain(terms._check_company_domain(company))
                if own != terms:
                    raise ValidationError(
                        self.env._(
                            "“%(terms)s” belongs to another company than %(company)s, "
                            "for which you set the terms of level “%(level)s”.",
                            terms=terms.display_name,
                            company=company.name,
                            level=level.name,
                        )
                    )

    @api.constrains("credit_limit")
    def _check_credit_limit(self):
        for level in self:
            if level.credit_limit < 0.0:
                raise ValidationError(
                    self.env._(
                        "The credit limit of level “%s” cannot be negative: put 0 for "
                        "the limit of the company.",
                        level.name,
                    )
                )

    @api.depends_context("company")
    def _compute_company_values(self):
        company = self.env.company
        self.currency_id = company.currency_id
        self.uses_credit_limit = company.account_use_credit_limit
