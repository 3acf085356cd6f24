"""
The difference of two plan documents: every visit that is not as it was, and every key figure.

Source: docs/format.md.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.plan_reading import plan_of
from api.documents.plan_schemas import KpisSchema, PlanDocumentSchema
from api.documents.schema_types import CalendarDay, Id, Moment, Schema, Text
from api.documents.withheld import Withheld
from scheduler.care.errors import Finding, InvalidInput
from scheduler.changes import Change, ChangeKind, Placement, changes

SHARE_DECIMALS = 4


class PlacementSchema(Schema):
    """Who comes to a visit, on which shift, and when it starts."""

    caregiver_id: Id
    shift_id: Id
    start_service_time: Moment


class ChangeSchema(Schema):
    """
    A visit that is not as it was; ``before`` or ``after`` is absent where it is not planned.
    """

    visit_id: Id
    recipient_id: Id | None = None
    kind: Annotated[ChangeKind, Field(strict=False)]
    before: PlacementSchema | None = None
    after: PlacementSchema | None = None


class KpiChangeSchema(Schema):
    """One key figure in both plans; ``difference`` is after less before."""

    kpi: Text
    unit: Text
    before: int | float
    after: int | float
    difference: int | float


class PlanDiffSchema(Schema):
    """
    From the plan ``before`` to the plan ``after``, both by id.

    ``unchangedVisits`` have the same carer and start in both; ``stillUnassignedVisits`` are left
    out of both. ``kpis`` is empty when one of the two measured nothing.
    """

    before: Id
    after: Id
    date: CalendarDay
    unchanged_visits: int
    still_unassigned_visits: int
    changes: list[ChangeSchema]
    kpis: list[KpiChangeSchema]


def diff_document(before: PlanDocumentSchema, after: PlanDocumentSchema) -> PlanDiffSchema:
    """
    From `before` to `after`.

    Raises
    ------
    InvalidInput
        NO_PLAN, for each of the two that has none yet; PLAN_OF_ANOTHER_DAY.
    """
    findings: list[Finding] = []
    plans = []
    for document in (before, after):
        try:
            plans.append(plan_of(document))
        except InvalidInput as error:
            findings += error.findings
    if findings:
        raise InvalidInput(findings)
    old, new = plans
    if old.date != new.date:
        raise InvalidInput(
            Finding(
                "PLAN_OF_ANOTHER_DAY",
                f"modelOutput.date ({after.metadata.id})",
                old.date.isoformat(),
                new.date.isoformat(),
                "Jämför två planer för samma dag.",
            )
        )
    recipient_of = _recipients(before) | _recipients(after)
    found = changes(old, new, recipient_of)
    return PlanDiffSchema(
        before=before.metadata.id,
        after=after.metadata.id,
        date=old.date,
        unchanged_visits=found.unchanged,
        still_unassigned_visits=found.still_unassigned,
        changes=[
            change_schema(change, recipient_of.get(change.visit_id)) for change in found.changed
        ],
        kpis=_kpis(before, after),
    )


def diff_without(diff: PlanDiffSchema, withheld: Withheld) -> PlanDiffSchema:
    """The difference without the visits that its reader may not know of."""
    kept = [each for each in diff.changes if each.visit_id not in withheld.visits]
    return diff.model_copy(update={"changes": kept})


def change_schema(change: Change, recipient: str | None) -> ChangeSchema:
    """`change` of a visit to `recipient`."""
    return ChangeSchema(
        visit_id=change.visit_id,
        recipient_id=recipient,
        kind=change.kind,
        before=_placement(change.before),
        after=_placement(change.after),
    )


def _recipients(document: PlanDocumentSchema) -> dict[str, str]:
    """Visit id -> recipient id, of the planned visits whose recipient is told."""
    output = document.model_output
    return {
        stop.id: stop.recipient_id
        for carer in (output.caregivers if output else ())
        for shift in carer.shifts
        for stop in shift.itinerary
        if stop.id is not None and stop.recipient_id is not None
    }


def _placement(placement: Placement | None) -> PlacementSchema | None:
    if placement is None:
        return None
    return PlacementSchema(
        caregiver_id=placement.carer_id,
        shift_id=placement.shift_id,
        start_service_time=placement.start,
    )


def _kpis(before: PlanDocumentSchema, after: PlanDocumentSchema) -> list[KpiChangeSchema]:
    """Both plans' figures side by side; a share of nothing is left out."""
    if before.kpis is None or after.kpis is None:
        return []
    was, now = _figures(before, before.kpis), _figures(after, after.kpis)
    return [
        KpiChangeSchema(
            kpi=kpi,
            unit=unit,
            before=was[kpi, unit],
            after=now[kpi, unit],
            difference=round(now[kpi, unit] - was[kpi, unit], SHARE_DECIMALS),
        )
        for kpi, unit in was
        if (kpi, unit) in now
    ]


def _figures(document: PlanDocumentSchema, kpis: KpisSchema) -> dict[tuple[str, str], int | float]:
    """(name, unit) -> value."""
    total = kpis.total
    found = {
        ("plannedVisits", "visits"): kpis.planned_visits,
        ("unassignedVisits", "visits"): kpis.unassigned_visits,
        ("movedVisits", "visits"): kpis.moved_visits,
        ("careTimeShare", "of paid time"): total.care_time_share,
        ("paidTime", "s"): total.paid_time,
        ("careTime", "s"): total.care_time,
        ("travelTime", "s"): total.travel_time,
        ("waitingTime", "s"): total.waiting_time,
        ("idleTime", "s"): total.idle_time,
        ("overtime", "s"): kpis.overtime,
        ("maxDistinctCaregivers", "carers"): kpis.max_distinct_caregivers,
        ("meanDistinctCaregiversIn14Days", "carers"): (
            kpis.continuity.mean_distinct_caregivers if kpis.continuity else None
        ),
        ("busyShareDeviation", "of paid time"): (
            kpis.fairness.busy_share_deviation if kpis.fairness else None
        ),
        ("mostDoubleStaffedVisits", "visits"): (
            kpis.fairness.most_double_staffed_visits if kpis.fairness else None
        ),
        ("costOfStaff", "kr"): float(kpis.cost.amount) if kpis.cost else None,
        ("objective", "points"): sum(term.points for term in document.score_analysis),
    }
    return {name: value for name, value in found.items() if value is not None}
