"""
By what granted time of the store is counted and priced: the books in force, and standard times.

Minutes per occasion are the decision's own, else those that the request states, else the book's,
else the municipality's standard times, by which its days are planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sqlmodel import Session

from api import flow
from api.store.money_records import RateKind
from api.store.rate_rows import held_book, row_in_force
from pricing.book.calendar import EVERY_TIME
from pricing.book.model import Cell, RateBook
from pricing.budget.counting import PaidAs, Terms
from pricing.budget.granted_time import month_of
from pricing.budget.model import Granted, MonthBasis, Placement
from pricing.budget.tariff import BookTariff, Part, Price
from scheduler.care.dated import Dated
from scheduler.care.errors import Finding, InvalidInput, NotFound
from scheduler.care.model import Band


@dataclass(frozen=True, slots=True)
class Counting:
    """
    What a request says of how time is counted; the fields are those of
    :class:`pricing.budget.counting.Terms`.
    """

    basis: MonthBasis = MonthBasis.MEAN_MONTH
    services: Mapping[str, tuple[PaidAs, ...]] = field(default_factory=dict)
    clock: Mapping[Band, time] = field(default_factory=dict)


def terms_of(
    session: Session,
    municipality: str,
    counting: Counting,
    stated: flow.Terms,
    granted: Sequence[Granted],
    first: date,
    last: date,
    provider: str | None = None,
) -> Terms:
    """
    What the decisions are counted by from `first` to `last`.

    Parameters
    ----------
    stated
        The municipality's standard times.
    provider
        As :class:`pricing.budget.counting.Terms`.

    Raises
    ------
    InvalidInput
        BEFORE_FIRST_VALUE, of every service that is granted before it is paid as something.
    NotFound
        NO_BOOK, when none is in force on the first day of a month.
    """
    tariff = _books(session, municipality, first, last)
    books = [each.book for _, each in tariff.books]
    used: dict[str, set[Placement]] = {}
    for each in granted:
        for line in each.decision.lines:
            if line.own_minutes is None:
                used.setdefault(line.service, set()).update(each.placements)
    services = dict(counting.services)
    findings = list(_late(counting, granted, first))
    if findings:
        raise InvalidInput(findings)
    standards = stated.catalogue.services
    for code in sorted(used.keys() & standards.keys()):
        dated = services.get(code, (PaidAs(date.min, code),))
        services[code] = tuple(_with_times(books, standards[code].standard, dated, used[code]))
    return Terms(tariff, counting.basis, services, counting.clock, provider)


@dataclass(frozen=True)
class BooksTariff:
    """
    The rates of the books in force one after the other: each day by the book of its month.

    Parameters
    ----------
    books
        First day -> the book from then on, by rising day.
    """

    books: tuple[tuple[date, BookTariff], ...]

    def on(self, day: date) -> BookTariff:
        """The book of a day; before the first one the first."""
        past = [book for first, book in self.books if first <= day]
        return past[-1] if past else self.books[0][1]

    def change_days(self) -> frozenset[date]:
        changes = (book.change_days() for _, book in self.books)
        return frozenset(first for first, _ in self.books).union(*changes)

    def by_clock(self) -> bool:
        return any(book.by_clock() for _, book in self.books)

    def standard_minutes(self, service: str, placement: Placement, day: date) -> int | None:
        return self.on(day).standard_minutes(service, placement, day)

    def parts(self, day: date, clock: time | None, minutes: int) -> tuple[Part, ...]:
        return self.on(day).parts(day, clock, minutes)

    def prices(
        self, service: str, placement: Placement, part: Part, minutes: int, day: date
    ) -> tuple[Price, ...]:
        return self.on(day).prices(service, placement, part, minutes, day)


def _late(counting: Counting, granted: Sequence[Granted], first: date) -> Iterator[Finding]:
    needed: dict[str, date] = {}
    for each in granted:
        begins = max(first, each.decision.valid_from)
        for line in each.decision.lines:
            needed[line.service] = min(begins, needed.get(line.service, begins))
    for code, day in sorted(needed.items()):
        dated = counting.services.get(code)
        if dated and dated[0].first_day > day:
            yield Finding(
                "BEFORE_FIRST_VALUE",
                f"services.{code}",
                f"what it is paid as from {day.isoformat()} or earlier",
                dated[0].first_day.isoformat(),
                "Ange vad insatsen betalas som från en tidigare dag.",
            )


def _books(session: Session, municipality: str, first: date, last: date) -> BooksTariff:
    found: dict[int, tuple[date, BookTariff]] = {}
    day = first.replace(day=1)
    while day <= last:
        row = row_in_force(session, municipality, RateKind.BOOK, day)
        if row is None:
            raise NotFound(
                Finding(
                    "NO_BOOK",
                    f"month {day.isoformat()[:7]}",
                    "an approved rate book in force on its first day",
                    "none",
                    "Ladda upp en ersättningsbok som gäller från dess, och låt den godkännas.",
                )
            )
        if row.number not in found:
            book = held_book(session, municipality, row.number).book
            found[row.number] = (day, BookTariff(book))
        day = month_of(day)[1] + timedelta(days=1)
    return BooksTariff(tuple(sorted(found.values(), key=lambda each: each[0])))


def _with_times(
    books: Sequence[RateBook],
    standard: Dated,
    dated: Sequence[PaidAs],
    placements: Iterable[Placement],
) -> Iterator[PaidAs]:
    """`dated`, cut where the standard time changes, with the minutes that nobody states."""
    begins = dated[0].first_day
    later = {day for day, _ in standard.values if day > begins}
    for day in sorted(later | {each.first_day for each in dated}):
        paid = next(each for each in reversed(dated) if each.first_day <= day)
        minutes = paid.minutes
        if minutes is None and not _states(books, paid.service, placements):
            values = [value for first, value in standard.values if first <= day]
            minutes = int(values[-1]) if values and values[-1] is not None else None
        yield PaidAs(day, paid.service, minutes)


def _states(books: Sequence[RateBook], service: str, placements: Iterable[Placement]) -> bool:
    """Whether a book has a standard time of its own for the service anywhere it is granted."""
    cells = [Cell(service, each.zone, each.kind.value, EVERY_TIME) for each in placements]
    rules = [rule for book in books for rule in book.standard_times]
    return any(rule.scope.fits(cell) for rule in rules for cell in cells)
