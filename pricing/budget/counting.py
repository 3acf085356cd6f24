"""
Counting one granted line: on which days it is worth how much, at which prices.

A month is cut where anything changes: the decision, its placement, an interruption, a price, a
standard time. The days between two cuts are alike, so they are counted once, unless weekdays or
bands of time tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from fractions import Fraction
from itertools import pairwise

from pricing.book.model import PERIOD_UNITS, Unit
from pricing.budget.granted_time import month_of, occasions_on_day
from pricing.budget.model import Granted, MonthBasis, Placement
from pricing.budget.tariff import Part, Price, Tariff
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Band, Period, ServiceLine
from scheduler.care.units import MINUTES_PER_HOUR

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PaidAs:
    """
    What a service of the decisions is in the rate book, from a day on.

    Parameters
    ----------
    service
        Its code in the book or price list.
    minutes
        Standard time per occasion; None leaves it to the book.
    """

    first_day: date
    service: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What purses are counted by.

    Parameters
    ----------
    services
        Service of the decisions -> what it is paid as, by rising first day. A service that is not
        here is paid as itself.
    clock
        When an occasion of a band of the day begins; needed where prices differ by time.
    provider
        Only what this provider carries out is counted; what others do is neither asked nor priced.
    """

    tariff: Tariff
    basis: MonthBasis
    services: Mapping[str, tuple[PaidAs, ...]] = field(default_factory=dict)
    clock: Mapping[Band, time] = field(default_factory=dict)
    provider: str | None = None
    _found: dict[object, dict[date, tuple[_OfDay, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Run:
    """Days that each have the same quantity and minutes; both included."""

    first_day: date
    last_day: date
    quantity: Fraction
    minutes: Fraction

    @property
    def days(self) -> int:
        """How many."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True, slots=True)
class Counted:
    """Some days of a granted line at one price."""

    service: str
    placement: Placement
    band: str
    price: Price
    run: Run


# What is paid by the day or month is paid once: component, rate and day.
Paid = set[tuple[str, str, date]]


def counted(
    terms: Terms, granted: Granted, line: ServiceLine, first: date, last: date, paid: Paid
) -> Iterator[Counted]:
    """
    What `line` is worth from `first` to `last`, both within one month.

    Parameters
    ----------
    paid
        What other lines of the decision have by the day or month; what this one has is added.

    Raises
    ------
    CareError
        When its time or its price is not known.
    """
    changes = _change_days(terms, granted, line)
    for begin, end in _steady(granted, changes, first, last):
        placement = granted.placement_on(begin)
        if terms.provider not in (None, placement.provider):
            continue
        of_days = _of_days(terms, line, placement)
        for run_first, run_last in _alike(terms, line, begin, end):
            if run_first not in of_days:
                of_days[run_first] = tuple(_each_of_day(terms, line, placement, run_first))
            for each in of_days[run_first]:
                for run in _runs(each, granted, run_first, run_last, paid):
                    yield Counted(each.service, placement, each.band, each.price, run)


@dataclass(frozen=True, slots=True)
class _OfDay:
    """What a line has at one price on one day; quantity 0 for what is paid by day or month."""

    service: str
    band: str
    price: Price
    quantity: Fraction
    told: Fraction


def _runs(each: _OfDay, granted: Granted, first: date, last: date, paid: Paid) -> list[Run]:
    """Some days that are all alike, at one price."""
    if each.price.unit in PERIOD_UNITS:
        return _by_period(each.price, granted, first, last, each.told, paid)
    return [Run(first, last, each.quantity, each.told)] if each.quantity else []


def _of_days(
    terms: Terms, line: ServiceLine, placement: Placement
) -> dict[date, tuple[_OfDay, ...]]:
    """Days that were counted, once for all decisions that have the same."""
    key = (
        line.service, line.frequency, line.bands, line.own_minutes, line.staff,
        placement.zone, placement.kind,
    )  # fmt: skip
    return terms._found.setdefault(key, {})


def _each_of_day(
    terms: Terms, line: ServiceLine, placement: Placement, day: date
) -> Iterator[_OfDay]:
    occasions = occasions_on_day(line.frequency, day, terms.basis)
    service, minutes = paid_as(terms, line, placement, day)
    for clock, share in _clocks(terms, line):
        for part in terms.tariff.parts(day, clock, minutes or 0):
            prices = terms.tariff.prices(service, placement, part, minutes or 0, day)
            # One line tells the granted time of what several pay.
            told = occasions * share * part.minutes * line.staff
            for price in prices:
                quantity = Fraction(0)
                if price.unit not in PERIOD_UNITS:
                    quantity = _quantity(price, part, minutes, occasions * share)
                yield _OfDay(service, part.band, price, quantity, told)
                told = Fraction(0)


def _by_period(
    price: Price, granted: Granted, first: date, last: date, told: Fraction, paid: Paid
) -> list[Run]:
    """The days of a day or month rate that no other service of the decision has."""
    runs = []
    for number in range((last - first).days + 1):
        day = first + number * ONE_DAY
        key = (price.component, price.rate, day)
        share = Fraction(0) if key in paid else _period_share(price, granted, day)
        if share or told:
            paid.add(key)
            runs.append(Run(day, day, share, told))
    return runs


def _quantity(price: Price, part: Part, minutes: int | None, occasions: Fraction) -> Fraction:
    """Units of an occasion's part."""
    if price.unit is not Unit.HOUR:
        # An occasion across two bands is one occasion, paid by its minutes in each.
        return occasions * (Fraction(part.minutes, minutes) if minutes else 1)
    if minutes is None:
        raise InvalidInput(
            Finding(
                "NO_STANDARD_TIME",
                "own duration, services or standard_time",
                "minutes per occasion",
                "none",
                "Ange beslutets tid, en schablontid i boken eller en tid under services.",
            )
        )
    return occasions * part.minutes / MINUTES_PER_HOUR


def _period_share(price: Price, granted: Granted, day: date) -> Fraction:
    if price.unit is Unit.DAY:
        return Fraction(1)
    first, last = month_of(day)
    if not price.whole_month:
        return Fraction(1, (last - first).days + 1)
    # A month that is paid in full belongs to its first day.
    return Fraction(int(_first_carried_out(granted, first, last) == day))


def paid_as(
    terms: Terms, line: ServiceLine, placement: Placement, day: date
) -> tuple[str, int | None]:
    """What the line is paid as, and the minutes of an occasion."""
    dated = terms.services.get(line.service)
    paid = None
    if dated is not None:
        paid = next((each for each in reversed(dated) if each.first_day <= day), None)
        if paid is None:
            raise InvalidInput(
                Finding(
                    "BEFORE_FIRST_VALUE",
                    f"services.{line.service}",
                    f"a day from {dated[0].first_day.isoformat()}",
                    day.isoformat(),
                    "Ange vad tjänsten betalas som från en tidigare dag.",
                )
            )
    service = line.service if paid is None else paid.service
    if line.own_minutes is not None:
        return service, line.own_minutes
    if paid is not None and paid.minutes is not None:
        return service, paid.minutes
    return service, terms.tariff.standard_minutes(service, placement, day)


def _clocks(terms: Terms, line: ServiceLine) -> Iterator[tuple[time | None, Fraction]]:
    """When the occasions of a day begin, and the share of them that does."""
    if not terms.tariff.by_clock():
        yield None, Fraction(1)
        return
    times = line.frequency.times if line.frequency.period is Period.DAY else 1
    counts: dict[Band, int] = {}
    for number in range(times):
        band = line.bands[number % len(line.bands)]
        counts[band] = counts.get(band, 0) + 1
    missing = sorted(band for band in counts if band not in terms.clock)
    if missing:
        raise InvalidInput(
            [
                Finding(
                    "NO_CLOCK_TIME",
                    f"clock.{band}",
                    "when the band begins, since the book pays by time of day",
                    "none",
                    "Ange klockslag för bandet.",
                )
                for band in missing
            ]
        )
    for band, count in counts.items():
        yield terms.clock[band], Fraction(count, times)


# ---------------------------------------------------------------- days


def _change_days(terms: Terms, granted: Granted, line: ServiceLine) -> frozenset[date]:
    """Days from which a placement, an interruption, a price or a time may be another."""
    days = {each.first_day for each in granted.placements}
    for each in granted.interruptions:
        days.add(each.first_day)
        if each.last_day is not None:
            days.add(each.last_day + ONE_DAY)
    days |= {each.first_day for each in terms.services.get(line.service, ())}
    return terms.tariff.change_days() | days


def _steady(
    granted: Granted, changes: frozenset[date], first: date, last: date
) -> Iterator[tuple[date, date]]:
    """The days from `first` to `last` that are carried out, cut where anything changes."""
    decision = granted.decision
    first = max(first, decision.valid_from)
    last = last if decision.valid_to is None else min(last, decision.valid_to)
    if first > last:
        return
    cuts = sorted({first, last + ONE_DAY} | {day for day in changes if first < day <= last})
    for begin, after in pairwise(cuts):
        if granted.carried_out(begin):
            yield begin, after - ONE_DAY


def _alike(terms: Terms, line: ServiceLine, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Days in one go where all are alike: each by itself with bands."""
    if terms.tariff.by_clock():
        for number in range((last - first).days + 1):
            day = first + number * ONE_DAY
            yield day, day
        return
    weekdays = line.frequency.weekdays
    begin = first
    while begin <= last:
        end, allowed = begin, begin.isoweekday() in weekdays
        while weekdays and end < last and ((end + ONE_DAY).isoweekday() in weekdays) == allowed:
            end += ONE_DAY
        end = end if weekdays else last
        yield begin, end
        begin = end + ONE_DAY


def _first_carried_out(granted: Granted, first: date, last: date) -> date | None:
    day = first
    while day <= last:
        if granted.carried_out(day):
            return day
        day += ONE_DAY
    return None
