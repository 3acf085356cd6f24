"""``hemplan serve`` as a process of its own, with its memory watched and days to solve beside."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.conftest import ROOT
from tests.e2e.test_serve import MAIN, call, free_port
from tests.faults import acts
from tests.faults.service import database, new_database

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024
STARTS_S = 60
DECISIONS = 500
MUNICIPALITY = {
    "name": "Provköping",
    "units": [{"id": "south", "name": "Södra"}],
    "providers": [{"id": "own", "kind": "OWN"}],
}


@contextmanager
def serving(**settings: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """
    Port and process of ``hemplan serve`` on a PostgreSQL of its own, with 500 decisions.

    Parameters
    ----------
    settings
        More environment, e.g. ``HEMPLAN_RUNNING``. Rates per caller are off: here is but one.
    """
    with (
        tempfile.TemporaryDirectory(prefix="hemplan-faults-") as folder,
        database() as postgresql,
        new_database(postgresql) as address,
    ):
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT),
            "DATABASE_URL": address.url.render_as_string(hide_password=False),
            "HEMPLAN_RATE_PER_S": "100000", "HEMPLAN_RATE_BURST": "100000", **settings,
        }  # fmt: skip
        subprocess.run(
            [*MAIN, "database", "upgrade"], env=environment, check=True, capture_output=True
        )
        port = free_port()
        with Path(folder, "log").open("wb") as log:
            server = subprocess.Popen(
                [*MAIN, "serve", "--port", str(port)], env=environment, stderr=log, stdout=log
            )
        try:
            _wait_until_ready(port)
            call(port, "/v1/municipality", MUNICIPALITY, "PUT")
            made = [acts.decision(f"d-{each}", each) for each in range(DECISIONS)]
            call(port, "/v1/decisions", {"decisions": made})
            yield port, server
        finally:
            server.kill()
            server.wait()


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + STARTS_S
    while True:
        try:
            call(port, "/health/ready")
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


class Solving:
    """Days that are solved one after the other, as long as it is open."""

    def __init__(self, port: int, seconds: int = 60) -> None:
        self._port, self._ended = port, Event()
        self.document: dict[str, Any] = call(port, "/v1/demo-data?size=M")
        limit = {"spentLimit": f"PT{seconds}S"}
        self.document["config"]["run"] |= {"termination": limit, "threads": 1}
        self.plan = self._submit()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Solve no more."""
        self._ended.set()
        self._thread.join()
        call(self._port, f"/v1/day-plans/{self.plan}", method="DELETE")

    def _submit(self) -> str:
        name: str = call(self._port, "/v1/day-plans", self.document)["id"]
        return name

    def _work(self) -> None:
        while not self._ended.wait(2):
            try:
                status = call(self._port, f"/v1/day-plans/{self.plan}/metadata")["status"]
                if not status.startswith("SOLVING_A") and not status.startswith("SOLVING_S"):
                    self.plan = self._submit()
            except (OSError, json.JSONDecodeError):
                continue  # it may be refused under load; asked again


class Memory:
    """The resident memory of a process, looked at every second."""

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/statm")
        self._ended = Event()
        self.seen: list[tuple[float, float]] = []
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    def slope_mib_per_min(self) -> float:
        """By least squares over the second half, when all caches are filled."""
        late = self.seen[len(self.seen) // 2 :]
        if len(late) < 2:
            return 0.0
        mean_s = sum(at for at, _ in late) / len(late)
        mean_mib = sum(mib for _, mib in late) / len(late)
        above = sum((at - mean_s) * (mib - mean_mib) for at, mib in late)
        below = sum((at - mean_s) ** 2 for at, _ in late)
        return 60 * above / below

    def _work(self) -> None:
        began = time.monotonic()
        while not self._ended.wait(1):
            pages = int(self._path.read_text().split()[1])
            self.seen.append((time.monotonic() - began, pages * PAGE_BYTES / MIB))
