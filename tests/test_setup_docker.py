"""The Compose file against its specification, and the container's start."""

import json
import os
import subprocess

import jsonschema
import pytest
import yaml
from o2c_cli import paths

SCHEMA = paths.REPO / "node_modules" / "dclint" / "schemas" / "compose.schema.json"
START = paths.REPO / "docker" / "start"
# Stand-ins for the programs of the image; databases are lines of a file.
PSQL = """#!/bin/bash
sql="${@: -1}"
case "$sql" in
    *"FROM pg_database"*) grep -sx o2c "$FAKE/databases" || true ;;
    "DROP DATABASE"*) sed -i /o2c_building/d "$FAKE/databases" ;;
    "ALTER DATABASE"*) sed -i s/o2c_building/o2c/ "$FAKE/databases" ;;
esac
"""
ODOO = """#!/bin/bash
echo "$PGHOST:$PGPORT $PGUSER/$PGPASSWORD odoo $*" >> "$FAKE/calls"
case "$*" in
    *" -i "*)
        echo o2c_building >> "$FAKE/databases"
        mkdir -p "$O2C_DATA/filestore/o2c_building/$$" ;;
    shell*)
        cat > /dev/null
        [ ! -e "$FAKE/cut-off" ] ;;
esac
"""


@pytest.fixture
def compose():
    return yaml.safe_load((paths.REPO / "docker-compose.yml").read_text())


@pytest.mark.slow
def test_the_compose_file_follows_the_specification(compose):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft7Validator(schema).validate(compose)
    compose["services"]["odoo"]["depends_on"]["db"]["condition"] = "service_happy"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(compose)


def test_the_compose_file_has_what_it_promises(compose):
    services = compose["services"]
    assert services["db"]["image"].startswith("postgres:")
    assert "healthcheck" in services["db"] and "healthcheck" in services["odoo"]
    assert services["odoo"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert services["proxy"]["profiles"] == ["scale"]
    assert set(compose["volumes"]) == {"db-data", "odoo-data"}
    assert all(
        port.startswith("127.0.0.1:")
        for service in services.values()
        for port in service.get("ports", ())
    )


def test_no_secret_is_in_the_files(compose):
    for service in compose["services"].values():
        names = service.get("environment", {})
        assert not [
            name for name in names if "PASSWORD" in name and not name.endswith("_FILE")
        ]
    ignored = (paths.REPO / ".gitignore").read_text().splitlines()
    assert "/secrets/" in ignored and ".env" in ignored


def test_the_image_is_odoos_own_and_gets_what_it_copies():
    lines = (paths.REPO / "docker" / "Dockerfile").read_text().splitlines()
    assert lines[0] == "FROM odoo:19.0"
    sources = [line.split()[1] for line in lines if line.startswith("COPY ")]
    allowed = (paths.REPO / ".dockerignore").read_text().splitlines()
    assert sources and allowed[0] == "*"
    for source in sources:
        assert (paths.REPO / source).exists() and f"!{source}" in allowed


@pytest.fixture
def container(tmp_path):
    """A folder like the container's, and a function that starts it."""
    for name in ("bin", "root/addons", "data/filestore", "extra"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in (("psql", PSQL), ("odoo", ODOO)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "databases").touch()
    (tmp_path / "root" / "load_demo.py").touch()

    def start(*arguments, **variables):
        (tmp_path / "calls").write_text("")
        answer = subprocess.run(
            ["bash", str(START), *arguments],
            env={
                "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
                "FAKE": str(tmp_path),
                "O2C_ROOT": str(tmp_path / "root"),
                "O2C_DATA": str(tmp_path / "data"),
                "O2C_EXTRA_ADDONS": str(tmp_path / "extra"),
                "HOST": "db",
                "USER": "odoo",
                "PASSWORD_FILE": str(tmp_path / "password"),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        calls = (tmp_path / "calls").read_text().splitlines()
        return answer, calls

    start.folder = tmp_path
    return start


def test_the_first_start_makes_the_company(container):
    answer, calls = container()
    assert answer.returncode == 0, answer.stderr
    install, demo, serve = calls
    assert "-d o2c_building -i sale_o2c_flow" in install and "shell" in demo
    assert "-d o2c " in serve and "--proxy-mode" in serve
    assert all(call.startswith("db:5432 odoo/secret odoo") for call in calls)
    assert not any("secret" in call.split(" ", 2)[2] for call in calls)
    assert (container.folder / "data" / "filestore" / "o2c").is_dir()


def test_later_starts_only_serve(container):
    container()
    _answer, calls = container("-u", "sale_o2c_flow", "--stop-after-init")
    assert len(calls) == 1 and calls[0].endswith("-u sale_o2c_flow --stop-after-init")


def test_a_first_start_cut_off_is_made_again(container):
    (container.folder / "cut-off").touch()
    answer, _calls = container()
    assert answer.returncode
    assert (container.folder / "databases").read_text() == "o2c_building\n"
    (container.folder / "cut-off").unlink()
    answer, calls = container()
    assert answer.returncode == 0 and len(calls) == 3
    assert (container.folder / "databases").read_text() == "o2c\n"
    (files,) = (container.folder / "data" / "filestore").iterdir()
    assert files.name == "o2c" and len(list(files.iterdir())) == 1


def test_own_addons_are_served_too(container):
    (container.folder / "extra" / "mine").mkdir()
    (container.folder / "extra" / "mine" / "__manifest__.py").touch()
    _answer, calls = container()
    assert f"/root/addons,{container.folder}/extra " in calls[-1]


@pytest.mark.parametrize(
    ("password", "message"), [(None, "cannot be read"), ("", "is empty")]
)
def test_a_missing_password_is_explained(container, password, message):
    (container.folder / "password").unlink()
    if password is not None:
        (container.folder / "password").write_text(password)
    answer, calls = container()
    assert answer.returncode == 1 and not calls
    assert "secrets/db_password" in answer.stderr and message in answer.stderr
