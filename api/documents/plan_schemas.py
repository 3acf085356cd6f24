"""
The plan document: who does what when, why the rest is left, and what it measures (docs/format.md).
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from api.documents.schema_types import CalendarDay, Id, Ids, Moment, Schema, Seconds, Span, Text
from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Mode, TravelSource
from scheduler.rules import Reason

TravelSourceCode = Annotated[TravelSource, Field(strict=False)]
Kronor = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$")]
ReasonCode = Annotated[Reason, Field(strict=False)]


class Status(StrEnum):
    """Where a plan stands; the last three are final."""

    SOLVING_SCHEDULED = "SOLVING_SCHEDULED"
    SOLVING_ACTIVE = "SOLVING_ACTIVE"
    SOLVING_COMPLETED = "SOLVING_COMPLETED"
    SOLVING_INCOMPLETE = "SOLVING_INCOMPLETE"
    SOLVING_FAILED = "SOLVING_FAILED"

    @property
    def final(self) -> bool:
        """True when nothing more will happen."""
        return self not in {Status.SOLVING_SCHEDULED, Status.SOLVING_ACTIVE}


class FindingSchema(Schema):
    """One fault or piece of advice."""

    code: str
    where: str
    expected: str
    found: str
    action: str
    severity: Annotated[Severity, Field(strict=False)] = Severity.ERROR

    @classmethod
    def of(cls, finding: Finding) -> FindingSchema:
        """`finding` as documents show it."""
        return cls(
            code=finding.code,
            where=finding.where,
            expected=finding.expected,
            found=finding.found,
            action=finding.action,
            severity=finding.severity,
        )


class MetadataSchema(Schema):
    """
    What a plan is and how far it has come.

    ``objective`` and ``unassignedVisits`` are those of the best plan so far; ``findings`` hold the
    advice on the input, and why a plan failed or was cut short.
    """

    id: Id
    name: Text | None = None
    status: Annotated[Status, Field(strict=False)]
    parent_id: Id | None = None
    origin_id: Id | None = None
    submitted_at: Moment | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    seed: int = 0
    spent_limit: Span | None = None
    objective: int | None = None
    unassigned_visits: int | None = None
    findings: list[FindingSchema] = []


class StopSchema(Schema):
    """
    A visit, or the break (rast), whose id is absent; in answers also time that is TAKEN by visits
    to persons of whom the reader may not know.
    """

    kind: Literal["VISIT", "BREAK", "STANDBY", "TAKEN"]
    id: Id | None = None
    recipient_id: Id | None = None
    zone: Id | None = None
    arrival_time: Moment
    start_service_time: Moment
    departure_time: Moment
    travel_time: Seconds
    travel_source: TravelSourceCode | None = None


class RouteSchema(Schema):
    """
    One shift's stops in order; `position` is its place among all shifts of the day.

    An elastic shift that is used has the hours that the plan gives it.
    """

    id: Id
    position: Annotated[int, Field(ge=0)] | None = None
    itinerary: list[StopSchema]
    return_travel_time: Seconds
    return_travel_source: TravelSourceCode | None = None
    end_time: Moment
    paid_start_time: Moment | None = None
    paid_end_time: Moment | None = None


class CaregiverPlanSchema(Schema):
    """One carer's shifts."""

    id: Id
    shifts: list[RouteSchema]


class UnassignedVisitSchema(Schema):
    """
    A visit left out: why, whether that is proven, who stands in the way, what would help, and the
    later days to one of which it is moved instead.
    """

    id: Id
    code: ReasonCode
    proven: bool
    blocking: Ids = []
    text: Text
    action: Text
    moved_to: list[CalendarDay] | None = None


class ModelOutputSchema(Schema):
    """The plan of the day; no plan has fewer points than ``bound``, absent where none is known."""

    date: CalendarDay
    caregivers: list[CaregiverPlanSchema]
    unassigned_visits: list[UnassignedVisitSchema] = []
    bound: int | None = None


