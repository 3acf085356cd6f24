"""
Plans made ready for questions after a start, while the server already answers.

A published plan is made ready as it is published (:mod:`api.server.plan_services`); a process that
has just been started has none. Promises: nobody waits for it, at the start or at the end; each
municipality is seen to once; what fails here, the first question makes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Lock, Thread

from api.boards import Boards
from api.store.engine import Store
from api.store.row_scope import of_municipality, within
from api.usecases import quoting
from api.usecases.setting_up import municipality
from scheduler.care.errors import NotFound
from scheduler.care.units import STOCKHOLM

log = logging.getLogger("hemplan.plans")

CLOSE_WAIT_S = 5.0


class Warming:
    """
    The owner of the threads that make boards ready.

    Parameters
    ----------
    clock
        The present moment, aware: from its day on, questions are expected.
    """

    def __init__(self, store: Store, boards: Boards, clock: Callable[[], datetime]) -> None:
        self._store, self._boards, self._clock = store, boards, clock
        self._lock = Lock()
        self._threads: dict[str, Thread] = {}
        self._closing = Event()

    def begin(self, name: str) -> None:
        """See to the municipality's boards in the background, unless that has begun."""
        with self._lock:
            if self._closing.is_set() or name in self._threads:
                return
            thread = Thread(target=self._warm, args=(name,), name=f"boards-{name}", daemon=True)
            self._threads[name] = thread
        thread.start()

    def close(self) -> None:
        """Begin no other unit, and wait for the one that is under way, but not for long."""
        with self._lock:
            self._closing.set()
        for thread in self._threads.values():
            thread.join(CLOSE_WAIT_S)

    def _warm(self, name: str) -> None:
        first = self._clock().astimezone(STOCKHOLM).date()
        try:
            with within(of_municipality(name)):
                for unit in municipality(self._store, name).units:
                    # Another one would only push those out that have just been made.
                    if self._closing.is_set() or self._boards.is_full:
                        return
                    quoting.warm(self._store, self._boards, name, unit.id, first)
        except NotFound:
            return
        except Exception as error:
            log.error("No board made because of %s", type(error).__name__)
