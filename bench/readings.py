"""
One chain of hashes for acts and readings, or two: how long a reader waits, measured.

    python -m bench.readings                     # a SQLite file in a temporary folder
    DATABASE_URL=postgresql://… python -m bench.readings      # an empty database

Four readers open persons one after the other while somebody registers two hundred decisions at a
time. In `one chain` each reading first takes the lock of the acts, as it would have to if both
stood in one log.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from itertools import count
from threading import Event

from api.documents.strict_json import write_json
from api.refusals import Busy
from api.store import audit
from api.store.access_log import Purpose, log_readings
from api.store.address import database_address
from api.store.audit import Act
from api.store.engine import Store
from api.store.migrate import upgrade
from api.store.person_keys import INDEXING, SEALING, new_key, person_keys
from api.store.person_records import AccessKind
from api.store.person_rows import identity_of
from api.store.records import Municipality, Unit
from api.store.tables import PersonRow
from api.usecases import persons
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from api.usecases.sight import Reader, Right, sight_of
from scheduler.care.model import Provider, ProviderKind

SECONDS = 6
READERS = 4
DECISIONS = 200
HERE = "m-1"


def main() -> None:
    """Measure both ways, with and without somebody who writes."""
    with tempfile.TemporaryDirectory() as folder:
        named = os.environ.get("DATABASE_URL", f"sqlite:///{folder}/readings.db")
        store = Store(database_address({"DATABASE_URL": named}))
        measure(store)
        store.close()


def measure(store: Store) -> None:
    """Fill the empty `store` and print a row per way."""
    act = Act(HERE, "bench", datetime(2026, 3, 2, 9, tzinfo=UTC))
    keys = person_keys({SEALING: f"a:{new_key()}", INDEXING: f"b:{new_key()}"})
    reader = Reader(act, Purpose("north", "Measuring"), frozenset(Right))
    numbers = count()

    def write() -> None:
        name = next(numbers)
        content = write_json({"decisions": [decision(name, n) for n in range(DECISIONS)]})
        register(store, act, f"file-{name}", content.encode())

    upgrade(store)
    owner = Provider("own", ProviderKind.OWN)
    set_up(store, act, Municipality(HERE, "Provköping", (Unit("north", "Norra"),), (owner,)))
    write()
    ids = [f"r-0-{number}" for number in range(DECISIONS)]
    for recipient in ids:
        persons.record(store, reader, keys, recipient, 0, name="Anna Ek", number=None)

    def read(recipient: str, *, one_chain: bool) -> None:
        with store.writing() as session:
            if one_chain:
                audit.lock(session, HERE)
            row = session.get_one(PersonRow, (HERE, recipient))
            sight = sight_of(session, reader)
            identity_of(keys, row)
            seen = [sight.seen(recipient, AccessKind.READ)]
            log_readings(session, act, reader.purpose, seen)

    print(f"{'':28}reads/s   p50 ms   p95 ms   max ms   busy   decisions/s")
    for writing in (False, True):
        for one_chain in (False, True):
            times, busy, files = timed(
                lambda recipient, one_chain=one_chain: read(recipient, one_chain=one_chain),
                ids,
                write if writing else None,
            )
            name = f"{'one chain' if one_chain else 'two chains'}{', writing' * writing}"
            cuts = statistics.quantiles(times, n=100)
            print(
                f"{name:28}{len(times) / SECONDS:7.0f}{cuts[49] * 1e3:9.1f}{cuts[94] * 1e3:9.1f}"
                f"{max(times) * 1e3:9.0f}{busy:7}{files * DECISIONS / SECONDS:14.0f}"
            )


def timed(
    read: Callable[[str], None], ids: list[str], write: Callable[[], None] | None
) -> tuple[list[float], int, int]:
    """How long each reading took, how many were told to come again, and files that were written."""
    stop = Event()

    def readings(first: int) -> tuple[list[float], int]:
        times, busy = [], 0
        for place in count(first, READERS):
            if stop.is_set():
                return times, busy
            began = time.perf_counter()
            try:
                read(ids[place % len(ids)])
            except Busy:
                busy += 1
                continue
            times.append(time.perf_counter() - began)
        return times, busy

    def writings() -> int:
        done = 0
        while write is not None and not stop.is_set():
            write()
            done += 1
        return done

    with ThreadPoolExecutor(READERS + 1) as pool:
        running = [pool.submit(readings, first) for first in range(READERS)]
        beside = pool.submit(writings)
        time.sleep(SECONDS)
        stop.set()
        made = [each.result() for each in running]
        files = beside.result()
    return [one for times, _ in made for one in times], sum(busy for _, busy in made), files


DECISION = {
    "recipient": {"location": [56.0351, 14.1607], "zone": "town"},
    "decidedOn": "2026-02-21",
    "validFrom": "2026-03-02",
    "provider": {"id": "own", "kind": "OWN"},
    "unit": "north",
    "lines": [
        {"id": "l-1", "service": "cleaning", "bands": ["DAYTIME"],
         "frequency": {"times": 1, "period": "TWO_WEEKS"}},
    ],
}  # fmt: skip


def decision(file: int, number: int) -> dict[str, object]:
    """A decision of a recipient of its own."""
    return {
        **deepcopy(DECISION), "id": f"b-{file}-{number}", "recipientId": f"r-{file}-{number}",
    }  # fmt: skip


if __name__ == "__main__":
    main()
