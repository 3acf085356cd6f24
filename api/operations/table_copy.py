"""
The rows of our tables as portable text, the same from SQLite and from PostgreSQL.

Promises: equal rows give equal bytes on both databases and in the same order, so that a hash of
them compares any two databases; what is read into a table is, read again, the same bytes.

A value is JSON: text, whole or floating number, true, false, null; days and moments as ISO 8601,
moments in UTC; bytes as ``{"base64": ...}``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Connection, String, inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn

from api.documents.iso8601 import to_utc_text
from api.store.schema import VERSION_TABLE

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table as the database has it.

    Parameters
    ----------
    columns
        Names, in the table's order.
    flags
        Which of them are true or false; SQLite gives 0 and 1.
    order
        What the rows are ordered by, in SQL: the primary key, text by code point.
    """

    name: str
    columns: tuple[str, ...]
    flags: tuple[bool, ...]
    order: str


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows a table has, and the SHA-256 of their lines in order."""

    rows: int
    sha256: str


class Tally:
    """Counts and hashes lines."""

    def __init__(self) -> None:
        self._rows = 0
        self._hash = hashlib.sha256()

    def add(self, line: bytes) -> None:
        """One more row."""
        self._rows += 1
        self._hash.update(line)

    @property
    def summary(self) -> Summary:
        """Of the lines so far."""
        return Summary(self._rows, self._hash.hexdigest())


def tables(connection: Connection) -> list[Table]:
    """All tables of the database but Alembic's, what is referred to before what refers to it."""
    inspector = inspect(connection)
    names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name]
    return [
        _table(
            connection,
            name,
            inspector.get_columns(name),
            inspector.get_pk_constraint(name)["constrained_columns"],
        )
        for name in names
        if name != VERSION_TABLE
    ]


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of `table`, each as one line of JSON with its end, in the order of their keys."""
    names = ", ".join(_quoted(name) for name in table.columns)
    query = f"SELECT {names} FROM {_quoted(table.name)} ORDER BY {table.order}"  # noqa: S608
    found = connection.execute(text(query), execution_options={"yield_per": _AT_ONCE})
    for row in found:
        values = [
            bool(value) if flag and value is not None else _portable(value)
            for value, flag in zip(row, table.flags, strict=True)
        ]
        told = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        yield told.encode() + b"\n"


def values(line: bytes) -> tuple[Any, ...]:
    """A row as :func:`lines` wrote it, as the databases take it; ValueError when it is none."""
    read = json.loads(line)
    if not isinstance(read, list):
        raise ValueError("not a row")
    return tuple(
        base64.b64decode(each["base64"]) if isinstance(each, dict) else each for each in read
    )


def insert(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Add `rows` to `table`; what they refer to is there already."""
    names = ", ".join(_quoted(name) for name in columns)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" for _ in columns)
        statement = f"INSERT INTO {_quoted(table)} ({names}) VALUES ({places})"  # noqa: S608
        iterator = iter(rows)
        while some := list(islice(iterator, _AT_ONCE)):
            connection.exec_driver_sql(statement, some)
        return
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {_quoted(table)} ({names}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def clear(connection: Connection, table: str) -> None:
    """Remove what the migrations themselves have put into `table`."""
    connection.execute(text(f"DELETE FROM {_quoted(table)}"))  # noqa: S608


@contextmanager
def without_guards(connection: Connection, names: Sequence[str]) -> Iterator[None]:
    """
    Our triggers of the tables `names` do not fire, and the owner passes their policies by;
    constraints and foreign keys hold.

    The guards judge each step of a row's life, and a restored row comes at its end. What stops
    them is part of the caller's transaction, so a failure brings them back.
    """
    if connection.dialect.name == "sqlite":
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = connection.execute(query).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {_quoted(name)}")
        yield
        for _, statement in triggers:
            connection.exec_driver_sql(statement)
        return
    forced = set(
        connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relforcerowsecurity "
                "AND relnamespace = current_schema()::regnamespace"
            )
        ).scalars()
    )
    for verb, force in (("DISABLE", "NO FORCE"), ("ENABLE", "FORCE")):
        for name in names:
            # COPY writes to no table whose policies hold for whoever writes.
            also = f", {force} ROW LEVEL SECURITY" if name in forced else ""
            connection.exec_driver_sql(f"ALTER TABLE {_quoted(name)} {verb} TRIGGER USER{also}")
        if verb == "DISABLE":
            yield


def _table(
    connection: Connection, name: str, columns: Sequence[ReflectedColumn], key: Sequence[str]
) -> Table:
    is_text = {column["name"]: isinstance(column["type"], String) for column in columns}
    # PostgreSQL orders text by its language, SQLite by code point.
    by_code = ' COLLATE "C"' if connection.dialect.name == "postgresql" else ""
    order = [_quoted(each) + (by_code if is_text[each] else "") for each in key]
    return Table(
        name,
        tuple(column["name"] for column in columns),
        tuple(isinstance(column["type"], Boolean) for column in columns),
        ", ".join(order),
    )


def _portable(value: Any) -> Any:
    """`value` as JSON has it; TypeError for a kind that no table of ours holds."""
    match value:
        case None | str() | bool() | int() | float():
            return value
        case datetime():
            return to_utc_text(value)
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"No column of ours holds a {type(value).__name__}.")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
