"""
From decisions to a day to plan: a unit's staff, what is granted then, and who came lately.

    roster + decisions that hold + what earlier plans moved here + who came → planning document

Promises: a visit of a decision is in exactly one unit's day, that of the unit whose budget pays
then; nothing is visited during an interruption; a flexible visit that an earlier plan moved is
offered until a published plan makes it or its days are over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from api import flow
from api.documents.cases import Case, registration_on
from api.documents.planning import PlanningDocument, write_document
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.rosters import day_document, read_roster
from api.documents.strict_json import MAX_BYTES
from api.documents.withheld import Withheld, anonymous, input_without, withheld_of
from api.refusals import not_found, require_version
from api.store import roster_rows
from api.store.audit import Act, Entry, append, lock
from api.store.decision_rows import held_revisions
from api.store.engine import Store
from api.store.performed_rows import of_planned_visits
from api.store.plan_rows import held_plan
from api.store.records import PlanKey, PlanStatus
from api.store.tables import (
    DecisionRevisionRow,
    DecisionRow,
    PlacementRow,
    PlanRevisionRow,
    UnitRow,
)
from api.usecases.looking import Look, look
from pricing.book.model import NOT_PERFORMED
from scheduler.care.errors import Finding, InvalidInput, NotFound
from scheduler.care.model import Continuity, ProviderKind, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.moved import moved_visits
from scheduler.occasions import Line, Report, later_of, occasions, with_last

# A flexible visit is made within its period, which is a week at most; who came is counted in 14
# days, this one included. A last occasion binds for a fortnight at most.
DAYS_MOVED, DAYS_BEFORE, DAYS_APART = 6, 13, 14


def set_roster(
    store: Store,
    act: Act,
    key: PlanKey,
    expected: int,
    content: bytes,
    *,
    max_bytes: int = MAX_BYTES,
) -> int:
    """
    Let the roster in `content` be the staff of a unit's day.

    Parameters
    ----------
    expected
        Number of the roster that it replaces; 0 when the day has none.

    Returns
    -------
    int
        Its own number.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the roster.
    NotFound, Stale
        No such unit; another roster holds.
    """
    roster = read_roster(content, key.day, max_bytes=max_bytes)
    with store.writing() as session:
        head = lock(session, act.municipality)
        if session.get(UnitRow, (act.municipality, key.unit)) is None:
            raise not_found("units", key.unit)
        held = roster_rows.held_roster(session, act.municipality, key)
        number = held.number if held else 0
        require_version(f"roster ({key})", expected, number)
        row = roster_rows.new_roster(act, key, number + 1, roster)
        session.add(row)
        session.flush()
        set_now = Entry(
            "ROSTER_SET",
            "roster",
            str(key),
            {"number": row.number, "sha256": roster_rows.digest(row)},
        )
        append(session, head, act, [set_now])
        return row.number


def roster(store: Store, municipality: str, key: PlanKey) -> tuple[int, dict[str, Any]]:
    """The number and the words of the roster that holds; NotFound when the day has none."""
    with store.reading() as session:
        return _roster(session, municipality, key)


def units_with_roster(store: Store, municipality: str, day: date) -> tuple[str, ...]:
    """The units that have staff on `day`, by id."""
    with store.reading() as session:
        units = session.exec(
            select(UnitRow.id).where(UnitRow.municipality_id == municipality).order_by(UnitRow.id)
        ).all()
        return tuple(
            unit
            for unit in units
            if roster_rows.held_roster(session, municipality, PlanKey(unit, day)) is not None
        )


def day_to_plan(
    store: Store,
    municipality: str,
    key: PlanKey,
    terms: flow.Terms,
    config: dict[str, Any] | None = None,
    act: Act | None = None,
) -> PlanningDocument:
    """
    A unit's day, ready to plan.

    Parameters
    ----------
    act
        Who asks: faults of whom they may not know of are told without whom they are about.

    Raises
    ------
    NotFound
        NO_ROSTER when nobody is known to work.
    InvalidInput
        With every fault of the decisions and the staff together.
    """
    with store.reading() as session:
        found = _found(session, municipality, key)
        hidden = Look(session, act).hidden
    return _document(key, found, terms, config, hidden)


def shown_day(store: Store, act: Act, key: PlanKey, terms: flow.Terms) -> EnvelopeSchema:
    """
    As :func:`day_to_plan`, to be read: without whom `act` may not know of.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`day_to_plan`.
    """

    def read(session: Session, shown: Look) -> tuple[_Found, frozenset[str]]:
        found = _found(session, act.municipality, key)
        shown.show(found.recipients - shown.hidden)
        return found, shown.hidden

    found, hidden = look(store, act, read)
    document = _document(key, found, terms, None, hidden)
    made = EnvelopeSchema.model_validate(write_document(document.day, document.run), by_alias=True)
    day = input_without(made.model_input, withheld_of(made.model_input, hidden))
    return made.model_copy(update={"model_input": day})


@dataclass(frozen=True, slots=True)
class _Found:
    """What of the stored makes a unit's day."""

    staff: dict[str, Any]
    cases: list[Case]
    moved: tuple[Visit, ...]
    before: Mapping[date, _Before]
    began: Mapping[Line, datetime]

    @property
    def recipients(self) -> set[str]:
        """Everybody whom the day may name."""
        return {case.home.id for case in self.cases} | {each.recipient_id for each in self.moved}


