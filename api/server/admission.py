"""
How many requests are worked on at a time: what is more is refused at once, and told when to return.

Without a bound every request is taken in and waits for a thread and a connection of the database;
under more than the service can do, all of them wait until nobody listens any more. Refused at once
they cost next to nothing, and what is taken in is done as fast as ever.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.refusals import Busy
from scheduler.care.errors import Finding

# Answered from what is at hand, whatever the load.
PROBES = "/health"
STREAM = b"text/event-stream"


class Admission:
    """
    Parameters
    ----------
    most
        Requests at a time. A stream of events counts until it begins: it then only waits.
    refuse
        The answer to a refusal.
    """

    def __init__(self, app: ASGIApp, most: int, refuse: Callable[[Busy], ASGIApp]) -> None:
        self._app, self._most, self._refuse = app, most, refuse
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PROBES):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            await self._refuse(Busy(_too_many(self._most)))(scope, receive, send)
            return
        self._inside += 1
        counted = True

        def leave() -> None:
            nonlocal counted
            self._inside -= counted
            counted = False

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_stream(message):
                leave()
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            leave()


def _is_stream(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(STREAM)
        for name, value in message.get("headers", ())
    )


def _too_many(most: int) -> Finding:
    return Finding(
        "OVERLOADED",
        "requests",
        f"fewer than {most} requests at a time",
        str(most),
        "Försök igen om en stund.",
    )
