"""What falls due in needs assessment."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.documents.deadlines import DeadlinesSchema
from api.server import needs_examples, needs_services
from api.server.deps import ActDep, DayQuery, ServicesDep
from api.server.openapi import answer, refusals

router = APIRouter(prefix="/v1/deadlines", tags=["needs assessment"])


@router.get("", responses={**answer(200, "The list", needs_examples.DEADLINES), **refusals(422)})
def deadlines(
    services: ServicesDep,
    act: ActDep,
    day: DayQuery = None,
    ahead: Annotated[int, Query(ge=0, le=366)] = 30,
) -> DeadlinesSchema:
    """
    What is due until `ahead` days from `day` (today when none is given), and every wait.

    Decisions not carried out, reviews, interruptions, orders without an answer, and queues.
    """
    return needs_services.deadlines(services, act, day, ahead)