def _found(session: Session, municipality: str, key: PlanKey) -> _Found:
    _, staff = _roster(session, municipality, key)
    cases = _cases(session, municipality, key, staff.get("provider"))
    before = _published_before(session, municipality, key)
    moved = _moved_here(session, municipality, key, before)
    apart = {
        case.home.id
        for case in cases
        if any(line.least_apart_h for line in case.granted.decision.lines)
    }
    began = _last_occasions(session, municipality, key, before, apart)
    recent = {day: each for day, each in before.items() if (key.day - day).days <= DAYS_BEFORE}
    return _Found(staff, cases, moved, recent, began)


def _document(
    key: PlanKey,
    found: _Found,
    terms: flow.Terms,
    config: dict[str, Any] | None,
    hidden: frozenset[str],
) -> PlanningDocument:
    carried_out = [registration_on(case, key.day) for case in found.cases]
    try:
        granted = flow.visits_of(carried_out, key.day, terms)
        visits = with_last((*granted, *found.moved), found.began)
        homes = {visit.recipient_id for visit in visits}
        came = _who_came(found.before, homes)
        return day_document(key.day, found.staff, visits, came, config)
    except InvalidInput as error:
        decisions = {case.id for case in found.cases if case.home.id in hidden}
        moved = {each.id for each in found.moved if each.recipient_id in hidden}
        raise InvalidInput(
            anonymous(error.findings, Withheld(hidden, frozenset(moved), frozenset(decisions)))
        ) from None


def _roster(session: Session, municipality: str, key: PlanKey) -> tuple[int, dict[str, Any]]:
    held = roster_rows.held_roster(session, municipality, key)
    if held is None:
        raise NotFound(
            Finding("NO_ROSTER", f"rosters ({key})", "the staff of the day", "none",
                    "Lägg upp bemanningen för dagen först.")
        )  # fmt: skip
    return held.number, roster_rows.roster_of(held)


def _cases(session: Session, municipality: str, key: PlanKey, provider: str | None) -> list[Case]:
    """The decisions that the unit carries out on the day, by rising id."""
    query = (
        select(DecisionRow.id, DecisionRow.version)
        .join(
            DecisionRevisionRow,
            (col(DecisionRevisionRow.municipality_id) == DecisionRow.municipality_id)
            & (col(DecisionRevisionRow.decision_id) == DecisionRow.id)
            & (col(DecisionRevisionRow.number) == DecisionRow.version),
        )
        .join(
            PlacementRow,
            (col(PlacementRow.municipality_id) == DecisionRow.municipality_id)
            & (col(PlacementRow.decision_id) == DecisionRow.id)
            & (col(PlacementRow.revision) == DecisionRow.version),
        )
        .where(DecisionRow.municipality_id == municipality)
        .where(DecisionRevisionRow.valid_from <= key.day)
        .where(
            or_(
                col(DecisionRevisionRow.valid_to).is_(None),
                col(DecisionRevisionRow.valid_to) >= key.day,
            )
        )
        .where(PlacementRow.unit_id == key.unit)
        .where(PlacementRow.first_day <= key.day)
        .distinct()
        .order_by(col(DecisionRow.id))
    )
    found = held_revisions(session, municipality, session.exec(query).all())
    return [held.case for held in found if _is_of(held.case, key, provider)]


