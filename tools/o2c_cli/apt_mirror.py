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
ALIASES = {SUITE, "unstable", "testing", "stable"}
PACKAGE = "odoo-19"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
HINT = (
    "Odoo's Debian package could not be fetched from the machine's Debian mirror. Check "
    "the network and the room on the disk, then run the same command again."
)
# What Odoo's package links to and does not hold. The second group is of the machine's
# own release: newer ones no longer have the files.
COMPANIONS = (
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
RELEASE_COMPANIONS = ("fonts-font-awesome", "fonts-inconsolata")


@dataclass(frozen=True)
class Mirror:
    """A source of packages and the keyring that vouches for it, if one is named."""

    uri: str
    keyring: str | None = None

    @property
    def options(self):
        """What a line of sources.list says between brackets."""
        keyring = self.keyring or KEYRING
        return f"[signed-by={keyring}] " if Path(keyring).exists() else ""


def read_os_release(path=Path("/etc/os-release")):
    """Return what the machine says it is: ID, ID_LIKE, VERSION_CODENAME and more."""
    if not path.exists():
        return {}
    pairs = re.findall(r'^(\w+)="?([^"\n]*)"?$', path.read_text(), re.M)
    return dict(pairs)


def is_debian(release):
    """Whether a machine is Debian or made of it, Ubuntu and its kin left aside."""
    kin = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return "debian" in kin and "ubuntu" not in kin


def parse_sources(text, codename):
    """Return the mirrors that a text in either apt format names for a release."""
    mirrors = []
    for block in re.split(r"\n\s*\n", text):
        mirrors += _parse_block(block, codename)
    pattern = r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s"
    for match in re.finditer(pattern, text, re.M):
        if match["suite"] in {codename, *ALIASES}:
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            mirrors.append(Mirror(match["uri"], signed and signed[1]))
    return mirrors


def find_mirrors(root=Path("/etc")):
    """Return the machine's sources of its own release, Debian's own first."""
    release = read_os_release(root / "os-release")
    if not is_debian(release):
        return []
    files = [
        root / "apt/sources.list",
        *sorted((root / "apt/sources.list.d").glob("*")),
    ]
    mirrors = [
        mirror
        for path in files
        if path.is_file() and path.suffix in (".list", ".sources")
        for mirror in parse_sources(
            path.read_text(errors="replace"), release.get("VERSION_CODENAME", SUITE)
        )
    ]
    # Others publish for the same release; Debian's mirrors are known by their name.
    return sorted(dict.fromkeys(mirrors), key=lambda mirror: "debian" not in mirror.uri)


def has_package(mirror, work):
    """Fetch the lists and tell whether the mirror has Odoo 19."""
    _prepare(mirror, work)
    update = [*_apt_get(work), "-o", "APT::Update::Error-Mode=any", "update"]
    run(
        update, log=paths.log("odoo"), hint=f"The lists of {mirror.uri} cannot be read."
    )
    answer = subprocess.run(
        ["apt-cache", *_options(work), "show", PACKAGE],
        capture_output=True,
        check=False,
    )
    return answer.returncode == 0


def unpack(work, target):
    """Download Odoo and its companions and unpack them into a folder."""
    downloads = work / "debs"
    downloads.mkdir(exist_ok=True)
    log = paths.log("odoo")
    codename = _get_codename()
    names = [PACKAGE, *COMPANIONS]
    names += [f"{name}/{codename}" for name in RELEASE_COMPANIONS]
    run([*_apt_get(work), "download", *names], log=log, hint=HINT, cwd=downloads)
    for package in sorted(downloads.glob("*.deb")):
        run(["dpkg-deb", "-x", package, target], log=log, hint=HINT)
    shutil.rmtree(work)


def _parse_block(block, codename):
    fields = dict(re.findall(r"^([\w-]+):[ \t]*(\S.*)$", block, re.M))
    suites = fields.get("Suites", "").split()
    if (
        "deb" not in fields.get("Types", "").split()
        or fields.get("Enabled", "yes").lower() == "no"
        or not {codename, *ALIASES} & set(suites)
    ):
        return []
    keyring = fields.get("Signed-By")
    return [Mirror(uri, keyring) for uri in fields.get("URIs", "").split()]


def _prepare(mirror, work):
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True, exist_ok=True)
    suites = dict.fromkeys((SUITE, _get_codename()))
    lines = [f"deb {mirror.options}{mirror.uri} {suite} main\n" for suite in suites]
    (work / "sources.list").write_text("".join(lines))


def _get_codename():
    return read_os_release().get("VERSION_CODENAME", SUITE)


def _options(work):
    values = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Get::List-Cleanup": "0",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return [part for key, value in values.items() for part in ("-o", f"{key}={value}")]


def _apt_get(work):
    return ["apt-get", *_options(work)]
