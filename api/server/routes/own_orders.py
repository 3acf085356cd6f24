"""A provider's own orders: read, accepted and refused by the provider itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.access.gate import access_of
from api.server import needs_examples, own_order_examples
from api.server import own_order_services as services_of
from api.server.deps import ActDep, Body, ServicesDep
from api.server.needs_schemas import ReasonSchema
from api.server.openapi import answer, refusals, request_body
from api.server.own_order_schemas import OwnOrderSchema, OwnOrdersSchema
from api.server.scopes import ScopeDep
from api.server.versions import Version, entity_tag
from api.server.viewing import grantable
from api.store.access_log import Purpose
from api.usecases.sight import Reader, Right

router = APIRouter(prefix="/v1", tags=["own orders"])

Number = Annotated[int, Path(ge=1, le=100_000)]
ANSWERED = {
    **answer(200, "The order as it stands now", own_order_examples.ACCEPTED),
    **refusals(404, 409, 412, 413, 422, 428),
}


async def _reader(request: Request, act: ActDep) -> Reader:
    """Who reads, by their roles, for the work with an order."""
    roles = grantable(access_of(request).caller)
    return Reader(act, Purpose("", "Beställning till utföraren"), frozenset({Right.READ}), roles)


ReaderDep = Annotated[Reader, Depends(_reader)]


@router.get(
    "/providers/{provider}/orders",
    response_model_exclude_none=True,
    responses={**answer(200, "Orders", own_order_examples.ORDERS), **refusals(404)},
)
def orders(
    provider: str, services: ServicesDep, reader: ReaderDep, scope: ScopeDep
) -> OwnOrdersSchema:
    """Every order that was sent to the provider, the first one first."""
    return services_of.orders(services, reader, scope, provider)


@router.get(
    "/providers/{provider}/orders/{decision_id}/{number}",
    response_model_exclude_none=True,
    responses={**answer(200, "The order", own_order_examples.ORDER), **refusals(404, 422)},
)
def order(
    provider: str,
    decision_id: str,
    number: Number,
    response: Response,
    services: ServicesDep,
    reader: ReaderDep,
    scope: ScopeDep,
) -> OwnOrderSchema:
    """An order with what is ordered; whose it is, and their home, once it is accepted."""
    found = services_of.order(services, reader, scope, provider, decision_id, number)
    response.headers.update(entity_tag(found.version))
    return found


@router.post(
    "/providers/{provider}/orders/{decision_id}/{number}/accept",
    response_model_exclude_none=True,
    responses=ANSWERED,
)
def accept(
    provider: str,
    decision_id: str,
    number: Number,
    response: Response,
    services: ServicesDep,
    reader: ReaderDep,
    scope: ScopeDep,
    version: Version,
) -> OwnOrderSchema:
    """The provider takes the order, and has the decision from its first day on."""
    made = services_of.accept(services, reader, scope, provider, decision_id, number, version)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    "/providers/{provider}/orders/{decision_id}/{number}/refuse",
    response_model_exclude_none=True,
    openapi_extra=request_body(ReasonSchema, needs_examples.REASON),
    responses={
        **answer(200, "The order as it stands now", own_order_examples.REFUSED),
        **refusals(404, 409, 412, 413, 422, 428),
    },
)
def refuse(
    provider: str,
    decision_id: str,
    number: Number,
    content: Body,
    response: Response,
    services: ServicesDep,
    reader: ReaderDep,
    scope: ScopeDep,
    version: Version,
) -> OwnOrderSchema:
    """The provider does not take the order, and says why; whoever is asked next is not told."""
    made = services_of.refuse(
        services, reader, scope, provider, decision_id, number, version, content
    )
    response.headers.update(entity_tag(made.version))
    return made
