"""
Decisions between their tables and the domain, explicitly and without loss.

Promises: what :func:`insert_revision` stores, :func:`held_revision` gives back as an equal case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from api.documents.cases import Case, write_case
from api.documents.planning_schemas import WishesSchema
from api.documents.strict_json import write_json
from api.refusals import not_found
from api.store.audit import Act
from api.store.records import DecisionEvent, DecisionRevision
from api.store.tables import (
    DecisionRevisionRow,
    DecisionRow,
    InterruptionRow,
    PlacementRow,
    ProviderRow,
    ServiceLineRow,
)
from pricing.book.model import Status
from pricing.budget.model import Granted, Interruption, Placement
from scheduler.care.model import (
    Band,
    Decision,
    Frequency,
    Location,
    Period,
    ProviderKind,
    Recipient,
    ServiceLine,
)

Positioned = TypeVar("Positioned", ServiceLineRow, InterruptionRow)


@dataclass(frozen=True, slots=True)
class Written:
    """Which revision is written, what made it, and with which document it came, if any."""

    number: int
    event: DecisionEvent
    intake: str | None = None


def digest(case: Case) -> str:
    """SHA-256 of the case in its document's words; the audit log keeps it."""
    return hashlib.sha256(write_json(write_case(case)).encode()).hexdigest()


def insert_revisions(session: Session, act: Act, written: Written, cases: Iterable[Case]) -> None:
    """Store `cases` as revisions of their decisions, whose own rows are there."""
    cases = tuple(cases)
    session.add_all(_revision_row(act, written, case) for case in cases)
    session.flush()
    for case in cases:
        session.add_all(_contents(act.municipality, written.number, case))
    session.flush()


def held_version(session: Session, municipality: str, decision_id: str) -> DecisionRow:
    """The decision's own row; NotFound when there is none."""
    row = session.get(DecisionRow, (municipality, decision_id))
    if row is None:
        raise not_found("decisions", decision_id)
    return row


def held_revision(
    session: Session, municipality: str, decision_id: str, number: int
) -> DecisionRevision:
    """One revision of a decision; NotFound when there is none."""
    row = session.get(DecisionRevisionRow, (municipality, decision_id, number))
    if row is None:
        raise not_found("decisions", f"{decision_id} revision {number}")
    decision = held_version(session, municipality, decision_id)
    placements = _by_day(session, row)
    return DecisionRevision(
        row.number,
        DecisionEvent(row.event),
        Case(
            Granted(
                _decision(decision, row, placements, _in_order(session, ServiceLineRow, row)),
                _placements(session, placements),
                tuple(
                    Interruption(
                        each.first_day,
                        each.last_day,
                        each.reason,
                        None if each.status is None else Status(each.status),
                    )
                    for each in _in_order(session, InterruptionRow, row)
                ),
            ),
            Recipient(
                decision.recipient_id,
                Location(row.lat, row.lon),
                row.zone,
                required_skills=frozenset(json.loads(row.required_skills_json)),
                wishes=WishesSchema.model_validate_json(row.wishes_json).wishes(),
            ),
        ),
        row.recorded_at,
        row.recorded_by,
        row.intake_key,
    )


# ---------------------------------------------------------------- to the tables


def _revision_row(act: Act, written: Written, case: Case) -> DecisionRevisionRow:
    decision, home = case.granted.decision, case.home
    return DecisionRevisionRow(
        municipality_id=act.municipality,
        decision_id=decision.id,
        number=written.number,
        event=written.event,
        decided_on=decision.decided_on,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        review_on=decision.review_on,
        lat=home.location.lat,
        lon=home.location.lon,
        zone=home.zone,
        required_skills_json=json.dumps(sorted(home.required_skills), ensure_ascii=False),
        wishes_json=WishesSchema(**WishesSchema.fields_of(home.wishes)).model_dump_json(),
        recorded_at=act.at,
        recorded_by=act.actor,
        intake_key=written.intake,
    )


def _contents(
    municipality: str, number: int, case: Case
) -> list[ServiceLineRow | PlacementRow | InterruptionRow]:
    decision = case.granted.decision
    key: dict[str, Any] = {
        "municipality_id": municipality, "decision_id": decision.id, "revision": number,
    }  # fmt: skip
    lines = [
        ServiceLineRow(
            **key,
            position=position,
            id=line.id,
            service=line.service,
            times=line.frequency.times,
            period=line.frequency.period,
            weekdays_json=json.dumps(line.frequency.weekdays),
            bands_json=json.dumps(line.bands),
            own_minutes=line.own_minutes,
            staff=line.staff,
            min_gap_min=line.min_gap_min,
            max_gap_min=line.max_gap_min,
            flexible=line.flexible,
        )
        for position, line in enumerate(decision.lines)
    ]
    placements = [
        PlacementRow(
            **key,
            first_day=each.first_day,
            zone=each.zone,
            provider_id=each.provider,
            unit_id=each.unit,
        )
        for each in case.granted.placements
    ]
    interruptions = [
        InterruptionRow(
            **key,
            position=position,
            first_day=each.first_day,
            last_day=each.last_day,
            reason=each.reason,
            status=each.status,
        )
        for position, each in enumerate(case.granted.interruptions)
    ]
    return [*lines, *placements, *interruptions]


# ---------------------------------------------------------------- from the tables


def _in_order(
    session: Session, table: type[Positioned], row: DecisionRevisionRow
) -> list[Positioned]:
    """The rows of one revision, in their order."""
    query = (
        select(table)
        .where(table.municipality_id == row.municipality_id)
        .where(table.decision_id == row.decision_id)
        .where(table.revision == row.number)
        .order_by(col(table.position))
    )
    return list(session.exec(query))


def _by_day(session: Session, row: DecisionRevisionRow) -> list[PlacementRow]:
    query = (
        select(PlacementRow)
        .where(PlacementRow.municipality_id == row.municipality_id)
        .where(PlacementRow.decision_id == row.decision_id)
        .where(PlacementRow.revision == row.number)
        .order_by(col(PlacementRow.first_day))
    )
    return list(session.exec(query))


def _decision(
    decision: DecisionRow,
    row: DecisionRevisionRow,
    placements: list[PlacementRow],
    lines: list[ServiceLineRow],
) -> Decision:
    return Decision(
        decision.id,
        decision.recipient_id,
        row.decided_on,
        row.valid_from,
        row.valid_to,
        placements[0].provider_id if placements else "",
        tuple(line_of(line) for line in lines),
        row.review_on,
    )


def _placements(session: Session, rows: list[PlacementRow]) -> tuple[Placement, ...]:
    made = []
    for row in rows:
        # Cached by the session: the few providers are read once.
        provider = session.get_one(ProviderRow, (row.municipality_id, row.provider_id))
        kind = ProviderKind(provider.kind)
        made.append(Placement(row.first_day, row.zone, row.provider_id, kind, row.unit_id))
    return tuple(made)


def line_of(row: ServiceLineRow) -> ServiceLine:
    """The granted line of a row."""
    return ServiceLine(
        row.id,
        row.service,
        Frequency(row.times, Period(row.period), tuple(json.loads(row.weekdays_json))),
        tuple(Band(band) for band in json.loads(row.bands_json)),
        row.own_minutes,
        row.staff,
        row.min_gap_min,
        row.max_gap_min,
        row.flexible,
    )
