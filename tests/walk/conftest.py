"""A real server on a copy of the demo company, and a real browser."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from o2c_cli import paths, postgres
from person import Person
from playwright.sync_api import sync_playwright

DATABASE = os.environ.get("O2C_TEST_DATABASE")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def address():
    """Return the address of a server that runs on the copied company."""
    port = _free_port()
    log = paths.log("walk")
    with log.open("w") as stream:
        command = [paths.BIN / "odoo", "-c", paths.CONFIG, "-d", DATABASE]
        command += ["--http-port", str(port), "--max-cron-threads", "0"]
        server = subprocess.Popen(
            [str(part) for part in command],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=postgres.get_environment(),
        )
    try:
        _wait(server, f"http://127.0.0.1:{port}/web/login")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
    complaints = [
        line for line in log.read_text().splitlines() if " ERROR " in line[:60]
    ]
    assert not complaints, complaints


def _wait(server, url):
    for _attempt in range(120):
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, paths.log("walk").read_text()[-3000:]
            time.sleep(0.5)
    raise AssertionError("The server did not answer.")


@pytest.fixture(scope="session")
def browser():
    """Return a headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def pictures():
    """Return the folder screenshots go to."""
    folder = Path(os.environ.get("O2C_SCREENSHOTS") or paths.HOME / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def person(browser, address, pictures):
    """Return a function that signs somebody in."""

    def sign_in(login, phone=False):
        return Person(browser, address, login, pictures, phone)

    return sign_in
