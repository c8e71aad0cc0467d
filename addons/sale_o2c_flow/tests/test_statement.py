from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import O2cCommon

REPORT = "sale_o2c_flow.report_statement"


@tagged("post_install", "-at_install")
class TestStatement(O2cCommon):
    """The PDF that says what an order was, what arrived, and what is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order([(cls.product, 10, None, 5)])
        cls.order.action_o2c_submit()
        cls.approve(cls.order)
        cls.ship(cls.order)
        cls.collect({cls.order: 400.0})
        cls.request_invoice(cls.order, 200.0)

    def render(self, user):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(REPORT, self.order.ids)
        )
        return html.fromstring(content)

    def cell(self, page, name):
        (cell,) = page.xpath(f"//td[@name='{name}']")
        return cell.text_content().strip()

    def test_amounts_are_those_of_the_order(self):
        page = self.render(self.salesperson)
        currency = self.order.currency_id
        for name, amount in (
            ("ordered", 1092.5),
            ("collected", 400.0),
            ("outstanding", 692.5),
        ):
            self.assertEqual(self.cell(page, name), currency.format(amount))

    def test_total_in_words(self):
        page = self.render(self.salesperson)
        (words,) = page.xpath("//p[@name='in_words']/span")
        self.assertEqual(
            words.text_content(), self.order.currency_id.amount_to_text(1092.5)
        )
        self.assertIn("One Thousand", words.text_content())

    def test_words_follow_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        (words,) = self.render(self.salesperson).xpath("//p[@name='in_words']/span")
        self.assertIn("Mille Quatre-Vingt-Douze", words.text_content())

    def test_words_in_chinese_are_formal_numerals(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        (words,) = self.render(self.salesperson).xpath("//p[@name='in_words']/span")
        self.assertEqual(
            words.text_content(), f"{self.order.currency_id.name} 壹仟零玖拾贰元伍角整"
        )

    def test_every_document_is_listed(self):
        page = self.render(self.finance)
        for name, text in (
            ("money", self.order.currency_id.format(400.0)),
            ("plan", self.order.currency_id.format(692.5)),
            ("deliveries", self.order.sudo().picking_ids.name),
            ("invoices", self.order.sudo().invoice_ids.name),
        ):
            (table,) = page.xpath(f"//table[@name='{name}']")
            self.assertIn(text, table.text_content(), name)

    def test_approvals_are_not_shown(self):
        text = self.render(self.salesperson).text_content()
        self.assertNotIn("Warehouse", text)

    def test_a_shipper_cannot_print_it(self):
        with self.assertRaises(AccessError):
            self.render(self.shipper)

    def test_pdf(self):
        report = self.env["ir.actions.report"].with_user(self.salesperson)
        content, kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(REPORT, self.order.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
