from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon


class PricePermissionCommon(O2cCommon):
    """Only holders of the role may change unit prices: the manager, not sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.o2c_price_right = "role"
        cls.manager = cls._make_user("prices", "sales_team.group_sale_manager")
        cls.holder = cls._make_user(
            "holder",
            "sales_team.group_sale_salesman",
            "sale_o2c_flow.group_change_prices",
        )

    def make_special(self, price=50.0, **values):
        """Return an order of the salesperson with a price set by a manager."""
        order = self.make_order(**values)
        order.order_line.with_user(self.manager).price_unit = price
        self.assertEqual(order.order_line.price_unit, price)
        return order

    def make_pricelist(self, name, *items, **values):
        return self.env["product.pricelist"].create(
            {
                "name": name,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "product_tmpl_id": product.product_tmpl_id.id,
                            "fixed_price": price,
                            "min_quantity": quantity,
                        }
                    )
                    for product, price, quantity in items
                ],
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestPricePermission(PricePermissionCommon):
    def test_everybody_in_sales_by_default(self):
        self.assertEqual(
            self.env["res.company"].create({"name": "New"}).o2c_price_right, "sales"
        )
        self.company.o2c_price_right = "sales"
        order = self.make_order([(self.product, 10, 75.0)])
        self.assertFalse(order.o2c_price_readonly)
        order.order_line.price_unit = 70.0
        self.assertEqual(order.order_line.price_unit, 70.0)

    def test_prices_of_the_pricelist_pass(self):
        order = self.make_order([(self.product, 10), (self.product2, 3, 33.33)])
        order.order_line[0].price_unit = 100.0
        self.assertEqual(order.order_line.mapped("price_unit"), [100.0, 33.33])

    def test_another_price_is_refused(self):
        with self.refused(r"Desk: .*75\.00.* instead of .*100\.00"):
            self.make_order([(self.product, 10, 75.0)])
        with self.refused("Desk"):
            self.make_order([(self.product, 10, 125.0)])
        order = self.make_order()
        for price in (0.0, 99.99, -100.0):
            with self.refused("Changes Prices"):
                order.order_line.price_unit = price
            with self.refused("Changes Prices"):
                order.order_line = [
                    Command.update(order.order_line.id, {"price_unit": price})
                ]
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_every_refused_line_is_named(self):
        with self.refused("(?s)Desk.*Chair"):
            self.make_order([(self.product, 1, 1.0), (self.product2, 1, 1.0)])

    def test_defaults_of_the_context_are_judged(self):
        order = self.make_order()
        with self.refused("Changes Prices"):
            self.env["sale.order.line"].with_user(self.salesperson).with_context(
                default_price_unit=1.0
            ).create({"order_id": order.id, "product_id": self.product.id})

    def test_rounded_price_becomes_exact(self):
        """A price as it was shown is the pricelist's price, to all its digits."""
        self.product.list_price = 0.009
        order = self.make_order([(self.product, 1000, 0.01)])
        self.assertEqual(order.order_line.price_unit, 0.009)
        order.order_line.price_unit = 0.0051
        self.assertEqual(order.order_line.price_unit, 0.009)
        self.assertEqual(order.amount_untaxed, 9.0)

    def test_holders_and_managers_may(self):
        for user in (self.holder, self.manager, self.director):
            order = self.make_order([(self.product, 10, 75.0)], user=user)
            self.assertEqual(order.order_line.price_unit, 75.0)
            order.order_line.price_unit = 70.0
            self.assertEqual(order.order_line.price_unit, 70.0)
            self.assertFalse(order.o2c_price_readonly)

    def test_others_may_not(self):
        order = self.make_order()
        for user in (self.leader, self.order_admin):
            with self.refused("Changes Prices"):
                order.order_line.with_user(user).price_unit = 1.0
        with self.assertRaises(AccessError):
            order.order_line.with_user(self.shipper).price_unit = 1.0

    def test_the_form_shows_it(self):
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 3
            with self.assertRaisesRegex(AssertionError, "readonly"):
                line.price_unit = 1.0
        order = form.save()
        self.assertEqual(order.amount_untaxed, 300.0)
        with Form(order.with_user(self.manager)) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 90.0
        self.assertEqual(order.order_line.price_unit, 90.0)

    def test_import(self):
        order = self.make_order()
        fields = ["order_id/.id", "product_id/.id", "product_uom_qty", "price_unit"]
        lines = self.env["sale.order.line"].with_user(self.salesperson)
        row = [str(order.id), str(self.product2.id), "2"]
        result = lines.load(fields, [[*row, "5"]])
        self.assertFalse(result["ids"])
        self.assertIn("Chair", result["messages"][0]["message"])
        self.assertTrue(lines.load(fields, [[*row, "33.33"]])["ids"])

    def test_each_company_decides(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertTrue(self.make_order().o2c_price_readonly)
        self.assertFalse(
            other.with_user(self.salesperson)._o2c_restricts_prices(), "not asked for"
        )

    def test_setting_is_for_managers(self):
        settings = self.env["res.config.settings"].create({"o2c_price_right": "sales"})
        settings.execute()
        self.assertEqual(self.company.o2c_price_right, "sales")
        with self.assertRaises(AccessError):
            self.company.with_user(self.salesperson).o2c_price_right = "role"


@tagged("post_install", "-at_install")
class TestSpecialPrices(PricePermissionCommon):
    """What was set by somebody who may, and what becomes of it."""

    def test_stays_when_the_quantity_changes(self):
        order = self.make_special()
        order.order_line.product_uom_qty = 20
        self.assertEqual(order.order_line.price_unit, 50.0)
        order.order_line.write({"product_uom_qty": 5, "price_unit": 50.0})
        self.assertEqual(order.order_line.price_unit, 50.0)
        order.order_line.name = "As agreed"
        order.order_line.discount = 5.0
        self.assertEqual(order.order_line.price_unit, 50.0)

    def test_can_be_given_up(self):
        order = self.make_special()
        order.order_line.price_unit = 100.0
        order.order_line.product_uom_qty = 20
        with self.refused("Changes Prices"):
            order.order_line.price_unit = 50.0

    def test_does_not_pass_to_another_product(self):
        order = self.make_special()
        order.order_line.product_id = self._make_product("Safe", 1000.0)
        self.assertEqual(order.order_line.price_unit, 1000.0)

    def test_another_product_at_the_old_price_is_refused(self):
        order = self.make_special()
        safe = self._make_product("Safe", 1000.0)
        with self.refused("Safe"):
            order.order_line.write({"product_id": safe.id, "price_unit": 50.0})

    def test_does_not_pass_to_another_unit(self):
        order = self.make_special()
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(order.order_line.price_unit, 1200.0)

    def test_does_not_pass_to_another_order(self):
        order, other = self.make_special(), self.make_order()
        order.order_line.order_id = other
        self.assertEqual(other.order_line.mapped("price_unit"), [100.0, 100.0])

    def test_copy_takes_the_prices_of_today(self):
        order = self.make_special()
        self.assertEqual(
            order.with_user(self.salesperson).copy().order_line.price_unit, 100.0
        )
        self.assertEqual(
            order.with_user(self.manager).copy().order_line.price_unit, 50.0
        )
        with self.refused("Desk"):
            order.order_line.with_user(self.salesperson).copy(
                {"order_id": order.id, "price_unit": 50.0}
            )

    def test_order_goes_its_way(self):
        """Approving, shipping and invoicing a special price needs no right to set it."""
        order = self.make_special(price=95.0)
        order.action_o2c_submit()
        self.approve(order)
        self.assertEqual(order.state, "sale")
        self.ship(order)
        self.request_invoice(order, 100.0)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.salesperson)
            .with_context(active_ids=order.ids, active_model="sale.order")
            .create({"advance_payment_method": "percentage", "amount": 10.0})
        )
        wizard.create_invoices()
        order.invoice_ids.sudo().filtered(lambda move: move.state == "draft").with_user(
            self.finance
        ).action_post()
        down_payments = order.order_line.filtered("is_downpayment")
        self.assertTrue(down_payments.filtered("price_unit"))
        self.assertEqual(order.order_line[0].price_unit, 95.0)


