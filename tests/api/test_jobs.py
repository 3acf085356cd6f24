"""Solves as jobs: each has one clear end, and a fault of one harms nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from api.documents.planning import read_document
from api.server.solver_run import Target
from api.store.address import database_address
from api.store.audit import Act
from api.store.engine import Store
from api.store.records import RunKey
from api.usecases.running import begin, submit
from tests.api import solvers
from tests.api.cases import TWO_VISITS, encoded
from tests.api.server import FINAL, NOW, problem, rows, running, wait_for

pytestmark = pytest.mark.alone

DAY = encoded(TWO_VISITS)
SHORT = encoded(
    {**TWO_VISITS, "config": {"run": {"termination": {"spentLimit": "PT1S"}, "threads": 1}}}
)
LONG = encoded(
    {**TWO_VISITS, "config": {"run": {"termination": {"spentLimit": "PT50S"}, "threads": 1}}}
)


def test_a_day_is_planned_judged_and_measured(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        answer = client.post("/v1/day-plans", content=SHORT)
        assert answer.status_code == 202
        assert answer.json()["status"] == "SOLVING_SCHEDULED"
        plan_id = answer.json()["id"]
        metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_COMPLETED", metadata
        plan = client.get(f"/v1/day-plans/{plan_id}").json()
        assert plan["metadata"] == metadata
        stops = plan["modelOutput"]["caregivers"][0]["shifts"][0]["itinerary"]
        assert [stop.get("id") for stop in stops if stop["kind"] == "VISIT"] == ["v-1", "v-2"]
        assert plan["kpis"]["violations"] == 0
        assert plan["kpis"]["zones"][0]["careTime"] == "PT45M"
        assert plan["inputMetrics"]["visits"] == 2
        assert client.delete(f"/v1/day-plans/{plan_id}").json() == metadata

        diff = client.get(f"/v1/day-plans/{plan_id}/diff/{plan_id}").json()
        assert (diff["unchangedVisits"], diff["changes"]) == (2, [])
        assert {each["kpi"]: each["difference"] for each in diff["kpis"]}["careTime"] == 0

        costs = client.post(
            "/v1/hour-costs", json={"day": "2026-03-04", "dayPlanId": plan_id}
        ).json()["hourCosts"]
        sources = {cost["zone"]: cost["shareSource"] for cost in costs}
        assert sources["town"] == "measured"
        assert sources["rural"] == "stated"


def test_delete_stops_within_two_seconds_and_keeps_the_best_plan(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        plan_id = client.post("/v1/day-plans", content=LONG).json()["id"]
        wait_for(client, plan_id, {"SOLVING_ACTIVE"})
        deadline = time.monotonic() + 30
        while "modelOutput" not in client.get(f"/v1/day-plans/{plan_id}").json():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        started = time.perf_counter()
        answer = client.delete(f"/v1/day-plans/{plan_id}")
        assert time.perf_counter() - started < 2
        assert answer.status_code == 200
        assert wait_for(client, plan_id, FINAL, 5)["status"] == "SOLVING_COMPLETED"
        assert client.get(f"/v1/day-plans/{plan_id}").json()["modelOutput"]["caregivers"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (solvers.crash, "SOLVER_CRASHED"),
        (solvers.leave, "SOLVER_CRASHED"),
        (solvers.babble, "SOLVER_ANSWER"),
        (solvers.cheat, "PLAN_BREAKS_RULE"),
    ],
)
def test_a_solver_that_fails_ends_its_job_and_nothing_else(
    target: Target, code: str, tmp_path: Path
) -> None:
    """Native code can end a process without a word; the server must go on and say what happened."""
    with running(tmp_path, target) as client:
        plan_id = client.post("/v1/day-plans", content=DAY).json()["id"]
        metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_FAILED"
        assert [finding["code"] for finding in metadata["findings"]] == [code]
        assert "modelOutput" not in client.get(f"/v1/day-plans/{plan_id}").json()
        assert client.get("/health").json() == {"status": "UP"}
        again = client.post("/v1/day-plans", content=DAY).json()["id"]
        assert wait_for(client, again, FINAL)["status"] == "SOLVING_FAILED"


def test_a_crash_keeps_the_last_good_plan_and_tells_its_figures(tmp_path: Path) -> None:
    with running(tmp_path, solvers.crash_with_a_plan) as client:
        plan_id = client.post("/v1/day-plans", content=DAY).json()["id"]
        metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_FAILED"
        assert (metadata["objective"], metadata["unassignedVisits"]) == (14, 2)
        output = client.get(f"/v1/day-plans/{plan_id}").json()["modelOutput"]
        assert [left["id"] for left in output["unassignedVisits"]] == ["v-1", "v-2"]


def test_a_fault_of_the_server_itself_ends_the_job_and_the_next_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left for Anna Svensson")

    with running(tmp_path, solvers.leave) as client:
        with monkeypatch.context() as broken:
            broken.setattr("api.server.solver_run.SolverRun.solve", fail)
            plan_id = client.post("/v1/day-plans", content=DAY).json()["id"]
            metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_FAILED"
        assert [finding["code"] for finding in metadata["findings"]] == ["SERVER_FAULT"]
        assert "Svensson" not in str(metadata)
        again = client.post("/v1/day-plans", content=DAY).json()["id"]
        assert wait_for(client, again, FINAL)["findings"][0]["code"] == "SOLVER_CRASHED"


def test_a_solver_that_ignores_its_limit_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, solvers.ignore, grace_seconds=0) as client:
        plan_id = client.post("/v1/day-plans", content=SHORT).json()["id"]
        metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_FAILED"
        assert metadata["findings"][0]["code"] == "SOLVER_TOO_SLOW"


def test_progress_is_shown_while_solving_and_gone_with_a_plan_that_never_came(
    tmp_path: Path,
) -> None:
    with running(tmp_path, solvers.wait) as client:
        plan_id = client.post("/v1/day-plans", content=LONG).json()["id"]
        deadline = time.monotonic() + 20
        while "objective" not in (
            metadata := client.get(f"/v1/day-plans/{plan_id}/metadata").json()
        ):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert (metadata["objective"], metadata["unassignedVisits"]) == (1234, 5)
        client.delete(f"/v1/day-plans/{plan_id}")
        metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_INCOMPLETE"
        assert "objective" not in metadata
        assert metadata["findings"][0]["code"] == "STOPPED_BEFORE_PLAN"


def test_a_full_queue_refuses_and_stores_nothing(tmp_path: Path) -> None:
    with running(tmp_path, solvers.wait, running=1, queued=1) as client:
        first = client.post("/v1/day-plans", content=LONG).json()["id"]
        wait_for(client, first, {"SOLVING_ACTIVE"})
        second = client.post("/v1/day-plans", content=LONG).json()["id"]
        stored = rows(tmp_path)
        refused = client.post("/v1/day-plans", content=LONG)
        assert problem(refused, 503) == ["QUEUE_FULL"]
        assert int(refused.headers["retry-after"]) > 0
        assert rows(tmp_path) == stored
        # A waiting plan that is stopped makes room at once.
        assert client.delete(f"/v1/day-plans/{second}").json()["status"] == "SOLVING_INCOMPLETE"
        assert client.post("/v1/day-plans", content=LONG).status_code == 202


def test_what_waits_at_a_shutdown_is_solved_after_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path, solvers.wait) as client:
        first = client.post("/v1/day-plans", content=LONG).json()["id"]
        second = client.post("/v1/day-plans", content=SHORT).json()["id"]
        wait_for(client, first, {"SOLVING_ACTIVE"})
    with running(tmp_path, solvers.cheat) as client:
        metadata = wait_for(client, first, FINAL)
        assert metadata["status"] == "SOLVING_INCOMPLETE"
        assert metadata["findings"][0]["code"] == "STOPPED_BEFORE_PLAN"
        assert wait_for(client, second, FINAL)["findings"][0]["code"] == "PLAN_BREAKS_RULE"


def test_a_job_that_a_killed_server_left_is_taken_up_at_the_next_start(tmp_path: Path) -> None:
    """A job that says 'active' for ever, with nobody working on it, is the worst answer."""
    plan_id = _left_behind(tmp_path, attempts=1)
    with running(tmp_path, solvers.crash_with_a_plan) as client:
        metadata = wait_for(client, plan_id, FINAL)
        assert [finding["code"] for finding in metadata["findings"]] == ["SOLVER_CRASHED"]
        assert client.get(f"/v1/day-plans/{plan_id}").json()["modelOutput"]


def test_a_job_that_ends_its_server_each_time_is_given_up(tmp_path: Path) -> None:
    """Otherwise it would take down every server that starts, for ever."""
    plan_id = _left_behind(tmp_path, attempts=3)
    with running(tmp_path, solvers.crash_with_a_plan) as client:
        metadata = wait_for(client, plan_id, FINAL)
        assert metadata["status"] == "SOLVING_FAILED"
        assert [finding["code"] for finding in metadata["findings"]] == ["TRIED_TOO_OFTEN"]
        assert "modelOutput" not in client.get(f"/v1/day-plans/{plan_id}").json()


def _left_behind(folder: Path, attempts: int) -> str:
    """A job as a killed server leaves it: begun `attempts` times and never ended."""
    with running(folder, solvers.wait):
        pass
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{folder / 'test.db'}"}))
    act = Act("kommunen", "local", NOW)
    run_id = "left-behind"
    submit(store, act, run_id, read_document(SHORT))
    for _ in range(attempts):
        begin(store, RunKey(act.municipality, run_id), "embedded", NOW)
    store.close()
    return run_id
