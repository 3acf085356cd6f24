"""
Erasing a person (gallring), and keeping erased who was erased before a backup was restored.

Promises: the erasure is one transaction with its entry in the log; what stays is what
:mod:`api.store.erasing` tells, and ``hemplan database check`` holds afterwards; neither a file nor
a plan brings an erased recipient back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from api.refusals import Conflict
from api.store import decision_rows
from api.store.access_log import log_readings
from api.store.audit import append, lock
from api.store.engine import Store
from api.store.erasing import Extent, erase_rows, extent_of, scrub
from api.store.person_records import AccessKind
from api.store.tables import DecisionRow, ErasureRow, RecipientRow
from api.usecases.sight import Reader, Right, require, sight_of, unknown
from scheduler.care.errors import Finding
from scheduler.care.units import STOCKHOLM


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a recipient, or would be; `again` when it was erased before."""

    recipient: str
    extent: Extent
    again: bool = False


def erase(
    store: Store, reader: Reader, recipient: str, *, dry_run: bool, scrubbed: bool = True
) -> Erased:
    """
    Erase a recipient, or with `dry_run` only tell what that would take out.

    Asked for again it does nothing. Whoever erases many lets them not be `scrubbed` one by one, and
    calls :func:`api.store.erasing.scrub` after the last.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right or no reason; no such recipient, or a protected one without a grant.
    Conflict
        DECISION_IN_FORCE for each decision that is in force on the day of the act or later.
    """
    require(reader, Right.ERASE)
    act = reader.act
    refused = False
    made = Erased(recipient, Extent(False, 0, 0, 0))
    with store.writing() as session:
        head = lock(session, act.municipality)
        if session.get(RecipientRow, (act.municipality, recipient)) is None:
            raise unknown()
        sight = sight_of(session, reader)
        if session.get(ErasureRow, (act.municipality, recipient)) is not None:
            made = Erased(recipient, extent_of(session, act.municipality, recipient), again=True)
        elif not sight.sees(recipient):
            seen = [sight.seen(recipient, AccessKind.REFUSED)]
            log_readings(session, act, reader.purpose, seen)
            refused = True
        else:
            findings = list(
                _in_force(session, act.municipality, recipient, act.at.astimezone(STOCKHOLM).date())
            )
            if findings:
                raise Conflict(findings)
            if dry_run:
                made = Erased(recipient, extent_of(session, act.municipality, recipient))
            else:
                extent, entries = erase_rows(session, act, recipient)
                append(session, head, act, entries)
                made = Erased(recipient, extent)
    if refused:
        raise unknown()
    if scrubbed and not dry_run and not made.again:
        scrub(store)
    return made


def erased(store: Store, reader: Reader) -> tuple[str, ...]:
    """
    Every erased recipient, by opaque id: to be noted outside the backups.

    Raises
    ------
    Forbidden, InvalidInput
        No right or no reason.
    """
    require(reader, Right.ERASE)
    with store.reading() as session:
        query = select(ErasureRow.recipient_id)
        query = query.where(ErasureRow.municipality_id == reader.act.municipality)
        return tuple(sorted(session.exec(query)))


def erase_again(store: Store, reader: Reader, recipients: Iterable[str]) -> tuple[Erased, ...]:
    """
    Erase who was erased before, in a database that was restored from an earlier backup.

    A recipient that the backup does not know is left out.

    Raises
    ------
    Forbidden, InvalidInput, NotFound, Conflict
        As :func:`erase`; what was erased until then stays erased.
    """
    require(reader, Right.ERASE)
    with store.reading() as session:
        query = select(RecipientRow.id)
        query = query.where(RecipientRow.municipality_id == reader.act.municipality)
        known = set(session.exec(query))
    made = tuple(
        erase(store, reader, recipient, dry_run=False, scrubbed=False)
        for recipient in sorted(set(recipients) & known)
    )
    scrub(store)
    return made


def last_day(session: Session, municipality: str, recipient: str) -> date | None:
    """
    The last day that a recipient's decisions were in force or written about; None when one of them
    has no end, and the earliest date when there are none.
    """
    latest = date.min
    query = (
        select(DecisionRow)
        .where(DecisionRow.municipality_id == municipality)
        .where(DecisionRow.recipient_id == recipient)
    )
    for row in session.exec(query).all():
        held = decision_rows.held_revision(session, municipality, row.id, row.version)
        end = held.case.granted.decision.valid_to
        if end is None:
            return None
        latest = max(latest, end, held.at.astimezone(STOCKHOLM).date())
    return latest


def _in_force(
    session: Session, municipality: str, recipient: str, today: date
) -> Iterable[Finding]:
    query = (
        select(DecisionRow)
        .where(DecisionRow.municipality_id == municipality)
        .where(DecisionRow.recipient_id == recipient)
    )
    for row in session.exec(query).all():
        held = decision_rows.held_revision(session, municipality, row.id, row.version)
        end = held.case.granted.decision.valid_to
        if end is None or end >= today:
            yield Finding(
                "DECISION_IN_FORCE",
                f"decision ({row.id})",
                f"an end before {today.isoformat()}",
                "none" if end is None else end.isoformat(),
                "Avsluta beslutet först; den som har insatser kan inte gallras.",
            )
