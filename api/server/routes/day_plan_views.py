"""More of a solve: its progress as events, its input, its score, and the same day changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.access.policy import Reach
from api.documents.patches import PatchSchema
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.planning_schemas import EnvelopeSchema
from api.server import examples
from api.server.answer_schemas import ScoreAnalysisSchema
from api.server.deps import ActDep, Body, ReachDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.scopes import IdempotencyKey
from api.server.services import Services
from api.store.audit import Act

router = APIRouter(prefix="/v1/day-plans/{plan_id}", tags=["day plans"])

LOOK_EVERY_S = 0.25
# So that nothing between server and browser takes the silence for the end.
TELL_EVERY_S = 15.0
# One event, as the web framework describes its own ones.
EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"const": "metadata"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": f"#/components/schemas/{MetadataSchema.__name__}"},
        },
    },
}
EVENT = f"event: metadata\ndata: {json.dumps(examples.COMPLETED, ensure_ascii=False)}\n\n"


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get(
    "/events",
    response_class=EventStream,
    responses={
        200: {"description": "Events until it is final", "content": {
            str(EventStream.media_type): {"itemSchema": EVENT_SCHEMA, "example": EVENT}}},
        **refusals(404),
    },
)  # fmt: skip
def events(plan_id: str, services: ServicesDep, act: ActDep, reach: ReachDep) -> EventStream:
    """The metadata at once and whenever they change, as server-sent events; ends when final."""
    # In this order: what changes in between is looked at once more rather than not at all.
    seen = services.plan_standing(reach, plan_id)
    first = services.plan_metadata(act, reach, plan_id)
    told = _told(services, act, reach, seen, first)
    return EventStream(told, headers={"Cache-Control": "no-store"})


async def _told(
    services: Services, act: Act, reach: Reach, seen: MetadataSchema, first: MetadataSchema
) -> AsyncIterator[str]:
    """
    No session and no thread is held between two looks.

    What has not changed is not told again, and so not logged again.
    """
    told, latest, silent_s = None, first, 0.0
    while True:
        if latest != told:
            told, silent_s = latest, 0.0
            yield f"event: metadata\ndata: {told.model_dump_json(exclude_none=True)}\n\n"
        if Status(latest.status).final:
            return
        await asyncio.sleep(LOOK_EVERY_S)
        silent_s += LOOK_EVERY_S
        if silent_s >= TELL_EVERY_S:
            silent_s = 0.0
            yield ": still solving\n\n"
        before, seen = seen, await run_in_threadpool(services.plan_standing, reach, first.id)
        if seen != before:
            latest = await run_in_threadpool(services.plan_metadata, act, reach, first.id)


@router.get(
    "/input",
    response_model_exclude_none=True,
    responses={**answer(200, "The day to plan", examples.DAY_PLAN), **refusals(404)},
)
def plan_input(plan_id: str, services: ServicesDep, act: ActDep, reach: ReachDep) -> EnvelopeSchema:
    """
    The planning document as it was stored; it can be posted again.

    Persons of whom the caller may not know are left out; it cannot be posted then.
    """
    return services.plan_input(act, reach, plan_id)


@router.get(
    "/score-analysis",
    responses={**answer(200, "Term by term", examples.SCORE_ANALYSIS), **refusals(404)},
)
def score_analysis(plan_id: str, services: ServicesDep, reach: ReachDep) -> ScoreAnalysisSchema:
    """What the best plan so far is worth, term by term."""
    return services.score_analysis(reach, plan_id)


@router.post(
    "/from-patch",
    status_code=202,
    response_model_exclude_none=True,
    openapi_extra=request_body(PatchSchema, examples.PATCH),
    responses={
        **answer(202, "Stored and queued", examples.PATCHED), **refusals(404, 409, 413, 422, 503),
    },
)  # fmt: skip
def from_patch(
    plan_id: str,
    content: Body,
    services: ServicesDep,
    act: ActDep,
    reach: ReachDep,
    idempotency_key: IdempotencyKey = None,
) -> MetadataSchema:
    """The same day with some changes, as a new solve near to this one's plan; once under a key."""
    return services.patch_plan(act, reach, plan_id, content, idempotency_key)
