"""
The gate of the HTTP service: every route is behind it, because the application itself asks for it.

For each request it finds the operation, who makes it, whether the policy lets them, and what they
reach; routes read the result (:class:`Access`) and cannot be called without it. An operation that
the policy does not name lets nobody through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.access import identify
from api.access.addresses import bucket_of
from api.access.buckets import Buckets
from api.access.caller import Caller
from api.access.identify import Identify, Session
from api.access.operation_ids import operation_id
from api.access.policy import Reach, Rule, permit
from api.access.refusals import NotSignedIn

SESSION_COOKIE: Final = "__Host-hemplan"
# A wrong token costs its address as much as this many requests: guessing is not for free.
FAILURE_COST: Final = 20


@dataclass(frozen=True, slots=True)
class Access:
    """Who makes the request, and what of the operation's objects they reach."""

    caller: Caller
    reach: Reach
    session: Session | None


class Gate:
    """
    Lets a request through, or refuses it.

    Parameters
    ----------
    policy
        Operation id -> who may.
    callers, addresses
        Rates; an address is counted by :class:`api.access.limits.RateLimit` already, here it pays
        for failures.
    """

    def __init__(
        self, policy: Mapping[str, Rule], who: Identify, callers: Buckets, addresses: Buckets
    ) -> None:
        self._policy, self._who = policy, who
        self._callers, self._addresses = callers, addresses

    async def __call__(self, request: Request) -> None:
        """
        Leave an :class:`Access` in the request's state, None for a public operation.

        Raises
        ------
        NotSignedIn, Forbidden, TooMany, Busy
            As their causes say.
        """
        operation = operation_id(request.scope["route"])
        request.state.access = None
        if self._policy.get(operation, Rule()).public:
            return
        shown = _shown(request)
        try:
            # Keys and sessions are fetched: not in the loop that serves everybody.
            found = await run_in_threadpool(self._who, shown)
        except NotSignedIn:
            self._addresses.charge(bucket_of(shown.address), FAILURE_COST)
            raise
        caller = found.caller
        self._callers.take(f"{caller.municipality}\n{caller.user}")
        reach = permit(self._policy, operation, caller)
        request.state.access = Access(caller, reach, found.session)


def access_of(request: Request) -> Access:
    """What the gate has found; for routes that are not public."""
    access: Access | None = getattr(request.state, "access", None)
    if access is None:
        raise RuntimeError("the route asks who calls, but no gate has let the request in")
    return access


def _shown(request: Request) -> identify.Request:
    return identify.Request(
        request.method,
        request.client.host if request.client else "",
        request.headers.getlist("authorization"),
        request.cookies.get(SESSION_COOKIE),
        dict(request.headers),
    )
