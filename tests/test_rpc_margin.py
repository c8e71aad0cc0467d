"""Costs, the policy simulator and other people's dialogs over JSON-RPC: who gets at
what."""

import json

from o2c_rpc import RpcCase

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

# Whatever is kept of what things cost and what an order earns.
STORED = {
    "sale.order": ("o2c_margin", "o2c_margin_percent"),
    "sale.order.line": ("o2c_unit_cost", "o2c_margin", "o2c_margin_percent"),
}


@tagged("post_install", "-at_install")
class TestCostsAreKept(RpcCase):
    """Whoever lacks the role does not learn what an order earns, by any route; whoever
    has it does, by the same calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.standard_price = 61.25
        cls.order = cls.make_order()
        cls.records = {
            "sale.order": cls.order,
            "sale.order.line": cls.order.order_line,
        }
        # Not for want of the right to export at all.
        cls.salesperson.group_ids |= cls.env.ref("base.group_allow_export")
        cls.insider = cls._make_user(
            "insider",
            "sales_team.group_sale_salesman_all_leads",
            "sale_o2c_flow.group_costs",
            "base.group_allow_export",
        )

    def assert_kept(self, records, method, *args, **kwargs):
        """Check that a call is for those with the role alone, and return what it gives
        them."""
        with self.subTest(method, args=args, **kwargs):
            self.assert_refused(self.salesperson, records, method, *args, **kwargs)
        return self.rpc(self.insider, records, method, *args, **kwargs)

    def each(self):
        return [(model, name) for model, names in STORED.items() for name in names]

    def test_reading(self):
        for model, name in [*self.each(), ("sale.order", "o2c_margin_note")]:
            records = self.records[model]
            self.assert_kept(records, "read", [name])
            self.assert_kept(records, "web_read", {name: {}})
            self.assert_kept(model, "web_search_read", [], {name: {}})
            self.assert_kept(model, "search_read", [], [name])
        (row,) = self.rpc(self.insider, self.order, "read", ["o2c_margin"])
        self.assertEqual(row["o2c_margin"], 387.5)

    def test_through_another_document(self):
        self.assert_kept(
            self.order, "web_read", {"order_line": {"fields": {"o2c_unit_cost": {}}}}
        )
        for path in ("order_id.o2c_margin", "order_id.order_line.o2c_margin"):
            self.assert_kept("sale.order.line", "search_count", [[path, ">", 1]])

    def test_grouping(self):
        for model, name in self.each():
            for aggregates, groupby in (
                ([f"{name}:sum"], ["state"]),
                ([f"{name}:max"], ["state"]),
                (["__count"], [name]),
            ):
                for method in ("formatted_read_group", "web_read_group"):
                    self.assert_kept(model, method, [], groupby, aggregates)

    def test_searching_and_ordering(self):
        for model, name in self.each():
            domain = [[name, ">", -1000.0]]
            self.assert_kept(model, "search", domain)
            self.assert_kept(model, "search_count", domain)
            self.assert_kept(model, "web_search_read", domain, {"id": {}})
            self.assert_kept(model, "search", [], order=f"{name} desc, id")

    def test_exporting(self):
        for model, name in self.each():
            self.assert_kept(self.records[model], "export_data", [name])
        data = self.assert_kept(self.order, "export_data", ["order_line/o2c_margin"])
        self.assertEqual(data["datas"], [[387.5]])

    def test_exporting_to_a_file(self):
        self.assertNotIn("387.5", self.export(self.salesperson, 500))
        self.assertIn("387.5", self.export(self.insider, 200))

    def export(self, user, status):
        """Return what the file says that a user exports from the list of orders."""
        self.as_user(user)
        data = {
            "model": "sale.order",
            "fields": [{"name": "o2c_margin", "label": "Margin"}],
            "ids": self.order.ids,
            "domain": [],
            "import_compat": False,
            "groupby": [],
        }
        form = {"data": json.dumps(data), "csrf_token": Request.csrf_token(self)}
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.addons.web.controllers.export"):
            response = self.url_open("/web/export/csv", data=form)
        self.assertEqual(response.status_code, status, response.text)
        return response.text

    def test_names_are_not_offered(self):
        for model, names in STORED.items():
            for user, offered in (
                (self.salesperson, set()),
                (self.insider, set(names)),
            ):
                fields = self.rpc(user, model, "fields_get")
                self.assertEqual(set(names) & set(fields), offered)


@tagged("post_install", "-at_install")
class TestSimulatorIsKept(RpcCase):
    """The simulator shows the orders and margins of everybody: to the manager alone."""

    def test_others_than_managers(self):
        values = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
        with_role = (self.order_admin, self.finance, self.leader)
        for user in (self.salesperson, self.warehouse, self.shipper, *with_role):
            for model in (
                "o2c.discount.simulation",
                "o2c.discount.simulation.tier",
                "o2c.discount.simulation.result",
                "o2c.discount.simulation.change",
            ):
                with self.subTest(model, user=user.login):
                    self.assert_refused(user, model, "search_read", [], ["id"])
                    self.assert_refused(user, model, "create", [{}])
            self.assert_refused(
                user,
                self.env["o2c.discount.simulation"],
                "onchange",
                values,
                [],
                {"date_from": {}},
            )

    def test_buttons_of_a_manager_s_simulation(self):
        simulation = self.make_simulation(self.director)
        for name in ("action_simulate", "action_apply"):
            for user in (self.salesperson, self.finance):
                with self.subTest(name, user=user.login):
                    self.assert_refused(user, simulation, name)

    def test_simulation_of_another_manager(self):
        simulation = self.make_simulation(self.director)
        other = self._make_user("director2", "sale_o2c_flow.group_manager")
        self.assert_refused(other, simulation, "read", ["date_from"])
        self.assertFalse(self.rpc(other, "o2c.discount.simulation", "search", []))

    def make_simulation(self, user):
        values = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
        (simulation_id,) = self.rpc(user, "o2c.discount.simulation", "create", [values])
        return self.env["o2c.discount.simulation"].browse(simulation_id)


@tagged("post_install", "-at_install")
class TestDialogsAreKept(RpcCase):
    """What somebody is about to order is nobody else's business."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()

    def assert_kept(self, dialog, name):
        for user in (self.salesperson2, self.leader, self.director, self.idle):
            with self.subTest(dialog._name, user=user.login):
                self.assert_refused(user, dialog, "read", [name])
                self.assert_refused(user, dialog, "web_read", {name: {}})
                self.assert_refused(user, dialog, "write", {name: False})
                self.assert_refused(user, dialog, "unlink")
                if user != self.idle:
                    self.assertFalse(self.rpc(user, dialog._name, "search", []))

    def open(self, button):
        action = self.rpc(self.salesperson, self.order, button)
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_order_again(self):
        dialog = self.open("action_o2c_reorder")
        self.assertTrue(self.rpc(self.salesperson, dialog, "read", ["line_ids"]))
        self.assert_kept(dialog, "line_ids")
        self.assert_kept(dialog.line_ids, "quantity")
        self.assert_refused(self.salesperson2, dialog, "action_order")
        # Nor can a line be hung into it from outside.
        self.assert_refused(
            self.salesperson2,
            dialog,
            "write",
            {"line_ids": [Command.create({"product_id": self.product.id})]},
        )

    def test_pasted_list(self):
        dialog = self.open("action_o2c_paste_list")
        self.rpc(self.salesperson, dialog, "write", {"text": "SECRET 5"})
        self.assert_kept(dialog, "text")
        for button in ("action_add", "action_add_good"):
            self.assert_refused(self.salesperson2, dialog, button)
