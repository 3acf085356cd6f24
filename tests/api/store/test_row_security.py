"""PostgreSQL keeps municipalities, providers and units apart, whatever a query forgets to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.sql import Select

from api.access.policy import Reach
from api.server.jobs import STOPPED_EARLY
from api.store import row_security
from api.store.check import check
from api.store.engine import Store
from api.store.order_records import Order
from api.store.row_scope import (
    EVERYTHING,
    NOTHING,
    WORKERS,
    RowScope,
    of_municipality,
    of_reach,
    of_session,
    present,
    whole_municipality,
    within,
)
from api.store.row_security import missing_policies
from api.store.tables import METADATA
from api.usecases import leasing, ordering, running, settling
from tests.api.store.everything import OTHER
from tests.api.store.samples import AT
from tests.api.store.trio import Trio

HERE = of_municipality("m-1")
PROVIDER = RowScope("m-1", provider="p-1")
UNIT = RowScope("m-1", units=frozenset({"north"}), user="u-north")
NAMES = sorted(METADATA.tables)
REFUSED = "42501"  # insufficient_privilege


def key_of(table: str) -> str:
    return "id" if table == "municipality" else "municipality_id"


def provider_of(table: str) -> str | None:
    columns = METADATA.tables[table].columns
    return next((each for each in ("provider_id", "sender") if each in columns), None)


def count(connection: Connection, table: str, where: str = "true") -> int:
    query = text(f"SELECT count(*) FROM {table} WHERE {where}")
    return int(connection.execute(query).scalar_one())


def counts(store: Store, scope: RowScope, where: Callable[[str], str]) -> dict[str, int]:
    with within(scope), store.engine.connect() as connection:
        return {table: count(connection, table, where(table)) for table in NAMES}


# ---------------------------------------------------------------- every table


def test_every_table_is_protected_or_has_a_reason() -> None:
    """A table that somebody adds is not protected by anything that was written before it."""
    tables = set(METADATA.tables)
    assert {*row_security.PROTECTED, *row_security.NOT_BY_MUNICIPALITY} == tables
    for table in METADATA.tables.values():
        columns = set(table.columns.keys())
        if columns & {"provider_id", "sender"}:
            named = {*row_security.OF_PROVIDER, *row_security.NOT_BY_PROVIDER}
            assert table.name in named, f"{table.name} has rows of a provider"
        if "unit_id" in columns:
            named = {*row_security.OF_UNIT, *row_security.NOT_BY_UNIT}
            assert table.name in named, f"{table.name} has rows of a unit"


def test_the_policies_that_the_program_counts_on_are_in_force(trio: Trio) -> None:
    with trio.root.engine.connect() as connection:
        assert missing_policies(connection) == []
        found = connection.execute(
            text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        ).all()
    # Nor any that somebody has added and nobody has thought of.
    assert {policy for _, policy in found} == set(row_security.POLICIES)


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("DROP POLICY audit_of_municipality ON audit", "audit_of_municipality"),
        ("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY", "audit_forced"),
        ("ALTER TABLE audit DISABLE ROW LEVEL SECURITY", "audit_forced"),
    ],
)
def test_a_policy_that_is_gone_or_switched_off_is_told(
    trio: Trio, statement: str, missing: str
) -> None:
    with trio.owner.engine.begin() as connection:
        connection.execute(text(statement))
    with trio.owner.engine.connect() as connection:
        assert missing_policies(connection) == [missing]
    told = [each.expected for each in check(trio.owner) if each.code == "GUARD_MISSING"]
    assert told == [f"the guard {missing}"]


# ---------------------------------------------------------------- municipalities


def test_another_municipalitys_rows_are_not_there(trio: Trio) -> None:
    """Raw statements, with the other's id in them and with no id at all."""
    there = counts(trio.root, NOTHING, lambda table: f"{key_of(table)} = '{OTHER}'")
    assert min(there.values()) > 0, there
    assert set(counts(trio.service, HERE, lambda t: f"{key_of(t)} = '{OTHER}'").values()) == {0}
    own = counts(trio.root, NOTHING, lambda table: f"{key_of(table)} = 'm-1'")
    assert counts(trio.service, HERE, lambda _: "true") == own
    # The owner is no exception unless it asks for everything.
    assert counts(trio.owner, HERE, lambda _: "true") == own
    everything = counts(trio.root, NOTHING, lambda _: "true")
    assert counts(trio.owner, EVERYTHING, lambda _: "true") == everything


@pytest.mark.parametrize("scope", [NOTHING, EVERYTHING, RowScope("m-9"), of_session("0" * 64)])
def test_without_a_municipality_the_service_reaches_nothing(trio: Trio, scope: RowScope) -> None:
    """Also when it asks for everything: that is the owner's to ask."""
    assert set(counts(trio.service, scope, lambda _: "true").values()) == {0}


