from odoo.tests import TransactionCase, tagged

# Lists that all companies share, and that hold nothing of a document.
SHARED = {"o2c.customer.level", "o2c.invoice.kind"}


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
