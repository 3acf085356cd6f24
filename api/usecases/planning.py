"""
A day's plan on its way: saved as a draft, approved, published; another plan is another revision.

Promises: only a plan that keeps every hard rule is saved; a published one is never changed, only
superseded by the next; nobody is booked twice by what is published, in whichever unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.documents.planning_schemas import EnvelopeSchema
from api.documents.withheld import may_name, withheld_of
from api.judgement import judge, refuse_broken
from api.refusals import Conflict, not_found, require_version
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.person_rows import erased_findings
from api.store.plan_rows import (
    book,
    digest,
    held_day,
    held_plan,
    insert_plan,
    overlapping,
    revision_row,
    unbook,
)
from api.store.records import PlanKey, PlanRevision, PlanStatus
from api.store.tables import DayPlanRow, PlanRevisionRow, UnitRow
from api.usecases.looking import Look
from scheduler.care.errors import Finding, InvalidInput, NotFound
from scheduler.care.model import Day
from scheduler.plan import Plan


@dataclass(frozen=True, slots=True)
class Step:
    """Where a revision stands after a step, and the version that the next step must name."""

    number: int
    status: PlanStatus
    version: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A revision of a day, and when it took each step."""

    number: int
    status: PlanStatus
    saved_at: datetime
    approved_at: datetime | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanDay:
    """A day of a unit: the version that the next step must name, and its revisions."""

    key: PlanKey
    version: int
    revisions: tuple[Saved, ...]


def plan_revision(store: Store, municipality: str, key: PlanKey, number: int) -> PlanRevision:
    """One revision of a day; NotFound when there is none."""
    with store.reading() as session:
        return held_plan(session, municipality, key, number)


def published_plan(store: Store, municipality: str, key: PlanKey) -> PlanRevision:
    """The plan of a day that is in force; NotFound when none is."""
    with store.reading() as session:
        return held_published(session, municipality, key)


def plan_revisions(store: Store, municipality: str, key: PlanKey) -> PlanDay:
    """A day's version and its revisions, the first one first; version 0 when nothing was saved."""
    query = (
        select(PlanRevisionRow)
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(PlanRevisionRow.unit_id == key.unit)
        .where(PlanRevisionRow.day == key.day)
        .order_by(col(PlanRevisionRow.number))
    )
    with store.reading() as session:
        held = held_day(session, municipality, key)
        steps = tuple(
            Saved(
                row.number, PlanStatus(row.status), row.saved_at, row.approved_at, row.published_at
            )
            for row in session.exec(query)
        )
        return PlanDay(key, held.version if held else 0, steps)


def save(store: Store, act: Act, unit: str, expected: int, day: Day, plan: Plan) -> Step:
    """
    Keep `plan` of `day` as a draft, the day's next revision.

    Parameters
    ----------
    expected
        The day's version that the plan was made of; 0 when nothing was saved for it.

    Raises
    ------
    InvalidInput
        When the plan is of another day or breaks a rule; every broken rule is named. When a
        recipient of the day is erased.
    NotFound, Stale
        No such unit; another version holds.
    """
    judged = judge(day, plan)
    measured = refuse_broken(judged)
    key = PlanKey(unit, day.date)
    with store.writing() as session:
        head = lock(session, act.municipality)
        if session.get(UnitRow, (act.municipality, unit)) is None:
            raise NotFound(
                Finding("NOT_FOUND", "units", "a unit of the municipality", unit,
                        "Lägg upp enheten först, eller rätta id:t.")
            )  # fmt: skip
        erased = erased_findings(
            session, act.municipality, {visit.recipient_id for visit in day.visits}
        )
        if erased:
            raise InvalidInput(erased)
        day_row = held_day(session, act.municipality, key)
        require_version(f"day plan ({key})", expected, day_row.version if day_row else 0)
        if day_row is None:
            day_row = DayPlanRow(
                municipality_id=act.municipality, unit_id=unit, day=day.date, version=1
            )
            session.add(day_row)
        else:
            day_row.version += 1
        session.flush()
        number = _last_number(session, act.municipality, key) + 1
        row = insert_plan(session, act, key, number, day, judged.plan, measured)
        sha256 = digest(row.input_json, row.plan_json)
        saved = Entry("PLAN_SAVED", "day-plan", str(key), {"revision": number, "sha256": sha256})
        append(session, head, act, [saved])
        return Step(number, PlanStatus.DRAFT, day_row.version)


