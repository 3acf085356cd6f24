"""
Who has read whose record: one chain of hashes per municipality, beside that of the acts.

A reading and its line are one transaction, so nothing is shown that is not logged. The chain has a
head of its own: a reader waits for other readers of the municipality, whose transactions take
milliseconds, and never for a registration or a plan that is being saved (measured in
``bench/readings.py``; on SQLite all that writes waits for all that writes, whatever the chain).

Lines are kept for at least five years and then removed from the start on; what is left begins after
the hash that the head keeps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, text, update
from sqlmodel import Session, col, delete, func, select

from api.documents.iso8601 import to_utc_text
from api.refusals import not_found
from api.store.audit import Act, Entry
from api.store.chain import NOTHING_BEFORE, Anchor, Link, chain_findings
from api.store.person_records import Access, AccessKind
from api.store.tables import METADATA, AccessHeadRow, AccessRow, MunicipalityRow
from scheduler.care.errors import Finding

# Rows that are read at a time when the chain is checked.
AT_ONCE = 1000
# The columns whose words a line's hash is made of, in order.
_HASHED = (
    "previous_hash", "municipality_id", "number", "at", "actor", "unit", "kind", "recipient_id",
    "reason", "case_id", "protected", "emergency",
)  # fmt: skip
# Sent with each reading, while the others wait: put together once.
_LINES, _HEADS = METADATA.tables["access_log"], METADATA.tables["access_head"]
_TAKE = (
    select(_HEADS.c.number, _HEADS.c.hash)
    .where(_HEADS.c.municipality_id == bindparam("of"))
    .with_for_update()
)
_ADD = insert(_LINES)
_MOVE = (
    update(_HEADS)
    .where(_HEADS.c.municipality_id == bindparam("of"))
    .values(number=bindparam("to_number"), hash=bindparam("to_hash"))
)
REMOVED = "READINGS_REMOVED"


@dataclass(frozen=True, slots=True)
class Purpose:
    """
    Why somebody reads, and for which unit.

    Parameters
    ----------
    unit
        Where the reader works in this matter, by its opaque id.
    reason
        In the reader's own words.
    case
        Id of the decision or matter that it is for, if any.
    """

    unit: str
    reason: str
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One person in one reading; `emergency` when only a broken glass let the reader see them."""

    recipient: str
    kind: AccessKind
    protected: bool = False
    emergency: bool = False


def log_readings(session: Session, act: Act, purpose: Purpose, seen: Sequence[Seen]) -> None:
    """
    Add a line for each of `seen`, in the writing transaction that has read them.

    Take it last: it holds the municipality's other readers up until the transaction ends.
    """
    if not seen:
        return
    # What else is changed is written first, and nothing while the others wait.
    session.flush()
    connection = session.connection()
    number, before = _lock(session, act.municipality)
    lines = []
    for each in seen:
        number += 1
        line = {
            "municipality_id": act.municipality,
            "number": number,
            "at": act.at,
            "actor": act.actor,
            "unit": purpose.unit,
            "kind": each.kind.value,
            "recipient_id": each.recipient,
            "reason": purpose.reason,
            "case_id": purpose.case,
            "protected": each.protected,
            "emergency": each.emergency,
            "previous_hash": before,
        }
        line["hash"] = before = _hash(line)
        lines.append(line)
    connection.execute(_ADD, lines)
    ends = {"of": act.municipality, "to_number": number, "to_hash": before}
    connection.execute(_MOVE, ends)


def listed_since(session: Session, act: Act, purpose: Purpose, since: datetime) -> frozenset[str]:
    """Whom the actor has been shown in lists since then, for the same unit, reason and case."""
    query = (
        select(AccessRow.recipient_id)
        .where(AccessRow.municipality_id == act.municipality)
        .where(col(AccessRow.at) >= since)
        .where(AccessRow.actor == act.actor)
        .where(AccessRow.kind == AccessKind.LISTED)
        .where(AccessRow.unit == purpose.unit)
        .where(AccessRow.reason == purpose.reason)
        .where(col(AccessRow.case_id).is_not_distinct_from(purpose.case))
    )
    return frozenset(session.exec(query))


def readings_of(
    session: Session, municipality: str, recipient: str, *, offset: int = 0, limit: int = 100
) -> tuple[list[Access], int]:
    """
    Who has read a person's record, the latest first, and how many lines there are.

    The lines are numbered within the person's own: the numbers of the whole log would tell how much
    is read of others, hidden ones among them.
    """
    chosen = (
        (AccessRow.municipality_id == municipality) & (AccessRow.recipient_id == recipient)
    )  # fmt: skip
    rows = session.exec(
        select(AccessRow)
        .where(chosen)
        .order_by(col(AccessRow.number).desc())
        .offset(offset)
        .limit(limit)
    )
    total = session.exec(select(func.count()).select_from(AccessRow).where(chosen)).one()
    lines = [replace(access(row), number=total - offset - place) for place, row in enumerate(rows)]
    return lines, total


