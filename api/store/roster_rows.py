"""Rosters between their table and their documents."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlmodel import Session, col, select

from api.documents.strict_json import write_json
from api.store.audit import Act
from api.store.records import PlanKey
from api.store.tables import RosterRow


def held_roster(session: Session, municipality: str, key: PlanKey) -> RosterRow | None:
    """The roster that holds for a day, if there is one."""
    query = (
        select(RosterRow)
        .where(RosterRow.municipality_id == municipality)
        .where(RosterRow.unit_id == key.unit)
        .where(RosterRow.day == key.day)
        .order_by(col(RosterRow.number).desc())
        .limit(1)
    )
    return session.exec(query).one_or_none()


def new_roster(act: Act, key: PlanKey, number: int, roster: dict[str, Any]) -> RosterRow:
    """The next roster of a day."""
    return RosterRow(
        municipality_id=act.municipality,
        unit_id=key.unit,
        day=key.day,
        number=number,
        roster_json=write_json(roster),
        recorded_at=act.at,
        recorded_by=act.actor,
    )


def roster_of(row: RosterRow) -> dict[str, Any]:
    """The roster as JSON values."""
    read: dict[str, Any] = json.loads(row.roster_json)
    return read


def digest(row: RosterRow) -> str:
    """SHA-256 of the roster; the audit log keeps it."""
    return hashlib.sha256(row.roster_json.encode()).hexdigest()
