"""What routes ask for: the running server's services, who acts, and the body as it came."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Query, Request

from api.documents.schema_types import CalendarDay
from api.server.services import Services
from api.store.audit import Act

# Who acts where nobody has logged in.
LOCAL_USER = "local"


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


async def _body(request: Request) -> bytes:
    return await request.body()


def _act(services: Annotated[Services, Depends(_services)]) -> Act:
    return Act(services.settings.municipality, LOCAL_USER, services.clock())


ServicesDep = Annotated[Services, Depends(_services)]
# For which municipality, by whom and when: the one place that says so.
ActDep = Annotated[Act, Depends(_act)]
Body = Annotated[bytes, Depends(_body)]
DayQuery = Annotated[CalendarDay | None, Query(description="Day, e.g. 2026-03-04.")]
