"""
A worker: solves the days that wait in the database, beside any number of others.

Promises: it makes no database; on SIGTERM or SIGINT it takes nothing new, keeps the best plans of
what it solves and ends within ten seconds.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

from api.operations import logs
from api.operations.durability import require_durable
from api.server.jobs import Jobs
from api.server.settings import Settings
from api.server.solver_process import solve
from api.server.solver_run import Target
from api.server.watching import Watching
from api.store.address import Address
from api.store.engine import Store
from api.store.row_security import protection
from api.store.schema import require_current
from scheduler.care.errors import Finding, InvalidInput

_log = logs.log("worker")


def work(
    settings: Settings,
    address: Address,
    *,
    target: Target = solve,
    until: Callable[[], None] | None = None,
) -> None:
    """
    Solve until a signal comes.

    Parameters
    ----------
    target
        What solves a day in the child process.
    until
        Returns when the worker is to end; None waits for a signal.

    Raises
    ------
    InvalidInput
        When the database cannot be used or may lose what it has acknowledged, or
        ``HEMPLAN_RUNNING`` is 0.
    """
    if settings.running == 0:
        raise InvalidInput(
            Finding("SETTING", "HEMPLAN_RUNNING", "1 or more for a worker", "0",
                    "Ange hur många dagar arbetaren får planera samtidigt.")
        )  # fmt: skip
    logs.configure()
    store = Store(address)
    try:
        require_current(store)
        require_durable(store)
        watching = Watching(store, settings, _now)
        jobs = Jobs(store, settings, _now, target, watching.metrics.tell_solve)
        watching.start()
        jobs.start()
        _log.info("started", worker=jobs.worker, count=settings.running)
        _log.info("row_security", code=protection(store).value)
        try:
            (until or _wait_for_signal)()
        finally:
            watching.readiness.drain()
            jobs.close()
            watching.close()
            _log.info("ended", worker=jobs.worker)
    finally:
        store.close()


def _wait_for_signal() -> None:
    asked = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: asked.set())
    asked.wait()


def _now() -> datetime:
    return datetime.now(UTC)
