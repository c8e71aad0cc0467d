"""The server: started in the background, watched until it answers."""

import csv
import http.client
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import database, paths, postgres, state
from .console import O2cError, last_words, say, step

PATIENCE = 120


def start(port):
    """Start the server on the company's database, unless it runs.

    :raise O2cError: if the port is taken, or the server does not come up
    """
    running = is_running()
    serves_port = running and state.load_settings().get("port") == port
    if not serves_port and postgres.is_taken(port):
        raise O2cError(
            f"Port {port} of 127.0.0.1 is used by another program. Choose another one: "
            f"./o2c up --port {port + 1}"
        )
    database.write_config(port)
    key = state.digest(paths.CONFIG)
    if (
        serves_port
        and state.is_done("server", key)
        and _ask(port) == http.HTTPStatus.OK
    ):
        return
    stop()
    state.save_settings(port=port)
    with step("Server"):
        _wait(_spawn(), port)
    state.mark_done("server", key)


def stop():
    """Stop the server, if it runs."""
    pid = _get_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    for _attempt in range(100):
        if not is_running():
            break
        time.sleep(0.1)
    else:
        os.kill(pid, signal.SIGKILL)
    paths.SERVER_PID.unlink(missing_ok=True)


def is_running():
    """Whether our server runs."""
    return _get_pid() is not None


def get_url():
    """Return the address of the server."""
    return f"http://127.0.0.1:{state.load_settings().get('port', 8069)}"


def print_logins():
    """Show who can sign in, by role."""
    if not paths.LOGINS.exists():
        return
    with paths.LOGINS.open(newline="") as stream:
        rows = [["Role", "Name", "Login", "Password"]]
        rows += [
            [row["role"], row["name"], row["login"], row["password"]]
            for row in csv.DictReader(stream)
        ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        say("  " + "  ".join(cell.ljust(width) for cell, width in cells).rstrip())


def _spawn():
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    command = [paths.BIN / "odoo", "-c", paths.CONFIG, "-d", database.MAIN]
    # It notes its number itself: were we to do it, we might be stopped in between.
    note = ["sh", "-c", 'echo $$ > "$0"; exec "$@"', paths.SERVER_PID]
    with paths.log("server").open("ab") as stream:
        return subprocess.Popen(
            [str(part) for part in (*note, *command)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=postgres.get_environment(),
        )


def _wait(process, port):
    log = paths.log("server")
    deadline = time.monotonic() + PATIENCE
    refusals = 0
    while time.monotonic() < deadline and refusals < 10:
        status = _ask(port)
        if status == http.HTTPStatus.OK:
            return
        if process.poll() is not None:
            raise O2cError(f"The server ended at once: {last_words(log)}\nSee {log}.")
        refusals += status is not None
        time.sleep(0.3)
    problem = f"did not answer in {PATIENCE} s"
    if refusals:
        problem = f"answers with an error (HTTP {status})"
    raise O2cError(f"The server {problem}. See {log}.")


def _ask(port):
    """Return the HTTP status of the sign-in page, or None without an answer."""
    # A proxy that the environment names is not for this machine itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/web/login", timeout=30) as page:
            return page.status
    except urllib.error.HTTPError as error:
        return error.code
    except (http.client.HTTPException, OSError):
        return None


def _get_pid():
    """Return the server's process, if the one remembered still is our server."""
    try:
        pid = int(paths.SERVER_PID.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if str(paths.CONFIG).encode() in command else None
