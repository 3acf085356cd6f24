"""
Duplicates and concurrent edits, over HTTP on PostgreSQL.

The same request under one key from many at once, again after a restart, and with another body; and
clients that change the same decisions at the same time, each naming the version that it read.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import text

from api.access.caller import Role
from api.store.check import check
from tests.faults import acts, service
from tests.faults.service import Answer, Desk, Lost
from tests.faults.table import Row, percentile

COPIES, AT_ONCE = 50, 8
CLIENTS, DECISIONS = 8, 20
P99_S = 0.150
CREATED, STALE, USED, BUSY = 201, 412, 409, 503


def duplicates(keys: int, tell: Callable[[str], None] = print) -> list[Row]:
    """`keys` keys, each sent in 50 copies at once, and once more after a restart."""
    with service.alone() as made, ThreadPoolExecutor(AT_ONCE) as pool:
        acts.set_up(made.store)
        answers: dict[str, set[str]] = {}
        wrong: list[str] = []

        def send(number: int, decision: str = "") -> Answer:
            body = {"decisions": [acts.decision(decision or f"k-{number}", number)]}
            return _until_free(made.desk, "/v1/decisions", body, f"key-{number}")

        for number in range(keys):
            told = list(pool.map(send, [number] * COPIES))
            answers[f"k-{number}"] = {json.dumps(each.body, sort_keys=True) for each in told}
            wrong += [str(each) for each in told if each.status != CREATED]
        tell(f"{keys * COPIES} copies")
        made.api.kill()
        made.api.join()
        made.revive()
        made.wait_until_answering()
        for number in range(keys):
            answers[f"k-{number}"].add(json.dumps(send(number).body, sort_keys=True))
            if send(number, "another").status != USED:
                wrong.append(f"another body under key-{number} was not refused")
        with made.store.reading() as session:
            rows = session.connection().execute(text("SELECT id, version FROM decision"))
            versions = {row.id: row.version for row in rows if row.id.startswith("k-")}
        lost = len(answers.keys() - versions.keys())
        doubled = sum(each > 1 for each in versions.values())
        unlike = sum(len(each) > 1 for each in answers.values())
        found = check(made.store)
    for each in [*wrong, *map(str, found)]:
        tell(each)
    return [
        Row(
            f"duplicates: {keys} keys × {COPIES} copies, again after SIGKILL, other body",
            keys * (COPIES + 2),
            "one effect, identical answers, 409 for another body",
            not (lost or doubled or unlike or wrong or found),
            lost,
            doubled,
        )
    ]


@dataclass(slots=True)
class Edited:
    """What the clients of one run saw."""

    accepted: Counter[str] = field(default_factory=Counter)
    versions: set[tuple[str, int]] = field(default_factory=set)
    stale: int = 0
    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def edits(number: int, seed: int = 1, tell: Callable[[str], None] = print) -> list[Row]:
    """`number` changes of 20 decisions by 8 clients."""
    names = [f"e-{each}" for each in range(DECISIONS)]
    with service.alone() as made, ThreadPoolExecutor(CLIENTS) as pool:
        acts.set_up(made.store)
        bodies = {name: acts.decision(name, 0) for name in names}
        _until_free(made.desk, "/v1/decisions", {"decisions": list(bodies.values())}, "edits")

        def client(which: int) -> Edited:
            seen, random = Edited(), Random(f"{seed}-{which}")
            while sum(seen.accepted.values()) < number // CLIENTS:
                _change(made.desk, random.choice(names), bodies, random, seen)
            return seen

        seen = list(pool.map(client, range(CLIENTS)))
        with made.store.reading() as session:
            rows = session.connection().execute(text("SELECT id, version FROM decision"))
            held = {row.id: row.version for row in rows if row.id in bodies}
        found = check(made.store)
    accepted: Counter[str] = Counter()
    for each in seen:
        accepted += each.accepted
    made_by_two = sum(accepted.values()) - len(set().union(*(each.versions for each in seen)))
    lost = sum(max(0, accepted[name] - (held[name] - 1)) for name in names)
    doubled = sum(max(0, held[name] - 1 - accepted[name]) for name in names)
    wrong = [each for one in seen for each in one.wrong]
    took = [each for one in seen for each in one.took]
    p99 = percentile(took, 0.99)
    for each in [*wrong, *map(str, found)]:
        tell(each)
    return [
        Row(
            f"concurrent edits: {CLIENTS} clients, {DECISIONS} decisions, "
            f"{sum(each.stale for each in seen)} refused as stale",
            sum(accepted.values()),
            "accepted = version steps",
            not (lost or doubled or made_by_two or wrong or found),
            lost,
            doubled + made_by_two,
            f"p99 {1000 * p99:.0f} ms (aim {1000 * P99_S:.0f})",
        )
    ]


def _change(
    desk: Desk, name: str, bodies: dict[str, dict[str, Any]], random: Random, seen: Edited
) -> None:
    path = f"/v1/decisions/{name}"
    version = desk.ask(Role.ASSESSOR, "GET", path).body["version"]
    day = 1 + random.randrange(28)
    body = {**bodies[name], "reviewOn": f"2026-07-{day:02}"}
    began = time.monotonic()
    told = desk.ask(Role.ASSESSOR, "PUT", path, body, version=version)
    seen.took.append(time.monotonic() - began)
    if told.status == STALE:
        seen.stale += 1
    elif told.status == 200:
        seen.accepted[name] += 1
        seen.versions.add((name, told.body["version"]))
        if told.body["version"] != version + 1:
            seen.wrong.append(f"{name}: version {version} became {told.body['version']}")
    else:
        seen.wrong.append(f"{name}: {told.status}")


def _until_free(desk: Desk, path: str, body: dict[str, Any], key: str) -> Answer:
    """The answer of a service that is not busy."""
    while True:
        try:
            told = desk.ask(Role.ASSESSOR, "POST", path, body, key=key)
        except Lost:
            time.sleep(0.05)  # more connections than it could take at once
            continue
        if told.status != BUSY:
            return told
        time.sleep(0.05)
