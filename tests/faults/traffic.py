"""
Requests at a given rate, whether or not the earlier ones have been answered.

Users do not wait for each other, so a service that is slow gets more at a time, not less. Runs in
a process of its own (``spawn``), so that what it measures is not its own waiting for the harness.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random

LONGEST_S = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """
    One kind of request.

    Parameters
    ----------
    kind
        Answers are counted by it.
    body
        ``{n}`` in path and body is the number of the request.
    share
        How often, compared with the others.
    """

    kind: str
    method: str
    path: str
    body: str = ""
    headers: tuple[str, ...] = ()
    share: int = 1


@dataclass(slots=True)
class Answers:
    """
    What came back of one kind.

    Parameters
    ----------
    statuses
        How many of each; 0 stands for no answer.
    took
        Seconds of those that were carried out, from when each was due.
    refused
        Seconds of those that were refused with 429 or 503.
    no_retry
        Refusals that do not say when to try again.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    no_retry: int = 0


def send(
    port: int, calls: Sequence[Call], rate: float, seconds: float, seed: int = 1, first: int = 0
) -> dict[str, Answers]:
    """`rate` requests a second for `seconds`, evenly; the answers by kind."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_send, (port, list(calls), rate, seconds, seed, first))


def at_once(
    port: int, calls: Sequence[Call], clients: int, seconds: float, seed: int = 1, first: int = 0
) -> dict[str, Answers]:
    """`clients` that each send the next request when the last one is answered."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_at_once, (port, list(calls), clients, seconds, seed, first))


def _send(
    port: int, calls: list[Call], rate: float, seconds: float, seed: int, first: int
) -> dict[str, Answers]:
    return asyncio.run(_open_loop(_Client(port), calls, rate, seconds, Random(seed), first))


def _at_once(
    port: int, calls: list[Call], clients: int, seconds: float, seed: int, first: int
) -> dict[str, Answers]:
    return asyncio.run(_closed_loop(_Client(port), calls, clients, seconds, Random(seed), first))


async def _open_loop(
    client: _Client, calls: list[Call], rate: float, seconds: float, random: Random, first: int
) -> dict[str, Answers]:
    weights = [each.share for each in calls]
    began = time.monotonic()
    tasks = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        if (left := due - time.monotonic()) > 0:
            await asyncio.sleep(left)
        (call,) = random.choices(calls, weights)
        tasks.append(asyncio.create_task(client.ask(call, first + number, due)))
    await asyncio.gather(*tasks)
    return client.answers


async def _closed_loop(
    client: _Client, calls: list[Call], clients: int, seconds: float, random: Random, first: int
) -> dict[str, Answers]:
    weights = [each.share for each in calls]
    until = time.monotonic() + seconds
    numbers = iter(range(first, first + 10**9))

    async def one() -> None:
        while (now := time.monotonic()) < until:
            (call,) = random.choices(calls, weights)
            await client.ask(call, next(numbers), now)

    await asyncio.gather(*(one() for _ in range(clients)))
    return client.answers


class _Client:
    """HTTP/1.1 by hand: a library takes more of the two cores than the service does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.answers: dict[str, Answers] = {}

    async def ask(self, call: Call, number: int, due: float) -> None:
        """Send one request, and count what became of it."""
        seen = self.answers.setdefault(call.kind, Answers())
        try:
            async with asyncio.timeout(LONGEST_S):
                status, retry = await self._ask(call, number)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            seen.statuses[0] += 1
            return
        took = time.monotonic() - due
        seen.statuses[status] += 1
        if status in (429, 503):
            seen.refused.append(took)
            seen.no_retry += not retry
        else:
            seen.took.append(took)

    async def _ask(self, call: Call, number: int) -> tuple[int, bool]:
        reused = bool(self._idle)
        reader, writer = await self._connection()
        try:
            try:
                answer = await self._exchange(reader, writer, call, number)
            except (OSError, EOFError):
                writer.close()
                if not reused:
                    raise
                # Closed by the server while it was idle: nothing of the request was read.
                reader, writer = await self._new()
                answer = await self._exchange(reader, writer, call, number)
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return answer

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: Call, number: int
    ) -> tuple[int, bool]:
        def filled(text: str) -> str:
            return text.replace("{n}", str(number))

        body = filled(call.body).encode()
        head = (
            f"{call.method} {filled(call.path)} HTTP/1.1", "Host: 127.0.0.1",
            f"Content-Length: {len(body)}", *map(filled, call.headers), "", "",
        )  # fmt: skip
        writer.write("\r\n".join(head).encode() + body)
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = told.split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
        }
        if "content-length" in headers:
            await reader.readexactly(int(headers["content-length"]))
        return int(lines[0].split()[1]), "retry-after" in headers

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return self._idle.pop() if self._idle else await self._new()

    async def _new(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)
