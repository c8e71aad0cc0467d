"""A whole import, in Odoo: all or nothing."""

from dataclasses import asdict

from .catalogs import read_catalogs
from .checking import check, get_wanted
from .loading import Loader
from .reading import Reader


class _TakeBack(Exception):
    """Leaves the savepoint, and with it all that was loaded."""


def run(env, files, kind=None, check_only=False):
    """Load files into the company of an environment, or nothing of them.

    :param files: paths of workbooks and CSV files
    :param str kind: what CSV files hold; None to tell by their headers
    :param bool check_only: load nothing, only say what is wrong
    :return: plain data: ``problems`` (a dict each, as :class:`.problems.Problem`),
        ``counts`` by kind, ``skipped`` orders, ``notes``, ``company``
    """
    reader = Reader(kind)
    for path in files:
        reader.read(path)
    catalogs = read_catalogs(env, get_wanted(reader.tables))
    plan = check(reader.tables, catalogs)
    problems = reader.problems + plan.problems
    found = any(plan.entries.values()) or plan.skipped_orders
    counts = {}
    if not problems and found:
        loader = Loader(env, catalogs, dry=check_only)
        _load(env, loader, plan, check_only)
        problems, counts = loader.problems, loader.counts
    return {
        "company": catalogs.company,
        "problems": [asdict(problem) for problem in problems],
        "counts": counts,
        "skipped": plan.skipped_orders,
        "notes": reader.notes + plan.notes,
    }


def _load(env, loader, plan, check_only):
    transaction = env.transaction
    default_env = transaction.default_env
    # What is computed late is computed in this environment; it has to be ours, or every
    # computed amount would be logged on its order.
    transaction.default_env = loader.env
    try:
        with env.cr.savepoint():
            loader.load(plan)
            if loader.problems or check_only:
                raise _TakeBack
    except _TakeBack:
        # Odoo keeps caches of names and access that may hold what is gone.
        env.registry.reset_changes()
    finally:
        transaction.default_env = default_env
