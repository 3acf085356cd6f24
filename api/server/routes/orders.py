"""Choice of provider, orders and their answers, queues, ceilings and rules of non-choice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.server import needs_examples, needs_services
from api.server.deps import ActDep, Body, ServicesDep
from api.server.needs_schemas import (
    AnsweredSchema,
    CapacitiesSchema,
    CapacityRequestSchema,
    CapacitySchema,
    ChoiceRequestSchema,
    ChoicesSchema,
    ExpiredSchema,
    OrderedSchema,
    OrdersSchema,
    QueueSchema,
    ReasonSchema,
    RuleRequestSchema,
    RuleSchema,
)
from api.server.openapi import answer, refusals, request_body
from api.server.versions import Version, entity_tag
from api.store.order_records import At

router = APIRouter(prefix="/v1", tags=["needs assessment"])

Number = Annotated[int, Path(ge=1, le=100_000)]
ANSWER = {
    **answer(200, "The order as it stands now", needs_examples.ANSWERED),
    **refusals(404, 409, 412, 413, 422, 428),
}


@router.get(
    "/decisions/{decision_id}/choices",
    response_model_exclude_none=True,
    responses=answer(200, "Every choice", needs_examples.CHOICES),
)
def choices(
    decision_id: str, response: Response, services: ServicesDep, act: ActDep
) -> ChoicesSchema:
    """Every choice of provider of a decision; the ETag is the version that the next one names."""
    found = needs_services.choices(services, act, decision_id)
    response.headers.update(entity_tag(len(found)))
    return ChoicesSchema(choices=found)


@router.post(
    "/decisions/{decision_id}/choices",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=request_body(ChoiceRequestSchema, needs_examples.CHOICE_REQUEST),
    responses={
        **answer(201, "Chosen and ordered", needs_examples.ORDERED),
        **refusals(404, 409, 412, 413, 422, 428),
    },
)
def choose(
    decision_id: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> OrderedSchema:
    """Keep the person's choice, or let the rule choose, and order from the first provider."""
    made = needs_services.choose(services, act, decision_id, version, content)
    response.headers.update(entity_tag(made.choice.number))
    return made


@router.get(
    "/orders",
    response_model_exclude_none=True,
    responses={**answer(200, "Orders", needs_examples.ORDERS), **refusals(422)},
)
def orders(
    services: ServicesDep,
    act: ActDep,
    decision: Annotated[str | None, Query(max_length=100)] = None,
    provider: Annotated[str | None, Query(max_length=100)] = None,
) -> OrdersSchema:
    """Orders of a decision, to a provider, or all."""
    return OrdersSchema(orders=needs_services.orders(services, act, decision, provider))


@router.post(
    "/decisions/{decision_id}/orders/{number}/accept",
    response_model_exclude_none=True,
    responses=ANSWER,
)
def accept(
    decision_id: str,
    number: Number,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> AnsweredSchema:
    """The provider takes the order, and has the decision from its first day on."""
    made = needs_services.accept(services, act, decision_id, number, version)
    response.headers.update(entity_tag(made.order.version))
    return made


@router.post(
    "/decisions/{decision_id}/orders/{number}/refuse",
    response_model_exclude_none=True,
    openapi_extra=request_body(ReasonSchema, needs_examples.REASON),
    responses=ANSWER,
)
def refuse(
    decision_id: str,
    number: Number,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> AnsweredSchema:
    """The provider does not take the order; the next one of the choice is asked."""
    made = needs_services.refuse(services, act, decision_id, number, version, content)
    response.headers.update(entity_tag(made.order.version))
    return made


@router.post(
    "/decisions/{decision_id}/orders/{number}/cancel",
    response_model_exclude_none=True,
    openapi_extra=request_body(ReasonSchema, needs_examples.REASON),
    responses=ANSWER,
)
def cancel(
    decision_id: str,
    number: Number,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> AnsweredSchema:
    """Take an order back, queued, sent or accepted; nobody else is asked."""
    made = needs_services.cancel(services, act, decision_id, number, version, content)
    response.headers.update(entity_tag(made.order.version))
    return made


@router.post("/orders/expire", responses=answer(200, "Done", needs_examples.EXPIRED))
def expire(services: ServicesDep, act: ActDep) -> ExpiredSchema:
    """Let orders that were not answered in time go on, and whoever has room leave the queue."""
    return needs_services.expire(services, act)


@router.get(
    "/units/{unit}/queues/{provider}",
    response_model_exclude_none=True,
    responses=answer(200, "Room and queue", needs_examples.QUEUE),
)
def queue(unit: str, provider: str, services: ServicesDep, act: ActDep) -> QueueSchema:
    """What a provider has left in a unit today, and who waits for it, with the reason."""
    return needs_services.queue(services, act, At(provider, unit))


@router.get(
    "/capacities",
    response_model_exclude_none=True,
    responses=answer(200, "Every ceiling", needs_examples.CAPACITIES),
)
def capacities(services: ServicesDep, act: ActDep) -> CapacitiesSchema:
    """Every capacity ceiling that was set, per provider and unit."""
    return CapacitiesSchema(capacities=needs_services.capacities(services, act))


@router.put(
    "/units/{unit}/capacities/{provider}",
    response_model_exclude_none=True,
    openapi_extra=request_body(CapacityRequestSchema, needs_examples.CAPACITY_REQUEST),
    responses={
        **answer(200, "The ceiling", needs_examples.CAPACITY), **refusals(412, 413, 422, 428),
    },
)  # fmt: skip
def set_capacity(
    unit: str,
    provider: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> CapacitySchema:
    """Let a ceiling hold from a day on; whoever has room by it leaves the queue."""
    at = At(provider, unit)
    made = needs_services.set_capacity(services, act, at, version, content)
    response.headers.update(entity_tag(made.number))
    return made


@router.put(
    "/units/{unit}/fallback-rule",
    response_model_exclude_none=True,
    openapi_extra=request_body(RuleRequestSchema, needs_examples.RULE_REQUEST),
    responses={**answer(200, "The rule", needs_examples.RULE), **refusals(412, 413, 422, 428)},
)
def set_rule(
    unit: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> RuleSchema:
    """How whoever does not choose gets a provider, from a day on (ickevalsalternativ)."""
    made = needs_services.set_rule(services, act, unit, version, content)
    response.headers.update(entity_tag(made.number))
    return made
