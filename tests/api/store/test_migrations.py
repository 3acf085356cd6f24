"""Migrations forth and back, with data in the tables, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from zlib import crc32

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text

from api.store import schema
from api.store.check import check
from api.store.engine import Store
from api.store.migrate import differences, downgrade, upgrade
from api.store.tables import METADATA
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from scheduler.care.errors import InvalidInput
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, DOCUMENT, MUNICIPALITY, encoded, published
from tests.faults import positions


def test_the_last_migration_is_the_programs_own() -> None:
    config = Config()
    config.set_main_option("script_location", "api.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.HEAD]
    assert max(script.revision for script in scripts.walk_revisions()) == schema.HEAD


def test_the_migrated_tables_are_those_of_the_program(store: Store) -> None:
    differences(store)


def test_the_migrated_tables_are_made_of_the_same_words_as_the_programs(store: Store) -> None:
    """Alembic compares no CHECK constraints; the databases' own descriptions tell them."""
    migrated = described(store)
    with store.engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        METADATA.create_all(connection)
    assert described(store) == migrated
    assert len(migrated) > len(METADATA.tables)


def described(store: Store) -> set[str]:
    """Every column, check, key and index of the store's tables."""
    with store.engine.connect() as connection:
        inspector = inspect(connection)
        return {
            f"{table} {kind} {each}"
            for table in METADATA.tables
            for kind, found in (
                ("column", [{**c, "type": str(c["type"])} for c in inspector.get_columns(table)]),
                ("check", inspector.get_check_constraints(table)),
                ("key", [inspector.get_pk_constraint(table)]),
                ("unique", inspector.get_unique_constraints(table)),
                ("reference", inspector.get_foreign_keys(table)),
                ("index", [_worded(index) for index in inspector.get_indexes(table)]),
            )
            for each in found
            # Stands in the migration only, and is held by test_guards.
            if each.get("name") != "booking_not_double"
        }


def _worded(index: Any) -> dict[str, Any]:
    options = index.get("dialect_options", {})
    return {**index, "dialect_options": {name: str(told) for name, told in options.items()}}


def test_forth_and_back_keeps_what_both_schemas_know(empty_store: Store) -> None:
    assert upgrade(empty_store) == (None, schema.HEAD)
    set_up(empty_store, ACT, MUNICIPALITY)
    register(empty_store, ACT, "file-1", encoded(DOCUMENT))
    before = dump(empty_store)
    assert len(before["decision"]) == 2

    downgrade(empty_store, "0001")
    kept = dump(empty_store)
    assert "plan_revision" not in kept
    # A column that came later is the last of its row.
    known = {
        table: [row[: len(kept[table][at])] for at, row in enumerate(before[table])]
        for table in kept
    }
    assert kept == known
    assert upgrade(empty_store) == ("0001", schema.HEAD)
    assert dump(empty_store) == before
    assert check(empty_store) == []
    published(empty_store)
    assert check(empty_store) == []

    downgrade(empty_store, "0001")
    assert upgrade(empty_store) == ("0001", schema.HEAD)
    differences(empty_store)

    downgrade(empty_store, "base")
    assert dump(empty_store) == {}
    assert upgrade(empty_store) == (None, schema.HEAD)
    assert check(empty_store) == []


class Cut(Exception):
    """A failure that a test has planted."""