def attempt(store: Store, scope: RowScope, statement: str) -> int | str:
    """Rows that it changed, or the code of the refusal; undone in either case."""
    with within(scope), store.engine.connect() as connection:
        try:
            return connection.execute(text(statement)).rowcount
        except DBAPIError as error:
            return str(getattr(error.orig, "sqlstate", ""))


@pytest.mark.parametrize("table", NAMES)
def test_nothing_is_written_to_another_municipality(trio_shared: Trio, table: str) -> None:
    """What is changed, removed, added or handed over there: none of it happens."""
    key, columns = key_of(table), [column.name for column in METADATA.tables[table].columns]
    first = columns[-1]
    service = trio_shared.service
    there = f"{key} = '{OTHER}'"
    for statement in (
        f"UPDATE {table} SET {first} = {first} WHERE {there}",
        f"DELETE FROM {table} WHERE {there}",
    ):
        assert attempt(service, HERE, statement) in (0, REFUSED), statement
    chosen = ", ".join(f"'{OTHER}'" if column == key else column for column in columns)
    added = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table}"
    assert attempt(service, HERE, added) in (REFUSED, *GUARDS), added
    # Past the guards, which refuse some of it before the policies are asked.
    with trio_shared.root.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        assert attempt(service, HERE, added) == REFUSED, added
        handed = f"UPDATE {table} SET {key} = '{OTHER}'"
        assert attempt(service, HERE, handed) == REFUSED, handed
    finally:
        with trio_shared.root.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


# What our triggers refuse with: integrity_constraint_violation.
GUARDS = ("23000",)


def test_what_a_use_case_forgets_to_say_is_said_by_the_database(trio: Trio) -> None:
    """Use cases whose queries have lost every WHERE: nothing of anybody else comes out."""

    with within(HERE):
        months, orders = settling.settlements(trio.service, "m-1"), of_all(trio.service)
        with without_where(trio.service):
            assert settling.settlements(trio.service, "m-1", "own", closed=False) == months
            assert of_all(trio.service) == orders
    with within(PROVIDER), without_where(trio.service):
        assert {each.provider for each in settling.settlements(trio.service, "m-1")} == {"p-1"}
        assert {each.at.provider for each in of_all(trio.service)} == {"p-1"}
    with without_where(trio.root):
        # What it would have been without policies.
        assert len(of_all(trio.root)) == 2 * len(orders)


def of_all(store: Store) -> tuple[Order, ...]:
    return ordering.orders(store, "m-1")


@contextmanager
def without_where(store: Store) -> Iterator[None]:
    """Every query of `store` loses its WHERE; joins keep what they join on."""

    def strip(
        _connection: Connection, statement: Any, several: Any, parameters: Any, _options: Any
    ) -> tuple[Any, Any, Any]:
        if isinstance(statement, Select):
            statement = statement.where()
            statement._where_criteria = ()
        return statement, several, parameters

    event.listen(store.engine, "before_execute", strip, retval=True)
    try:
        yield
    finally:
        event.remove(store.engine, "before_execute", strip)


# ---------------------------------------------------------------- connections


def test_a_pooled_connection_carries_nobodys_scope(trio: Trio) -> None:
    """Committed, rolled back or failed: what comes next on the connection starts with nothing."""
    pids = set()

    def seen(scope: RowScope) -> int:
        with within(scope), trio.service.reading() as session:
            connection = session.connection()
            pids.add(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
            return count(connection, "decision")

    assert seen(HERE) > 0
    assert seen(NOTHING) == 0
    with within(HERE), trio.service.engine.begin() as connection:
        assert count(connection, "decision") > 0
    assert seen(NOTHING) == 0
    with within(HERE), trio.service.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql("SELECT 1/0")
    assert seen(NOTHING) == 0
    # Somebody's statement has set it for the whole session.
    with trio.service.engine.begin() as connection:
        connection.exec_driver_sql("SET hemplan.municipality = 'm-1'")
    assert seen(NOTHING) == 0
    assert len(pids) == 1


def test_a_scope_ends_where_it_began() -> None:
    with within(HERE):
        with within(PROVIDER):
            assert present() == PROVIDER
            with whole_municipality():
                assert present().every_provider
                assert present().municipality == "m-1"
        assert present() == HERE
    assert present() == NOTHING


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE run",
        "ALTER TABLE run DISABLE ROW LEVEL SECURITY",
        "DROP POLICY run_of_municipality ON run",
        "ALTER TABLE audit DISABLE TRIGGER USER",
        "SET ROLE hemplan_owner",
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM alembic_version",
        "CREATE TABLE mine (id int)",
        "SELECT set_config('row_security', 'off', true); SELECT * FROM decision",
    ],
)
def test_the_services_role_cannot_take_the_lock_off(trio_shared: Trio, statement: str) -> None:
    with within(HERE), trio_shared.service.engine.connect() as connection:
        with pytest.raises((ProgrammingError, OperationalError)) as refused:
            connection.exec_driver_sql(statement)
        assert refused.value.orig is not None
        assert refused.value.orig.sqlstate == REFUSED  # type: ignore[attr-defined]


