"""Whether loyalty itself is at work: only then are rewards set.

The mark is kept on the cursor: callers can forge a context, not this.
"""

from contextlib import contextmanager

GRANTING = "o2c_granting_rewards"


def is_granting(env):
    """Whether a method of loyalty's own is at work, rather than somebody by hand."""
    return GRANTING in env.cr.cache


def is_working_out(env):
    """Whether loyalty is working out which rewards orders are entitled to."""
    return env.cr.cache.get(GRANTING, False)


@contextmanager
def granting(env, working_out=False):
    """Let what runs inside set rewards, coupons and points.

    :param bool working_out: also take away rewards that orders are not entitled to
    """
    cache = env.cr.cache
    before = cache.get(GRANTING)
    cache[GRANTING] = working_out or bool(before)
    try:
        yield
    finally:
        if before is None:
            cache.pop(GRANTING, None)
        else:
            cache[GRANTING] = before