def failing_at(store: Store, position: int) -> Callable[[], int]:
    """Let statement number `position` from now on fail; the answer counts the statements."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == position:
            raise Cut

    event.listen(store.engine, "before_cursor_execute", count)

    def stop() -> int:
        event.remove(store.engine, "before_cursor_execute", count)
        return seen

    return stop


def killed_everywhere(store: Store, run: Callable[[], object], name: str, step: int) -> int:
    """
    Let `run` fail at each `step`-th statement, and be done when none is left; how many times.

    Each time the database must be what it was. `name` decides which statements; with the whole of
    the faults asked for it is every one.
    """
    if os.environ.get(positions.WHOLE):
        step = 1
    before = state(store)
    position, times = 1 + crc32(name.encode()) % step, 0
    while True:
        stop = failing_at(store, position)
        try:
            run()
        except Cut:
            assert state(store) == before, position
            position, times = position + step, times + 1
        else:
            positions.note(positions.MIGRATED, times)
            return times
        finally:
            stop()


def state(store: Store) -> tuple[str | None, list[str], dict[str, list[dict[str, Any]]]]:
    """Migration, guards, and each table's rows by the names of their columns."""
    with store.engine.connect() as connection:
        tables = sorted(set(inspect(connection).get_table_names()) - {schema.VERSION_TABLE})
        rows = {
            table: sorted(
                (
                    dict(row)
                    for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()
                ),
                key=repr,
            )
            for table in tables
        }
        return schema.current_revision(connection), guards(connection), rows


def assert_kept(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> None:
    """What both schemas know of a row is the same in both."""
    for table in before.keys() & after.keys():
        known: set[str] = set()
        if before[table] and after[table]:
            known = before[table][0].keys() & after[table][0].keys()
        old, new = (
            sorted([repr(row[name]) for name in sorted(known)] for row in rows[table])
            for rows in (before, after)
        )
        assert old == new, table


def test_each_migration_goes_back_and_forth_with_rows_killed_at_each_statement(
    whole: Store,
) -> None:
    """
    Half a migration is what leaves a municipality without its service on a Monday.

    Every fourth statement here, other ones for each migration; all in ``make faults``.
    """
    steps = ["base", *revisions()]
    times = 0
    for earlier, later in reversed(list(pairwise(steps))):
        before = state(whole)
        assert before[0] == later
        times += killed_everywhere(whole, lambda to=earlier: downgrade(whole, to), f"-{later}", 4)
        back = state(whole)
        assert back[0] == (None if earlier == "base" else earlier)
        assert_kept(before[2], back[2])
        times += killed_everywhere(whole, lambda to=later: upgrade(whole, to), later, 4)
        forth = state(whole)
        assert forth[:2] == before[:2]
        assert forth[2].keys() == before[2].keys()
        assert_kept(back[2], forth[2])
        downgrade(whole, earlier)
        assert state(whole) == back
    assert times > len(METADATA.tables)


def test_all_migrations_together_are_one_step(empty_store: Store) -> None:
    """From nothing to the last and back: killed on the way, nothing of the earlier ones stays."""
    killed_everywhere(empty_store, lambda: upgrade(empty_store), "forth", 60)
    assert check(empty_store) == []
    killed_everywhere(empty_store, lambda: downgrade(empty_store, "base"), "back", 60)
    assert state(empty_store) == (None, [], {})


def revisions() -> list[str]:
    """Every migration, the first one first."""
    config = Config()
    config.set_main_option("script_location", "api.store:migrations")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return sorted(script.revision for script in walked)


def guards(connection: Connection) -> list[str]:
    """Names of all triggers and policies."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT policyname FROM pg_policies WHERE schemaname = 'public' ORDER BY 1"
        )
    return list(connection.execute(text(query)).scalars())


def test_the_database_of_another_program_is_left_alone(empty_store: Store) -> None:
    with empty_store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoice (id INTEGER)"))
    with pytest.raises(InvalidInput, match="NOT_OUR_DATABASE"):
        upgrade(empty_store)
    with empty_store.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["invoice"]


def test_a_database_of_a_later_version_is_left_alone(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InvalidInput, match="NOT_OUR_DATABASE"):
        upgrade(store)
    with pytest.raises(InvalidInput, match="DATABASE_REVISION"):
        schema.require_current(store)


def test_a_database_without_migrations_is_not_used(empty_store: Store) -> None:
    with pytest.raises(InvalidInput, match="DATABASE_REVISION"):
        check(empty_store)
    upgrade(empty_store)
    schema.require_current(empty_store)
