"""
A provider's month on its way to payment: settled by the book in force, again as long as it is open,
and closed.

Promises: only approved visits are paid; the same visits and books give the same settlement, so a
run that changes nothing leaves nothing; a closed month is never changed, what comes later is a line
of a difference in a later month; each month keeps the book and the indices that it was first closed
with, until it is named to be priced anew.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session, select

from api.refusals import Conflict, not_found, require_version
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.money_records import (
    SettlementHead,
    SettlementRun,
)
from api.store.settlement_rows import (
    heads,
    held_run,
    insert_closed,
    insert_run,
    last_row,
    last_terms,
    required_row,
)
from api.store.tables import AuditHeadRow, ProviderRow
from api.usecases.settlement_making import Ask, settled, subject
from pricing.pay.settlement import (
    month_bounds,
)
from scheduler.care.errors import Finding


def run(store: Store, act: Act, ask: Ask) -> SettlementRun:
    """
    Settle a month; a closed one is answered as it is.

    Returns
    -------
    SettlementRun
        The last run when nothing has changed since, else the next.

    Raises
    ------
    InvalidInput
        With every fault: no month, no book in force, an earlier month that is still open, every
        visit that the book cannot pay.
    NotFound
        No such municipality or provider.
    """
    month_bounds(ask.month)
    with store.reading() as session:
        seen = session.get(AuditHeadRow, act.municipality)
        number = seen.number if seen else -1
        _require_provider(session, act.municipality, ask.provider)
        held = _closed(session, act.municipality, ask)
        if held is not None:
            return held
        made = settled(session, act.municipality, ask)
    with store.writing() as session:
        head = lock(session, act.municipality)
        if head.number != number:
            # Somebody has written since it was worked out.
            held = _closed(session, act.municipality, ask)
            if held is not None:
                return held
            made = settled(session, act.municipality, ask)
        row = last_row(session, act.municipality, ask.provider, ask.month)
        if row is not None:
            last = held_run(session, row)
            if (last.settlement.digest, last.terms) == (made.settlement.digest, made.terms):
                return last
        version = row.version + 1 if row is not None else 1
        new = SettlementRun(
            ask.provider, ask.month, version, made.settlement, made.terms, act.at, act.actor, None,
            None,
        )  # fmt: skip
        insert_run(session, act, new)
        details: dict[str, str | int] = {
            "version": version,
            "sha256": made.settlement.digest,
            "amount_ore": made.settlement.amount_ore,
        }
        entry = Entry("MONTH_SETTLED", "settlement", subject(ask.provider, ask.month), details)
        append(session, head, act, [entry])
        return new


def close(store: Store, act: Act, provider: str, month: str, expected: int) -> SettlementRun:
    """
    Fix the last run of a month for ever: its lines are what is paid.

    Parameters
    ----------
    expected
        Version of the run.

    Raises
    ------
    NotFound, Stale
        Nothing was settled; another version holds.
    Conflict
        MONTH_CLOSED; SETTLEMENT_OUTDATED when visits or books have changed since the run.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        row = required_row(session, act.municipality, provider, month)
        held = held_run(session, row)
        where = f"settlement ({subject(provider, month)})"
        require_version(where, expected, held.etag)
        if held.closed_at is not None:
            raise Conflict(_closed_before(where))
        now = next(each for each in held.terms if each.month == month)
        made = settled(
            session,
            act.municipality,
            Ask(provider, month, now.known_on, _repriced(session, act.municipality, held)),
        )
        if (made.settlement.digest, made.terms) != (held.settlement.digest, held.terms):
            raise Conflict(_outdated(where))
        row.closed_at, row.closed_by = act.at, act.actor
        session.flush()
        closed = replace(held, closed_at=act.at, closed_by=act.actor)
        insert_closed(session, act.municipality, closed, made.revisions)
        details: dict[str, str | int] = {
            "version": held.version,
            "sha256": held.settlement.digest,
            "visits": len(made.revisions),
            "lines": len(held.settlement.lines),
        }
        entry = Entry("MONTH_CLOSED", "settlement", subject(provider, month), details)
        append(session, head, act, [entry])
        return closed


def settlement(
    store: Store, municipality: str, provider: str, month: str, *, closed: bool = False
) -> SettlementRun:
    """
    The last run of a month.

    Parameters
    ----------
    closed
        Only a closed one: what a provider may see.

    Raises
    ------
    NotFound
        When there is none.
    """
    with store.reading() as session:
        held = held_run(session, required_row(session, municipality, provider, month))
    if closed and held.closed_at is None:
        raise not_found("settlements", subject(provider, month))
    return held


def settlements(
    store: Store, municipality: str, provider: str | None = None, *, closed: bool = False
) -> tuple[SettlementHead, ...]:
    """The last run of every month, of one provider or all; with `closed` only closed ones."""
    with store.reading() as session:
        found = heads(session, municipality, provider)
    return tuple(each for each in found if each.closed_at is not None or not closed)


# ---------------------------------------------------------------- what is there


def _closed(session: Session, municipality: str, ask: Ask) -> SettlementRun | None:
    """The month's closed run, if it has one."""
    row = last_row(session, municipality, ask.provider, ask.month)
    return held_run(session, row) if row is not None and row.closed_at is not None else None


def _repriced(session: Session, municipality: str, held: SettlementRun) -> frozenset[str]:
    """The months that a run was asked to price anew: those with other terms than before."""
    before = last_terms(session, municipality, held.provider)
    return frozenset(
        each.month for each in held.terms if each.month in before and before[each.month] != each
    )


def _require_provider(session: Session, municipality: str, provider: str) -> None:
    query = (
        select(ProviderRow.id)
        .where(ProviderRow.municipality_id == municipality)
        .where(ProviderRow.id == provider)
    )
    if session.exec(query).first() is None:
        raise not_found("providers", provider)


def _closed_before(where: str) -> Finding:
    return Finding(
        "MONTH_CLOSED",
        where,
        "an open month",
        "a closed one",
        "Rättelser blir rader i nästa öppna månad.",
    )


def _outdated(where: str) -> Finding:
    return Finding(
        "SETTLEMENT_OUTDATED",
        where,
        "what the approved visits and books give now",
        "another settlement",
        "Avräkna månaden igen, granska och stäng sedan.",
    )
