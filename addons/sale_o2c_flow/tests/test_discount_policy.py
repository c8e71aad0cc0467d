from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.discount.policy_book import Book, Deal, Goods, Rule, Tier
from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestPolicyBook(TransactionCase):
    """Which policy judges, and what it says: plain data, no records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers = (Tier(1, 0.0, 0), Tier(2, 10.01, 1), Tier(3, 20.01, 2))

    def make_deal(self, discount=0.0, goods=(), **values):
        return Deal(
            **{
                "company_id": 1,
                "date": date(2026, 5, 1),
                "level_id": 3,
                "team_id": 4,
                "partners": (5, 6),
                "currency_id": 7,
                "discount": discount,
                "goods": goods,
                **values,
            }
        )

    def test_most_specific_wins(self):
        """Each rule beats all that are aimed at something less weighty."""
        goods = Goods("line", product_id=9, categories=(20, 21, 22), discount=0.0)
        rules = [
            Rule(1),
            Rule(2, date_start=date(2026, 1, 1)),
            Rule(3, company_id=1),
            Rule(4, currencies=frozenset({7})),
            Rule(5, teams=frozenset({4})),
            Rule(6, levels=frozenset({3})),
            Rule(7, partners=frozenset({5})),
            Rule(8, partners=frozenset({6})),
            Rule(9, categories=frozenset({20})),
            Rule(10, categories=frozenset({22, 20})),
            Rule(11, products=frozenset({9})),
        ]
        deal = self.make_deal(goods=(goods,))
        for count in range(1, len(rules) + 1):
            for order in (rules[:count], rules[:count][::-1]):
                chosen = {
                    subject: rule.id for rule, subject in Book(order).assign(deal)
                }
                self.assertEqual(chosen[goods], rules[count - 1].id)
        self.assertEqual(chosen[None], 8)

    def test_weightier_beats_many(self):
        many = Rule(
            1, levels=frozenset({3}), teams=frozenset({4}), currencies=frozenset({7})
        )
        customer = Rule(2, partners=frozenset({5}))
        self.assertEqual(Book((many, customer)).judge(self.make_deal()).rule_id, 2)

    def test_sequence_breaks_ties(self):
        book = Book((Rule(2, levels=frozenset({3})), Rule(1, levels=frozenset({3, 8}))))
        self.assertEqual(book.judge(self.make_deal()).rule_id, 2)

    def test_what_does_not_fit(self):
        for rule in (
            Rule(1, company_id=2),
            Rule(1, date_start=date(2026, 5, 2)),
            Rule(1, date_end=date(2026, 4, 30)),
            Rule(1, levels=frozenset({30})),
            Rule(1, teams=frozenset({40})),
            Rule(1, partners=frozenset({50})),
            Rule(1, currencies=frozenset({70})),
            Rule(1, categories=frozenset({20})),
            Rule(1, products=frozenset({9})),
        ):
            self.assertFalse(Book((rule,)).judge(self.make_deal()).rule_id)

    def test_limits_of_tiers(self):
        book = Book((Rule(1, tiers=self.tiers),))
        for discount, rank in (
            (-5.0, 0),
            (0.0, 0),
            (10.0, 0),
            (10.004, 0),
            (10.01, 1),
            (20.0, 1),
            (20.01, 2),
            (100.0, 2),
        ):
            verdict = book.judge(self.make_deal(discount))
            self.assertEqual(verdict.rank, rank, discount)

    def test_line_decides_only_for_more(self):
        line = Goods("line", 9, (20,), discount=15.0)
        book = Book((Rule(1, tiers=self.tiers),))
        self.assertIsNone(book.judge(self.make_deal(12.0, (line,))).key)
        self.assertEqual(book.judge(self.make_deal(2.0, (line,))).key, "line")

    def test_margin_floor(self):
        rule = Rule(1, tiers=self.tiers, margin_floor=20.0, floor_rank=2)
        for margin, rank in ((None, 0), (20.0, 0), (19.99, 2), (-100.0, 2)):
            verdict = Book((rule,)).judge(self.make_deal(margin=margin))
            self.assertEqual(verdict.rank, rank, margin)
        self.assertEqual(verdict.cause, "margin")
        verdict = Book((rule,)).judge(self.make_deal(25.0, margin=5.0))
        self.assertEqual(verdict.cause, "discount")


@tagged("post_install", "-at_install")
class TestDiscountPolicy(O2cCommon):
    """Policies on orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.env.ref("sale_o2c_flow.discount_policy_standard")
        cls.categories = cls.env["product.category"].create({"name": "Furniture"})
        cls.categories |= cls.categories.create(
            {"name": "Desks", "parent_id": cls.categories.id}
        )
        cls.product.categ_id = cls.categories[1]

    @classmethod
    def make_policy(cls, limit, authority="director", **values):
        """Return a policy by which more than a limit needs an authority."""
        return cls.env["o2c.discount.policy"].create(
            {
                "name": f"Limit {limit}",
                "tier_ids": [
                    Command.create({"discount_from": limit, "authority": authority})
                ],
                **values,
            }
        )

    def authority(self, discount=5.0, **values):
        order = self.make_order([(self.product, 10, None, discount)], **values)
        return order.o2c_discount_authority

    def test_applied_policy(self):
        order = self.make_order([(self.product, 10, None, 5.0)])
        self.assertEqual(order.o2c_discount_policy_id, self.standard)
        policy = self.make_policy(4.0, product_ids=self.product.ids)
        order = self.make_order([(self.product, 10, None, 3.0)])
        self.assertEqual(order.o2c_discount_policy_id, self.standard)
        order.order_line.discount = 5.0
        self.assertEqual(order.o2c_discount_policy_id, policy)
        self.assertEqual(order.o2c_discount_line_id, order.order_line)

    def test_policy_without_a_tier_reached(self):
        policy = self.make_policy(50.0, team_ids=self.team.ids)
        order = self.make_order([(self.product, 10, None, 30.0)])
        self.assertEqual(order.o2c_discount_policy_id, policy)
        self.assertFalse(order.o2c_discount_tier_id)
        self.assertEqual(order.o2c_discount_authority, "self")

    def test_customer_and_the_group_above(self):
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        self.customer.write({"is_company": True, "parent_id": group.id})
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        self.make_policy(2.0, partner_ids=group.ids)
        self.assertEqual(self.authority(partner_id=contact.id), "director")
        self.make_policy(2.0, "team_leader", partner_ids=self.customer.ids)
        self.assertEqual(self.authority(partner_id=contact.id), "team_leader")
        self.assertEqual(self.authority(partner_id=group.id), "director")

    def test_contact_cannot_be_named(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        with self.assertRaisesRegex(ValidationError, "is a contact of Customer"):
            self.make_policy(2.0, partner_ids=contact.ids)

    def test_deeper_category(self):
        self.make_policy(2.0, "director", categ_ids=self.categories[0].ids)
        self.assertEqual(self.authority(), "director")
        self.make_policy(2.0, "team_leader", categ_ids=self.categories[1].ids)
        self.assertEqual(self.authority(), "team_leader")

    def test_currency(self):
        currency = self.env["res.currency"].create({"name": "O2C", "symbol": "o"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        self.make_policy(2.0, currency_ids=currency.ids)
        self.assertEqual(self.authority(), "self")
        self.assertEqual(self.authority(pricelist_id=pricelist.id), "director")

    def test_archived_level_is_not_everybody(self):
        level = self.env["o2c.customer.level"].create({"name": "Gone"})
        policy = self.make_policy(2.0, level_ids=level.ids)
        level.active = False
        policy.name = "Changed"
        self.assertEqual(self.authority(), "self")

    @mute_logger("odoo.sql_db")
    def test_what_a_policy_names_cannot_be_deleted(self):
        level = self.env["o2c.customer.level"].create({"name": "Named"})
        self.make_policy(2.0, level_ids=level.ids)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            level.unlink()

    def test_margin_floor(self):
        self.product.standard_price = 70.0
        self.standard.write({"has_margin_floor": True, "margin_floor": 25.0})
        order = self.make_order([(self.product, 10, None, 5.0)])
        self.assertEqual(order.o2c_discount_authority, "self")
        order.order_line.discount = 8.0
        self.assertEqual(order.o2c_discount_authority, "director")
        self.assertEqual(order.o2c_discount_cause, "margin")
        self.assertEqual(
            order.o2c_discount_reason,
            "The margin of the order is low: policy “Standard discounts” asks for: "
            "Director.",
        )
        self.flow.step_ids.authority_from = "director"
        order.action_o2c_submit()
        reasons = set(order.sudo().o2c_task_ids.mapped("reason"))
        self.assertEqual(reasons, {"The margin of the order is low"})
        with self.assertRaises(AccessError):
            self.standard.with_user(self.salesperson).read(["margin_floor"])

    def test_one_poor_line_in_a_good_order(self):
        self.product.standard_price = 90.0
        self.product2.standard_price = 1.0
        self.standard.write(
            {
                "has_margin_floor": True,
                "margin_floor": 20.0,
                "margin_floor_authority": "forbidden",
            }
        )
        order = self.make_order([(self.product, 1), (self.product2, 100)])
        self.assertEqual(order.o2c_discount_line_id, order.order_line[0])
        with self.refused("The margin of Desk is lower than policy"):
            order.action_o2c_submit()

    def test_unknown_cost_is_not_judged(self):
        self.standard.write({"has_margin_floor": True, "margin_floor": 25.0})
        self.assertEqual(self.authority(), "self")

    def test_tiers_in_order(self):
        tiers = self.standard.tier_ids
        with self.refused("put the tiers in order"):
            tiers[1].authority = "forbidden"
        # Together they may pass through what alone would be refused.
        self.standard.tier_ids = [
            Command.update(tiers[1].id, {"authority": "forbidden"}),
            Command.update(tiers[2].id, {"authority": "forbidden"}),
        ]
        self.assertEqual(self.authority(12.0), "forbidden")

    @mute_logger("odoo.sql_db")
    def test_bad_figures(self):
        for values in (
            {"margin_floor": 100.0},
            {"has_margin_floor": True, "margin_floor_authority": False},
            {"date_start": "2026-02-01", "date_end": "2026-01-01"},
        ):
            with self.subTest(values), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    self.standard.write(values)
                    self.env.flush_all()
        tiers = self.standard.tier_ids
        for tier, discount in ((tiers[0], -1.0), (tiers[-1], 100.5)):
            with self.subTest(discount), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    tier.discount_from = discount
                    self.env.flush_all()

    def test_changes_hold_at_once(self):
        """Policies are kept in memory: not longer than they are true."""
        self.assertEqual(self.authority(), "self")
        policy = self.make_policy(2.0, team_ids=self.team.ids)
        self.assertEqual(self.authority(), "director")
        policy.tier_ids.authority = "team_leader"
        self.assertEqual(self.authority(), "team_leader")
        policy.tier_ids.unlink()
        self.assertEqual(self.authority(), "self")
        policy.tier_ids = [
            Command.create({"discount_from": 1, "authority": "director"})
        ]
        self.assertEqual(self.authority(), "director")
        policy.active = False
        self.assertEqual(self.authority(), "self")
        policy.active = True
        policy.unlink()
        self.assertEqual(self.authority(), "self")

    def test_judging_asks_nothing_per_line(self):
        """Ten times the lines, the same number of queries."""
        counts = []
        # The first time fills the caches.
        for lines in (3, 3, 30):
            order = self.make_order([(self.product, 1, None, 5.0)] * lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order._o2c_judge_discount()
            self.assertEqual(order.o2c_discount_authority, "self")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_manager_draws_a_policy(self):
        form = Form(self.env["o2c.discount.policy"].with_user(self.director))
        form.name = "Desks for the team"
        form.team_ids.add(self.team)
        form.product_ids.add(self.product)
        form.has_margin_floor = True
        form.margin_floor = 10.0
        with form.tier_ids.new() as tier:
            tier.discount_from = 3.0
            tier.authority = "team_leader"
        policy = form.save()
        self.assertEqual(policy.margin_floor_authority, "director")
        self.assertEqual(self.authority(), "team_leader")
