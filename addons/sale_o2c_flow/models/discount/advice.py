"""What to change on an order so that a given authority suffices: the arithmetic.

Amounts are without tax, in the order's currency. What a line brings is its subtotal less
its share of what is taken off the whole order.
"""

from dataclasses import dataclass, field, replace
from math import ceil, floor, inf
from typing import Any

EPSILON = 1e-6


@dataclass(slots=True)
class Item:
    """A line that sells something, and the least it has to bring."""

    key: Any
    subtotal: float
    reference: float
    # At its unit price, before the discount of the line.
    gross: float
    least: float = 0.0
    # Whether a low margin, not a high discount, asks for that.
    by_margin: bool = False

    @property
    def ceiling(self):
        """The most one would advise to ask for: the list price, unless at that price the
        margin is too low."""
        if self.by_margin and self.least > self.reference:
            return inf
        return max(self.reference, self.subtotal)


@dataclass(slots=True)
class Need:
    """The least that several lines have to bring together, or the whole order."""

    least: float
    # The lines that count; what others bring besides.
    keys: frozenset
    besides: float = 0.0
    by_margin: bool = False


@dataclass(slots=True)
class Plan:
    """What to change: subtotals of lines, and the share (0 to 1) that is taken off the
    whole order. ``missing`` is what still has to be brought, however."""

    targets: dict = field(default_factory=dict)
    rate: float = 0.0
    missing: float = 0.0
    # Whether a low margin had a say in the rate, or in lines beyond their own.
    by_margin: bool = False


def find_plan(items, needs, off, can_lower):
    """Return what to change so that each line and all needs are met.

    :param list items: the lines
    :param list needs: what has to be met besides
    :param float off: what is taken off the whole order
    :param bool can_lower: whether that is for the user to lower
    :rtype: Plan
    """
    sold = sum(item.subtotal for item in items)
    plan = Plan(rate=off / sold if sold else 0.0)
    if can_lower:
        _make_room(plan, items)
    for item in items:
        _raise_line(plan, item)
    for need in needs:
        _meet_need(plan, items, need, can_lower)
    return plan


def _make_room(plan, items):
    """Lower the discount on the order until every line can bring enough."""
    for item in items:
        if item.least > 0.0 and item.ceiling > 0.0:
            room = max(0.0, 1.0 - item.least / item.ceiling)
            if room < plan.rate:
                plan.rate = room
                plan.by_margin |= item.by_margin


def _raise_line(plan, item):
    kept = 1.0 - plan.rate
    if item.subtotal * kept >= item.least - EPSILON:
        return
    target = item.least / kept if kept > EPSILON else inf
    possible = min(target, item.ceiling)
    plan.missing += (target - possible) * kept if target < inf else item.least
    if item.subtotal < possible < inf:
        plan.targets[item.key] = possible


def _meet_need(plan, items, need, can_lower):
    counted = [item for item in items if item.key in need.keys]
    sold = sum(plan.targets.get(item.key, item.subtotal) for item in counted)
    missing = need.least - need.besides - sold * (1.0 - plan.rate)
    if missing <= EPSILON:
        return
    plan.by_margin |= need.by_margin
    if can_lower and sold:
        lower = min(plan.rate, missing / sold)
        plan.rate -= lower
        missing -= lower * sold
    # Then the lines that give most.
    for item in sorted(counted, key=_get_kept):
        target = plan.targets.get(item.key, item.subtotal)
        room = (max(item.reference, target) - target) * (1.0 - plan.rate)
        if missing > EPSILON and room > EPSILON:
            more = min(missing, room)
            plan.targets[item.key] = target + more / (1.0 - plan.rate)
            missing -= more
    plan.missing += max(0.0, missing) if missing > EPSILON else 0.0


def _get_kept(item):
    return item.subtotal / item.reference if item.reference else 1.0


def round_down(number, digits):
    """Return a number that is not more, with so many decimals."""
    return floor(number * 10**digits + EPSILON) / 10**digits


def round_up(number, digits):
    """Return a number that is not less, with so many decimals."""
    return ceil(number * 10**digits - EPSILON) / 10**digits


def review(deal, items, off, currency_round, costs, besides):
    """Return the deal as it would be judged with other subtotals of its lines.

    :param Deal deal: the order as it is
    :param list items: its lines, with the subtotals they would have
    :param float off: what would be taken off the whole order
    :param currency_round: rounds an amount
    :param dict costs: cost of each line whose cost is known, by its key
    :param besides: amount that other lines bring, and their reference
    """
    sold = sum(item.subtotal for item in items)
    nets, before, spread = {}, 0.0, 0.0
    for item in items:
        before += item.subtotal
        upto = currency_round(off * before / sold) if sold else 0.0
        nets[item.key] = item.subtotal - (upto - spread)
        spread = upto
    references = {item.key: item.reference for item in items}
    goods = tuple(
        replace(
            line,
            discount=_percent(nets[line.key], references[line.key]),
            margin=_margin(nets[line.key], costs.get(line.key)),
        )
        if line.key in nets
        else line
        for line in deal.goods
    )
    return replace(
        deal,
        goods=goods,
        discount=_percent(
            sum(nets.values()) + besides[0], sum(references.values()) + besides[1]
        ),
        # What goes back for money of unknown cost lowers the margin in full.
        margin=_margin(
            sum(nets[key] for key in costs if key in nets) + min(0.0, besides[0]),
            sum(costs.values()) if costs else None,
        ),
    )


def _percent(net, reference):
    return 100.0 * (1.0 - net / reference) if reference > 0.0 else 0.0


def _margin(net, cost):
    if cost is None:
        return None
    if net > 0.0:
        return 100.0 * (net - cost) / net
    return -100.0
