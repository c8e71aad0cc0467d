"""A shipper over RPC: sees no prices by any route, and changes nothing."""

from o2c_rpc import RpcCase

from odoo.fields import Command
from odoo.tests import tagged

PRODUCT_PRICES = (
    "list_price",
    "lst_price",
    "standard_price",
    "price_extra",
    "seller_ids",
    "pricelist_rule_ids",
    "avg_cost",
    "total_value",
    "tax_string",
)
MONEY_MODELS = (
    "sale.order",
    "sale.order.line",
    "sale.report",
    "account.move",
    "account.move.line",
    "account.payment",
    "payment.transaction",
    "product.value",
    "o2c.collection",
    "o2c.collection.allocation",
    "o2c.installment",
    "o2c.cash.movement",
    "o2c.fact",
    "o2c.invoice.request",
    "o2c.approval.task",
    "o2c.approval.decision",
    "o2c.discount.policy",
    "o2c.discount.tier",
)
# Prices that lie beside the product.
OTHER_PRICES = (
    ("product.attribute.value", "default_extra_price"),
    ("product.template.attribute.value", "price_extra"),
    ("product.combo", "base_price"),
    ("product.combo.item", "extra_price"),
    ("product.combo.item", "lst_price"),
    ("product.supplierinfo", "price"),
    ("product.supplierinfo", "price_discounted"),
    ("product.pricelist.item", "fixed_price"),
    ("product.pricelist.item", "percent_price"),
    ("product.pricelist.item", "price_discount"),
    ("product.pricelist.item", "price_surcharge"),
    ("product.pricelist.item", "price"),
    ("stock.quant", "value"),
    ("stock.move", "price_unit"),
    ("stock.move", "value"),
    ("res.partner", "total_invoiced"),
    ("res.partner", "sale_order_count"),
)
# Questions whose answer, yes or no, tells a price.
REVEALING_DOMAINS = (
    ("stock.picking", [["sale_id.amount_total", ">", 100]]),
    ("stock.picking", [["sale_id", "any", [["amount_total", ">", 100]]]]),
    ("stock.picking", [["move_ids.price_unit", ">", 50]]),
    ("stock.picking", [["move_ids.value", ">", 50]]),
    ("stock.picking", [["move_ids.sale_line_id.price_unit", ">", 50]]),
    ("stock.picking", [["move_ids.product_id.list_price", ">", 50]]),
    ("stock.picking", [["move_ids.product_id.standard_price", ">", 50]]),
    ("stock.picking", [["partner_id.sale_order_ids.amount_total", ">", 50]]),
    ("stock.picking", [["reference_ids.sale_ids.amount_total", ">", 50]]),
    ("stock.move", [["sale_line_id.price_unit", ">", 50]]),
    ("stock.move.line", [["move_id.price_unit", ">", 50]]),
    ("stock.move.line", [["move_id.sale_line_id.price_total", ">", 50]]),
    ("stock.quant", [["product_id.list_price", ">", 50]]),
    ("o2c.ship", [["picking_id.sale_id.amount_total", ">", 50]]),
    ("o2c.ship.line", [["product_id.list_price", ">", 50]]),
    ("o2c.ship.line", [["move_id.sale_line_id.price_unit", ">", 50]]),
    ("res.partner", [["sale_order_ids.amount_total", ">", 50]]),
    ("res.partner", [["invoice_ids.amount_total", ">", 50]]),
)


