"""
Backup of the store to one file, its verification, and its restoration into an empty database.

The file holds the rows of all our tables as they were at one moment, whatever was written beside
it, as lines of JSON: a head with the migration, each table with its columns and rows, a foot with
the count and the SHA-256 of each table (:mod:`api.operations.table_copy`). It is compressed and
sealed (:mod:`api.operations.sealed`), and encrypted where there is a key
(:mod:`api.operations.encryption`).

Logins are left out: a file that is stolen or lies about must bring nobody in, and a restoration
must not bring back a login that has been ended since. Everybody logs in again.

Promises: a file stands under its name only when it is whole, on disk and has been read back; every
flipped bit and every cut is found; a restored database holds, row by row, what was backed up, or
nothing; a file from SQLite can be restored to PostgreSQL and the other way round, and a file of an
earlier migration is brought up to date.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from api.documents.iso8601 import to_utc_text
from api.operations import table_copy
from api.operations.encryption import MAGIC, VARIABLE, EncryptedWriter, WrongKey, decrypted
from api.operations.sealed import GZIP_MAGIC, Broken, Output, SealedWriter, unsealed
from api.operations.table_copy import Summary, Table, Tally
from api.store.engine import Store
from api.store.migrate import make
from api.store.row_scope import EVERYTHING, within
from api.store.row_security import require_everything
from api.store.schema import HEAD, current_revision
from api.store.tables import METADATA
from scheduler.care.errors import CareError, Finding, InvalidInput

FORMAT = 1
# Tables whose rows are neither written nor, from older files, restored.
LEFT_OUT = frozenset({"login_session"})
_READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """
    What a backup holds.

    Parameters
    ----------
    migration
        Of the database when it was backed up.
    made_at
        When, with zone.
    kind
        ``sqlite`` or ``postgresql``, where it came from.
    tables
        Name -> count and hash of its rows.
    encrypted
        Whether the file needs the key.
    """

    migration: str
    made_at: datetime
    kind: str
    tables: Mapping[str, Summary]
    encrypted: bool

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables.values())


def write(store: Store, path: Path, at: datetime, key: bytes | None) -> Contents:
    """
    Back `store` up to the new file `path`.

    Parameters
    ----------
    at
        The present moment, with zone.
    key
        32 bytes that the file is encrypted by; None for a file that anybody can read.

    Returns
    -------
    Contents
        As read back from the file.

    Raises
    ------
    InvalidInput
        When the database cannot be reached, is empty or holds another program's tables; when
        `path` exists, or cannot be written; OWNER_NEEDED when policies hide rows from the account.
    """
    store.require()
    if path.exists():
        raise InvalidInput(
            _refusal("BACKUP_EXISTS", path, "a new file", "one that exists",
                     "Ange ett annat filnamn; en säkerhetskopia skrivs inte över.")
        )  # fmt: skip
    try:
        with within(EVERYTHING):
            return _write(store, path, at, key)
    except OSError as error:
        raise InvalidInput(
            _refusal("UNWRITABLE_BACKUP", path, "a file that can be written",
                     error.strerror or type(error).__name__,
                     "Kontrollera mappen, behörigheten och det lediga utrymmet.")
        ) from None  # fmt: skip


def verify(path: Path, key: bytes | None) -> Contents:
    """
    Read all of the file at `path`, and tell what it holds.

    Raises
    ------
    InvalidInput
        NOT_A_BACKUP, BACKUP_BROKEN (a bit is changed, or the end is missing), BACKUP_KEY (it is
        encrypted, and the key is missing), BACKUP_FORMAT (of a later version).
    """
    return _read(path, key, _look)


def restore(store: Store, path: Path, key: bytes | None) -> Contents:
    """
    Fill an empty database with what the file at `path` holds, and bring it up to date.

    One transaction: what fails or is killed leaves the database empty. Every table is read back
    and compared with the file before it commits; the logins of an older file are left out.

    Raises
    ------
    InvalidInput
        As :func:`verify`; NOT_EMPTY when the database has tables, BACKUP_MIGRATION when the file
        was made by a later version of the program, BACKUP_UNLIKE when the rows read back differ.
    """
    held = verify(path, key)
    if held.migration > HEAD:
        raise InvalidInput(
            _refusal("BACKUP_MIGRATION", path, f"migration {HEAD} or earlier",
                     f"migration {held.migration}",
                     "Använd den version av Hemplan som gjorde säkerhetskopian, eller en senare.")
        )  # fmt: skip
    store.require()

    def fill(connection: Connection) -> None:
        ours = table_copy.tables(connection)
        names = [table.name for table in ours]
        with table_copy.without_guards(connection, names):
            for name in reversed(names):
                table_copy.clear(connection, name)
            _read(path, key, _loader(connection, {each.name: each.columns for each in ours}))
        for table in ours:
            tally = Tally()
            for line in table_copy.lines(connection, table):
                tally.add(line)
            empty = table.name in LEFT_OUT
            if tally.summary != (Tally().summary if empty else held.tables.get(table.name)):
                raise InvalidInput(
                    _refusal("BACKUP_UNLIKE", path, f"the rows of {table.name} as in the file",
                             "others", "Spara filen och felanmäl; databasen är fortfarande tom.")
                )  # fmt: skip

    make(store, held.migration, fill)
    return held


# ---------------------------------------------------------------- writing


def _write(store: Store, path: Path, at: datetime, key: bytes | None) -> Contents:
    # mkstemp makes the file readable by its owner alone, and so it stays: it holds personal data.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            output: Output = _Kept(file)
            if key is not None:
                output = EncryptedWriter(output, key)
            sealed = SealedWriter(output)
            for line in _document(store, at):
                sealed.write(line)
            sealed.close()
            file.flush()
            os.fsync(file.fileno())
        contents = verify(part, key)
        part.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return contents


class _Kept:
    """The file under the layers; closed by who opened it, after it is on disk."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write

    def close(self) -> None:
        """Nothing yet."""


