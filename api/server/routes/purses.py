"""Purses of decisions, and unit costs of internal services; nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.documents.purses import PursesSchema
from api.server import purse_examples as examples
from api.server import purse_services
from api.server.deps import ActDep, Body, DayQuery, ServicesDep
from api.server.finance_schemas import Month
from api.server.openapi import answer, refusals, request_body
from api.server.scopes import MUNICIPALITY_ONLY

router = APIRouter(prefix="/v1", tags=["purses"], dependencies=MUNICIPALITY_ONLY)

TOML: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/toml": {"schema": {"type": "string"}, "example": examples.SERVICE}
        },
    }
}


@router.post(
    "/purses",
    openapi_extra=request_body(PursesSchema, examples.PURSE_REQUEST),
    responses={**answer(200, "By decision", examples.PURSES), **refusals(404, 413, 422)},
)
def purses(
    month: Annotated[Month, Query(description="As 2026-03.")],
    content: Body,
    services: ServicesDep,
    act: ActDep,
) -> dict[str, Any]:
    """The purse of every decision in a month, to the day and the öre, by the book in force then."""
    return purse_services.purses(services, act, month, content)


@router.post(
    "/unit-costs",
    openapi_extra=TOML,
    responses={**answer(200, "With its invoices", examples.UNIT_COST), **refusals(413, 422)},
)
def unit_costs(content: Body, day: DayQuery = None) -> dict[str, Any]:
    """What one unit of an internal service costs, line by line, and what its consumers owe."""
    return purse_services.unit_costs(content, day)
