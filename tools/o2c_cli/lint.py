"""Style: Python, Odoo's conventions, XML and JavaScript, manifests."""

import subprocess

from . import manifest, paths, pyenv, state, system
from .console import run, say, step

PYLINT_OPTIONS = (
    f"--rcfile={paths.REPO / '.pylintrc'}",
    "--disable=consider-merging-classes-inherited",
)
NODE_MODULES = paths.REPO / "node_modules"
PYTHON_FOLDERS = ("o2c", "addons", "tests", "tools", "bench")


def lint(fix=False):
    """Run every check and return the number of those that failed.

    :param bool fix: mend first what can be mended by itself
    """
    pyenv.ensure_venv(["lint"], paths.LINT_VENV, "Style checks")
    ensure_node_modules()
    if fix:
        _fix()
    failed = 0
    for title, command in _get_checks():
        failed += _check(title, command)
    problems = manifest.check_all()
    for problem in problems:
        say(f"      {problem}")
    say(f" {'FAIL' if problems else ' ok '} Manifests")
    return failed + bool(problems)


def _get_checks():
    binary = paths.LINT_VENV / "bin"
    folders = _get_folders()
    addons = [paths.ADDONS / name for name in paths.get_addons()]
    return [
        ("ruff", [binary / "ruff", "check", *folders]),
        ("ruff format", [binary / "ruff", "format", "--check", *folders]),
        (
            "pylint-odoo",
            [binary / "pylint", *PYLINT_OPTIONS, *addons],
        ),
        ("OCA module checks", [binary / "oca-checks-odoo-module", *addons]),
        (
            "OCA translation checks",
            # "ID" is the same in Chinese, which is not a missing translation.
            [binary / "oca-checks-po", "--disable=po-pretty-format", *_get_po_files()],
        ),
        ("prettier", [*_prettier(), "--check", *_get_formatted_files()]),
    ]


def _get_folders():
    return [
        paths.REPO / name for name in PYTHON_FOLDERS if (paths.REPO / name).exists()
    ]


def _get_formatted_files():
    patterns = ("**/*.xml", "**/*.js", "**/*.scss")
    files = [path for pattern in patterns for path in paths.ADDONS.glob(pattern)]
    return sorted(files)


def _get_po_files():
    return sorted(paths.ADDONS.glob("*/i18n/*.po*"))


def _prettier():
    return [NODE_MODULES / ".bin" / "prettier"]


def ensure_node_modules():
    """Install what package-lock.json says: prettier, and the schema of Compose files."""
    key = state.digest(paths.REPO / "package-lock.json")
    if state.is_done("whole", key, NODE_MODULES):
        return
    system.ensure_command(
        "npm", system.NODE_PACKAGES, "style checks of XML and JavaScript"
    )
    with step("Prettier and other Node packages"):
        run(
            ["npm", "ci", "--no-audit", "--no-fund"],
            log=paths.log("npm"),
            hint="The packages could not be installed from this machine's npm registry. "
            "Check the network, then run the same command again.",
            cwd=paths.REPO,
        )
    state.mark_done("whole", key, NODE_MODULES)


def _check(title, command):
    answer = subprocess.run(
        [str(part) for part in command],
        cwd=paths.REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    say(f" {'FAIL' if answer.returncode else ' ok '} {title}")
    if answer.returncode:
        say(answer.stdout[-6000:] + answer.stderr[-3000:])
    return bool(answer.returncode)


def _fix():
    ruff = paths.LINT_VENV / "bin" / "ruff"
    for command in (
        [ruff, "check", "--fix", "-q", *_get_folders()],
        [ruff, "format", "-q", *_get_folders()],
        [*_prettier(), "--write", "--log-level=warn", *_get_formatted_files()],
    ):
        subprocess.run([str(part) for part in command], cwd=paths.REPO, check=False)
