from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestCustomerLevelTerms(O2cCommon):
    """What customers get from their level when they have nothing of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        pricelists = cls.env["product.pricelist"]
        cls.plain = pricelists.search([("company_id", "in", (False, cls.company.id))])
        cls.plain = cls.plain[:1] or pricelists.create({"name": "Plain"})
        cls.gold_prices = pricelists.create(
            {
                "name": "Gold prices",
                "sequence": 99,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10.0,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        cls.own_prices = cls.gold_prices.copy({"name": "Own prices", "sequence": 98})
        terms = cls.env["account.payment.term"]
        cls.gold_term = terms.create({"name": "Gold term"})
        cls.own_term = terms.create({"name": "Own term"})
        cls.gold = cls.env["o2c.customer.level"].create(
            {
                "name": "Gold",
                "pricelist_id": cls.gold_prices.id,
                "payment_term_id": cls.gold_term.id,
            }
        )
        cls.customer.o2c_level_id = cls.gold

    def test_order_takes_the_terms_of_the_level(self):
        order = self.make_order([(self.product, 10)])
        self.assertEqual(order.pricelist_id, self.gold_prices)
        self.assertEqual(order.payment_term_id, self.gold_term)
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_form_shows_the_terms(self):
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.partner_id = self.customer
        self.assertEqual(form.payment_term_id, self.gold_term)
        self.assertEqual(form.save().pricelist_id, self.gold_prices)

    def test_what_the_customer_has_wins(self):
        self.customer.property_product_pricelist = self.own_prices
        self.customer.property_payment_term_id = self.own_term
        order = self.make_order()
        self.assertEqual(order.pricelist_id, self.own_prices)
        self.assertEqual(order.payment_term_id, self.own_term)
        self.assertFalse(self.customer.o2c_pricelist_origin)
        self.assertFalse(self.customer.o2c_payment_term_origin)

    def test_the_default_can_be_chosen_too(self):
        """The pricelist of everybody is a choice where the level gives another."""
        self.customer.property_product_pricelist = self.plain
        self.env.invalidate_all()
        self.assertEqual(self.customer.property_product_pricelist, self.plain)
        self.customer.property_product_pricelist = False
        self.env.invalidate_all()
        self.assertEqual(self.customer.property_product_pricelist, self.gold_prices)

    def test_saving_the_form_chooses_nothing(self):
        form = Form(self.env["res.partner"])
        form.name = "New customer"
        form.o2c_level_id = self.gold
        self.assertEqual(form.property_product_pricelist, self.gold_prices)
        partner = form.save()
        self.assertFalse(partner.specific_property_product_pricelist)
        self.gold.pricelist_id = self.own_prices
        self.assertEqual(partner.property_product_pricelist, self.own_prices)

    def test_change_of_the_level_holds_for_the_next_order(self):
        before = self.make_order()
        self.gold.write(
            {"pricelist_id": self.own_prices.id, "payment_term_id": self.own_term.id}
        )
        after = self.make_order()
        self.assertEqual(before.pricelist_id, self.gold_prices)
        self.assertEqual(before.payment_term_id, self.gold_term)
        self.assertEqual(after.pricelist_id, self.own_prices)
        self.assertEqual(after.payment_term_id, self.own_term)

    def test_contacts_follow_their_company(self):
        self.customer.is_company = True
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        order = self.make_order(partner_id=contact.id)
        self.assertEqual(order.pricelist_id, self.gold_prices)
        self.assertEqual(order.payment_term_id, self.gold_term)

    def test_customer_on_the_portal(self):
        """Who may read neither levels nor other contacts gets the same prices."""
        user = new_test_user(self.env, "o2c_portal", groups="base.group_portal")
        user.partner_id.o2c_level_id = self.gold
        partner = user.partner_id.with_user(user)
        self.assertEqual(
            self.env["product.pricelist"]
            .with_user(user)
            ._get_partner_pricelist_multi(partner.ids)[partner.id],
            self.gold_prices,
        )
        order = (
            self.env["sale.order"]
            .with_user(user)
            .sudo()
            .create({"partner_id": partner.id})
        )
        self.assertEqual(order.pricelist_id, self.gold_prices)
        self.assertEqual(order.payment_term_id, self.gold_term)

    def test_archived_pricelist_is_not_given(self):
        self.gold_prices.active = False
        self.assertNotEqual(self.make_order().pricelist_id, self.gold_prices)

    def test_switched_off_pricelists_are_not_given(self):
        group = self.env.ref("product.group_product_pricelist")
        self.env["res.config.settings"].create(
            {"group_product_pricelist": False}
        ).execute()
        self.assertNotIn(group, self.salesperson.all_group_ids)
        self.assertFalse(self.make_order().pricelist_id)

    def test_each_company_has_its_own_terms(self):
        other = self.env["res.company"].create({"name": "Other"})
        level = self.gold.with_company(other)
        self.assertFalse(level.pricelist_id)
        self.assertFalse(level.payment_term_id)
        self.assertNotEqual(
            self.customer.with_company(other).property_product_pricelist,
            self.gold_prices,
        )
        foreign = self.env["product.pricelist"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        with self.refused("another company"):
            self.gold.pricelist_id = foreign
        level.pricelist_id = foreign
        self.assertEqual(self.gold.pricelist_id, self.gold_prices)

    def test_origin_is_told(self):
        self.assertIn("Gold", self.customer.o2c_pricelist_origin)
        self.assertIn("Gold term", self.customer.o2c_payment_term_origin)
        self.customer.o2c_level_id = False
        self.assertFalse(self.customer.o2c_pricelist_origin)
        self.assertFalse(self.customer.o2c_payment_term_origin)

    def test_no_question_for_each_customer(self):
        partners = self.env["res.partner"].create(
            [{"name": f"C{i}", "o2c_level_id": self.gold.id} for i in range(20)]
        )
        pricelists = self.env["product.pricelist"]

        def count(ids):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = pricelists._get_partner_pricelist_multi(ids)
            self.assertEqual(set(result), set(ids))
            return self.env.cr.sql_log_count - before

        self.env.flush_all()
        count(partners.ids)
        self.assertEqual(count(partners.ids[:2]), count(partners.ids))

    def test_only_managers_set_terms(self):
        for user in (self.salesperson, self.finance):
            with self.assertRaises(AccessError):
                self.gold.with_user(user).credit_limit = 5.0
        self.gold.with_user(self.director).credit_limit = 5.0
        self.assertEqual(self.gold.credit_limit, 5.0)
        with self.assertRaises(AccessError):
            self.gold.with_user(self.shipper).read(["pricelist_id"])

    def test_negative_limit(self):
        with self.assertRaisesRegex(UserError, "cannot be negative"):
            self.gold.credit_limit = -1.0
