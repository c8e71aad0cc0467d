"""Odoo 19: the user's checkout, Debian's package, or Odoo's public repository."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import apt_mirror, paths, state, system
from .console import O2cError, run, say, step

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo"
FETCH = "have one fetched: ODOO_SOURCE= ./o2c up"
DEBIAN_ADDONS = Path("usr/lib/python3/dist-packages")
# Left out of Debian's package for its licence's sake, yet listed in the manifest of
# mail: without the file the web client logs an error on every page.
MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def ensure_odoo():
    """Get Odoo 19 and make it importable in the environment.

    A checkout named in ODOO_SOURCE is remembered; an empty ODOO_SOURCE forgets it.
    """
    source = os.environ.get("ODOO_SOURCE")
    if source is None:
        source = state.load_settings().get("odoo_source")
    if source:
        source = str(Path(source).absolute())
        check_series(Path(source))
        state.write_atomically(paths.ODOO_POINTER, source)
    else:
        _ensure_own()
    state.save_settings(odoo_source=source)
    _link()


def read_series(python_path):
    """Return the series of the Odoo found on a Python path.

    :raise O2cError: if there is no Odoo
    """
    release = python_path / "odoo" / "release.py"
    if not release.exists():
        raise O2cError(
            f"There is no Odoo in {python_path}. Name a checkout, the folder that holds "
            f"odoo/release.py, in ODOO_SOURCE, or {FETCH}"
        )
    match = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.M)
    return f"{match[1]}.{match[2]}" if match else "unknown"


def check_series(python_path):
    """Refuse any Odoo but 19.0."""
    series = read_series(python_path)
    if series != SERIES:
        raise O2cError(
            f"This addon is for Odoo {SERIES}; {python_path} holds Odoo {series}. "
            f"Check out its branch 19.0, or {FETCH}"
        )


def get_python_path():
    """Return the folder that holds the package ``odoo``."""
    if not paths.ODOO_POINTER.exists():
        raise O2cError("Odoo is not here yet: run ./o2c up first.")
    return Path(paths.ODOO_POINTER.read_text())


def get_addons_paths():
    """Return the folders addons are found in."""
    root = get_python_path()
    candidates = [root / "odoo" / "addons", root / "addons", paths.ADDONS]
    return [path for path in candidates if path.is_dir()]


def get_identity():
    """Return what tells one Odoo from another: place, release and commit."""
    root = get_python_path()
    identity = f"{root}{(root / 'odoo' / 'release.py').read_text()}"
    if (root / ".git").exists() and shutil.which("git"):
        identity += subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    return identity


def _ensure_own():
    """Have an Odoo in our folder, from Debian or from the public repository."""
    own = (paths.ODOO_ROOT / DEBIAN_ADDONS, paths.ODOO_ROOT)
    python_path = next((path for path in own if (path / "odoo").is_dir()), None)
    if python_path is None:
        python_path = _fetch_debian() or _fetch_git()
    check_series(python_path)
    state.write_atomically(paths.ODOO_POINTER, str(python_path))


def _fetch_debian():
    """Return the Odoo fetched from Debian, or None if no mirror has it."""
    work = paths.HOME / "apt"
    for mirror in apt_mirror.find_mirrors():
        shutil.rmtree(work, ignore_errors=True)
        try:
            with step(f"Package lists of {mirror.uri}"):
                found = apt_mirror.has_package(mirror, work)
        except O2cError as error:
            say(f"      {error}")
            continue
        if found:
            _unpack_debian(work)
            return paths.ODOO_ROOT / DEBIAN_ADDONS
        say(f"      {mirror.uri} has no Odoo {SERIES}.")
    return None


def _unpack_debian(work):
    with step("Odoo 19 from the machine's Debian mirror (about 130 MB)"):
        temporary = _make_temporary()
        apt_mirror.unpack(work, temporary)
        asset = temporary / DEBIAN_ADDONS / "odoo" / "addons" / MISSING_ASSET
        if not asset.exists():
            asset.parent.mkdir(parents=True, exist_ok=True)
            asset.touch()
        _retarget_links(temporary)
        _put_in_place(temporary)


def _retarget_links(root):
    """Turn links to /usr/share/... into links within the folder."""
    for link in (root / DEBIAN_ADDONS).rglob("*"):
        if link.is_symlink() and not link.exists():
            target = os.readlink(link)
            if target.startswith("/"):
                link.unlink()
                inside = root / target.lstrip("/")
                link.symlink_to(os.path.relpath(inside, link.parent))


def _fetch_git():
    system.ensure_command("git", ["git"], "to clone Odoo")
    with step(f"Odoo {SERIES} from its public repository (about 300 MB)"):
        temporary = _make_temporary()
        command = ["git", "clone", "--progress", "--depth", "1", "-b", SERIES]
        run(
            [*command, REPOSITORY, temporary],
            log=paths.log("odoo"),
            hint=f"Odoo could not be cloned from {REPOSITORY}. Check the network, or "
            "give a checkout of Odoo 19.0: ODOO_SOURCE=/path/to/odoo ./o2c up",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
        _put_in_place(temporary)
    return paths.ODOO_ROOT


def _make_temporary():
    """Return a new folder to fill, and throw away what earlier runs left half full.

    Each has a name of its own: what an interrupted run began may still be writing.
    """
    for old in paths.HOME.glob("odoo.new*"):
        shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix="odoo.new-", dir=paths.HOME))


def _put_in_place(temporary):
    shutil.rmtree(paths.ODOO_ROOT, ignore_errors=True)
    temporary.rename(paths.ODOO_ROOT)


def _link():
    """Make ``import odoo`` and the command ``odoo`` work in the environment."""
    site_packages = next((paths.VENV / "lib").glob("python3.*")) / "site-packages"
    state.write_atomically(site_packages / "odoo-19.pth", f"{get_python_path()}\n")
    launcher = paths.BIN / "odoo"
    # A script, not "python -m odoo": the latter cannot start its worker processes. It
    # begins as a shell's, for "#!" knows neither spaces nor long paths.
    state.write_atomically(
        launcher,
        "#!/bin/sh\n"
        f'\'\'\'exec\' "{paths.BIN / "python"}" "$0" "$@"\n'
        "' '''\n"
        "from odoo.cli.command import main\n\nmain()\n",
    )
    launcher.chmod(0o755)
    wkhtmltopdf = paths.BIN / "wkhtmltopdf"
    if not wkhtmltopdf.exists() and (paths.BIN / "wkhtmltopdf-pack").exists():
        wkhtmltopdf.symlink_to("wkhtmltopdf-pack")
