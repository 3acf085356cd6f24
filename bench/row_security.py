"""
What row-level security costs: the same use cases with policies and without, taking turns.

    DATABASE_URL=postgresql://service… HEMPLAN_OWNER_DATABASE_URL=postgresql://owner… \
        python -m bench.row_security

The database is empty before. Eight municipalities have 400 decisions each; a request of one of them
is measured. Without means: policies disabled by the owner, and no scope told.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import event, text

from api.documents.strict_json import write_json
from api.store import row_scope
from api.store.address import database_address, owner_address, service_role
from api.store.audit import Act
from api.store.engine import Store
from api.store.migrate import permit, upgrade
from api.store.records import Municipality, Unit
from api.store.row_scope import of_municipality, within
from api.store.row_security import PROTECTED
from api.usecases.deciding import decision, decisions
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from bench.readings import decision as document
from scheduler.care.model import Provider, ProviderKind

MUNICIPALITIES = 8
DECISIONS = 400
ROUNDS = 12
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def main() -> None:
    """Fill, measure, print a row per use case."""
    owner, service = Store(owner_address(os.environ)), Store(database_address(os.environ))
    try:
        upgrade(owner)
        permit(owner, service_role(os.environ) or "")
        for number in range(MUNICIPALITIES):
            fill(service, f"m-{number}")
        with owner.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
        measure(owner, service)
    finally:
        owner.close()
        service.close()


def fill(service: Store, municipality: str) -> None:
    """A municipality with its decisions."""
    act = Act(municipality, "bench", AT)
    provider = Provider("own", ProviderKind.OWN)
    with within(of_municipality(municipality)):
        set_up(service, act, Municipality(municipality, "M", (Unit("north", "N"),), (provider,)))
        register(service, act, "file", file_of(0, DECISIONS))


def file_of(number: int, size: int) -> bytes:
    """A document of `size` decisions that no other number has."""
    return write_json({"decisions": [document(number, n) for n in range(size)]}).encode()


def measure(owner: Store, service: Store) -> None:
    """Each use case in turns with and without, some rounds."""
    files = count(1)

    def add() -> None:
        register(service, Act("m-1", "bench", AT), f"f-{(n := next(files))}", file_of(n, 20))

    cases: dict[str, tuple[int, Callable[[], object]]] = {
        "one decision": (100, lambda: decision(service, "m-1", "b-0-7")),
        "a page of 50 decisions": (8, lambda: decisions(service, "m-1", "", 50)),
        "20 decisions registered": (4, add),
    }
    took: dict[tuple[str, bool], list[float]] = {}
    for _ in range(ROUNDS):
        for on in (True, False):
            switch(owner, service, on=on)
            for name, (times, act) in cases.items():
                with within(of_municipality("m-1")):
                    act()
                    began = time.perf_counter()
                    for _ in range(times):
                        act()
                took.setdefault((name, on), []).append((time.perf_counter() - began) / times)
    print(f"{'':28}with ms  without ms   ratio")
    for name in cases:
        held, free = (statistics.median(took[name, each]) * 1e3 for each in (True, False))
        print(f"{name:28}{held:7.2f}{free:12.2f}{held / free:8.3f}")


def switch(owner: Store, service: Store, *, on: bool) -> None:
    """Let the policies hold or not, and the scope be told or not."""
    verb = "ENABLE" if on else "DISABLE"
    with owner.engine.begin() as connection:
        for table in PROTECTED:
            connection.execute(text(f"ALTER TABLE {table} {verb} ROW LEVEL SECURITY"))
    told = event.contains(service.engine, "begin", row_scope._tell)
    if on and not told:
        event.listen(service.engine, "begin", row_scope._tell)
    elif told and not on:
        event.remove(service.engine, "begin", row_scope._tell)


if __name__ == "__main__":
    main()
