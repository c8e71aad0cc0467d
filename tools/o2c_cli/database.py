"""Databases: templates that are made once, and copies that take seconds."""

import os
import shutil

from . import odoo_source, paths, postgres, state
from .console import O2cError, run, step

NATIVE_MODULES = "sale_management,sale_stock,account"
OUR_MODULE = "sale_o2c_flow"
MAIN = "o2c"
BUILDING = "o2c_building"


def write_config(port=8069, path=paths.CONFIG):
    """Write the configuration of the server."""
    connection = postgres.get_connection()
    options = {
        "addons_path": ",".join(map(str, odoo_source.get_addons_paths())),
        "data_dir": paths.DATA,
        "db_host": connection["host"],
        "db_port": connection["port"],
        "db_user": connection["user"],
        "http_interface": "127.0.0.1",
        "http_port": port,
        "gevent_port": port + 3,
        "bin_path": paths.BIN,
        "list_db": "False",
        "max_cron_threads": 1,
    }
    lines = ["[options]", *(f"{key} = {value}" for key, value in options.items())]
    state.write_atomically(path, "\n".join(lines) + "\n")


def exists(name):
    """Whether there is a database of this name."""
    return bool(postgres.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop(name):
    """Drop a database and its files; fine if there is none."""
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)


def copy(source, target):
    """Make a database as a copy of another, replacing what is there."""
    drop(target)
    postgres.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    files = paths.FILESTORE / source
    if files.exists():
        # Odoo never changes a stored file, so that copies may share them.
        shutil.copytree(files, paths.FILESTORE / target, copy_function=os.link)


def ensure_base():
    """Return the template that has Odoo's own modules, made when it is missing."""
    name = f"o2c_base_{state.digest(NATIVE_MODULES, _odoo_key())}"
    if not exists(name):
        with step("Database with Odoo's own modules (about a minute)"):
            drop(BUILDING)
            run_odoo(BUILDING, "-i", NATIVE_MODULES, "--without-demo")
            rename(BUILDING, name)
    return name


def ensure_addon():
    """Return the template that has the addon, without demo data."""
    base = ensure_base()
    name = f"o2c_addon_{state.digest(base, paths.ADDONS)}"
    if not exists(name):
        _drop_outdated("o2c_addon_")
        with step("Database with the addon"):
            copy(base, BUILDING)
            run_odoo(BUILDING, "-i", OUR_MODULE, "--without-demo")
            rename(BUILDING, name)
    return name


def ensure_demo():
    """Return the template that has the addon and its demo company."""
    addon = ensure_addon()
    name = addon.replace("_addon_", "_demo_")
    if not exists(name):
        _drop_outdated("o2c_demo_")
        with step("Demo company: a year of orders (one to two minutes)"):
            copy(addon, BUILDING)
            run_script(BUILDING, "load_demo.py")
            rename(BUILDING, name)
    return name


def run_odoo(database, *arguments):
    """Run the server once on a database: install, update, and stop."""
    command = [paths.BIN / "odoo", "-c", paths.CONFIG, "-d", database, *arguments]
    run(
        [*command, "--stop-after-init", "--no-http"],
        log=paths.log("install"),
        hint="Odoo could not prepare the database.",
        env=postgres.get_environment(),
    )


def run_script(database, name, **variables):
    """Run one of our scripts in Odoo's shell.

    :param variables: passed to the script as environment variables
    """
    script = paths.REPO / "tools" / "o2c_cli" / "scripts" / name
    command = [
        paths.BIN / "odoo",
        "shell",
        "-c",
        paths.CONFIG,
        "-d",
        database,
        "--no-http",
    ]
    with script.open() as stream:
        run(
            command,
            log=paths.log("script"),
            hint=f"The script {name} failed.",
            env={**postgres.get_environment(), **variables},
            stdin=stream,
        )


def _odoo_key():
    return (paths.HOME / "odoo-path").read_text() + (
        odoo_source.get_python_path() / "odoo" / "release.py"
    ).read_text()


def rename(source, target):
    """Give a database and its files another name."""
    postgres.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
    files = paths.FILESTORE / source
    if files.exists():
        shutil.rmtree(paths.FILESTORE / target, ignore_errors=True)
        files.rename(paths.FILESTORE / target)


def _drop_outdated(prefix):
    for name in postgres.query(
        f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'"
    ):
        drop(name)


def require_main():
    """Check that the company's database is there."""
    if not exists(MAIN):
        raise O2cError("There is no company yet: run ./o2c up first.")
