"""
The robustness of a plan as a document: a day and a plan in, punctuality on random days out.

Source: docs/format.md.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from api.documents.evaluation import EvaluationRequestSchema
from api.documents.plan_writing import SHARE_STEP
from api.documents.schema_types import Id, Minutes, Moment, Schema, Seconds
from scheduler.care.units import round_half_up
from scheduler.simulate import (
    DAYS,
    FEWEST_DAYS,
    MOST_DAYS,
    ShiftOutcome,
    Simulation,
    VisitOutcome,
)

Share = float
WHOLE_SECOND = Decimal(1)


class SimulationRequestSchema(EvaluationRequestSchema):
    """A day, a plan of it, the number of random days, and the seed that draws them."""

    days: Annotated[int, Field(ge=FEWEST_DAYS, le=MOST_DAYS)] = DAYS
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class VisitsPerDaySchema(Schema):
    """
    Mean numbers of visits a day: ``planned = made + cancelled + toSubstitute``, the last those
    whose carer is sick.
    """

    planned: int
    made: float
    cancelled: float
    to_substitute: float


class VisitOutcomeSchema(Schema):
    """
    One planned visit. ``madeShare`` is of all days, the other shares are of the days on which it
    was made; absent, as the delays, when it never was.
    """

    visit_id: Id
    caregiver_id: Id
    shift_id: Id
    start_service_time: Moment
    punctual_share: Share | None = None
    in_window_share: Share | None = None
    in_tolerance_share: Share | None = None
    made_share: Share
    median_delay_s: int | None = None
    p95_delay_s: int | None = None


class ShiftOutcomeSchema(Schema):
    """
    One shift with visits. ``punctualShare`` is of its visits made, ``overtimeShare`` of the days
    on which the carer came, ``overtime`` what is expected on such a day.
    """

    shift_id: Id
    caregiver_id: Id
    visits: int
    punctual_share: Share | None = None
    overtime_share: Share | None = None
    overtime: Seconds | None = None


class SimulationSchema(Schema):
    """
    How a plan holds on ``days`` random days.

    ``punctualShare`` is of all visits made; it is known to within ``halfWidth`` either way (95 %).
    ``lateness`` and ``overtime`` are the expected sums of a day. ``visits`` has the most fragile
    first.
    """

    days: int
    seed: int
    tolerance: Minutes
    punctual_share: Share | None = None
    half_width: Share | None = None
    in_window_share: Share | None = None
    in_tolerance_share: Share | None = None
    must_in_window_share: Share | None = None
    must_days_share: Share | None = None
    lateness: Seconds
    overtime: Seconds
    visits_per_day: VisitsPerDaySchema
    visits: list[VisitOutcomeSchema]
    shifts: list[ShiftOutcomeSchema]


def simulation_document(found: Simulation) -> SimulationSchema:
    """`found` as a document; shares with four decimals, times in whole seconds."""
    days = found.days
    return SimulationSchema(
        days=days,
        seed=found.seed,
        tolerance=found.tolerance_min,
        punctual_share=_share(found.punctual_share),
        half_width=_share(found.half_width),
        in_window_share=_share(found.in_window_share),
        in_tolerance_share=_share(found.in_tolerance_share),
        must_in_window_share=_share(found.must_in_window_share),
        must_days_share=_share(found.must_days_share),
        lateness=_seconds(Decimal(found.lateness_s) / days),
        overtime=_seconds(Decimal(found.overtime_s) / days),
        visits_per_day=VisitsPerDaySchema(
            planned=len(found.visits),
            made=found.made / days,
            cancelled=found.cancelled / days,
            to_substitute=found.to_substitute / days,
        ),
        visits=[_visit(visit) for visit in found.visits],
        shifts=[_shift(shift) for shift in found.shifts],
    )


def _visit(visit: VisitOutcome) -> VisitOutcomeSchema:
    return VisitOutcomeSchema(
        visit_id=visit.visit_id,
        caregiver_id=visit.carer_id,
        shift_id=visit.shift_id,
        start_service_time=visit.planned,
        punctual_share=_share(visit.punctual_share),
        in_window_share=_share(visit.in_window_share),
        in_tolerance_share=_share(visit.in_tolerance_share),
        made_share=float(round_half_up(visit.made_share, SHARE_STEP)),
        median_delay_s=visit.median_delay_s,
        p95_delay_s=visit.p95_delay_s,
    )


def _shift(shift: ShiftOutcome) -> ShiftOutcomeSchema:
    mean_s = shift.mean_overtime_s
    return ShiftOutcomeSchema(
        shift_id=shift.shift_id,
        caregiver_id=shift.carer_id,
        visits=shift.visits,
        punctual_share=_share(shift.punctual_share),
        overtime_share=_share(shift.overtime_share),
        overtime=None if mean_s is None else _seconds(mean_s),
    )


def _share(share: Decimal | None) -> float | None:
    return None if share is None else float(round_half_up(share, SHARE_STEP))


def _seconds(seconds: Decimal) -> int:
    return int(round_half_up(seconds, WHOLE_SECOND))
