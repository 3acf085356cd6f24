"""
What erasure (gallring) takes out of the store, and what it leaves.

Taken out of all revisions: name and number, grants, the home's coordinates, wishes, required
skills, the reasons of interruptions, the visits' home in the documents of day plans, and the runs
that name the recipient, which are working material. Left:
what was granted, when, where by zone, by whom and at what price, which visits were planned when,
and every log. For each changed record the log gets the hash of what is left, so that the check
proves that it is still that.

The database's triggers let these changes through for an erased recipient, and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, col, delete, func, select, update

from api.documents.planning import read_document, write_document
from api.documents.strict_json import write_json
from api.store import decision_rows, plan_rows
from api.store.audit import Act, Entry
from api.store.engine import Store
from api.store.person_rows import ERASED, grant_rows
from api.store.records import PlanKey
from api.store.tables import (
    DecisionRevisionRow,
    DecisionRow,
    ErasureRow,
    GrantRow,
    InterruptionRow,
    PersonRow,
    PlanErasureRow,
    PlanRevisionRow,
    RunRow,
)
from scheduler.care.model import Day, Location, TravelTimes, Visit, Wishes

# Where an erased home is: on no land, and the same for all.
NOWHERE = Location(0.0, 0.0)
BLANKED, REDACTED = "DECISION_BLANKED", "PLAN_REDACTED"


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is of a recipient to erase."""

    identity: bool
    grants: int
    decision_revisions: int
    plan_revisions: int
    runs: int = 0


def extent_of(session: Session, municipality: str, recipient: str) -> Extent:
    """What :func:`erase_rows` would take out."""
    return Extent(
        session.get(PersonRow, (municipality, recipient)) is not None,
        len(grant_rows(session, municipality, recipient)),
        len(_revisions(session, municipality, recipient)),
        len(_plans(session, municipality, recipient)),
        session.exec(
            select(func.count()).select_from(RunRow).where(_of_runs(municipality, recipient))
        ).one(),
    )


def erase_rows(session: Session, act: Act, recipient: str) -> tuple[Extent, list[Entry]]:
    """Take everything out, and what the log is to say; the recipient is not erased yet."""
    extent = extent_of(session, act.municipality, recipient)
    session.add(
        ErasureRow(
            municipality_id=act.municipality,
            recipient_id=recipient,
            erased_at=act.at,
            erased_by=act.actor,
        )
    )
    session.flush()
    for table in (PersonRow, GrantRow):
        session.exec(
            delete(table)
            .where(col(table.municipality_id) == act.municipality)
            .where(col(table.recipient_id) == recipient)
        )
    counts = {
        "identity": int(extent.identity),
        "grants": extent.grants,
        "decisionRevisions": extent.decision_revisions,
        "planRevisions": extent.plan_revisions,
        "runs": extent.runs,
    }
    session.exec(delete(RunRow).where(_of_runs(act.municipality, recipient)))
    entries = [Entry(ERASED, "person", recipient, counts)]
    entries += _blank_decisions(session, act.municipality, recipient)
    entries += _redact_plans(session, act.municipality, recipient)
    return extent, entries


def without(day: Day, recipient: str) -> Day:
    """`day` with nothing that tells who or where `recipient` is; its visits stay as they were."""
    office = min(day.shifts, key=lambda each: each.id).start_location if day.shifts else NOWHERE
    gone = {visit.location for visit in day.visits if visit.recipient_id == recipient}
    gone -= {visit.location for visit in day.visits if visit.recipient_id != recipient}
    gone -= {place for each in day.shifts for place in (each.start_location, each.end_location)}
    return replace(
        day,
        visits=tuple(_redacted(visit, recipient, office) for visit in day.visits),
        names={name: words for name, words in day.names.items() if name != recipient},
        continuity=tuple(each for each in day.continuity if each.recipient_id != recipient),
        travel_times=tuple(
            left for each in day.travel_times if (left := _without(each, gone)).locations
        ),
    )


def scrub(store: Store) -> None:
    """
    Let the database overwrite what erased rows held, outside of any transaction.

    On SQLite the write-ahead log is emptied into the file, where deleted content is zeroed
    (``secure_delete``); on PostgreSQL the old row versions are vacuumed. Backups are another
    matter: docs/persons.md.
    """
    with store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        if store.address.is_sqlite:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in ("person", "person_grant", "decision_revision", "interruption",
                      "plan_revision", "run", "access_log"):  # fmt: skip
            connection.execute(text(f"VACUUM {table}"))


