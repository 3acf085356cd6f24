"""
What routes ask for: the running server's services, who acts, and the body as it came.

All of it is at hand, so none is a plain function: the framework would call that in a thread of the
pool, and hand the request to and fro for each.
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Header, Query, Request

from api.access.gate import access_of
from api.access.policy import Reach
from api.documents.schema_types import CalendarDay
from api.server.services import Services
from api.server.viewing import reader_of, view_of
from api.store.audit import Act
from api.usecases.sight import Reader


async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


async def _body(request: Request) -> bytes:
    return await request.body()


async def _act(request: Request, services: Annotated[Services, Depends(_services)]) -> Act:
    caller = access_of(request).caller
    view = view_of(request, caller)
    return Act(caller.municipality, caller.user, services.clock(), view)


async def _reader(
    request: Request,
    act: Annotated[Act, Depends(_act)],
    x_reason: Annotated[
        str | None,
        Header(max_length=3000, description="Why, for the log: UTF-8 with percent signs."),
    ] = None,
    x_case: Annotated[
        str | None, Header(max_length=100, description="The decision or matter that it is for.")
    ] = None,
) -> Reader:
    return reader_of(access_of(request).caller, act, x_reason, x_case)


async def _reach(request: Request) -> Reach:
    return access_of(request).reach


ServicesDep = Annotated[Services, Depends(_services)]
# For which municipality, by whom and when: the one place that says so.
ActDep = Annotated[Act, Depends(_act)]
# Who looks at who somebody is, with which rights, and why.
ReaderDep = Annotated[Reader, Depends(_reader)]
# What of the operation's objects the caller may touch; what is beyond is refused as not found.
ReachDep = Annotated[Reach, Depends(_reach)]
Body = Annotated[bytes, Depends(_body)]
DayQuery = Annotated[CalendarDay | None, Query(description="Day, e.g. 2026-03-04.")]
