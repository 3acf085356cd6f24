"""
A unit's day from its decisions and its staff for a request, and all units of a municipality's day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from api.access.policy import Reach
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.planning import PlanningDocument
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.rosters import RosterSchema, SolveSchema
from api.documents.schema_faults import validate
from api.documents.strict_json import parse_json
from api.server.services import Services, too_long
from api.server.store_schemas import (
    MunicipalityPlanRequestSchema,
    MunicipalityPlanSchema,
    UnitPlanSchema,
)
from api.store.audit import Act
from api.store.records import Origin, PlanKey, RunKey
from api.usecases import preparing, running
from api.usecases.requested import as_submitted, earlier, request_of
from scheduler.care.errors import CareError, Finding, InvalidInput


def roster(services: Services, act: Act, key: PlanKey) -> tuple[int, RosterSchema]:
    """The staff of a unit's day and its version."""
    number, found = preparing.roster(services.store, act.municipality, key)
    return number, RosterSchema.model_validate(found, by_alias=True, by_name=False)


def set_roster(
    services: Services, act: Act, key: PlanKey, version: int, content: bytes
) -> tuple[int, RosterSchema]:
    """Let the document be the staff of a unit's day."""
    limit = services.settings.max_bytes
    preparing.set_roster(services.store, act, key, version, content, max_bytes=limit)
    return roster(services, act, key)


def day_input(services: Services, act: Act, key: PlanKey) -> EnvelopeSchema:
    """The planning document of a unit's day, ready to post."""
    return preparing.shown_day(services.store, act, key, services.terms)


def solve_day(
    services: Services, act: Act, key: PlanKey, content: bytes, sent_as: str | None = None
) -> MetadataSchema:
    """Store a unit's day as it is now and queue its solve."""
    request = request_of(sent_as, "unit_days.solve", content, key.unit, key.day.isoformat())
    # The day may be another one by now; it is planned as it was when it was asked for first.
    if began := earlier(services.store, act, request):
        return _as_submitted(services, act, began[0].id)
    value, findings = parse_json(content or b"{}", max_bytes=services.settings.max_bytes)
    asked, faults = validate(SolveSchema, value)
    if asked is None or findings:
        raise InvalidInput([*findings, *faults])
    config = asked.config.model_dump(mode="json", exclude_none=True)
    document = _prepared(services, act, key, config)
    origin = Origin(unit=key.unit)
    return services.jobs.submit(act, services.new_id(), document, origin, request)


def solve_municipality(
    services: Services, act: Act, reach: Reach, content: bytes, sent_as: str | None = None
) -> MunicipalityPlanSchema:
    """Store the day of every unit within reach that has a roster, and queue all solves or none."""
    request = request_of(sent_as, "unit_days.solve_municipality", content)
    if began := earlier(services.store, act, request):
        return _municipality_plan(services, act, reach, str(began[0].batch_id), _as_submitted)
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    asked, faults = validate(MunicipalityPlanRequestSchema, value)
    if asked is None or findings:
        raise InvalidInput([*findings, *faults])
    working = preparing.units_with_roster(services.store, act.municipality, asked.day)
    units = [unit for unit in working if reach.covers(unit=unit)]
    if not units:
        raise InvalidInput(_nobody_works(asked.day))
    batch = services.new_id()
    config = asked.config.model_dump(mode="json", exclude_none=True)
    days, findings = [], []
    for unit in units:
        try:
            document = _prepared(services, act, PlanKey(unit, asked.day), config)
        except CareError as error:
            findings += [_in_unit(unit, each) for each in error.findings]
        else:
            days.append((services.new_id(), document, Origin(unit=unit, batch=batch)))
    if findings:
        raise InvalidInput(findings)
    services.jobs.submit_all(act, days, request)
    # Under a key somebody else may have been a moment earlier.
    began = earlier(services.store, act, request)
    stored = str(began[0].batch_id) if began else batch
    return _municipality_plan(services, act, reach, stored, _as_submitted)


def municipality_plan(
    services: Services, act: Act, reach: Reach, batch: str
) -> MunicipalityPlanSchema:
    """How far the units within reach of a municipality's day have come."""
    return _municipality_plan(services, act, reach, batch, _metadata)


def _municipality_plan(
    services: Services,
    act: Act,
    reach: Reach,
    batch: str,
    told: Callable[[Services, Act, str], MetadataSchema],
) -> MunicipalityPlanSchema:
    runs = running.batch(services.store, reach, batch)
    plans = [UnitPlanSchema(unit=each.unit, plan=told(services, act, each.id)) for each in runs]
    counts = {status: sum(each.plan.status is status for each in plans) for status in Status}
    return MunicipalityPlanSchema(
        id=batch,
        day=runs[0].day,
        final=all(each.plan.status.final for each in plans),
        counts={status.value: count for status, count in counts.items() if count},
        unassigned_visits=sum(each.plan.unassigned_visits or 0 for each in plans),
        plans=plans,
    )


def stop_municipality(
    services: Services, act: Act, reach: Reach, batch: str
) -> MunicipalityPlanSchema:
    """Stop every solve of a municipality's day and keep the best plans."""
    for each in running.batch(services.store, reach, batch):
        services.jobs.stop(RunKey(reach.municipality, each.id))
    return municipality_plan(services, act, reach, batch)


def _metadata(services: Services, act: Act, run_id: str) -> MetadataSchema:
    return running.metadata(services.store, RunKey(act.municipality, run_id), act=act)


def _as_submitted(services: Services, act: Act, run_id: str) -> MetadataSchema:
    """Whatever a worker has made of it since: the same request has the same answer."""
    return as_submitted(_metadata(services, act, run_id))


def _prepared(
    services: Services, act: Act, key: PlanKey, config: dict[str, Any] | None
) -> PlanningDocument:
    document = preparing.day_to_plan(
        services.store, act.municipality, key, services.terms, config, act
    )
    longest = services.settings.max_seconds
    if document.run.seconds > longest:
        raise InvalidInput(too_long(document.run.seconds, longest))
    return document


def _in_unit(unit: str, finding: Finding) -> Finding:
    return Finding(
        finding.code,
        f"unit ({unit}): {finding.where}",
        finding.expected,
        finding.found,
        finding.action,
        finding.severity,
    )


def _nobody_works(day: date) -> Finding:
    return Finding(
        "NO_ROSTER",
        f"rosters ({day.isoformat()})",
        "a unit with staff on the day",
        "none",
        "Lägg upp bemanningen för dagen först.",
    )
