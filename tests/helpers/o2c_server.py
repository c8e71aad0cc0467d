"""A server of its own on a database of its own, for tests that need real commits."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from o2c_cli import database, paths, postgres
from o2c_cli.pytest_o2c import ALLOWED

TIMEOUT = 120


class RpcError(Exception):
    """What the server answered instead of a result."""

    def __init__(self, data):
        super().__init__(f"{data['name']}: {data['message']}")
        self.name = data["name"]
        self.message = data["message"]

    @property
    def is_refusal(self):
        """Whether the server turned the caller away, as opposed to breaking down."""
        return self.name.startswith("odoo.exceptions.")


class Server:
    """A copy of a template database and an Odoo server on it."""

    def __init__(self, name, template, workers=0):
        self.name = name
        self.workers = workers
        self.log = paths.log(name)
        self.process = None
        database.copy(template, name)
        self.log.unlink(missing_ok=True)

    def start(self):
        """Start the server and wait until it answers."""
        self.port, gevent_port = _free_port(), _free_port()
        command = [paths.BIN / "odoo", "-c", paths.CONFIG, "-d", self.name]
        command += ["--http-port", self.port, "--gevent-port", gevent_port]
        command += ["--workers", self.workers, "--max-cron-threads", 0]
        with self.log.open("a") as stream:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=postgres.get_environment(),
            )
        self.url = f"http://127.0.0.1:{self.port}"
        for _attempt in range(240):
            if self.process.poll() is not None:
                break
            try:
                requests.get(f"{self.url}/web/login", timeout=TIMEOUT)
                return self
            except requests.ConnectionError:
                time.sleep(0.25)
        raise AssertionError(f"The server did not come up:\n{self.log.read_text()}")

    def stop(self, signal_number=signal.SIGTERM):
        """End the server and its workers; with SIGKILL, without any goodbye."""
        if self.process is None or self.process.poll() is not None:
            return
        if signal_number == signal.SIGKILL:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.send_signal(signal_number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)

    def drop(self):
        """End the server and throw its database away."""
        self.stop()
        database.drop(self.name)

    def query(self, sql):
        """Return the rows of a query on the database, as tuples of strings."""
        return [tuple(row.split("\t")) for row in postgres.query(sql, self.name)]

    def scalar(self, sql):
        """Return the one number a query answers with."""
        ((value,),) = self.query(sql)
        return float(value)

    def complaints(self):
        """Return the warnings and errors of the log.

        Neither what a user is refused is one of them, nor what PostgreSQL refuses for
        the sake of another transaction: Odoo tries that again.
        """
        pattern = re.compile(r" (?:WARNING|ERROR|CRITICAL) \S+ [\w.]+: .*")
        found = pattern.findall(self.log.read_text())
        expected = re.compile(
            r" ERROR \S+ odoo\.sql_db: bad query| WARNING \S+ odoo\.http: "
            rf"| \S+ \S+ ({'|'.join(map(re.escape, ALLOWED))})"
        )
        return [line for line in found if not expected.match(line)]

    def user(self, login, password=None):
        """Return the session of a user."""
        return Session(self, login, password or login)


class Session:
    """A user who is signed in; the server's methods, one call each."""

    def __init__(self, server, login, password):
        self.server = server
        self.http = requests.Session()
        answer = self.post(
            "/web/session/authenticate",
            {"db": server.name, "login": login, "password": password},
        )
        self.uid = answer["uid"]

    def post(self, route, params):
        """Call a JSON-RPC route and return its result.

        :raise RpcError: with what the server answered
        """
        response = self.http.post(
            self.server.url + route,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        )
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"]["data"])
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a method of a model as the web client does."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def create(self, model, *values_list, **kwargs):
        """Create records and return their ids."""
        return self.call(model, "create", list(values_list), **kwargs)

    def read(self, model, ids, *names):
        """Return the values of records, in the order of the ids."""
        rows = self.call(model, "read", ids, list(names), load=None)
        by_id = {row["id"]: row for row in rows}
        return [by_id[record_id] for record_id in ids]

    def ref(self, xmlid):
        """Return the id behind an external id."""
        module, name = xmlid.split(".")
        domain = [["module", "=", module], ["name", "=", name]]
        (row,) = self.call("ir.model.data", "search_read", domain, ["res_id"])
        return row["res_id"]


def at_once(*calls):
    """Run calls at the same moment.

    :return: for each what it returned, or the refusal it met
    """
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(TIMEOUT)
        try:
            return call()
        except RpcError as error:
            assert error.is_refusal, error
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def wait_for_lock(name):
    """Wait until a process on a database waits for somebody else's row."""
    for _attempt in range(400):
        waiting = postgres.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            f" AND datname = '{name}'"
        )
        if waiting:
            return
        time.sleep(0.05)
    raise AssertionError(f"Nobody waits in {name}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