def _document(store: Store, at: datetime) -> Iterator[bytes]:
    """The lines of the file, from one moment of the database."""
    with store.reading() as session:
        connection = session.connection()
        # Rather fail than leave out rows that a policy hides from this account.
        require_everything(connection)
        migration = current_revision(connection)
        ours = table_copy.tables(connection)
        _require_ours(store, migration, [table.name for table in ours])
        yield _line({"hemplanBackup": FORMAT, "migration": migration, "madeAt": to_utc_text(at),
                     "database": connection.dialect.name})  # fmt: skip
        summaries = {}
        for table in ours:
            yield _line({"table": table.name, "columns": table.columns})
            tally = Tally()
            for line in _kept(connection, table):
                tally.add(line)
                yield line
            summaries[table.name] = tally.summary
        yield _line(
            {
                "tables": {
                    name: {"rows": each.rows, "sha256": each.sha256}
                    for name, each in summaries.items()
                }
            }
        )


def _kept(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of `table` that a backup has."""
    return iter(()) if table.name in LEFT_OUT else table_copy.lines(connection, table)


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _require_ours(store: Store, migration: str | None, names: Sequence[str]) -> None:
    """Refuse what a restoration could not give back."""
    others = sorted(set(names) - set(METADATA.tables)) if migration == HEAD else []
    if migration is None or migration > HEAD or others:
        raise InvalidInput(
            Finding(
                "NOT_OUR_DATABASE",
                store.address.name,
                f"our tables, of migration {HEAD} or earlier, and no others",
                f"also {', '.join(others)}" if others else f"migration {migration or 'none'}",
                "Ange databasen i DATABASE_URL, och håll andra programs tabeller utanför den.",
            )
        )


def _sync_folder(folder: Path) -> None:
    """Bring the new name to disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ---------------------------------------------------------------- reading


Taker = Callable[[str, Sequence[str], Iterable[bytes]], None]


def _look(_table: str, _columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Go through the rows of one table, and do nothing with them."""
    for row in rows:
        table_copy.values(row)


def _loader(connection: Connection, known: Mapping[str, Sequence[str]]) -> Taker:
    """Puts rows into the tables that `known` names, with all their columns."""

    def load(table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
        if set(columns) != set(known.get(table, ())):
            raise Broken
        if table in LEFT_OUT:
            _look(table, columns, rows)
            return
        table_copy.insert(connection, table, columns, map(table_copy.values, rows))

    return load


def _read(path: Path, key: bytes | None, take: Taker) -> Contents:
    """Give each table of the file to `take`, judging all that can be judged."""
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
            file.seek(0)
            encrypted = start == MAGIC
            if encrypted and key is None:
                raise InvalidInput(
                    _refusal("BACKUP_KEY", path, f"the key of the file in {VARIABLE}", "none",
                             "Sätt nyckeln som kopian gjordes med; utan den går den inte att läsa.")
                )  # fmt: skip
            if not encrypted and not start.startswith(GZIP_MAGIC):
                raise InvalidInput(
                    _refusal("NOT_A_BACKUP", path, "a file of hemplan database backup",
                             "another kind of file, or a broken one", "Ange rätt fil.")
                )  # fmt: skip
            chunks = decrypted(file, key) if encrypted and key else _chunks(file)
            return _contents(path, _lines(unsealed(chunks)), take, encrypted=encrypted)
    except OSError as error:
        raise InvalidInput(
            _refusal("UNREADABLE_FILE", path, "a readable file",
                     error.strerror or type(error).__name__,
                     "Kontrollera sökvägen och behörigheten.")
        ) from None  # fmt: skip
    except WrongKey:
        raise InvalidInput(
            _refusal("BACKUP_KEY", path, f"the key of the file in {VARIABLE}", "another key",
                     "Sätt nyckeln som kopian gjordes med.")
        ) from None  # fmt: skip
    except CareError:
        raise
    except (Broken, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # What the parsers say of changed bytes may quote them.
        raise InvalidInput(
            _refusal("BACKUP_BROKEN", path, "the file as it was written",
                     "changed bytes, or a missing end",
                     "Använd en annan säkerhetskopia, och ta en ny.")
        ) from None  # fmt: skip


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_READ):
        yield chunk


def _contents(path: Path, read: Iterator[bytes], take: Taker, *, encrypted: bool) -> Contents:
    head = json.loads(next(read, b""))
    if head["hemplanBackup"] != FORMAT:
        raise InvalidInput(
            _refusal("BACKUP_FORMAT", path, f"format {FORMAT}", str(head["hemplanBackup"])[:20],
                     "Använd en senare version av Hemplan.")
        )  # fmt: skip
    found: dict[str, Summary] = {}
    pending = next(read, b"")
    while not pending.startswith(b'{"tables"'):
        begun = json.loads(pending)
        tally, pending = Tally(), b""

        def rows(tally: Tally = tally) -> Iterator[bytes]:
            nonlocal pending
            for line in read:
                if line.startswith(b"{"):
                    pending = line
                    return
                tally.add(line)
                yield line

        take(begun["table"], begun["columns"], rows())
        found[begun["table"]] = tally.summary
    told = {
        name: Summary(each["rows"], each["sha256"])
        for name, each in json.loads(pending)["tables"].items()
    }
    # The seal is judged at the very end: nothing may follow, and all must have been read.
    if next(read, None) is not None or told != found:
        raise Broken
    made_at = datetime.fromisoformat(head["madeAt"])
    return Contents(str(head["migration"]), made_at, head["database"], found, encrypted)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text that comes in pieces, each with its end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        raise Broken


def _refusal(code: str, path: Path, expected: str, found: str, action: str) -> Finding:
    return Finding(code, path.name, expected, found, action)
