"""
The purse document: granted decisions with moves and interruptions, and how a month is counted.

Each decision is a decision document with the unit whose budget pays, and what has changed since.
A document is refused with all its faults at once. Source: docs/budget.md.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from api.documents.decision_schemas import DecisionSchema, ProviderSchema
from api.documents.decisions import registration_of
from api.documents.schema_faults import validate
from api.documents.schema_types import CalendarDay, Id, Minutes, Schema, Text
from api.documents.strict_json import MAX_BYTES, parse_json
from pricing.book.model import Status
from pricing.budget.counting import PaidAs
from pricing.budget.granted_time import month_of
from pricing.budget.model import (
    Granted,
    Interruption,
    MonthBasis,
    Placement,
    granted_findings,
)
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Band
from scheduler.validation.decisions import decision_findings

ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]


class MoveSchema(Schema):
    """From a day on another zone, provider or unit; what is left out stays."""

    first_day: CalendarDay
    zone: Id | None = None
    provider: ProviderSchema | None = None
    unit: Id | None = None


class InterruptionSchema(Schema):
    """Days on which nothing is carried out, both included; without `lastDay` for now."""

    first_day: CalendarDay
    last_day: CalendarDay | None = None
    reason: Text = ""
    status: Literal["PLANNED_ABSENCE", "UNPLANNED_ABSENCE", "DECEASED"] | None = None


class GrantedSchema(DecisionSchema):
    """A decision, the unit whose budget pays, and what has changed since."""

    unit: Id
    moves: Annotated[list[MoveSchema], Field(max_length=1000)] = []
    interruptions: Annotated[list[InterruptionSchema], Field(max_length=1000)] = []


class PaidAsSchema(Schema):
    """What a service of the decisions is paid as, from a day on, and its standard time."""

    service: Id
    first_day: CalendarDay
    paid_as: Id
    duration: Minutes | None = None


class CountingSchema(Schema):
    """What granted time is counted by, where the decisions are in the store."""

    basis: Annotated[MonthBasis, Field(strict=False)] = MonthBasis.MEAN_MONTH
    services: Annotated[list[PaidAsSchema], Field(max_length=10_000)] = []
    clock: dict[Annotated[Band, Field(strict=False)], ClockTime] = {}


class PursesSchema(Schema):
    """Decisions, and what their purses are counted by."""

    basis: Annotated[MonthBasis, Field(strict=False)]
    services: Annotated[list[PaidAsSchema], Field(max_length=10_000)] = []
    clock: dict[Annotated[Band, Field(strict=False)], ClockTime] = {}
    decisions: list[GrantedSchema]


@dataclass(frozen=True, slots=True)
class PurseDocument:
    """What the document says; the fields are those of :class:`pricing.budget.counting.Terms`."""

    basis: MonthBasis
    services: Mapping[str, tuple[PaidAs, ...]]
    clock: Mapping[Band, time]
    granted: tuple[Granted, ...]


def read_purses(content: bytes, *, max_bytes: int = MAX_BYTES) -> PurseDocument:
    """
    The decisions in `content`.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the document.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(PursesSchema, value)
    findings += faults
    if schema is None:
        raise InvalidInput(findings)
    granted = tuple(granted_of(each) for each in schema.decisions)
    findings += _twice("decisions", [each.decision.id for each in granted])
    for each in granted:
        findings += granted_faults(each)
    findings += services_faults(schema.services)
    if findings:
        raise InvalidInput(findings)
    return PurseDocument(
        schema.basis, services_of(schema.services), clock_of(schema.clock), granted
    )


def services_of(schemas: Sequence[PaidAsSchema]) -> dict[str, tuple[PaidAs, ...]]:
    """What each service of the decisions is paid as, by rising first day."""
    services: dict[str, list[PaidAs]] = {}
    for paid in sorted(schemas, key=lambda paid: paid.first_day):
        made = PaidAs(paid.first_day, paid.paid_as, paid.duration)
        services.setdefault(paid.service, []).append(made)
    return {service: tuple(dated) for service, dated in services.items()}


def services_faults(schemas: Sequence[PaidAsSchema]) -> list[Finding]:
    """A service that is paid as two things from the same day on."""
    return _twice("services", [f"{each.service} {each.first_day.isoformat()}" for each in schemas])


def clock_of(clock: Mapping[Band, str]) -> dict[Band, time]:
    """When an occasion of each band begins."""
    return {band: time.fromisoformat(text) for band, text in clock.items()}


def granted_faults(granted: Granted) -> list[Finding]:
    """Every fault of a decision and of its days, each told once; no catalogue is asked."""
    decision = granted.decision
    return [
        *decision_findings(decision, None, decision.valid_from),
        *(
            fault
            for fault in granted_findings(granted)
            # Told already, by the judgement of the decision itself.
            if fault.where != f"decision {decision.id}" or fault.code != "ENDS_BEFORE_START"
        ),
    ]


def granted_of(schema: GrantedSchema) -> Granted:
    """The decision, its placements and its interruptions that the document describes."""
    made = registration_of(schema)
    zone, provider, unit = made.recipient.zone, made.provider, schema.unit
    placements = [Placement(schema.valid_from, zone, provider.id, provider.kind, unit)]
    for move in schema.moves:
        before = placements[-1]
        placements.append(
            Placement(
                move.first_day,
                move.zone or before.zone,
                move.provider.id if move.provider else before.provider,
                move.provider.kind if move.provider else before.kind,
                move.unit or before.unit,
            )
        )
    interruptions = tuple(interruption_of(each) for each in schema.interruptions)
    return Granted(made.decision, tuple(placements), interruptions)


def interruption_of(schema: InterruptionSchema) -> Interruption:
    """The days that the document describes."""
    status = None if schema.status is None else Status(schema.status)
    return Interruption(schema.first_day, schema.last_day, schema.reason, status)


def _twice(where: str, ids: list[str]) -> list[Finding]:
    return [
        Finding("DUPLICATE_ID", where, "each once", f"{name} {count} times", "Ta bort dubbletten.")
        for name, count in Counter(ids).items()
        if count > 1
    ]


def month_days(text: str) -> tuple[date, date]:
    """
    First and last day of the month that `text` names, as in ``2026-03``.

    Raises
    ------
    InvalidInput
        When it names none.
    """
    try:
        if len(text) != len("2026-03"):
            raise ValueError
        return month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise InvalidInput(
            Finding("NOT_A_MONTH", "--month", "a month as 2026-03", "another text",
                    "Skriv månaden som 2026-03.")
        ) from None  # fmt: skip
