"""Checks of the addons' manifests that no linter makes."""

import ast
import re

from . import paths

VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
DATA_FOLDERS = ("security", "data", "views", "report", "wizard", "demo")


def check_all():
    """Return what is wrong with the manifests, a sentence each."""
    return [
        problem
        for name in paths.get_addons()
        for problem in check(paths.ADDONS / name / "__manifest__.py")
    ]


def check(path):
    """Return what is wrong with one manifest."""
    addon = path.parent
    manifest = ast.literal_eval(path.read_text())
    problems = []
    if manifest.get("license") != "LGPL-3":
        problems.append(f"{addon.name}: the licence is not LGPL-3.")
    if not VERSION.fullmatch(manifest.get("version", "")):
        problems.append(f"{addon.name}: the version is not 19.0.x.y.z.")
    listed = [*manifest.get("data", []), *manifest.get("demo", [])]
    problems += [
        f"{addon.name}: {name} is listed and not there."
        for name in listed
        if not (addon / name).exists()
    ]
    problems += [
        f"{addon.name}: {name} is listed twice."
        for name in sorted({name for name in listed if listed.count(name) > 1})
    ]
    present = {
        str(file.relative_to(addon))
        for folder in DATA_FOLDERS
        for file in (addon / folder).glob("*.xml")
    }
    problems += [
        f"{addon.name}: {name} is not listed." for name in sorted(present - set(listed))
    ]
    return problems
