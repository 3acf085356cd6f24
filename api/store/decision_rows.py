"""
Decisions between their tables and the domain, explicitly and without loss.

Promises: what :func:`insert_revision` stores, :func:`held_revision` gives back as an equal case.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, select, tuple_
from sqlmodel import Session

from api.documents.cases import Case, write_case
from api.documents.planning_schemas import WishesSchema
from api.documents.strict_json import write_json
from api.refusals import not_found
from api.store.audit import Act
from api.store.records import DecisionEvent, DecisionRevision
from api.store.tables import (
    METADATA,
    DecisionRevisionRow,
    DecisionRow,
    InterruptionRow,
    PlacementRow,
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

# Read without making an object of each row; each statement is put together once.
_DECISIONS, _REVISIONS, _PROVIDERS, _PLACEMENTS, _LINES, _AWAY = (
    METADATA.tables[name]
    for name in (
        "decision", "decision_revision", "provider", "placement", "service_line", "interruption"
    )
)  # fmt: skip
# A decision and the number of a revision.
Key = tuple[str, int]
# Two values each; SQLite takes 32,766 in a statement.
MOST_KEYS = 5_000


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
    (found,) = held_revisions(session, municipality, [(decision_id, number)])
    return found


def held_revisions(
    session: Session, municipality: str, keys: Sequence[Key]
) -> tuple[DecisionRevision, ...]:
    """
    Revisions of decisions, in the order of `keys`: four statements for each 5,000.

    Raises
    ------
    NotFound
        When there is none of a decision and number.
    """
    if len(keys) > MOST_KEYS:
        first, rest = keys[:MOST_KEYS], keys[MOST_KEYS:]
        return held_revisions(session, municipality, first) + held_revisions(
            session, municipality, rest
        )
    # A plain statement does not write first what the session has changed.
    session.flush()
    connection, given = session.connection(), {"municipality": municipality, "keys": list(keys)}
    rows = {(row.decision_id, row.number): row for row in connection.execute(_HELD, given)}
    for name, number in keys:
        if (name, number) not in rows:
            raise not_found("decisions", f"{name} revision {number}")
    placements, lines, away = (_of(connection, query, given) for query in _PARTS)
    return tuple(
        _revision(rows[key], placements.get(key, ()), lines.get(key, ()), away.get(key, ()))
        for key in keys
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
            least_apart_h=line.least_apart_h,
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


def _parts_of(table: Table, order: str) -> Select[Any]:
    """The rows of revisions in `table`, each revision's in their order."""
    return (
        select(table)
        .where(table.c.municipality_id == bindparam("municipality"))
        .where(tuple_(table.c.decision_id, table.c.revision).in_(bindparam("keys", expanding=True)))
        .order_by(table.c[order])
    )


_HELD = (
    select(_REVISIONS, _DECISIONS.c.recipient_id)
    .join(
        _DECISIONS,
        (_DECISIONS.c.municipality_id == _REVISIONS.c.municipality_id)
        & (_DECISIONS.c.id == _REVISIONS.c.decision_id),
    )
    .where(_REVISIONS.c.municipality_id == bindparam("municipality"))
    .where(
        tuple_(_REVISIONS.c.decision_id, _REVISIONS.c.number).in_(bindparam("keys", expanding=True))
    )
)
_PARTS = (
    _parts_of(_PLACEMENTS, "first_day")
    .add_columns(_PROVIDERS.c.kind)
    .join(
        _PROVIDERS,
        (_PROVIDERS.c.municipality_id == _PLACEMENTS.c.municipality_id)
        & (_PROVIDERS.c.id == _PLACEMENTS.c.provider_id),
    ),
    _parts_of(_LINES, "position"),
    _parts_of(_AWAY, "position"),
)


def _of(
    connection: Connection, query: Select[Any], given: Mapping[str, Any]
) -> dict[Key, list[Row[Any]]]:
    """The rows of each revision that has any, in their order."""
    found: dict[Key, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query, given):
        found[row.decision_id, row.revision].append(row)
    return found


def _revision(
    row: Row[Any], placements: Sequence[Row[Any]], lines: Sequence[Row[Any]],
    away: Sequence[Row[Any]],
) -> DecisionRevision:  # fmt: skip
    recipient = row.recipient_id
    decision = Decision(
        row.decision_id,
        recipient,
        row.decided_on,
        row.valid_from,
        row.valid_to,
        placements[0].provider_id if placements else "",
        tuple(line_of(line) for line in lines),
        row.review_on,
    )
    placed = tuple(
        Placement(
            each.first_day,
            each.zone,
            each.provider_id,
            ProviderKind(each.kind),
            each.unit_id,
        )
        for each in placements
    )
    interruptions = tuple(
        Interruption(
            each.first_day,
            each.last_day,
            each.reason,
            None if each.status is None else Status(each.status),
        )
        for each in away
    )
    home = Recipient(
        recipient,
        Location(row.lat, row.lon),
        row.zone,
        required_skills=frozenset(json.loads(row.required_skills_json)),
        wishes=WishesSchema.model_validate_json(row.wishes_json).wishes(),
    )
    return DecisionRevision(
        row.number,
        DecisionEvent(row.event),
        Case(Granted(decision, placed, interruptions), home),
        row.recorded_at,
        row.recorded_by,
        row.intake_key,
    )


def line_of(row: ServiceLineRow | Row[Any]) -> ServiceLine:
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
        row.least_apart_h,
    )
