"""
The planning document: JSON to :class:`Day` with every fault at once, and back.

Promises: ``read_day(write_day(day))`` means the same day; each item of the lists is judged on its
own, so that a fault in one does not hide those of the others; a document with a fault gives no day.

Source: docs/format.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from api.documents.day_builder import build_day
from api.documents.day_parts import Parts
from api.documents.planning_schemas import (
    BreakSchema,
    CaregiverSchema,
    ConfigSchema,
    DelegationSchema,
    ElasticSchema,
    EnvelopeSchema,
    ModelInputSchema,
    OccasionApartSchema,
    PlanningWindowSchema,
    PreferredTimeSchema,
    RecipientSchema,
    ResourceSchema,
    RunSchema,
    ShiftSchema,
    StandbySchema,
    TerminationSchema,
    TimeWindowSchema,
    TravelTimesSchema,
    VisitDependencySchema,
    VisitGroupSchema,
    VisitSchema,
)
from api.documents.schema_faults import validate
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import (
    Break,
    Carer,
    Continuity,
    Day,
    Gap,
    Location,
    Shift,
    TravelTimes,
    Visit,
    Window,
)


@dataclass(frozen=True, slots=True)
class Run:
    """
    How a plan shall be made.

    Parameters
    ----------
    seconds
        Time limit of the search, > 0.
    threads, seed
        Threads to use, and what decides every random choice.
    name
        The user's own name of the run, if any.
    """

    seconds: float = 30.0
    threads: int = 2
    seed: int = 1
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PlanningDocument:
    """A day to plan, how to plan it, and the advice that its validation gave."""

    day: Day
    run: Run
    warnings: tuple[Finding, ...] = ()


def read_document(content: bytes, *, max_bytes: int = MAX_BYTES) -> PlanningDocument:
    """
    The planning document in `content`.

    Raises
    ------
    TooLarge
        When it is larger than `max_bytes`.
    InvalidInput
        With every fault: of the text, of the structure, and of what the readable items mean.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    return document_of(value, findings)


def document_of(value: Any, findings: Iterable[Finding] = ()) -> PlanningDocument:
    """As :func:`read_document`, from a parsed value and the faults that its parsing found."""
    envelope, faults = validate(EnvelopeSchema, value)
    parts = Parts.of_model(envelope.model_input) if envelope else Parts.salvaged(value)
    found = [*findings, *faults]
    day, meaning = build_day(parts) if parts else (None, [])
    found += meaning
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors or envelope is None or day is None:
        raise InvalidInput(errors)
    return PlanningDocument(day, _run(envelope.config.run), tuple(found))


def write_document(day: Day, run: Run | None = None) -> dict[str, Any]:
    """The planning document of `day` as JSON values, ready to post or to store."""
    run = run or Run()
    envelope = EnvelopeSchema(
        config=ConfigSchema(
            run=RunSchema(
                name=run.name,
                termination=TerminationSchema(spent_limit=Decimal(str(run.seconds))),
                threads=run.threads,
                seed=run.seed,
            )
        ),
        model_input=model_input(day),
    )
    return envelope.model_dump(mode="json", exclude_none=True)


def model_input(day: Day) -> ModelInputSchema:
    """The staff and the visits of `day`."""
    return ModelInputSchema(
        planning_window=PlanningWindowSchema(
            start_date=day.date, end_date=day.date + timedelta(days=1)
        ),
        date=day.date,
        caregivers=[_caregiver(carer, day) for carer in day.carers],
        visits=[_visit(visit, day) for visit in day.visits if not visit.standby],
        standby=[_standby(visit) for visit in day.visits if visit.standby],
        visit_groups=_groups(day.visits),
        recipients=[_recipient(known) for known in day.continuity],
        travel_times=[_travel_times(table) for table in day.travel_times],
        resources=[ResourceSchema(id=each.id, count=each.count) for each in day.resources],
    )


def _recipient(known: Continuity) -> RecipientSchema:
    return RecipientSchema(
        id=known.recipient_id,
        recent_caregivers=sorted(known.recent),
        max_distinct_caregivers=known.most,
    )


def _run(run: RunSchema) -> Run:
    return Run(float(run.termination.spent_limit), run.threads, run.seed, run.name)


