"""A database that breaks in the middle: was it stored, was it not, or does nobody know."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from api.refusals import Away, Busy, Full, Unsure
from api.store.address import Address
from api.store.engine import Store
from api.store.tables import MunicipalityRow
from tests.api.store.dump import dump
from tests.faults.proxy import Cut, Proxy


def write(store: Store, name: str = "m-1") -> None:
    with store.writing() as session:
        session.add(MunicipalityRow(id=name, name="Provköping"))
        session.flush()


def names(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.connection().scalars(text("SELECT id FROM municipality ORDER BY id")))


@contextmanager
def through_a_wire(store: Store) -> Iterator[tuple[Proxy, Store]]:
    """The same database, behind something that can be cut."""
    url = store.address.url
    wire = Proxy(f"{url.query['host']}/.s.PGSQL.5432")
    behind = make_url(wire.address(url.database or "")).set(drivername="postgresql+psycopg")
    made = Store(Address(behind))
    try:
        yield wire, made
    finally:
        made.close()
        wire.close()


@pytest.fixture
def kind() -> str:
    """Only PostgreSQL has a wire."""
    return "postgresql"


@pytest.mark.parametrize(
    ("cut", "told", "stored"),
    [
        (Cut.STATEMENT, Away, []),
        # The same to whoever asked: the commit was sent, and no answer came.
        (Cut.BEFORE_COMMIT, Unsure, []),
        (Cut.AFTER_COMMIT, Unsure, ["m-1"]),
    ],
)
def test_a_wire_that_is_cut_is_told_as_what_can_be_known(
    store: Store, cut: Cut, told: type[Exception], stored: list[str]
) -> None:
    with through_a_wire(store) as (wire, behind):
        wire.arm(cut, b"INSERT INTO municipality")
        with pytest.raises(told) as refused:
            write(behind)
        assert wire.made.is_set()
        assert refused.value.__suppress_context__
        assert names(store) == stored
        # The next request has a new connection, without anybody's doing.
        write(behind, "m-2")
        assert names(behind) == [*stored, "m-2"]


def test_a_database_that_refuses_connections_is_away(store: Store) -> None:
    with through_a_wire(store) as (wire, behind):
        names(behind)
        wire.closed_to_new = True
        wire.cut_all()
        for ask in (write, names):
            with pytest.raises(Away, match="DATABASE_AWAY"):
                ask(behind)
        wire.closed_to_new = False
        assert names(behind) == []


def test_a_connection_whose_other_end_vanishes_is_given_up_within_seconds(store: Store) -> None:
    """The kernel's own patience is a quarter of an hour, with a thread and a user waiting."""
    with through_a_wire(store) as (_, behind), behind.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with socket.socket(fileno=os.dup(driver.pgconn.socket)) as wire:
            found = [
                wire.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                )
            ]  # fmt: skip
            assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert found == [5_000, 5, 2, 3]


def test_a_deadlock_is_told_as_waiting_in_vain(store: Store) -> None:
    """One of two that wait for each other; nothing of it is stored, and again it succeeds."""
    with pytest.raises(Busy), store.writing() as session:
        session.connection().exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"
        )


def test_no_free_connection_is_told_as_busy(store: Store) -> None:
    pool = store.engine.pool
    pool._timeout = 0.1  # type: ignore[attr-defined]
    most = pool.size() + pool._max_overflow  # type: ignore[attr-defined]
    held = [store.engine.connect() for _ in range(most)]
    try:
        with pytest.raises(Busy, match="DATABASE_BUSY"):
            names(store)
    finally:
        for each in held:
            each.close()
    assert names(store) == []


class TestFullDisk:
    """A SQLite file that may grow by no page more, as on a disk without room."""

    @pytest.fixture
    def kind(self) -> str:
        return "sqlite"

    def test_it_is_told_nothing_is_stored_and_there_is_no_need_to_restart(
        self, store: Store
    ) -> None:
        before, limit = dump(store), [1]

        def limited(connection, _record) -> None:  # type: ignore[no-untyped-def]
            # SQLite takes no less than what the file has.
            connection.execute(f"PRAGMA max_page_count = {limit[0]}")

        event.listen(store.engine, "connect", limited)
        store.engine.dispose()
        with pytest.raises(Full, match="DISK_FULL"):
            write(store, "m" * 100_000)
        assert names(store) == []
        assert dump(store) == before
        limit[0] = 1_000_000
        store.engine.dispose()
        write(store)
        assert names(store) == ["m-1"]
