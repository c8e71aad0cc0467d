from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import O2cCommon


@tagged("post_install", "-at_install")
class TestReorder(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Orders are confirmed as they are: approvals are not what this is about.
        cls.flow.active = False
        cls.seller = cls.env(user=cls.salesperson)
        # Pricelists and units are features to switch on.
        for feature in ("product.group_product_pricelist", "uom.group_uom"):
            cls.env.ref("base.group_user").implied_ids += cls.env.ref(feature)

    def buy(self, days_ago, *lines, **values):
        """Return a confirmed order of some days ago."""
        order = self.make_order(list(lines), **values)
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=days_ago)
        return order

    def open(self, action):
        """Return the form of the wizard an action opens, as the salesperson has it."""
        return Form(self.seller[action["res_model"]].browse(action["res_id"]))

    def names(self, form):
        return [form.line_ids.edit(i).name for i in range(len(form.line_ids))]

    def opened(self, action):
        self.assertEqual(action["res_model"], "sale.order")
        return self.seller["sale.order"].browse(action["res_id"])

    def enter(self, form, quantities):
        for index, quantity in enumerate(quantities):
            with form.line_ids.edit(index) as line:
                line.quantity = quantity

    # === AN ORDER AGAIN === #

    def test_order_again(self):
        """One click and one confirmation: same products, prices of today."""
        source = self.make_order(
            [(self.product, 10, 80.0, 5.0), (self.product2, 3)], user=self.salesperson
        )
        self.product.list_price = 120.0
        form = self.open(source.action_o2c_reorder())
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 10.0)
            self.assertAlmostEqual(line.last_price, 76.0)
            self.assertAlmostEqual(line.price, 120.0)
            self.assertEqual(line.price_trend, "up")
        order = self.opened(form.save().action_order())
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id, source.partner_id)
        self.assertEqual(order.user_id, self.salesperson)
        self.assertEqual(order.origin, source.name)
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 10.0,
                    "price_unit": 120.0,
                    "discount": 0.0,
                },
                {
                    "product_id": self.product2.id,
                    "product_uom_qty": 3.0,
                    "price_unit": 33.33,
                    "discount": 0.0,
                },
            ],
        )

    def test_quantities_are_adjusted_in_the_list(self):
        source = self.make_order([(self.product, 10), (self.product2, 3)])
        form = self.open(source.action_o2c_reorder())
        self.enter(form, [4, 0])
        order = self.opened(form.save().action_order())
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(order.order_line.product_uom_qty, 4.0)

    def test_price_follows_the_quantity(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "By quantity",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 10.0,
                            "min_quantity": 100.0,
                        }
                    )
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        form = self.open(self.make_order([(self.product, 5)]).action_o2c_reorder())
        with form.line_ids.edit(0) as line:
            self.assertAlmostEqual(line.price, 100.0)
            line.quantity = 100.0
            self.assertAlmostEqual(line.price, 90.0)
        order = self.opened(form.save().action_order())
        self.assertAlmostEqual(order.amount_untaxed, 9000.0)

    def test_what_is_not_repeated(self):
        """Discounts, down payments, takings back and notes stay behind; sections come
        along where something stands under them."""
        source = self.make_order(
            order_line=[
                Command.create(
                    {"display_type": "line_section", "name": "Ground floor"}
                ),
                Command.create(self._prepare_line(self.product, 10)),
                Command.create({"display_type": "line_note", "name": "For 1 May"}),
                Command.create({"display_type": "line_section", "name": "Attic"}),
                Command.create(self._prepare_line(self.product2, -2)),
                Command.create({"display_type": "line_section", "name": "Cellar"}),
                Command.create(
                    {"display_type": "line_subsection", "name": "Left wing"}
                ),
                Command.create(self._prepare_line(self.product2, 3)),
            ]
        )
        wizard = (
            self.env["sale.order.discount"]
            .with_context(active_id=source.id)
            .create({"discount_type": "so_discount", "discount_percentage": 0.1})
        )
        wizard.action_apply_discount()
        self.assertEqual(len(source.order_line), 10)
        form = self.open(source.action_o2c_reorder())
        self.assertEqual(self.names(form), ["Desk", "Chair"])
        order = self.opened(form.save().action_order())
        self.assertEqual(
            order.order_line.mapped(lambda line: line.product_id.name or line.name),
            ["Ground floor", "Desk", "Cellar", "Left wing", "Chair"],
        )
        self.assertAlmostEqual(order.amount_untaxed, 1099.99)

    def test_down_payment_is_not_repeated(self):
        source = self.buy(1, (self.product, 10))
        self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(source.ids)],
                "advance_payment_method": "percentage",
                "amount": 20.0,
            }
        ).create_invoices()
        self.assertTrue(source.order_line.filtered("is_downpayment"))
        form = self.open(source.action_o2c_reorder())
        self.assertEqual(self.names(form), ["Desk"])
        form = self.open(self.customer.with_user(self.salesperson).action_o2c_reorder())
        self.assertEqual(self.names(form), ["Desk"])

    def test_left_out_is_shown_and_said(self):
        archived = self._make_product("Lamp", 10.0)
        unsold = self._make_product("Shelf", 20.0)
        source = self.make_order([(self.product, 1), (archived, 2), (unsold, 3)])
        archived.active = False
        unsold.sale_ok = False
        form = self.open(source.action_o2c_reorder())
        problems = [form.line_ids.edit(i).problem for i in range(3)]
        self.assertEqual(problems, [False, "archived", "not_sold"])
        self.assertEqual(form.line_ids.edit(1).quantity, 0.0)
        wizard = form.save()
        # Whoever writes a quantity past the form gets none of it either.
        wizard.line_ids[1].quantity = 5.0
        order = self.opened(wizard.action_order())
        self.assertEqual(order.order_line.product_id, self.product)
        note = order.message_ids.filtered(lambda m: "Lamp" in m.body).body
        self.assertIn("Lamp: Archived", note)
        self.assertIn("Shelf: No longer sold", note)

    def test_product_of_another_company(self):
        """Who may not read a product any more still sees that it was there."""
        source = self.make_order([(self.product, 1), (self.product2, 2)])
        other = self.env["res.company"].create({"name": "Other"})
        # Odoo keeps a product that was sold from moving; data of before may have it so.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_template SET company_id = %s WHERE id = %s",
            [other.id, self.product2.product_tmpl_id.id],
        )
        self.env.invalidate_all()
        form = self.open(source.action_o2c_reorder())
        with form.line_ids.edit(1) as line:
            self.assertIn("Chair", line.name)
            self.assertEqual(line.problem, "other_company")
        order = self.opened(form.save().action_order())
        self.assertEqual(order.order_line.product_id, self.product)

    def test_combo_is_left_out_whole(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Seat",
                "combo_item_ids": [Command.create({"product_id": self.product2.id})],
            }
        )
        set_product = self.env["product.product"].create(
            {
                "name": "Office set",
                "type": "combo",
                "list_price": 150.0,
                "combo_ids": [Command.set(combo.ids)],
            }
        )
        source = self.make_order([(set_product, 1)])
        source.order_line = [
            Command.create(
                {
                    "product_id": self.product2.id,
                    "product_uom_qty": 1,
                    "linked_line_id": source.order_line.id,
                    "combo_item_id": combo.combo_item_ids.id,
                }
            ),
            Command.create(self._prepare_line(self.product, 1)),
        ]
        form = self.open(source.action_o2c_reorder())
        self.assertEqual(self.names(form), ["Office set", "Desk"])
        self.assertEqual(form.line_ids.edit(0).problem, "combo")
        order = self.opened(form.save().action_order())
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertIn("Office set", order.message_ids.mapped("body")[0])

    def test_options_are_kept(self):
        """What was chosen and written for a product is ordered again, with its price."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Engraving",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "None"}),
                    Command.create(
                        {
                            "name": "Text",
                            "is_custom": True,
                            "default_extra_price": 7.0,
                        }
                    ),
                ],
            }
        )
        template = self.env["product.template"].browse(self.product.product_tmpl_id.id)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        text = template.attribute_line_ids.product_template_value_ids[1]
        source = self.make_order(
            order_line=[
                Command.create(
                    {
                        **self._prepare_line(self.product, 2),
                        "product_no_variant_attribute_value_ids": [
                            Command.set(text.ids)
                        ],
                        "product_custom_attribute_value_ids": [
                            Command.create(
                                {
                                    "custom_product_template_attribute_value_id": (
                                        text.id
                                    ),
                                    "custom_value": "ACME",
                                }
                            )
                        ],
                    }
                )
            ]
        )
        form = self.open(source.action_o2c_reorder())
        self.assertAlmostEqual(form.line_ids.edit(0).price, 107.0)
        line = self.opened(form.save().action_order()).order_line
        self.assertEqual(line.product_no_variant_attribute_value_ids, text)
        self.assertEqual(
            line.product_custom_attribute_value_ids.mapped("custom_value"), ["ACME"]
        )
        self.assertAlmostEqual(line.price_unit, 107.0)

    def test_unit_of_the_last_time(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        self.product.uom_ids = dozen
        source = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_id": dozen.id,
                        "product_uom_qty": 2,
                    }
                )
            ]
        )
        form = self.open(source.action_o2c_reorder())
        self.assertAlmostEqual(form.line_ids.edit(0).price, 1200.0)
        order = self.opened(form.save().action_order())
        self.assertEqual(order.order_line.product_uom_id, dozen)
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
        # No longer sold by the dozen: the same in single ones.
        self.product.uom_ids = False
        form = self.open(source.action_o2c_reorder())
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 24.0)
            self.assertAlmostEqual(line.last_price, 100.0)
            self.assertAlmostEqual(line.price, 100.0)

    def test_addresses_as_far_as_they_hold(self):
        delivery, invoice = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.customer.id, "type": kind}
                for name, kind in (("Dock", "delivery"), ("Office", "invoice"))
            ]
        )
        other = self.env["res.partner"].create(
            {"name": "Dock 2", "parent_id": self.customer.id, "type": "delivery"}
        )
        source = self.make_order(
            partner_shipping_id=other.id, partner_invoice_id=invoice.id
        )
        order = self.opened(
            self.open(source.action_o2c_reorder()).save().action_order()
        )
        self.assertEqual(order.partner_shipping_id, other)
        other.active = False
        invoice.parent_id = False
        order = self.opened(
            self.open(source.action_o2c_reorder()).save().action_order()
        )
        self.assertEqual(order.partner_shipping_id, delivery)
        self.assertEqual(order.partner_invoice_id, self.customer)

    def test_list_action_wants_one_order(self):
        orders = self.make_order() | self.make_order()
        action = self.seller.ref("sale_o2c_flow.action_o2c_reorder_server")
        context = {"active_model": "sale.order", "active_ids": orders.ids}
        with self.refused("Choose one order"):
            action.with_context(**context, active_id=orders[0].id).run()
        context["active_ids"] = orders[0].ids
        opened = action.with_context(**context, active_id=orders[0].id).run()
        self.assertEqual(opened["res_model"], "o2c.reorder")

    def test_archived_customer(self):
        source = self.make_order()
        self.customer.active = False
        with self.refused("Customer is archived"):
            source.action_o2c_reorder()

    def test_bad_quantities_are_all_named(self):
        source = self.make_order([(self.product, 1), (self.product2, 1)])
        wizard = self.open(source.action_o2c_reorder()).save()
        wizard.line_ids[0].quantity = -1.0
        wizard.line_ids[1].quantity = 1e12
        with self.assertRaisesRegex(UserError, "(?s)Desk: .*Chair: "):
            wizard.action_order()
        wizard.line_ids.quantity = 0.0
        with self.refused("at least one"):
            wizard.action_order()

    # === RIGHTS === #

    def test_order_of_somebody_else(self):
        source = self.make_order(user=self.salesperson2)
        own = source.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            own.action_o2c_reorder()
        with self.assertRaises(AccessError):
            wizard = self.seller["o2c.reorder"].create({"source_order_id": source.id})
            wizard.line_ids.mapped("name")
        with self.assertRaises(AccessError):
            wizard = self.seller["o2c.reorder"].create({"order_id": source.id})
            wizard.action_order()

    def test_history_of_somebody_else_is_not_shown(self):
        self.buy(3, (self.product, 1), user=self.salesperson2)
        self.buy(3, (self.product2, 1))
        partner = self.customer.with_user(self.salesperson)
        self.assertEqual(self.names(self.open(partner.action_o2c_reorder())), ["Chair"])

    def test_customer_of_a_colleague(self):
        """The quotation is theirs who make it: another one they could not open."""
        self.customer.user_id = self.salesperson2
        source = self.make_order()
        order = self.opened(
            self.open(source.action_o2c_reorder()).save().action_order()
        )
        self.assertEqual(order.user_id, self.salesperson)

    def test_not_for_other_roles(self):
        source = self.make_order()
        for user in (self.finance, self.warehouse, self.shipper):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                source.with_user(user).action_o2c_reorder()

    def test_wizard_of_somebody_else(self):
        wizard = self.open(self.make_order().action_o2c_reorder()).save()
        with self.assertRaises(AccessError):
            wizard.with_user(self.order_admin).action_order()

    # === WHAT THEY USUALLY BUY === #

    def test_usual_products(self):
        """Most orders first; interval and due date from the days of the whole family."""
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id}
        )
        self.buy(70, (self.product, 5))
        self.buy(40, (self.product, 6), partner_id=contact.id)
        self.buy(35, (self.product, 7, 90.0, 10.0), (self.product2, 2))
        self.make_order([(self.product2, 50)])
        contact.active = False
        form = self.open(self.customer.with_user(self.salesperson).action_o2c_reorder())
        self.assertEqual(self.names(form), ["Desk", "Chair"])
        today = fields.Date.context_today(self.customer.with_user(self.salesperson))
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.order_count, 3)
            self.assertEqual(line.last_date, str(today - timedelta(days=35)))
            self.assertEqual(line.last_quantity, 7.0)
            self.assertAlmostEqual(line.last_price, 81.0)
            self.assertEqual(line.quantity, 0.0)
            self.assertEqual(line.interval_days, 18)
            self.assertEqual(line.status, "due")
        with form.line_ids.edit(1) as line:
            self.assertEqual(line.order_count, 1)
            self.assertFalse(line.interval_days)
            self.assertFalse(line.status)

    def test_not_due_yet(self):
        self.buy(40, (self.product, 5))
        self.buy(10, (self.product, 5))
        partner = self.customer.with_user(self.salesperson)
        self.assertFalse(
            self.open(partner.action_o2c_reorder()).line_ids.edit(0).status
        )
        self.buy(1, (self.product, 5))
        # 30 days and 9 days: 19 or 20 is usual, and one has gone by.
        self.assertFalse(
            self.open(partner.action_o2c_reorder()).line_ids.edit(0).status
        )

    def test_twice_on_one_order(self):
        self.buy(3, (self.product, 5), (self.product, 2))
        partner = self.customer.with_user(self.salesperson)
        with self.open(partner.action_o2c_reorder()).line_ids.edit(0) as line:
            self.assertEqual(line.last_quantity, 7.0)
            self.assertEqual(line.order_count, 1)

    def test_take_last_quantities(self):
        archived = self._make_product("Lamp", 10.0)
        self.buy(9, (self.product, 5), (archived, 4))
        self.buy(3, (self.product2, 2))
        archived.active = False
        partner = self.customer.with_user(self.salesperson)
        wizard = self.open(partner.action_o2c_reorder()).save()
        form = self.open(wizard.action_take_last())
        taken = {
            form.line_ids.edit(i).name: form.line_ids.edit(i).quantity for i in range(3)
        }
        self.assertEqual(taken, {"Desk": 5.0, "Chair": 2.0, "Lamp": 0.0})
        order = self.opened(form.save().action_order())
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(len(order.order_line), 2)

    def test_last_price_in_its_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "O2C",
                "symbol": "o",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0})],
            }
        )
        pricelist, here = self.env["product.pricelist"].create(
            [
                {"name": "Abroad", "currency_id": currency.id},
                {"name": "Here", "currency_id": self.company.currency_id.id},
            ]
        )
        self.customer.property_product_pricelist = here
        self.buy(3, (self.product, 1), pricelist_id=pricelist.id)
        partner = self.customer.with_user(self.salesperson)
        with self.open(partner.action_o2c_reorder()).line_ids.edit(0) as line:
            self.assertEqual(line.last_currency_id, currency)
            self.assertAlmostEqual(line.last_price, 200.0)
            self.assertEqual(line.currency_id, self.company.currency_id)
            self.assertAlmostEqual(line.price, 100.0)
            self.assertFalse(line.price_trend)
        quotation = self.make_order([(self.product2, 1)], pricelist_id=pricelist.id)
        with self.open(quotation.action_o2c_add_usual()).line_ids.edit(0) as line:
            self.assertEqual(line.currency_id, currency)
            self.assertAlmostEqual(line.price, 200.0)

    def test_add_to_a_quotation(self):
        self.buy(3, (self.product, 5), (self.product2, 2))
        quotation = self.make_order([(self.product, 1)])
        lines = quotation.order_line.with_context(order_id=quotation.id).browse()
        form = self.open(lines.action_o2c_add_usual())
        self.enter(form, [4, 2])
        self.assertEqual(
            form.save().action_order(), {"type": "ir.actions.act_window_close"}
        )
        self.assertRecordValues(
            quotation.order_line,
            [
                {"product_id": self.product.id, "product_uom_qty": 5.0},
                {"product_id": self.product2.id, "product_uom_qty": 2.0},
            ],
        )

    def test_added_above_a_whole_order_discount(self):
        self.buy(3, (self.product2, 5))
        quotation = self.make_order([(self.product, 10)])
        self.env["sale.order.discount"].with_context(active_id=quotation.id).create(
            {"discount_type": "so_discount", "discount_percentage": 0.1}
        ).action_apply_discount()
        discount = quotation.order_line[-1]
        form = self.open(quotation.action_o2c_add_usual())
        self.enter(form, [2])
        form.save().action_order()
        self.assertEqual(quotation.order_line.sorted()[-1], discount)
        self.assertEqual(quotation.order_line.sorted()[1].product_id, self.product2)

    def test_nothing_is_added_to_an_order(self):
        order = self.buy(3, (self.product, 5))
        with self.refused("not a quotation any more"):
            order.action_o2c_add_usual()
        quotation = self.make_order()
        form = self.open(quotation.action_o2c_add_usual())
        self.enter(form, [4])
        wizard = form.save()
        quotation.action_confirm()
        with self.refused("not a quotation any more"):
            wizard.action_order()
        self.assertEqual(quotation.order_line.product_uom_qty, 10.0)

    def test_nothing_bought_yet(self):
        form = self.open(self.customer.with_user(self.salesperson).action_o2c_reorder())
        self.assertFalse(len(form.line_ids))

    def test_queries_do_not_grow_with_history(self):
        partner = self.customer.with_user(self.salesperson)
        for days in (40, 20):
            self.buy(days, (self.product, 1), (self.product2, 2))
        few = self.count_queries(partner)
        for days in range(1, 16):
            self.buy(days, (self.product, days), (self.product2, 2))
        more = [self._make_product(f"More {i}", 5.0) for i in range(12)]
        self.buy(1, *[(product, 1) for product in more])
        self.assertLessEqual(self.count_queries(partner), few)

    def count_queries(self, partner):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        wizard = self.seller["o2c.reorder"].browse(
            partner.action_o2c_reorder()["res_id"]
        )
        self.assertTrue(all(wizard.line_ids.mapped("price")))
        return self.env.cr.sql_log_count - before
