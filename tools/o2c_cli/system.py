"""Packages of the system, installed with the machine's own apt."""

import os
import shutil
import subprocess
from pathlib import Path

from . import paths
from .console import O2cError, run, step

RUNTIME_PACKAGES = (
    "libfontconfig1",
    "libfreetype6",
    "libx11-6",
    "libxext6",
    "libxrender1",
    "fonts-noto-cjk",
    "python3-venv",
    "util-linux",
)
BROWSER_PACKAGES = ("chromium",)
NODE_PACKAGES = ("nodejs", "npm")


def ensure_packages(packages, purpose):
    """Install the packages that are missing.

    :raise O2cError: if they cannot be installed, with the command to do it by hand
    """
    missing = [name for name in packages if not _is_installed(name)]
    if not missing:
        return
    hint = f"Install them yourself ({purpose}): apt-get install {' '.join(missing)}"
    if not shutil.which("apt-get"):
        raise O2cError(f"This machine has no apt-get. {hint}")
    with step(f"System packages: {', '.join(missing)}"):
        command = [*_sudo(), "apt-get", "-o", "DPkg::Lock::Timeout=120"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        log = paths.log("apt")
        if not _has_lists():
            run([*command, "update"], log=log, hint=hint, env=environment)
        install = [*command, "install", "-y", "--no-install-recommends", *missing]
        try:
            run(install, log=log, hint=hint, env=environment)
        except O2cError:
            # The lists may be older than what the mirror holds.
            run([*command, "update"], log=log, hint=hint, env=environment)
            run(install, log=log, hint=hint, env=environment)


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


def _sudo():
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    raise O2cError(
        "Installing system packages needs root: run as root, or install sudo."
    )
