from lxml import etree

from odoo.tests import tagged

from .common import O2cCommon

VIEW_TYPES = ("list", "kanban", "form")


@tagged("post_install", "-at_install")
class TestScreensByRole(O2cCommon):
    """Whoever may read a kind of document can open each of its screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        waiting = cls.make_order()
        waiting.action_o2c_submit()
        order = cls.make_order()
        order.action_o2c_submit()
        cls.approve(order)
        cls.ship(order)
        cls.collect({order: 100.0})
        cls.collect({order: 50.0}, confirm=False).action_submit()
        cls.request_invoice(order, 200.0)
        cls.request_invoice(order, 100.0, issue=False).action_submit()
        data = cls.env["ir.model.data"].search(
            [
                ("module", "=", "sale_o2c_flow"),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        cls.actions = cls.env["ir.actions.act_window"].browse(data.mapped("res_id"))

    def test_every_screen_opens(self):
        roles = (
            self.salesperson,
            self.leader,
            self.order_admin,
            self.finance,
            self.warehouse,
            self.shipper,
            self.director,
        )
        opened = 0
        for user in roles:
            for action in self.actions:
                model = self.env[action.res_model].with_user(user)
                if model._transient or not model.has_access("read"):
                    continue
                with self.subTest(user=user.name, action=action.name):
                    opened += self.open(action, model)
        self.assertGreater(opened, 100)

    def test_a_shipper_opens_deliveries_from_a_to_do(self):
        model = self.env["stock.picking"].with_user(self.shipper)
        views = model.get_views([(False, kind) for kind in VIEW_TYPES])
        for kind in VIEW_TYPES:
            arch = etree.fromstring(views["views"][kind]["arch"])
            self.env.invalidate_all()
            records = model.search([], limit=5)
            self.assertTrue(records.web_read(self.get_fields(arch, model)), kind)
        # Others keep the views of the warehouse.
        native = self.env["stock.picking"].get_views([(False, "form")])
        self.assertIn("button_validate", native["views"]["form"]["arch"])

    def open(self, action, model):
        """Read what the web client reads for each view; return how many there were."""
        wanted = [(view, kind) for view, kind in action.views if kind in VIEW_TYPES]
        views = model.get_views([*wanted, (action.search_view_id.id, "search")])
        for kind in views["views"]:
            if kind in VIEW_TYPES:
                arch = etree.fromstring(views["views"][kind]["arch"])
                self.env.invalidate_all()
                model.search([], limit=5).web_read(self.get_fields(arch, model))
        return len(wanted)

    def get_fields(self, node, model):
        """Return the fields of a view as the specification of a read."""
        fields = {}
        for child in node.iterchildren():
            field = child.tag == "field" and model._fields.get(child.get("name"))
            if not field:
                fields |= self.get_fields(child, model)
            elif not field.relational:
                fields[field.name] = {}
            else:
                inner = {}
                for view in child.iterchildren("list", "kanban"):
                    inner |= self.get_fields(view, self.env[field.comodel_name])
                fields[field.name] = {"fields": inner or {"display_name": {}}}
        return fields
