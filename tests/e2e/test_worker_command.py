"""``hemplan worker``: starts on a made database only, solves by the solver, ends in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from api.documents.plan_schemas import Status
from api.documents.planning import read_document
from api.store.address import VARIABLE, database_address
from api.store.engine import Store
from api.store.migrate import upgrade
from api.store.records import Municipality, RunKey
from api.usecases import running
from api.usecases.setting_up import set_up
from tests.api.cases import TWO_VISITS, encoded
from tests.api.store.samples import ACT
from tests.e2e.test_serve import MAIN

pytestmark = pytest.mark.alone

SHORT = encoded(
    {**TWO_VISITS, "config": {"run": {"termination": {"spentLimit": "PT1S"}, "threads": 1}}}
)


def environment(folder: Path, **more: str) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    url = f"sqlite:///{folder / 'hemplan.db'}"
    return {**os.environ, VARIABLE: url, "PYTHONPATH": root, **more}


def test_it_solves_what_waits_and_ends_when_told(tmp_path: Path) -> None:
    store = Store(database_address(environment(tmp_path)))
    upgrade(store)
    set_up(store, ACT, Municipality("m-1", "Provköping", (), ()))
    running.submit(store, ACT, "p-1", read_document(SHORT))
    key = RunKey("m-1", "p-1")
    worker = subprocess.Popen(
        [*MAIN, "worker"], env=environment(tmp_path), stderr=subprocess.PIPE, cwd=tmp_path
    )
    try:
        deadline = time.monotonic() + 60
        while not running.metadata(store, key).status.final:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        worker.send_signal(signal.SIGTERM)
        _, told = worker.communicate(timeout=15)
    assert worker.returncode == 0
    assert running.metadata(store, key).status is Status.SOLVING_COMPLETED
    assert running.plan_document(store, key).model_output is not None
    events = [json.loads(line)["event"] for line in told.splitlines()]
    assert (events[0], events[-1]) == ("started", "ended")
    store.close()


def test_it_makes_no_database_and_needs_something_to_run(tmp_path: Path) -> None:
    """A worker with a mistyped address would else wait for ever beside the real one."""
    for more, code in (({}, "DATABASE_REVISION"), ({"HEMPLAN_RUNNING": "0"}, "HEMPLAN_RUNNING")):
        ran = subprocess.run(
            [*MAIN, "worker"],
            env=environment(tmp_path, **more),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 2
        assert code in ran.stderr
        assert list(tmp_path.iterdir()) == []