# ---------------------------------------------------------------- decisions


def _blank_decisions(session: Session, municipality: str, recipient: str) -> Iterable[Entry]:
    keys = _revisions(session, municipality, recipient)
    for decision_id in sorted({key[0] for key in keys}):
        session.exec(
            update(DecisionRevisionRow)
            .where(col(DecisionRevisionRow.municipality_id) == municipality)
            .where(col(DecisionRevisionRow.decision_id) == decision_id)
            .values(lat=NOWHERE.lat, lon=NOWHERE.lon, required_skills_json="[]", wishes_json="{}")
        )
        session.exec(
            update(InterruptionRow)
            .where(col(InterruptionRow.municipality_id) == municipality)
            .where(col(InterruptionRow.decision_id) == decision_id)
            .values(reason="")
        )
    session.expire_all()
    for decision_id, number in keys:
        held = decision_rows.held_revision(session, municipality, decision_id, number)
        details: dict[str, str | int] = {
            "version": number,
            "sha256": decision_rows.digest(held.case),
        }
        yield Entry(BLANKED, "decision", decision_id, details)


def _revisions(session: Session, municipality: str, recipient: str) -> list[tuple[str, int]]:
    query = (
        select(DecisionRevisionRow.decision_id, DecisionRevisionRow.number)
        .join(
            DecisionRow,
            (col(DecisionRow.municipality_id) == DecisionRevisionRow.municipality_id)
            & (col(DecisionRow.id) == DecisionRevisionRow.decision_id),
        )
        .where(DecisionRow.municipality_id == municipality)
        .where(DecisionRow.recipient_id == recipient)
        .order_by(col(DecisionRevisionRow.decision_id), col(DecisionRevisionRow.number))
    )
    return [(decision_id, number) for decision_id, number in session.exec(query)]


# ---------------------------------------------------------------- plans


def _redact_plans(session: Session, municipality: str, recipient: str) -> Iterable[Entry]:
    for row in _plans(session, municipality, recipient):
        day = read_document(row.input_json.encode(), max_bytes=plan_rows.ANY_SIZE).day
        session.add(
            PlanErasureRow(
                municipality_id=municipality,
                unit_id=row.unit_id,
                day=row.day,
                revision=row.number,
                recipient_id=recipient,
            )
        )
        session.flush()
        row.input_json = write_json(write_document(without(day, recipient)))
        row.redacted += 1
        session.flush()
        sha256 = plan_rows.digest(row.input_json, row.plan_json)
        details: dict[str, str | int] = {"revision": row.number, "sha256": sha256}
        yield Entry(REDACTED, "day-plan", str(PlanKey(row.unit_id, row.day)), details)


def _plans(session: Session, municipality: str, recipient: str) -> list[PlanRevisionRow]:
    """Plans whose documents name the recipient; the text narrows, the document decides."""
    query = (
        select(PlanRevisionRow)
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(_named(PlanRevisionRow.input_json, recipient))
        .order_by(
            col(PlanRevisionRow.unit_id), col(PlanRevisionRow.day), col(PlanRevisionRow.number)
        )
    )
    return [row for row in session.exec(query) if _names(row, recipient)]


def _of_runs(municipality: str, recipient: str) -> ColumnElement[bool]:
    named = _named(RunRow.input_json, recipient) | _named(RunRow.near_json, recipient)
    return (col(RunRow.municipality_id) == municipality) & func.coalesce(named, False)


def _named(document: str | None, recipient: str) -> ColumnElement[bool]:
    """Documents that have the id as one of their texts, as our writer writes it."""
    words = json.dumps(recipient, ensure_ascii=False)
    return col(document).contains(words, autoescape=True)


def _names(row: PlanRevisionRow, recipient: str) -> bool:
    day = read_document(row.input_json.encode(), max_bytes=plan_rows.ANY_SIZE).day
    return without(day, recipient) != day


def _redacted(visit: Visit, recipient: str, office: Location) -> Visit:
    if visit.recipient_id != recipient:
        return visit
    return replace(
        visit, location=office, required_skills=frozenset(), wishes=Wishes(), key_at=None
    )


def _without(times: TravelTimes, gone: set[Location]) -> TravelTimes:
    kept = [row for row, place in enumerate(times.locations) if place not in gone]
    return replace(
        times,
        locations=tuple(times.locations[row] for row in kept),
        durations_s=tuple(tuple(times.durations_s[row][to] for to in kept) for row in kept),
        zones=tuple(times.zones[row] for row in kept) if times.zones else (),
    )
