"""Figures for Prometheus: of now, complete as far as they can be had, on a port of their own."""

from __future__ import annotations

from datetime import timedelta
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client import generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.operations.metrics import Metrics
from api.store.engine import Store
from api.store.records import Queue
from tests.e2e.test_serve import free_port


def told(metrics: Metrics) -> list[str]:
    return generate_latest(metrics.registry).decode().splitlines()


def test_the_queue_and_the_backup_are_read_when_asked_for() -> None:
    queues = iter(
        [Queue(3, 1, timedelta(seconds=90)), Queue(0, 0, None)]
    )  # nothing may be read at the making
    ages = iter([timedelta(hours=2), None])
    metrics = Metrics(lambda: next(queues), lambda: next(ages))
    first = told(metrics)
    assert {
        'hemplan_runs{state="waiting"} 3.0',
        'hemplan_runs{state="running"} 1.0',
        "hemplan_runs_oldest_seconds 90.0",
        "hemplan_backup_age_seconds 7200.0",
    } <= set(first)
    second = told(metrics)
    assert "hemplan_runs_oldest_seconds 0.0" in second
    assert "hemplan_backup_age_seconds +Inf" in second


def test_what_cannot_be_read_is_told_and_takes_nothing_along() -> None:
    """A database that is down must not hide how old the backup is."""

    def down() -> Queue:
        raise OSError

    lines = told(Metrics(down, lambda: timedelta(hours=1)))
    assert 'hemplan_reading_failed{of="queue"} 1.0' in lines
    assert 'hemplan_reading_failed{of="backup"} 0.0' in lines
    assert "hemplan_backup_age_seconds 3600.0" in lines


def test_errors_of_the_database_are_counted_by_kind(store: Store) -> None:
    metrics = Metrics()
    metrics.watch(store)
    with pytest.raises(SQLAlchemyError), store.reading() as session:
        session.execute(text("SELECT nothing FROM nowhere"))
    lines = [line for line in told(metrics) if line.startswith("hemplan_database_errors_total")]
    assert len(lines) == 1
    assert lines[0].endswith(" 1.0")


def test_solves_are_counted_by_their_end() -> None:
    metrics = Metrics()
    metrics.tell_solve("SOLVING_COMPLETED", 12.0)
    assert 'hemplan_solve_seconds_sum{status="SOLVING_COMPLETED"} 12.0' in told(metrics)


@pytest.mark.alone
def test_they_are_answered_on_a_port_of_their_own_until_closed() -> None:
    port = free_port()
    close = Metrics().serve(port)
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"hemplan_requests" in answer.read()
    close()
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5)
