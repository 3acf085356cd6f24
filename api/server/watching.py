"""
What the running server tells of itself: figures, readiness, and each request.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from api.operations import backup_folder
from api.operations.metrics import Metrics
from api.operations.readiness import Look, Readiness, database_answers, disk_has_room
from api.server.settings import Settings
from api.store.engine import Store
from api.usecases.running import queue
from scheduler.care.errors import Finding, InvalidInput


class Watching:
    """
    Parameters
    ----------
    clock
        The present moment, aware; for the age of backups.
    """

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        folder = Path(settings.backup_folder) if settings.backup_folder else None
        self._settings = settings
        self._close = ExitStack()
        self.metrics = Metrics(
            lambda: queue(store, clock()),
            None if folder is None else lambda: backup_folder.age(folder, clock()),
        )
        self.metrics.watch(store)
        looks: dict[str, Look] = {"database": database_answers(store)}
        if store.address.is_sqlite:
            # A server's disk is not ours to look at.
            looks["disk"] = disk_has_room(Path(store.address.url.database or "").absolute().parent)
        self.readiness = Readiness(looks)

    def start(self) -> None:
        """
        Begin to look, and to answer on the port of the figures.

        Raises
        ------
        InvalidInput
            When the port is taken.
        """
        self.readiness.start()
        self._close.callback(self.readiness.close)
        port = self._settings.metrics_port
        if port:
            try:
                self._close.callback(self.metrics.serve(port, self._settings.metrics_host))
            except OSError as error:
                raise InvalidInput(
                    Finding("METRICS_PORT", "HEMPLAN_METRICS_PORT", "a port that is free",
                            error.strerror or type(error).__name__, "Ange en annan port.")
                ) from None  # fmt: skip

    def close(self) -> None:
        """End both."""
        self._close.close()
