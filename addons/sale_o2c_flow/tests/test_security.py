from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import O2cCommon

# Lists that all companies share, and that hold nothing of a document.
SHARED = {"o2c.customer.level", "o2c.invoice.kind", "o2c.rejection.reason"}


@tagged("post_install", "-at_install")
class TestSecurity(TransactionCase):
    """No model of the addon is without access rights and record rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        models = cls.env["ir.model"].search([("model", "=like", "o2c.%")])
        cls.models = models.filtered(lambda m: not cls.env[m.model]._abstract)

    def test_every_model_has_access_rights_of_a_group(self):
        self.assertTrue(self.models)
        for model in self.models:
            access = model.access_ids
            self.assertTrue(access, model.model)
            self.assertTrue(all(line.group_id for line in access), model.model)

    def test_every_model_has_rules(self):
        for model in self.models.filtered(lambda m: m.model not in SHARED):
            self.assertTrue(model.rule_ids, model.model)

    def test_companies_are_kept_apart(self):
        for model in self.models:
            if "company_id" not in self.env[model.model]._fields:
                continue
            rules = model.rule_ids.filtered(lambda rule: not rule.groups)
            self.assertTrue(
                any("company_ids" in rule.domain_force for rule in rules), model.model
            )

    def test_dialogs_are_their_owners(self):
        for model in self.models.filtered("transient"):
            rules = model.rule_ids.filtered(lambda rule: not rule.groups)
            domains = rules.mapped("domain_force")
            self.assertIn("[('create_uid', '=', user.id)]", domains, model.model)


@tagged("post_install", "-at_install")
class TestForgedDefaults(O2cCommon):
    """What may not be written may not come as a default value of the caller either."""

    def test_of_an_order(self):
        forged = {
            "default_o2c_approval_state": "approved",
            "default_o2c_submitted_at": "2026-01-01 00:00:00",
            "default_o2c_amount_collected": 1000.0,
        }
        orders = self.env["sale.order"].with_user(self.salesperson)
        values = {"partner_id": self.customer.id, "user_id": self.salesperson.id}
        order = orders.with_context(**forged).create(values)
        self.assertEqual(order.o2c_approval_state, "none")
        self.assertFalse(order.o2c_submitted_at)
        self.assertEqual(order.o2c_amount_collected, 0.0)
        with self.refused("Approval"):
            orders.with_context(**forged).create(
                {**values, "o2c_approval_state": "approved"}
            )

    def test_of_a_line(self):
        order = self.make_order().with_context(
            default_is_downpayment=True,
            default_o2c_reference_price_unit=1.0,
            default_price_subtotal=1.0,
        )
        values = {**self._prepare_line(self.product, 1, 20.0), "name": "Desk"}
        order.order_line = [Command.create(values)]
        line = order.order_line[1]
        self.assertFalse(line.is_downpayment)
        self.assertEqual(line.price_subtotal, 20.0)
        self.assertAlmostEqual(line.o2c_effective_discount, 80.0)

    def test_of_a_collection(self):
        collections = self.env["o2c.collection"].with_user(self.salesperson)
        collection = collections.with_context(default_state="confirmed").create(
            {"partner_id": self.customer.id}
        )
        self.assertEqual(collection.state, "draft")
