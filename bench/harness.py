"""Measuring: the same work on several databases, taking turns."""

import gc
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from odoo import api
from odoo.modules.registry import Registry

WARM_UP = 10


@dataclass
class Measurement:
    """What a piece of work cost, round by round."""

    name: str
    seconds: list = field(default_factory=list)
    queries: list = field(default_factory=list)

    @property
    def median(self):
        """The median time in milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def spread(self):
        """The middle half of the times: first and third quartile in milliseconds."""
        first, _middle, third = statistics.quantiles(self.seconds, n=4)
        return first * 1000, third * 1000

    @property
    def median_queries(self):
        """The median number of SQL queries."""
        return statistics.median(self.queries)


@contextmanager
def environment(database, uid=api.SUPERUSER_ID):
    """Open an environment on a database; commits at the end."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, uid, {})


def take_turns(contestants, rounds):
    """Measure the same work on each database, alternating who goes first.

    :param dict contestants: name -> (database, uid, function of environment and round)
    :param int rounds: how many rounds count, after those that warm up
    :return: a measurement for each contestant, in their order
    """
    measurements = {name: Measurement(name) for name in contestants}
    for turn in range(-WARM_UP, rounds):
        order = list(contestants) if turn % 2 else list(reversed(contestants))
        for name in order:
            seconds, queries = _measure(*contestants[name], turn + WARM_UP)
            if turn >= 0:
                measurements[name].seconds.append(seconds)
                measurements[name].queries.append(queries)
    return list(measurements.values())


def _measure(database, uid, work, turn):
    gc.collect()
    gc.disable()
    try:
        with environment(database, uid) as env:
            queries = env.cr.sql_log_count
            started = time.perf_counter()
            work(env, turn)
            env.flush_all()
            seconds = time.perf_counter() - started
            queries = env.cr.sql_log_count - queries
    finally:
        gc.enable()
    return seconds, queries
