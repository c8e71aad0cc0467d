from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _o2c_get_overdue(self, company):
        """Count installments that are past due, too, invoiced or not."""
        overdue = super()._o2c_get_overdue(company)
        left = self - overdue
        if not left:
            return overdue
        # As for entries: being behind may be known to who must not read the plan.
        groups = (
            self.env["o2c.installment"]
            .sudo()
            ._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", left.ids),
                    ("company_id", "=", company.id),
                    ("order_id.state", "=", "sale"),
                    ("amount_open", ">", 0),
                    ("date_due", "<", fields.Date.context_today(self)),
                ],
                ["partner_id.commercial_partner_id"],
            )
        )
        late = {partner.id for (partner,) in groups}
        return overdue | left.filtered(lambda partner: partner.id in late)
