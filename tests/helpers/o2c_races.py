"""Races of people, and what those read who lose them."""

from concurrent.futures import ThreadPoolExecutor

from o2c_server import RpcError

# How many races run side by side.
LANES = 4
BUSY = "Somebody else is working on"


def in_lanes(race, items):
    """Run a race for each item, a few side by side."""
    with ThreadPoolExecutor(LANES) as pool:
        return list(pool.map(race, items))


def winners(outcomes):
    """Return what those got who were not refused."""
    return [outcome for outcome in outcomes if not isinstance(outcome, RpcError)]


def lost(outcomes, *messages):
    """Return the refusals of those who lost, who all read why."""
    refusals = [outcome for outcome in outcomes if isinstance(outcome, RpcError)]
    for refusal in refusals:
        assert any(text in refusal.message for text in (*messages, BUSY)), refusal
    return refusals
