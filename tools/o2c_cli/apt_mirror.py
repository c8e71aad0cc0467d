"""Odoo's Debian package, fetched through an apt state of our own.

The machine's apt configuration is read, to learn its mirror, and never changed.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import run

SUITE = "sid"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
HINT = (
    "Odoo's Debian package could not be fetched from the machine's Debian mirror. Give "
    "a checkout of Odoo 19.0 instead: ODOO_SOURCE=/path/to/odoo ./o2c up"
)
# What Odoo's package links to and does not hold.
COMPANIONS = (
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)


@dataclass(frozen=True)
class Mirror:
    """A Debian mirror and the keyring that vouches for it."""

    uri: str
    keyring: str


def parse_sources(text):
    """Return the Debian mirrors that a text in either apt format names."""
    mirrors = []
    for block in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^(URIs|Signed-By|Types):[ \t]*(\S+)", block, re.M))
        if "URIs" in fields:
            mirrors.append(Mirror(fields["URIs"], fields.get("Signed-By", KEYRING)))
    pattern = r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s"
    for match in re.finditer(pattern, text, re.M):
        signed = re.search(r"signed-by=(\S+)", match["options"] or "")
        mirrors.append(Mirror(match["uri"], signed[1] if signed else KEYRING))
    return [mirror for mirror in mirrors if re.search(r"/debian/?$", mirror.uri)]


def find_mirror():
    """Return the machine's Debian mirror, or None (on Ubuntu, say)."""
    folder = Path("/etc/apt/sources.list.d")
    files = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*"))]
    for path in files:
        if path.is_file() and path.suffix in (".list", ".sources"):
            for mirror in parse_sources(path.read_text(errors="replace")):
                if Path(mirror.keyring).exists():
                    return mirror
    return None


def has_package(mirror, work):
    """Fetch the lists and tell whether the mirror has Odoo 19."""
    _prepare(mirror, work)
    run([*_apt_get(work), "update"], log=paths.log("odoo"), hint=HINT)
    policy = subprocess.run(
        ["apt-cache", *_options(work), "show", "odoo-19"],
        capture_output=True,
        check=False,
    )
    return policy.returncode == 0


def unpack(work, target):
    """Download Odoo and its companions and unpack them into a folder."""
    downloads = work / "debs"
    downloads.mkdir(exist_ok=True)
    log = paths.log("odoo")
    command = [*_apt_get(work), "download", "odoo-19", *COMPANIONS]
    run(command, log=log, hint=HINT, cwd=downloads)
    for package in sorted(downloads.glob("*.deb")):
        run(["dpkg-deb", "-x", package, target], log=log, hint=HINT)
    shutil.rmtree(work)


def _prepare(mirror, work):
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True, exist_ok=True)
    line = f"deb [signed-by={mirror.keyring}] {mirror.uri} {SUITE} main\n"
    (work / "sources.list").write_text(line)


def _options(work):
    values = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Get::List-Cleanup": "0",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return [part for key, value in values.items() for part in ("-o", f"{key}={value}")]


def _apt_get(work):
    return ["apt-get", *_options(work)]
