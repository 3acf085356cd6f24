"""The server as a process: it starts without configuration, and survives being killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.alone

MAIN = [sys.executable, "-c", "import sys; from api.cli import main; main(sys.argv[1:])"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def call(port: int, path: str, body: Any = None, method: str | None = None) -> Any:
    """The JSON answer of the server."""
    content = None if body is None else json.dumps(body).encode()
    request = Request(f"http://127.0.0.1:{port}{path}", data=content, method=method)
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server on this machine
        return json.load(answer)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A running server in `folder`, with no configuration but its port."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [*MAIN, "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                assert call(port, "/health") == {"status": "UP"}
                break
            except (URLError, ConnectionError):
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.1)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
        server.communicate(timeout=20)


def states() -> dict[int, tuple[str, int]]:
    """Process id -> state and parent of everything that runs, from the kernel itself."""
    found: dict[int, tuple[str, int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold spaces; state and parent follow it.
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # ended while we looked
        found[int(path.parent.name)] = state, int(parent)
    return found


def children(pid: int) -> list[int]:
    """Processes that `pid` started."""
    return [child for child, (_, parent) in states().items() if parent == pid]


def solving(pid: int) -> list[int]:
    """Solver processes that `pid` started; it has another child that keeps count of resources."""
    found = []
    for child in children(pid):
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    return states().get(pid, ("Z", 0))[0] != "Z"


def test_a_killed_server_leaves_no_solver_and_its_successor_takes_the_job_up(
    tmp_path: Path,
) -> None:
    port = free_port()
    with serving(tmp_path, port) as server:
        document = call(port, "/v1/demo-data?size=S")
        document["config"]["run"]["termination"] = {"spentLimit": "PT60S"}
        plan_id = call(port, "/v1/day-plans", document)["id"]
        deadline = time.monotonic() + 30
        while "modelOutput" not in call(port, f"/v1/day-plans/{plan_id}"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        solvers = children(server.pid)
        assert solvers
        server.kill()
        server.wait(10)
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in solvers):
        assert time.monotonic() < deadline, "a solver lives on without its server"
        time.sleep(0.1)

    port = free_port()
    with serving(tmp_path, port) as server:
        plan = call(port, f"/v1/day-plans/{plan_id}")
        assert plan["modelOutput"]["caregivers"]
        deadline = time.monotonic() + 20
        while not solving(server.pid):
            assert time.monotonic() < deadline, "the job is not taken up again"
            time.sleep(0.1)
        assert call(port, f"/v1/day-plans/{plan_id}", method="DELETE")["id"] == plan_id
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


def test_a_database_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "hemplan.db"):
        ran = subprocess.run(
            [*MAIN, "serve", "--database", str(path)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ran.returncode == 2
        assert "DATABASE" in ran.stderr
        assert "Traceback" not in ran.stderr
