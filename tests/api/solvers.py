"""Stand-ins for the solver's child process, each with one way to go wrong. Loads nothing heavy."""

from __future__ import annotations

import json
import os
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from api.server.solver_process import Task
from api.server.solver_process import solve as solve  # the real one, beside its stand-ins

# Keeps neither rule nor visit: the day's visits are nowhere in it.
EMPTY_PLAN = {
    "metadata": {"id": "p", "status": "SOLVING_ACTIVE"},
    "modelOutput": {"date": "2026-03-04", "caregivers": []},
}


# Leaves both visits out and says so: poor, yet it keeps every rule.
POOR_PLAN = {
    **EMPTY_PLAN,
    "modelOutput": {
        "date": "2026-03-04",
        "caregivers": [],
        "unassignedVisits": [
            {
                "id": visit_id,
                "code": "CROWDED_OUT",
                "proven": False,
                "text": "Besöket fick inte plats.",
                "action": "Sätt in fler medarbetare.",
            }
            for visit_id in ("v-1", "v-2")
        ],
    },
    "scoreAnalysis": [{"term": "left", "quantity": 2, "unit": "visits", "weight": 7, "points": 14}],
}


def say(connection: Connection, **message: object) -> None:
    """One message to the server."""
    connection.send_bytes(json.dumps(message).encode())


def crash(connection: Connection, _stop: Event, _task: Task) -> None:
    """Dies as a fault in native code does."""
    say(connection, kind="started")
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(_connection: Connection, _stop: Event, _task: Task) -> None:
    """Ends politely, without a plan."""


def babble(connection: Connection, _stop: Event, _task: Task) -> None:
    """Sends what is no message."""
    connection.send_bytes(b"\x00garbage")
    time.sleep(60)


def cheat(connection: Connection, _stop: Event, _task: Task) -> None:
    """Sends a plan that leaves every visit out without saying so."""
    say(connection, kind="plan", final=True, document=EMPTY_PLAN)


def wait(connection: Connection, stop: Event, _task: Task) -> None:
    """Works until it is asked to stop or its server is gone, and has nothing to show."""
    server = os.getppid()
    say(connection, kind="started")
    say(connection, kind="progress", objective=1234, unassigned=5)
    for _ in range(600):
        if stop.wait(0.1) or os.getppid() != server:
            return


def ignore(connection: Connection, _stop: Event, _task: Task) -> None:
    """Ignores both its limit and the request to stop."""
    say(connection, kind="started")
    time.sleep(60)


def crash_with_a_plan(connection: Connection, stop: Event, task: Task) -> None:
    """Dies after a first plan, having reported better than that."""
    say(connection, kind="plan", final=False, document=POOR_PLAN)
    say(connection, kind="progress", objective=3, unassigned=0)
    crash(connection, stop, task)


def kill_worker(connection: Connection, _stop: Event, _task: Task) -> None:
    """Takes down the process that started it, as a job too large for the machine's memory does."""
    say(connection, kind="started")
    os.kill(os.getppid(), signal.SIGKILL)


def quick(connection: Connection, _stop: Event, _task: Task) -> None:
    """Gives a poor plan up after a moment."""
    say(connection, kind="started")
    time.sleep(0.3)
    say(connection, kind="plan", final=True, document=POOR_PLAN)


def in_steps(connection: Connection, stop: Event, _task: Task) -> None:
    """Solves in half a second: a first plan, progress, and the final one."""
    server = os.getppid()
    say(connection, kind="plan", final=False, document=POOR_PLAN)
    say(connection, kind="started")
    for step in range(4):
        if stop.wait(0.1) or os.getppid() != server:
            break
        say(connection, kind="progress", objective=20 - step, unassigned=2)
    say(connection, kind="plan", final=True, document=POOR_PLAN)
