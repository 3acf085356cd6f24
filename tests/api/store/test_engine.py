"""Transactions on both databases: on disk, of one moment, and with every time in its zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import select

from api.refusals import Busy, Conflict
from api.store.audit import lock
from api.store.engine import Store
from api.store.tables import MunicipalityRow, RecipientRow
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from scheduler.care.units import STOCKHOLM
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, DOCUMENT, MUNICIPALITY, encoded


def test_what_is_committed_is_on_disk(store: Store) -> None:
    """Whoever configures less than this loses acknowledged decisions in a power cut."""
    if store.address.is_sqlite:
        asked = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        ask = "PRAGMA {}"
    else:
        asked = {"synchronous_commit": "on"}  # fsync is the server's own setting
        ask = "SHOW {}"
    with store.writing() as session:
        for name, expected in asked.items():
            found = session.connection().exec_driver_sql(ask.format(name)).scalar_one()
            assert found == expected, name


def test_a_reading_session_sees_one_moment(store: Store) -> None:
    set_up(store, ACT, MUNICIPALITY)
    with store.reading() as reading:
        before = reading.exec(select(MunicipalityRow.name)).all()
        with store.writing() as writing:
            writing.get_one(MunicipalityRow, "m-1").name = "Nyköping"
        assert reading.exec(select(MunicipalityRow.name)).all() == before
    with store.reading() as reading:
        assert reading.exec(select(MunicipalityRow.name)).all() == ["Nyköping"]


def test_a_failed_write_leaves_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writing() as session:
            session.add(MunicipalityRow(id="m-2", name="Andra"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with store.reading() as session:
        assert session.get(MunicipalityRow, "m-2") is None


def every_quarter(day: datetime) -> list[datetime]:
    """Every quarter of an hour of a local day, however long it is."""
    start = day.astimezone(UTC)
    end = (day + timedelta(days=1)).astimezone(UTC)
    return [
        (start + timedelta(minutes=15 * n)).astimezone(STOCKHOLM)
        for n in range(int((end - start) / timedelta(minutes=15)))
    ]


@pytest.mark.parametrize(("month", "day", "quarters"), [(3, 29, 92), (10, 25, 100)])
def test_every_moment_of_the_nights_of_23_and_25_hours_comes_back(
    store: Store, month: int, day: int, quarters: int
) -> None:
    """02:30 comes twice in October: stored without zone the two would be one."""
    moments = every_quarter(datetime(2026, month, day, tzinfo=STOCKHOLM))
    assert len(moments) == quarters
    set_up(store, ACT, MUNICIPALITY)
    with store.writing() as session:
        for number, moment in enumerate(moments):
            session.add(
                RecipientRow(municipality_id="m-1", id=f"{number:03}", registered_at=moment)
            )
    with store.reading() as session:
        query = select(RecipientRow.id, RecipientRow.registered_at)
        found = session.exec(query.order_by(RecipientRow.registered_at)).all()
    # In UTC: a local time that comes twice equals no time of another zone, not even its own.
    sent = [moment.astimezone(UTC) for moment in moments]
    assert [(int(name), moment) for name, moment in found] == list(enumerate(sent))
    assert all(moment.utcoffset() == timedelta(0) for _, moment in found)


def test_a_naive_time_is_refused(store: Store) -> None:
    set_up(store, ACT, MUNICIPALITY)
    naive = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - what must not get in
    with pytest.raises(StatementError, match="naive"), store.writing() as session:
        session.add(RecipientRow(municipality_id="m-1", id="r-1", registered_at=naive))


def test_a_writer_that_waits_in_vain_is_told_so(store: Store) -> None:
    """An error that nobody expects would look like a fault of the program."""
    set_up(store, ACT, MUNICIPALITY)
    hasty = Store(store.address, wait_ms=50)
    before = dump(store)
    with store.writing() as session:
        lock(session, "m-1")
        with pytest.raises(Busy, match="DATABASE_BUSY"):
            register(hasty, ACT, "file-1", encoded(DOCUMENT))
    assert dump(store) == before
    assert register(hasty, ACT, "file-1", encoded(DOCUMENT)).decisions == 2
    hasty.close()


def test_a_refusal_of_the_database_names_its_rule_and_no_value(store: Store) -> None:
    """The driver's words hold the whole refused row."""
    with pytest.raises(Conflict) as refused, store.writing() as session:
        session.execute(
            text(
                "INSERT INTO recipient (municipality_id, id, registered_at) "
                "VALUES ('secret-municipality', 'secret-person', '2026-03-02T00:00:00+00:00')"
            )
        )
    (finding,) = refused.value.findings
    assert finding.code == "REFUSED_BY_DATABASE"
    assert refused.value.__suppress_context__
    assert "secret" not in str(refused.value)
