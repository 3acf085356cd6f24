"""
Granted time of a follow-up: minutes and öre of the purses by recipient, service and month.

The öre are those of ``hemplan purse``, so that the two never tell different sums; what an
interruption takes away is the difference to the same decision without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from pricing.book.terms import half_up
from pricing.budget.counting import Terms
from pricing.budget.model import Granted, Placement
from pricing.budget.purses import PurseLine, PursePart, purse_lines, total
from pricing.budget.tariff import amount_of
from pricing.followup.model import Dims
from scheduler.care.units import ORE_PER_KRONA

Covered = Callable[[str, str, date], bool]
# How many days have a plan: provider, unit, first and last day.
DaysWithPlan = Callable[[str, str, date, date], int]


class Where(NamedTuple):
    """A cell of the follow-up; `covered` tells whether a day plan is known."""

    recipient: str
    dims: Dims
    covered: bool


@dataclass(slots=True)
class Amount:
    """Granted minutes, exact, and öre."""

    minutes: Fraction = Fraction(0)
    ore: int = 0


@dataclass(frozen=True, slots=True)
class GrantedTime:
    """
    What is granted.

    Parameters
    ----------
    in_force
        Cell -> what the purses have.
    interrupted
        Recipient and dimensions -> what they would have more without interruptions.
    """

    in_force: dict[Where, Amount]
    interrupted: dict[tuple[str, Dims], Amount]


def granted_time(
    terms: Terms, granted: Sequence[Granted], first: date, last: date, covered: Covered
) -> GrantedTime:
    """
    Granted time from `first` to `last`, both included.

    Parameters
    ----------
    covered
        Whether there is a day plan of a provider and unit on a day.

    Raises
    ------
    InvalidInput
        With every granted line whose time or price is not known.
    """

    @cache
    def with_plan(provider: str, unit: str, begin: date, end: date) -> int:
        days = (begin + timedelta(days=number) for number in range((end - begin).days + 1))
        return sum(covered(provider, unit, day) for day in days)

    recipients = {each.decision.id: each.decision.recipient_id for each in granted}
    lines = purse_lines(terms, granted, first, last)
    in_force: defaultdict[Where, Amount] = defaultdict(Amount)
    for line in lines:
        for part in line.parts:
            for flag, amount in _by_cover(line, part, with_plan).items():
                where = Where(recipients[line.decision_id], _dims(line, part), flag)
                in_force[where].minutes += amount.minutes
                in_force[where].ore += amount.ore
    broken = [each for each in granted if each.interruptions]
    whole = purse_lines(terms, [replace(each, interruptions=()) for each in broken], first, last)
    ids = {each.decision.id for each in broken}
    before = _totals(whole, recipients)
    for key, amount in _totals((x for x in lines if x.decision_id in ids), recipients).items():
        before[key].minutes -= amount.minutes
        before[key].ore -= amount.ore
    interrupted = {
        # Rounding line by line may take an öre from what is nothing but a difference.
        key: Amount(amount.minutes, max(0, amount.ore))
        for key, amount in before.items()
        if amount.minutes or amount.ore > 0
    }
    return GrantedTime(dict(in_force), interrupted)


@lru_cache(maxsize=10_000)
def month_of_day(day: date) -> str:
    """``2026-03``."""
    return f"{day.year:04d}-{day.month:02d}"


def _dims(line: PurseLine, part: PursePart) -> Dims:
    placement: Placement = line.placement
    return Dims(
        month_of_day(line.month),
        placement.provider,
        placement.kind.value,
        placement.zone,
        placement.unit,
        part.service,
    )


def _totals(
    lines: Iterable[PurseLine], recipients: dict[str, str]
) -> defaultdict[tuple[str, Dims], Amount]:
    found: defaultdict[tuple[str, Dims], Amount] = defaultdict(Amount)
    for line in lines:
        for part in line.parts:
            amount = found[recipients[line.decision_id], _dims(line, part)]
            amount.minutes += part.minutes
            amount.ore += part.amount_ore
    return found


def _by_cover(line: PurseLine, part: PursePart, with_plan: DaysWithPlan) -> dict[bool, Amount]:
    """The part's minutes and öre of days with and without a day plan."""
    own = line.placement.provider, line.placement.unit
    planned = [with_plan(*own, run.first_day, run.last_day) for run in part.runs]
    days = {True: sum(planned), False: sum(run.days for run in part.runs) - sum(planned)}
    for flag in (True, False):
        if not days[not flag]:
            return {flag: Amount(part.minutes, part.amount_ore)}
    runs = list(zip(part.runs, planned, strict=True))
    minutes = total((run.minutes, number) for run, number in runs)
    exact = total((amount_of(line.price, run.quantity, part.staff), n) for run, n in runs)
    ore = min(part.amount_ore, half_up(exact * ORE_PER_KRONA))
    return {
        True: Amount(minutes, ore),
        False: Amount(part.minutes - minutes, part.amount_ore - ore),
    }
