"""
Figures of the running service for Prometheus, on a port of their own.

Promises: labels are names of operations, statuses and codes, never ids of anything; the figures are
read when they are asked for, so none is old; what cannot be read is left out and told by
``hemplan_reading_failed``, and does not take the others along.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from api.operations.requests import Seen
from api.store.engine import Store
from api.store.records import Queue

_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SOLVE_S = (1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)


class Metrics:
    """
    Parameters
    ----------
    queue
        Reads how much there is to plan.
    backup_age
        Reads how old the newest backup is, None when there is none; None as a whole when no folder
        is watched.
    """

    def __init__(
        self,
        queue: Callable[[], Queue] | None = None,
        backup_age: Callable[[], timedelta | None] | None = None,
    ) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "hemplan_requests", "Answered requests.", ["operation", "status"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "hemplan_request_seconds", "From the first byte read to the last written.",
            ["operation"], buckets=_REQUEST_S, registry=self.registry,
        )  # fmt: skip
        self._solves = Histogram(
            "hemplan_solve_seconds", "Solves of this process by how they ended.", ["status"],
            buckets=_SOLVE_S, registry=self.registry,
        )  # fmt: skip
        self._database_errors = Counter(
            "hemplan_database_errors", "Statements and connections that failed, by kind.",
            ["kind"], registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Read(queue, backup_age))

    def tell_request(self, seen: Seen) -> None:
        """Count and time an answered request."""
        self._requests.labels(seen.operation, str(seen.status)).inc()
        self._seconds.labels(seen.operation).observe(seen.seconds)

    def tell_solve(self, status: str, seconds: float) -> None:
        """Count a solve that has ended as `status`."""
        self._solves.labels(status).observe(seconds)

    def watch(self, store: Store) -> None:
        """Count what fails in `store`."""

        def failed(context: ExceptionContext) -> None:
            self._database_errors.labels(type(context.original_exception).__name__).inc()

        event.listen(store.engine, "handle_error", failed)

    def serve(self, port: int, host: str = "127.0.0.1") -> Callable[[], None]:
        """
        Answer on `host` and `port`, in a thread of its own.

        Returns
        -------
        callable
            Ends it.

        Raises
        ------
        OSError
            When the port is taken.
        """
        server: WSGIServer
        thread: threading.Thread
        server, thread = start_http_server(port, host, self.registry)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close


class _Read:
    """What is read anew each time somebody asks."""

    def __init__(
        self,
        queue: Callable[[], Queue] | None,
        backup_age: Callable[[], timedelta | None] | None,
    ) -> None:
        self._readers: Mapping[str, Callable[[], Iterator[Metric]]] = {
            **({"queue": lambda: _queue(queue())} if queue else {}),
            **({"backup": lambda: _backup(backup_age())} if backup_age else {}),
        }

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures of now."""
        failed = GaugeMetricFamily(
            "hemplan_reading_failed", "1 when these figures could not be read.", labels=["of"]
        )
        for name, read in self._readers.items():
            try:
                found = list(read())
            except Exception:  # the scraper gets all that can be had
                found = []
                failed.add_metric([name], 1)
            else:
                failed.add_metric([name], 0)
            yield from found
        yield failed


def _queue(queue: Queue) -> Iterator[Metric]:
    runs = GaugeMetricFamily("hemplan_runs", "Days to plan.", labels=["state"])
    runs.add_metric(["waiting"], queue.waiting)
    runs.add_metric(["running"], queue.running)
    yield runs
    waited = queue.oldest.total_seconds() if queue.oldest else 0
    yield GaugeMetricFamily(
        "hemplan_runs_oldest_seconds", "How long the first of those that wait has waited.", waited
    )


def _backup(age: timedelta | None) -> Iterator[Metric]:
    # Infinity when there is none: whatever limit an alarm has, this is beyond it.
    seconds = float("inf") if age is None else age.total_seconds()
    yield GaugeMetricFamily("hemplan_backup_age_seconds", "Age of the newest backup.", seconds)
