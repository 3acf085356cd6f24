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
from typing import NamedTuple

from pricing.book.terms import half_up
from pricing.budget.counting import Run, Terms
from pricing.budget.model import Granted, Placement
from pricing.budget.purses import PurseLine, PursePart, purse_lines
from pricing.budget.tariff import amount_of
from pricing.followup.model import Dims
from scheduler.care.units import ORE_PER_KRONA

Covered = Callable[[str, str, date], bool]


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
    recipients = {each.decision.id: each.decision.recipient_id for each in granted}
    lines = purse_lines(terms, granted, first, last)
    in_force: defaultdict[Where, Amount] = defaultdict(Amount)
    for line in lines:
        for part in line.parts:
            for flag, amount in _by_cover(line, part, covered).items():
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


def _by_cover(line: PurseLine, part: PursePart, covered: Covered) -> dict[bool, Amount]:
    """The part's minutes and öre of days with and without a day plan."""
    minutes = {True: Fraction(0), False: Fraction(0)}
    exact = {True: Fraction(0), False: Fraction(0)}
    days = {True: 0, False: 0}
    for run in part.runs:
        with_plan = sum(_covered_days(line.placement, run, covered))
        for flag, number in ((True, with_plan), (False, run.days - with_plan)):
            days[flag] += number
            minutes[flag] += run.minutes * number
            exact[flag] += amount_of(line.price, run.quantity, part.staff) * number
    if not days[False]:
        return {True: Amount(minutes[True], part.amount_ore)}
    if not days[True]:
        return {False: Amount(minutes[False], part.amount_ore)}
    ore = min(part.amount_ore, half_up(exact[True] * ORE_PER_KRONA))
    return {True: Amount(minutes[True], ore), False: Amount(minutes[False], part.amount_ore - ore)}


def _covered_days(placement: Placement, run: Run, covered: Covered) -> Iterable[bool]:
    for number in range(run.days):
        day = run.first_day + timedelta(days=number)
        yield covered(placement.provider, placement.unit, day)
