"""
Who did what: one chain of hashes per municipality, and the lock of its writers.

Each act's hash covers its own words and the hash before it, so an edit, a removal, an insertion or
another order shows in :func:`audit_findings`. The head, counted in a row of its own, shows that the
end was cut off. Whoever can rewrite the whole chain and the head is found by an *anchor*: number
and hash of a head that was noted outside the database.

A writing transaction takes the head's row first and holds it to its end: one at a time writes for a
municipality, on PostgreSQL as on SQLite, so two writers never decide on what the other changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session, select

from api.documents.iso8601 import to_utc_text
from api.refusals import not_found
from api.store.chain import NOTHING_BEFORE as NOTHING_BEFORE
from api.store.chain import Anchor as Anchor
from api.store.chain import Link, chain_findings
from api.store.person_records import View
from api.store.tables import AuditHeadRow, AuditRow
from scheduler.care.errors import Finding


@dataclass(frozen=True, slots=True)
class Act:
    """
    Who acts, when, and for which municipality.

    Parameters
    ----------
    actor
        An opaque id of a user or a system, never a name.
    at
        The moment that everything written is dated with; kept in UTC.
    view
        As whom, where protected persons are hidden and readings logged: each request has one. None
        is the program itself, and who works at the machine.

    Raises
    ------
    ValueError
        When `at` is naive.
    """

    municipality: str
    actor: str
    at: datetime
    view: View | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("Expected a moment with zone; found a naive one.")
        # As it is read back: what a use case answers is the same the second time.
        object.__setattr__(self, "at", self.at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line of the log.

    Parameters
    ----------
    subject_kind, subject_id
        What it was done to, by its opaque id.
    details
        Versions, counts and hashes; never personal data.
    """

    action: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def details_json(self) -> str:
        """The details as the log keeps them, always in the same words."""
        return json.dumps(dict(self.details), sort_keys=True, ensure_ascii=False)


def lock(session: Session, municipality: str) -> AuditHeadRow:
    """Wait for the municipality's other writers; NotFound when it is not set up."""
    query = select(AuditHeadRow).where(AuditHeadRow.municipality_id == municipality)
    head = session.exec(query.with_for_update()).one_or_none()
    if head is None:
        raise not_found("municipality", municipality)
    return head


def append(session: Session, head: AuditHeadRow, act: Act, entries: Sequence[Entry]) -> None:
    """Add `entries` after `head`, which :func:`lock` gave."""
    number, before = head.number, head.hash
    for entry in entries:
        number += 1
        row = AuditRow(
            municipality_id=act.municipality,
            number=number,
            at=act.at,
            actor=act.actor,
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            details_json=entry.details_json,
            previous_hash=before,
            hash="",
        )
        row.hash = before = _hash(row)
        session.add(row)
    head.number, head.hash = number, before
    session.add(head)


def audit_findings(
    municipality: str,
    rows: Iterable[AuditRow],
    head: AuditHeadRow | None,
    anchor: Anchor | None = None,
) -> list[Finding]:
    """
    Every place where the log of `municipality` is not as it was written.

    Parameters
    ----------
    rows
        By rising number.
    anchor
        An earlier head; None when none was noted.

    Returns
    -------
    list of Finding
        Codes: AUDIT_NUMBER (a hole, or another order), AUDIT_HASH (edited), AUDIT_CHAIN (does not
        follow the one before), AUDIT_HEAD (the end is missing), AUDIT_ANCHOR (rewritten).
    """
    links = (Link(row.number, row.previous_hash, row.hash, _hash(row)) for row in rows)
    told = Anchor(head.number, head.hash) if head is not None else None
    return chain_findings("AUDIT", municipality, links, told, anchor)


def _hash(row: AuditRow) -> str:
    words = [
        row.previous_hash,
        row.municipality_id,
        row.number,
        to_utc_text(row.at),
        row.actor,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.details_json,
    ]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