def approve(store: Store, act: Act, key: PlanKey, number: int, expected: int) -> Step:
    """
    Approve a draft.

    Raises
    ------
    NotFound, Stale, Conflict
        No such revision; another version holds; it is not a draft.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        row, day_row = _next(session, act, key, number, expected, PlanStatus.DRAFT)
        row.status, row.approved_at, row.approved_by = PlanStatus.APPROVED, act.at, act.actor
        session.flush()
        details = {"revision": number}
        append(session, head, act, [Entry("PLAN_APPROVED", "day-plan", str(key), details)])
        return Step(number, PlanStatus.APPROVED, day_row.version)


def publish(store: Store, act: Act, key: PlanKey, number: int, expected: int) -> Step:
    """
    Put an approved plan in force, instead of the one that was.

    Raises
    ------
    NotFound, Stale, Conflict
        As :func:`approve`; CARER_BOOKED for each visit whose carer is booked elsewhere then.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        row, day_row = _next(session, act, key, number, expected, PlanStatus.APPROVED)
        hidden = _hidden_visits(session, act, row)
        double = [
            _booked(
                "withheld" if visit.visit_id in hidden else visit.visit_id,
                visit.carer_id, booking.unit_id, booking.day.isoformat(),
            )
            for visit, booking in overlapping(session, row)
        ]  # fmt: skip
        if double:
            raise Conflict(double)
        details = {"revision": number}
        earlier = _published(session, act.municipality, key)
        if earlier is not None:
            earlier.status, earlier.superseded_at = PlanStatus.SUPERSEDED, act.at
            session.flush()
            unbook(session, earlier)
            details["superseded"] = earlier.number
        row.status, row.published_at, row.published_by = PlanStatus.PUBLISHED, act.at, act.actor
        session.flush()
        book(session, row)
        append(session, head, act, [Entry("PLAN_PUBLISHED", "day-plan", str(key), details)])
        return Step(number, PlanStatus.PUBLISHED, day_row.version)


def _next(
    session: Session, act: Act, key: PlanKey, number: int, expected: int, status: PlanStatus
) -> tuple[PlanRevisionRow, DayPlanRow]:
    """The revision that is to go on from `status`, and its day with the next version."""
    row = revision_row(session, act.municipality, key, number)
    day_row = session.get_one(DayPlanRow, (act.municipality, key.unit, key.day))
    require_version(f"day plan ({key})", expected, day_row.version)
    if row.status != status:
        raise Conflict(
            Finding(
                "PLAN_STATUS",
                f"day plan ({key}) revision {number}",
                status.value,
                row.status,
                "Spara planen som en ny revision, godkänn den och publicera den.",
            )
        )
    day_row.version += 1
    return row, day_row


def _last_number(session: Session, municipality: str, key: PlanKey) -> int:
    query = (
        select(PlanRevisionRow.number)
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(PlanRevisionRow.unit_id == key.unit)
        .where(PlanRevisionRow.day == key.day)
        .order_by(col(PlanRevisionRow.number).desc())
    )
    return session.exec(query).first() or 0


def _published(session: Session, municipality: str, key: PlanKey) -> PlanRevisionRow | None:
    query = (
        select(PlanRevisionRow)
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(PlanRevisionRow.unit_id == key.unit)
        .where(PlanRevisionRow.day == key.day)
        .where(PlanRevisionRow.status == PlanStatus.PUBLISHED)
    )
    return session.exec(query).one_or_none()


def held_published(session: Session, municipality: str, key: PlanKey) -> PlanRevision:
    """The plan of a day that is in force; NotFound when none is."""
    row = _published(session, municipality, key)
    if row is None:
        raise not_found("published plans", str(key))
    return held_plan(session, municipality, key, row.number)


def _hidden_visits(session: Session, act: Act, row: PlanRevisionRow) -> frozenset[str]:
    """The visits of a revision to whom `act` may not know of."""
    hidden = Look(session, act).hidden
    if not may_name(row.input_json, hidden):
        return frozenset()
    day = EnvelopeSchema.model_validate_json(row.input_json).model_input
    return withheld_of(day, hidden).visits


def _booked(visit: str, carer: str, unit: str, day: str) -> Finding:
    return Finding(
        "CARER_BOOKED",
        f"visit ({visit})",
        f"a time when {carer} is free",
        f"a booking by the published plan of {unit} {day}",
        "Planera om besöket, eller ändra den andra planen först.",
    )
