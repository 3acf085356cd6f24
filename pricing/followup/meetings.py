"""
Continuity and punctuality: who came, and when.

Continuity is Kolada's U21401 (personalkontinuitet): distinct carers whom a recipient meets in 14
days, of those who have two visits or more on each of the days, visits that begin from 07 to 22.
Alarms and meal deliveries do not count: rows without minutes are left out here, and services that
the caller names. Kolada also asks for people of 65 years or more, whom nothing here can tell.

A visit is punctual when it begins within a window of the day plan and no later than the tolerance
after its planned start, of the visits that were both planned and performed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pricing.book.calendar import epoch_minute
from pricing.followup.account import Met
from pricing.followup.model import Dims
from scheduler.care.units import STOCKHOLM

DAYS = 14
LEAST_VISITS = 2
FROM, UNTIL = time(7), time(22)
TOLERANCE_MIN = 15


class CarersFrom(StrEnum):
    """Whether carers were registered or are those of the day plans."""

    VISITS = "VISITS"
    PLANS = "PLANS"


@dataclass(frozen=True, slots=True)
class Meeting:
    """
    One visit of some carers.

    Parameters
    ----------
    visit
        Equal for what is one visit of several carers or services; else its start.
    start
        Minutes since 1970 UTC.
    carers
        Ids; fewer than `expected` when somebody is not known.
    """

    recipient: str
    dims: Dims
    day: date
    start: int
    visit: object
    carers: tuple[str, ...]
    expected: int = 1


@dataclass(frozen=True, slots=True)
class Continuity:
    """
    One recipient in one month's 14 days.

    Parameters
    ----------
    dims
        Of the recipient's first visit, without service.
    carers
        Distinct carers; None when a carer of some visit is not known.
    """

    dims: Dims
    first_day: date
    carers: int | None
    source: CarersFrom


def fortnights(first: date, last: date) -> list[date]:
    """First day of the 14 days of each month: its first ones from `first` on, if all are there."""
    found, begin = [], first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(days=31)).replace(day=1)
        if begin + timedelta(days=DAYS - 1) <= min(last, following - timedelta(days=1)):
            found.append(begin)
        begin = following
    return found


def continuity(
    meetings: Iterable[Meeting],
    first_day: date,
    source: CarersFrom,
    without: Collection[str] = (),
) -> list[Continuity]:
    """
    The recipients that count, of 14 days.

    Parameters
    ----------
    without
        Services that do not count.
    """
    days = [first_day + timedelta(days=number) for number in range(DAYS)]
    hours = {day: (_minute(day, FROM), _minute(day, UNTIL)) for day in days}
    of_recipient: defaultdict[str, list[Meeting]] = defaultdict(list)
    for each in meetings:
        bounds = hours.get(each.day)
        if bounds and bounds[0] <= each.start < bounds[1] and each.dims.service not in without:
            of_recipient[each.recipient].append(each)
    found = []
    for own in of_recipient.values():
        visits: defaultdict[date, set[object]] = defaultdict(set)
        for each in own:
            visits[each.day].add(each.visit)
        if all(len(visits[day]) >= LEAST_VISITS for day in days):
            known = all(len(each.carers) >= each.expected for each in own)
            distinct = {carer for each in own for carer in each.carers}
            dims = min(own, key=lambda each: each.start).dims._replace(service="")
            found.append(Continuity(dims, first_day, len(distinct) if known else None, source))
    return sorted(found, key=lambda each: (each.dims, each.carers or 0))


@dataclass(frozen=True, slots=True)
class Punctual:
    """One planned visit that was performed, and whether it was punctual."""

    dims: Dims
    on_time: bool


def punctuality(met: Sequence[Met], tolerance_min: int = TOLERANCE_MIN) -> list[Punctual]:
    """Each planned visit once, by the first start that was registered for it."""
    first: dict[tuple[str, str, date], Met] = {}
    for each in met:
        key = (each.visit.recipient, each.visit.id, each.visit.day)
        if key not in first or each.start < first[key].start:
            first[key] = each
    without_service = {dims: dims._replace(service="") for dims in {each.dims for each in met}}
    return [
        Punctual(without_service[each.dims], _on_time(each, tolerance_min))
        for each in first.values()
        if each.visit.start is not None
    ]


def _on_time(met: Met, tolerance_min: int) -> bool:
    planned, windows = met.visit.start, met.visit.windows
    in_window = not windows or any(begin <= met.start <= end for begin, end in windows)
    return in_window and planned is not None and met.start <= planned + tolerance_min


def _minute(day: date, clock: time) -> int:
    return epoch_minute(datetime.combine(day, clock, STOCKHOLM))
