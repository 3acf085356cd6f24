"""
What must hold of a store after anything that can happen to it, told by one function.

* The schema is the program's, with every guard; on SQLite the file is sound.
* Each decision's revisions are 1, 2, … to its version, each as it was logged, sound by the rules
  that let it in; each intake has the decisions that it counted.
* Each day's revisions are 1, 2, …; their visits are those of their plans; the bookings are the
  visits of the published revisions, and no carer is booked twice.
* What is paid by, performed and settled: :mod:`api.store.check_finance`; worked time:
  :mod:`api.store.check_worked`.
* Each run is in one state with what belongs to it (:mod:`api.store.check_runs`).
* Orders and what leads to them hold as :mod:`api.store.check_orders` says.
* The log's chain is whole, and has one entry for each revision and each step.
* Persons, markings and readings are as :mod:`api.store.person_check` tells.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from api.documents.cases import case_faults
from api.store import decision_rows, plan_rows
from api.store.access_log import access_heads
from api.store.audit import Anchor, audit_findings
from api.store.check_finance import finance_findings
from api.store.check_orders import order_findings
from api.store.check_runs import run_findings
from api.store.check_worked import worked_findings
from api.store.engine import Store
from api.store.erasing import BLANKED, REDACTED
from api.store.guards import missing_guards
from api.store.person_check import person_findings
from api.store.records import DecisionEvent, PlanKey, PlanStatus
from api.store.row_scope import EVERYTHING, within
from api.store.row_security import missing_policies, require_everything
from api.store.schema import require_current
from api.store.tables import (
    AuditHeadRow,
    AuditRow,
    BookingRow,
    DayPlanRow,
    DecisionRevisionRow,
    DecisionRow,
    IntakeRow,
    MunicipalityRow,
    PlanRevisionRow,
    PlanVisitRow,
)
from scheduler.care.errors import CareError, Finding

# Subject and revision -> what the log says of it: action and hash.
Logged = Mapping[tuple[str, int], str]
# The name of a municipality's log of readings, among the anchors.
READINGS = "{}/readings"
# What translating a row raises that no use case has written.
UNREADABLE = (CareError, ValueError, LookupError)


def check(store: Store, anchors: Mapping[str, Anchor] | None = None) -> list[Finding]:
    """
    Every invariant that does not hold; nothing when all is well.

    Parameters
    ----------
    anchors
        Municipality -> a head of its log that was noted outside the database; as
        ``MUNICIPALITY/readings`` of its log of readings.

    Raises
    ------
    InvalidInput
        When the database cannot be reached or has another migration than the program's;
        OWNER_NEEDED when policies hide rows from the account.
    """
    require_current(store)
    anchors = anchors or {}
    with within(EVERYTHING), store.reading() as session:
        require_everything(session.connection())
        findings = list(_schema(session))
        for municipality in session.exec(select(MunicipalityRow.id)).all():
            log = _log(session, municipality)
            findings += audit_findings(
                municipality,
                log,
                session.get(AuditHeadRow, municipality),
                anchors.get(municipality),
            )
            findings += _decisions(session, municipality, log)
            findings += _intakes(session, municipality)
            findings += _plans(session, municipality, log)
            findings += _bookings(session, municipality)
            findings += person_findings(
                session, municipality, log, anchors.get(READINGS.format(municipality))
            )
            findings += finance_findings(session, municipality, log, _broken)
            findings += worked_findings(session, municipality, log, _broken)
            findings += run_findings(session, municipality)
            findings += order_findings(session, municipality, log)
    return findings


def heads(store: Store) -> dict[str, Anchor]:
    """The heads of the logs, named as :func:`check` takes them, to be noted elsewhere."""
    with within(EVERYTHING), store.reading() as session:
        rows = session.exec(select(AuditHeadRow).order_by(col(AuditHeadRow.municipality_id)))
        acts = {row.municipality_id: Anchor(row.number, row.hash) for row in rows}
        readings = access_heads(session).items()
        return acts | {READINGS.format(name): head for name, head in readings}


# ---------------------------------------------------------------- schema and log


def _schema(session: Session) -> Iterator[Finding]:
    connection = session.connection()
    for name in (*missing_guards(connection), *missing_policies(connection)):
        yield _broken("GUARD_MISSING", "schema", f"the guard {name}", "none")
    if connection.dialect.name != "sqlite":
        return
    for told in connection.execute(text("PRAGMA integrity_check")).scalars():
        if told != "ok":
            # SQLite tells pages and indices, no contents.
            yield _broken("FILE_BROKEN", "database", "a sound file", told)
    for table, _, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield _broken("REFERENCE_BROKEN", table, f"a row of {parent}", "none")


def _log(session: Session, municipality: str) -> list[AuditRow]:
    query = select(AuditRow).where(AuditRow.municipality_id == municipality)
    return list(session.exec(query.order_by(col(AuditRow.number))))


def _logged(log: Iterable[AuditRow], kind: str, actions: frozenset[str], number: str) -> Logged:
    """
    What the log says of the revisions of one kind; twice of the same is told as such.

    An erasure says which hash holds from then on.
    """
    found: dict[tuple[str, int], str] = {}
    for row in log:
        if row.subject_kind != kind:
            continue
        details = json.loads(row.details_json)
        key = (row.subject_id, details.get(number, 0))
        if row.action in (BLANKED, REDACTED) and key in found:
            found[key] = f"{found[key].partition(' ')[0]} {details['sha256']}"
        elif row.action in actions:
            words = f"{row.action} {details.get('sha256', '')}".strip()
            found[key] = f"{found[key]}; {words}" if key in found else words
    return found


def _unlike(what: str, logged: Logged, held: Logged) -> Iterator[Finding]:
    """Where what is stored and what is logged differ."""
    for key in sorted(logged.keys() | held.keys()):
        if logged.get(key) != held.get(key):
            yield _broken(
                "UNLIKE_LOG",
                f"{what} ({key[0]}) revision {key[1]}",
                logged.get(key, "none in the log"),
                held.get(key, "none stored"),
            )


# ---------------------------------------------------------------- decisions


def _decisions(session: Session, municipality: str, log: list[AuditRow]) -> Iterator[Finding]:
    versions = {
        row.id: row.version
        for row in session.exec(
            select(DecisionRow).where(DecisionRow.municipality_id == municipality)
        )
    }
    keys = session.exec(
        select(DecisionRevisionRow.decision_id, DecisionRevisionRow.number)
        .where(DecisionRevisionRow.municipality_id == municipality)
        .order_by(col(DecisionRevisionRow.decision_id), col(DecisionRevisionRow.number))
    ).all()
    yield from _numbered("decision", versions, keys)
    held = {}
    for decision_id, number in keys:
        try:
            revision = decision_rows.held_revision(session, municipality, decision_id, number)
            yield from case_faults(revision.case)
            sha256 = decision_rows.digest(revision.case)
        except UNREADABLE:
            yield _unreadable(f"decision ({decision_id}) revision {number}")
            continue
        held[decision_id, number] = f"DECISION_{revision.event} {sha256}"
    actions = frozenset(f"DECISION_{event}" for event in DecisionEvent)
    yield from _unlike("decision", _logged(log, "decision", actions, "version"), held)


def _intakes(session: Session, municipality: str) -> Iterator[Finding]:
    counted = dict(
        session.exec(
            select(DecisionRevisionRow.intake_key, func.count())
            .where(DecisionRevisionRow.municipality_id == municipality)
            .group_by(col(DecisionRevisionRow.intake_key))
        ).all()
    )
    for row in session.exec(select(IntakeRow).where(IntakeRow.municipality_id == municipality)):
        if counted.get(row.key, 0) != row.decisions:
            yield _broken(
                "HALF_INTAKE",
                f"intake ({row.key})",
                f"{row.decisions} decisions",
                str(counted.get(row.key, 0)),
            )


def _numbered(
    what: str, last: Mapping[str, int], keys: Iterable[tuple[str, int]]
) -> Iterator[Finding]:
    """Each thing's revisions are 1, 2, … up to its last."""
    numbers: dict[str, list[int]] = {name: [] for name in last}
    for name, number in keys:
        numbers.setdefault(name, []).append(number)
    for name, found in numbers.items():
        if found != list(range(1, last.get(name, 0) + 1)):
            yield _broken("REVISIONS", f"{what} ({name})", f"1 to {last.get(name, 0)}", str(found))


