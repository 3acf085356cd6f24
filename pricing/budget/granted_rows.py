"""
Granted time of a month as rows for a settlement: decisions by the hour, without any visit.

A row with status GRANTED holds the minutes of one granted service on the days on which the decision
is carried out. An interruption that says what absence it is gives a row a day, which the book pays
by the day's number; one that does not say so gives none. Minutes are whole: each is the difference
of two rounded subtotals, so that a decision's month is within half a minute of what is granted.

Where a rate pays performed time and a cap asks what was granted, the rows only say that; absences
are then those of the visits.

A row's id follows from decision, service, month, provider, zone and band, so that the same month
sent again corrects and is not paid twice.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from pricing.book.calendar import day_start, local_day, timeline
from pricing.book.model import Basis, Cell, RateBook, Status, Unit
from pricing.book.terms import half_up
from pricing.budget.counting import ONE_DAY, Counted, Terms, counted
from pricing.budget.granted_time import month_of
from pricing.budget.model import Granted, Interruption
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.model import ServiceLine
from scheduler.care.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE, STOCKHOLM

VISIT = "visit"
LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class GrantedRow:
    """One row as `hemplan settle` reads it; docs/rate_book.md, section 6."""

    id: str
    provider: str
    provider_kind: str
    recipient: str
    service: str
    zone: str
    start: str
    status: str
    granted_min: int
    staff: int
    quantity: int
    absent_from: str


class _Key(NamedTuple):
    """What one row is for; `day` only of an absence."""

    line: str
    service: str
    provider: str
    kind: str
    zone: str
    band: str
    day: str


@dataclass(slots=True)
class _Share:
    """The days of a row and their exact minutes of one carer."""

    staff: int
    away: Interruption | None
    minutes: dict[date, Fraction]


def granted_rows(
    terms: Terms, book: RateBook, granted: Iterable[Granted], first: date, last: date
) -> list[GrantedRow]:
    """
    The rows of a month, by decision.

    Parameters
    ----------
    terms
        What the purses are counted by; its tariff is that of `book`.
    first, last
        First and last day of the month.

    Raises
    ------
    InvalidInput
        With every granted line whose time or price is not known, or when nothing is paid by granted
        time.
    """
    findings: dict[Finding, None] = {}
    rows: list[GrantedRow] = []
    for each in granted:
        shares: dict[_Key, _Share] = {}
        for line in each.decision.lines:
            try:
                _add(shares, terms, book, each, line, first, last)
            except CareError as error:
                where = f"decision {each.decision.id}, line {line.id}"
                for fault in error.findings:
                    findings[replace(fault, where=f"{where}: {fault.where}")] = None
        rows += _rows(book, each, shares)
    if not rows and not findings:
        findings[
            Finding(
                "NOTHING_BY_GRANTED_TIME",
                book.name,
                "a decision in the month with an hour rate by granted time, or a cap on it",
                "none",
                "Kontrollera månaden, och ersättningens basis i boken.",
            )
        ] = None
    if findings:
        raise InvalidInput(list(findings))
    return rows


def rows_as_csv(rows: Iterable[GrantedRow]) -> str:
    """The rows as a CSV text under a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(GrantedRow)])
    writer.writerows(astuple(row) for row in rows)
    return text.getvalue()


def _add(
    shares: dict[_Key, _Share],
    terms: Terms,
    book: RateBook,
    granted: Granted,
    line: ServiceLine,
    first: date,
    last: date,
) -> None:
    """The days of one granted line, carried out or away."""
    for each in counted(terms, granted, line, first, last, set()):
        if _basis(each, book) is Basis.GRANTED or _is_capped(each, book):
            for number in range(each.run.days):
                _put(shares, line, each, each.run.first_day + number * ONE_DAY, None)
    without = replace(granted, interruptions=())
    for day, away in _away(granted, first, last):
        for each in counted(terms, without, line, day, day, set()):
            if _basis(each, book) is Basis.GRANTED:
                _put(shares, line, each, day, away)


def _basis(each: Counted, book: RateBook) -> Basis | None:
    """Which minutes of a visit are paid; None where it is not paid by the hour."""
    if each.price.component != VISIT or each.price.unit is not Unit.HOUR:
        return None
    return next(rate.basis for rate in book.rates if rate.code == each.price.rate)


def _is_capped(each: Counted, book: RateBook) -> bool:
    """Whether performed time is paid at most in relation to granted time."""
    place, day = each.placement, each.run.first_day
    cell = Cell(each.service, place.zone, place.kind.value, each.band)
    return _basis(each, book) is Basis.PERFORMED and any(
        cap.asks_granted_rows and cap.scope.fits(cell) and cap.in_force(day) for cap in book.caps
    )


def _put(
    shares: dict[_Key, _Share],
    line: ServiceLine,
    each: Counted,
    day: date,
    away: Interruption | None,
) -> None:
    place = each.placement
    key = _Key(
        line.id, each.service, place.provider, place.kind.value, place.zone, each.band,
        "" if away is None else day.isoformat(),
    )  # fmt: skip
    share = shares.setdefault(key, _Share(line.staff, away, defaultdict(Fraction)))
    share.minutes[day] += each.run.quantity * MINUTES_PER_HOUR


def _away(granted: Granted, first: date, last: date) -> Iterator[tuple[date, Interruption]]:
    """Days of absence that may be paid; of two interruptions the one that began first."""
    known = sorted(
        (each for each in granted.interruptions if each.status is not None),
        key=lambda each: each.first_day,
    )
    day = first
    while day <= last:
        found = next((each for each in known if each.covers(day)), None)
        if found is not None:
            yield day, found
        day += ONE_DAY


def _rows(book: RateBook, granted: Granted, shares: Mapping[_Key, _Share]) -> Iterator[GrantedRow]:
    so_far, given = Fraction(0), 0
    for key in sorted(shares):
        share = shares[key]
        so_far += sum(share.minutes.values(), Fraction(0))
        minutes = half_up(so_far) - given
        given += minutes
        days = sorted(share.minutes)
        start = _start(book, days, key.band)
        left = (month_of(local_day(start))[1] - local_day(start)).days + 1
        away = share.away
        yield GrantedRow(
            id=_identity(granted.decision.id, key, days[0]),
            provider=key.provider,
            provider_kind=key.kind,
            recipient=granted.decision.recipient_id,
            service=key.service,
            zone=key.zone,
            start=_as_text(start),
            status=Status.GRANTED if away is None or away.status is None else away.status,
            granted_min=minutes,
            staff=share.staff,
            quantity=min(len(days), left) if away is None else 1,
            absent_from="" if away is None else away.first_day.isoformat(),
        )


def _start(book: RateBook, days: list[date], band: str) -> int:
    """A minute of the days that lies in the band; paid are the rates of its day."""
    for day in days if book.calendars is not None else ():
        steps = timeline(book, day, day)
        for start, found in zip(steps.starts, steps.bands, strict=True):
            if found == band and local_day(start) == day:
                return start
    return day_start(days[0])


def _as_text(minute: int) -> str:
    moment = datetime.fromtimestamp(minute * SECONDS_PER_MINUTE, UTC)
    return moment.astimezone(STOCKHOLM).isoformat()


def _identity(decision: str, key: _Key, first: date) -> str:
    month = key.day or first.isoformat()[:7]
    text = "/".join((decision, key.line, month, key.service, key.provider, key.zone, key.band))
    return text if len(text) <= LONGEST_ID else sha256(text.encode()).hexdigest()
