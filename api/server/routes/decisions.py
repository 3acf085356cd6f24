"""Decisions: register one, and see the visits and the purse that it gives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header

from api.documents.decision_schemas import DecisionSchema
from api.server import examples
from api.server.answer_schemas import DecisionViewSchema, RegisteredSchema
from api.server.deps import Body, DayQuery, ServicesDep
from api.server.openapi import answer, refusals, request_body

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]


@router.post(
    "",
    status_code=201,
    openapi_extra=request_body(DecisionSchema, examples.DECISION),
    responses={**answer(201, "Registered", examples.REGISTERED), **refusals(409, 413, 422)},
)
def register(
    content: Body, services: ServicesDep, idempotency_key: IdempotencyKey = None
) -> RegisteredSchema:
    """
    Register a decision.

    Sent again with the same Idempotency-Key and content, it is answered as the first time.
    """
    return services.register_decision(content, idempotency_key)


@router.get(
    "/{decision_id}",
    response_model_exclude_none=True,
    responses={
        **answer(200, "With its visits and purse", examples.DECISION_VIEW),
        **refusals(404, 422),
    },
)
def decision(decision_id: str, services: ServicesDep, day: DayQuery = None) -> DecisionViewSchema:
    """A decision with its visits and purse on `day`; its first day when none is given."""
    return services.decision(decision_id, day)
