"""
A file of many rows as it is taken in: performed visits, and worked time.

What is the same of both: the limit of its size, its key, what it is when it comes again, the row
of what it changed and the log's words about it. What a file may hold is each use case's own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlmodel import Session

from api.documents.schema_faults import is_id
from api.refusals import Conflict, too_large
from api.store.audit import Act
from api.store.money_records import Delivery
from api.store.tables.taken_in import TakenIn
from api.usecases.rating import key_used, not_a_key
from scheduler.care.errors import InvalidInput

MAX_BYTES = 64 * 1024 * 1024

Row = TypeVar("Row", bound=TakenIn)


class SentFile(Protocol):
    """A file as it came; `sender` is empty for the municipality, `key` is the sender's own."""

    @property
    def sender(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def corrects(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a file's rows are of something new, of something held otherwise, and held."""

    added: int
    corrected: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A file before anything of it is read: what findings call it, and the hash of its content."""

    sent: SentFile
    name: str
    sha256: str


def opened(sent: SentFile, max_bytes: int) -> Opened:
    """
    Look at what can be told of a file before it is read.

    Raises
    ------
    TooLarge
        When it is larger than `max_bytes`.
    InvalidInput
        When its key cannot be one.
    """
    if len(sent.content) > max_bytes:
        raise too_large(len(sent.content), max_bytes)
    if not is_id(sent.key):
        raise InvalidInput(not_a_key("Idempotency-Key"))
    name = sent.name if is_id(sent.name) else "file"
    return Opened(sent, name, hashlib.sha256(sent.content).hexdigest())


def sent_before(session: Session, table: type[Row], municipality: str, file: Opened) -> Row | None:
    """
    The row of the same file, if it came before.

    Raises
    ------
    Conflict
        When its key was used for another file.
    """
    sent = file.sent
    earlier = session.get(table, (municipality, sent.sender, sent.key))
    if earlier is not None and (earlier.sha256, earlier.corrects) != (file.sha256, sent.corrects):
        raise Conflict(key_used())
    return earlier


def keep(
    session: Session, table: type[Row], act: Act, file: Opened, rows_sha256: str, counts: Counts
) -> Row:
    """Store what a file changed; its rows refer to it."""
    row = table(
        municipality_id=act.municipality,
        sender=file.sent.sender,
        key=file.sent.key,
        sha256=file.sha256,
        rows_sha256=rows_sha256,
        corrects=file.sent.corrects,
        added=counts.added,
        corrected=counts.corrected,
        unchanged=counts.unchanged,
        received_at=act.at,
        received_by=act.actor,
    )
    session.add(row)
    session.flush()
    return row


def details(row: TakenIn) -> dict[str, str | int]:
    """What the log tells of a file: neither names nor what its rows say."""
    return {
        "sha256": row.sha256,
        "rows": row.rows_sha256,
        "added": row.added,
        "corrected": row.corrected,
    }


def subject(sender: str, key: str) -> str:
    """What the log calls a file."""
    return f"{sender}/{key}"


def delivery_of(row: TakenIn) -> Delivery:
    """A row as a record that nobody has approved."""
    return Delivery(
        row.sender,
        row.key,
        row.sha256,
        row.corrects,
        row.added,
        row.corrected,
        row.unchanged,
        row.received_at,
        row.received_by,
    )
