"""
Solving as jobs: a bounded queue in the database, a child process per solve, one clear end for each.

The same runner works within `hemplan serve` and as `hemplan worker`, on SQLite and on PostgreSQL,
beside any number of others (:mod:`api.usecases.leasing`). Promises: the process stays responsive
while something is solved; a solver that crashes, hangs or answers nonsense ends its own job and
nothing else; every plan is judged by the checker before it is kept; stopping keeps the best plan so
far; what a killed process leaves unfinished, another takes up; a job that ends its process each
time is given up after three attempts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition, Event, Lock, Thread
from uuid import uuid4

from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.planning import PlanningDocument
from api.refusals import Busy
from api.server.settings import Settings
from api.server.solver_run import Outcome, SolverRun, Target
from api.store.audit import Act
from api.store.engine import Store
from api.store.records import Origin, RunKey
from api.store.row_scope import WORKERS, within
from api.usecases import leasing, requested, running
from api.usecases.leasing import Claim, Sign, Watch
from api.usecases.requested import Request
from scheduler.care.errors import Finding

log = logging.getLogger("hemplan.jobs")

STOP_WAIT_S = 1.5
CLOSE_WAIT_S = 15.0
# How often a running job asks whether it is to stop, and an idle thread whether there is work.
ASK_EVERY_S = 0.25
CLAIM_EVERY_S = 0.5
# In one lease fall so many looks of the others, and half as many signs of life of the holder.
LOOKS = 8

STOPPED_EARLY = Finding(
    "STOPPED_BEFORE_PLAN",
    "day-plans",
    "a plan before the stop",
    "none yet",
    "Skicka underlaget igen och låt sökningen arbeta längre.",
)


@dataclass(slots=True)
class _Job:
    """One claimed run; `stop` asks its solve to end, `ended` tells that it has."""

    claim: Claim
    stop: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    beaten_at: float = 0.0


class Jobs:
    """
    The solves of one process.

    Parameters
    ----------
    store
        Where the runs of all processes are kept.
    clock
        The present moment, aware; what is told, never what is decided by.
    target
        What runs in the child process; replaced in tests of crashes.
    on_end
        Told how each solve of this process ended, and after how many seconds.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
        target: Target,
        on_end: Callable[[str, float], None] = lambda _status, _seconds: None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._target = target
        self._on_end = on_end
        self.worker = f"w-{uuid4().hex[:12]}"
        self._running: dict[RunKey, _Job] = {}
        self._left: dict[RunKey, Sign] = {}
        self._changed = Condition()
        # Of its own: no sign of life may wait for a submission that waits for the database.
        self._submitting = Lock()
        self._closing = False
        self._threads = [
            Thread(target=self._work, name=f"solve-{number}", daemon=True)
            for number in range(settings.running)
        ]
        self._attending = Thread(target=self._attend, name="leases", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        for thread in (self._attending, *self._threads):
            thread.start()

    def submit(
        self,
        act: Act,
        run_id: str,
        document: PlanningDocument,
        origin: Origin = running.NOWHERE,
        request: Request | None = None,
    ) -> MetadataSchema:
        """
        Store a day and queue its solve; a `request` that came before has its first answer.

        Raises
        ------
        Busy
            When as many wait as may; nothing is stored then.
        Conflict
            When another request has its key.
        """
        return self.submit_all(act, [(run_id, document, origin)], request)[0]

    def submit_all(
        self,
        act: Act,
        days: Sequence[tuple[str, PlanningDocument, Origin]],
        request: Request | None = None,
    ) -> tuple[MetadataSchema, ...]:
        """As :func:`submit`, several days or none; they count as one, however many there are."""
        with self._submitting:
            # Before the queue is looked at: what began already needs no room in it.
            if began := requested.earlier(self._store, act, request):
                return running.submitted_again(self._store, act, began)
            most = self._settings.running + self._settings.queued
            queue = running.queue(self._store, act.at)
            if self._closing or queue.waiting + queue.running >= most:
                raise Busy(
                    Finding(
                        "QUEUE_FULL",
                        "day-plans",
                        f"fewer than {most} solves under way",
                        str(most),
                        "Försök igen om en stund, eller stoppa en plan som inte behövs.",
                    )
                )
            metadata = running.submit_all(self._store, act, days, request)
        with self._changed:
            self._changed.notify_all()
        return metadata

    def stop(self, key: RunKey) -> MetadataSchema:
        """
        Stop a solve, waiting or running, here or elsewhere, and keep its best plan so far.

        Returns
        -------
        MetadataSchema
            Final as a rule; still SOLVING_ACTIVE when the solver needs longer to give its plan up.
        """
        if not leasing.ask_to_stop(self._store, key, self._clock(), STOPPED_EARLY):
            with self._changed:
                job = self._running.get(key)
            if job is not None:
                job.stop.set()
                job.ended.wait(STOP_WAIT_S)
            else:
                self._wait_for_another(key)
        return running.metadata(self._store, key)

    def leave(self) -> None:
        """Begin to stop what runs, and take nothing new; :meth:`close` waits for it."""
        with self._changed:
            self._closing = True
            for job in self._running.values():
                job.stop.set()
            self._changed.notify_all()

    def close(self) -> None:
        """Stop what runs, keeping the best plans, and leave no child behind; the rest waits on."""
        self.leave()
        for thread in (*self._threads, self._attending):
            if thread.is_alive():
                thread.join(CLOSE_WAIT_S)

    # ------------------------------------------------------------ solving

    def _work(self) -> None:
        with within(WORKERS):
            while (job := self._next()) is not None:
                try:
                    self._solve(job)
                finally:
                    with self._changed:
                        del self._running[job.claim.key]
                        self._changed.notify_all()
                    job.ended.set()

    def _next(self) -> _Job | None:
        """The next claimed job; None when this process is to end."""
        while not self._closing:
            with self._changed:
                left = self._left.popitem() if self._left else None
            claimed = None
            try:
                claimed = self._claim(left)
            except Exception as error:
                # E.g. the database is away; the next look may find it.
                log.error("No job claimed because of %s", type(error).__name__)
            with self._changed:
                if claimed is not None:
                    return self._taken(claimed)
                if left is None and not self._closing:
                    self._changed.wait(CLAIM_EVERY_S)
        return None

    def _taken(self, claimed: Claim) -> _Job:
        job = _Job(claimed, beaten_at=time.monotonic())
        self._running[claimed.key] = job
        if self._closing:
            job.stop.set()
        return job

    def _claim(self, left: tuple[RunKey, Sign] | None) -> Claim | None:
        if left is not None:
            key, sign = left
            return leasing.take_over(
                self._store, key, sign, self.worker, self._clock(), STOPPED_EARLY
            )
        return leasing.claim(self._store, self.worker, self._clock(), STOPPED_EARLY)

    def _solve(self, job: _Job) -> None:
        key, attempt = job.claim.key, job.claim.attempt
        began = time.monotonic()
        try:
            content = running.planning_document(self._store, key)
            run = SolverRun(key, attempt, content, self._store, self._settings, self._clock)
            self._end(job, run.solve(self._target, job.stop), began)
        except Exception as error:
            # E.g. a full disk. The next job may do; this one ends as far as it can be written.
            log.error("Job %s ended by %s", key.id, type(error).__name__)
            with suppress(Exception):
                self._end(job, Outcome(_server_fault(error)), began)

    def _end(self, job: _Job, outcome: Outcome, began: float) -> None:
        key, attempt = job.claim.key, job.claim.attempt
        if running.end(self._store, key, attempt, self._clock(), outcome.fault, STOPPED_EARLY):
            status = running.metadata(self._store, key).status
            self._on_end(status, time.monotonic() - began)

    # ------------------------------------------------------------ leases

    def _attend(self) -> None:
        """Give signs of life, hear of wishes to stop, and look after the others, to the end."""
        with within(WORKERS):
            self._attend_all()

    def _attend_all(self) -> None:
        watch = Watch(LOOKS)
        look_every = self._settings.lease_seconds / LOOKS
        looked_at = time.monotonic()
        while True:
            with self._changed:
                if self._closing and not self._running:
                    return
                jobs = list(self._running.values())
                # A job that has ended wakes us; nothing else has to.
                self._changed.wait(min(ASK_EVERY_S, look_every))
            for job in jobs:
                self._attend_to(job)
            if time.monotonic() - looked_at >= look_every:
                looked_at = time.monotonic()
                self._look_after_others(watch)

    def _attend_to(self, job: _Job) -> None:
        try:
            if time.monotonic() - job.beaten_at >= self._settings.lease_seconds * 2 / LOOKS:
                job.beaten_at = time.monotonic()
                leasing.beat(self._store, job.claim, self._clock())
            standing = leasing.standing(self._store, job.claim)
        except Exception as error:
            log.error("No sign of life because of %s", type(error).__name__)
            return
        if standing.stop or not standing.held:
            # Not held: another works on it, and nothing that this one finds will be kept.
            job.stop.set()

    def _look_after_others(self, watch: Watch) -> None:
        try:
            left = watch.look(lambda: leasing.signs(self._store))
        except Exception as error:
            log.error("No look at other workers because of %s", type(error).__name__)
            return
        with self._changed:
            self._left = {key: sign for key, sign in left.items() if key not in self._running}
            if self._left:
                self._changed.notify_all()

    def _wait_for_another(self, key: RunKey) -> None:
        """Let the process that has the run end it."""
        deadline = time.monotonic() + STOP_WAIT_S
        while time.monotonic() < deadline:
            if Status(running.metadata(self._store, key).status).final:
                return
            time.sleep(ASK_EVERY_S / 2)


def _server_fault(error: Exception) -> Finding:
    return Finding(
        "SERVER_FAULT",
        "day-plans",
        "a server that can run the solver and keep its plan",
        type(error).__name__,
        "Kontrollera serverns disk och minne och skicka underlaget igen.",
    )
