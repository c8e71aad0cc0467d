"""Translations: the texts of the code, brought into every language's file."""

from . import database, paths
from .console import say, step

DATABASE = "o2c_i18n"


def update():
    """Export the texts of the addon, merge them into its languages, and say what is
    missing."""
    folder = paths.ADDONS / database.OUR_MODULE
    template = database.ensure_addon()
    with step("Texts"):
        database.copy(template, DATABASE)
        database.run_script(
            DATABASE,
            "update_terms.py",
            O2C_ADDON=str(folder),
            PYTHONPATH=str(paths.REPO / "tools"),
        )
        database.drop(DATABASE)
    for path in sorted((folder / "i18n").glob("*.po")):
        missing, total = count_missing(path)
        say(f"  {path.stem}: {missing} of {total} texts have no translation")


def count_missing(path):
    """Return how many texts of a language's file have no translation, and how many
    there are."""
    # The first block is the header; there are no plural forms in Odoo's files.
    blocks = path.read_text().strip().split("\n\n")[1:]
    missing = [block for block in blocks if block.endswith('msgstr ""')]
    return len(missing), len(blocks)