class ShipperCase(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.active = False
        cls.order = cls.make_order()
        cls.order.action_confirm()
        cls.picking = cls.order.sudo().picking_ids
        cls.move = cls.picking.move_ids

    def refuse(self, records, method, *args, **kwargs):
        self.assert_refused(self.shipper, records, method, *args, **kwargs)


@tagged("post_install", "-at_install")
class TestShipperSeesNoPrices(ShipperCase):
    def test_models_about_money(self):
        for model in MONEY_MODELS:
            with self.subTest(model):
                self.refuse(model, "search_read", [], ["id"])
                self.refuse(model, "search_count", [])

    def test_product_prices(self):
        mine = [["id", "=", self.product.id]]
        for name in PRODUCT_PRICES:
            with self.subTest(name):
                model = "product.product"
                self.refuse(self.product, "read", [name])
                self.refuse(self.product, "web_read", {name: {}})
                self.refuse(model, "search_read", mine, [name])
                self.refuse(model, "search_count", [[name, ">", 50]])
                self.refuse(model, "search", mine, order=f"{name} desc")
                self.refuse(model, "formatted_read_group", mine, [], [f"{name}:sum"])
                self.refuse(model, "formatted_read_group", mine, [name])
                self.refuse(model, "web_read_group", mine, [name])
        self.refuse(self.product.product_tmpl_id, "read", ["list_price"])

    def test_prices_beside_the_product(self):
        for model, name in OTHER_PRICES:
            with self.subTest(f"{model}.{name}"):
                self.refuse(model, "search_read", [], [name])

    def test_nested_reading(self):
        for records, spec in (
            (self.picking, {"sale_id": {"fields": {"amount_total": {}}}}),
            (self.move, {"sale_line_id": {"fields": {"price_unit": {}}}}),
            (self.move, {"product_id": {"fields": {"lst_price": {}}}}),
            (self.move, {"price_unit": {}}),
        ):
            with self.subTest(spec):
                self.refuse(records, "web_read", spec)
        inner = {"product_id": {"fields": {"list_price": {}}}}
        self.refuse(self.picking, "web_read", {"move_ids": {"fields": inner}})

    def test_questions(self):
        for model, domain in REVEALING_DOMAINS:
            with self.subTest(domain, model=model):
                self.refuse(model, "search_count", domain)
        self.refuse("stock.move", "search", [], order="price_unit")
        self.refuse("stock.move", "formatted_read_group", [], [], ["price_unit:sum"])

    def test_export(self):
        exporting = self.env.ref("base.group_allow_export")
        self.shipper.group_ids += exporting
        for records, names in (
            (self.product, ["list_price"]),
            (self.product, ["lst_price"]),
            (self.product, ["standard_price"]),
            (self.picking, ["sale_id/amount_total"]),
            (self.picking, ["move_ids/product_id/list_price"]),
            (self.move, ["price_unit"]),
            (self.move, ["sale_line_id/price_unit"]),
        ):
            with self.subTest(names):
                self.refuse(records, "export_data", names)
        result = self.rpc(self.shipper, self.picking, "export_data", ["name"])
        self.assertEqual(result["datas"], [[self.picking.name]])

    def test_dialogs(self):
        """The screens of a new record answer before anything is saved."""
        self.refuse(
            self.env["product.product"],
            "onchange",
            {"product_tmpl_id": self.product.product_tmpl_id.id},
            ["product_tmpl_id"],
            {"list_price": {}, "lst_price": {}, "standard_price": {}},
        )
        spec = {
            "picking_id": {
                "fields": {"sale_id": {"fields": {"amount_total": {}}}},
            },
        }
        values = {"picking_id": self.picking.id}
        wizard = self.env["o2c.ship"]
        context = {"default_picking_id": self.picking.id}
        self.refuse(wizard, "onchange", {}, [], spec, context=context)
        inner = {"product_id": {"fields": {"lst_price": {}}}}
        spec = {"line_ids": {"fields": inner}}
        self.refuse(wizard, "onchange", values, ["picking_id"], spec)

    def test_printed(self):
        self.as_user(self.shipper)
        for report, record in (
            ("sale.report_saleorder", self.order),
            ("sale.report_saleorder_raw", self.order),
            (
                "product.report_producttemplatelabel2x7",
                self.product.product_tmpl_id,
            ),
        ):
            with self.subTest(report), self.assertLogs("odoo.http", "WARNING"):
                page = self.url_open(f"/report/html/{report}/{record.id}", timeout=60)
                self.assertIn(page.status_code, (403, 422))
                self.assertNotIn("100.00", page.text)

    def test_price_routes(self):
        self.as_user(self.shipper)
        for route, params in (
            (
                "/sale/product_configurator/get_values",
                {
                    "product_template_id": self.product.product_tmpl_id.id,
                    "quantity": 1,
                    "currency_id": self.company.currency_id.id,
                    "so_date": "2026-01-01",
                    "ptav_ids": [],
                },
            ),
            (
                "/product/catalog/order_lines_info",
                {
                    "res_model": "sale.order",
                    "order_id": self.order.id,
                    "product_ids": self.product.ids,
                },
            ),
        ):
            with self.subTest(route), self.turned_away():
                self.post(route, params)

    def test_what_is_needed_can_be_read(self):
        """Hiding prices does not hide what has to be shipped."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "Red", "default_extra_price": 7.0}),
                    Command.create({"name": "Blue"}),
                ],
            }
        )
        self.product.product_tmpl_id.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        variant = self.product.product_tmpl_id.product_variant_ids[:1]
        self.rpc(self.shipper, variant, "read", ["display_name", "uom_id", "barcode"])
        (record,) = self.rpc(
            self.shipper,
            self.picking,
            "web_read",
            {
                "name": {},
                "partner_id": {"fields": {"display_name": {}}},
                "move_ids": {
                    "fields": {
                        "product_id": {"fields": {"display_name": {}}},
                        "product_uom_qty": {},
                        "quantity": {},
                    }
                },
            },
        )
        self.assertEqual(record["move_ids"][0]["product_uom_qty"], 10)
        self.assertIn("Desk", record["move_ids"][0]["product_id"]["display_name"])


@tagged("post_install", "-at_install")
class TestShipperChangesNothing(ShipperCase):
    def test_documents(self):
        line = self.order.order_line
        detail = self.move.move_line_ids
        for records, method, args in (
            (self.order, "write", ({"note": "x"},)),
            (self.order, "action_cancel", ()),
            (self.order, "action_confirm", ()),
            (self.order, "action_o2c_submit", ()),
            (line, "write", ({"product_uom_qty": 1},)),
            (line, "unlink", ()),
            (self.picking, "write", ({"note": "x"},)),
            (self.picking, "write", ({"o2c_tracking_ref": "x"},)),
            (self.picking, "unlink", ()),
            (self.picking, "button_validate", ()),
            (self.picking, "action_cancel", ()),
            (self.picking, "do_unreserve", ()),
            (self.move, "write", ({"product_uom_qty": 1},)),
            (self.move, "unlink", ()),
            (detail, "write", ({"quantity": 1},)),
            (detail, "unlink", ()),
            (self.product, "write", ({"name": "x"},)),
            (self.customer, "write", ({"name": "x"},)),
        ):
            with self.subTest(method, model=records._name, args=args):
                self.refuse(records, method, *args)

    def test_nothing_new(self):
        values = {
            "move_id": self.move.id,
            "picking_id": self.picking.id,
            "product_id": self.product.id,
            "quantity": 1,
            "location_id": self.picking.location_id.id,
            "location_dest_id": self.picking.location_dest_id.id,
        }
        self.refuse("stock.move.line", "create", [values])
        self.refuse("stock.move", "create", [{"product_id": self.product.id}])
        self.refuse("sale.order", "create", [{"partner_id": self.customer.id}])
        self.refuse("o2c.collection", "create", [{"partner_id": self.customer.id}])
        self.assertEqual(len(self.move.move_line_ids), 1)

    def test_only_deliveries_to_customers(self):
        incoming = self.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", self.company.id)], limit=1
        )
        receipt = self.env["stock.picking"].create({"picking_type_id": incoming.id})
        self.refuse(receipt, "read", ["name"])
        self.refuse(receipt, "action_o2c_ship")
        domain = [["id", "in", (receipt | self.picking).ids]]
        found = self.rpc(self.shipper, "stock.picking", "search", domain)
        self.assertEqual(found, self.picking.ids)
        self.refuse("o2c.ship", "create", [{"picking_id": receipt.id}])

    def test_receipt_is_for_the_role(self):
        self.ship(self.order)
        for user in (self.salesperson, self.finance, self.warehouse, self.director):
            values = {"picking_ids": self.picking.ids, "received_name": "Bob"}
            self.assert_refused(user, "o2c.receipt", "create", [values])
        self.assertFalse(self.picking.o2c_received_at)
