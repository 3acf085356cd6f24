"""Who has read whose record: per person, in review and in emergencies; and if the log is whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.server import person_examples as examples
from api.server import person_services as services_of
from api.server.act_services import ANCHOR
from api.server.deps import Body, ReaderDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.person_schemas import (
    ChainSchema,
    GrantsSchema,
    LogReviewSchema,
    ReadingsSchema,
    ReviewRequestSchema,
)

router = APIRouter(prefix="/v1", tags=["readings"])


@router.get(
    "/persons/{recipient}/readings",
    response_model_exclude_none=True,
    responses={**answer(200, "The latest first", examples.READINGS), **refusals(404, 422)},
)
def readings(
    recipient: str,
    services: ServicesDep,
    reader: ReaderDep,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ReadingsSchema:
    """Who has read a person's record, when and why: what the person may ask to be given."""
    return services_of.readings(services, reader, recipient, offset, limit)


@router.post(
    "/readings/reviews",
    response_model_exclude_none=True,
    openapi_extra=request_body(ReviewRequestSchema, examples.REVIEW_REQUEST),
    responses={**answer(200, "What is remarkable", examples.REVIEW), **refusals(413, 422)},
)
def review(content: Body, services: ServicesDep, reader: ReaderDep) -> LogReviewSchema:
    """Go through the readings of a period, and draw some to look at; the review is logged."""
    return services_of.review(services, reader, content)


@router.get(
    "/readings/emergencies",
    response_model_exclude_none=True,
    responses={
        **answer(200, "The latest first", {"grants": [examples.EMERGENCY]}), **refusals(422),
    },
)  # fmt: skip
def emergencies(
    services: ServicesDep,
    reader: ReaderDep,
    since: Annotated[AwareDatetime, Query(description="As 2026-03-01T00:00:00Z.")],
) -> GrantsSchema:
    """Everybody who has broken the glass since then."""
    return services_of.emergencies(services, reader, since)


@router.get(
    "/readings/chain",
    responses={**answer(200, "Whether it holds", examples.CHAIN), **refusals(422)},
)
def verify(
    services: ServicesDep,
    reader: ReaderDep,
    anchor: Annotated[
        str | None,
        Query(
            pattern=ANCHOR,
            description="An earlier head that was noted elsewhere, NUMBER:HASH.",
        ),
    ] = None,
) -> ChainSchema:
    """Whether the log of readings is as it was written, and its head, to be noted elsewhere."""
    return services_of.verify(services, reader, anchor)
