"""
The child process in which a day is planned.

It gets the planning document and sends messages back, one JSON object each:

* ``{"kind": "started"}`` once it is ready to search;
* ``{"kind": "progress", "objective": ..., "unassigned": ...}`` while it searches;
* ``{"kind": "plan", "final": ..., "document": ...}`` with a plan document.

It ends by itself when asked to stop, and when the server that started it is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

BYTES_PER_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Task:
    """
    Parameters
    ----------
    content
        The planning document as JSON.
    near
        A plan document whose changes are priced; None prices none.
    max_threads, memory_mb
        Bounds of the child; 0 MiB sets none.
    """

    plan_id: str
    content: bytes
    near: bytes | None
    max_threads: int
    memory_mb: int


def solve(connection: Connection, stop: Event, task: Task) -> None:
    """Plan the day of `task`, sending what is found through `connection`."""
    # The terminal's Ctrl-C goes to the whole group; the server decides when its solves end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(task.memory_mb)
    from api import flow
    from api.documents.plan_reading import read_plan
    from api.documents.plan_schemas import MetadataSchema, Status
    from api.documents.plan_writing import plan_document
    from api.documents.planning import read_document

    server = os.getppid()
    document = read_document(task.content, max_bytes=len(task.content))
    near = None if task.near is None else read_plan(task.near, max_bytes=len(task.near)).plan
    run = replace(document.run, threads=min(document.run.threads, task.max_threads))

    def tell(kind: str, **content: Any) -> None:
        # A reader that is gone is seen by should_stop; nothing is lost that it could have kept.
        with contextlib.suppress(BrokenPipeError):
            connection.send_bytes(json.dumps({"kind": kind, **content}).encode())

    def should_stop() -> bool:
        return stop.is_set() or os.getppid() != server

    def tell_progress(progress: flow.Progress) -> None:
        tell("progress", objective=progress.objective, unassigned=progress.unassigned)

    def tell_plan(plan: flow.Plan, *, final: bool) -> None:
        metadata = MetadataSchema(id=task.plan_id, status=Status.SOLVING_ACTIVE)
        output = plan_document(plan, metadata, document.day)
        tell("plan", final=final, document=output.model_dump(mode="json", exclude_none=True))

    # The first plan also compiles what is not compiled yet, so time is counted from here.
    tell_plan(flow.first_plan(document.day, run, near), final=False)
    tell("started")
    plan = flow.plan(
        document.day, run, near=near, on_progress=tell_progress, should_stop=should_stop
    )
    tell_plan(plan, final=True)


def _limit_memory(memory_mb: int) -> None:
    """Bound the address space where the system can; a solve then fails alone."""
    if memory_mb == 0:
        return
    with contextlib.suppress(ImportError):
        import resource

        limit = memory_mb * BYTES_PER_MIB
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
