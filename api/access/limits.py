"""The rate of an address, before anything of a request is read."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.addresses import bucket_of
from api.access.buckets import Buckets
from api.access.refusals import TooMany


class RateLimit:
    """
    Refuses the requests of an address that makes too many.

    Parameters
    ----------
    refuse
        The answer to a refusal.
    """

    def __init__(
        self, app: ASGIApp, buckets: Buckets, refuse: Callable[[TooMany], ASGIApp]
    ) -> None:
        self._app, self._buckets, self._refuse = app, buckets, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            try:
                self._buckets.take(bucket_of(client[0] if client else ""))
            except TooMany as error:
                await self._refuse(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
