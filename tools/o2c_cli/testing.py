"""The tests: the addons' own and those of the whole system, with one last line."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass

from . import database, lint, paths, postgres, pyenv, system
from .console import O2cError, say, step, tie


@dataclass(frozen=True)
class Suite:
    """Tests that share a database: a fresh copy of a template."""

    title: str
    folders: tuple
    make_template: Callable
    database: str
    ignored: tuple = ()
    slow: bool = False
    # Its database is made for every run.
    always: bool = False
    # Tests of the addon run inside Odoo; those of a real server from outside.
    inside: bool = True

    def may_hold(self, keyword):
        """Whether a test that a keyword asks for may be here; else the database, which
        may take minutes to make, is not needed."""
        words = set(re.findall(r"\w+", keyword.lower())) - {"and", "or", "not"}
        return self.always or any(
            word in f"{path.relative_to(paths.REPO)} {path.read_text()}".lower()
            for word in words
            for path in self.get_files()
        )

    def get_files(self):
        """Return the files of its tests."""
        return [
            path
            for folder in self.folders
            for path in ([folder] if folder.is_file() else folder.rglob("test_*.py"))
        ]


TESTS = paths.REPO / "tests"
SUITES = (
    Suite(
        "addon and system",
        (paths.ADDONS / database.OUR_MODULE, TESTS),
        database.ensure_addon,
        "o2c_test",
        ignored=(TESTS / "demo", TESTS / "glue", TESTS / "walk"),
        always=True,
    ),
    Suite(
        "addons that are glue",
        (
            *(paths.ADDONS / name / "tests" for name in database.get_glue()),
            TESTS / "glue",
            TESTS / "test_translations.py",
        ),
        database.ensure_glue,
        "o2c_test_glue",
    ),
    Suite(
        "demo company",
        (TESTS / "demo",),
        database.ensure_demo,
        "o2c_test_demo",
        slow=True,
    ),
    Suite(
        "walk through the company",
        (TESTS / "walk",),
        database.ensure_demo,
        "o2c_test_walk",
        slow=True,
        inside=False,
    ),
)


def test(quick=False, keyword=None, arguments=()):
    """Run the tests and return the number of failures.

    :param bool quick: leave out what is slow: browser, demo company, style, coverage
    :param str keyword: only tests whose name matches
    """
    pyenv.ensure_venv(["runtime", "test"])
    full = not (quick or keyword)
    failed = lint.lint() if full else 0
    if not quick:
        system.ensure_browser()
        lint.ensure_node_modules()
    selection = ["-k", keyword] if keyword else []
    selection += ["-m", "not slow"] if quick else []
    if full:
        (paths.REPO / ".coverage").unlink(missing_ok=True)
    passed = 0
    for suite in SUITES:
        if (quick and suite.slow) or (keyword and not suite.may_hold(keyword)):
            continue
        good, bad = _run_suite(suite, [*selection, *arguments], full)
        passed, failed = passed + good, failed + bad
    if full:
        _report_coverage()
    if not passed + failed:
        raise O2cError(f"No test has a name that matches {keyword}.")
    say(f"{passed} passed, {failed} failed")
    return failed


def _run_suite(suite, arguments, coverage):
    """Run one pytest process on a fresh copy of a template.

    :return: how many tests passed, and how many failed or were skipped
    """
    template = suite.make_template()
    with step(f"Test database: {suite.title}"):
        database.copy(template, suite.database)
    report = paths.HOME / f"report-{suite.database}.xml"
    report.unlink(missing_ok=True)
    command = [paths.BIN / "python", "-m", "pytest", "-q", "-rs"]
    command += [f"--junitxml={report}", *_get_options(suite, coverage)]
    environment = postgres.get_environment()
    environment["PYTHONPATH"] = str(paths.REPO / "tools")
    environment["O2C_TEST_DATABASE"] = suite.database
    process = subprocess.run(
        tie([*command, *suite.folders, *arguments]),
        cwd=paths.REPO,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    database.drop(suite.database)
    return _count(report, process.returncode)


def _get_options(suite, coverage):
    options = [f"--ignore={folder}" for folder in suite.ignored]
    if not suite.inside:
        return [*options, "-p", "no:odoo"]
    options += ["-p", "o2c_cli.pytest_o2c", f"--odoo-config={paths.CONFIG}"]
    options += [f"--odoo-database={suite.database}", "--odoo-http"]
    if coverage:
        options += ["--cov", "--cov-report=", "--cov-append"]
    return options


def _count(report, code):
    if not report.exists():
        return 0, 1
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        for name in totals:
            totals[name] += int(suite.get(name, 0))
    bad = totals["failures"] + totals["errors"] + totals["skipped"]
    good = totals["tests"] - bad
    # Exit code 5 says that nothing matched, which a keyword may do to one of two runs.
    return max(good, 0), bad or (1 if code not in (0, 5) else 0)


def _report_coverage():
    answer = subprocess.run(
        [str(paths.BIN / "python"), "-m", "coverage", "report", "--skip-covered"],
        cwd=paths.REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    say(answer.stdout)
    total = re.search(r"^TOTAL.*?(\d+)%", answer.stdout, re.M)
    if total:
        say(f"Coverage of the addons: {total[1]} %")
