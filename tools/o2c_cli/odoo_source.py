"""Odoo 19: the user's checkout, Debian's package, or Odoo's public repository."""

import os
import re
import shutil
from pathlib import Path

from . import apt_mirror, paths, state
from .console import O2cError, run, say, step

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo"
DEBIAN_ADDONS = Path("usr/lib/python3/dist-packages")
# Left out of Debian's package for its licence's sake, yet listed in the manifest of
# mail: without the file the web client logs an error on every page.
MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def ensure_odoo():
    """Get Odoo 19 and make it importable in the environment."""
    source = os.environ.get("ODOO_SOURCE")
    key = state.digest("odoo", source or "", SERIES)
    if not state.is_done("odoo", key):
        _fetch(Path(source).resolve() if source else None)
        state.mark_done("odoo", key)
    _link()


def read_series(python_path):
    """Return the series of the Odoo found on a Python path.

    :raise O2cError: if there is no Odoo
    """
    release = python_path / "odoo" / "release.py"
    if not release.exists():
        raise O2cError(
            f"There is no Odoo in {python_path}: ODOO_SOURCE has to name a checkout, "
            "the folder that holds odoo/release.py."
        )
    match = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.M)
    return f"{match[1]}.{match[2]}" if match else "unknown"


def check_series(python_path):
    """Refuse any Odoo but 19.0."""
    series = read_series(python_path)
    if series != SERIES:
        raise O2cError(
            f"This addon is for Odoo {SERIES}; {python_path} holds Odoo {series}. "
            "Check out the branch 19.0, or unset ODOO_SOURCE."
        )


def get_python_path():
    """Return the folder that holds the package ``odoo``."""
    pointer = paths.HOME / "odoo-path"
    if not pointer.exists():
        raise O2cError("Odoo is not here yet: run ./o2c up first.")
    return Path(pointer.read_text())


def get_addons_paths():
    """Return the folders addons are found in."""
    root = get_python_path()
    candidates = [root / "odoo" / "addons", root / "addons", paths.ADDONS]
    return [path for path in candidates if path.is_dir()]


def _fetch(source):
    if source:
        python_path = source
    else:
        python_path = _fetch_debian() or _fetch_git()
    check_series(python_path)
    state.write_atomically(paths.HOME / "odoo-path", str(python_path))


def _fetch_debian():
    mirror = apt_mirror.find_mirror()
    if not mirror or not shutil.which("apt-get"):
        return None
    work, temporary = paths.HOME / "apt", paths.HOME / "odoo.new"
    with step("Odoo 19 from the machine's Debian mirror (about 125 MB)"):
        try:
            if not apt_mirror.has_package(mirror, work):
                return None
        except O2cError as error:
            say(f"      {error}")
            return None
        shutil.rmtree(temporary, ignore_errors=True)
        apt_mirror.unpack(work, temporary)
        asset = temporary / DEBIAN_ADDONS / "odoo" / "addons" / MISSING_ASSET
        if not asset.exists():
            asset.parent.mkdir(parents=True, exist_ok=True)
            asset.touch()
        _retarget_links(temporary)
        shutil.rmtree(paths.ODOO_ROOT, ignore_errors=True)
        temporary.rename(paths.ODOO_ROOT)
    return paths.ODOO_ROOT / DEBIAN_ADDONS


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
    temporary, target = paths.HOME / "odoo.new", paths.ODOO_ROOT
    with step(f"Odoo {SERIES} from its public repository"):
        shutil.rmtree(temporary, ignore_errors=True)
        run(
            ["git", "clone", "--depth", "1", "-b", SERIES, REPOSITORY, temporary],
            log=paths.log("odoo"),
            hint="Odoo could not be cloned. Give a checkout of Odoo 19.0 instead: "
            "ODOO_SOURCE=/path/to/odoo ./o2c up",
        )
        shutil.rmtree(target, ignore_errors=True)
        temporary.rename(target)
    return target


def _link():
    """Make ``import odoo`` and the command ``odoo`` work in the environment."""
    site_packages = next((paths.VENV / "lib").glob("python3.*")) / "site-packages"
    state.write_atomically(site_packages / "odoo-19.pth", f"{get_python_path()}\n")
    launcher = paths.BIN / "odoo"
    # A script, not "python -m odoo": the latter cannot start its worker processes.
    state.write_atomically(
        launcher,
        f"#!{paths.BIN / 'python'}\nfrom odoo.cli.command import main\n\nmain()\n",
    )
    launcher.chmod(0o755)
    wkhtmltopdf = paths.BIN / "wkhtmltopdf"
    if not wkhtmltopdf.exists() and (paths.BIN / "wkhtmltopdf-pack").exists():
        wkhtmltopdf.symlink_to("wkhtmltopdf-pack")
