"""
Whether the server answers, and whether it can work.

None of the answers needs the database or a thread of the pool: an overloaded server is slow, and
must not look dead for it (:mod:`api.operations.readiness`).
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response

from api.operations.readiness import Readiness
from api.server.answer_schemas import HealthSchema, ReadinessSchema
from api.server.openapi import answer

router = APIRouter(tags=["health"])


@router.get("/health", responses=answer(200, "The server answers", {"status": "UP"}))
async def health() -> HealthSchema:
    """The server answers."""
    return HealthSchema()


@router.get("/health/live", responses=answer(200, "The server answers", {"status": "UP"}))
async def live() -> HealthSchema:
    """The process is alive; when this is not answered, start it again."""
    return HealthSchema()


async def _readiness(request: Request) -> Readiness:
    # Not a plain function: the framework would call that in a thread of the pool.
    return cast("Readiness", request.app.state.readiness)


@router.get(
    "/health/ready",
    responses={
        **answer(200, "The server can work", {"status": "READY", "checks": {"database": True}}),
        503: {
            "model": ReadinessSchema,
            **answer(
                503, "The server cannot work now", {"status": "NOT_READY",
                                                    "checks": {"database": False}},
            )[503],
        },
    },
)  # fmt: skip
async def ready(
    response: Response, readiness: Annotated[Readiness, Depends(_readiness)]
) -> ReadinessSchema:
    """
    The server can work: its database answers and is current, and the disk has room.

    While it is not so, or the server is about to end, send nothing here.
    """
    checks = readiness.report()
    well = all(checks.values())
    response.status_code = 200 if well else 503
    return ReadinessSchema(status="READY" if well else "NOT_READY", checks=checks)
