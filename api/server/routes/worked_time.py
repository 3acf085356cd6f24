"""Worked time by class: taken in by file or by lines, corrected, and read; follow-up uses it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.server import worked_examples as examples
from api.server import worked_services as services_of
from api.server.deps import ActDep, Body, ReachDep, ServicesDep
from api.server.finance_schemas import Month
from api.server.openapi import answer, file_body, refusals
from api.server.scopes import FileName, IdempotencyKey
from api.server.worked_schemas import WorkedDaysSchema, WorkedDeliverySchema

router = APIRouter(prefix="/v1/worked-time", tags=["worked time"])


@router.post(
    "",
    status_code=201,
    openapi_extra=file_body(examples.FILE, examples.LINES),
    responses={**answer(201, "Taken in", examples.DELIVERY), **refusals(404, 409, 413, 422)},
)
def report(
    content: Body,
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    name: FileName = "file",
    corrects: Annotated[
        bool, Query(description="Other minutes are corrections; 0 worked ones take a day back.")
    ] = False,
    idempotency_key: IdempotencyKey = None,
) -> WorkedDeliverySchema:
    """
    Take in worked time, whole or not at all, with every fault in one answer.

    CSV, Excel or JSON lines, with the columns that `hemplan followup --worked` reads.
    """
    return services_of.report(
        services, act, reach, content, name, idempotency_key, corrects=corrects
    )


@router.get(
    "",
    response_model_exclude_none=True,
    responses={**answer(200, "A page", examples.DAYS), **refusals(404, 422)},
)
def days(
    month: Month,
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    provider: Annotated[str | None, Query(max_length=100, description="Only this one's.")] = None,
    history: Annotated[
        bool, Query(description="Every report, also what was corrected since.")
    ] = False,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> WorkedDaysSchema:
    """A month's carer days as they hold, 1,000 at a time; no provider has another one's."""
    return services_of.days(services, act, reach, month, provider, offset, history=history)
