"""
The plan document: from a :class:`Plan` and its follow-up to JSON.

Promises: :func:`api.documents.plan_reading.read_plan` makes an equal plan of it, to the second and
to the order of its routes.

Source: docs/format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from api.documents.plan_schemas import (
    CaregiverPlanSchema,
    ContinuitySchema,
    CostSchema,
    FairnessSchema,
    InputMetricsSchema,
    KpisSchema,
    MetadataSchema,
    ModelOutputSchema,
    PlanDocumentSchema,
    RouteSchema,
    StopSchema,
    TermSchema,
    TimeUseSchema,
    TravelFitSchema,
    UnassignedVisitSchema,
    ZoneCostSchema,
    ZoneTimeUseSchema,
)
from pricing.plan_cost import PlanCost
from scheduler.care.model import Day, Visit
from scheduler.care.units import SECONDS_PER_MINUTE, round_half_up
from scheduler.fairness import Fairness, fairness
from scheduler.fitted_travel import ALL, BETWEEN, Fit
from scheduler.followup import FollowUp, TimeUse
from scheduler.given_travel import travel_fits
from scheduler.hours import hours
from scheduler.plan import Plan, Route, Stop, Term, Unassigned

MEAN_DECIMALS = 2
AREAS: Mapping[str, Literal["ALL", "BETWEEN_ZONES"]] = {
    ALL: "ALL",
    BETWEEN: "BETWEEN_ZONES",
}
SHARE_STEP = Decimal("0.0001")


def plan_document(
    plan: Plan,
    metadata: MetadataSchema,
    day: Day,
    measured: FollowUp | None = None,
    violations: int = 0,
    cost: PlanCost | None = None,
) -> PlanDocumentSchema:
    """
    The plan document of `plan`.

    Parameters
    ----------
    metadata
        Its id and status; seed, limit, objective and number of unassigned visits are filled in.
    day
        What was planned; gives each stop its recipient and zone.
    measured, violations
        The follow-up of the plan, without which it has no ``kpis``, and the number of rules that
        the checker found broken.
    cost
        What its paid time costs, where that is known.
    """
    return PlanDocumentSchema(
        metadata=metadata.model_copy(
            update={
                "seed": plan.seed,
                "spent_limit": Decimal(str(plan.seconds)),
                "objective": plan.objective,
                "unassigned_visits": len(plan.unassigned),
            }
        ),
        model_output=model_output(plan, day),
        input_metrics=input_metrics(day),
        kpis=kpis(measured, violations, cost) if measured else None,
        score_analysis=terms(plan),
    )


def model_output(plan: Plan, day: Day) -> ModelOutputSchema:
    """Who does what when in `plan` of `day`, and what is left out."""
    visits = {visit.id: visit for visit in day.visits}
    return ModelOutputSchema(
        date=plan.date,
        caregivers=_caregivers(plan.routes, day, visits, sources=bool(day.travel_times)),
        unassigned_visits=[_unassigned_schema(each) for each in plan.unassigned],
        bound=plan.bound,
    )


def terms(plan: Plan) -> list[TermSchema]:
    """The terms of the plan's score."""
    return [term_schema(term) for term in plan.score]


def term_schema(term: Term) -> TermSchema:
    """A term of a score, or a change of it."""
    return TermSchema(
        term=term.name,
        quantity=term.quantity,
        unit=term.unit,
        weight=term.weight,
        points=term.points,
    )


def as_json(document: PlanDocumentSchema) -> dict[str, Any]:
    """The document as JSON values, without the fields that say nothing."""
    return document.model_dump(mode="json", exclude_none=True)


def input_metrics(day: Day) -> InputMetricsSchema:
    """How large `day` is."""
    return InputMetricsSchema(
        caregivers=len(day.carers),
        shifts=len(day.shifts),
        visits=len(day.visits),
        recipients=len({visit.recipient_id for visit in day.visits}),
        service_duration=sum(visit.duration_min for visit in day.visits) * SECONDS_PER_MINUTE,
        travel_fits=[_fit(fit) for fit in travel_fits(day)] if day.travel_times else None,
    )


def _fit(fit: Fit) -> TravelFitSchema:
    return TravelFitSchema(
        transport_mode=fit.mode,
        area=AREAS.get(fit.area, "ZONE"),
        zone=None if fit.area in AREAS else fit.area,
        factor=fit.factor,
        fixed_time=fit.fixed_s,
        trips=fit.trips,
        error_share=fit.error_share,
        unfitted_error_share=fit.unfitted_error_share,
    )


