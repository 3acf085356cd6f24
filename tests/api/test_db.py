"""The database: writers queue, checks hold, and a failed write leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from api.server.db import Database
from api.server.tables import DayPlanRow, ServiceLineRow

ROW = {
    "id": "p-1",
    "status": "SOLVING_SCHEDULED",
    "submitted_at": "2026-03-03T14:20:00+00:00",
    "seed": 1,
    "limit_ms": 30_000,
    "input_json": "{}",
    "metrics_json": "{}",
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "test.db")
    yield made
    made.close()


def test_an_acknowledged_write_is_on_disk(database: Database) -> None:
    with database.reading() as session:
        answers = [
            session.exec(text(f"PRAGMA {name}")).scalar_one()  # type: ignore[call-overload]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert answers == ["wal", 2, 1]


def test_a_writer_that_read_first_waits_for_the_other_instead_of_failing(
    database: Database,
) -> None:
    """A deferred transaction would fail at once here, whatever the busy time-out."""
    inside, go_on = Event(), Event()

    def hold() -> None:
        with database.writing() as session:
            session.add(DayPlanRow(**ROW))
            session.flush()
            inside.set()
            go_on.wait(5)

    holder = Thread(target=hold)
    holder.start()
    inside.wait(5)
    Thread(target=lambda: (Event().wait(0.3), go_on.set())).start()
    with database.writing() as session:
        seen = session.exec(select(DayPlanRow.id)).all()
        session.add(DayPlanRow(**{**ROW, "id": "p-2"}))
    holder.join()
    assert seen == ["p-1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "ACTIVE"},
        {"status": "SOLVING_COMPLETED"},
        {"ended_at": "2026-03-03T14:20:00+00:00"},
        {"limit_ms": 0},
    ],
)
def test_a_row_that_contradicts_itself_is_refused(
    wrong: dict[str, object], database: Database
) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(DayPlanRow(**{**ROW, **wrong}))
    with database.reading() as session:
        assert session.exec(select(DayPlanRow.id)).all() == []


def test_a_line_needs_its_decision(database: Database) -> None:
    line = ServiceLineRow(
        decision_id="nobody",
        id="l-1",
        position=0,
        service="morning",
        times=1,
        period="DAY",
        weekdays_json="[]",
        bands_json='["MORNING"]',
        staff=1,
    )
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(line)
