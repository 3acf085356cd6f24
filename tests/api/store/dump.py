"""Every row of every table, to compare a store with what it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect

from api.store.engine import Store


def rows(connection: Connection, table: str) -> list[Any]:
    """The rows of one table, by the driver itself: a dump is made thousands of times."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"SELECT * FROM {table}")
        return cursor.fetchall()
    finally:
        cursor.close()


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Table -> its rows in order, as the database gives them; Alembic's own table is left out."""
    with store.engine.connect() as connection:
        tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        return {
            table: sorted(
                (tuple(row) for row in rows(connection, table)),
                key=repr,
            )
            for table in tables
        }
