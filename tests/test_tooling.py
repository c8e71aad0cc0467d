"""The set-up command, the locks and the files users build on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "tools"))

from o2c_cli import apt_mirror, console, manifest, odoo_source, state  # noqa: E402

DEB822 = """
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/some.gpg

Types: deb
URIs: http://mirror.example/ubuntu
Suites: noble
"""


def test_mirror_is_found_in_either_format():
    mirror = apt_mirror.Mirror(
        "http://mirror.example/debian", "/usr/share/keyrings/some.gpg"
    )
    assert apt_mirror.parse_sources(DEB822) == [mirror]
    line = "deb [signed-by=/usr/share/keyrings/some.gpg] http://mirror.example/debian sid main\n"
    assert apt_mirror.parse_sources(line) == [mirror]
    assert (
        apt_mirror.parse_sources("# deb http://mirror.example/debian sid main\n") == []
    )


@pytest.mark.parametrize(("version", "accepted"), [("19, 0", True), ("18, 0", False)])
def test_only_odoo_19_is_accepted(tmp_path, version, accepted):
    release = tmp_path / "odoo" / "release.py"
    release.parent.mkdir()
    release.write_text(f"version_info = ({version}, 0, 'final', 0, '')\n")
    if accepted:
        odoo_source.check_series(tmp_path)
    else:
        with pytest.raises(console.O2cError, match="holds Odoo 18.0"):
            odoo_source.check_series(tmp_path)


def test_a_folder_without_odoo_is_refused(tmp_path):
    with pytest.raises(console.O2cError, match="There is no Odoo"):
        odoo_source.check_series(tmp_path)


def test_a_step_is_done_only_with_the_same_inputs(tmp_path, monkeypatch):
    monkeypatch.setattr(state.paths, "STAMPS", tmp_path)
    assert not state.is_done("step", "one")
    state.mark_done("step", "one")
    assert state.is_done("step", "one")
    assert not state.is_done("step", "two")


def test_digest_sees_every_file(tmp_path):
    (tmp_path / "a").write_text("1")
    before = state.digest(tmp_path)
    (tmp_path / "b").write_text("2")
    assert state.digest(tmp_path) != before


def test_locks_are_pinned_and_hashed():
    for name in ("runtime", "test", "lint"):
        lock = (REPO / "requirements" / f"{name}.txt").read_text()
        for requirement in re.split(r"\n(?=\S)", lock.strip()):
            assert "==" in requirement and "--hash=sha256:" in requirement, requirement
        assert "://" not in lock


def test_manifests():
    assert manifest.check_all() == []


def test_compose_file_has_what_it_promises():
    compose = yaml.safe_load((REPO / "docker-compose.yml").read_text())
    services = compose["services"]
    assert services["db"]["image"].startswith("postgres:")
    assert "healthcheck" in services["db"] and "healthcheck" in services["odoo"]
    assert services["odoo"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert services["proxy"]["profiles"] == ["scale"]
    assert set(compose["volumes"]) == {"db-data", "odoo-data"}
    assert "POSTGRES_PASSWORD:" not in (REPO / "docker-compose.yml").read_text()
    assert (REPO / "docker" / "Dockerfile").read_text().startswith("FROM odoo:19.0")


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


@pytest.mark.slow
def test_wheel_builds(tmp_path):
    subprocess.run(
        [
            *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
            *("-o", str(tmp_path), str(REPO / "addons" / "sale_o2c_flow")),
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
    assert wheel.name.startswith("odoo_addon_sale_o2c_flow-19.0.")
