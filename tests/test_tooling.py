"""The locks, the manifests and the wheel: files users build on."""

import ast
import re
import subprocess
import sys
import zipfile
from collections import Counter

import pytest
from o2c_cli import manifest, paths, testing
from packaging.markers import Marker

REPO = paths.REPO


def test_locks_are_pinned_and_hashed():
    for name in ("runtime", "test", "lint"):
        lock = (REPO / "requirements" / f"{name}.txt").read_text()
        for requirement in re.split(r"\n(?=\S)", lock.strip()):
            assert "==" in requirement and "--hash=sha256:" in requirement, requirement
        assert "://" not in lock


@pytest.mark.parametrize("version", ["3.11.2", "3.12.3", "3.13.5"])
@pytest.mark.parametrize("name", ["runtime", "test", "lint"])
def test_locks_name_each_package_once_for_every_python(name, version):
    environment = {"python_full_version": version, "python_version": version[:4]}
    text = (REPO / "requirements" / f"{name}.txt").read_text()
    chosen = Counter()
    for package, marker in re.findall(r"^([\w.-]+)==\S+(?: ; (.*?))? \\$", text, re.M):
        chosen[package] += not marker or Marker(marker).evaluate(environment)
    assert chosen and set(chosen.values()) <= {0, 1}
    wanted = (REPO / "requirements" / f"{name}.in").read_text()
    for package in re.findall(r"^(\w[\w-]*)", wanted, re.M):
        assert chosen[package.lower()] == 1, package


def test_manifests():
    assert manifest.check_all() == []


def test_commands_are_documented():
    answer = subprocess.run(
        [sys.executable, str(REPO / "o2c"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    commands = "up down reset status logs shell update import test i18n lint bench"
    for command in commands.split():
        assert command in answer.stdout


def test_every_addon_has_tests_that_run():
    run = {path for suite in testing.SUITES for path in suite.get_files()}
    for name in paths.get_addons():
        tests = set((paths.ADDONS / name / "tests").glob("test_*.py"))
        assert tests and tests <= run, name


def test_a_database_is_made_only_for_tests_that_may_need_it():
    (glue,) = [s for s in testing.SUITES if s.database == "o2c_test_glue"]
    assert glue.may_hold("TestPromotionGate") and glue.may_hold("test_translations")
    assert not glue.may_hold("TestCollection")


@pytest.mark.slow
@pytest.mark.parametrize("name", paths.get_addons())
def test_the_wheel_holds_every_file_of_the_addon(tmp_path, name):
    addon = paths.ADDONS / name
    subprocess.run(
        [
            *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
            *("-o", str(tmp_path), str(addon)),
        ],
        check=True,
        capture_output=True,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none",
        },
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"odoo_addon_{name}-19.0.")
    inside = set(zipfile.ZipFile(wheel).namelist())
    files = ast.literal_eval((addon / "__manifest__.py").read_text())
    wanted = {*files["data"], *files.get("demo", [])}
    for pattern in ("**/*.py", "static/**/*", "i18n/*"):
        wanted |= {
            str(path.relative_to(addon))
            for path in addon.glob(pattern)
            if path.is_file()
        }
    assert {f"odoo/addons/{name}/{file}" for file in wanted} <= inside
