"""
The outermost layer of the server: each request gets an id, is counted, timed and told.

What is told of a request is its operation (the name of the route), never its address: paths and
queries hold ids of persons. Promises: the answer carries the id in ``X-Request-ID``; a client's own
id is taken over only when it is a UUID, so that nothing else gets into the log by it; what a teller
does wrong never reaches the client.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.operation_ids import operation_id

HEADER = "X-Request-ID"
# What no route answers: another address, or refused before the routes.
NO_ROUTE = "none"
# As other servers call it: the client left before an answer began.
CLIENT_LEFT = 499
SERVER_ERROR = 500
_TRACE = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Seen:
    """
    A request that has been answered.

    Parameters
    ----------
    request
        Its id.
    operation
        Id of the operation, as in the OpenAPI document; ``none`` without one.
    status
        Of the answer; 499 when the client left before.
    seconds
        From the first byte read to the last one written.
    trace
        ``traceparent`` that the client sent, as of W3C Trace Context; empty without one.
    """

    request: str
    operation: str
    method: str
    status: int
    seconds: float
    trace: str = ""


Teller = Callable[[Seen], None]


class Watched:
    """
    Parameters
    ----------
    tellers
        What is told of each request: log, metrics, traces.
    """

    def __init__(
        self,
        app: ASGIApp,
        tellers: Sequence[Teller],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._tellers = tuple(tellers)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _sent(scope, HEADER.lower().encode(), _UUID) or str(uuid4())
        scope.setdefault("state", {})["request_id"] = request
        began, status = self._clock(), CLIENT_LEFT

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request
            await send(message)

        try:
            await self._app(scope, receive, with_id)
        except Exception:
            status = SERVER_ERROR
            raise
        finally:
            seen = Seen(
                request,
                operation_of(scope),
                _method(scope),
                status,
                self._clock() - began,
                _sent(scope, b"traceparent", _TRACE),
            )
            for tell in self._tellers:
                with suppress(Exception):
                    tell(seen)


def operation_of(scope: Scope) -> str:
    """The operation that answered `scope`; the same however its path was filled in."""
    route = scope.get("route")
    return operation_id(route) if hasattr(route, "endpoint") else NO_ROUTE


def _sent(scope: Scope, header: bytes, form: re.Pattern[bytes]) -> str:
    """What the client sent in `header`, when it has the form; else nothing."""
    value: bytes = dict(scope["headers"]).get(header, b"")
    return value.decode() if form.fullmatch(value) else ""


def _method(scope: Scope) -> str:
    """A client may send any word as method."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return scope["method"] if scope["method"] in known else "OTHER"
