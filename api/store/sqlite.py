"""
How a SQLite file is used: write-ahead log, whole disk writes, foreign keys, and writers that queue.

A writing transaction begins IMMEDIATE, so that two writers queue instead of one of them failing
when its read lock is to grow (a busy time-out does not help there).

Source: SQLite's documentation of transactions, WAL and ``PRAGMA synchronous``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_MS = 10_000
WRITES = "hemplan_write"


def configure_sqlite(engine: Engine, busy_ms: int = BUSY_MS) -> None:
    """
    Set up every connection of `engine`; a writer waits `busy_ms` for the others.

    Transactions of ``engine.execution_options(hemplan_write=True)`` write, all others only read.
    """

    def connected(connection: Any, _record: object) -> None:
        # The driver's own implicit BEGIN is deferred; ours is sent by _begin.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {busy_ms}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            # What is erased is overwritten, not only unlinked.
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
