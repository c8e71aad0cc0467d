"""Packages of the system, installed with the machine's own apt."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import paths
from .console import O2cError, run, say, step

RUNTIME_PACKAGES = (
    "libfontconfig1",
    "libfreetype6",
    "libstdc++6",
    "libx11-6",
    "libxext6",
    "libxrender1",
    "fonts-noto-cjk",
    "util-linux",
)
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
BROWSER_PACKAGES = ("chromium",)
NEEDED_SPACE = 3
NODE_PACKAGES = ("nodejs", "npm")


def check_space():
    """Refuse to begin where there is not room enough to end.

    :raise O2cError: if too little is free
    """
    free = shutil.disk_usage(paths.HOME).free / 2**30
    if free < NEEDED_SPACE and not paths.VENV.exists():
        raise O2cError(
            f"Only {free:.1f} GB are free in {paths.HOME}; {NEEDED_SPACE} GB are "
            "needed. Free some, or name a folder on another disk in O2C_HOME."
        )


def ensure_runtime():
    """Install what Odoo needs for PDF and fonts, and venv where Python lacks it."""
    packages = list(RUNTIME_PACKAGES)
    if not importlib.util.find_spec("ensurepip"):
        packages.append("python3-venv")
    ensure_packages(packages, "PDF, fonts and Python")
    importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise O2cError(
            f"{sys.executable} cannot make Python environments (no ensurepip). Run "
            "the machine's own Python instead: /usr/bin/python3 ./o2c up"
        )


def ensure_browser():
    """Have a Chrome or Chromium that starts, for the browser tests.

    :raise O2cError: if there is none; Ubuntu's package only points to a snap
    """
    if not any(map(shutil.which, BROWSERS)):
        ensure_packages(BROWSER_PACKAGES, "browser tests")
    found = [path for path in map(shutil.which, BROWSERS) if path]
    if not any(_starts(path) for path in found):
        raise O2cError(
            "The browser tests need Chrome or Chromium, which does not start here "
            f"({', '.join(found) or 'not found'}). On Ubuntu, install Google Chrome from its "
            "own package. Or leave these tests out: ./o2c test --quick"
        )


def ensure_command(name, packages, purpose):
    """Have a command, from the given packages where the machine lacks it."""
    if not shutil.which(name):
        ensure_packages(packages, purpose)


def ensure_packages(packages, purpose):
    """Install the packages that are missing.

    :raise O2cError: if they cannot be installed, with the command to do it by hand
    """
    if not shutil.which("dpkg-query"):
        say(f"      Not Debian: have these yourself ({purpose}): {' '.join(packages)}")
        return
    missing = [name for name in packages if not _is_installed(name)]
    if missing:
        _install(missing, purpose)


def _install(missing, purpose):
    hint = (
        f"Install them yourself ({purpose}), as root: apt-get update && apt-get "
        f"install {' '.join(missing)}"
    )
    prefix = _get_root(hint)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = {"log": paths.log("apt"), "hint": hint, "env": environment}
    apt = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "-y", "--no-install-recommends", *missing]
    with step(f"System packages: {', '.join(missing)}"):
        try:
            if not _has_lists():
                run([*apt, "update"], **options)
            run(install, to_its_end=True, **options)
        except O2cError:
            # An earlier run may have been cut off, and the lists may be old.
            run([*prefix, "dpkg", "--configure", "-a"], to_its_end=True, **options)
            run([*apt, "update"], **options)
            run(install, to_its_end=True, **options)


def _starts(browser):
    answer = subprocess.run([browser, "--version"], capture_output=True, check=False)
    return answer.returncode == 0


def _is_installed(name):
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}", name],
        capture_output=True,
        text=True,
        check=False,
    )
    return "install ok installed" in answer.stdout


def _has_lists():
    return any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def _get_root(hint):
    """Return the prefix that makes a command root's; sudo asks its question first."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        raise O2cError(f"Packages are missing, and this is not root. {hint}")
    if subprocess.run(["sudo", "-v"], check=False).returncode:
        raise O2cError(f"Packages are missing, and sudo refuses. {hint}")
    return ["sudo"]
