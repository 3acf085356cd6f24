"""Performed visits: taken in by file, corrected one by one, read, and approved to be paid."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.server import finance_examples as examples
from api.server import finance_services as services_of
from api.server.deps import ActDep, Body, ServicesDep
from api.server.finance_schemas import (
    DeliveriesSchema,
    DeliverySchema,
    Month,
    PerformedVisitRequestSchema,
    PerformedVisitSchema,
    PerformedVisitsSchema,
)
from api.server.openapi import answer, file_body, refusals, request_body
from api.server.scopes import MUNICIPALITY_ONLY, FileName, IdempotencyKey, ScopeDep
from api.server.versions import Version, entity_tag

router = APIRouter(prefix="/v1", tags=["performed visits"])

Sender = Annotated[
    str, Query(max_length=100, description="The provider that sent it; left out: municipality.")
]


@router.post(
    "/performed-visits",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=file_body(examples.VISITS_FILE, {"visits": []}),
    responses={**answer(201, "Taken in", examples.DELIVERY), **refusals(409, 413, 422)},
)
def deliver(
    content: Body,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
    name: FileName = "file",
    corrects: Annotated[bool, Query(description="Changed visits are corrections.")] = False,
    idempotency_key: IdempotencyKey = None,
) -> DeliverySchema:
    """
    Take in a file of visits, whole or not at all, with every fault in one answer.

    CSV, JSON or Excel, as for `hemplan settle`. The same visit counts once, whatever is sent twice.
    """
    return services_of.deliver(
        services, act, scope, content, name, idempotency_key, corrects=corrects
    )


@router.get(
    "/performed-visits/{provider}",
    response_model_exclude_none=True,
    responses={**answer(200, "A page", examples.VISITS), **refusals(404, 422)},
)
def visits(
    provider: str,
    month: Annotated[Month, Query(description="Of their start in Sweden.")],
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
    after: Annotated[str, Query(max_length=100)] = "",
    deviating: Annotated[
        bool, Query(description="Only those not performed, or with a deviation.")
    ] = False,
) -> PerformedVisitsSchema:
    """A provider's visits of a month as they were last reported, 1,000 at a time by rising id."""
    return services_of.visits(services, act, scope, provider, month, after, deviating=deviating)


@router.get(
    "/performed-visits/{provider}/{visit}",
    response_model_exclude_none=True,
    responses={**answer(200, "Every revision", examples.VISITS), **refusals(404)},
)
def visit_history(
    provider: str,
    visit: str,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
) -> PerformedVisitsSchema:
    """Every revision of a visit, the first one first."""
    found = services_of.history(services, act, scope, provider, visit)
    response.headers.update(entity_tag(found.visits[-1].version))
    return found


@router.put(
    "/performed-visits/{provider}/{visit}",
    response_model_exclude_none=True,
    openapi_extra=request_body(PerformedVisitRequestSchema, examples.VISIT_REQUEST),
    responses={
        **answer(200, "What is reported now", examples.VISIT),
        **refusals(404, 409, 412, 413, 422, 428),
    },
)
def correct(
    provider: str,
    visit: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
    version: Version,
    idempotency_key: IdempotencyKey = None,
) -> PerformedVisitSchema:
    """
    Report one visit, or correct it: a revision that points at the one before.

    Of a visit that is new the version is 0. Either waits for its approval.
    """
    made = services_of.correct(
        services, act, scope, provider, visit, version, content, idempotency_key
    )
    response.headers.update(entity_tag(made.version))
    return made


@router.get(
    "/visit-deliveries",
    response_model_exclude_none=True,
    responses=answer(200, "By time", examples.DELIVERIES),
)
def deliveries(services: ServicesDep, act: ActDep, scope: ScopeDep) -> DeliveriesSchema:
    """What was delivered: by the provider that asks, or by all."""
    return services_of.deliveries(services, act, scope)


@router.get(
    "/visit-deliveries/{key}",
    response_model_exclude_none=True,
    responses={**answer(200, "With its counts", examples.DELIVERY), **refusals(404, 422)},
)
def delivery(
    key: str,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
    sender: Sender = "",
) -> DeliverySchema:
    """A delivery, and the version that its approval must name."""
    found = services_of.delivery(services, act, scope, sender, key)
    response.headers.update(entity_tag(found.version))
    return found


@router.post(
    "/visit-deliveries/{key}/approve",
    dependencies=MUNICIPALITY_ONLY,
    response_model_exclude_none=True,
    responses={
        **answer(200, "May be settled", examples.APPROVED_DELIVERY),
        **refusals(404, 409, 412, 422, 428),
    },
)
def approve(
    key: str,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
    version: Version,
    sender: Sender = "",
) -> DeliverySchema:
    """Let what was delivered be settled; not by who delivered it."""
    made = services_of.approve_delivery(services, act, scope, sender, key, version)
    response.headers.update(entity_tag(made.version))
    return made
