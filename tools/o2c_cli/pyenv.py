"""The private Python environment, from the hashed locks."""

import shutil
import sys

from . import paths, state
from .console import run, step

HINT = (
    "The Python environment could not be made. Check that there is room on the disk "
    "and that this machine reaches its Python package index (python3 -m pip download "
    "six), then run the same command again."
)


def ensure_venv(lock_names, folder=paths.VENV, title="Python environment"):
    """Make an environment that holds what the locks say.

    An environment whose making was cut off, or that was made by another Python or in
    another place, is made anew.

    :param lock_names: names of files in ``requirements/``, each added to the others
    """
    stamps = folder / "stamps"
    whole = state.digest(sys.version, str(folder.resolve()))
    if not state.is_done("whole", whole, stamps):
        shutil.rmtree(folder, ignore_errors=True)
    for name in lock_names:
        lock = paths.REQUIREMENTS / f"{name}.txt"
        key = state.digest(lock)
        if state.is_done(name, key, stamps):
            continue
        with step(f"{title}: {name}"):
            state.forget("whole", stamps)
            _make(folder)
            _install(folder, lock)
        state.mark_done(name, key, stamps)
        state.mark_done("whole", whole, stamps)


def _make(folder):
    if not (folder / "bin" / "pip").exists():
        run(
            [sys.executable, "-m", "venv", folder],
            log=paths.log("pip"),
            hint=HINT,
        )


def _install(folder, lock):
    command = [folder / "bin" / "python", "-m", "pip", "install"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command += ["--require-hashes", "--no-deps", "-r", lock]
    run(command, log=paths.log("pip"), hint=HINT)
