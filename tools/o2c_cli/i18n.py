"""Translations: the texts of the code, brought into every language's file."""

import os

from . import database, paths
from .console import say, step

DATABASE = "o2c_i18n"


def update():
    """Export the texts of each addon, merge them into its languages, and say what is
    missing."""
    _update([database.OUR_MODULE], database.ensure_addon())
    _update(database.get_glue(), database.ensure_glue())


def _update(addons, template):
    folders = [paths.ADDONS / name for name in addons]
    with step(f"Texts of {', '.join(addons)}"):
        database.copy(template, DATABASE)
        database.run_script(
            DATABASE,
            "update_terms.py",
            O2C_ADDONS=os.pathsep.join(map(str, folders)),
            PYTHONPATH=str(paths.REPO / "tools"),
        )
        database.drop(DATABASE)
    for folder in folders:
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