# ---------------------------------------------------------------- plans


def _plans(session: Session, municipality: str, log: list[AuditRow]) -> Iterator[Finding]:
    rows = session.exec(
        select(PlanRevisionRow)
        .where(PlanRevisionRow.municipality_id == municipality)
        .order_by(
            col(PlanRevisionRow.unit_id), col(PlanRevisionRow.day), col(PlanRevisionRow.number)
        )
    ).all()
    held, steps = {}, Counter[str]()
    for row in rows:
        key = PlanKey(row.unit_id, row.day)
        held[str(key), row.number] = f"PLAN_SAVED {plan_rows.digest(row.input_json, row.plan_json)}"
        steps[str(key)] += 1 + (row.approved_at is not None) + (row.published_at is not None)
        try:
            plan = plan_rows.held_plan(session, municipality, key, row.number).plan
        except UNREADABLE:
            yield _unreadable(f"day plan ({key}) revision {row.number}")
            continue
        visits = {
            (each.visit_id, each.carer_id, each.starts_at, each.ends_at)
            for each in plan_rows.visits_of(session, row)
        }
        if visits != set(plan_rows.spans(plan)):
            yield _broken(
                "VISITS_UNLIKE_PLAN", f"day plan ({key}) revision {row.number}",
                "the visits of the plan", "others",
            )  # fmt: skip
    yield from _unlike(
        "day plan", _logged(log, "day-plan", frozenset({"PLAN_SAVED"}), "revision"), held
    )
    last: Counter[str] = Counter(key for key, _ in held)
    yield from _numbered("day plan", last, held)
    logged = Counter(
        row.subject_id for row in log if row.subject_kind == "day-plan" and row.action != REDACTED
    )
    for day_row in session.exec(
        select(DayPlanRow).where(DayPlanRow.municipality_id == municipality)
    ):
        key = PlanKey(day_row.unit_id, day_row.day)
        if not day_row.version == steps[str(key)] == logged[str(key)]:
            yield _broken(
                "STEPS",
                f"day plan ({key})",
                f"{logged[str(key)]} steps, as in the log",
                f"{steps[str(key)]} steps, version {day_row.version}",
            )


