"""Day plans: post a day, follow its solve, get the best plan so far, stop."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.documents.data_check import DataCheckSchema
from api.documents.evaluation import EvaluationRequestSchema, EvaluationSchema
from api.documents.plan_diff import PlanDiffSchema
from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.recommendation import RecommendationRequestSchema, RecommendationsSchema
from api.documents.replanning import ReplanRequestSchema, ReplanSchema
from api.documents.schema_types import CalendarDay
from api.documents.simulation import SimulationRequestSchema, SimulationSchema
from api.server import examples
from api.server.deps import ActDep, Body, ReachDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.scopes import IdempotencyKey

router = APIRouter(prefix="/v1", tags=["day plans"])

DEMO_DAY = date(2026, 3, 4)
# What may be done on a later day has to be done within the years that documents know.
LAST_DEMO_DAY = date(2198, 12, 31)


class DemoSize(StrEnum):
    """Sizes of the generated municipality."""

    S = "S"
    M = "M"
    L = "L"


@router.get(
    "/demo-data",
    response_model=EnvelopeSchema,
    response_model_exclude_none=True,
    responses={**answer(200, "Ready to post to /v1/day-plans", examples.DAY_PLAN), **refusals(422)},
)
def demo_data(
    services: ServicesDep,
    size: DemoSize = DemoSize.S,
    seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 1,
    day: Annotated[
        CalendarDay | None, Query(le=LAST_DEMO_DAY, description="Day, e.g. 2026-03-04.")
    ] = None,
) -> Any:
    """A planning document of a generated municipality."""
    return services.demo_data(size, seed, day or DEMO_DAY)


@router.post(
    "/day-plans",
    status_code=202,
    response_model_exclude_none=True,
    openapi_extra=request_body(EnvelopeSchema, examples.DAY_PLAN),
    responses={
        **answer(202, "Stored and queued", examples.SCHEDULED),
        **refusals(409, 413, 422, 503),
    },
)
def submit(
    content: Body, services: ServicesDep, act: ActDep, idempotency_key: IdempotencyKey = None
) -> MetadataSchema:
    """
    Store a day and queue its solve; a document with a fault is refused and nothing is stored.

    Sent again under its key it starts nothing and has the same answer.
    """
    return services.submit_plan(act, content, idempotency_key)


@router.post(
    "/check",
    response_model_exclude_none=True,
    openapi_extra=request_body(EnvelopeSchema, examples.DAY_PLAN),
    responses={**answer(200, "What the data shows", examples.DATA_CHECK), **refusals(413, 422)},
)
def check(content: Body, services: ServicesDep) -> DataCheckSchema:
    """Check the data of a day before any plan: what blocks one, and what would improve it."""
    return services.check(content)


@router.post(
    "/evaluate",
    response_model_exclude_none=True,
    openapi_extra=request_body(EvaluationRequestSchema, examples.EVALUATION_REQUEST),
    responses={**answer(200, "What it is worth", examples.EVALUATION), **refusals(413, 422)},
)
def evaluate(content: Body, services: ServicesDep) -> EvaluationSchema:
    """Judge a plan, whoever made it: every broken rule with its size, the score, key figures."""
    return services.evaluation(content)


@router.post(
    "/recommendations",
    response_model_exclude_none=True,
    openapi_extra=request_body(RecommendationRequestSchema, examples.RECOMMENDATION_REQUEST),
    responses={
        **answer(200, "Where it fits", examples.RECOMMENDATIONS),
        **refusals(413, 422),
    },
)
def recommendations(content: Body, services: ServicesDep) -> RecommendationsSchema:
    """Where left-out visits fit into a plan as it is, or who could take over from carers."""
    return services.recommendations(content)


@router.post(
    "/replans",
    response_model_exclude_none=True,
    openapi_extra=request_body(ReplanRequestSchema, examples.REPLAN_REQUEST),
    responses={**answer(200, "The rest of the day", examples.REPLAN), **refusals(413, 422, 503)},
)
def replan(content: Body, services: ServicesDep) -> ReplanSchema:
    """The rest of a day after a sick call, a cancellation, an acute visit, an alarm or a delay."""
    return services.replan(content)


@router.post(
    "/simulations",
    response_model_exclude_none=True,
    openapi_extra=request_body(SimulationRequestSchema, examples.SIMULATION_REQUEST),
    responses={**answer(200, "How it holds", examples.SIMULATION), **refusals(413, 422)},
)
def simulations(content: Body, services: ServicesDep) -> SimulationSchema:
    """Carry out a plan on random days: punctuality, overtime, the most fragile visits first."""
    return services.simulation(content)


@router.get(
    "/day-plans/{plan_id}",
    response_model_exclude_none=True,
    responses={**answer(200, "The best plan so far", examples.PLAN), **refusals(404)},
)
def plan(plan_id: str, services: ServicesDep, act: ActDep, reach: ReachDep) -> PlanDocumentSchema:
    """The best plan so far; without ``modelOutput`` until there is one."""
    return services.plan(act, reach, plan_id)


@router.get(
    "/day-plans/{plan_id}/metadata",
    response_model_exclude_none=True,
    responses={**answer(200, "How far it has come", examples.COMPLETED), **refusals(404)},
)
def metadata(plan_id: str, services: ServicesDep, act: ActDep, reach: ReachDep) -> MetadataSchema:
    """How far a plan has come; light enough to ask for every second."""
    return services.plan_metadata(act, reach, plan_id)


@router.get(
    "/day-plans/{plan_id}/diff/{other_id}",
    response_model_exclude_none=True,
    responses={**answer(200, "What changes", examples.DIFF), **refusals(404, 422)},
)
def diff(
    plan_id: str, other_id: str, services: ServicesDep, act: ActDep, reach: ReachDep
) -> PlanDiffSchema:
    """What the other plan changes in this one: every visit that moves, and every key figure."""
    return services.plan_diff(act, reach, plan_id, other_id)


@router.delete(
    "/day-plans/{plan_id}",
    response_model_exclude_none=True,
    responses={**answer(200, "Stopped", examples.COMPLETED), **refusals(404)},
)
def stop(plan_id: str, services: ServicesDep, act: ActDep, reach: ReachDep) -> MetadataSchema:
    """Stop a solve and keep its best plan; a plan that is final stays as it is."""
    return services.stop_plan(act, reach, plan_id)
