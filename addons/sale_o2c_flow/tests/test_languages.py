from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestLanguages(O2cCommon):
    """People of one company read different languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        first = cls.flow.step_ids[0]
        first.name = "Orders"
        first.with_context(lang="fr_FR").name = "Commandes"
        cls.order = cls.make_order().with_context(lang="fr_FR")
        cls.order.action_o2c_submit()
        cls.task = cls.order.sudo().o2c_task_ids[0]

    def in_both(self, record, field):
        """Return a field as those see it who read English, and who read French."""
        record = record.sudo()
        return tuple(
            record.with_context(lang=lang)[field] for lang in ("en_US", "fr_FR")
        )

    def test_departments_are_named_in_the_language_of_who_reads(self):
        self.assertEqual(self.in_both(self.task, "name"), ("Orders", "Commandes"))
        number = self.order.name
        self.assertEqual(
            self.in_both(self.task, "display_name"),
            (f"{number} - Orders", f"{number} - Commandes"),
        )

    def test_progress_is_told_in_the_language_of_who_reads(self):
        details = [
            stages[0]["detail"] for stages in self.in_both(self.order, "o2c_progress")
        ]
        self.assertEqual(details, ["Waits for Orders", "Waits for Commandes"])

    def test_a_renamed_step_leaves_submitted_orders_as_they_were(self):
        self.flow.step_ids[0].with_context(lang="fr_FR").name = "Ventes"
        self.assertEqual(self.in_both(self.task, "name"), ("Orders", "Commandes"))

    def test_numbers_follow_the_language(self):
        tier = self.env.ref("sale_o2c_flow.discount_policy_standard").tier_ids[1]
        english, french = self.in_both(tier, "display_name")
        self.assertIn("10.01", english)
        self.assertIn("10,01", french)

    def test_a_level_is_unique_even_when_translated(self):
        levels = self.env["o2c.customer.level"]
        level = levels.create({"name": "Gold"})
        level.with_context(lang="fr_FR").name = "Or"
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            levels.create({"name": "Gold"})

    def test_the_first_discount_is_named_for_everybody(self):
        """Whoever gives it, in whichever language."""
        self.company.sale_discount_product_id = False
        order = self.make_order().with_context(lang="fr_FR")
        order.partner_id.sudo().lang = "fr_FR"
        order.write(
            {"o2c_order_discount_type": "percent", "o2c_order_discount_percent": 10}
        )
        product = self.company.sale_discount_product_id
        self.assertEqual(self.in_both(product, "name"), ("Discount", "Remise"))
