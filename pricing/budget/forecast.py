"""
The year of each unit and provider: granted by purses, executed so far, expected for the rest.

Executed volumes are facts of whole months; what is missing is told and never taken as zero. The
rest of the year is expected at the execution rate (utförandegrad): the minutes executed / granted
so far, unless a rate is stated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from pricing.book.terms import half_up
from pricing.budget.counting import ONE_DAY
from pricing.budget.granted_time import month_of
from pricing.budget.purses import PurseLine
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import ORE_PER_KRONA

Pair = tuple[str, str]


class ShareSource(StrEnum):
    """Where an execution rate comes from."""

    MEASURED = "MEASURED"
    STATED = "STATED"


@dataclass(frozen=True, slots=True)
class Volume:
    """Minutes, each carer counted, and öre."""

    minutes: Fraction
    amount_ore: int


@dataclass(frozen=True, slots=True)
class Executed:
    """What a provider has performed and been paid for a unit in one month (its first day)."""

    month: date
    unit: str
    provider: str
    volume: Volume


@dataclass(frozen=True, slots=True)
class StatedShare:
    """An execution rate that is stated and not measured, >= 0."""

    unit: str
    provider: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class MonthForecast:
    """One month; either executed, or expected while it is not over."""

    month: date
    granted: Volume
    executed: Volume | None
    expected: Volume | None

    @property
    def amount_ore(self) -> int:
        """What the month costs, as far as is known."""
        known = self.executed or self.expected
        return 0 if known is None else known.amount_ore


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    A year of one unit and provider.

    Parameters
    ----------
    share, source
        Execution rate of the months to come, and where it comes from; None when none is to come.
    """

    unit: str
    provider: str
    months: tuple[MonthForecast, ...]
    share: Fraction | None
    source: ShareSource | None

    @property
    def granted_ore(self) -> int:
        """The budget by purses: all that is granted, at its rates."""
        return sum(each.granted.amount_ore for each in self.months)

    @property
    def executed_ore(self) -> int:
        """Paid so far."""
        return sum(each.executed.amount_ore for each in self.months if each.executed)

    @property
    def expected_ore(self) -> int:
        """Still to come."""
        return sum(each.expected.amount_ore for each in self.months if each.expected)

    @property
    def amount_ore(self) -> int:
        """The forecast of the year."""
        return self.executed_ore + self.expected_ore


def forecast(
    year: int,
    lines: Iterable[PurseLine],
    executed: Sequence[Executed],
    stated: Sequence[StatedShare] = (),
) -> tuple[Forecast, ...]:
    """
    The year of every unit and provider that has purses or executed volumes.

    Parameters
    ----------
    lines
        Purses of the whole year.
    executed
        Whole months of the year, each once per unit and provider.

    Raises
    ------
    InvalidInput
        EXECUTED_MISSING: a granted month before the last executed one has no volume.
        NO_EXECUTION_SHARE: nothing to measure a rate by, and none is stated.
    """
    granted: dict[Pair, dict[date, list[PurseLine]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        granted[line.placement.unit, line.placement.provider][line.month].append(line)
    done = {(each.unit, each.provider, each.month): each.volume for each in executed}
    shares = {(each.unit, each.provider): each.share for each in stated}
    through = max((each.month for each in executed), default=date.min)
    findings: list[Finding] = []
    made = []
    for unit, provider in sorted(granted.keys() | {(e.unit, e.provider) for e in executed}):
        months = {
            month: _granted(granted[unit, provider][month])
            for month in (date(year, number, 1) for number in range(1, 13))
        }
        past = {month: done.get((unit, provider, month)) for month in months if month <= through}
        findings += [
            _missing(unit, provider, month)
            for month, volume in past.items()
            if volume is None and months[month].amount_ore
        ]
        share, source = _share(months, past, shares.get((unit, provider)))
        to_come = any(each.amount_ore for month, each in months.items() if month > through)
        if share is None and to_come:
            findings.append(_no_share(unit, provider))
        made.append(
            Forecast(
                unit,
                provider,
                tuple(
                    MonthForecast(
                        month,
                        each,
                        past.get(month),
                        _expected(each, share or Fraction(0)) if month > through else None,
                    )
                    for month, each in months.items()
                ),
                share if to_come else None,
                source if to_come else None,
            )
        )
    if findings:
        raise InvalidInput(findings)
    return tuple(made)


def daily_ore(
    forecasts: Iterable[Forecast], lines: Iterable[PurseLine]
) -> dict[str, dict[date, Fraction]]:
    """
    Unit -> day -> öre of the forecast, exact; the days of a month add up to the month.

    An executed month is spread evenly, an expected one as its purses are, so that a new rate or a
    decision that ends is felt on its day.
    """
    weights: dict[tuple[str, str, date], dict[date, Fraction]] = defaultdict(
        lambda: defaultdict(Fraction)
    )
    for line in lines:
        days = weights[line.placement.unit, line.placement.provider, line.month]
        for day, amount in line.exact_by_day().items():
            days[day] += amount
    found: dict[str, dict[date, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for each in forecasts:
        for month in each.months:
            by_day = weights.get((each.unit, each.provider, month.month), {})
            if month.executed is not None or not sum(by_day.values()):
                first, last = month_of(month.month)
                number = (last - first).days + 1
                by_day = {first + n * ONE_DAY: Fraction(1) for n in range(number)}
            whole = sum(by_day.values())
            for day, weight in by_day.items():
                found[each.unit][day] += month.amount_ore * weight / whole
    return found


def money_ends(costs: Mapping[date, Fraction], money: Iterable[tuple[date, int]]) -> date | None:
    """
    The first day whose cost the money no longer covers; None when it suffices.

    Parameters
    ----------
    costs
        Day -> öre.
    money
        Öre by the first day from which they may be spent.
    """
    spent, available = Fraction(0), sorted(money)
    for day, ore in sorted(costs.items()):
        spent += ore
        if spent > sum(each for first, each in available if first <= day):
            return day
    return None


def _granted(lines: Sequence[PurseLine]) -> Volume:
    return Volume(
        sum((line.minutes for line in lines), Fraction(0)), sum(line.amount_ore for line in lines)
    )


def _share(
    months: Mapping[date, Volume], past: Mapping[date, Volume | None], stated: Fraction | None
) -> tuple[Fraction | None, ShareSource]:
    if stated is not None:
        return stated, ShareSource.STATED
    granted = sum((months[month].minutes for month in past), Fraction(0))
    minutes = sum((volume.minutes for volume in past.values() if volume), Fraction(0))
    return (minutes / granted if granted else None), ShareSource.MEASURED


def _expected(granted: Volume, share: Fraction) -> Volume:
    return Volume(granted.minutes * share, half_up(granted.amount_ore * share))


def _missing(unit: str, provider: str, month: date) -> Finding:
    return Finding(
        "EXECUTED_MISSING",
        f"executed: {unit} / {provider}",
        f"what was performed in {month.isoformat()[:7]}, or 0",
        "nothing",
        "Ange månadens utförda tid och belopp; det som saknas räknas inte som noll.",
    )


def _no_share(unit: str, provider: str) -> Finding:
    return Finding(
        "NO_EXECUTION_SHARE",
        f"{unit} / {provider}",
        "executed months with granted time, or a stated execution rate",
        "neither",
        "Ange utförda månader eller en utförandegrad under executionShares.",
    )


def kronor_ore(kronor: Fraction) -> int:
    """Exact kronor as öre, rounded half up."""
    return half_up(kronor * ORE_PER_KRONA)
