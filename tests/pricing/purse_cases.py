"""Decisions with placements to count purses of."""

from __future__ import annotations

from datetime import date
from typing import Any

from book_cases import HOUR, book_of, rule

from pricing.book.model import RateBook
from pricing.budget.counting import Terms
from pricing.budget.model import Granted, Interruption, MonthBasis, Placement
from pricing.budget.tariff import BookTariff
from scheduler.care.model import Band, Decision, Frequency, Period, ProviderKind, ServiceLine

START = date(2026, 1, 1)
RURAL = rule("rate", "rural", "{ 2026-01-01 = 600 }", unit='"hour"', basis='"performed"',
             zone='"rural"')  # fmt: skip
TOWN = rule("rate", "hour", "{ 2026-01-01 = 500 }", unit='"hour"', basis='"performed"',
            zone='"town"')  # fmt: skip
RAISED = TOWN.replace("= 500", "= 500, 2026-03-16 = 520")


def flat_book() -> RateBook:
    """500 kr an hour for everything."""
    return book_of(HOUR)


def zoned_book(name: str = "flat") -> RateBook:
    """The books of ``purse_months.toml``."""
    return book_of(RAISED if name == "raised" else TOWN, RURAL)


def terms_of(book: RateBook, basis: MonthBasis = MonthBasis.CALENDAR_DAYS) -> Terms:
    """Terms without a catalogue of services."""
    return Terms(BookTariff(book), basis)


def line(
    line_id: str = "l-1",
    minutes: int | None = 60,
    times: int = 1,
    period: Period = Period.DAY,
    *,
    weekdays: tuple[int, ...] = (),
    staff: int = 1,
    service: str = "care",
    bands: tuple[Band, ...] = (Band.MORNING,),
) -> ServiceLine:
    """A granted line."""
    often = Frequency(times, period, weekdays)
    return ServiceLine(line_id, service, often, bands, own_minutes=minutes, staff=staff)


def placement(
    first_day: date = START,
    zone: str = "town",
    provider: str = "p-1",
    kind: ProviderKind = ProviderKind.PRIVATE,
    unit: str = "north",
) -> Placement:
    """A placement in town."""
    return Placement(first_day, zone, provider, kind, unit)


def granted(
    *lines: ServiceLine,
    decision_id: str = "d-1",
    first: date = START,
    last: date | None = None,
    placements: tuple[Placement, ...] = (),
    interruptions: tuple[Interruption, ...] = (),
) -> Granted:
    """A decision in town."""
    decision = Decision(
        decision_id, f"r-{decision_id}", first, first, last, "p-1", lines or (line(),)
    )
    return Granted(decision, placements or (placement(first),), interruptions)


def granted_of(number: int, stated: dict[str, Any]) -> Granted:
    """A decision as ``purse_months.toml`` states it."""
    first = stated.get("from", START)
    moves = [
        placement(move["from"], move.get("zone", "town"), provider=move.get("provider", "p-1"))
        for move in stated.get("moves", ())
    ]
    return granted(
        line(
            minutes=stated.get("minutes", 60),
            times=stated.get("times", 1),
            period=Period(stated.get("period", "DAY")),
            weekdays=tuple(stated.get("weekdays", ())),
            staff=stated.get("staff", 1),
        ),
        decision_id=f"d-{number}",
        first=first,
        last=stated.get("to"),
        placements=(placement(first), *moves),
        interruptions=tuple(Interruption(*each) for each in stated.get("interruptions", ())),
    )
