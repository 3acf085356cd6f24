"""
Revisions of a day's plan for a request: saved, approved, published; and the municipality's set-up.
"""

from __future__ import annotations

import logging
from datetime import date

from api.access.policy import Reach
from api.documents.decision_schemas import ProviderSchema
from api.documents.evaluation import EvaluationRequestSchema, read_request
from api.documents.plan_reading import plan_of
from api.documents.plan_writing import model_output
from api.documents.planning import model_input, read_document
from api.documents.schema_faults import validate
from api.documents.strict_json import parse_json
from api.documents.withheld import input_without, output_without, withheld_of
from api.server.services import Services
from api.server.store_schemas import (
    MunicipalityRequestSchema,
    MunicipalitySchema,
    PlanDaySchema,
    PlanRevisionSchema,
    SavedSchema,
    StepSchema,
    UnitSchema,
)
from api.store.audit import Act
from api.store.records import Municipality, PlanKey, RunKey, Unit
from api.usecases import planning, quoting, running, showing
from api.usecases.planning import Step
from api.usecases.setting_up import municipality, set_up
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Day, Provider
from scheduler.plan import Plan

log = logging.getLogger("hemplan.plans")


def set_up_municipality(services: Services, act: Act, content: bytes) -> MunicipalitySchema:
    """Extend the caller's municipality by what the document names."""
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(MunicipalityRequestSchema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    wanted = Municipality(
        act.municipality,
        read.name,
        tuple(Unit(each.id, each.name) for each in read.units),
        tuple(Provider(each.id, each.kind) for each in read.providers),
    )
    set_up(services.store, act, wanted)
    return the_municipality(services, act)


def the_municipality(services: Services, act: Act) -> MunicipalitySchema:
    """The caller's municipality."""
    found = municipality(services.store, act.municipality)
    return MunicipalitySchema(
        id=found.id,
        name=found.name,
        units=[UnitSchema(id=each.id, name=each.name) for each in found.units],
        providers=[ProviderSchema(id=each.id, kind=each.kind) for each in found.providers],
    )


def revisions(services: Services, act: Act, key: PlanKey) -> PlanDaySchema:
    """The revisions of a day."""
    found = planning.plan_revisions(services.store, act.municipality, key)
    return PlanDaySchema(
        unit=key.unit,
        day=key.day,
        version=found.version,
        revisions=[
            SavedSchema(
                revision=each.number,
                status=each.status,
                saved_at=each.saved_at,
                approved_at=each.approved_at,
                published_at=each.published_at,
            )
            for each in found.revisions
        ],
    )


def revision(services: Services, act: Act, key: PlanKey, number: int) -> PlanRevisionSchema:
    """One revision with its day and its plan."""
    shown = showing.shown_revision(services.store, act, key, number)
    found, day = shown.held, model_input(shown.held.day)
    withheld = withheld_of(day, shown.hidden)
    return PlanRevisionSchema(
        unit=key.unit,
        day=key.day,
        revision=found.number,
        status=found.status,
        model_input=input_without(day, withheld),
        model_output=output_without(model_output(found.plan, found.day), withheld),
    )


def save(services: Services, act: Act, key: PlanKey, version: int, content: bytes) -> StepSchema:
    """Keep a plan that is handed in, whoever made it."""
    limit = services.settings.max_bytes
    _, day, plan = read_request(EvaluationRequestSchema, content, max_bytes=limit)
    return _save(services, act, key, version, day, plan)


def save_run(
    services: Services, act: Act, reach: Reach, key: PlanKey, version: int, run_id: str
) -> StepSchema:
    """Keep the best plan so far of a solve."""
    run = RunKey(act.municipality, run_id)
    plan = plan_of(running.plan_document(services.store, run, reach))
    content = running.planning_document(services.store, run, reach)
    day = read_document(content, max_bytes=len(content)).day
    return _save(services, act, key, version, day, plan)


def approve(services: Services, act: Act, key: PlanKey, number: int, version: int) -> StepSchema:
    """Approve a draft."""
    return _step(planning.approve(services.store, act, key, number, version))


def publish(services: Services, act: Act, key: PlanKey, number: int, version: int) -> StepSchema:
    """Put an approved plan in force."""
    return _step(planning.publish(services.store, act, key, number, version))


def warm(services: Services, municipality: str, key: PlanKey) -> None:
    """
    Make the boards that quotes in the unit will ask, after a plan of `key` was published.

    Nobody waits for it; what fails here, the first quote makes.
    """
    try:
        quoting.warm(services.store, services.boards, municipality, key.unit, key.day)
    except Exception as error:
        log.error("No board made because of %s", type(error).__name__)


def _save(
    services: Services, act: Act, key: PlanKey, version: int, day: Day, plan: Plan
) -> StepSchema:
    if day.date != key.day:
        raise InvalidInput(_another_day(key.day, day.date))
    return _step(planning.save(services.store, act, key.unit, version, day, plan))


def _step(step: Step) -> StepSchema:
    return StepSchema(revision=step.number, status=step.status, version=step.version)


def _another_day(expected: date, found: date) -> Finding:
    return Finding(
        "ANOTHER_DAY",
        "modelInput.date",
        expected.isoformat(),
        found.isoformat(),
        "Spara planen under dagen den gäller.",
    )
