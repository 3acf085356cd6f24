"""A server for tests: its own database, a fixed clock, few and short jobs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient

from api.server.app import create_app
from api.server.settings import Settings
from api.server.solver_process import solve
from api.server.solver_run import Target
from api.store.address import Address, database_address
from api.store.engine import Store
from api.store.migrate import upgrade

NOW = datetime(2026, 3, 3, 14, 20, tzinfo=UTC)
FINAL = {"SOLVING_COMPLETED", "SOLVING_INCOMPLETE", "SOLVING_FAILED"}


@contextmanager
def running(folder: Path, target: Target = solve, **settings: Any) -> Iterator[TestClient]:
    """A client of a server whose database lies in `folder`, where it may have been before."""
    chosen = Settings(**{"grace_seconds": 5, "lease_seconds": 1, **settings})
    path = folder / "test.db"
    if not path.exists():
        path.write_bytes(_migrated())
    address = _address(path)
    app = create_app(chosen, address, clock=lambda: NOW, target=target)
    with TestClient(
        app, "http://localhost", raise_server_exceptions=False, client=("127.0.0.1", 50_000)
    ) as client:
        yield client


@cache
def _migrated() -> bytes:
    """The file of a database without rows: made once, since it takes longer than the server."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.db"
        made = Store(_address(path))
        upgrade(made)
        made.close()
        return path.read_bytes()


def _address(path: Path) -> Address:
    return database_address({"DATABASE_URL": f"sqlite:///{path}"})


def wait_for(client: TestClient, plan_id: str, statuses: set[str], seconds: float = 40) -> Any:
    """The metadata of a plan once its status is one of `statuses`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        metadata = client.get(f"/v1/day-plans/{plan_id}/metadata").json()
        if metadata["status"] in statuses:
            return metadata
        time.sleep(0.05)
    raise AssertionError(f"{plan_id} is still {metadata['status']}")


def rows(folder: Path) -> int:
    """Rows of the database in `folder` beside those that the server makes at its start."""
    with sqlite3.connect(folder / "test.db") as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in {"alembic_version", "municipality", "audit", "audit_head"}
        ]
        counts = [connection.execute(f"SELECT count(*) FROM {name}") for name in names]  # noqa: S608
        found = sum(count.fetchone()[0] for count in counts)
    connection.close()
    return found


def problem(answer: Any, status: int) -> list[str]:
    """The codes of a refusal, after looking at its form (RFC 9457)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "findings"}
    assert body["status"] == status
    for finding in body["findings"]:
        assert finding["action"].endswith(".")
    return [finding["code"] for finding in body["findings"]]
