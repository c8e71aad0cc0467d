"""The private Python environment, from the hashed locks."""

import shutil
import sys

from . import paths, state
from .console import run, step

HINT = (
    "The Python environment could not be made. Check that this machine reaches its "
    "Python package index (pip download six), then run ./o2c again."
)


def ensure_venv(lock_names, folder=paths.VENV, title="Python environment"):
    """Make an environment that holds exactly what the locks say.

    :param lock_names: names of files in ``requirements/``, each added to the others
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for name in lock_names:
        lock = paths.REQUIREMENTS / f"{name}.txt"
        stamp = f"{folder.name}-{name}"
        key = state.digest(lock, sys.version)
        if state.is_done(stamp, key) and (folder / "bin" / "python").exists():
            continue
        with step(f"{title}: {name}"):
            if not (folder / "bin" / "pip").exists():
                shutil.rmtree(folder, ignore_errors=True)
                run(
                    [sys.executable, "-m", "venv", folder],
                    log=paths.log("pip"),
                    hint=HINT,
                )
            _install(folder, lock)
        state.mark_done(stamp, key)


def _install(folder, lock):
    command = [folder / "bin" / "pip", "install", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "-r", lock]
    run(command, log=paths.log("pip"), hint=HINT)
