"""Whether the server answers. Needs neither the database nor a thread of the pool."""

from __future__ import annotations

from fastapi import APIRouter

from api.server.answer_schemas import HealthSchema
from api.server.openapi import answer

router = APIRouter(tags=["health"])


@router.get("/health", responses=answer(200, "The server answers", {"status": "UP"}))
async def health() -> HealthSchema:
    """The server answers."""
    return HealthSchema()
