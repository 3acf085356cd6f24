"""What the server tells of itself: probes that wait for nothing, figures, and no ids of persons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import anyio.to_thread
import pytest

from api.operations.backup_folder import add
from api.operations.requests import HEADER
from api.store.address import database_address
from api.store.engine import Store
from api.store.migrate import upgrade
from tests.api import solvers
from tests.api.cases import TWO_VISITS, encoded
from tests.api.server import NOW, running, wait_for
from tests.e2e.test_serve import free_port


def test_probes_need_no_thread_of_the_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under overload all threads are taken, and a server that is only slow must not be killed."""

    async def taken(*_: object, **__: object) -> None:
        raise RuntimeError

    with running(tmp_path) as client:
        monkeypatch.setattr(anyio.to_thread, "run_sync", taken)
        assert client.get("/v1/municipality").status_code == 500
        for path in ("/health", "/health/live", "/health/ready"):
            assert client.get(path).status_code == 200, path


def test_ready_tells_what_was_looked_at_and_what_is_wrong(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        answer = client.get("/health/ready")
        assert answer.status_code == 200
        assert answer.json() == {
            "status": "READY", "checks": {"accepting": True, "database": True, "disk": True},
        }  # fmt: skip
        client.app.state.leave()  # type: ignore[attr-defined]
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["status"] == "NOT_READY"
        assert answer.json()["checks"]["accepting"] is False
        assert client.get("/health/live").status_code == 200


def test_a_server_that_is_to_end_takes_no_new_solve(tmp_path: Path) -> None:
    with running(tmp_path, solvers.wait) as client:
        client.app.state.leave()  # type: ignore[attr-defined]
        assert client.post("/v1/day-plans", content=encoded(TWO_VISITS)).status_code == 503


@pytest.mark.alone
def test_figures_are_answered_on_a_port_of_their_own(tmp_path: Path) -> None:
    folder, port = tmp_path / "copies", free_port()
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}))
    upgrade(store)
    add(store, folder, NOW - timedelta(hours=3), None, keep=1)
    store.close()
    with running(tmp_path, solvers.wait, metrics_port=port, backup_folder=str(folder)) as client:
        run = client.post("/v1/day-plans", content=encoded(TWO_VISITS)).json()["id"]
        client.post("/v1/day-plans", content=encoded(TWO_VISITS))
        wait_for(client, run, {"SOLVING_ACTIVE"})
        assert client.get("/metrics").status_code == 404
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            told = answer.read().decode()
    for line in (
        'hemplan_runs{state="waiting"} 1.0',
        'hemplan_runs{state="running"} 1.0',
        "hemplan_runs_oldest_seconds 0.0",
        "hemplan_backup_age_seconds 10800.0",
        'hemplan_reading_failed{of="queue"} 0.0',
    ):
        assert line in told.splitlines()
    assert 'status="202"} 2.0' in told
    assert run not in told


def test_every_answer_carries_a_request_id(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        answers = [
            client.get("/health"),
            client.get("/nowhere"),
            client.post("/v1/day-plans", content=b"{"),
            client.post("/v1/day-plans", content=b"x" * 20_000_000),
        ]
        assert [each.status_code for each in answers] == [200, 404, 422, 413]
        assert len({each.headers[HEADER] for each in answers}) == len(answers)
