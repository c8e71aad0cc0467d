"""The tests: the addons' own and those of the whole system, with one last line."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree

from . import database, lint, paths, postgres, pyenv, system
from .console import say, step

TEST = "o2c_test"
TEST_DEMO = "o2c_test_demo"


def test(quick=False, keyword=None, arguments=()):
    """Run the tests and return the number of failures.

    :param bool quick: leave out what is slow: browser, demo company, style, coverage
    :param str keyword: only tests whose name matches
    """
    pyenv.ensure_venv(["runtime", "test"])
    full = not (quick or keyword)
    failed = 0
    if full:
        failed += lint.lint()
    if not quick:
        system.ensure_packages(system.BROWSER_PACKAGES, "browser tests")
    selection = ["-k", keyword] if keyword else []
    selection += ["-m", "not slow"] if quick else []
    results = [
        _run_suite(
            "addons and system",
            [paths.ADDONS, paths.REPO / "tests", f"--ignore={_demo_tests()}"],
            (database.ensure_addon, TEST),
            [*selection, *arguments],
            coverage=full,
        )
    ]
    if not quick and _has_demo_tests(keyword):
        results.append(
            _run_suite(
                "demo company",
                [_demo_tests()],
                (database.ensure_demo, TEST_DEMO),
                [*selection, *arguments],
                coverage=full,
                append=True,
            )
        )
    if full:
        _report_coverage()
    passed = sum(result[0] for result in results)
    failed += sum(result[1] for result in results)
    say(f"{passed} passed, {failed} failed")
    return failed


def _demo_tests():
    return paths.REPO / "tests" / "demo"


def _has_demo_tests(keyword):
    """Whether tests of the demo company are asked for: making it takes two minutes."""
    return any(
        not keyword or keyword in path.read_text()
        for path in _demo_tests().glob("test_*.py")
    )


def _run_suite(title, folders, source, arguments, coverage, append=False):
    """Run one pytest process on a fresh copy of a template.

    :return: how many tests passed, and how many failed or were skipped
    """
    make_template, name = source
    template = make_template()
    with step(f"Test database: {title}"):
        database.copy(template, name)
    report = paths.HOME / f"report-{name}.xml"
    report.unlink(missing_ok=True)
    command = [paths.BIN / "python", "-m", "pytest", "-p", "o2c_cli.pytest_o2c"]
    command += [
        f"--odoo-config={paths.CONFIG}",
        f"--odoo-database={name}",
        "--odoo-http",
    ]
    command += ["-q", "-rs", f"--junitxml={report}"]
    if coverage:
        command += ["--cov", "--cov-report="] + (["--cov-append"] if append else [])
    environment = postgres.get_environment()
    environment["PYTHONPATH"] = str(paths.REPO / "tools")
    process = subprocess.run(
        [str(part) for part in (*command, *folders, *arguments)],
        cwd=paths.REPO,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    database.drop(name)
    return _count(report, process.returncode)


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
