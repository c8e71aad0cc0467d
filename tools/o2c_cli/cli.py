"""The commands."""

import argparse
import errno
import os
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

COMPANY = "company"
EMPTY = "empty"
DEFAULT_PORT = 8069


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
        say(f"\n{error}", sys.stderr)
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again: it goes on where it was.")
    except OSError as error:
        say(f"\n{_explain(error)}", sys.stderr)
    return 1


def prepare(options):
    """Have everything a company needs, up to a PostgreSQL that answers."""
    postgres.choose(options.db_host, options.db_port, options.db_user, options.own_db)
    system.check_space()
    system.ensure_runtime()
    pyenv.ensure_venv(["runtime"])
    odoo_source.ensure_odoo()
    postgres.ensure_server()
    database.write_config(_get_port())


def run_up(options):
    """Set everything up and start the server."""
    prepare(options)
    if database.exists(database.MAIN):
        database.check_main()
        _compare_with_wishes(options)
    else:
        _make_company(options.no_demo)
    server.start(options.port or _get_port())
    say(f"\nThe company is open: {server.get_url()}\n")
    if _is_empty():
        say("  Administrator: login admin, password admin")
    else:
        server.print_logins()
    return 0


def run_down(_options):
    """Stop the server and our PostgreSQL."""
    server.stop()
    postgres.stop_server()
    say("Stopped. ./o2c up starts it again, with everything as it was.")
    return 0


def run_reset(options):
    """Throw the company away and make a new one."""
    if not options.yes:
        _confirm(
            f"This deletes the database {database.MAIN} with all its documents. Go on?"
        )
    prepare(options)
    database.check_main()
    server.stop()
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
    except (O2cError, OSError) as error:
        say(f"PostgreSQL  {postgres.describe()}: does not answer")
        if not postgres.is_embedded():
            say(f"            {error}")
        return 1
    say(f"PostgreSQL  {postgres.describe()}: answers")
    say(f"Odoo        {odoo_source.get_python_path()}")
    say(f"Company     {'there' if company else 'not made yet: ./o2c up'}")
    return 0 if running and company else 1


def run_logs(options):
    """Show the server's log."""
    log = paths.log("server")
    if not log.exists():
        raise O2cError("The server has not run yet: ./o2c up")
    follow = ["-F"] if options.follow else []
    os.execvp("tail", ["tail", *follow, "-n", "100", str(log)])


def run_shell(options):
    """Open Odoo's Python shell on the company."""
    prepare(options)
    database.require_main()
    # In our place, so that other commands need not wait for its end.
    command = database.get_shell(database.MAIN)
    os.execve(command[0], command, postgres.get_environment())


def run_update(options):
    """Bring the company to the addon as it is now."""
    prepare(options)
    database.require_main()
    running = server.is_running()
    server.stop()
    state.forget(COMPANY, database.get_data_folder())
    with step("Update"):
        database.run_odoo(database.MAIN, "-u", database.OUR_MODULE)
    state.mark_done(COMPANY, _get_addon_key(), database.get_data_folder())
    if running:
        server.start(_get_port())
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
    folder = database.get_data_folder()
    state.mark_done(EMPTY, str(no_demo), folder)
    state.mark_done(COMPANY, _get_addon_key(), folder)
    with step("Company"):
        # Copied under another name first: what is called o2c is always whole.
        database.copy(source, database.BUILDING)
        database.rename(database.BUILDING, database.MAIN)


def _compare_with_wishes(options):
    """Say where the company that is there differs from what one may expect."""
    if options.no_demo and not _is_empty():
        say(
            "      The company has demo data: ./o2c reset --no-demo makes an empty one."
        )
    if not state.is_done(COMPANY, _get_addon_key(), database.get_data_folder()):
        say("      The addon is another one than the company's: ./o2c update")


def _is_empty():
    return state.is_done(EMPTY, str(True), database.get_data_folder())


def _get_addon_key():
    return state.digest(*database.get_seen_files())


def _get_port():
    return state.load_settings().get("port", DEFAULT_PORT)


def _confirm(question):
    """Ask before something is lost.

    :raise O2cError: unless the answer is yes
    """
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise O2cError("Nothing was changed. To go on without a question: --yes")


def _explain(error):
    """Return in words what the machine refused, and what to do."""
    advice = {
        errno.ENOSPC: f"Free some space on the disk of {paths.HOME}",
        errno.EACCES: f"{paths.HOME} has to belong to whoever runs this: run it as the "
        "same user as before",
    }.get(error.errno, "Mend that")
    return f"The machine refused: {error}. {advice}, then run the same command again."


def _port(text):
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def _get_parser():
    parser = argparse.ArgumentParser(prog="o2c", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    server_options = argparse.ArgumentParser(add_help=False)
    server_options.add_argument(
        "--db-host", help="an existing PostgreSQL; its password in PGPASSWORD"
    )
    server_options.add_argument("--db-port", type=_port)
    server_options.add_argument("--db-user")
    server_options.add_argument(
        "--own-db", action="store_true", help="back to the PostgreSQL of our own"
    )

    def add(name, function, parents=(server_options,)):
        text = function.__doc__.splitlines()[0]
        command = commands.add_parser(
            name, help=text, description=text, parents=list(parents)
        )
        command.set_defaults(command=function)
        return command

    for name, function in (("up", run_up), ("reset", run_reset)):
        command = add(name, function)
        command.add_argument("--port", type=_port, help="port on 127.0.0.1 (8069)")
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
