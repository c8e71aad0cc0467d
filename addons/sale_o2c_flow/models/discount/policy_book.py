"""The discount policies as plain data, and how they judge.

Orders are judged with every change, and the simulator judges thousands at once: neither
can ask the database about each line.
"""

from dataclasses import dataclass, field
from datetime import date
from math import floor
from typing import Any, NamedTuple

# Discounts and margins are judged in hundredths of a percent.
STEPS = 100


def to_steps(percent):
    """Return a percentage in whole hundredths, halves up."""
    return floor(percent * STEPS + 0.5 + 1e-6)


class Tier(NamedTuple):
    """From this discount (percent) on, an authority of this rank is needed."""

    id: int
    discount_from: float
    rank: int


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of an order, as far as policies ask about it."""

    key: Any
    product_id: int
    # From the top category down to the product's own.
    categories: tuple
    discount: float
    # Percent; nothing where the cost is unknown.
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """An order, as far as policies ask about it."""

    company_id: int
    date: date
    level_id: int
    team_id: int
    # From the topmost company of a group down to the customer.
    partners: tuple
    currency_id: int
    discount: float
    margin: float | None = None
    goods: tuple = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A discount policy. An empty criterion fits everything."""

    id: int
    sequence: int = 0
    company_id: int = 0
    date_start: date | None = None
    date_end: date | None = None
    levels: frozenset = frozenset()
    teams: frozenset = frozenset()
    partners: frozenset = frozenset()
    currencies: frozenset = frozenset()
    categories: frozenset = frozenset()
    products: frozenset = frozenset()
    # The lowest discount first.
    tiers: tuple = ()
    margin_floor: float | None = None
    floor_rank: int = 0

    def get_order(self):
        """Return the order in which equally specific policies are taken."""
        return self.sequence, self.id

    def fits_deal(self, deal):
        """Whether the policy may judge an order or some of its lines."""
        return (
            (not self.company_id or self.company_id == deal.company_id)
            and (not self.date_start or self.date_start <= deal.date)
            and (not self.date_end or self.date_end >= deal.date)
            and (not self.levels or deal.level_id in self.levels)
            and (not self.teams or deal.team_id in self.teams)
            and (not self.currencies or deal.currency_id in self.currencies)
            and (not self.partners or not self.partners.isdisjoint(deal.partners))
        )

    def fits_goods(self, goods):
        """Whether the policy may judge a line; without one, the order as a whole."""
        if goods is None:
            return not self.products and not self.categories
        return (not self.products or goods.product_id in self.products) and (
            not self.categories or not self.categories.isdisjoint(goods.categories)
        )

    def get_specificity(self, deal, goods):
        """Return how narrowly the policy is aimed, the weightiest criterion first."""
        return (
            bool(self.products),
            _get_depth(self.categories, goods.categories) if goods else 0,
            _get_depth(self.partners, deal.partners),
            bool(self.levels),
            bool(self.teams),
            bool(self.currencies),
            bool(self.company_id),
            bool(self.date_start or self.date_end),
        )

    def get_tier(self, discount):
        """Return the tier a discount reaches that needs most authority, or nothing.

        :param float discount: effective discount in percent
        """
        reached = None
        steps = to_steps(discount)
        for tier in self.tiers:
            if to_steps(tier.discount_from) > steps:
                break
            if reached is None or tier.rank >= reached.rank:
                reached = tier
        return reached

    def is_below_floor(self, margin):
        """Whether a margin (percent, nothing if unknown) is less than the least one."""
        return (
            self.margin_floor is not None
            and margin is not None
            and to_steps(margin) < to_steps(self.margin_floor)
        )

    def get_discount_limit(self, rank):
        """Return the highest discount (percent) that needs no more than this authority;
        nothing if there is no such limit."""
        beyond = [tier.discount_from for tier in self.tiers if tier.rank > rank]
        return (to_steps(min(beyond)) - 1) / STEPS if beyond else None

    def get_margin_limit(self, rank):
        """Return the least margin (percent) that needs no more than this authority;
        nothing if there is no such limit."""
        return self.margin_floor if self.floor_rank > rank else None


def _get_depth(wanted, path):
    """Return how far down a path, from the top, the deepest of what is wanted is."""
    return max(
        (depth for depth, part in enumerate(path, 1) if part in wanted), default=0
    )


class Verdict(NamedTuple):
    """What the policies say about an order.

    ``key`` is that of the line that decides, nothing for the order as a whole;
    ``cause`` is ``discount`` or ``margin``.
    """

    rank: int = 0
    rule_id: int = 0
    tier_id: int = 0
    key: Any = None
    cause: str = "discount"


@dataclass(frozen=True, slots=True)
class Book:
    """All policies, by their sequence."""

    rules: tuple = field(default_factory=tuple)

    def judge(self, deal):
        """Return the verdict on an order: of what the policies ask for, the most.

        :param Deal deal: the order
        :rtype: Verdict
        """
        verdict = None
        for rule, goods in self.assign(deal):
            other = self._judge_subject(rule, goods or deal, goods and goods.key)
            if verdict is None or other.rank > verdict.rank:
                verdict = other
        return verdict or Verdict()

    def assign(self, deal):
        """Yield what is judged, the order (as nothing) and its lines, each with the
        policy that judges it: the most specific one, ties by sequence."""
        fitting = [rule for rule in self.rules if rule.fits_deal(deal)]
        for goods in (None, *deal.goods):
            rules = [rule for rule in fitting if rule.fits_goods(goods)]
            if rules:
                yield (
                    max(rules, key=lambda rule: rule.get_specificity(deal, goods)),  # noqa: B023
                    goods,
                )

    def _judge_subject(self, rule, subject, key):
        tier = rule.get_tier(subject.discount)
        rank, cause = tier.rank if tier else 0, "discount"
        if rule.is_below_floor(subject.margin) and rule.floor_rank > rank:
            rank, cause = rule.floor_rank, "margin"
        return Verdict(rank, rule.id, tier.id if tier else 0, key, cause)

    def replace(self, rule):
        """Return a book in which a policy says something else, or is new."""
        others = [old for old in self.rules if old.id != rule.id]
        return Book(tuple(sorted((*others, rule), key=Rule.get_order)))
