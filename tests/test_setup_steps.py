"""Steps of the set-up command: shown, cut off anywhere, and resumed."""

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest
from o2c_cli import console, paths, pyenv, state

# A step like all others: a command that takes its time, then a stamp.
STEP = """
import sys
from o2c_cli import console, paths, state

with state.exclusive():
    if not state.is_done("small", "1"):
        with console.step("A small step"):
            work = "import os, sys, time; print(os.getpid(), flush=True); " \
                   "time.sleep(float(sys.argv[1]))"
            console.run(
                [sys.executable, "-c", work, sys.argv[1]],
                log=paths.log("small"),
                hint="It failed.",
            )
        state.mark_done("small", "1")
"""


def start(home, code, *arguments, **options):
    environment = {**os.environ, "O2C_HOME": str(home)}
    environment["PYTHONPATH"] = str(paths.REPO / "tools")
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, **options
    )


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid):
    try:
        return "zombie" not in open(f"/proc/{pid}/status").read()
    except OSError:
        return False


def test_a_killed_step_leaves_nobody_at_work_and_is_done_again(tmp_path):
    log = tmp_path / "logs" / "small.log"
    process = start(tmp_path, STEP, "60")
    wait_for(lambda: log.exists() and log.read_text().strip())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for(lambda: not is_alive(int(log.read_text())))
    assert not (tmp_path / "stamps" / "small").exists()

    output, _errors = start(tmp_path, STEP, "0").communicate()
    assert " ok  A small step" in output
    assert (tmp_path / "stamps" / "small").read_text() == "1"
    assert start(tmp_path, STEP, "0").communicate()[0] == ""


def test_work_goes_on_when_nobody_reads(tmp_path):
    code = (
        "import sys, time\nfrom o2c_cli import console\n"
        "console.say('first')\ntime.sleep(0.5)\n"
        "with console.step('second'): pass\n"
        "open(sys.argv[1], 'w').close()"
    )
    process = start(tmp_path, code, str(tmp_path / "end"), stderr=subprocess.PIPE)
    assert process.stdout.readline() == "first\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0 and (tmp_path / "end").exists()


def test_two_runs_do_not_work_at_once(home):
    with state.exclusive(), pytest.raises(console.O2cError, match="is at work here"):
        with state.exclusive():
            pytest.fail("the second run went on")
    with (home / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_failed_command_shows_its_own_last_lines(tmp_path):
    log = tmp_path / "logs" / "x.log"
    console.run(["echo", "of an earlier run"], log=log, hint="")
    with pytest.raises(console.O2cError) as raised:
        console.run(["sh", "-c", "echo gone wrong; exit 3"], log=log, hint="Mend it.")
    assert str(raised.value).startswith("Mend it.")
    assert "gone wrong" in str(raised.value)
    assert "earlier" not in str(raised.value)


def test_a_missing_command_is_named(tmp_path):
    with pytest.raises(console.O2cError, match="no-such is not on .* Get it"):
        console.run(["no-such"], log=tmp_path / "x.log", hint="Get it.")


def test_last_words_are_those_a_person_understands(tmp_path):
    log = tmp_path / "x.log"
    log.write_text("Receiving objects: 10%\rReceiving objects: 20%\r")
    assert console.last_words(log) == "Receiving objects: 20%"
    log.write_text(
        "2026-01-02 10:11:12,345 77 INFO db odoo.modules.loading: Loading sale (3/9) \n"
    )
    assert console.last_words(log) == "Loading sale (3/9)"
    assert console.last_words(tmp_path / "none.log") == ""


def test_a_step_is_done_only_with_the_same_inputs(home):
    assert not state.is_done("step", "one")
    state.mark_done("step", "one")
    assert state.is_done("step", "one")
    assert not state.is_done("step", "two")


def test_digest_sees_every_file(tmp_path):
    (tmp_path / "a").write_text("1")
    before = state.digest(tmp_path)
    (tmp_path / "b").write_text("2")
    assert state.digest(tmp_path) != before


def test_files_are_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "settings.json"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        state.write_atomically(target, "new \ud800")
    assert target.read_text() == "old"


class FakePip:
    """Stands in for the commands that make an environment."""

    def __init__(self, folder):
        self.folder, self.calls, self.broken = folder, [], False

    def __call__(self, command, **_options):
        self.calls.append(command[3] if "pip" in command else command[2])
        if "venv" in command:
            (self.folder / "bin").mkdir(parents=True)
            (self.folder / "bin" / "pip").touch()
        elif self.broken:
            (self.folder / "half").touch()
            raise console.O2cError("no network")


def test_an_environment_is_made_once_and_anew_when_cut_off(home, monkeypatch):
    folder = home / "venv"
    pip = FakePip(folder)
    monkeypatch.setattr(pyenv, "run", pip)
    pip.broken = True
    with pytest.raises(console.O2cError):
        pyenv.ensure_venv(["runtime"], folder)
    assert (folder / "half").exists()

    pip.broken = False
    pip.calls.clear()
    pyenv.ensure_venv(["runtime"], folder)
    assert pip.calls == ["venv", "install"] and not (folder / "half").exists()

    pip.calls.clear()
    pyenv.ensure_venv(["runtime"], folder)
    assert not pip.calls
    pyenv.ensure_venv(["runtime", "test"], folder)
    assert pip.calls == ["install"]


def test_an_environment_of_another_python_is_made_anew(home, monkeypatch):
    folder = home / "venv"
    pip = FakePip(folder)
    monkeypatch.setattr(pyenv, "run", pip)
    pyenv.ensure_venv(["runtime"], folder)
    pip.calls.clear()
    monkeypatch.setattr(sys, "version", "3.99")
    pyenv.ensure_venv(["runtime"], folder)
    assert pip.calls == ["venv", "install"]