def _bookings(session: Session, municipality: str) -> Iterator[Finding]:
    rows = session.exec(
        select(BookingRow)
        .where(BookingRow.municipality_id == municipality)
        .order_by(col(BookingRow.carer_id), col(BookingRow.starts_at))
    ).all()
    for before, after in pairwise(rows):
        if before.carer_id == after.carer_id and after.starts_at < before.ends_at:
            yield _broken(
                "DOUBLE_BOOKED",
                f"carer ({after.carer_id})",
                f"nothing before {before.ends_at.isoformat()}",
                f"{after.unit_id} {after.day.isoformat()} visit ({after.visit_id})",
            )
    booked = {_visit(each) for each in rows}
    published = {
        _visit(each)
        for row in session.exec(
            select(PlanRevisionRow)
            .where(PlanRevisionRow.municipality_id == municipality)
            .where(PlanRevisionRow.status == PlanStatus.PUBLISHED)
        )
        for each in plan_rows.visits_of(session, row)
    }
    for unit, day, number, visit in sorted(booked ^ published):
        wanted = (unit, day, number, visit) in published
        yield _broken(
            "BOOKINGS",
            f"{unit} {day} revision {number} visit ({visit})",
            "a booking" if wanted else "no booking",
            "none" if wanted else "one",
        )


def _visit(row: BookingRow | PlanVisitRow) -> tuple[str, str, int, str]:
    return (row.unit_id, row.day.isoformat(), row.revision, row.visit_id)


def _unreadable(where: str) -> Finding:
    return _broken("UNREADABLE", where, "what a use case writes", "something else")


def _broken(code: str, where: str, expected: str, found: str) -> Finding:
    return Finding(
        code,
        where,
        expected,
        found,
        "Stoppa skrivningar, spara en kopia av databasen och jämför med säkerhetskopian.",
    )
