"""The server: started in the background, watched until it answers."""

import csv
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import database, paths, postgres, state
from .console import O2cError, say, step

PID = paths.HOME / "server.pid"


def start(port):
    """Start the server on the company's database, unless it runs.

    :raise O2cError: if the port is taken, or the server does not come up
    """
    if is_running():
        if state.load_settings().get("port") == port and _answers(port):
            return
        stop()
    if _is_taken(port):
        raise O2cError(
            f"Port {port} of 127.0.0.1 is used by another program. Choose another one: "
            f"./o2c up --port {port + 1}"
        )
    database.write_config(port)
    with step("Server"):
        process = _spawn()
        state.write_atomically(PID, str(process.pid))
        state.save_settings(port=port)
        _wait(process, port)


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
    PID.unlink(missing_ok=True)


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
    with paths.log("server").open("a") as stream:
        return subprocess.Popen(
            [str(part) for part in command],
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=postgres.get_environment(),
        )


def _wait(process, port):
    for _attempt in range(240):
        if _answers(port):
            return
        if process.poll() is not None:
            break
        time.sleep(0.5)
    raise O2cError(f"The server did not come up. See {paths.log('server')}.")


def _answers(port):
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/web/login", timeout=30
        ) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _is_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _get_pid():
    """Return the server's process, if the one remembered still is our server."""
    try:
        pid = int(PID.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if str(paths.CONFIG).encode() in command else None
