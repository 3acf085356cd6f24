"""A unit's day: its staff, its planning document made of the decisions, and its solve."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.documents.plan_schemas import MetadataSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.rosters import RosterSchema, SolveSchema
from api.server import day_services, examples, store_examples
from api.server.deps import ActDep, Body, ReachDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.routes.plan_revisions import Key
from api.server.scopes import IdempotencyKey
from api.server.store_schemas import MunicipalityPlanRequestSchema, MunicipalityPlanSchema
from api.server.versions import Version, entity_tag

router = APIRouter(prefix="/v1", tags=["unit days"])


@router.get(
    "/units/{unit}/rosters/{day}",
    response_model_exclude_none=True,
    responses={**answer(200, "Who works when", store_examples.ROSTER), **refusals(404, 422)},
)
def roster(key: Key, response: Response, services: ServicesDep, act: ActDep) -> RosterSchema:
    """The staff of a unit's day."""
    number, found = day_services.roster(services, act, key)
    response.headers.update(entity_tag(number))
    return found


@router.put(
    "/units/{unit}/rosters/{day}",
    response_model_exclude_none=True,
    openapi_extra=request_body(RosterSchema, store_examples.ROSTER),
    responses={
        **answer(200, "Who works when now", store_examples.ROSTER),
        **refusals(404, 412, 413, 422, 428),
    },
)
def set_roster(
    key: Key,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> RosterSchema:
    """Set the staff of a unit's day; If-Match `"0"` when it has none yet."""
    number, found = day_services.set_roster(services, act, key, version, content)
    response.headers.update(entity_tag(number))
    return found


@router.get(
    "/units/{unit}/plans/{day}/input",
    response_model_exclude_none=True,
    responses={**answer(200, "Ready to post", examples.DAY_PLAN), **refusals(404, 422)},
)
def day_input(key: Key, services: ServicesDep, act: ActDep) -> EnvelopeSchema:
    """
    The planning document of the day: the staff, the visits that the decisions grant, what earlier
    plans moved here, and who came lately.
    """
    return day_services.day_input(services, act, key)


@router.post(
    "/units/{unit}/plans/{day}/solve",
    status_code=202,
    response_model_exclude_none=True,
    openapi_extra=request_body(SolveSchema, store_examples.SOLVE),
    responses={
        **answer(202, "Stored and queued", examples.SCHEDULED), **refusals(404, 409, 413, 422, 503),
    },
)  # fmt: skip
def solve(
    key: Key,
    content: Body,
    services: ServicesDep,
    act: ActDep,
    idempotency_key: IdempotencyKey = None,
) -> MetadataSchema:
    """Store the day as it is now and queue its solve; once under a key."""
    return day_services.solve_day(services, act, key, content, idempotency_key)


@router.post(
    "/municipality-plans",
    status_code=202,
    response_model_exclude_none=True,
    openapi_extra=request_body(
        MunicipalityPlanRequestSchema, store_examples.MUNICIPALITY_PLAN_REQUEST
    ),
    responses={
        **answer(202, "Stored and queued", store_examples.MUNICIPALITY_PLAN),
        **refusals(409, 413, 422, 503),
    },
)
def solve_municipality(
    content: Body,
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    idempotency_key: IdempotencyKey = None,
) -> MunicipalityPlanSchema:
    """Plan the day of every own unit that has a roster: all of them, or none; once under a key."""
    return day_services.solve_municipality(services, act, reach, content, idempotency_key)


@router.get(
    "/municipality-plans/{batch}",
    response_model_exclude_none=True,
    responses={
        **answer(200, "How far it has come", store_examples.MUNICIPALITY_PLAN), **refusals(404),
    },
)  # fmt: skip
def municipality_plan(
    batch: str, services: ServicesDep, act: ActDep, reach: ReachDep
) -> MunicipalityPlanSchema:
    """How far the units of a municipality's day have come."""
    return day_services.municipality_plan(services, act, reach, batch)


@router.delete(
    "/municipality-plans/{batch}",
    response_model_exclude_none=True,
    responses={**answer(200, "Stopped", store_examples.MUNICIPALITY_PLAN), **refusals(404)},
)
def stop_municipality(
    batch: str, services: ServicesDep, act: ActDep, reach: ReachDep
) -> MunicipalityPlanSchema:
    """Stop every solve of a municipality's day and keep the best plans."""
    return day_services.stop_municipality(services, act, reach, batch)
