"""
Transactions on the municipality's database, the same on SQLite and on PostgreSQL.

Promises: what was committed is on disk; a reading transaction sees one moment of the database,
whatever is written beside it; on PostgreSQL a writing one sees what others have committed before
each of its statements, so it first takes its municipality's lock (:mod:`api.store.audit`), and on
SQLite it is alone from its first statement on. Sessions are short: none is held across a solve.
What a transaction reaches on PostgreSQL is told by :mod:`api.store.row_scope`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, exc
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session

from api.refusals import Conflict
from api.store import committed
from api.store.address import Address
from api.store.failures import failure
from api.store.row_scope import configure_row_scope
from api.store.sqlite import WRITES, configure_sqlite
from scheduler.care.errors import Finding, InvalidInput

CONNECT_S = 5
# A machine that vanishes says nothing; without these its connections are waited for for minutes.
VANISHED = {
    "tcp_user_timeout": 5_000,  # milliseconds until what was sent must be acknowledged
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# As many connections as there are threads that answer requests, and those of the runner, so that
# nobody waits for one. Sixteen stay open: to open one takes longer than most requests, and a burst
# that opens and closes them lasts the longer for it.
POOL, MOST_CONNECTIONS = 16, 48
WAIT_MS = 10_000


class Store:
    """
    Sessions on one database.

    Parameters
    ----------
    address
        SQLite makes the file when missing, not its folder.
    wait_ms
        How long a writer waits for the others before it gives up.

    Raises
    ------
    InvalidInput
        When PostgreSQL's driver is not installed.
    """

    def __init__(self, address: Address, *, wait_ms: int = WAIT_MS) -> None:
        self.address = address
        make = _sqlite if address.is_sqlite else _postgresql
        self.engine = make(address, wait_ms)
        options = (
            {} if address.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )  # fmt: skip
        self._reading = self.engine.execution_options(**options)
        self._writing = self.engine.execution_options(**{WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """
        A session that only reads, of one moment.

        Raises
        ------
        Away, Busy
            When the database cannot be used, or no connection was free in time.
        Unsure
            The same, after the request has committed something.
        """
        try:
            with Session(self._reading) as session:
                yield session
        except (exc.DBAPIError, exc.TimeoutError) as error:
            refusal = failure(self.address, error, committed=committed.has_committed())
            if refusal is None:
                raise
            raise refusal from None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """
        A session in one writing transaction; commits at the end, rolls back on an error.

        Raises
        ------
        Conflict
            When a constraint or a trigger of the database refuses what was written.
        Busy
            When the others write for longer than a writer waits.
        Away, Full
            When the database cannot be used, or its disk is full; nothing was stored.
        Unsure
            When the connection was lost during the commit: it may have been stored. And instead of
            Busy, Away and Full, after the request has committed something.
        """
        committing = False
        try:
            with Session(self._writing) as session, session.begin():
                yield session
                # Here already, so that what fails from now on is the commit itself.
                session.flush()
                committing = True
            committed.note()
        except IntegrityError as error:
            # Not chained: the driver's words may hold the refused row.
            raise Conflict(_refused(self.address, error)) from None
        except (exc.DBAPIError, exc.TimeoutError) as error:
            refusal = failure(
                self.address, error, committing=committing, committed=committed.has_committed()
            )
            if refusal is None:
                raise
            raise refusal from None

    def require(self) -> None:
        """Refuse with InvalidInput when the database cannot be reached, read and written."""
        try:
            with self._writing.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DatabaseError:
            # The driver's own words may hold host, user and statement.
            raise InvalidInput(_unreachable(self.address)) from None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _sqlite(address: Address, wait_ms: int) -> Engine:
    engine = create_engine(
        address.url,
        hide_parameters=True,
        pool_size=POOL,
        max_overflow=MOST_CONNECTIONS - POOL,
    )
    configure_sqlite(engine, wait_ms)
    return engine


def _postgresql(address: Address, wait_ms: int) -> Engine:
    try:
        engine = create_engine(
            address.url,
            pool_pre_ping=True,
            pool_size=POOL,
            max_overflow=MOST_CONNECTIONS - POOL,
            # Statements are shown without the persons that they are about.
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_S,
                **VANISHED,
                "options": f"-c timezone=UTC -c lock_timeout={wait_ms}",
            },
        )
    except ImportError:
        raise InvalidInput(
            Finding(
                "NO_DRIVER",
                "DATABASE_URL",
                "psycopg 3, PostgreSQL's driver",
                "none",
                "Installera hemplan[postgresql], eller använd en SQLite-fil.",
            )
        ) from None
    configure_row_scope(engine)
    return engine


def _unreachable(address: Address) -> Finding:
    return Finding(
        "DATABASE",
        address.name,
        "a database that can be reached, read and written",
        "one that cannot",
        "Kontrollera DATABASE_URL, att databasen är igång och att kontot får skriva.",
    )


def _refused(address: Address, error: IntegrityError) -> Finding:
    diagnosis = getattr(error.orig, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None) or getattr(
        diagnosis, "message_primary", None
    )
    return Finding(
        "REFUSED_BY_DATABASE",
        address.name,
        "what the database's rules allow",
        # SQLite names the rule, or the columns, and no values.
        str(rule or error.orig),
        "Läs om det som gäller nu, och gör om ändringen.",
    )
