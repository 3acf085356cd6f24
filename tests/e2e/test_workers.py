"""Workers as processes on a real PostgreSQL: killed, poisoned and stopped from elsewhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.planning import read_document
from api.store.address import VARIABLE, database_address
from api.store.audit import Act
from api.store.check import check
from api.store.engine import Store
from api.store.records import Municipality, RunKey
from api.usecases import leasing, running
from api.usecases.setting_up import set_up
from tests.api.cases import TWO_VISITS, encoded
from tests.api.store.samples import ACT, AT
from tests.api.store.trio import SERVICE, as_role, upgrade_for_service
from tests.e2e.test_serve import alive, solving
from tests.postgresql import postgresql

pytestmark = pytest.mark.alone

ROOT = Path(__file__).parents[2]
WORKER = (
    "from api.server.settings import Settings; from api.server.working import work; "
    "from api.store.address import database_address; from tests.api import solvers; import os; "
    "work(Settings(running={running}, lease_seconds={lease}), database_address(os.environ), "
    "target=solvers.{target})"
)
# Of the faults' table: seen within 15 s, running again within 20 s.
RUNS_AGAIN_S = 20
KEY = RunKey("m-1", "p-1")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A PostgreSQL as in production: the workers start on no other."""
    with postgresql(durable=True) as made:
        yield made


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    made = Store(database_address({VARIABLE: address}))
    upgrade_for_service(made)
    set_up(made, ACT, Municipality("m-1", "Provköping", (), ()))
    yield made
    assert check(made) == []
    with made.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM run")
    made.close()


@contextmanager
def workers(
    store: Store, count: int, target: str, running: int = 1, lease: int = 8
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`count` processes that work with a stand-in for the solver, as the service's own role."""
    url = as_role(store.address, SERVICE).url.render_as_string(hide_password=False)
    environment = {**os.environ, VARIABLE: url, "PYTHONPATH": str(ROOT)}
    code = WORKER.format(target=target, running=running, lease=lease)
    started = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
        for _ in range(count)
    ]
    try:
        for each in started:
            assert each.stderr is not None
            line = json.loads(each.stderr.readline())
            assert line["event"] == "started", line
        yield started
    finally:
        for each in started:
            if each.poll() is None:
                each.send_signal(signal.SIGTERM)
        for each in started:
            each.communicate(timeout=15)


def submit(store: Store, run_id: str = "p-1", seconds: int = 60) -> RunKey:
    document = {
        **TWO_VISITS,
        "config": {"run": {"termination": {"spentLimit": f"PT{seconds}S"}, "threads": 1}},
    }
    content = encoded(document)
    act = Act("m-1", "user-7", AT)
    running.submit(store, act, run_id, read_document(content, max_bytes=len(content)))
    return RunKey("m-1", run_id)


def wait(what: Callable[[], bool], seconds: float, why: str) -> float:
    """Seconds until `what` holds."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, why
        time.sleep(0.05)
    return time.monotonic() - began


def has_progress(store: Store) -> Callable[[], bool]:
    return lambda: running.metadata(store, KEY).objective is not None


def holder(store: Store) -> str | None:
    with store.reading() as session:
        return running.held_run(session, KEY).worker


def ended(store: Store, seconds: float = 30, key: RunKey = KEY) -> MetadataSchema:
    wait(lambda: running.metadata(store, key).status.final, seconds, "the run has not ended")
    return running.metadata(store, key)


def test_a_killed_worker_loses_its_run_to_another_within_twenty_seconds(store: Store) -> None:
    """kill -9: no handler runs, and only the others can notice."""
    submit(store)
    with workers(store, 2, "wait") as (one, two):
        wait(has_progress(store), 20, "nobody began")
        first = holder(store)
        busy, idle = (one, two) if solving(one.pid) else (two, one)
        solvers = solving(busy.pid)
        busy.kill()
        took = wait(lambda: holder(store) != first, RUNS_AGAIN_S, "nobody took over")
        wait(has_progress(store), 20, "the other does not work on it")
        assert leasing.signs(store)[KEY].attempt == 2
        assert took > 4, "a worker that lives may be slow for that long"
        wait(lambda: not any(map(alive, solvers)), 10, "a solver lives on")
        # A stop from elsewhere reaches the one that has it now.
        began = time.monotonic()
        leasing.ask_to_stop(store, KEY, AT, running.TRIED_TOO_OFTEN)
        wait(lambda: not solving(idle.pid), 5, "it does not stop")
        assert ended(store).status is Status.SOLVING_INCOMPLETE
        assert time.monotonic() - began < 3


def test_a_stop_is_heard_within_a_second(store: Store) -> None:
    submit(store)
    with workers(store, 1, "wait"):
        wait(has_progress(store), 20, "nobody began")
        leasing.ask_to_stop(store, KEY, AT, running.TRIED_TOO_OFTEN)
        assert wait(lambda: running.metadata(store, KEY).status.final, 5, "not stopped") < 1


def test_a_worker_that_was_only_frozen_changes_nothing_and_goes_on(store: Store) -> None:
    """SIGSTOP: it wakes up after another has taken its run over, and believes it still has it."""
    submit(store)
    with workers(store, 2, "wait", lease=1) as (one, two):
        wait(has_progress(store), 20, "nobody began")
        first = holder(store)
        busy = one if solving(one.pid) else two
        solvers = solving(busy.pid)
        for pid in (busy.pid, *solvers):
            os.kill(pid, signal.SIGSTOP)
        wait(lambda: holder(store) != first, RUNS_AGAIN_S, "nobody took over")
        second = holder(store)
        for pid in (busy.pid, *solvers):
            os.kill(pid, signal.SIGCONT)
        wait(lambda: not any(map(alive, solvers)), 15, "it solves on what it does not have")
        assert holder(store) == second
        assert leasing.signs(store)[KEY].attempt == 2
        assert not running.metadata(store, KEY).status.final
        assert busy.poll() is None


def test_a_run_that_takes_its_worker_down_stops_after_three_tries(store: Store) -> None:
    submit(store)
    with workers(store, 4, "kill_worker", lease=1) as started:
        metadata = ended(store, 40)
        assert metadata.status is Status.SOLVING_FAILED
        assert [each.code for each in metadata.findings] == ["TRIED_TOO_OFTEN"]
        wait(lambda: sum(each.poll() is not None for each in started) == 3, 5, "three have died")
        # The last one works on.
        other = submit(store, "p-2")
        leasing.ask_to_stop(store, other, AT, running.TRIED_TOO_OFTEN)
        assert ended(store, 10, other).status.final


def test_many_runs_by_many_workers_end_once_each_though_some_are_killed(store: Store) -> None:
    keys = [submit(store, f"p-{number}", 1) for number in range(12)]
    with workers(store, 3, "quick", running=2, lease=1) as started:
        wait(lambda: running.queue(store, AT).waiting < len(keys), 20, "nobody began")
        started[0].kill()
        for key in keys:
            assert ended(store, 40, key).status is Status.SOLVING_COMPLETED
    with store.reading() as session:
        for key in keys:
            row = running.held_run(session, key)
            assert row.attempt <= 2
            assert row.output_json is not None
