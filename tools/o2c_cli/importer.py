"""The user's own customers, products and orders: checked, loaded, reported."""

import csv
import json
import shutil
import textwrap
from itertools import groupby

from . import database, paths, pyenv
from .console import O2cError, run, say, step
from .importing.files import find_fault

SHOWN = 60
REPORT = paths.HOME / "import-report.csv"


def check_files(files):
    """Refuse files that cannot be imported, before anything is started.

    :raise O2cError: naming each of them
    """
    if not files:
        raise O2cError(
            "Which files? ./o2c import orders.xlsx, or ./o2c import --template "
            "orders.xlsx for a workbook to fill in."
        )
    faults = [fault for fault in map(find_fault, files) if fault]
    if faults:
        raise O2cError("\n".join(faults))
    if not paths.VENV.exists():
        raise O2cError("There is no company yet: run ./o2c up first.")


def write_template(path, kind):
    """Write the template to fill in.

    :param path: of a workbook, or of a CSV file for one kind
    :raise O2cError: if the file is there already, or its kind is not said
    """
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise O2cError(f"{path.name}: a template is an .xlsx or a .csv file.")
    if suffix == ".csv" and not kind:
        raise O2cError(
            "A CSV file holds one kind: add --kind customers, --kind products or "
            "--kind orders."
        )
    if path.exists():
        raise O2cError(f"{path} is there already: name another file.")
    if not path.parent.is_dir():
        raise O2cError(f"There is no folder {path.parent}.")
    pyenv.ensure_venv(["runtime"])
    command = [paths.BIN / "python", "-m", "o2c_cli.importing.template", path.resolve()]
    run(
        [*command, *(["--kind", kind] if kind else [])],
        log=paths.log("script"),
        hint="The template could not be written.",
        env={"PYTHONPATH": str(paths.REPO / "tools")},
    )
    say(f"{path} is there. Fill it in below the example, then: ./o2c import {path}")


def import_files(files, kind=None, check_only=False):
    """Load files into the company and say what came of it.

    :return: whether all is well
    """
    outcome_path = paths.HOME / "import-outcome.json"
    outcome_path.unlink(missing_ok=True)
    task = {
        "files": [str(path.resolve()) for path in files],
        "kind": kind,
        "check": check_only,
        "outcome": str(outcome_path),
    }
    with step("Read and check" if check_only else "Read, check and load"):
        database.run_script(
            database.MAIN,
            "import_files.py",
            O2C_IMPORT=json.dumps(task),
            PYTHONPATH=str(paths.REPO / "tools"),
        )
    outcome = json.loads(outcome_path.read_text())
    outcome_path.unlink()
    return _tell(outcome, check_only)


def _tell(outcome, check_only):
    for note in outcome["notes"]:
        say(f"  {note}")
    if outcome["problems"]:
        _tell_problems(outcome["problems"])
        return False
    skipped = outcome["skipped"]
    if not outcome["counts"] and not skipped:
        say("\nThe files hold no rows to load.")
        return False
    _tell_counts(outcome, check_only)
    if skipped:
        say(f"  {len(skipped)} orders are in Odoo already and are left as they are:")
        say(_wrap(_shorten(skipped), "    "))
    if not check_only and outcome["counts"].get("orders", {}).get("new"):
        say("\nThe orders are quotations: their salespeople submit them for approval.")
    return True


def _tell_counts(outcome, check_only):
    counts = {k: count for k, count in outcome["counts"].items() if any(count.values())}
    if not counts:
        return say("\nThere is nothing new to load.")
    done = "Nothing is wrong. It would load" if check_only else "Loaded"
    say(f"\n{done} into {outcome['company']}:")
    for kind, count in counts.items():
        parts = [f"{number} {word}" for word, number in count.items() if number]
        say(f"  {kind:<10} {sum(count.values()):>6}   {', '.join(parts)}")
    return None


def _shorten(names, limit=20):
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")


def _tell_problems(problems):
    shown = problems[:SHOWN]

    def get_place(problem):
        return problem["file"], problem["sheet"]

    for (file, sheet), group in groupby(shown, get_place):
        say(f"\n  {file}{', sheet ' + sheet if sheet else ''}")
        for problem in group:
            say(_format_problem(problem))
    count = len(problems)
    if count > SHOWN:
        _write_report(problems)
        say(f"\n  ... and {count - SHOWN} more; all of them are in {REPORT}")
    noun = "problem" if count == 1 else "problems"
    say(
        f"\n{count} {noun}: nothing was loaded. Mend the file and run the same command "
        "again."
    )


def _format_problem(problem):
    row = f"row {problem['row']}" if problem["row"] else ""
    text = (
        f"{problem['column']}: {problem['text']}"
        if problem["column"]
        else problem["text"]
    )
    return _wrap(text, f"    {row:<9} ", " " * 14)


def _wrap(text, first, following=None):
    return textwrap.fill(
        text,
        max(60, min(shutil.get_terminal_size().columns, 110)),
        initial_indent=first,
        subsequent_indent=first if following is None else following,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _write_report(problems):
    with REPORT.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, ["file", "sheet", "row", "column", "text"])
        writer.writeheader()
        writer.writerows(problems)
