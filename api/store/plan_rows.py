"""
Day plans between their tables and the domain: documents whole, and one row per planned visit.

Promises: what :func:`insert_plan` stores, :func:`held_plan` gives back as an equal day and plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from api.documents.plan_reading import read_plan
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json, plan_document
from api.documents.planning import read_document, write_document
from api.documents.strict_json import write_json
from api.refusals import not_found
from api.store.audit import Act
from api.store.records import PlanKey, PlanRevision, PlanStatus
from api.store.tables import BookingRow, DayPlanRow, PlanRevisionRow, PlanVisitRow
from scheduler.care.model import Day
from scheduler.followup import FollowUp
from scheduler.plan import Plan

# The store's own documents were judged when they came in, and may have grown by their answers.
ANY_SIZE = 1 << 40
Span = tuple[str, str, datetime, datetime]


def spans(plan: Plan) -> list[Span]:
    """
    Visit, carer, start and end of every planned visit, in UTC.

    Not in local time: in the night of 25 hours a local time equals no time of another zone, not
    even the same moment's (PEP 495).
    """
    return [
        (stop.visit_id, route.carer_id, stop.start.astimezone(UTC), stop.end.astimezone(UTC))
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    ]


def digest(input_json: str, plan_json: str) -> str:
    """SHA-256 of a revision's two documents; the audit log keeps it."""
    return hashlib.sha256(f"{input_json}\n{plan_json}".encode()).hexdigest()


def insert_plan(
    session: Session, act: Act, key: PlanKey, number: int, day: Day, plan: Plan, measured: FollowUp
) -> PlanRevisionRow:
    """Store `plan` as a draft of the day, whose own row is there."""
    metadata = MetadataSchema(id=f"{key} {number}", status=Status.SOLVING_COMPLETED)
    row = PlanRevisionRow(
        municipality_id=act.municipality,
        unit_id=key.unit,
        day=key.day,
        number=number,
        status=PlanStatus.DRAFT,
        input_json=write_json(write_document(day)),
        plan_json=write_json(as_json(plan_document(plan, metadata, day, measured))),
        saved_at=act.at,
        saved_by=act.actor,
    )
    session.add(row)
    session.flush()
    session.add_all(
        PlanVisitRow(**_key(row), visit_id=visit, carer_id=carer, starts_at=start, ends_at=end)
        for visit, carer, start, end in spans(plan)
    )
    session.flush()
    return row


def book(session: Session, row: PlanRevisionRow) -> None:
    """Book the carers of a revision that has just become the published one."""
    session.add_all(
        BookingRow(
            **_key(row),
            visit_id=each.visit_id,
            carer_id=each.carer_id,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
        )
        for each in visits_of(session, row)
    )
    session.flush()


def unbook(session: Session, row: PlanRevisionRow) -> None:
    """Give back the carers' time of a revision that has just been superseded."""
    session.exec(
        delete(BookingRow)
        .where(col(BookingRow.municipality_id) == row.municipality_id)
        .where(col(BookingRow.unit_id) == row.unit_id)
        .where(col(BookingRow.day) == row.day)
        .where(col(BookingRow.revision) == row.number)
    )


def visits_of(session: Session, row: PlanRevisionRow) -> list[PlanVisitRow]:
    """The planned visits of a revision."""
    query = (
        select(PlanVisitRow)
        .where(PlanVisitRow.municipality_id == row.municipality_id)
        .where(PlanVisitRow.unit_id == row.unit_id)
        .where(PlanVisitRow.day == row.day)
        .where(PlanVisitRow.revision == row.number)
        .order_by(col(PlanVisitRow.visit_id))
    )
    return list(session.exec(query))


def held_day(session: Session, municipality: str, key: PlanKey) -> DayPlanRow | None:
    """The day's own row, if anything was saved for it."""
    return session.get(DayPlanRow, (municipality, key.unit, key.day))


def held_plan(session: Session, municipality: str, key: PlanKey, number: int) -> PlanRevision:
    """One revision of a day; NotFound when there is none."""
    row = revision_row(session, municipality, key, number)
    day_row = session.get_one(DayPlanRow, (municipality, key.unit, key.day))
    return PlanRevision(
        key,
        row.number,
        day_row.version,
        PlanStatus(row.status),
        read_document(row.input_json.encode(), max_bytes=ANY_SIZE).day,
        read_plan(row.plan_json.encode(), max_bytes=ANY_SIZE).plan,
    )


def revision_row(session: Session, municipality: str, key: PlanKey, number: int) -> PlanRevisionRow:
    """The row of one revision; NotFound when there is none."""
    row = session.get(PlanRevisionRow, (municipality, key.unit, key.day, number))
    if row is None:
        raise not_found("day-plans", f"{key} revision {number}")
    return row


def overlapping(
    session: Session, row: PlanRevisionRow
) -> Iterable[tuple[PlanVisitRow, BookingRow]]:
    """Visits of `row` whose carer is booked then by the plan of another day or unit."""
    query = (
        select(PlanVisitRow, BookingRow)
        .where(PlanVisitRow.municipality_id == row.municipality_id)
        .where(PlanVisitRow.unit_id == row.unit_id)
        .where(PlanVisitRow.day == row.day)
        .where(PlanVisitRow.revision == row.number)
        .where(BookingRow.municipality_id == PlanVisitRow.municipality_id)
        .where(BookingRow.carer_id == PlanVisitRow.carer_id)
        .where(BookingRow.starts_at < PlanVisitRow.ends_at)
        .where(BookingRow.ends_at > PlanVisitRow.starts_at)
        .where((BookingRow.unit_id != row.unit_id) | (BookingRow.day != row.day))
        .order_by(col(PlanVisitRow.starts_at), col(PlanVisitRow.visit_id))
    )
    return session.exec(query)


def _key(row: PlanRevisionRow) -> dict[str, Any]:
    return {
        "municipality_id": row.municipality_id,
        "unit_id": row.unit_id,
        "day": row.day,
        "revision": row.number,
    }
