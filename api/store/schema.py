"""
Which migration the program needs, and whether the database has it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from api.store.engine import Store
from scheduler.care.errors import Finding, InvalidInput

# The last migration; a test holds it against the files.
HEAD = "0014"
VERSION_TABLE = "alembic_version"


def current_revision(connection: Connection) -> str | None:
    """The migration that the database has; None when it has none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(
        text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant
    ).scalar_one_or_none()
    return found


def require_current(store: Store) -> None:
    """
    Refuse a database that another version of the program made, or nobody yet.

    Raises
    ------
    InvalidInput
        DATABASE when it cannot be reached, DATABASE_REVISION when it has another migration.
    """
    found = None
    # A check of a file that is not there must not make it.
    if not store.address.is_sqlite or Path(store.address.url.database or "").exists():
        store.require()
        with store.engine.connect() as connection:
            found = current_revision(connection)
    if found != HEAD:
        raise InvalidInput(
            Finding(
                "DATABASE_REVISION",
                store.address.name,
                f"migration {HEAD}",
                "none" if found is None else f"migration {found}",
                "Säkerhetskopiera databasen och kör hemplan database upgrade.",
            )
        )
