"""Ten days of two recipients on paper, to follow up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from book_cases import HOUR, at, book_of
from pay_cases import visit
from purse_cases import granted, line, placement, terms_of

from pricing.budget.model import Granted, Interruption
from pricing.followup.model import PlannedVisit
from pricing.followup.sources import Sources
from pricing.pay.columns import columns_of
from pricing.pay.settlement import Settlement, settle
from pricing.pay.visits import Performed
from scheduler.care.model import ProviderKind

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)
BOOK = book_of(
    HOUR,
    '\n[[not_performed]]\ncode = "declined"\ntext = "x"\nsource = "x"\nstatus = "DECLINED"\n'
    "values = { 2026-01-01 = 0.5 }\n",
    '\n[[not_performed]]\ncode = "away"\ntext = "x"\nsource = "x"\nstatus = "UNPLANNED_ABSENCE"\n'
    "values = { 2026-01-01 = 0 }\n",
)
TERMS = terms_of(BOOK)


def day(number: int) -> date:
    """A day of March."""
    return date(2026, 3, number)


def decided(
    number: int = 1, minutes: int = 60, *away: Interruption, provider: str = "p-1",
    kind: ProviderKind = ProviderKind.PRIVATE, unit: str = "north", staff: int = 1,
) -> Granted:  # fmt: skip
    """Care every day; 500 kr an hour."""
    return granted(
        line(minutes=minutes, staff=staff),
        decision_id=str(number),
        placements=(placement(provider=provider, kind=kind, unit=unit),),
        interruptions=away,
    )


def planned(
    number: int, on: int, minutes: int = 60, clock: str = "09:00", *, left_out: str = "",
    visit_id: str = "", carer: str = "c-1",
) -> PlannedVisit:  # fmt: skip
    """A planned visit of the decision of that number; windows are half an hour to either side."""
    start = at(day(on), clock)
    return PlannedVisit(
        visit_id or f"{number}-morning-1",
        day(on),
        f"r-{number}",
        "town",
        minutes,
        decision=str(number),
        lines=("l-1",),
        services=("care",),
        start=None if left_out else start,
        windows=((start - 30, start + 30),),
        carer="" if left_out else carer,
        left_out=left_out,
    )


def row(number: int, on: int, minutes: int, clock: str = "09:00", **fields: object) -> Performed:
    """A registered row of 60 granted minutes."""
    own = {"recipient": f"r-{number}", "performed_min": minutes, "granted_min": 60} | fields
    return visit(int(f"{number}{on:02d}{clock.replace(':', '')}"), day(on), clock, **own)


def sources(
    decisions: Sequence[Granted],
    plans: Iterable[PlannedVisit] = (),
    rows: Sequence[Performed] | None = None,
    settlements: Sequence[Settlement] | None = None,
    last: date = LAST,
) -> Sources:
    """Sources; rows are settled by the book when nothing else is given."""
    columns = None if rows is None else columns_of(list(rows))
    if settlements is None:
        settlements = [] if columns is None else [settle(BOOK, columns, "2026-03")]
    return Sources(TERMS, decisions, FIRST, last, tuple(plans), columns, settlements)
