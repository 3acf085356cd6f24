"""Changing a store past its guards, as somebody with the database's own tools could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from api.store.engine import Store


@contextmanager
def past_guards(store: Store) -> Iterator[Connection]:
    """A committed transaction in which no trigger and no foreign key stops anything."""
    with store.engine.connect() as connection:
        if store.address.is_sqlite:
            # Before the transaction begins: within one the pragma does nothing.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
            triggers = connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).all()
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for _, statement in triggers:
                connection.exec_driver_sql(statement)
            connection.commit()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            connection.commit()
