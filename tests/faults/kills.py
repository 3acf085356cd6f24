"""
SIGKILL of the service's processes while users import, are paid and plan.

Each kill is of the API, a worker, a solver's child or every process of PostgreSQL, at a random
moment or at a named point. Whatever died is started again, the users go on until all they asked for
is done, and the ledger and the store's checks are held against each other.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.documents.plan_schemas import Status
from api.documents.planning import document_of
from api.store.engine import Store
from api.store.records import RunKey
from api.usecases import running
from scheduler.care.errors import CareError
from tests.api.cases import TWO_VISITS
from tests.api.store.samples import ACT
from tests.e2e.test_serve import solving
from tests.faults import acts, service
from tests.faults.points import API_POINTS, WORKER_POINTS, Point, armed
from tests.faults.service import Service, wait
from tests.faults.table import Row, spread
from tests.postgresql import Server

# Kills on one database; one of each few databases is a SQLite file.
EPOCH, SQLITE_EVERY = 25, 4
# One epoch in so many has the lease that a municipality has.
REAL_LEASE_EVERY, REAL_LEASE_S, SHORT_LEASE_S = 6, 8, 1
LONGEST_S = 60
RUNS_AGAIN_S = 20
POISON = "a job that takes its worker down"


class Victim(StrEnum):
    """What is killed."""

    API = "API"
    WORKER = "worker"
    CHILD = "solver child"
    DATABASE = "PostgreSQL, every process"


WEIGHTS = {Victim.API: 40, Victim.WORKER: 25, Victim.CHILD: 15, Victim.DATABASE: 20}
ON_FILE = {Victim.API: 80, Victim.CHILD: 20}


@dataclass(slots=True)
class Tally:
    """
    What became of the kills of one kind.

    Parameters
    ----------
    took
        Seconds until the service answered again, or a run that was left was begun again.
    """

    kills: int = 0
    named: int = 0
    lost: int = 0
    doubled: int = 0
    took: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def kills(
    number: int, seed: int = 1, tell: Callable[[str], None] = print, *, epoch_of: int = EPOCH
) -> list[Row]:
    """`number` kills, so many on each database, and a poisoned job for each 200 of them."""
    tallies: dict[tuple[str, str], Tally] = {}
    again: dict[int, list[float]] = {SHORT_LEASE_S: [], REAL_LEASE_S: []}
    with (
        tempfile.TemporaryDirectory(prefix="hemplan-faults-") as name,
        service.database() as server,
    ):
        for epoch in range(-(-number // epoch_of)):
            most = min(epoch_of, number - epoch * epoch_of)
            on_file = epoch % SQLITE_EVERY == 1
            lease = REAL_LEASE_S if epoch % REAL_LEASE_EVERY == 2 else SHORT_LEASE_S
            folder = Path(name, str(epoch))
            with service.running(folder, None if on_file else server, lease=lease) as made:
                _epoch(made, range(most), Random(f"{seed}-{epoch}"), tallies, again)
            tell(f"{epoch * epoch_of + most} kills")
        poisoned = [
            poison(Path(name, f"poison{each}"), server) for each in range(-(-number // 200))
        ]
    rows = [_row(database, victim, each) for (database, victim), each in sorted(tallies.items())]
    for each in tallies.values():
        for fault in each.faults:
            tell(fault)
    for lease, seconds in again.items():
        if seconds:
            target = f"running again ≤ {RUNS_AGAIN_S} s"
            rows.append(
                Row(f"job left by its worker, lease {lease} s", len(seconds), target,
                    max(seconds) <= RUNS_AGAIN_S, took=spread(seconds))
            )  # fmt: skip
    well = sum(poisoned)
    target = "stops after 3 tries, shown with its reason"
    rows.append(Row(POISON, len(poisoned), target, well == len(poisoned)))
    return rows


def _epoch(
    made: Service, numbers: Iterable[int], random: Random,
    tallies: dict[tuple[str, str], Tally], again: dict[int, list[float]],
) -> None:  # fmt: skip
    acts.set_up(made.store)
    ledger = acts.Ledger()
    weights = ON_FILE if made.is_sqlite else WEIGHTS
    for number in numbers:
        # Each at least once, however few there are.
        (victim,) = list(weights)[number : number + 1] or random.choices(
            list(weights), list(weights.values())
        )
        point = _point(victim, random)
        tally = tallies.setdefault(("SQLite" if made.is_sqlite else "PostgreSQL", victim), Tally())
        with ExitStack() as stack:
            if point is not None:
                # Before anybody begins: it may be reached at once.
                stack.enter_context(armed(point, made.arm))
            pool = stack.enter_context(ThreadPoolExecutor(3))
            asked = [
                pool.submit(act, made.desk, ledger, number)
                for act in (acts.importing, acts.paying, acts.planning)
            ]
            seen = kill(made, victim, point, random)
            tally.took += seen.answered
            again[made.lease] += seen.again
            for each in asked:
                each.result(LONGEST_S * 2)
        verdict = acts.judge(made.store, ledger)
        tally.kills += 1
        tally.named += point is not None
        tally.lost += verdict.lost
        tally.doubled += verdict.doubled
        where = f"{victim} {point.name if point else 'at random'}"
        tally.faults += [f"{where}: {each}" for each in verdict.faults]


def _point(victim: Victim, random: Random) -> Point | None:
    """A named point for every other kill of what has some."""
    points = {Victim.API: API_POINTS, Victim.WORKER: WORKER_POINTS}.get(victim)
    return random.choice(points) if points and random.random() < 0.5 else None


@dataclass(slots=True)
class Seen:
    """Seconds until the service answered again, and until runs that were left were begun again."""

    answered: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


def kill(made: Service, victim: Victim, point: Point | None, random: Random) -> Seen:
    """Kill, start again what died, and wait until all is as before."""
    seen = Seen()
    if victim is Victim.DATABASE:
        time.sleep(random.uniform(0, 0.5))
        before = time.monotonic()
        _restart(made.server)
        made.wait_until_answering()
        seen.answered.append(time.monotonic() - before)
        if dead := [each for each in made.processes() if not each.is_alive()]:
            raise RuntimeError(f"{len(dead)} processes ended with the database")
        return seen
    if victim is Victim.CHILD:
        _kill_child(made, random)
        return seen
    if point is None:
        _kill_at_random(made, victim, random)
    else:
        wait(lambda: any(not each.is_alive() for each in made.processes()), LONGEST_S,
             f"the point {point.name} was not reached")  # fmt: skip
    before = time.monotonic()
    left = _held(made.store) if victim is Victim.WORKER or made.is_sqlite else {}
    made.revive()
    if victim is Victim.API:
        made.wait_until_answering()
        seen.answered.append(time.monotonic() - before)
    for name, attempt in left.items():
        wait(lambda n=name, a=attempt: _moved(made.store, n, a), LONGEST_S,  # type: ignore[misc]
             "nobody takes over")  # fmt: skip
        seen.again.append(time.monotonic() - before)
    return seen


def _restart(server: Server | None) -> None:
    if server is None:
        raise ValueError("Expected PostgreSQL; found a file.")
    server.kill()
    server.start()


def _kill_at_random(made: Service, victim: Victim, random: Random) -> None:
    if victim is Victim.API:
        time.sleep(random.uniform(0, 0.6))
        chosen = made.api
    else:
        wait(lambda: any(_children(made)), LONGEST_S, "nobody solves")
        time.sleep(random.uniform(0, 0.5))
        chosen = next((w for w in made.workers if solving(w.pid or 0)), made.workers[0])
    chosen.kill()
    chosen.join(LONGEST_S)


def _kill_child(made: Service, random: Random) -> None:
    """The process that solves; one that has ended meanwhile is waited for once more."""
    wait(lambda: any(_children(made)), LONGEST_S, "nobody solves")
    time.sleep(random.uniform(0, 0.4))
    for pid in _children(made):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _children(made: Service) -> list[int]:
    parents = [made.api] if made.is_sqlite else made.workers
    return [pid for each in parents if each.pid for pid in solving(each.pid)]


def _held(store: Store) -> dict[str, int]:
    """Runs that some worker has, with their attempts."""
    with store.reading() as session:
        query = text("SELECT id, attempt FROM run WHERE status = 'SOLVING_ACTIVE'")
        return {row.id: row.attempt for row in session.connection().execute(query)}


def _moved(store: Store, name: str, attempt: int) -> bool:
    with suppress(CareError, SQLAlchemyError), store.reading() as session:
        row = running.held_run(session, RunKey("m-1", name))
        return row.attempt > attempt or Status(row.status).final
    return False


def poison(folder: Path, server: Server) -> bool:
    """Whether a job that takes its worker down each time is given up after three, and told."""
    with service.running(folder, server, workers=1) as made:
        acts.set_up(made.store)
        key = RunKey("m-1", "poison")
        running.submit(made.store, ACT, key.id, document_of(TWO_VISITS))
        for attempt in (1, 2, 3):
            wait(lambda a=attempt: _held(made.store) == {key.id: a} and bool(_children(made)),  # type: ignore[misc]
                 LONGEST_S, f"attempt {attempt} does not begin")  # fmt: skip
            made.workers[0].kill()
            made.workers[0].join(LONGEST_S)
            made.revive()
        wait(lambda: running.metadata(made.store, key).status.final, LONGEST_S, "it never ends")
        told = running.metadata(made.store, key)
    codes = [each.code for each in told.findings]
    return told.status is Status.SOLVING_FAILED and codes == ["TRIED_TOO_OFTEN"]


def _row(database: str, victim: str, tally: Tally) -> Row:
    how = f", {tally.named} at named points" if tally.named else ""
    return Row(
        f"SIGKILL: {victim} ({database}{how})",
        tally.kills,
        "0 lost, 0 doubled, every check holds",
        not (tally.lost or tally.doubled or tally.faults),
        tally.lost,
        tally.doubled,
        f"answers after {spread(tally.took)}" if tally.took else "",
    )
