"""What the user sees: steps with their time, and errors that say what to do."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager


class O2cError(Exception):
    """Something is missing or refused; the text says what, and how to mend it."""


def say(text=""):
    """Print a line at once."""
    print(text, flush=True)


@contextmanager
def step(title):
    """Show that a step runs, how long it takes, and how it ended."""
    started = time.monotonic()
    stop = threading.Event()
    if sys.stdout.isatty():
        ticker = threading.Thread(
            target=_tick, args=(title, started, stop), daemon=True
        )
        ticker.start()
    else:
        say(f"  ..  {title}")
    try:
        yield
    except BaseException:
        _finish(stop, "FAIL", title, started)
        raise
    _finish(stop, " ok ", title, started)


def _tick(title, started, stop):
    while not stop.wait(0.5):
        seconds = time.monotonic() - started
        print(f"\r  ..  {title} {seconds:.0f} s", end="", flush=True)


def _finish(stop, mark, title, started):
    stop.set()
    clear = "\r\033[K" if sys.stdout.isatty() else ""
    say(f"{clear} {mark} {title} ({time.monotonic() - started:.1f} s)")


def run(command, *, log, hint, **options):
    """Run a command quietly, its output going to a log file.

    :param log: path of the log file, shown when the command fails
    :param str hint: what the user can do about a failure
    :raise O2cError: with the end of the output, if it fails or does not exist
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as stream:
        try:
            process = subprocess.run(
                [str(part) for part in command],
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=options.pop("stdin", subprocess.DEVNULL),
                check=False,
                **options,
            )
        except FileNotFoundError as error:
            raise O2cError(f"{command[0]} is not on this machine. {hint}") from error
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise O2cError(f"{hint}\nThe last lines of {log}:\n{tail}")
