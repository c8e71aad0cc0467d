"""Measuring: the same work on several databases, taking turns."""

import gc
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

from odoo import api
from odoo.modules.registry import Registry

WARM_UP = 10


@dataclass(frozen=True)
class Databases:
    """The databases that the cases work on."""

    plain: str
    addon: str
    # None where the peer cannot be had.
    peer: str | None


@dataclass(frozen=True)
class Step:
    """What one user does in one transaction: a function of environment and round."""

    uid: int
    work: Callable
    # Whether it is part of the work, or only looks up what the work needs.
    counts: bool = True


@dataclass(frozen=True)
class Contestant:
    """Who does the work, where, and in which steps."""

    name: str
    database: str
    steps: list


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
    """Measure the same work of each contestant, alternating who goes first.

    :param list contestants: see :class:`Contestant`
    :param int rounds: how many rounds count, after those that warm up
    :return: a measurement for each contestant, in their order
    """
    measurements = [Measurement(contestant.name) for contestant in contestants]
    pairs = list(zip(contestants, measurements, strict=True))
    for turn in range(-WARM_UP, rounds):
        for contestant, measurement in pairs if turn % 2 else reversed(pairs):
            seconds, queries = _measure(contestant, turn + WARM_UP)
            if turn >= 0:
                measurement.seconds.append(seconds)
                measurement.queries.append(queries)
    return measurements


def _measure(contestant, turn):
    gc.collect()
    gc.disable()
    try:
        costs = [
            _measure_step(contestant.database, step, turn) for step in contestant.steps
        ]
    finally:
        gc.enable()
    return [sum(cost) for cost in zip(*filter(None, costs), strict=True)]


def _measure_step(database, step, turn):
    with environment(database, step.uid) as env:
        queries = env.cr.sql_log_count
        started = time.perf_counter()
        step.work(env, turn)
        # With what waits for the commit, such as the messages of changes.
        env.cr.flush()
        seconds = time.perf_counter() - started
        queries = env.cr.sql_log_count - queries
    return (seconds, queries) if step.counts else None
