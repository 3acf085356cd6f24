"""
How many requests are worked on at a time: a few at once, some that wait for them in the order they
came in, and what is more is refused at once and told when to return.

Without a bound every request is taken in and waits for a thread and a connection of the database;
under more than the service can do, all of them wait until nobody listens any more. Few at once,
since threads of one process take turns: with 32 at work the loop that reads and refuses waits for
each of them, and a refusal takes as long as an answer. Promises: a request that takes long gives
its place at work to the next one, so that four imports keep nobody waiting; it counts among all
until it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.refusals import Busy
from scheduler.care.errors import Finding

# Answered from what is at hand, whatever the load.
PROBES = "/health"
STREAM = b"text/event-stream"
# After so long a request works on without a place.
LONG_S = 0.5


class Admission:
    """
    Parameters
    ----------
    most
        Requests at a time, with those that wait and those that take long. A stream of events
        counts until it begins: it then only waits.
    at_once
        Requests that are worked on at a time, but for those that take long.
    refuse
        The answer to a refusal.
    """

    def __init__(
        self, app: ASGIApp, most: int, at_once: int, refuse: Callable[[Busy], ASGIApp]
    ) -> None:
        self._app, self._most, self._refuse = app, most, refuse
        self._places = asyncio.Semaphore(at_once)
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PROBES):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            await self._refuse(Busy(_too_many(self._most)))(scope, receive, send)
            return
        self._inside += 1
        leave = _once(self._leave)
        try:
            await self._places.acquire()
            step_aside = _once(self._places.release)
            late = asyncio.get_running_loop().call_later(LONG_S, step_aside)

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start" and _is_stream(message):
                    step_aside()
                    leave()
                await send(message)

            try:
                await self._app(scope, receive, watched)
            finally:
                late.cancel()
                step_aside()
        finally:
            leave()

    def _leave(self) -> None:
        self._inside -= 1


def _once(act: Callable[[], None]) -> Callable[[], None]:
    """`act`, which is done the first time it is called only."""
    left = [act]

    def do() -> None:
        if left:
            left.pop()()

    return do


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