def _caregiver(carer: Carer, day: Day) -> CaregiverSchema:
    return CaregiverSchema(
        id=carer.id,
        name=day.names.get(carer.id) or carer.name or None,
        skills=sorted(carer.skills),
        delegations=[
            DelegationSchema(skill=held.skill, valid_from=held.valid_from, valid_to=held.valid_to)
            for held in carer.delegations
        ],
        gender=carer.gender,
        languages=sorted(carer.languages),
        allergies=sorted(carer.allergies),
        previous_shift_end=carer.previous_end,
        next_shift_start=carer.next_start,
        shifts=[_shift(shift) for shift in day.shifts if shift.carer_id == carer.id],
    )


def _shift(shift: Shift) -> ShiftSchema:
    return ShiftSchema(
        id=shift.id,
        min_start_time=shift.start,
        max_end_time=shift.end,
        latest_end_time=shift.latest_end,
        optional=shift.optional,
        elastic=ElasticSchema(
            min_duration=shift.elastic.least_min, max_duration=shift.elastic.most_min
        )
        if shift.elastic
        else None,
        resource=shift.resource,
        start_location=_point(shift.start_location),
        end_location=_point(shift.end_location),
        transport_mode=shift.mode,
        required_breaks=[_break(shift.rest)] if shift.rest else [],
    )


def _break(rest: Break) -> BreakSchema:
    return BreakSchema(
        min_start_time=rest.earliest, max_start_time=rest.latest, duration=rest.duration_min
    )


def _visit(visit: Visit, day: Day) -> VisitSchema:
    return VisitSchema(
        id=visit.id,
        name=day.names.get(visit.recipient_id),
        recipient_id=visit.recipient_id,
        zone=visit.zone,
        location=_point(visit.location),
        time_windows=[
            TimeWindowSchema(min_start_time=window.earliest, max_start_time=window.latest)
            for window in visit.windows
        ],
        preferred_time=_preferred(visit.preferred),
        service_duration=visit.duration_min,
        required_skills=sorted(visit.required_skills),
        priority=visit.priority,
        services=list(visit.services),
        visit_dependencies=[_dependency(gap) for gap in visit.gaps],
        occasions_apart=[
            OccasionApartSchema(
                least_hours_apart=each.least_h,
                last_occasion=each.last_occasion,
                line_id=each.line_id,
            )
            for each in visit.apart
        ],
        pinned_caregiver=visit.pinned_carer,
        pinned_start_time=visit.pinned_start,
        loop=visit.loop,
        key_location=_point(visit.key_at) if visit.key_at else None,
        possible_days=list(visit.possible_days),
        decision_id=visit.decision_id,
        line_ids=list(visit.line_ids),
        **VisitSchema.fields_of(visit.wishes),
    )


def _standby(visit: Visit) -> StandbySchema:
    return StandbySchema(
        id=visit.id,
        zone=visit.zone,
        location=_point(visit.location),
        min_start_time=visit.earliest,
        max_start_time=visit.latest,
        duration=visit.duration_min,
        required_skills=sorted(visit.required_skills),
    )


def _preferred(wanted: Window | None) -> PreferredTimeSchema | None:
    if wanted is None:
        return None
    return PreferredTimeSchema(min_start_time=wanted.earliest, max_start_time=wanted.latest)


def _dependency(gap: Gap) -> VisitDependencySchema:
    return VisitDependencySchema(
        preceding_visit=gap.preceding_visit,
        min_delay=gap.min_min,
        max_delay=gap.max_min,
        delay_from="START" if gap.from_start else "END",
    )


def _groups(visits: tuple[Visit, ...]) -> list[VisitGroupSchema]:
    members: dict[str, list[str]] = {}
    for visit in visits:
        if visit.group is not None:
            members.setdefault(visit.group, []).append(visit.id)
    return [VisitGroupSchema(id=group, visits=ids) for group, ids in members.items()]


def _travel_times(table: TravelTimes) -> TravelTimesSchema:
    return TravelTimesSchema(
        transport_mode=table.mode,
        locations=[_point(place) for place in table.locations],
        durations_s=[list(row) for row in table.durations_s],
        zones=list(table.zones),
    )


def _point(place: Location) -> list[float]:
    return [place.lat, place.lon]
