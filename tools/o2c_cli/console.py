"""What the user sees: steps with their time, and errors that say what to do."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ [A-Z]+ \S+ [\w.]+: ")

_ticker = None


class O2cError(Exception):
    """Something is missing or refused; the text says what, and how to mend it."""


def say(text="", stream=None):
    """Print a line at once; work goes on unseen when nobody reads any longer."""
    stream = stream or sys.stdout
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def step(title):
    """Show that a step runs, how long it takes, and how it ended."""
    global _ticker
    started = time.monotonic()
    _ticker = _Ticker(title, started)
    if sys.stdout.isatty():
        _ticker.start()
    else:
        say(f"  ..  {title}")
    try:
        yield
    except BaseException:
        _finish("FAIL", title, started)
        raise
    _finish(" ok ", title, started)


def _finish(mark, title, started):
    _ticker.stop()
    clear = "\r\033[K" if sys.stdout.isatty() else ""
    say(f"{clear} {mark} {title} ({time.monotonic() - started:.1f} s)")


class _Ticker(threading.Thread):
    """On a terminal, a line with the time so far and what the command says last."""

    def __init__(self, title, started):
        super().__init__(daemon=True)
        self.title, self.started = title, started
        self.log, self.begin = None, 0
        self.ended = threading.Event()

    def run(self):
        with contextlib.suppress(OSError):
            while not self.ended.wait(0.5):
                print(f"\r{self._line()}\033[K", end="", flush=True)

    def stop(self):
        self.ended.set()
        if self.is_alive():
            self.join()

    def _line(self):
        seconds = time.monotonic() - self.started
        line = f"  ..  {self.title} {seconds:.0f} s"
        if self.log:
            line += f"  {last_words(self.log, self.begin)}"
        return line[: shutil.get_terminal_size().columns - 1]


def last_words(log, begin=0):
    """Return the last line of a log, without what Odoo puts before its messages.

    :param int begin: where in the file to begin to look
    """
    with contextlib.suppress(OSError), log.open("rb") as stream:
        stream.seek(max(begin, stream.seek(0, os.SEEK_END) - 2000))
        lines = re.split(r"[\r\n]+", stream.read().decode(errors="replace").strip())
        return LOG_PREFIX.sub("", lines[-1]).strip()
    return ""


def tie(command):
    """Return a command as one that ends with us, however we end.

    So the next run finds nobody else at work on the same things.
    """
    prefix = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    return [*prefix, *(str(part) for part in command)]


def run(command, *, log, hint, to_its_end=False, **options):
    """Run a command quietly, its output going to a log file.

    :param log: path of the log file, shown when the command fails
    :param str hint: what the user can do about a failure
    :param bool to_its_end: let the command finish what it began when we are stopped
    :raise O2cError: with the end of the output, if it fails or does not exist
    """
    command = [str(part) for part in command]
    path = options.get("env", os.environ).get("PATH")
    if not shutil.which(command[0], path=path):
        raise O2cError(f"{command[0]} is not on this machine. {hint}")
    if not to_its_end:
        command = tie(command)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        begin = stream.seek(0, os.SEEK_END)
        if _ticker:
            _ticker.log, _ticker.begin = log, begin
        options.setdefault("stdin", subprocess.DEVNULL)
        with subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT, **options
        ) as process:
            code = _wait(process, to_its_end)
    if code:
        raise O2cError(f"{hint}\nThe last lines of {log}:\n{_tail(log, begin)}")


def _wait(process, to_its_end):
    try:
        return process.wait()
    except BaseException:
        if to_its_end:
            say(f"\n      Waiting for {process.args[0]} to end what it began.")
        else:
            process.kill()
        process.wait()
        raise


def _tail(log, begin):
    with log.open("rb") as stream:
        stream.seek(begin)
        lines = stream.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-15:])