def readings_between(
    session: Session, municipality: str, since: datetime, until: datetime
) -> Iterable[Access]:
    """Every reading from `since` on and before `until`, in order."""
    rows = session.exec(
        select(AccessRow)
        .where(AccessRow.municipality_id == municipality)
        .where(col(AccessRow.at) >= since)
        .where(col(AccessRow.at) < until)
        .order_by(col(AccessRow.number))
        .execution_options(yield_per=AT_ONCE)
    )
    return (access(row) for row in rows)


def access(row: AccessRow) -> Access:
    """A line of the log as people read it."""
    return Access(
        row.number,
        row.at,
        row.actor,
        row.unit,
        AccessKind(row.kind),
        row.recipient_id,
        row.reason,
        row.case_id,
        row.protected,
        row.emergency,
    )


def remove_before(session: Session, act: Act, before: datetime) -> Entry | None:
    """
    Remove the lines from the start on that are older than `before`; what the log is to say.

    The first line that is not older stays with all after it, whatever their clocks said. None when
    there is nothing to remove.
    """
    municipality = act.municipality
    if session.get(AccessHeadRow, municipality) is None:
        return None
    _lock(session, municipality)
    head = session.get_one(AccessHeadRow, municipality, populate_existing=True)
    first = session.exec(
        select(func.min(AccessRow.number))
        .where(AccessRow.municipality_id == municipality)
        .where(col(AccessRow.at) >= before)
    ).one()
    kept_from = head.number + 1 if first is None else first
    removed = kept_from - head.kept_from
    if removed <= 0:
        return None
    last = session.get_one(AccessRow, (municipality, kept_from - 1))
    head.kept_from, head.kept_after = kept_from, last.hash
    session.flush()
    session.expunge(last)
    session.exec(
        delete(AccessRow)
        .where(col(AccessRow.municipality_id) == municipality)
        .where(col(AccessRow.number) < kept_from)
    )
    details: dict[str, str | int] = {
        "removed": removed,
        "keptFrom": kept_from,
        "sha256": head.kept_after,
    }
    return Entry(REMOVED, "municipality", municipality, details)


def access_findings(
    session: Session, municipality: str, anchor: Anchor | None = None
) -> list[Finding]:
    """Every place where the log of readings is not as it was written; codes ACCESS_…"""
    head = session.get(AccessHeadRow, municipality)
    rows = session.exec(
        select(AccessRow)
        .where(AccessRow.municipality_id == municipality)
        .order_by(col(AccessRow.number))
        .execution_options(yield_per=AT_ONCE)
    )
    links = (Link(row.number, row.previous_hash, row.hash, _hash(row.model_dump())) for row in rows)
    if head is None:
        # Nobody has read anything yet.
        return chain_findings("ACCESS", municipality, links, Anchor(0, NOTHING_BEFORE), anchor)
    start = Anchor(head.kept_from - 1, head.kept_after)
    return chain_findings(
        "ACCESS", municipality, links, Anchor(head.number, head.hash), anchor, start
    )


def access_heads(session: Session) -> dict[str, Anchor]:
    """Municipality -> the head of its log of readings, where there is one."""
    rows = session.exec(select(AccessHeadRow).order_by(col(AccessHeadRow.municipality_id)))
    return {row.municipality_id: Anchor(row.number, row.hash) for row in rows}


def _lock(session: Session, municipality: str) -> tuple[int, str]:
    """The number and the hash that the log ends with, until the transaction ends."""
    connection, of = session.connection(), {"of": municipality}
    head = connection.execute(_TAKE, of).one_or_none()
    if head is not None:
        return head.number, head.hash
    if session.get(MunicipalityRow, municipality) is None:
        raise not_found("municipality", municipality)
    # Two first readers: the second waits here for the first, and finds its row.
    connection.execute(
        text(
            "INSERT INTO access_head (municipality_id, number, hash, kept_from, kept_after) "
            "VALUES (:municipality, 0, :nothing, 1, :nothing) ON CONFLICT DO NOTHING"
        ),
        {"municipality": municipality, "nothing": NOTHING_BEFORE},
    )
    head = connection.execute(_TAKE, of).one()
    return head.number, head.hash


def _hash(line: Mapping[str, Any]) -> str:
    words = [line[name] if name != "at" else to_utc_text(line[name]) for name in _HASHED]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
