"""The translation files: up to date with the code, complete, and well formed."""

import re
from collections import Counter

import polib
from lxml import html
from o2c_cli import database, paths, terms

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TRANSLATED_ATTRS, TranslationImporter

LANGUAGES = ["zh_CN"]

# Labels every document of Odoo carries, and the names of Odoo's own documents: they
# come and go with the version of Odoo.
FRAMEWORK = re.compile(
    r"\.field_\w+?__((my_)?activity|(website_)?message|has_message|rating|create|write)"
    r"|\.field_\w+?__(id|display_name)$"
    r"|^model:ir\.model,name:\w+\.model_(?!o2c_)"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|%")
# The words of the trade, as the people who use the product say them.
WORDS = {
    "o2c.discount.policy": "折扣政策",
    "o2c.discount.tier": "折扣档",
    "o2c.approval.flow": "审批流程",
    "o2c.approval.step": "审批节点",
    "o2c.approval.task": "审批待办",
    "o2c.collection": "回款",
    "o2c.installment": "回款计划",
    "o2c.invoice.request": "开票申请",
    "o2c.invoice.title": "发票抬头",
    "o2c.customer.level": "客户级别",
}
# The addons in the list of applications.
NAMES = {
    "sale_o2c_flow": "订单到回款",
    "sale_o2c_flow_hr": "订单到回款与员工",
    "sale_o2c_flow_loyalty": "订单到回款与促销",
}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Each addon is checked where it is installed: those that are glue in a
        # database of their own.
        installed = cls.env.registry._init_modules
        glue = installed.intersection(database.get_glue())
        cls.addons = sorted(glue) or [database.OUR_MODULE]
        cls.templates = {
            addon: polib.pofile((get_folder(addon) / f"{addon}.pot").read_text())
            for addon in cls.addons
        }
        cls.languages = {
            (addon, code): polib.pofile((get_folder(addon) / f"{code}.po").read_text())
            for addon in cls.addons
            for code in LANGUAGES
        }

    def test_every_language_is_checked(self):
        for addon in self.addons:
            languages = [path.stem for path in get_folder(addon).glob("*.po")]
            self.assertEqual(languages, LANGUAGES, addon)

    def test_the_template_holds_the_texts_of_the_code(self):
        hint = "Run ./o2c i18n and translate what is new."
        for addon, template in self.templates.items():
            exported = get_places(terms.export(self.env, addon))
            known = get_places(template)
            self.assertEqual(exported - known, set(), f"Not in the template. {hint}")
            self.assertEqual(known - exported, set(), f"Not in the code. {hint}")

    def test_languages_follow_the_template(self):
        for (addon, code), language in self.languages.items():
            merged = str(terms.merge(self.templates[addon], language, code))
            self.assertTrue(
                merged == (get_folder(addon) / f"{code}.po").read_text(),
                f"{code}.po of {addon} is not what ./o2c i18n writes: run it.",
            )

    def test_nothing_is_missing(self):
        for name, language in self.languages.items():
            missing = [e.msgid for e in language if not e.msgstr.strip()]
            self.assertEqual(missing, [], name)
            fuzzy = [entry.msgid for entry in language.fuzzy_entries()]
            self.assertEqual(fuzzy, [], name)

    def test_translations_are_formed_like_their_source(self):
        for name, language in self.languages.items():
            changed = [
                (entry.msgid, entry.msgstr)
                for entry in language
                if get_form(entry.msgstr) != get_form(entry.msgid)
            ]
            self.assertEqual(changed, [], name)

    def test_chinese_uses_the_words_of_the_trade(self):
        self.load_chinese()
        models = self.env["ir.model"].with_context(lang="zh_CN")
        for name, word in WORDS.items():
            self.assertEqual(models._get(name).name, word)
        labels = self.env["sale.order"].with_context(lang="zh_CN").fields_get()
        self.assertEqual(labels["o2c_effective_discount"]["string"], "实际折扣 (%)")
        self.assertEqual(labels["o2c_amount_outstanding"]["string"], "待回款")

    def test_chinese_reaches_records_and_the_list_of_applications(self):
        self.load_chinese()
        step = self.env.ref("sale_o2c_flow.approval_step_finance")
        self.assertEqual(step.with_context(lang="zh_CN").name, "财务")
        for addon, name in NAMES.items():
            module = self.env.ref(f"base.module_{addon}").with_context(lang="zh_CN")
            self.assertEqual(module.shortdesc, name)

    def load_chinese(self):
        """Load the addons' own files; all of Odoo's would take seconds."""
        self.env["res.lang"]._activate_lang("zh_CN")
        importer = TranslationImporter(self.env.cr, verbose=False)
        for addon in paths.get_addons():
            importer.load_file(str(get_folder(addon) / "zh_CN.po"), "zh_CN")
        importer.save()


def get_folder(addon):
    return paths.ADDONS / addon / "i18n"


def get_places(file):
    """Return each text with each place it is shown at, without those of Odoo itself."""
    return {
        (entry.msgid, place)
        for entry in file
        for place, _line in entry.occurrences
        if not FRAMEWORK.search(place)
    }


def get_form(text):
    """Return what a translation may not change: the placeholders, the spaces around
    the text, and the markup but for attributes people read."""
    root = html.fragment_fromstring(text, create_parent="div")
    markup = [
        (node.tag, {k: v for k, v in node.items() if k not in TRANSLATED_ATTRS})
        for node in root.iterdescendants()
    ]
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return Counter(PLACEHOLDER.findall(text)), before, after, markup
