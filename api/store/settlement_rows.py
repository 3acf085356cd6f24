"""
Settlements between their tables and the records of pricing.

A run is kept whole as its document. What a closed one fixes stands in rows beside it: the revisions
of visits that it settled, and its payment lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from api.refusals import not_found
from api.store.audit import Act
from api.store.money_records import RateKind, SettlementHead, SettlementRun, Terms
from api.store.performed_rows import AT_ONCE, REVISIONS
from api.store.tables import (
    SettledVisitRow,
    SettlementLineRow,
    SettlementRow,
    SettlementTermsRow,
)
from pricing.pay.export import read_settlement, write_settlement
from pricing.pay.settlement import SettledLine, SettledLines, Settlement, sums_of

_LINE = (
    "number", "corrects", "visit_id", "component", "rate", "band", "provider_id", "service", "zone",
    "day", "minutes", "quantity", "amount_ore", "vat_ore",
)  # fmt: skip


# ---------------------------------------------------------------- runs


def insert_run(session: Session, act: Act, run: SettlementRun) -> SettlementRow:
    """Store a run that was made now."""
    key = _key(act.municipality, run.provider, run.month, run.version)
    row = SettlementRow(
        **key,
        digest=run.settlement.digest,
        lines=len(run.settlement.lines),
        minutes=sum(each.minutes for each in run.settlement.sums),
        amount_ore=run.settlement.amount_ore,
        vat_ore=sum(each.vat_ore for each in run.settlement.sums),
        document_json=write_settlement(run.settlement),
        ran_at=run.ran_at,
        ran_by=run.ran_by,
    )
    session.add(row)
    session.flush()
    session.add_all(
        SettlementTermsRow(
            **key,
            visit_month=each.month,
            book_kind=RateKind.BOOK,
            book_number=each.book,
            known_on=each.known_on,
        )
        for each in run.terms
    )
    session.flush()
    return row


def insert_closed(
    session: Session, municipality: str, run: SettlementRun, visits: Iterable[tuple[str, int]]
) -> None:
    """What a run that has just been closed fixes: its lines, and (visit, revision) it settled."""
    key = _key(municipality, run.provider, run.month, run.version)
    settled = [key | {"visit_id": visit, "revision": number} for visit, number in visits]
    lines = [
        key
        | {
            "position": position,
            "number": line.number,
            "corrects": line.corrects or None,
            "visit_id": line.visit,
            "component": line.component,
            "rate": line.rate,
            "band": line.band,
            "service": line.service,
            "zone": line.zone,
            "day": date.fromisoformat(line.day),
            "minutes": line.minutes,
            "quantity": line.quantity,
            "amount_ore": line.amount_ore,
            "vat_ore": line.vat_ore,
        }
        for position, line in enumerate(run.settlement.lines, 1)
    ]
    connection = session.connection()
    if settled:
        connection.execute(insert(SettledVisitRow), settled)
    if lines:
        connection.execute(insert(SettlementLineRow), lines)


def last_row(
    session: Session, municipality: str, provider: str, month: str
) -> SettlementRow | None:
    """The last run of a month, if there is one."""
    query = (
        select(SettlementRow)
        .where(SettlementRow.municipality_id == municipality)
        .where(SettlementRow.provider_id == provider)
        .where(SettlementRow.month == month)
        .order_by(col(SettlementRow.version).desc())
    )
    return session.exec(query).first()


def heads(session: Session, municipality: str, provider: str | None = None) -> list[SettlementHead]:
    """The last run of each month without its lines, by provider and month."""
    table = SettlementRow
    query = select(
        *(col(getattr(table, name)) for name in (
            "provider_id", "month", "version", "digest", "lines", "minutes", "amount_ore",
            "vat_ore", "closed_at", "closed_by",
        ))
    ).where(col(table.municipality_id) == municipality)  # fmt: skip
    if provider is not None:
        query = query.where(col(table.provider_id) == provider)
    found = {
        (values[0], values[1]): SettlementHead._make(values)
        for values in session.connection().execute(query.order_by(col(table.version)))
    }
    return [found[key] for key in sorted(found)]


def held_run(session: Session, row: SettlementRow) -> SettlementRun:
    """A row as a record."""
    terms = session.exec(
        select(SettlementTermsRow)
        .where(SettlementTermsRow.municipality_id == row.municipality_id)
        .where(SettlementTermsRow.provider_id == row.provider_id)
        .where(SettlementTermsRow.month == row.month)
        .where(SettlementTermsRow.version == row.version)
        .order_by(col(SettlementTermsRow.visit_month))
    )
    return SettlementRun(
        row.provider_id,
        row.month,
        row.version,
        read_settlement(row.document_json.encode(), f"{row.provider_id} {row.month}"),
        tuple(Terms(each.visit_month, each.book_number, each.known_on) for each in terms),
        row.ran_at,
        row.ran_by,
        row.closed_at,
        row.closed_by,
    )


def required_row(session: Session, municipality: str, provider: str, month: str) -> SettlementRow:
    """The last run of a month; NotFound when there is none."""
    row = last_row(session, municipality, provider, month)
    if row is None:
        raise not_found("settlements", f"{provider} {month}")
    return row


def closed_heads(session: Session, municipality: str, provider: str) -> list[SettlementHead]:
    """The provider's closed months in their order."""
    return [each for each in heads(session, municipality, provider) if each.closed_at]


