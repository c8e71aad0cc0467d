"""The texts of an addon and their translations; runs where Odoo runs."""

import io

import polib

from odoo.modules.module import Manifest
from odoo.tools.translate import trans_export

# What the list of applications shows comes from the manifest, where Odoo looks for
# texts of its own addons only.
MANIFEST_FIELDS = {"name": "shortdesc", "summary": "summary"}
PLURAL_FORMS = {"zh_CN": "nplurals=1; plural=0;"}


def export(env, addon):
    """Return the texts of an addon as the code has them now.

    :param env: environment of a database with the addon and without its demo data
    :rtype: polib.POFile
    """
    buffer = io.BytesIO()
    trans_export(False, [addon], buffer, "po", env)
    template = polib.pofile(buffer.getvalue().decode())
    for key, field in MANIFEST_FIELDS.items():
        occurrence = (f"model:ir.module.module,{field}:base.module_{addon}", "")
        _add(template, Manifest.for_addon(addon)[key], occurrence, addon)
    template.sort(key=lambda entry: entry.msgid)
    # Without dates: the same texts are the same file.
    template.metadata = _get_metadata()
    return template


def merge(template, known, language):
    """Return the texts of a template with the translations known for them.

    A text that changed has none: an old translation is not guessed to fit.

    :param polib.POFile known: the translations so far
    :param str language: code of the language, such as ``zh_CN``
    """
    translations = {
        entry.msgid: entry.msgstr
        for entry in known
        if not entry.fuzzy and not entry.obsolete
    }
    merged = polib.POFile()
    merged.header = template.header
    merged.metadata = {**_get_metadata(), "Language": language}
    merged.metadata["Plural-Forms"] = PLURAL_FORMS.get(language, "")
    merged.extend(
        polib.POEntry(
            msgid=entry.msgid,
            msgstr=translations.get(entry.msgid, ""),
            comment=entry.comment,
            occurrences=entry.occurrences,
        )
        for entry in template
    )
    return merged


def update(env, addon, folder):
    """Write the template of an addon, and every language merged with it.

    :param folder: path of the addon
    """
    template = export(env, addon)
    target = folder / "i18n"
    target.mkdir(exist_ok=True)
    (target / f"{addon}.pot").write_text(str(template))
    for path in sorted(target.glob("*.po")):
        known = polib.pofile(path.read_text())
        path.write_text(str(merge(template, known, path.stem)))


def _add(template, text, occurrence, addon):
    entry = template.find(text)
    if entry:
        entry.occurrences = sorted([*entry.occurrences, occurrence])
    else:
        template.append(
            polib.POEntry(
                msgid=text, comment=f"module: {addon}", occurrences=[occurrence]
            )
        )


def _get_metadata():
    return {
        "Project-Id-Version": "Odoo Server 19.0",
        "Report-Msgid-Bugs-To": "",
        "Last-Translator": "",
        "Language-Team": "",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "",
    }
