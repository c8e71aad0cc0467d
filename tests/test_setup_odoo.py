"""Where Odoo comes from: a checkout, Debian's package, the public repository."""

import pytest
from o2c_cli import apt_mirror, console, odoo_source, paths, state

DEBIAN = """
# A comment.
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/some.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
"""
UBUNTU = """
Types: deb
URIs: http://archive.example/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
"""
SOME = apt_mirror.Mirror("http://mirror.example/debian", "/usr/share/keyrings/some.gpg")


def make_etc(tmp_path, release, **files):
    folder = tmp_path / "apt" / "sources.list.d"
    folder.mkdir(parents=True)
    (tmp_path / "os-release").write_text(release)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return tmp_path


def make_odoo(folder, version="19, 0"):
    release = folder / "odoo" / "release.py"
    release.parent.mkdir(parents=True)
    release.write_text(f"version_info = ({version}, 0, 'final', 0, '')\n")
    return folder


def test_mirrors_are_found_in_either_format():
    assert apt_mirror.parse_sources(DEBIAN, "bookworm") == [SOME]
    line = f"deb [arch=amd64 signed-by={SOME.keyring}] {SOME.uri} bookworm main\n"
    assert apt_mirror.parse_sources(line, "bookworm") == [SOME]


@pytest.mark.parametrize(
    "text",
    [
        "# deb http://mirror.example/debian bookworm main\n",
        "deb-src http://mirror.example/debian bookworm main\n",
        "deb http://mirror.example/debian bookworm-security main\n",
        DEBIAN.replace("deb deb-src", "deb-src"),
        DEBIAN.replace("Components", "Enabled: no\nComponents"),
        UBUNTU,
    ],
)
def test_other_sources_are_no_mirrors(text):
    assert apt_mirror.parse_sources(text, "bookworm") == []


def test_cloud_images_and_keys_within_the_file_are_understood():
    text = (
        "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\n"
        "Suites: trixie\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    )
    assert apt_mirror.parse_sources(text, "trixie") == [
        apt_mirror.Mirror("mirror+file:///etc/apt/mirrors/debian.list")
    ]


def test_debian_comes_before_others_that_publish_for_it(tmp_path):
    etc = make_etc(
        tmp_path,
        'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12"\n',
        a_list="deb http://tools.example/apt bookworm main\n",
        debian_sources=DEBIAN,
        old_bak=UBUNTU,
    )
    found = apt_mirror.find_mirrors(etc)
    assert found == [SOME, apt_mirror.Mirror("http://tools.example/apt")]


@pytest.mark.parametrize(
    "release",
    [
        'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nVERSION_ID="24.04"\n',
        'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=noble\n',
        "ID=fedora\n",
    ],
)
def test_ubuntu_and_others_have_no_debian_mirror(tmp_path, release):
    etc = make_etc(
        tmp_path, release, ubuntu_sources=UBUNTU.replace("noble", "stable noble")
    )
    assert apt_mirror.find_mirrors(etc) == []


@pytest.mark.parametrize(("version", "accepted"), [("19, 0", True), ("18, 0", False)])
def test_only_odoo_19_is_accepted(tmp_path, version, accepted):
    make_odoo(tmp_path, version)
    if accepted:
        odoo_source.check_series(tmp_path)
    else:
        with pytest.raises(console.O2cError, match="holds Odoo 18.0.*branch 19.0"):
            odoo_source.check_series(tmp_path)


@pytest.fixture
def sources(home, monkeypatch):
    """Stand-ins for the ways Odoo is fetched; returns which of them were gone."""
    gone = []

    def unpack(work, target):
        gone.append("debian")
        make_odoo(target / odoo_source.DEBIAN_ADDONS)
        link = target / odoo_source.DEBIAN_ADDONS / "odoo" / "font"
        link.symlink_to("/usr/share/fonts/font")
        (target / "usr/share/fonts").mkdir(parents=True)
        (target / "usr/share/fonts/font").touch()

    def clone(command, **_options):
        gone.append("git")
        make_odoo(command[-1])

    monkeypatch.delenv("ODOO_SOURCE", raising=False)
    monkeypatch.setattr(odoo_source, "_link", lambda: None)
    monkeypatch.setattr(apt_mirror, "find_mirrors", lambda: [SOME])
    monkeypatch.setattr(apt_mirror, "has_package", lambda *args: True)
    monkeypatch.setattr(apt_mirror, "unpack", unpack)
    monkeypatch.setattr(odoo_source.system, "ensure_command", lambda *args: None)
    monkeypatch.setattr(odoo_source, "run", clone)
    return gone


def test_debian_comes_first_and_once(sources):
    odoo_source.ensure_odoo()
    odoo_source.ensure_odoo()
    assert sources == ["debian"]
    root = odoo_source.get_python_path()
    assert root == paths.ODOO_ROOT / odoo_source.DEBIAN_ADDONS
    assert (root / "odoo" / "font").exists(), "links lead into the folder"
    assert (root / "odoo" / "addons" / odoo_source.MISSING_ASSET).exists()


def test_a_cut_off_unpacking_is_thrown_away(sources):
    make_half = apt_mirror.unpack

    def cut_off(work, target):
        make_half(work, target)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apt_mirror, "unpack", cut_off)
        with pytest.raises(KeyboardInterrupt):
            odoo_source.ensure_odoo()
    assert not paths.ODOO_ROOT.exists() and not paths.ODOO_POINTER.exists()
    odoo_source.ensure_odoo()
    assert paths.ODOO_ROOT.exists()
    assert not list(paths.HOME.glob("odoo.new*"))


@pytest.mark.parametrize("has", ["no mirror", "no package", "no network"])
def test_the_public_repository_comes_last(sources, monkeypatch, has):
    def refuse(*args):
        raise console.O2cError("cannot be read")

    if has == "no mirror":
        monkeypatch.setattr(apt_mirror, "find_mirrors", list)
    elif has == "no package":
        monkeypatch.setattr(apt_mirror, "has_package", lambda *args: False)
    else:
        monkeypatch.setattr(apt_mirror, "has_package", refuse)
    odoo_source.ensure_odoo()
    assert sources == ["git"]
    assert odoo_source.get_python_path() == paths.ODOO_ROOT


def test_a_checkout_is_remembered_until_it_is_forgotten(sources, tmp_path, monkeypatch):
    checkout = make_odoo(tmp_path / "checkout")
    monkeypatch.setenv("ODOO_SOURCE", str(checkout))
    odoo_source.ensure_odoo()
    monkeypatch.delenv("ODOO_SOURCE")
    odoo_source.ensure_odoo()
    assert odoo_source.get_python_path() == checkout and not sources
    monkeypatch.setenv("ODOO_SOURCE", "")
    odoo_source.ensure_odoo()
    assert sources == ["debian"]


def test_a_refused_checkout_is_not_remembered(sources, tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path / "nowhere"))
    with pytest.raises(console.O2cError, match="There is no Odoo in .*nowhere"):
        odoo_source.ensure_odoo()
    assert "odoo_source" not in state.load_settings()