def last_terms(session: Session, municipality: str, provider: str) -> dict[str, Terms]:
    """Month of visits -> the terms of the last closed settlement that priced them."""
    query = (
        select(SettlementTermsRow)
        .join(
            SettlementRow,
            (col(SettlementRow.municipality_id) == SettlementTermsRow.municipality_id)
            & (col(SettlementRow.provider_id) == SettlementTermsRow.provider_id)
            & (col(SettlementRow.month) == SettlementTermsRow.month)
            & (col(SettlementRow.version) == SettlementTermsRow.version),
        )
        .where(SettlementTermsRow.municipality_id == municipality)
        .where(SettlementTermsRow.provider_id == provider)
        .where(col(SettlementRow.closed_at).is_not(None))
        .order_by(col(SettlementTermsRow.month))
    )
    return {
        row.visit_month: Terms(row.visit_month, row.book_number, row.known_on)
        for row in session.exec(query)
    }


# ---------------------------------------------------------------- lines


def lines_of_month(
    session: Session, municipality: str, provider: str, month: str
) -> list[tuple[str, SettledLine]]:
    """Month of the settlement and line, of every visit that ever was of `month`, in their order."""
    query = (
        core_select(REVISIONS.c.visit_id)
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .where(REVISIONS.c.month == month)
    )
    visits = sorted({visit for (visit,) in session.connection().execute(query)})
    found: list[tuple[str, SettledLine]] = []
    for first in range(0, len(visits), AT_ONCE):
        some = col(SettlementLineRow.visit_id).in_(visits[first : first + AT_ONCE])
        found += _lines(session, municipality, provider, some)
    return sorted(found, key=lambda each: each[0])


def lines_of_run(session: Session, row: SettlementRow) -> SettledLines:
    """The lines that stand for a closed run, in their order."""
    of_run = (col(SettlementLineRow.month) == row.month) & (
        col(SettlementLineRow.version) == row.version
    )
    found = _lines(session, row.municipality_id, row.provider_id, of_run)
    return SettledLines.of(line for _, line in found)


def pseudo_settlement(month: str, lines: Sequence[SettledLine]) -> Settlement:
    """Some lines of a settled month, as what later lines are compared with."""
    made = SettledLines.of(lines)
    return Settlement(month, "", None, (), sums_of(made), made)


def _lines(
    session: Session, municipality: str, provider: str, which: Any
) -> Iterator[tuple[str, SettledLine]]:
    table = SettlementLineRow
    query = (
        select(col(table.month), *(getattr(table, name) for name in _LINE))
        .where(col(table.municipality_id) == municipality)
        .where(col(table.provider_id) == provider)
        .where(which)
        .order_by(col(table.month), col(table.position))
    )
    for month, *values in session.connection().execute(query):
        line = SettledLine._make(values)
        yield month, line._replace(corrects=line.corrects or "", day=values[9].isoformat())


def _key(municipality: str, provider: str, month: str, version: int) -> dict[str, Any]:
    return {
        "municipality_id": municipality,
        "provider_id": provider,
        "month": month,
        "version": version,
    }
