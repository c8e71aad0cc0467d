from odoo import models

from .amount_in_words import write_out_in_chinese


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _o2c_get_amount_in_words(self, amount):
        """Return an amount of this currency in words, in the language of the context.

        :rtype: str
        """
        self.ensure_one()
        if self.env.lang != "zh_CN" or self.decimal_places > 2:
            return self.amount_to_text(amount)
        words = write_out_in_chinese(self.round(amount))
        return f"人民币{words}" if self.name == "CNY" else f"{self.name} {words}"
