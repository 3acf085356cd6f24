"""
Row-level security of the migrations; PostgreSQL only, on SQLite nothing is done.

Migrations that have been released call these functions, so none is ever changed: another policy is
another function. The settings that the policies read are told by :mod:`api.store.row_scope`. Each
is read in a subquery, so that it is read once for a query and not for each row; an empty setting is
none, since that is what a transaction's own setting leaves behind on its connection.

Policies are FORCEd, so that they hold for the tables' owner too: where one account does everything,
they still catch a query that forgets whose rows it wants.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op

from api.store.migrations.triggers import on_sqlite


def _setting(name: str) -> str:
    return f"(SELECT nullif(current_setting('hemplan.{name}', true), ''))"


_UNITS = f"coalesce({_setting('units')}, '[]')::jsonb"
_DROP_ALL = (
    "DO $$ DECLARE found record; BEGIN "
    "FOR found IN SELECT policyname, tablename FROM pg_policies "
    "WHERE schemaname = current_schema() AND tablename IN (TABLES) LOOP "
    "EXECUTE format('DROP POLICY %I ON %I', found.policyname, found.tablename); "
    "END LOOP; END $$"
)
_EVERYTHING = f"{_setting('beyond')} = 'everything'"


def protect(*tables: str, by: str = "municipality_id") -> None:
    """
    Rows of `tables` are reached by their own municipality, and by the owner who asks for all.

    Parameters
    ----------
    by
        The column with the municipality's id.
    """
    _together(
        statement
        for table in tables
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_of_municipality ON {table} "
            f"USING ({by} = {_setting('municipality')})",
            f"CREATE POLICY {table}_for_owner ON {table} TO CURRENT_USER USING ({_EVERYTHING})",
        )
    )


def only_of_provider(*tables: str, by: str = "provider_id") -> None:
    """Within its municipality a row of `tables` is reached for its own provider, or for all."""
    _together(
        f"CREATE POLICY {table}_of_provider ON {table} AS RESTRICTIVE "
        f"USING ({_setting('provider')} = 'all' OR {_setting('provider')} = '=' || {by})"
        for table in tables
    )


def only_of_sender(table: str, by: str) -> None:
    """As :func:`only_of_provider`; rows of no provider, the municipality's own, are for all."""
    _together(
        [
            f"CREATE POLICY {table}_of_provider ON {table} AS RESTRICTIVE "
            f"USING ({_setting('provider')} = 'all' OR {by} = '' "
            f"OR {_setting('provider')} = '=' || {by})"
        ]
    )


def only_with(table: str, other: str, on: str) -> None:
    """A row of `table` is reached with the row of `other` that it belongs to, by `on`."""
    _together(
        [
            f"CREATE POLICY {table}_of_provider ON {table} AS RESTRICTIVE "
            f"USING ({_setting('provider')} = 'all' OR EXISTS (SELECT FROM {other} WHERE {on}))"
        ]
    )


def only_for_all_providers(*tables: str) -> None:
    """Rows of `tables` tell of several providers, so whoever is one of them reaches none."""
    _together(
        f"CREATE POLICY {table}_of_provider ON {table} AS RESTRICTIVE "
        f"USING ({_setting('provider')} = 'all')"
        for table in tables
    )


def only_of_unit(*tables: str) -> None:
    """Within its municipality a row of `tables` is reached for its own unit, or for all."""
    _together(
        f"CREATE POLICY {table}_of_unit ON {table} AS RESTRICTIVE "
        f"USING ((SELECT {_UNITS}) = 'true' OR (SELECT {_UNITS}) ? unit_id)"
        for table in tables
    )


def only_of_unit_or_maker(table: str, maker: str) -> None:
    """As :func:`only_of_unit`; whoever made a row reaches it too, of whatever unit or none."""
    _together(
        [
            f"CREATE POLICY {table}_of_unit ON {table} AS RESTRICTIVE "
            f"USING ((SELECT {_UNITS}) = 'true' OR (SELECT {_UNITS}) ? unit_id "
            f"OR {maker} = {_setting('caller')})"
        ]
    )


def only_of_provider_or_unit(table: str) -> None:
    """A row is reached for its own provider, or for all; by who is no provider with its unit."""
    _together(
        [
            f"CREATE POLICY {table}_of_provider ON {table} AS RESTRICTIVE "
            f"USING ({_setting('provider')} = 'all' OR {_setting('provider')} = '=' || provider_id "
            f"OR ({_setting('provider')} IS NULL AND ((SELECT {_UNITS}) = 'true' "
            f"OR (SELECT {_UNITS}) ? unit_id)))"
        ]
    )


def only_of_sender_alone(table: str, by: str) -> None:
    """A row is reached for its own provider, or for all; by who is none those of no provider."""
    _together(
        [
            f"CREATE POLICY {table}_of_provider ON {table} AS RESTRICTIVE "
            f"USING ({_setting('provider')} = 'all' OR {_setting('provider')} = '=' || {by} "
            f"OR ({_setting('provider')} IS NULL AND {by} = ''))"
        ]
    )


def for_workers(table: str) -> None:
    """Rows of every municipality are reached by whoever solves."""
    _together(
        [f"CREATE POLICY {table}_for_workers ON {table} USING ({_setting('beyond')} = 'workers')"]
    )


def by_session(table: str, column: str) -> None:
    """A row is reached by whoever has its session, before anybody knows the municipality."""
    _together(
        [f"CREATE POLICY {table}_by_session ON {table} USING ({column} = {_setting('session')})"]
    )


def unprotect(*tables: str) -> None:
    """Undo all of it, whichever policies the tables have."""
    _together(
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        for table in tables
    )
    if not on_sqlite():
        op.execute(_DROP_ALL.replace("TABLES", ", ".join(f"'{table}'" for table in tables)))


def _together(statements: Iterable[str]) -> None:
    """One statement for the server: hundreds of small ones would be hundreds of ways."""
    if not on_sqlite():
        op.execute(f"DO $$ BEGIN {'; '.join(statements)}; END $$")