@tagged("post_install", "-at_install")
class TestPriceEvasion(PricePermissionCommon):
    """Other ways to a price of one's own."""

    def test_price_that_odoo_would_keep(self):
        """What Odoo computed is not turned into a price set by hand."""
        pricelist = self.make_pricelist(
            "Steps", (self.product, 100.0, 0), (self.product, 80.0, 10)
        )
        order = self.make_order(pricelist_id=pricelist.id)
        line = order.order_line
        self.assertEqual(line.price_unit, 80.0)
        line.with_context(sale_write_from_compute=True).technical_price_unit = 1.0
        line.product_uom_qty = 1
        self.assertEqual(line.price_unit, 100.0)
        with self.refused("Desk"):
            line.write({"product_uom_qty": 2, "price_unit": 80.0})
        with self.refused("Desk"):
            line.write({"price_unit": 80.0, "technical_price_unit": 1.0})

    def test_new_line_that_odoo_would_keep(self):
        pricelist = self.make_pricelist(
            "Steps", (self.product, 100.0, 0), (self.product, 80.0, 10)
        )
        values = self._prepare_line(self.product, 10, 80.0)
        order = self.make_order(
            pricelist_id=pricelist.id,
            order_line=[Command.create({**values, "technical_price_unit": 1.0})],
        )
        order.order_line.product_uom_qty = 1
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_extras_of_the_caller(self):
        order = self.make_order()
        lines = order.order_line.with_context(no_variant_attributes_price_extra=-90.0)
        with self.refused("Desk: .*10.00.* instead of .*100.00"):
            lines.create(
                {
                    "order_id": order.id,
                    "product_id": self.product.id,
                    "product_uom_qty": 1,
                }
            )
        lines.product_uom_qty = 2
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_rule_of_another_pricelist(self):
        cheap = self.make_pricelist("Cheap", (self.product, 1.0, 0))
        order = self.make_order()
        with self.refused("Desk"):
            order.order_line.write(
                {"pricelist_item_id": cheap.item_ids.id, "price_unit": 1.0}
            )

    def test_pricelist_changes_what_it_gave(self):
        cheap = self.make_pricelist("Cheap", (self.product, 60.0, 0))
        plain = self.make_pricelist("Plain")
        order = self.make_order(pricelist_id=plain.id)
        order.pricelist_id = cheap
        self.assertEqual(order.order_line.price_unit, 60.0)
        order.pricelist_id = plain
        self.assertEqual(order.order_line.price_unit, 100.0)
        special = self.make_special(pricelist_id=plain.id)
        special.pricelist_id = cheap
        self.assertEqual(special.order_line.price_unit, 50.0)

    def test_currency_does_not_change_under_a_price(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"rate": 4.0, "name": "2000-01-01"})],
            }
        )
        foreign = self.make_pricelist("Foreign", currency_id=currency.id)
        for order in (self.make_order(), self.make_special()):
            order.pricelist_id = foreign
            self.assertEqual(order.currency_id, currency)
            self.assertEqual(order.order_line.price_unit, 400.0)
        order = self.make_order()
        order.currency_id = currency
        self.assertEqual(order.order_line.price_unit, 400.0)

    def test_amounts_beside_the_price(self):
        amounts = {
            "computation_key": "global_discount,1",
            "currency_id": self.company.currency_id.id,
            "price_unit": 1.0,
            "discount": 0.0,
            "quantity": 10.0,
            "manual_total_excluded_currency": 1.0,
        }
        order = self.make_order()
        with self.refused("come from their price"):
            order.order_line.extra_tax_data = amounts
        values = self._prepare_line(self.product, 10)
        with self.refused("come from their price"):
            order.order_line = [Command.create({**values, "extra_tax_data": amounts})]

    def test_negative_price(self):
        order = self.make_order()
        service = self.env["product.product"].create(
            {"name": "Rebate", "type": "service", "list_price": 0.0}
        )
        with self.refused("Rebate"):
            order.order_line = [
                Command.create(self._prepare_line(service, 1, -500.0)),
            ]

    def test_line_without_quantity(self):
        order = self.make_order()
        for values in (
            {"is_downpayment": True},
            {"is_downpayment": True, "technical_price_unit": 5.0},
            {"technical_price_unit": 5.0},
        ):
            values |= self._prepare_line(self.product2, 0, 1.0)
            order.order_line = [Command.create(values)]
            line = order.order_line[-1]
            line.product_uom_qty = 10
            self.assertEqual(line.price_unit, 33.33)

    def test_cost_that_is_none(self):
        order = self.make_order()
        values = self._prepare_line(self.product, 1, 1.0)
        with self.refused("Desk"):
            order.order_line = [Command.create({**values, "is_expense": True})]

    def test_discount_on_the_order_is_no_price(self):
        order = self.make_order()
        wizard = self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 1}
        )
        self.company.sale_discount_product_id = self.env["product.product"].create(
            wizard._prepare_discount_product_values()
        )
        wizard = (
            wizard.with_user(self.salesperson)
            .with_context(active_id=order.id)
            .create({"discount_type": "so_discount", "discount_percentage": 0.1})
        )
        wizard.action_apply_discount()
        self.assertEqual(order.amount_untaxed, 900.0)
        discount = order.order_line[1]
        # It is that for the discount product alone, and stays so.
        product = discount.product_id
        discount.product_id = self.product2
        self.assertEqual(discount.product_id, product)
        self.assertEqual(order.amount_untaxed, 900.0)

    def test_no_variant_attribute_costs_what_it_costs(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Engraving",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "None"}),
                    Command.create({"name": "Gold"}),
                ],
            }
        )
        template = self.product.product_tmpl_id.with_env(self.env)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        gold = self.env["product.template.attribute.value"].search(
            [("product_attribute_value_id", "=", attribute.value_ids[1].id)]
        )
        gold.price_extra = 500.0
        order = self.make_order()
        order.order_line.product_no_variant_attribute_value_ids = gold
        self.assertEqual(order.order_line.price_unit, 600.0)

    def test_update_prices_button(self):
        order = self.make_special()
        order.with_user(self.salesperson).action_update_prices()
        self.assertEqual(order.order_line.price_unit, 100.0)
        order.order_line.product_uom_qty = 20
        with self.refused("Desk"):
            order.order_line.price_unit = 50.0
