"""
Migrations forth and back: each call is one transaction, so a database is never half migrated.

Promises: what fails or is killed at any statement leaves the database as it was, and can be run
again; two that start together wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from api.store.engine import Store
from api.store.row_scope import EVERYTHING, within
from api.store.row_security import permit_service
from api.store.schema import HEAD, VERSION_TABLE, current_revision, require_current
from api.store.sqlite import WRITES
from scheduler.care.errors import Finding, InvalidInput

# Of PostgreSQL's advisory lock: any number that no other program of the database uses.
LOCK = 4_843_675_001


def upgrade(store: Store, target: str = HEAD) -> tuple[str | None, str | None]:
    """
    Bring the database to `target` (the program's own by default); a new one is made.

    Returns
    -------
    tuple
        Its migration before and after.

    Raises
    ------
    InvalidInput
        When it cannot be reached, holds another program's tables, or was made by a later version.
    """
    store.require()
    with _migrating(store) as (connection, config):
        before = current_revision(connection)
        _require_ours(store, connection, before)
        command.upgrade(config, target)
        return before, current_revision(connection)


def prepare(store: Store) -> None:
    """
    Make a SQLite file that is not there yet; refuse every other database that is not current.

    Raises
    ------
    InvalidInput
        As :func:`upgrade` and :func:`api.store.schema.require_current`.
    """
    if store.address.is_sqlite and not Path(store.address.url.database or "").exists():
        upgrade(store)
    require_current(store)


def downgrade(store: Store, target: str) -> None:
    """Take the database back to `target` (``base`` for empty); what newer tables hold is lost."""
    with _migrating(store) as (_, config):
        command.downgrade(config, target)


def make(store: Store, revision: str, fill: Callable[[Connection], None]) -> None:
    """
    Make an empty database as of `revision`, let `fill` put rows into it, and bring it up to date.

    One transaction, like every migration: when `fill` raises, the database stays empty.

    Raises
    ------
    InvalidInput
        NOT_EMPTY when the database has tables, and as :func:`upgrade`.
    """
    store.require()
    with _migrating(store) as (connection, config):
        if inspect(connection).get_table_names():
            raise InvalidInput(
                Finding(
                    "NOT_EMPTY",
                    store.address.name,
                    "an empty database",
                    "one with tables",
                    "Ange en ny, tom databas i DATABASE_URL.",
                )
            )
        command.upgrade(config, revision)
        fill(connection)
        command.upgrade(config, HEAD)


def permit(store: Store, role: str) -> None:
    """
    Let the service's `role` use the tables, of which it owns none; to be repeated after migrations.

    Raises
    ------
    InvalidInput
        As :func:`api.store.row_security.permit_service`.
    """
    with store.engine.begin() as connection:
        permit_service(connection, role)


def differences(store: Store) -> None:
    """Raise alembic's CommandError when the tables are not those of :mod:`api.store.tables`."""
    with _migrating(store) as (_, config):
        command.check(config)


@contextmanager
def _migrating(store: Store) -> Iterator[tuple[Connection, Config]]:
    options = {WRITES: True}
    engine = store.engine.execution_options(**options)
    with within(EVERYTHING), engine.begin() as connection:
        if not store.address.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = Config()
        config.set_main_option("script_location", "api.store:migrations")
        config.attributes["connection"] = connection
        yield connection, config


def _require_ours(store: Store, connection: Connection, before: str | None) -> None:
    known: Callable[[str], bool] = lambda revision: revision <= HEAD  # noqa: E731
    others = [] if before else set(inspect(connection).get_table_names()) - {VERSION_TABLE}
    if not others and (before is None or known(before)):
        return
    raise InvalidInput(
        Finding(
            "NOT_OUR_DATABASE",
            store.address.name,
            f"an empty database, or migration {HEAD} or earlier",
            "tables of another program" if others else f"migration {before}",
            "Ange en annan databas i DATABASE_URL, eller använd den version som gjorde den.",
        )
    )
