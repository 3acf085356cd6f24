"""Quotes: what each provider could do with a decision not yet made."""

from __future__ import annotations

from fastapi import APIRouter

from api.documents.quotes import QuoteRequestSchema, QuoteSchema, read_quote_request
from api.server import needs_examples
from api.server.deps import ActDep, Body, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.usecases import quoting

router = APIRouter(prefix="/v1/quotes", tags=["needs assessment"])


@router.post(
    "",
    response_model_exclude_none=True,
    openapi_extra=request_body(QuoteRequestSchema, needs_examples.QUOTE_REQUEST),
    responses={
        **answer(200, "An offer for each choice", needs_examples.QUOTE),
        **refusals(413, 422),
    },
)
def quote(content: Body, services: ServicesDep, act: ActDep) -> QuoteSchema:
    """
    Whether a decision can be carried out with today's plans and staff, when, by whom, at what
    marginal travel and what purse a month, per provider; else why not. Nothing is stored.
    """
    services.warm_up(act.municipality)
    request = read_quote_request(content, max_bytes=services.settings.max_bytes)
    return quoting.quote(
        services.store, services.boards, act.municipality, request, services.terms, act
    )
