"""The commands."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from . import (
    benchmark,
    database,
    i18n,
    importer,
    lint,
    odoo_source,
    paths,
    postgres,
    pyenv,
    server,
    state,
    system,
    testing,
)
from .console import O2cError, say, step
from .importing.columns import SHEETS


def main(arguments=None):
    """Run a command and return the exit code."""
    options, rest = _get_parser().parse_known_args(arguments)
    if rest and options.command is not run_tests:
        _get_parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    try:
        if options.command in (run_status, run_logs):
            return options.command(options)
        with state.exclusive():
            return options.command(options)
    except O2cError as error:
        say(f"\n{error}")
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again: it goes on where it was.")
    except OSError as error:
        say(
            f"\nThe machine refused: {error}. Mend that and run the same command again."
        )
    return 1


def prepare(options):
    """Have everything a company needs, up to a PostgreSQL that answers."""
    _save_choices(options)
    system.ensure_packages(system.RUNTIME_PACKAGES, "PDF, fonts and Python")
    pyenv.ensure_venv(["runtime"])
    odoo_source.ensure_odoo()
    postgres.ensure_server()
    database.write_config(state.load_settings().get("port", 8069))


def run_up(options):
    """Set everything up and start the server."""
    prepare(options)
    if not database.exists(database.MAIN):
        _make_company(options.no_demo)
    server.start(options.port or state.load_settings().get("port", 8069))
    say(f"\nThe company is open: {server.get_url()}\n")
    if state.load_settings().get("demo", True):
        server.print_logins()
    else:
        say("  Administrator: login admin, password admin")
    return 0


def run_down(_options):
    """Stop the server and our PostgreSQL."""
    server.stop()
    if (paths.VENV / "bin").exists():
        postgres.stop_server()
    say("Stopped. ./o2c up starts it again, with everything as it was.")
    return 0


def run_reset(options):
    """Throw the company away and make a new one."""
    if not options.yes:
        answer = input(
            "This deletes the database o2c with all its documents. Go on? [y/N] "
        )
        if answer.strip().lower() not in ("y", "yes"):
            return 1
    server.stop()
    prepare(options)
    database.drop(database.MAIN)
    return run_up(options)


def run_status(_options):
    """Say what runs."""
    running = server.is_running()
    say(f"Server      {'runs at ' + server.get_url() if running else 'stopped'}")
    if not paths.VENV.exists():
        say("Company     not made yet: ./o2c up")
        return 1
    try:
        company = database.exists(database.MAIN)
    except (O2cError, KeyError):
        say("PostgreSQL  stopped")
        return 1
    say(f"PostgreSQL  {'our own' if postgres.is_embedded() else 'existing'}, answers")
    say(f"Company     {'there' if company else 'not made yet: ./o2c up'}")
    return 0 if server.is_running() else 1


def run_logs(options):
    """Show the server's log."""
    log = paths.log("server")
    if not log.exists():
        raise O2cError("The server has not run yet: ./o2c up")
    return subprocess.call(
        ["tail", *(["-f"] if options.follow else []), "-n", "100", log]
    )


def run_shell(options):
    """Open Odoo's Python shell on the company."""
    prepare(options)
    database.require_main()
    command = [paths.BIN / "odoo", "shell", "-c", paths.CONFIG, "-d", database.MAIN]
    return subprocess.call(
        [str(part) for part in (*command, "--no-http")], env=postgres.get_environment()
    )


def run_update(options):
    """Bring the company to the addon as it is now."""
    prepare(options)
    database.require_main()
    running = server.is_running()
    server.stop()
    with step("Update"):
        database.run_odoo(database.MAIN, "-u", database.OUR_MODULE)
    if running:
        server.start(state.load_settings().get("port", 8069))
    return 0


def run_import(options):
    """Load your own customers, products and orders: all of a file, or nothing."""
    if options.template:
        importer.write_template(options.template, options.kind)
        return 0
    importer.check_files(options.files)
    prepare(options)
    database.require_main()
    return 0 if importer.import_files(options.files, options.kind, options.check) else 1


def run_tests(options):
    """Run the tests."""
    prepare(options)
    return 1 if testing.test(options.quick, options.keyword, options.rest) else 0


def run_bench(options):
    """Run the benchmarks and write bench/RESULTS.md."""
    prepare(options)
    benchmark.bench()
    return 0


def run_i18n(options):
    """Bring the translation files up to date with the code."""
    prepare(options)
    i18n.update()
    return 0


def run_lint(options):
    """Check the style."""
    return 1 if lint.lint(options.fix) else 0


def _make_company(no_demo):
    source = database.ensure_addon() if no_demo else database.ensure_demo()
    with step("Company"):
        # Copied under another name first: what is called o2c is always whole.
        database.copy(source, database.BUILDING)
        database.rename(database.BUILDING, database.MAIN)
    state.save_settings(demo=not no_demo)


def _save_choices(options):
    choices = {
        name: getattr(options, name, None) or os.environ.get(variable)
        for name, variable in (
            ("db_host", "PGHOST"),
            ("db_port", "PGPORT"),
            ("db_user", "PGUSER"),
        )
    }
    if choices["db_host"]:
        state.save_settings(**choices)


def _get_parser():
    parser = argparse.ArgumentParser(prog="o2c", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    server_options = argparse.ArgumentParser(add_help=False)
    server_options.add_argument("--db-host", help="use an existing PostgreSQL")
    server_options.add_argument("--db-port")
    server_options.add_argument("--db-user")

    def add(name, function, parents=(server_options,)):
        text = function.__doc__.splitlines()[0]
        command = commands.add_parser(
            name, help=text, description=text, parents=list(parents)
        )
        command.set_defaults(command=function)
        return command

    for name, function in (("up", run_up), ("reset", run_reset)):
        command = add(name, function)
        command.add_argument("--port", type=int, help="port on 127.0.0.1 (8069)")
        command.add_argument("--no-demo", action="store_true", help="an empty company")
        if function is run_reset:
            command.add_argument("--yes", action="store_true", help="do not ask")
    add("down", run_down, ())
    add("status", run_status, ())
    add("logs", run_logs, ()).add_argument("-f", "--follow", action="store_true")
    add("shell", run_shell)
    add("update", run_update)
    files = add("import", run_import)
    files.add_argument(
        "files", nargs="*", type=Path, metavar="FILE.xlsx|csv", help="what to load"
    )
    files.add_argument("--check", action="store_true", help="load nothing, only report")
    files.add_argument("--kind", choices=list(SHEETS), help="what CSV files hold")
    files.add_argument(
        "--template", type=Path, metavar="FILE", help="a file to fill in"
    )
    tests = add("test", run_tests)
    tests.add_argument("--quick", action="store_true", help="leave out what is slow")
    tests.add_argument("-k", dest="keyword", help="only tests whose name matches")
    add("bench", run_bench)
    add("i18n", run_i18n)
    add("lint", run_lint, ()).add_argument("--fix", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
