"""The plan of a unit's day: saved as a revision, approved, published; never changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Response

from api.documents.evaluation import EvaluationRequestSchema
from api.documents.schema_types import CalendarDay
from api.refusals import not_found
from api.server import plan_services, store_examples
from api.server.deps import ActDep, Body, ReachDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.store_schemas import PlanDaySchema, PlanRevisionSchema, StepSchema
from api.server.versions import Version, entity_tag
from api.store.records import PlanKey

router = APIRouter(prefix="/v1/units/{unit}/plans/{day}", tags=["plan revisions"])


async def _key(
    unit: str, day: Annotated[CalendarDay, Path(description="As 2026-03-04.")], reach: ReachDep
) -> PlanKey:
    if not reach.covers(unit=unit):
        raise not_found("units", unit)
    return PlanKey(unit, day)


Key = Annotated[PlanKey, Depends(_key)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get(
    "",
    response_model_exclude_none=True,
    responses={**answer(200, "Its revisions", store_examples.PLAN_DAY), **refusals(404, 422)},
)
def revisions(key: Key, response: Response, services: ServicesDep, act: ActDep) -> PlanDaySchema:
    """The revisions of the day, and the version that the next step must name."""
    found = plan_services.revisions(services, act, key)
    response.headers.update(entity_tag(found.version))
    return found


@router.post(
    "/revisions",
    status_code=201,
    openapi_extra=request_body(EvaluationRequestSchema, store_examples.SAVE_REQUEST),
    responses={
        **answer(201, "Saved", store_examples.SAVED), **refusals(404, 412, 413, 422, 428),
    },
)  # fmt: skip
def save(
    key: Key,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> StepSchema:
    """Save a plan that keeps every hard rule as a draft; If-Match `"0"` when it is the first."""
    made = plan_services.save(services, act, key, version, content)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    "/revisions/from-day-plan/{plan_id}",
    status_code=201,
    responses={**answer(201, "Saved", store_examples.SAVED), **refusals(404, 412, 422, 428)},
)
def save_run(
    key: Key,
    plan_id: str,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    version: Version,
) -> StepSchema:
    """Save the best plan so far of a solve as a draft."""
    made = plan_services.save_run(services, act, reach, key, version, plan_id)
    response.headers.update(entity_tag(made.version))
    return made


@router.get(
    "/revisions/{number}",
    response_model_exclude_none=True,
    responses={
        **answer(200, "The day and its plan", store_examples.PLAN_REVISION), **refusals(404, 422),
    },
)  # fmt: skip
def revision(key: Key, number: Number, services: ServicesDep, act: ActDep) -> PlanRevisionSchema:
    """One revision: the day that was planned and its plan."""
    return plan_services.revision(services, act, key, number)


@router.post(
    "/revisions/{number}/approve",
    responses={
        **answer(200, "Approved", store_examples.APPROVED), **refusals(404, 409, 412, 422, 428),
    },
)  # fmt: skip
def approve(
    key: Key,
    number: Number,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> StepSchema:
    """Approve a draft."""
    made = plan_services.approve(services, act, key, number, version)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    "/revisions/{number}/publish",
    responses={
        **answer(200, "In force", store_examples.PUBLISHED), **refusals(404, 409, 412, 422, 428),
    },
)  # fmt: skip
def publish(
    key: Key,
    number: Number,
    response: Response,
    background: BackgroundTasks,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> StepSchema:
    """Put an approved plan in force instead of the one that was; nobody is booked twice."""
    made = plan_services.publish(services, act, key, number, version)
    background.add_task(plan_services.warm, services, act.municipality, key)
    response.headers.update(entity_tag(made.version))
    return made
