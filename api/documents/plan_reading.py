"""
The plan document: from JSON to :class:`Plan`, with every fault at once.

Whether the plan keeps the rules is not judged here but by :mod:`scheduler.checker`.

Source: docs/format.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.documents.plan_schemas import (
    KpisSchema,
    ModelOutputSchema,
    PlanDocumentSchema,
    RouteSchema,
    TermSchema,
    UnassignedVisitSchema,
)
from api.documents.schema_faults import validate
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import TravelSource
from scheduler.followup import TimeUse
from scheduler.plan import Plan, Route, Stop, Term, Unassigned


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """
    A plan and what its document measured.

    Parameters
    ----------
    zones
        Zone -> use of the paid time; empty when the document has no ``kpis``.
    """

    plan: Plan
    zones: Mapping[str, TimeUse]


def read_plan(content: bytes, *, max_bytes: int = MAX_BYTES) -> PlanDocument:
    """
    The plan document in `content`.

    Raises
    ------
    TooLarge, InvalidInput
        As :func:`read_plan_document`.
    """
    document = read_plan_document(content, max_bytes=max_bytes)
    return PlanDocument(plan_of(document), zones_of(document.kpis))


def read_plan_document(content: bytes, *, max_bytes: int = MAX_BYTES) -> PlanDocumentSchema:
    """
    As :func:`read_plan`, with all that the document tells.

    Raises
    ------
    TooLarge, InvalidInput
        As :func:`api.documents.planning.read_document`; NO_PLAN when its ``modelOutput`` is absent.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    document, faults = validate(PlanDocumentSchema, value)
    findings += faults
    if document is None:
        raise InvalidInput(findings)
    findings += _findings(document)
    if findings:
        raise InvalidInput(findings)
    return document


def plan_of(document: PlanDocumentSchema) -> Plan:
    """The plan in `document`; InvalidInput (NO_PLAN) when there is none yet."""
    output = document.model_output
    if output is None:
        raise InvalidInput(_no_plan(document))
    routes = [
        (shift.position, _route(shift, carer.id))
        for carer in output.caregivers
        for shift in carer.shifts
    ]
    # Stable: routes without a position keep the document's order.
    routes.sort(key=lambda item: 0 if item[0] is None else item[0])
    return Plan(
        output.date,
        tuple(route for _, route in routes),
        tuple(_unassigned(each) for each in output.unassigned_visits),
        tuple(
            Term(each.term, each.quantity, each.unit, each.weight, each.points)
            for each in document.score_analysis
        ),
        document.metadata.seed,
        float(document.metadata.spent_limit or 0),
        output.bound,
    )


def _route(shift: RouteSchema, carer_id: str) -> Route:
    stops = (
        Stop(
            each.id,
            each.arrival_time,
            each.start_service_time,
            each.departure_time,
            each.travel_time,
            each.travel_source or TravelSource.ESTIMATED,
        )
        for each in shift.itinerary
    )
    return Route(
        shift.id,
        carer_id,
        tuple(stops),
        shift.return_travel_time,
        shift.end_time,
        shift.return_travel_source or TravelSource.ESTIMATED,
    )


def _unassigned(item: UnassignedVisitSchema) -> Unassigned:
    days = tuple(item.moved_to or ())
    return Unassigned(item.id, item.code, tuple(item.blocking), item.text, item.action, days)


def zones_of(measured: KpisSchema | None) -> dict[str, TimeUse]:
    """Zone -> use of the paid time, as a plan document states it; empty without ``kpis``."""
    return {
        zone.zone: TimeUse(
            paid_s=zone.paid_time,
            care_s=zone.care_time,
            travel_s=zone.travel_time,
            waiting_s=zone.waiting_time,
            idle_s=zone.idle_time,
            break_s=zone.break_time,
            visits=zone.visits,
            standby_s=zone.standby_time or 0,
        )
        for zone in (measured.zones if measured else ())
    }


# ---------------------------------------------------------------- faults


def _findings(document: PlanDocumentSchema) -> list[Finding]:
    if document.model_output is None:
        return [_no_plan(document)]
    return [
        *_stop_findings(document.model_output),
        *_position_findings(document.model_output),
        *_proof_findings(document.model_output),
        *_zone_findings(document.kpis),
        *_score_findings(document.score_analysis),
    ]


def _no_plan(document: PlanDocumentSchema) -> Finding:
    return Finding(
        "NO_PLAN",
        f"modelOutput ({document.metadata.id})",
        "a plan",
        document.metadata.status,
        "Vänta tills planen finns, eller ange en annan plan.",
    )


def _stop_findings(output: ModelOutputSchema) -> Iterable[Finding]:
    for number, carer in enumerate(output.caregivers):
        for shift in carer.shifts:
            for position, stop in enumerate(shift.itinerary):
                if (stop.kind != "BREAK") == (stop.id is not None):
                    continue
                yield Finding(
                    "STOP_KIND",
                    f"modelOutput.caregivers[{number}] ({shift.id}) itinerary[{position}]",
                    "a VISIT with an id or a BREAK without",
                    f"a {stop.kind} {'with' if stop.id else 'without'} an id",
                    "Rätta stoppets kind eller id.",
                )


def _position_findings(output: ModelOutputSchema) -> Iterable[Finding]:
    positions = [shift.position for carer in output.caregivers for shift in carer.shifts]
    given = [position for position in positions if position is not None]
    if given and sorted(given) != list(range(len(positions))):
        yield Finding(
            "SHIFT_POSITIONS",
            "modelOutput.caregivers",
            f"every position from 0 to {len(positions) - 1} once, or none at all",
            f"{len(given)} positions, not each once",
            "Rätta passens position eller ta bort alla.",
        )


def _proof_findings(output: ModelOutputSchema) -> Iterable[Finding]:
    for position, left in enumerate(output.unassigned_visits):
        if left.proven != _unassigned(left).proven:
            yield Finding(
                "PROOF_MISMATCH",
                f"modelOutput.unassignedVisits[{position}] ({left.id})",
                f"proven {str(not left.proven).lower()} for {left.code}",
                str(left.proven).lower(),
                "Rätta proven; koden avgör om skälet är bevisat.",
            )


def _zone_findings(measured: KpisSchema | None) -> Iterable[Finding]:
    seen: set[str] = set()
    for position, zone in enumerate(measured.zones if measured else ()):
        where = f"kpis.zones[{position}] ({zone.zone})"
        if zone.zone in seen:
            yield Finding(
                "DUPLICATE_ID", where, "each zone once", "the zone again", "Ta bort dubbletten."
            )
        seen.add(zone.zone)
        parts = (
            zone.care_time,
            zone.travel_time,
            zone.waiting_time,
            zone.standby_time or 0,
            zone.idle_time,
        )
        if sum(parts) != zone.paid_time or min(parts) < 0:
            yield Finding(
                "TIME_DOES_NOT_ADD_UP",
                where,
                "care, travel, waiting, standby and idle time >= 0 that add up to "
                f"{zone.paid_time} s",
                f"{sum(parts)} s",
                "Låt programmet mäta planen igen.",
            )


def _score_findings(terms: list[TermSchema]) -> Iterable[Finding]:
    for position, term in enumerate(terms):
        if term.points != term.quantity * term.weight:
            yield Finding(
                "POINTS_DO_NOT_ADD_UP",
                f"scoreAnalysis[{position}]",
                f"{term.quantity} x {term.weight} points",
                str(term.points),
                "Rätta termens poäng.",
            )