def kpis(measured: FollowUp, violations: int, cost: PlanCost | None = None) -> KpisSchema:
    """What the plan measures, with the denominator of each share beside it."""
    return KpisSchema(
        planned_visits=measured.planned_visits,
        unassigned_visits=measured.unassigned_visits,
        moved_visits=measured.moved_visits,
        standby_asked=measured.standby_asked or None,
        standby_kept=measured.standby_kept if measured.standby_asked else None,
        violations=violations,
        demanded_time=measured.demanded_s,
        planned_time=measured.planned_s,
        overtime=measured.overtime_s,
        max_distinct_caregivers=max(measured.distinct_carers.values(), default=0),
        continuity=_continuity(list(measured.distinct_in_14_days.values())),
        fairness=_fairness(fairness(measured.by_carer)),
        cost=_cost(cost) if cost else None,
        travel_legs=measured.legs,
        estimated_travel_legs=measured.estimated_legs,
        estimated_travel_time=measured.estimated_travel_s,
        estimated_travel_share=_rounded(measured.estimated_travel_share),
        total=TimeUseSchema(**_time_use(measured.total)),
        zones=[
            ZoneTimeUseSchema(zone=zone, **_time_use(use)) for zone, use in measured.by_zone.items()
        ],
    )


def _continuity(carers: list[int]) -> ContinuitySchema | None:
    if not carers:
        return None
    return ContinuitySchema(
        recipients=len(carers),
        mean_distinct_caregivers=round(sum(carers) / len(carers), MEAN_DECIMALS),
        max_distinct_caregivers=max(carers),
    )


def _cost(cost: PlanCost) -> CostSchema:
    return CostSchema(
        amount=str(cost.total.amount),
        per_care_hour=_kronor(cost.total.per_care_hour),
        zones=[
            ZoneCostSchema(
                zone=each.zone,
                amount=str(each.amount),
                per_care_hour=_kronor(each.per_care_hour),
            )
            for each in cost.zones
        ],
    )


def _kronor(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _fairness(spread: Fairness | None) -> FairnessSchema | None:
    if spread is None:
        return None
    return FairnessSchema(
        caregivers=spread.carers,
        lowest_busy_share=_share(spread.lowest_busy_share),
        mean_busy_share=_share(spread.mean_busy_share),
        highest_busy_share=_share(spread.highest_busy_share),
        busy_share_deviation=_share(spread.busy_share_deviation),
        lowest_care_time=spread.lowest_care_s,
        highest_care_time=spread.highest_care_s,
        most_double_staffed_visits=spread.most_double_visits,
        double_staffed_visits=spread.double_visits,
        caregivers_with_overtime=spread.carers_with_overtime,
        most_overtime=spread.most_overtime_s,
    )


def _time_use(use: TimeUse) -> dict[str, Any]:
    return {
        "paid_time": use.paid_s,
        "care_time": use.care_s,
        "travel_time": use.travel_s,
        "waiting_time": use.waiting_s,
        "idle_time": use.idle_s,
        "standby_time": use.standby_s or None,
        "break_time": use.break_s,
        "visits": use.visits,
        "care_time_share": _rounded(use.care_time_share),
    }


def _rounded(share: Decimal | None) -> float | None:
    return None if share is None else _share(share)


def _share(share: Decimal) -> float:
    return float(round_half_up(share, SHARE_STEP))


def _caregivers(
    routes: tuple[Route, ...], day: Day, visits: Mapping[str, Visit], *, sources: bool
) -> list[CaregiverPlanSchema]:
    """With `sources`, each way has its own; without, all are estimated."""
    by_carer: dict[str, list[RouteSchema]] = {}
    elastic = {shift.id: shift for shift in day.shifts if shift.elastic}
    for position, route in enumerate(routes):
        made = _route_schema(route, position, visits, sources)
        if route.stops and route.shift_id in elastic:
            begins, ends = hours(elastic[route.shift_id], route)
            made = made.model_copy(update={"paid_start_time": begins, "paid_end_time": ends})
        by_carer.setdefault(route.carer_id, []).append(made)
    return [CaregiverPlanSchema(id=carer, shifts=shifts) for carer, shifts in by_carer.items()]


def _route_schema(
    route: Route, position: int, visits: Mapping[str, Visit], sources: bool
) -> RouteSchema:
    return RouteSchema(
        id=route.shift_id,
        position=position,
        itinerary=[
            _stop_schema(stop, visits.get(stop.visit_id or ""), sources) for stop in route.stops
        ],
        return_travel_time=route.return_travel_s,
        return_travel_source=route.return_travel_source if sources and route.stops else None,
        end_time=route.back,
    )


def _stop_schema(stop: Stop, visit: Visit | None, sources: bool) -> StopSchema:
    standby = visit is not None and visit.standby
    return StopSchema(
        kind="BREAK" if stop.visit_id is None else "STANDBY" if standby else "VISIT",
        id=stop.visit_id,
        recipient_id=visit.recipient_id if visit and not standby else None,
        zone=visit.zone if visit else None,
        arrival_time=stop.arrival,
        start_service_time=stop.start,
        departure_time=stop.end,
        travel_time=stop.travel_s,
        travel_source=stop.travel_source if sources and stop.visit_id is not None else None,
    )


def _unassigned_schema(left: Unassigned) -> UnassignedVisitSchema:
    return UnassignedVisitSchema(
        id=left.visit_id,
        code=left.reason,
        proven=left.proven,
        blocking=list(left.blocking),
        text=left.text,
        action=left.action,
        moved_to=list(left.moved_to) or None,
    )