def _is_of(case: Case, key: PlanKey, provider: str | None) -> bool:
    """Whether the unit carries the case out that day, by `provider` or by the municipal one."""
    if not case.granted.carried_out(key.day):
        return False
    placed = case.granted.placement_on(key.day)
    by = placed.kind is ProviderKind.OWN if provider is None else placed.provider == provider
    return placed.unit == key.unit and by


@dataclass(frozen=True, slots=True)
class _Before:
    """A published plan of an earlier day, as its stored words."""

    number: int
    plan: dict[str, Any]
    may_have_moved: bool

    @property
    def stops(self) -> Iterator[tuple[str, str, str]]:
        """Carer, visit and recipient of every planned visit."""
        for carer in self.plan["modelOutput"]["caregivers"]:
            for shift in carer["shifts"]:
                for stop in shift["itinerary"]:
                    if "recipientId" in stop:
                        yield carer["id"], stop["id"], stop["recipientId"]


def _published_before(session: Session, municipality: str, key: PlanKey) -> dict[date, _Before]:
    """By day, the plans of the unit that were in force on the days before, the last one first."""
    query = (
        select(PlanRevisionRow)
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(PlanRevisionRow.unit_id == key.unit)
        .where(PlanRevisionRow.day < key.day)
        .where(PlanRevisionRow.day >= key.day - timedelta(days=DAYS_APART))
        .where(PlanRevisionRow.status == PlanStatus.PUBLISHED)
        .order_by(col(PlanRevisionRow.day).desc())
    )
    return {
        row.day: _Before(
            row.number,
            json.loads(row.plan_json),
            row.day >= key.day - timedelta(days=DAYS_MOVED)
            and f'"{key.day.isoformat()}"' in row.plan_json,
        )
        for row in session.exec(query)
    }


def _moved_here(
    session: Session, municipality: str, key: PlanKey, before: Mapping[date, _Before]
) -> tuple[Visit, ...]:
    """Visits that earlier plans moved here and that no plan since has made."""
    found: dict[str, Visit] = {}
    made: set[str] = set()
    for day, each in before.items():
        if each.may_have_moved:
            held = held_plan(session, municipality, PlanKey(key.unit, day), each.number)
            for visit in moved_visits(held.day, held.plan, key.day):
                if visit.id not in made:
                    found.setdefault(visit.id, visit)
        made |= {visit for _, visit, _ in each.stops}
    return tuple(found[name] for name in sorted(found))


def _last_occasions(
    session: Session,
    municipality: str,
    key: PlanKey,
    before: Mapping[date, _Before],
    recipients: Collection[str],
) -> dict[Line, datetime]:
    """
    By line, the last start in the plans before, or as reported since; a day without `recipients` is
    not read.
    """
    began: dict[Line, datetime] = {}
    reported = _reported(session, municipality, key, recipients)
    for day, each in before.items():
        if any(recipient in recipients for _, _, recipient in each.stops):
            held = held_plan(session, municipality, PlanKey(key.unit, day), each.number)
            for line, start in occasions(held.day, held.plan, reported).items():
                began[line] = later_of(began.get(line), start)
    return began


def _reported(
    session: Session, municipality: str, key: PlanKey, recipients: Collection[str]
) -> dict[str, list[Report]]:
    """By planned visit, when it was made or that it was not, in the days that may bind."""
    since = datetime.combine(key.day - timedelta(days=DAYS_APART + 1), time(), STOCKHOLM)
    found: dict[str, list[Report]] = {}
    for visit in of_planned_visits(session, municipality, recipients, since):
        start = datetime.fromtimestamp(60 * visit.start, STOCKHOLM)
        made = Report(start, visit.status not in NOT_PERFORMED)
        found.setdefault(visit.planned_visit, []).append(made)
    return found


def _who_came(before: Mapping[date, _Before], homes: Collection[str]) -> tuple[Continuity, ...]:
    """By recipient of the day, the carers of the days before."""
    came: dict[str, set[str]] = {name: set() for name in homes}
    for each in before.values():
        for carer, _, recipient in each.stops:
            if recipient in came:
                came[recipient].add(carer)
    return tuple(Continuity(name, frozenset(came[name])) for name in sorted(came) if came[name])