# ---------------------------------------------------------------- providers, units, workers


def test_a_provider_sees_no_other_providers_rows(trio: Trio) -> None:
    others = {
        table: count_as(trio.root, NOTHING, table, f"municipality_id = 'm-1' AND {column} <> 'p-1'")
        for table in row_security.OF_PROVIDER
        if (column := provider_of(table)) is not None
    }
    assert all(others[table] for table in ("performed_visit", "settlement", "provider_order"))
    for table in row_security.OF_PROVIDER:
        column = provider_of(table)
        own = f"municipality_id = 'm-1' AND {column} = 'p-1'"
        if table == "delivery_approval":
            # Of the municipality's own deliveries too: its visits may be paid by them.
            own = "municipality_id = 'm-1' AND sender IN ('', 'p-1')"
        if column is not None:
            assert count_as(trio.service, PROVIDER, table, "true") == count_as(
                trio.root, NOTHING, table, own
            )
            written = f"UPDATE {table} SET {column} = {column} WHERE {column} <> 'p-1'"
            assert attempt(trio.service, PROVIDER, written) in (0, REFUSED)
    for table in ("choice", "fallback_rule", *row_security.OF_UNIT):
        assert count_as(trio.service, PROVIDER, table, "true") == 0
    # Steps of the own orders, and of no other.
    steps = count_as(trio.service, PROVIDER, "order_step", "true")
    assert 0 < steps < count_as(trio.service, HERE, "order_step", "true")


def count_as(store: Store, scope: RowScope, table: str, where: str) -> int:
    with within(scope), store.engine.connect() as connection:
        return count(connection, table, where)


def test_a_unit_sees_no_other_units_plans(trio: Trio) -> None:
    for table in ("day_plan", "plan_revision", "plan_visit"):
        with within(UNIT), trio.service.engine.connect() as connection:
            found = set(connection.execute(text(f"SELECT DISTINCT unit_id FROM {table}")).scalars())
        assert found == {"north"}, table
        assert count_as(trio.service, HERE, table, "unit_id = 'south'") > 0
        written = f"UPDATE {table} SET day = day WHERE unit_id = 'south'"
        assert attempt(trio.service, UNIT, written) in (0, REFUSED)
    # The run is of no unit, and user-7's.
    assert count_as(trio.service, UNIT, "run", "true") == 0
    assert count_as(trio.service, replace(UNIT, user="user-7"), "run", "true") == 1
    # A document plans what its units' names are, whatever signs are in them.
    strange = replace(UNIT, units=frozenset({'no"rth', "north\\", "[true]", "true"}))
    assert count_as(trio.service, strange, "plan_revision", "true") == 0
    for table in ("settlement", "performed_visit", "provider_order"):
        assert count_as(trio.service, UNIT, table, "true") == 0


def test_a_worker_sees_the_runs_of_all_and_nothing_else(trio: Trio) -> None:
    found = counts(trio.service, WORKERS, lambda _: "true")
    assert {table for table, rows in found.items() if rows} == {"run"}
    assert found["run"] == 2
    assert running.queue(trio.service, AT).waiting == 0
    with within(WORKERS):
        assert leasing.signs(trio.service) == {}
        assert leasing.claim(trio.service, "w-1", AT, STOPPED_EARLY) is None


def test_a_row_is_reached_by_who_made_it_and_by_nobody_else_of_no_unit(trio: Trio) -> None:
    """An empty caller is no caller: it equals nobody."""
    with trio.root.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE run DISABLE TRIGGER USER")
        connection.exec_driver_sql("UPDATE run SET submitted_by = ''")
    assert count_as(trio.service, replace(UNIT, user=""), "run", "true") == 0


@pytest.mark.parametrize(
    ("reach", "scope"),
    [
        (Reach("m-1", everything=True, provider="p-1"), HERE),
        (Reach("m-1", provider="p-1"), PROVIDER),
        (Reach("m-1", units=frozenset({"north"}), user="u-north"), UNIT),
        (Reach("m-1", every_unit=True), RowScope("m-1", every_unit=True)),
        (Reach("m-1", carer="anna"), RowScope("m-1", every_unit=True)),
        (Reach("m-1"), RowScope("m-1")),
    ],
)
def test_a_scope_is_what_the_policy_lets_its_caller_reach(reach: Reach, scope: RowScope) -> None:
    assert of_reach(reach) == scope