class TravelFitSchema(Schema):
    """
    How ways that are not given are estimated: by mode and zone, ``factor`` times the moving time of
    the parameters and ``fixedTime``, fitted to ``trips`` given ones, half of which it misses by no
    more than ``errorShare``; ``unfittedErrorShare`` is that of the parameters.
    """

    transport_mode: Annotated[Mode, Field(strict=False)]
    area: Literal["ALL", "BETWEEN_ZONES", "ZONE"]
    zone: Id | None = None
    factor: float
    fixed_time: Seconds
    trips: int
    error_share: float
    unfitted_error_share: float


class InputMetricsSchema(Schema):
    """How large the day is."""

    caregivers: int
    shifts: int
    visits: int
    recipients: int
    service_duration: Seconds
    travel_fits: list[TravelFitSchema] | None = None


class TimeUseSchema(Schema):
    """
    Use of the paid time: ``paid = care + travel + waiting + standby + idle``; the break is
    unpaid, and standby is absent where none is kept.

    ``careTimeShare`` (brukartidsandel) is care time / paid time, null when nothing is paid.
    """

    paid_time: Seconds
    care_time: Seconds
    travel_time: Seconds
    waiting_time: Seconds
    idle_time: Seconds
    standby_time: Seconds | None = None
    break_time: Seconds
    visits: int
    care_time_share: float | None = None


class ZoneTimeUseSchema(TimeUseSchema):
    """The part of one zone (tätort, landsbygd)."""

    zone: Id


class ContinuitySchema(Schema):
    """
    Distinct carers in 14 days, the planned day and the 13 before, of the ``recipients`` somebody
    comes to and whose recent carers the day tells: mean and highest.
    """

    recipients: int
    mean_distinct_caregivers: float
    max_distinct_caregivers: int


class FairnessSchema(Schema):
    """
    The spread of the work between the ``caregivers`` who are paid that day.

    A carer's busy share is care and travel / the carer's own paid time; the mean counts each carer
    once, and the deviation is the mean distance from it. Double-staffed visits count for each
    carer of one.
    """

    caregivers: int
    lowest_busy_share: float
    mean_busy_share: float
    highest_busy_share: float
    busy_share_deviation: float
    lowest_care_time: Seconds
    highest_care_time: Seconds
    most_double_staffed_visits: int
    double_staffed_visits: int
    caregivers_with_overtime: int
    most_overtime: Seconds


class ZoneCostSchema(Schema):
    """Kronor of the paid time of one zone (tätort, landsbygd), as decimal texts."""

    zone: Id
    amount: Kronor
    per_care_hour: Kronor | None = None


class CostSchema(Schema):
    """
    What the paid time costs (personalkostnad), in kronor as decimal texts: worked hours times the
    price list's mean cost of a worked hour, on-costs included. The zones add up to ``amount``.
    """

    amount: Kronor
    per_care_hour: Kronor | None = None
    zones: list[ZoneCostSchema]


class KpisSchema(Schema):
    """What the plan measures: all shifts together, and per zone."""

    planned_visits: int
    unassigned_visits: int
    moved_visits: int | None = None
    standby_asked: int | None = None
    standby_kept: int | None = None
    violations: int
    demanded_time: Seconds
    planned_time: Seconds
    overtime: Seconds = 0
    max_distinct_caregivers: int
    continuity: ContinuitySchema | None = None
    fairness: FairnessSchema | None = None
    cost: CostSchema | None = None
    travel_legs: int | None = None
    estimated_travel_legs: int | None = None
    estimated_travel_time: Seconds | None = None
    estimated_travel_share: float | None = None
    total: TimeUseSchema
    zones: list[ZoneTimeUseSchema]


class TermSchema(Schema):
    """One term of the objective: ``points = quantity * weight``."""

    term: Text
    quantity: int
    unit: Text
    weight: int
    points: int


class PlanDocumentSchema(Schema):
    """A plan with everything that is told about it."""

    metadata: MetadataSchema
    model_output: ModelOutputSchema | None = None
    input_metrics: InputMetricsSchema | None = None
    kpis: KpisSchema | None = None
    score_analysis: list[TermSchema] = []
