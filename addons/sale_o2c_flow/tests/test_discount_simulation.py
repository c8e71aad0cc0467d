import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestDiscountSimulation(O2cCommon):
    """What other tiers would have meant for confirmed orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("sale_o2c_flow.discount_policy_standard")
        cls.flow.active = False
        cls.product.standard_price = 60.0
        cls.orders = cls.env["sale.order"]
        for discount in (0.0, 8.0, 12.0, 30.0):
            cls.orders |= cls.make_order([(cls.product, 10, None, discount)])
        cls.orders.action_confirm()

    def make_simulation(self, user=None, **values):
        simulations = self.env["o2c.discount.simulation"].with_user(
            user or self.director
        )
        return simulations.create({"policy_id": self.policy.id, **values})

    def set_tiers(self, simulation, *tiers):
        simulation.tier_ids = [
            Command.clear(),
            *(
                Command.create({"discount_from": discount, "authority": authority})
                for discount, authority in tiers
            ),
        ]

    def get_counts(self, simulation, when):
        return {row.authority: row[f"count_{when}"] for row in simulation.result_ids}

    def test_tiers_are_copied(self):
        simulation = self.make_simulation()
        self.assertEqual(
            simulation.tier_ids.mapped("discount_from"),
            self.policy.tier_ids.mapped("discount_from"),
        )
        other = self.env.ref("sale_o2c_flow.discount_policy_strategic")
        simulation.policy_id = other
        self.assertEqual(
            simulation.tier_ids.mapped("discount_from"),
            other.tier_ids.mapped("discount_from"),
        )

    def test_now_and_then(self):
        simulation = self.make_simulation(team_id=self.team.id)
        self.set_tiers(simulation, (0, "self"), (5, "team_leader"), (10, "director"))
        simulation.action_simulate()
        self.assertEqual(
            self.get_counts(simulation, "now"),
            {"self": 2, "team_leader": 1, "director": 1, "forbidden": 0},
        )
        self.assertEqual(
            self.get_counts(simulation, "then"),
            {"self": 1, "team_leader": 1, "director": 2, "forbidden": 0},
        )
        own, leader, director, _forbidden = simulation.result_ids
        self.assertEqual((own.amount_now, own.amount_then), (1920.0, 1000.0))
        self.assertEqual((leader.given_now, leader.given_then), (120.0, 80.0))
        self.assertEqual((director.margin_now, director.margin_then), (100.0, 380.0))
        self.assertEqual(simulation.change_ids.order_id, self.orders[1:3])
        change = simulation.change_ids[0]
        self.assertEqual(change.authority_now, "self")
        self.assertEqual(change.authority_then, "team_leader")
        self.assertEqual(change.action_open_order()["res_id"], self.orders[1].id)
        self.assertEqual(
            simulation.action_open_changed()["domain"],
            [("id", "in", self.orders[1:3].ids)],
        )

    def test_sums_are_those_of_the_orders(self):
        simulation = self.make_simulation(team_id=self.team.id)
        simulation.action_simulate()
        results = simulation.result_ids
        self.assertEqual(simulation.order_count, len(self.orders))
        self.assertAlmostEqual(
            sum(results.mapped("amount_now")), sum(self.orders.mapped("amount_untaxed"))
        )
        self.assertAlmostEqual(
            sum(results.mapped("given_then")),
            sum(self.orders.mapped("o2c_amount_given")),
        )
        self.assertAlmostEqual(
            sum(results.mapped("margin_now")), sum(self.orders.mapped("o2c_margin"))
        )
        self.assertFalse(simulation.change_ids)

    def test_judged_as_the_order_itself(self):
        """What the simulator says of an order is what the order says."""
        category = self.env["product.category"].create({"name": "Chairs"})
        self.product2.categ_id = category
        self.policy.copy(
            {
                "categ_ids": category.ids,
                "tier_ids": [
                    Command.create({"discount_from": 3, "authority": "director"})
                ],
            }
        )
        self.customer.o2c_level_id = self.env.ref(
            "sale_o2c_flow.customer_level_strategic"
        )
        order = self.make_order([(self.product, 9, 87.0), (self.product2, 1, None, 4)])
        order.action_confirm()
        self.orders._o2c_judge_discount()
        simulation = self.make_simulation(team_id=self.team.id)
        simulation.action_simulate()
        counts = self.get_counts(simulation, "now")
        for authority, count in counts.items():
            judged = (self.orders | order).filtered(
                lambda order, wanted=authority: order.o2c_discount_authority == wanted
            )
            self.assertEqual(len(judged), count, authority)
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_margin_floor(self):
        simulation = self.make_simulation(team_id=self.team.id)
        simulation.write({"has_margin_floor": True, "margin_floor": 33.0})
        simulation.margin_floor_authority = "forbidden"
        simulation.action_simulate()
        # 12 % off 100 leaves 28 of 88, 30 % off 10 of 70.
        self.assertEqual(self.get_counts(simulation, "then")["forbidden"], 2)

    def test_period_and_team(self):
        today = fields.Date.context_today(self.policy)
        simulation = self.make_simulation(
            date_from=today - timedelta(days=9), date_to=today - timedelta(days=3)
        )
        simulation.action_simulate()
        self.assertNotIn(self.orders[1].id, simulation.change_ids.order_id.ids)
        before = simulation.order_count
        self.orders[0].date_order = fields.Datetime.now() - timedelta(days=5)
        simulation.action_simulate()
        self.assertEqual(simulation.order_count, before + 1)
        simulation.team_id = self.env["crm.team"].create({"name": "Other"})
        simulation.action_simulate()
        self.assertEqual(simulation.order_count, 0)

    def test_last_day_counts_to_its_end(self):
        self.director.tz = "Asia/Shanghai"
        simulation = self.make_simulation(
            date_from="2026-03-01", date_to="2026-03-01", team_id=self.team.id
        )
        for moment, count in (
            ("2026-02-28 15:59:59", 0),
            ("2026-02-28 16:00:00", 1),
            ("2026-03-01 15:59:59", 1),
            ("2026-03-01 16:00:00", 0),
        ):
            self.orders[0].date_order = moment
            simulation.action_simulate()
            self.assertEqual(simulation.order_count, count, moment)

    def test_other_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "O2C",
                "symbol": "o",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        team = self.env["crm.team"].create({"name": "Abroad"})
        order = self.make_order(pricelist_id=pricelist.id, team_id=team.id)
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 4000.0)
        simulation = self.make_simulation(team_id=team.id)
        simulation.action_simulate()
        self.assertEqual(simulation.result_ids[0].amount_now, 1000.0)
        self.assertEqual(simulation.result_ids[0].margin_now, 400.0)

    def test_policy_that_is_not_in_force_yet(self):
        self.policy.date_start = fields.Date.today() + timedelta(days=30)
        simulation = self.make_simulation(team_id=self.team.id)
        self.set_tiers(simulation, (0, "director"))
        simulation.action_simulate()
        self.assertEqual(self.get_counts(simulation, "then")["director"], 4)

    def test_archived_policy(self):
        self.policy.active = False
        simulation = self.make_simulation(team_id=self.team.id)
        simulation.action_simulate()
        self.assertEqual(self.get_counts(simulation, "now")["self"], 4)
        self.assertEqual(self.get_counts(simulation, "then")["director"], 1)

    def test_nothing_changes_until_applied(self):
        before = self.policy.tier_ids.mapped(lambda t: (t.discount_from, t.authority))
        kept = self.policy.tier_ids[1]
        simulation = self.make_simulation()
        self.set_tiers(simulation, (0, "self"), (10.01, "director"), (40, "forbidden"))
        simulation.action_simulate()
        self.assertEqual(
            self.policy.tier_ids.mapped(lambda t: (t.discount_from, t.authority)),
            before,
        )
        simulation.action_apply()
        tiers = self.policy.tier_ids.sorted("discount_from")
        self.assertEqual(
            tiers.mapped(lambda t: (t.discount_from, t.authority)),
            [(0.0, "self"), (10.01, "director"), (40.0, "forbidden")],
        )
        self.assertIn(kept, tiers)
        order = self.make_order([(self.product, 1, None, 12.0)])
        self.assertEqual(order.o2c_discount_authority, "director")

    def test_tiers_out_of_order(self):
        simulation = self.make_simulation()
        self.set_tiers(simulation, (0, "director"), (10, "self"))
        for method in ("action_simulate", "action_apply"):
            with self.assertRaisesRegex(ValidationError, "put the tiers in order"):
                getattr(simulation, method)()

    def test_figures_of_before_are_not_shown(self):
        simulation = self.make_simulation()
        simulation.action_simulate()
        self.assertTrue(simulation.is_done)
        form = Form(simulation)
        with form.tier_ids.edit(1) as tier:
            tier.discount_from = 7.0
        self.assertFalse(form.is_done)
        self.assertFalse(form.save().is_done)

    def test_from_the_policy(self):
        action = self.policy.with_user(self.director).action_o2c_simulate()
        simulation = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(simulation.policy_id, self.policy)

    def test_for_managers_only(self):
        simulation = self.make_simulation()
        for user in (self.salesperson, self.leader, self.finance, self.order_admin):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.make_simulation(user)
                for method in ("action_simulate", "action_apply"):
                    with self.assertRaises(AccessError):
                        getattr(simulation.with_user(user), method)()
        other = self._make_user("other_manager", "sale_o2c_flow.group_manager")
        with self.assertRaises(AccessError):
            simulation.with_user(other).action_simulate()

    def test_other_company(self):
        """Orders of a company that one may not enter are not looked at."""
        company = self.env["res.company"].create({"name": "Closed"})
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [company.id, self.orders[0].id],
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.make_simulation(company_id=company.id)
        simulation = self.make_simulation(team_id=self.team.id)
        simulation.action_simulate()
        self.assertEqual(simulation.order_count, len(self.orders) - 1)

    def test_thousands_of_orders(self):
        """Two thousand orders take a fixed number of queries to read, and seconds."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH copied AS (
                INSERT INTO sale_order (
                    name, state, company_id, partner_id, partner_invoice_id,
                    partner_shipping_id, user_id, team_id, date_order, currency_id,
                    currency_rate, warehouse_id, picking_policy, amount_untaxed,
                    o2c_amount_given, o2c_effective_discount, o2c_margin,
                    o2c_margin_percent, create_date
                )
                SELECT 'P' || number, 'sale', company_id, partner_id,
                       partner_invoice_id, partner_shipping_id, user_id, team_id,
                       date_order, currency_id, currency_rate, warehouse_id,
                       picking_policy, amount_untaxed, o2c_amount_given,
                       o2c_effective_discount, o2c_margin, o2c_margin_percent,
                       create_date
                  FROM sale_order, generate_series(1, 2000) AS number
                 WHERE id = %(order)s
             RETURNING id
            )
            INSERT INTO sale_order_line (
                order_id, name, product_id, product_uom_id, product_uom_qty,
                price_unit, price_subtotal, customer_lead, state,
                o2c_reference_subtotal, o2c_effective_discount, o2c_unit_cost,
                o2c_margin_percent
            )
            SELECT copied.id, line.name, line.product_id, line.product_uom_id,
                   line.product_uom_qty, line.price_unit, line.price_subtotal,
                   line.customer_lead, line.state, line.o2c_reference_subtotal,
                   line.o2c_effective_discount, line.o2c_unit_cost,
                   line.o2c_margin_percent
              FROM copied, sale_order_line line, generate_series(1, 5)
             WHERE line.order_id = %(order)s
            """,
            {"order": self.orders[2].id},
        )
        self.env.invalidate_all()
        simulation = self.make_simulation(team_id=self.team.id)
        before, start = self.env.cr.sql_log_count, time.monotonic()
        simulation.action_simulate()
        self.assertLess(time.monotonic() - start, 5.0)
        self.assertLess(self.env.cr.sql_log_count - before, 60)
        self.assertEqual(self.get_counts(simulation, "now")["team_leader"], 2001)
