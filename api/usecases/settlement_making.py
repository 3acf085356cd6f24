"""
A settlement worked out from what the store holds: which visits, by which books, against what.

Reads only; the same store gives the same settlement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from api.store.approved_visits import (
    Revision,
    approved_visits,
    settled_months,
    unsettled,
)
from api.store.money_records import (
    HeldBook,
    RateKind,
    SettlementHead,
    Terms,
)
from api.store.performed_rows import Reported, columns
from api.store.rate_rows import held_book, row_in_force
from api.store.settlement_rows import (
    closed_heads,
    last_terms,
    lines_of_month,
    pseudo_settlement,
)
from pricing.pay.settlement import (
    SettledLine,
    SettledLines,
    Settlement,
    digest_of,
    month_bounds,
    settle,
    sums_of,
)
from scheduler.care.errors import CareError, Finding, InvalidInput


@dataclass(frozen=True, slots=True)
class Ask:
    """
    What is settled.

    Parameters
    ----------
    month
        ``2026-03``.
    known_on
        A final index known later is not used; None uses everything in the book.
    reprice
        Closed months whose visits are priced anew, by the book that is now in force for them.
    """

    provider: str
    month: str
    known_on: date | None = None
    reprice: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """A settlement, by which terms, and the revisions that are new in it."""

    settlement: Settlement
    terms: tuple[Terms, ...]
    revisions: tuple[tuple[str, int], ...]


def settled(session: Session, municipality: str, ask: Ask) -> Made:
    """The settlement as it is by what the store holds now."""
    closed = closed_heads(session, municipality, ask.provider)
    new = unsettled(session, municipality, ask.provider)
    ask = replace(ask, reprice=_effective(session, municipality, ask))
    months = _months(session, municipality, ask, closed, new)
    terms = _terms(session, municipality, ask, months)
    books = {
        number: held_book(session, municipality, number)
        for number in {each.book for each in terms.values()}
    }
    visits = {
        month: approved_visits(session, municipality, ask.provider, month) for month in months
    }
    place = {each.visit.id: month for month, own in visits.items() for each in own}
    lines: list[SettledLine] = []
    findings: list[Finding] = []
    for month in months:
        earlier = _earlier(session, municipality, ask, closed, month, place)
        try:
            lines += _lines(ask, visits[month], terms[month], books, earlier)
        except CareError as error:
            findings += error.findings
    if findings:
        raise InvalidInput(findings)
    numbered = SettledLines.of(
        line._replace(number=f"{ask.month}-{number}") for number, line in enumerate(lines, 1)
    )
    made = Settlement(
        ask.month,
        books[terms[ask.month].book].book.name,
        ask.known_on,
        tuple(each.digest for each in closed),
        sums_of(numbered),
        numbered,
    )
    taken = {visit: number for visit, number, month in new if month in visits}
    return Made(
        replace(made, digest=digest_of(made)),
        tuple(terms[month] for month in months),
        tuple(sorted(taken.items())),
    )


def _months(
    session: Session,
    municipality: str,
    ask: Ask,
    closed: Sequence[SettlementHead],
    new: Sequence[Revision],
) -> list[str]:
    """The asked month, and each earlier one in which something may have changed."""
    last = max((each.month for each in closed), default="")
    changed = {month for _, _, month in new if month <= ask.month}
    again = {visit for visit, number, month in new if number > 1 and month <= ask.month}
    changed |= settled_months(session, municipality, ask.provider, again)
    findings = [_open(ask.provider, month) for month in sorted(changed) if last < month < ask.month]
    findings += [_never_closed(month) for month in sorted(ask.reprice) if month > last]
    if ask.month <= last:
        findings.append(_passed(ask.month, last))
    if findings:
        raise InvalidInput(findings)
    return sorted({ask.month, *changed, *ask.reprice})


def _terms(
    session: Session, municipality: str, ask: Ask, months: Collection[str]
) -> dict[str, Terms]:
    """By which book each month is priced: as before, or by what is in force."""
    before = last_terms(session, municipality, ask.provider)
    found: dict[str, Terms] = {}
    findings = []
    for month in months:
        held = before.get(month)
        if held is not None and month not in ask.reprice:
            found[month] = held
            continue
        row = row_in_force(session, municipality, RateKind.BOOK, month_bounds(month)[0])
        if row is None:
            findings.append(_no_book(month))
        else:
            found[month] = Terms(month, row.number, ask.known_on)
    if findings:
        raise InvalidInput(findings)
    return found


def _effective(session: Session, municipality: str, ask: Ask) -> frozenset[str]:
    """The months to price anew but those that would be priced as before."""
    before = last_terms(session, municipality, ask.provider)
    if not ask.reprice <= before.keys():
        return ask.reprice
    terms = _terms(session, municipality, ask, ask.reprice)
    return frozenset(month for month in ask.reprice if terms[month] != before[month])


def _lines(
    ask: Ask,
    visits: Sequence[Reported],
    terms: Terms,
    books: dict[int, HeldBook],
    earlier: Sequence[Settlement],
) -> Iterator[SettledLine]:
    """Lines for the visits of one month; their numbers are not yet the settlement's."""
    if not visits:
        return iter(())
    book = books[terms.book].book
    return iter(settle(book, columns(visits), ask.month, earlier, terms.known_on).lines)


def _earlier(
    session: Session,
    municipality: str,
    ask: Ask,
    closed: Sequence[SettlementHead],
    month: str,
    place: dict[str, str],
) -> list[Settlement]:
    """
    The closed settlements with the lines of the month's visits only.

    A visit that has moved to another month is compared there. A month that never had a settlement
    of its own, and can get none any more, stands as an empty one.
    """
    of_month: dict[str, list[SettledLine]] = {each.month: [] for each in closed}
    if month < ask.month:
        of_month.setdefault(month, [])
    for settled_in, line in lines_of_month(session, municipality, ask.provider, month):
        if place.get(line.visit, month) == month:
            of_month[settled_in].append(line)
    return [pseudo_settlement(each, of_month[each]) for each in sorted(of_month)]


# ---------------------------------------------------------------- refusals


def subject(provider: str, month: str) -> str:
    """What the log and findings call a settlement."""
    return f"{provider} {month}"


def _passed(month: str, last: str) -> Finding:
    return Finding(
        "MONTH_CLOSED",
        "month",
        f"a month after {last}, the last that is closed",
        month,
        "Besöken tas med i nästa öppna månad.",
    )


def _open(provider: str, month: str) -> Finding:
    return Finding(
        "MONTH_OPEN",
        f"settlement ({subject(provider, month)})",
        "a closed month",
        "approved visits that are not settled",
        "Avräkna och stäng den månaden först.",
    )


def _never_closed(month: str) -> Finding:
    return Finding(
        "NEVER_SETTLED",
        "reprice",
        "closed months",
        month[:20],
        "Ange månader som är stängda.",
    )


def _no_book(month: str) -> Finding:
    return Finding(
        "NO_BOOK",
        f"month {month}",
        "an approved rate book in force on its first day",
        "none",
        "Ladda upp en ersättningsbok och låt den godkännas.",
    )
