"""Databases: templates that are made once, and copies that take seconds."""

import os
import re
import shutil

from . import odoo_source, paths, postgres, state
from .console import O2cError, run, step

NATIVE_MODULES = "sale_management,sale_stock,account"
OUR_MODULE = "sale_o2c_flow"
MAIN = "o2c"
BUILDING = "o2c_building"
# Of the addons' files, what leaves no trace in a database.
UNSEEN = ("tests", "readme", "src", "__pycache__", "README.rst", "pyproject.toml")


def write_config(port=8069, path=paths.CONFIG):
    """Write the configuration of the server."""
    connection = postgres.get_connection()
    options = {
        "addons_path": ",".join(map(str, odoo_source.get_addons_paths())),
        "data_dir": get_data_folder(),
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


def get_data_folder():
    """Return Odoo's data folder.

    Each PostgreSQL has one of its own, for its databases have the same names.
    """
    if postgres.is_embedded():
        return paths.DATA
    server = "{host}_{port}".format(**postgres.get_connection())
    return paths.DATA.with_name("data-" + re.sub(r"\W", "_", server))


def get_filestore():
    """Return the folder of the databases' files."""
    return get_data_folder() / "filestore"


def exists(name):
    """Whether there is a database of this name."""
    return bool(postgres.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def is_whole(name):
    """Whether there is a database of this name and its files are here."""
    return (get_filestore() / name).is_dir() and exists(name)


def drop(name):
    """Drop a database and its files; fine if there is none."""
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(get_filestore() / name, ignore_errors=True)


def copy(source, target):
    """Make a database as a copy of another, replacing what is there."""
    drop(target)
    postgres.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    files = get_filestore() / source
    if files.exists():
        # Odoo never changes a stored file, so that copies may share them.
        shutil.copytree(files, get_filestore() / target, copy_function=os.link)


def rename(source, target):
    """Give a database and its files another name, replacing what is there.

    The database goes last: under its new name it is whole, wherever this stops.
    """
    drop(target)
    files = get_filestore() / source
    if files.exists():
        files.rename(get_filestore() / target)
    postgres.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


def ensure_base():
    """Return the template that has Odoo's own modules, made when it is missing."""
    name = f"o2c_base_{state.digest(NATIVE_MODULES, odoo_source.get_identity())}"
    if not is_whole(name):
        drop_outdated("o2c_base_")
        with step("Database with Odoo's own modules (about a minute)"):
            drop(BUILDING)
            run_odoo(BUILDING, "-i", NATIVE_MODULES, "--without-demo")
            rename(BUILDING, name)
    return name


def ensure_addon():
    """Return the template that has the addon, without demo data."""
    base = ensure_base()
    name = f"o2c_addon_{state.digest(base, *get_seen_files(OUR_MODULE))}"
    if not is_whole(name):
        drop_outdated("o2c_addon_")
        with step("Database with the addon"):
            copy(base, BUILDING)
            run_odoo(BUILDING, "-i", OUR_MODULE, "--without-demo")
            rename(BUILDING, name)
    return name


def ensure_glue():
    """Return the template that has every addon, and what they are glue to."""
    addon = ensure_addon()
    glue = get_glue()
    name = f"o2c_glue_{state.digest(addon, *get_seen_files(*glue))}"
    if not is_whole(name):
        drop_outdated("o2c_glue_")
        with step("Database with the addons that are glue"):
            copy(addon, BUILDING)
            run_odoo(BUILDING, "-i", ",".join(glue), "--without-demo")
            rename(BUILDING, name)
    return name


def ensure_demo():
    """Return the template that has the addon and its demo company."""
    addon = ensure_addon()
    name = f"o2c_demo_{state.digest(addon, _get_script('load_demo.py'))}"
    if not is_whole(name):
        drop_outdated("o2c_demo_")
        with step("Demo company: a year of orders (one to two minutes)"):
            copy(addon, BUILDING)
            run_script(BUILDING, "load_demo.py")
            rename(BUILDING, name)
    return name


def get_glue():
    """Return the names of the addons that join the flow with another application, and
    are installed by themselves with it."""
    return [name for name in paths.get_addons() if name != OUR_MODULE]


def get_seen_files(*addons):
    """Return the files of addons that make a database what it is.

    :param str addons: names; all of them when none is given
    """
    return [
        path
        for addon in addons or paths.get_addons()
        for path in sorted((paths.ADDONS / addon).rglob("*"))
        if path.is_file()
        and not set(UNSEEN).intersection(path.relative_to(paths.ADDONS).parts)
    ]


def run_odoo(database, *arguments):
    """Run the server once on a database: install, update, and stop."""
    command = [paths.BIN / "odoo", "-c", paths.CONFIG, "-d", database, *arguments]
    run(
        [*command, "--stop-after-init", "--no-http"],
        log=paths.log("install"),
        hint="Odoo could not prepare the database. If the lines below name the addon, "
        "mend it; then run the same command again.",
        env=postgres.get_environment(),
    )


def run_script(database, name, **variables):
    """Run one of our scripts in Odoo's shell.

    :param variables: passed to the script as environment variables
    """
    with _get_script(name).open() as stream:
        run(
            get_shell(database),
            log=paths.log("script"),
            hint=f"The script {name} failed.",
            env={**postgres.get_environment(), **variables},
            stdin=stream,
        )


def get_shell(database):
    """Return the command that opens Odoo's Python shell on a database."""
    command = [paths.BIN / "odoo", "shell", "-c", paths.CONFIG, "-d", database]
    return [str(part) for part in (*command, "--no-http")]


def _get_script(name):
    return paths.REPO / "tools" / "o2c_cli" / "scripts" / name


def drop_outdated(prefix):
    """Drop older templates of ours: those whose files are here."""
    for files in get_filestore().glob(f"{prefix}*"):
        drop(files.name)


def require_main():
    """Check that the company's database is there, and ours.

    :raise O2cError: if not
    """
    if not exists(MAIN):
        raise O2cError("There is no company yet: run ./o2c up first.")
    check_main()


def check_main():
    """Refuse a company's database that was made from another folder."""
    if postgres.is_embedded() or (get_filestore() / MAIN).is_dir():
        return
    if exists(MAIN):
        raise O2cError(
            f"The database {MAIN} on this PostgreSQL ({postgres.describe()}) was not "
            f"made from here: its files are not in {get_filestore()}. Use another "
            "server, or rename or drop that database yourself."
        )
