"""
One solve as its server sees it: start the child, listen, judge what it sends, end it.

Promises: the child is killed when it goes on past its limit, and is never left behind; a plan is
kept only when it can be read and the independent checker finds no broken rule in it.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event as ChildEvent
from threading import Event
from typing import Any

from api.documents.plan_reading import read_plan
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import plan_document
from api.documents.planning import read_document
from api.judgement import judge, refuse_broken
from api.server.settings import Settings
from api.server.solver_process import Task
from api.store.engine import Store
from api.store.records import RunKey
from api.usecases import running
from scheduler.care.errors import CareError, Finding

Target = Callable[[Connection, ChildEvent, Task], None]

START_LIMIT_S = 120.0
STOP_LIMIT_S = 8.0
POLL_S = 0.1
PROGRESS_EVERY_S = 0.5
MAX_MESSAGE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a solve ended: `fault` None means that whatever was kept stands."""

    fault: Finding | None = None


class SolverRun:
    """
    Parameters
    ----------
    attempt
        Every step in the store names it.
    content
        The planning document of the run.
    store
        Keeps the best plan and the progress.
    clock
        The present moment, aware.
    """

    def __init__(
        self,
        key: RunKey,
        attempt: int,
        content: bytes,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._key = key
        self._attempt = attempt
        self._content = content
        self._document = read_document(content, max_bytes=len(content))
        self._store = store
        self._settings = settings
        self._clock = clock
        self._deadline = 0.0
        self._finished = False
        self._told_at = 0.0

    def solve(self, target: Target, stop: Event) -> Outcome:
        """Run `target` in a child process until it ends, its limit, or `stop`."""
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        child_stop = context.Event()
        task = Task(
            self._key.id,
            self._content,
            running.plan_to_be_near(self._store, self._key),
            self._settings.max_threads,
            self._settings.solver_memory_mb,
        )
        child = context.Process(target=target, args=(sender, child_stop, task), daemon=True)
        child.start()
        sender.close()
        self._deadline = time.monotonic() + START_LIMIT_S
        try:
            return self._listen(receiver, child, child_stop, stop)
        finally:
            receiver.close()
            if child.is_alive():
                child.kill()
            child.join()
            child.close()

    def _listen(
        self, receiver: Connection, child: BaseProcess, child_stop: ChildEvent, stop: Event
    ) -> Outcome:
        stopping = False
        while time.monotonic() < self._deadline:
            if stop.is_set() and not stopping:
                stopping = True
                child_stop.set()
                self._deadline = time.monotonic() + STOP_LIMIT_S
            try:
                if receiver.poll(POLL_S):
                    self._take(json.loads(receiver.recv_bytes(MAX_MESSAGE_BYTES)), stopping)
            except (EOFError, OSError):
                return self._ended(child, stopping)
            except (CareError, ValueError, KeyError, TypeError) as error:
                return Outcome(_bad_answer(error))
        return Outcome() if stopping else Outcome(_too_slow())

    def _take(self, message: dict[str, Any], stopping: bool) -> None:
        match message["kind"]:
            case "started" if not stopping:
                limit = self._document.run.seconds + self._settings.grace_seconds
                self._deadline = time.monotonic() + limit
            case "progress":
                if time.monotonic() - self._told_at >= PROGRESS_EVERY_S:
                    self._told_at = time.monotonic()
                    running.progress(
                        self._store,
                        self._key,
                        self._attempt,
                        self._clock(),
                        int(message["objective"]),
                        int(message["unassigned"]),
                    )
            case "plan":
                self._keep(message["document"])
                self._finished = bool(message["final"])

    def _keep(self, document: dict[str, Any]) -> None:
        """Judge a plan and keep it; raises what the judgement says against it."""
        plan = read_plan(json.dumps(document).encode(), max_bytes=MAX_MESSAGE_BYTES).plan
        judged = judge(self._document.day, plan)
        refuse_broken(judged)
        metadata = MetadataSchema(id=self._key.id, status=Status.SOLVING_ACTIVE)
        kept = plan_document(plan, metadata, self._document.day, judged.follow_up)
        running.keep(self._store, self._key, self._attempt, self._clock(), kept)

    def _ended(self, child: BaseProcess, stopping: bool) -> Outcome:
        child.join(STOP_LIMIT_S)
        if self._finished or (stopping and child.exitcode == 0):
            return Outcome()
        return Outcome(_crashed(child.exitcode))


def _crashed(exit_code: int | None) -> Finding:
    return Finding(
        "SOLVER_CRASHED",
        "day-plans",
        "a solver that ends with a plan",
        f"exit code {exit_code}",
        "Skicka underlaget igen; anmäl felet om det upprepas.",
    )


def _too_slow() -> Finding:
    return Finding(
        "SOLVER_TOO_SLOW",
        "day-plans",
        "a solver that keeps its time limit",
        "one that had to be ended",
        "Skicka underlaget igen med längre tid, eller dela upp dagen.",
    )


def _bad_answer(error: Exception) -> Finding:
    if isinstance(error, CareError):
        return error.findings[0]
    return Finding(
        "SOLVER_ANSWER",
        "day-plans",
        "a plan that can be read",
        type(error).__name__,
        "Skicka underlaget igen; anmäl felet om det upprepas.",
    )
