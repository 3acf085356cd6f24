"""The budget of a year; nothing is stored."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.server import followup_examples as examples
from api.server import followup_services as services_of
from api.server.deps import ActDep, Body, ServicesDep
from api.server.followup_schemas import BudgetRequestSchema
from api.server.openapi import answer, refusals, request_body
from api.server.scopes import MUNICIPALITY_ONLY

router = APIRouter(prefix="/v1", tags=["budget"], dependencies=MUNICIPALITY_ONLY)


@router.post(
    "/budgets",
    openapi_extra=request_body(BudgetRequestSchema, examples.BUDGET_REQUEST),
    responses={**answer(200, "The year", examples.BUDGET), **refusals(404, 413, 422)},
)
def budget(content: Body, services: ServicesDep, act: ActDep) -> dict[str, Any]:
    """
    The year of each unit and provider by the stored decisions, and what nobody has money for.

    New decisions are held against what the forecast leaves before they take effect.
    """
    return services_of.budget(services, act, content)
