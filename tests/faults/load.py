"""
A municipality at work: 50 reads and 5 writes of decisions a second, with a solve beside it.

`hemplan serve` on PostgreSQL, as a user starts it; the requests come by the clock, whether or not
the earlier ones have been answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing

from tests.faults import acts
from tests.faults.hemplan import DECISIONS, Memory, Solving, serving
from tests.faults.table import Row, percentile
from tests.faults.traffic import Answers, Call, send

READS_PER_S, WRITES_PER_S = 50, 5
P95_MS = 100
SLOPE_MIB = 1.0
READ, WRITE = "read", "write"


def load(
    minutes: float, tell: Callable[[str], None] = print, *, share: float = 1, warm_s: float = 10
) -> list[Row]:
    """That `share` of the load for `minutes`, after `warm_s` seconds that are not measured."""
    with (
        serving(HEMPLAN_RUNNING="1", HEMPLAN_MAX_THREADS="1") as (port, server),
        closing(Solving(port)) as solving,
    ):
        calls = calls_of(solving.plan)
        rate = share * (READS_PER_S + WRITES_PER_S)
        send(port, calls, rate, warm_s, first=10**6)
        with closing(Memory(server.pid)) as memory:
            found = send(port, calls, rate, 60 * minutes, first=2 * 10**6)
    rows = [_row(kind, found.get(kind, Answers()), minutes, tell) for kind in (READ, WRITE)]
    slope, most = memory.slope_mib_per_min(), max((mib for _, mib in memory.seen), default=0)
    rows.append(
        Row("load: resident memory of the service", len(memory.seen),
            f"grows by less than {SLOPE_MIB:.0f} MiB a minute", slope < SLOPE_MIB,
            took=f"{slope:+.2f} MiB a minute, at most {most:.0f} MiB")
    )  # fmt: skip
    return rows


def calls_of(plan: str) -> list[Call]:
    """What users do: lists, one decision with its visits and purse, its history, a plan's state."""
    new = json.dumps({"decisions": [acts.decision("n-{n}", 0) | {"recipientId": "r-n-{n}"}]})
    some = [f"d-{each * 17 % DECISIONS}" for each in range(8)]
    return [
        *(Call(READ, "GET", f"/v1/decisions/{each}?day=2026-03-04", share=25) for each in some),
        *(Call(READ, "GET", f"/v1/decisions/{each}/history", share=10) for each in some[:4]),
        Call(READ, "GET", "/v1/decisions?after=d-2&limit=20", share=60),
        Call(READ, "GET", f"/v1/day-plans/{plan}/metadata", share=200),
        # 500 to 50: as many as the rates.
        Call(WRITE, "POST", "/v1/decisions", new, ("Idempotency-Key: load-{n}",), share=50),
    ]


def _row(kind: str, answers: Answers, minutes: float, tell: Callable[[str], None]) -> Row:
    number = answers.statuses.total()
    wrong = {status: n for status, n in answers.statuses.items() if status not in (200, 201)}
    if wrong:
        tell(f"{kind}: {wrong}")
    p50, p95, p99 = (1000 * percentile(answers.took, share) for share in (0.5, 0.95, 0.99))
    return Row(
        f"load: {kind}s, {number / (60 * minutes):.1f} a second for {minutes:g} min beside a solve",
        number,
        f"p95 < {P95_MS} ms, no errors",
        p95 < P95_MS and not wrong and number > 0,
        sum(wrong.values()),
        None,
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms",
    )
