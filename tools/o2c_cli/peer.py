"""The peer that approvals are measured against: OCA's tier validation of sales orders."""

import shutil

from . import database, odoo_source, paths, state
from .console import O2cError, run, say, step

LOCK = paths.REQUIREMENTS / "bench.txt"
FOLDER = paths.HOME / "peer"
ADDONS = FOLDER / "odoo" / "addons"
MODULE = "sale_tier_validation"


def ensure_peer():
    """Return the template that has the peer, or None if the peer cannot be fetched.

    Its addons stay in a folder of their own, which no other command looks at.
    """
    try:
        _fetch()
    except O2cError as error:
        say(f"      {error}")
        return None
    base = database.ensure_base()
    name = f"o2c_peer_{state.digest(base, LOCK)}"
    if not database.is_whole(name):
        database.drop_outdated("o2c_peer_")
        with step("Database with the peer"):
            database.copy(base, database.BUILDING)
            database.run_odoo(
                database.BUILDING,
                *("--addons-path", get_addons_path(), "-i", MODULE, "--without-demo"),
            )
            database.rename(database.BUILDING, name)
    return name


def get_addons_path():
    """Return where addons are found, those of the peer included."""
    return ",".join(map(str, [*odoo_source.get_addons_paths(), ADDONS]))


def _fetch():
    key = state.digest(LOCK)
    if state.is_done("fetched", key, FOLDER):
        return
    with step("The peer, for comparison"):
        shutil.rmtree(FOLDER, ignore_errors=True)
        command = [paths.BIN / "python", "-m", "pip", "install"]
        command += [
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
        ]
        command += ["--require-hashes", "--no-deps", "--target", FOLDER, "-r", LOCK]
        run(
            command,
            log=paths.log("pip"),
            hint="The peer could not be fetched: what is measured against it is left "
            "out. Check that this machine reaches its Python package index.",
        )
        state.mark_done("fetched", key, FOLDER)
