"""
Solving as jobs: a bounded queue, a child process per solve, and one clear end for each.

Promises: the server stays responsive while something is solved; a solver that crashes, hangs or
answers nonsense ends its own job and nothing else; every plan is judged by the checker before it is
kept; stopping keeps the best plan so far; what a server leaves unfinished, its successor takes up.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition, Event, Thread

from api.documents.plan_schemas import MetadataSchema
from api.documents.planning import PlanningDocument
from api.refusals import Busy
from api.server.settings import Settings
from api.server.solver_run import Outcome, SolverRun, Target
from api.store.audit import Act
from api.store.engine import Store
from api.store.records import Origin, RunKey
from api.usecases import running
from scheduler.care.errors import Finding

log = logging.getLogger("hemplan.jobs")

STOP_WAIT_S = 1.5
CLOSE_WAIT_S = 15.0
WORKER = "embedded"

STOPPED_EARLY = Finding(
    "STOPPED_BEFORE_PLAN",
    "day-plans",
    "a plan before the stop",
    "none yet",
    "Skicka underlaget igen och låt sökningen arbeta längre.",
)


@dataclass(slots=True)
class _Job:
    """One submitted day; `stop` asks its solve to end, `ended` tells that it has."""

    key: RunKey
    stop: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)


class Jobs:
    """
    The solves of one server.

    Parameters
    ----------
    store
        Where runs are kept; no other server works on them.
    clock
        The present moment, aware.
    target
        What runs in the child process; replaced in tests of crashes.
    """

    def __init__(
        self, store: Store, settings: Settings, clock: Callable[[], datetime], target: Target
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._target = target
        self._waiting: deque[_Job] = deque()
        self._running: dict[RunKey, _Job] = {}
        self._changed = Condition()
        self._closing = False
        self._threads = [
            Thread(target=self._work, name=f"solve-{number}", daemon=True)
            for number in range(settings.running)
        ]

    def start(self) -> None:
        """Take up what an earlier server left unfinished, and begin to work."""
        self._waiting.extend(_Job(key) for key in running.unfinished(self._store))
        for thread in self._threads:
            thread.start()

    def submit(
        self, act: Act, run_id: str, document: PlanningDocument, origin: Origin = running.NOWHERE
    ) -> MetadataSchema:
        """
        Store a day and queue its solve.

        Raises
        ------
        Busy
            When as many wait as may; nothing is stored then.
        """
        return self.submit_all(act, [(run_id, document, origin)])[0]

    def submit_all(
        self, act: Act, days: Sequence[tuple[str, PlanningDocument, Origin]]
    ) -> tuple[MetadataSchema, ...]:
        """As :func:`submit`, several days or none; they count as one, however many there are."""
        with self._changed:
            most = self._settings.running + self._settings.queued
            if self._closing or len(self._waiting) + len(self._running) >= most:
                raise Busy(
                    Finding(
                        "QUEUE_FULL",
                        "day-plans",
                        f"fewer than {most} solves under way",
                        str(most),
                        "Försök igen om en stund, eller stoppa en plan som inte behövs.",
                    )
                )
            metadata = running.submit_all(self._store, act, days)
            self._waiting.extend(_Job(RunKey(act.municipality, name)) for name, _, _ in days)
            self._changed.notify_all()
        return metadata

    def stop(self, key: RunKey) -> MetadataSchema:
        """
        Stop a solve, waiting or running, and keep its best plan so far.

        Returns
        -------
        MetadataSchema
            Final as a rule; still SOLVING_ACTIVE when the solver needs longer to give its plan up.
        """
        with self._changed:
            job = self._running.get(key)
            for waiting in [each for each in self._waiting if each.key == key]:
                self._waiting.remove(waiting)
                self._end(waiting, 0, Outcome())
        if job is not None:
            job.stop.set()
            job.ended.wait(STOP_WAIT_S)
        return running.metadata(self._store, key)

    def leave(self) -> None:
        """Begin to stop what runs, and take nothing new; :meth:`close` waits for it."""
        with self._changed:
            self._closing = True
            for job in self._running.values():
                job.stop.set()
            self._waiting.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Stop what runs, keeping the best plans, and leave no child behind; the rest waits on."""
        self.leave()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(CLOSE_WAIT_S)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                job = self._waiting.popleft()
                self._running[job.key] = job
            try:
                self._solve(job)
            finally:
                with self._changed:
                    del self._running[job.key]
                job.ended.set()

    def _solve(self, job: _Job) -> None:
        attempt = 0
        try:
            begun = running.begin(self._store, job.key, WORKER, self._clock())
            if begun is None:
                return
            attempt = begun
            content = running.planning_document(self._store, job.key)
            run = SolverRun(job.key, attempt, content, self._store, self._settings, self._clock)
            self._end(job, attempt, run.solve(self._target, job.stop))
        except Exception as error:
            # E.g. a full disk. The next job may do; this one ends as far as it can be written.
            log.error("Job %s ended by %s", job.key.id, type(error).__name__)
            with suppress(Exception):
                self._end(job, attempt, Outcome(_server_fault(error)))

    def _end(self, job: _Job, attempt: int, outcome: Outcome) -> None:
        running.end(self._store, job.key, attempt, self._clock(), outcome.fault, STOPPED_EARLY)


def _server_fault(error: Exception) -> Finding:
    return Finding(
        "SERVER_FAULT",
        "day-plans",
        "a server that can run the solver and keep its plan",
        type(error).__name__,
        "Kontrollera serverns disk och minne och skicka underlaget igen.",
    )
