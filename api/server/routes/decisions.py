"""Decisions: register, read, change, interrupt and end them, by whoever has seen what holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from api.documents.cases import CasesSchema
from api.documents.purses import GrantedSchema, InterruptionSchema
from api.server import decision_services, store_examples
from api.server.deps import ActDep, Body, DayQuery, ReachDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.store_schemas import (
    DecisionHistorySchema,
    DecisionRevisionSchema,
    DecisionsSchema,
    DecisionViewSchema,
    EndSchema,
    RegisteredSchema,
)
from api.server.versions import Version, entity_tag

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=100)]
CHANGED = {
    **answer(200, "What holds now", store_examples.DECISION_REVISION),
    **refusals(404, 409, 412, 413, 422, 428),
}


@router.post(
    "",
    status_code=201,
    openapi_extra=request_body(CasesSchema, store_examples.DECISIONS),
    responses={**answer(201, "Registered", store_examples.REGISTERED), **refusals(409, 413, 422)},
)
def register(
    content: Body, services: ServicesDep, act: ActDep, idempotency_key: IdempotencyKey = None
) -> RegisteredSchema:
    """
    Register one decision or thousands: all of them or none, with every fault in one answer.

    Sent again with the same Idempotency-Key and content, it is answered as the first time.
    """
    return decision_services.register(services, act, content, idempotency_key)


@router.get(
    "",
    response_model_exclude_none=True,
    responses={**answer(200, "A page", store_examples.DECISION_PAGE), **refusals(422)},
)
def decisions(
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    after: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DecisionsSchema:
    """The decisions as they hold, by rising id."""
    return decision_services.decisions(services, act, reach, after, limit)


@router.get(
    "/{decision_id}",
    response_model_exclude_none=True,
    responses={
        **answer(200, "With its visits and purse", store_examples.DECISION_VIEW),
        **refusals(404, 422),
    },
)
def decision(
    decision_id: str,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    day: DayQuery = None,
) -> DecisionViewSchema:
    """A decision with its visits and purse on `day`; its first day when none is given."""
    found = decision_services.view(services, act, reach, decision_id, day)
    response.headers.update(entity_tag(found.version))
    return found


@router.get(
    "/{decision_id}/history",
    response_model_exclude_none=True,
    responses={**answer(200, "Every revision", store_examples.HISTORY), **refusals(404)},
)
def history(
    decision_id: str, services: ServicesDep, act: ActDep, reach: ReachDep
) -> DecisionHistorySchema:
    """Every revision of a decision, the first one first."""
    return decision_services.history(services, act, reach, decision_id)


@router.put(
    "/{decision_id}",
    response_model_exclude_none=True,
    openapi_extra=request_body(GrantedSchema, store_examples.DECISION),
    responses=CHANGED,
)
def change(
    decision_id: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> DecisionRevisionSchema:
    """Let another content of the decision hold, as a new revision."""
    made = decision_services.change(services, act, decision_id, version, content)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    "/{decision_id}/interruptions",
    response_model_exclude_none=True,
    openapi_extra=request_body(InterruptionSchema, store_examples.INTERRUPTION),
    responses=CHANGED,
)
def interrupt(
    decision_id: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> DecisionRevisionSchema:
    """Add days on which nothing is carried out, such as a stay in hospital."""
    made = decision_services.interrupt(services, act, decision_id, version, content)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    "/{decision_id}/end",
    response_model_exclude_none=True,
    openapi_extra=request_body(EndSchema, store_examples.END),
    responses=CHANGED,
)
def end(
    decision_id: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> DecisionRevisionSchema:
    """End a decision by its last day."""
    made = decision_services.end(services, act, decision_id, version, content)
    response.headers.update(entity_tag(made.version))
    return made
