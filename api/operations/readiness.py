"""
Whether the service can do its work just now, looked after by a thread of its own.

The answer is always at hand: a probe waits neither for the database nor for a thread of the pool,
so an overloaded server is not taken for a dead one, and a database that hangs shows as a look that
is too old.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from api.store.engine import Store
from api.store.schema import require_current
from scheduler.care.errors import CareError

EVERY_S = 2.0
OLDEST_S = 10.0
LEAST_FREE_BYTES = 256 * 1024 * 1024

Look = Callable[[], bool]


def database_answers(store: Store) -> Look:
    """Whether the database can be reached and has the program's migration."""

    def look() -> bool:
        try:
            require_current(store)
        except (CareError, SQLAlchemyError):
            return False
        return True

    return look


def disk_has_room(folder: Path, least: int = LEAST_FREE_BYTES) -> Look:
    """Whether `folder` has room for `least` bytes more."""
    return lambda: shutil.disk_usage(folder).free >= least


class Readiness:
    """
    Looks every two seconds from :meth:`start` to :meth:`close`.

    Parameters
    ----------
    looks
        Name -> whether it is well; one that raises is not.
    clock
        Seconds that only go forward.
    """

    def __init__(
        self, looks: Mapping[str, Look], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._looks = dict(looks)
        self._clock = clock
        self._found: dict[str, bool] = dict.fromkeys(self._looks, False)
        self._looked_at = float("-inf")
        self._draining = False
        self._ended = Event()
        self._thread = Thread(target=self._work, name="readiness", daemon=True)

    def start(self) -> None:
        """Look once, and go on looking."""
        self.look()
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(EVERY_S)

    def drain(self) -> None:
        """From now on the service takes no new work, however well it is."""
        self._draining = True

    def look(self) -> None:
        """Look at everything now."""
        found = {name: _well(look) for name, look in self._looks.items()}
        self._found, self._looked_at = found, self._clock()

    def report(self) -> dict[str, bool]:
        """Name -> whether it is well; ``accepting`` is False when the service is about to end."""
        recent = self._clock() - self._looked_at <= OLDEST_S
        found = {name: well and recent for name, well in self._found.items()}
        return {"accepting": not self._draining, **found}

    @property
    def ready(self) -> bool:
        """Whether everything is well."""
        return all(self.report().values())

    def _work(self) -> None:
        while not self._ended.wait(EVERY_S):
            self.look()


def _well(look: Look) -> bool:
    try:
        return look()
    except Exception:
        return False
