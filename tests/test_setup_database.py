"""PostgreSQL and databases of the set-up command."""

import socket
import subprocess
from types import SimpleNamespace

import pytest
from o2c_cli import cli, console, database, paths, postgres, server, state, system

VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSSLMODE")


@pytest.fixture
def choice(home, monkeypatch):
    """Nothing chosen so far, neither in the environment nor in earlier runs."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(postgres, "_bin", lambda: home)


def test_our_own_is_the_default(choice, monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "require")
    postgres.choose()
    state.save_settings(pg_port=5999)
    (paths.HOME / "postgres-password").write_text("of our own")
    environment = postgres.get_environment()
    assert postgres.is_embedded()
    assert environment["PGHOST"] == "127.0.0.1" and environment["PGPORT"] == "5999"
    assert environment["PGPASSWORD"] == "of our own"
    assert "PGSSLMODE" not in environment, "meant for another server"


def test_flags_come_before_the_environment_and_stay(choice, monkeypatch):
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGUSER", "someone")
    monkeypatch.setenv("PGPASSWORD", "secret")
    postgres.choose(host="db.example", port=5433)
    monkeypatch.delenv("PGHOST")
    postgres.choose()
    assert postgres.get_connection() == {
        "host": "db.example",
        "port": "5433",
        "user": "someone",
        "password": "secret",
    }
    assert "secret" not in paths.SETTINGS.read_text()


def test_the_usual_variables_choose_and_a_flag_goes_back(choice, monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    postgres.choose()
    assert postgres.describe() == "existing, odoo at db.example:5432"
    postgres.choose(own=True)
    assert postgres.is_embedded()


def test_a_port_without_a_host_is_refused(choice):
    with pytest.raises(console.O2cError, match="go with --db-host"):
        postgres.choose(port=5433)


@pytest.mark.parametrize(
    ("answer", "user", "message"),
    [
        ("12\tTrue", "odoo", "PostgreSQL 13 or newer; this is 12"),
        ("17\tTrue", "postgres", "refuses the user postgres"),
        ("17\tFalse", "weak", "ALTER ROLE weak CREATEDB"),
    ],
)
def test_an_existing_server_is_checked(choice, monkeypatch, answer, user, message):
    postgres.choose(host="db.example", user=user)
    monkeypatch.setattr(postgres, "query", lambda sql: [answer])
    with pytest.raises(console.O2cError, match=message):
        postgres.ensure_server()


def test_an_existing_server_that_refuses_is_named(choice, monkeypatch):
    def refuse(sql):
        raise console.O2cError("PostgreSQL refused: no password supplied")

    postgres.choose(host="db.example")
    monkeypatch.setattr(postgres, "query", refuse)
    with pytest.raises(console.O2cError, match="db.example:5432.*PGPASSWORD"):
        postgres.ensure_server()


@pytest.fixture
def machine(choice, monkeypatch):
    """A machine on which commands with certain prefixes work."""
    works = []
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        postgres.subprocess,
        "run",
        lambda command, **options: SimpleNamespace(returncode=command[0] not in works),
    )
    yield works
    postgres._as_user.cache_clear()


@pytest.mark.parametrize(
    ("works", "prefix"),
    [
        (["unshare", "setpriv"], postgres.NAMESPACE),
        (["setpriv"], postgres.OTHER_UID),
    ],
)
def test_root_runs_postgresql_as_somebody_else(machine, works, prefix):
    machine += works
    postgres._as_user.cache_clear()
    assert postgres._as_user() == prefix


def test_a_cluster_stays_with_whom_it_was_made(machine, monkeypatch):
    machine += ["unshare", "setpriv"]
    postgres._as_user.cache_clear()
    data = SimpleNamespace(
        exists=lambda: True, stat=lambda: SimpleNamespace(st_uid=65534)
    )
    monkeypatch.setattr(postgres, "_data", lambda: data)
    assert postgres._as_user() == postgres.OTHER_UID


def test_root_alone_is_told_what_to_do(machine):
    postgres._as_user.cache_clear()
    with pytest.raises(console.O2cError, match="cannot run as root.*--db-host"):
        postgres._as_user()


def test_nobody_else_needs_no_prefix(choice, monkeypatch):
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1000)
    postgres._as_user.cache_clear()
    assert postgres._as_user() == ()
    postgres._as_user.cache_clear()


def write_lock(pid, port):
    lock = paths.HOME / "postgres" / "postmaster.pid"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text(f"{pid}\n/data\n1700000000\n{port}\n")
    return lock


def test_the_lock_of_a_process_that_is_another_now_is_removed(choice):
    lock = write_lock(1, 5999)
    postgres._drop_stale_lock()
    assert not lock.exists()


def test_a_taken_port_is_given_up_but_not_by_a_running_server(choice, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        state.save_settings(pg_port=taken)
        free = postgres._choose_port()
        assert free != taken and state.load_settings()["pg_port"] == free
        write_lock(1, taken)
        assert postgres._choose_port() == taken


def test_the_servers_port_is_not_taken_from_others(home, monkeypatch):
    monkeypatch.setattr(server, "is_running", lambda: False)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(console.O2cError, match=f"{port} .*--port {port + 1}"):
            server.start(port)
    assert not paths.CONFIG.exists()


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(500, None, "an error .HTTP 500"), (None, 1, "ended at once: the reason")],
)
def test_a_server_that_does_not_come_up_is_not_waited_for(
    home, monkeypatch, status, code, message
):
    paths.LOGS.mkdir()
    paths.log("server").write_text("the reason\n")
    monkeypatch.setattr(server, "_ask", lambda port: status)
    monkeypatch.setattr(server.time, "sleep", lambda seconds: None)
    with pytest.raises(console.O2cError, match=message):
        server._wait(SimpleNamespace(poll=lambda: code), 8069)


@pytest.fixture
def tries(tmp_path, monkeypatch):
    """Two names of databases on the real server, with files of their own."""
    monkeypatch.setattr(database, "get_filestore", lambda: tmp_path)
    names = ("o2c_try_a", "o2c_try_b")
    for name in names:
        database.drop(name)
    postgres.query(f'CREATE DATABASE "{names[0]}" TEMPLATE template0')
    (tmp_path / names[0] / "00").mkdir(parents=True)
    (tmp_path / names[0] / "00" / "file").write_text("content")
    yield names
    for name in names:
        database.drop(name)


def cut_off_at(monkeypatch, word):
    real = postgres.query

    def query(sql, *args):
        if word in sql:
            raise KeyboardInterrupt
        return real(sql, *args)

    monkeypatch.setattr(postgres, "query", query)


def test_a_copy_has_the_files_and_replaces_what_was_there(tries, tmp_path):
    source, target = tries
    database.copy(source, target)
    database.copy(source, target)
    assert database.is_whole(source) and database.is_whole(target)
    assert (tmp_path / target / "00" / "file").read_text() == "content"


def test_a_renaming_cut_off_leaves_nothing_that_looks_whole(tries, monkeypatch):
    source, target = tries
    with monkeypatch.context() as patch:
        cut_off_at(patch, "RENAME")
        with pytest.raises(KeyboardInterrupt):
            database.rename(source, target)
    assert not database.is_whole(target) and not database.is_whole(source)
    (database.get_filestore() / source).mkdir()
    database.rename(source, target)
    assert database.is_whole(target) and not database.exists(source)


def test_the_servers_refusal_is_passed_on(tries):
    with pytest.raises(console.O2cError, match="PostgreSQL refused: .*syntax error"):
        postgres.query("SELEKT 1")


def test_a_company_made_elsewhere_is_left_alone(choice, monkeypatch):
    monkeypatch.setattr(database, "exists", lambda name: True)
    state.save_settings(pg_port=5999)
    database.check_main()
    postgres.choose(host="db.example")
    with pytest.raises(console.O2cError, match="not made from here"):
        database.check_main()
    (database.get_filestore() / database.MAIN).mkdir(parents=True)
    database.check_main()


def test_each_server_has_files_of_its_own(choice):
    own = database.get_filestore()
    postgres.choose(host="db.example", port=5433)
    assert database.get_filestore() != own
    assert database.get_data_folder().parent == own.parent.parent


def test_templates_do_not_depend_on_tests_and_scripts():
    seen = {str(path.relative_to(paths.ADDONS)) for path in database.get_seen_files()}
    assert "sale_o2c_flow/__manifest__.py" in seen
    assert "sale_o2c_flow/models/common/sale_order.py" in seen
    assert not [name for name in seen if "/tests/" in name or "/static/src/" in name]


def test_nothing_is_lost_without_a_yes(monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda question: "n")
    with pytest.raises(console.O2cError, match="Nothing was changed"):
        cli._confirm("Go on?")
    monkeypatch.setattr("builtins.input", lambda question: "y")
    cli._confirm("Go on?")


def test_a_full_disk_is_noticed_before_the_work(home, monkeypatch):
    usage = SimpleNamespace(free=2**30)
    monkeypatch.setattr(system.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(console.O2cError, match="1.0 GB are free.*O2C_HOME"):
        system.check_space()


def test_refusals_of_the_machine_are_explained():
    assert "Free some space" in cli._explain(OSError(28, "No space left on device"))
    assert "same user" in cli._explain(PermissionError(13, "Permission denied"))


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http"])
def test_ports_are_checked(text):
    with pytest.raises(SystemExit):
        cli.main(["up", "--port", text])


def test_packages_are_not_asked_for_when_they_are_there(monkeypatch):
    monkeypatch.setattr(system, "_is_installed", lambda name: True)
    monkeypatch.setattr(system, "_install", lambda *args: pytest.fail("installed"))
    system.ensure_runtime()


def test_without_root_the_command_to_type_is_shown(monkeypatch):
    monkeypatch.setattr(system, "_is_installed", lambda name: name != "libx11-6")
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.shutil, "which", lambda name: name != "sudo")
    with pytest.raises(console.O2cError, match="apt-get install libx11-6"):
        system.ensure_runtime()


def test_a_browser_that_does_not_start_is_none(tmp_path, monkeypatch):
    browser = tmp_path / "chromium-browser"
    browser.write_text("#!/bin/sh\nexit 1\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        console.O2cError, match="start here .*chromium-browser.* --quick"
    ):
        system.ensure_browser()
    browser.write_text("#!/bin/sh\nexit 0\n")
    system.ensure_browser()


def test_a_cut_off_installation_of_packages_is_mended(home, monkeypatch):
    calls = []

    def run(command, **options):
        calls.append(" ".join(command))
        if len(calls) == 1:
            raise console.O2cError("dpkg was interrupted")

    monkeypatch.setattr(system, "run", run)
    monkeypatch.setattr(system, "_has_lists", lambda: True)
    monkeypatch.setattr(system, "_get_root", lambda hint: ["sudo"])
    system._install(["some-font"], "fonts")
    assert calls[1] == "sudo dpkg --configure -a" and calls[2].endswith("update")
    assert calls[3] == calls[0] and calls[0].endswith("some-font")


def test_the_embedded_server_is_not_confused_with_another(choice, monkeypatch):
    state.save_settings(pg_port=5999)
    monkeypatch.setattr(postgres, "query", lambda sql: ["/srv/another/cluster"])
    assert not postgres._answers()
    monkeypatch.setattr(postgres, "query", lambda sql: [str(paths.HOME / "postgres")])
    assert postgres._answers()


def test_down_is_quiet_on_a_fresh_clone(home):
    answer = subprocess.run(
        [str(paths.REPO / "o2c"), "down"],
        env={"PATH": "/usr/bin:/bin", "O2C_HOME": str(home / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
