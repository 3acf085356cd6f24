"""The server as a process that is told to end: in order, in time, and with its log as JSON."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.test_serve import alive, call, free_port, serving, solving

pytestmark = pytest.mark.alone

LIMIT_S = 10


def test_sigterm_ends_it_within_ten_seconds_and_keeps_the_best_plan(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as server:
        document = call(port, "/v1/demo-data?size=S")
        document["config"]["run"]["termination"] = {"spentLimit": "PT300S"}
        plan_id = call(port, "/v1/day-plans", document)["id"]
        deadline = time.monotonic() + 60
        while "modelOutput" not in call(port, f"/v1/day-plans/{plan_id}"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        solvers = solving(server.pid)
        assert solvers
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        _, told = server.communicate(timeout=30)
        assert time.monotonic() - began < LIMIT_S
        assert server.returncode in (0, -signal.SIGTERM)
        assert not [pid for pid in solvers if alive(pid)]

    lines = [json.loads(line) for line in told.decode().splitlines()]
    assert all({"at", "level", "event"} <= line.keys() for line in lines), lines
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["status"] for line in requests} == {200, 202}
    assert plan_id not in told.decode()
    assert lines[-1]["event"] == "ended"

    port = free_port()
    with serving(tmp_path, port):
        plan = call(port, f"/v1/day-plans/{plan_id}")
        assert plan["metadata"]["status"] == "SOLVING_COMPLETED"
        assert plan["modelOutput"]["caregivers"]
