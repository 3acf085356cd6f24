"""
The log of acts for who reviews it: who did what, when, to which decision, plan or settlement.

Promises: what is shown is what was written, but for digests of contents and the chain's own hashes:
with those somebody could confirm what they guess of a person. Every reading is an act itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from api.store.audit import Entry, append, audit_findings, lock
from api.store.chain import NOTHING_BEFORE, Anchor
from api.store.engine import Store
from api.store.tables import AuditHeadRow, AuditRow
from api.usecases.sight import Reader, Right, require
from scheduler.care.errors import Finding

ACTS_READ = "ACTS_READ"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Which acts are asked for; None is any.

    Parameters
    ----------
    since, until
        From the one moment to before the other.
    actor
        Opaque id of who acted.
    subject_kind, subject_id
        As what it was done to, and to which one.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None

    @property
    def words(self) -> dict[str, str]:
        """What is asked for, as the log of acts has it."""
        named = {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "of": self.actor,
            "action": self.action,
            "kind": self.subject_kind,
            "subject": self.subject_id,
        }
        return {name: word for name, word in named.items() if word is not None}


@dataclass(frozen=True, slots=True)
class Logged:
    """
    One act.

    Parameters
    ----------
    details
        Versions and counts; digests are left out.
    """

    number: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, str | int]


def acts(
    store: Store, reader: Reader, wanted: Wanted, *, before: int | None = None, limit: int = 100
) -> tuple[tuple[Logged, ...], int | None]:
    """
    Acts, the latest first, and the number that the next page asks for; None after the last one.

    Parameters
    ----------
    before
        Only acts with lower numbers.

    Raises
    ------
    Forbidden, InvalidInput
        No right to review; no reason.
    """
    require(reader, Right.REVIEW)
    act = reader.act
    query = select(AuditRow).where(AuditRow.municipality_id == act.municipality)
    if before is not None:
        query = query.where(col(AuditRow.number) < before)
    if wanted.since is not None:
        query = query.where(col(AuditRow.at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(AuditRow.at) < wanted.until)
    for name in ("actor", "action", "subject_kind", "subject_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(AuditRow, name) == value)
    query = query.order_by(col(AuditRow.number).desc()).limit(limit + 1)
    with store.writing() as session:
        head = lock(session, act.municipality)
        found = [_logged(row) for row in session.exec(query)]
        shown, more = found[:limit], len(found) > limit
        # The reason is for who asks to think of it; here it would stay for ever, names included.
        details: dict[str, str | int] = {**wanted.words, "count": len(shown)}
        append(session, head, act, [Entry(ACTS_READ, "municipality", act.municipality, details)])
    return tuple(shown), shown[-1].number if more else None


def verify(
    store: Store, reader: Reader, anchor: Anchor | None = None
) -> tuple[Anchor, list[Finding]]:
    """
    The head of the log of acts, and every place where it is not as it was written.

    Parameters
    ----------
    anchor
        An earlier head that was noted elsewhere.

    Raises
    ------
    Forbidden, InvalidInput
        As :func:`acts`.
    """
    require(reader, Right.REVIEW)
    municipality = reader.act.municipality
    with store.reading() as session:
        row = session.get(AuditHeadRow, municipality)
        query = select(AuditRow).where(AuditRow.municipality_id == municipality)
        rows = session.exec(query.order_by(col(AuditRow.number)))
        head = Anchor(0, NOTHING_BEFORE) if row is None else Anchor(row.number, row.hash)
        return head, audit_findings(municipality, rows, row, anchor)


def _logged(row: AuditRow) -> Logged:
    details: dict[str, str | int] = json.loads(row.details_json)
    shown = {
        name: value
        for name, value in details.items()
        if not (isinstance(value, str) and _DIGEST.fullmatch(value))
    }
    return Logged(
        row.number, row.at, row.actor, row.action, row.subject_kind, row.subject_id, shown
    )
