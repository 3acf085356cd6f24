"""
More than the service can do: two and five times its capacity, with a solve beside it.

Its capacity is what eight clients get out of it that each wait for their answers. Then requests
come by the clock. What is refused must be refused quickly, and what is done must not become less.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from threading import Event, Thread
from urllib.request import urlopen

from tests.faults.hemplan import Solving, serving
from tests.faults.load import READ, calls_of
from tests.faults.table import Row, percentile
from tests.faults.traffic import Answers, at_once, send

CLIENTS = 8
TIMES = (2, 5)
GOODPUT = 0.8
REFUSED_MS, READ_P99_MS, PROBE_MS = 50, 500, 100
NORMAL_S = 10


def overload(seconds: float, tell: Callable[[str], None] = print) -> list[Row]:
    """Each multiple of the capacity for so many seconds."""
    rows = []
    with (
        serving(HEMPLAN_RUNNING="1", HEMPLAN_MAX_THREADS="1") as (port, _),
        closing(Solving(port)) as solving,
    ):
        calls = calls_of(solving.plan)
        at_once(port, calls, CLIENTS, min(5, seconds), first=10**6)
        peak = _done(at_once(port, calls, CLIENTS, seconds, first=2 * 10**6)) / seconds
        tell(f"capacity {peak:.0f} requests a second")
        for number, times in enumerate(TIMES, 3):
            with closing(_Probing(port)) as probing:
                found = send(port, calls, times * peak, seconds, first=number * 10**6)
            rows.append(_row(times, peak, seconds, found, probing.took, tell))
        rows.append(_back(port))
    return rows


def _row(
    times: int, peak: float, seconds: float, found: dict[str, Answers], probes: list[float],
    tell: Callable[[str], None],
) -> Row:  # fmt: skip
    goodput = _done(found) / seconds
    refused = [each for one in found.values() for each in one.refused]
    unanswered = sum(each.statuses[0] for each in found.values())
    failed = sum(n for one in found.values() for s, n in one.statuses.items() if s in (500, 504))
    no_retry = sum(each.no_retry for each in found.values())
    refused_ms = 1000 * percentile(refused, 0.95)
    read_ms = 1000 * percentile(found[READ].took, 0.99)
    probe_ms = 1000 * percentile(probes, 0.99)
    for kind, one in found.items():
        tell(f"{times}×, {kind}: {dict(one.statuses)}")
    met = (
        goodput >= GOODPUT * peak and refused_ms <= REFUSED_MS and read_ms <= READ_P99_MS
        and probe_ms <= PROBE_MS and not (failed or unanswered or no_retry)
    )  # fmt: skip
    return Row(
        f"overload: {times} × the capacity of {peak:.0f}/s, {failed} failed, {unanswered} without "
        "an answer",
        sum(each.statuses.total() for each in found.values()),
        f"≥ {100 * GOODPUT:.0f} % of peak done; refused ≤ {REFUSED_MS} ms with Retry-After; reads "
        f"p99 ≤ {READ_P99_MS} ms; probe p99 ≤ {PROBE_MS} ms",
        met,
        took=f"{100 * goodput / peak:.0f} % done; refused p95 {refused_ms:.0f} ms; reads p99 "
        f"{read_ms:.0f} ms; probe p99 {probe_ms:.0f} ms",
    )


def _back(port: int) -> Row:
    """How long after the last of it an answer takes as long as ever."""
    began = time.monotonic()
    took = 0.0
    while (took := time.monotonic() - began) < NORMAL_S:
        before = time.monotonic()
        with urlopen(f"http://127.0.0.1:{port}/v1/decisions?limit=1", timeout=30) as answer:
            answer.read()
        if time.monotonic() - before < 0.1:
            break
    return Row("overload: back to normal", 1, f"≤ {NORMAL_S} s", took < NORMAL_S,
               took=f"{took:.2f} s")  # fmt: skip


class _Probing:
    """Asks the probe ten times a second."""

    def __init__(self, port: int) -> None:
        self._url, self._ended = f"http://127.0.0.1:{port}/health/live", Event()
        self.took: list[float] = []
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ended.wait(0.1):
            before = time.monotonic()
            with urlopen(self._url, timeout=30) as answer:  # noqa: S310 - on this machine
                answer.read()
            self.took.append(time.monotonic() - before)


def _done(found: dict[str, Answers]) -> int:
    return sum(each.statuses[200] + each.statuses[201] for each in found.values())
