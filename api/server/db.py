"""
The SQLite database: one file, write-ahead log, short transactions.

Promises: every writing transaction begins IMMEDIATE, so that two writers queue instead of one of
them failing when its read lock is to grow (a busy time-out does not help there); an acknowledged
write survives a killed process; foreign keys are kept.

Source: SQLite's documentation of transactions, WAL and ``PRAGMA synchronous``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel

import api.server.tables  # noqa: F401 - its tables register themselves with SQLModel
from api.store.sqlite import WRITES, configure_sqlite
from scheduler.care.errors import Finding, InvalidInput


class Database:
    """
    Sessions on one SQLite file.

    Parameters
    ----------
    path
        The file; it is made with its tables when missing, its folder is not.

    Raises
    ------
    InvalidInput
        When the file cannot be opened as a database.
    """

    def __init__(self, path: Path) -> None:
        self._engine = create_engine(f"sqlite:///{path}")
        configure_sqlite(self._engine)
        self._writing = self._engine.execution_options(**{WRITES: True})
        try:
            SQLModel.metadata.create_all(self._writing)
        except DatabaseError:
            self.close()
            raise InvalidInput(
                Finding(
                    "DATABASE",
                    path.name,
                    "a SQLite file that can be opened and written",
                    "a file or folder that cannot",
                    "Ange en annan databasfil med --database eller HEMPLAN_DATABASE.",
                )
            ) from None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; never hold it across a solve or a stream."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one writing transaction; commits at the end, rolls back on an error."""
        with Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
