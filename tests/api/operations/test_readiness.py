"""Ready is what was looked at lately and found well; the answer itself waits for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from api.operations.durability import NEEDED, require_durable
from api.operations.readiness import OLDEST_S, Readiness, database_answers, disk_has_room
from api.store.engine import Store
from scheduler.care.errors import InvalidInput


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_not_ready_before_the_first_look_and_is_after_it() -> None:
    readiness = Readiness({"database": lambda: True}, Clock())
    assert not readiness.ready
    readiness.look()
    assert readiness.report() == {"accepting": True, "database": True}
    assert readiness.ready


def test_a_look_that_fails_or_raises_is_not_well() -> None:
    def down() -> bool:
        raise OSError

    readiness = Readiness({"database": lambda: True, "disk": lambda: False, "workers": down})
    readiness.look()
    assert readiness.report() == {
        "accepting": True, "database": True, "disk": False, "workers": False,
    }  # fmt: skip
    assert not readiness.ready


def test_a_look_that_hangs_shows_by_its_age() -> None:
    clock = Clock()
    readiness = Readiness({"database": lambda: True}, clock)
    readiness.look()
    clock.now = OLDEST_S
    assert readiness.ready
    clock.now += 0.1
    assert readiness.report() == {"accepting": True, "database": False}


def test_a_service_that_is_to_end_is_not_ready() -> None:
    readiness = Readiness({})
    readiness.look()
    assert readiness.ready
    readiness.drain()
    assert not readiness.ready


def test_it_looks_by_itself_until_it_is_closed() -> None:
    looks = []
    readiness = Readiness({"database": lambda: bool(looks.append(1)) or True})
    readiness.start()
    assert looks == [1]
    readiness.close()
    assert not readiness._thread.is_alive()


def test_a_database_of_another_migration_is_not_ready(store: Store) -> None:
    look = database_answers(store)
    assert look()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert not look()


def test_a_database_that_is_gone_is_not_ready(tmp_path: Path) -> None:
    from api.store.address import database_address

    for url in (f"sqlite:///{tmp_path}/none.db", f"postgresql:///none?host={tmp_path}"):
        gone = Store(database_address({"DATABASE_URL": url}))
        assert not database_answers(gone)()
        gone.close()


def test_a_full_disk_is_not_ready(tmp_path: Path) -> None:
    assert disk_has_room(tmp_path, 1)()
    assert not disk_has_room(tmp_path, 2**60)()


def test_a_server_that_may_lose_what_it_acknowledged_is_refused(store: Store) -> None:
    """The server of the tests has fsync off; a SQLite file is set up by ourselves."""
    if store.address.is_sqlite:
        require_durable(store)
        return
    with pytest.raises(InvalidInput) as refused:
        require_durable(store)
    assert [each.expected for each in refused.value.findings] == ["fsync on"]


@pytest.mark.parametrize("setting", NEEDED)
def test_each_setting_is_asked_for(
    store: Store, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.address.is_sqlite or setting == "fsync":
        return
    name = store.address.url.database
    # Only synchronous_commit can be changed without a restart; full_page_writes by a reload.
    statement = (
        f"ALTER DATABASE {name} SET synchronous_commit = off"
        if setting == "synchronous_commit"
        else "ALTER SYSTEM SET full_page_writes = off"
    )
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
        connection.execute(text("SELECT pg_reload_conf()"))
    store.close()
    try:
        with pytest.raises(InvalidInput) as refused:
            require_durable(store)
        assert f"{setting} on" in [each.expected for each in refused.value.findings]
    finally:
        with engine.connect() as connection:
            connection.execute(text("ALTER SYSTEM RESET full_page_writes"))
            connection.execute(text("SELECT pg_reload_conf()"))
