"""
For which provider a request acts, and what it reaches in the database: as the policy says.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query, Request

from api.access.gate import Access
from api.refusals import not_found
from api.server.deps import ReachDep
from api.server.problems import READING
from api.store import committed, row_scope


async def enter_scope(request: Request) -> None:
    """
    Let all that the request does in the database reach what its caller may, and nothing else.

    Behind the gate, and in the loop: what is set there holds for this request's task and for the
    threads that it starts. So it is also where a request that changes something begins.
    """
    if request.method not in READING:
        committed.begin()
    access: Access | None = request.state.access
    row_scope.enter(row_scope.NOTHING if access is None else row_scope.of_reach(access.reach))


async def provider_scope(reach: ReachDep) -> str | None:
    """The provider whose own things alone the request may see and change; None for all."""
    if reach.everything:
        return None
    if reach.provider is None:
        # A policy that gives neither: nothing is theirs.
        raise not_found("operations", "the address")
    return reach.provider


ScopeDep = Annotated[str | None, Depends(provider_scope)]


async def _municipality_only(scope: ScopeDep) -> None:
    if scope is not None:
        raise not_found("operations", "the address")


# Of operations that are no provider's business: to one they are not there.
MUNICIPALITY_ONLY = [Depends(_municipality_only)]
FileName = Annotated[
    str, Query(min_length=1, max_length=100, description="As march.csv; findings name it.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1, max_length=100, description="The sender's own name of the request, for ever."
    ),
]
