"""What is done and what was chosen, kept so that a run can stop anywhere and resume."""

import fcntl
import hashlib
import json
from contextlib import contextmanager

from . import paths
from .console import O2cError


def digest(*parts):
    """Return a short hash of texts and files; a folder counts with all its files."""
    result = hashlib.sha256()
    for part in parts:
        if hasattr(part, "is_dir"):
            _digest_path(result, part)
        else:
            result.update(str(part).encode())
    return result.hexdigest()[:12]


def _digest_path(result, path):
    if path.is_dir():
        for child in sorted(path.rglob("*")):
            if child.is_file() and "__pycache__" not in child.parts:
                result.update(str(child.relative_to(path)).encode())
                result.update(child.read_bytes())
    elif path.exists():
        result.update(path.name.encode())
        result.update(path.read_bytes())


def is_done(name, key, folder=None):
    """Whether a step was finished with these inputs.

    :param folder: where the stamp is kept, if its result is thrown away with it
    """
    stamp = (folder or paths.STAMPS) / name
    return stamp.exists() and stamp.read_text() == key


def mark_done(name, key, folder=None):
    """Remember that a step is finished; the last thing a step does."""
    folder = folder or paths.STAMPS
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / name, key)


def forget(name, folder=None):
    """Have a step done again."""
    ((folder or paths.STAMPS) / name).unlink(missing_ok=True)


def write_atomically(path, text):
    """Write a file so that it is there whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text)
    temporary.replace(path)


def make_home():
    """Make the folder of everything, for its owner alone: it holds a password."""
    paths.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def load_settings():
    """Return what was chosen in earlier runs."""
    if paths.SETTINGS.exists():
        return json.loads(paths.SETTINGS.read_text())
    return {}


def save_settings(**values):
    """Remember choices for later runs."""
    settings = {**load_settings(), **values}
    make_home()
    write_atomically(paths.SETTINGS, json.dumps(settings, indent=2))
    return settings


@contextmanager
def exclusive():
    """Keep two runs from working on the same folder at once.

    The lock goes with the process, however it ends.
    """
    make_home()
    with (paths.HOME / "lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise O2cError(
                "Another ./o2c is at work here. Wait for it to end, or stop it first."
            ) from error
        yield
