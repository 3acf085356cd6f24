"""
Moments in columns: UTC, with zone, on both databases; a naive time is refused.

PostgreSQL keeps ``timestamptz``. SQLite has no time type: there it is text of one width, so that
its order as text is its order in time, also in triggers and indices.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import TIMESTAMP, Dialect, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from api.documents.iso8601 import to_utc_text

TEXT_WIDTH = len("2026-03-04T06:30:00.000000+00:00")


class Moment(TypeDecorator[datetime]):
    """An aware datetime; read back in UTC."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, ``timestamptz`` else."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(TEXT_WIDTH))
        return dialect.type_descriptor(TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """`value` as stored; ValueError when it is naive."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("Expected a time with zone; found a naive one.")
        return to_utc_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What was stored, in UTC."""
        if value is None:
            return None
        read = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        return read.astimezone(UTC)
