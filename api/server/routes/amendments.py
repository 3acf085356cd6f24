"""Many acts on decisions at once, and reviews."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.documents.amendments import AmendmentsSchema, ReviewSchema
from api.server import decision_services, needs_examples
from api.server.deps import ActDep, Body, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.routes.decisions import IdempotencyKey
from api.server.store_schemas import DecisionRevisionSchema, RegisteredSchema
from api.server.versions import Version, entity_tag

router = APIRouter(prefix="/v1", tags=["needs assessment"])


@router.post(
    "/decision-amendments",
    openapi_extra=request_body(AmendmentsSchema, needs_examples.AMENDMENTS),
    responses={
        **answer(200, "Done", needs_examples.AMENDED), **refusals(404, 409, 412, 413, 422),
    },
)  # fmt: skip
def amend(
    content: Body, services: ServicesDep, act: ActDep, idempotency_key: IdempotencyKey = None
) -> RegisteredSchema:
    """
    Change, interrupt, end or review one decision or thousands: all acts or none, every fault at
    once.

    Sent again with the same Idempotency-Key and content, it is answered as the first time.
    """
    return decision_services.amend(services, act, content, idempotency_key)


@router.post(
    "/decisions/{decision_id}/reviews",
    response_model_exclude_none=True,
    openapi_extra=request_body(ReviewSchema, needs_examples.REVIEW),
    responses={
        **answer(200, "What holds now", needs_examples.REVIEWED),
        **refusals(404, 409, 412, 413, 422, 428),
    },
)
def review(
    decision_id: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> DecisionRevisionSchema:
    """Keep what a review found; the decision is due again on its next day."""
    made = decision_services.review(services, act, decision_id, version, content)
    response.headers.update(entity_tag(made.version))
    return made
