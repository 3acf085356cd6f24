"""What routes ask for: the services of the running server, and the body as it came."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Query, Request

from api.documents.schema_types import CalendarDay
from api.server.services import Services


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


async def _body(request: Request) -> bytes:
    return await request.body()


ServicesDep = Annotated[Services, Depends(_services)]
Body = Annotated[bytes, Depends(_body)]
DayQuery = Annotated[CalendarDay | None, Query(description="Day, e.g. 2026-03-04.")]
