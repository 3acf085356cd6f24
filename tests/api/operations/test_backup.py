"""Backups: whole or refused, the same rows again on either database, and a plan after it."""

from __future__ import annotations

import gzip
import json
import os
import random
import stat
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from api.operations import backup, table_copy
from api.operations.encryption import KEY_BYTES
from api.operations.sealed import SEAL_BYTES
from api.refusals import Conflict
from api.store.check import check, heads
from api.store.engine import Store
from api.store.migrate import downgrade
from api.store.schema import HEAD
from api.store.tables import METADATA
from api.usecases import planning
from api.usecases.registering import register
from scheduler.care.errors import InvalidInput
from tests.api.store.dump import dump
from tests.api.store.samples import AT, DOCUMENT, day_and_plan, encoded, later, published

KEY = bytes(range(KEY_BYTES))
FLIPS = 100
KNOWN = (bool, bytes, date, datetime, float, int, str)


def code(error: pytest.ExceptionInfo[InvalidInput]) -> str:
    (finding,) = error.value.findings
    return finding.code


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.backup"


@pytest.fixture(params=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> bytes | None:
    return KEY if request.param == "encrypted" else None


def test_a_destroyed_database_comes_back_row_by_row_and_plans_a_day(
    filled: Store, empty_store: Store, file: Path, key: bytes | None
) -> None:
    """What a backup is for; the restored one must also go on as the lost one would have."""
    before, known = dump(filled), heads(filled)
    written = backup.write(filled, file, AT, key)
    assert backup.restore(empty_store, file, key) == written
    assert dump(empty_store) == before
    assert check(empty_store, known) == []
    assert written.tables["audit"].rows == len(before["audit"]) > 0
    published(empty_store, "south", carer="cia")
    assert register(empty_store, later(1), "file-1", encoded(DOCUMENT)).decisions == 2
    assert check(empty_store, known) == []


def test_the_guards_stand_again_after_a_restoration(
    filled: Store, empty_store: Store, file: Path
) -> None:
    """`check` tells missing ones; that they act is another thing."""
    backup.write(filled, file, AT, None)
    backup.restore(empty_store, file, None)
    with pytest.raises(Conflict, match="APPEND_ONLY audit"), empty_store.writing() as session:
        session.execute(text("UPDATE audit SET actor = 'nobody'"))


def test_a_file_of_one_database_fills_the_other(
    filled: Store, other_store: Store, file: Path
) -> None:
    """The way from a laptop's file to PostgreSQL, and equal bytes on both prove that all came."""
    backup.write(filled, file, AT, None)
    backup.restore(other_store, file, None)
    assert other_store.address.is_sqlite != filled.address.is_sqlite
    assert lines_of(other_store) == lines_of(filled)
    assert check(other_store) == []


def lines_of(store: Store) -> dict[str, list[bytes]]:
    with store.reading() as session:
        connection = session.connection()
        return {
            table.name: list(table_copy.lines(connection, table))
            for table in table_copy.tables(connection)
        }


def test_what_is_written_meanwhile_is_not_half_in_it(
    filled: Store, empty_store: Store, file: Path
) -> None:
    """A day is saved while the tables are read: the log must not know more than the plans."""
    before = dump(filled)
    tables: list[str] = []

    def write_beside(*arguments: Any) -> None:
        statement = arguments[2]
        if ' FROM "audit"' in statement and not tables:
            tables.append(statement)
            planning.save(filled, later(1), "south", 0, *day_and_plan(carer="cia"))

    event.listen(filled.engine, "before_cursor_execute", write_beside)
    backup.write(filled, file, AT, None)
    event.remove(filled.engine, "before_cursor_execute", write_beside)
    assert tables
    assert dump(filled) != before
    backup.restore(empty_store, file, None)
    assert dump(empty_store) == before
    assert check(empty_store) == []


def test_every_flipped_bit_is_found(
    filled: Store, empty_store: Store, file: Path, key: bytes | None
) -> None:
    backup.write(filled, file, AT, key)
    whole = file.read_bytes()
    chosen = random.Random(7)
    # The first and last bytes are those of heads and seals, where gzip itself sees nothing.
    edges = [*range(80 * 8), *range((len(whole) - 80) * 8, len(whole) * 8)]
    bits = chosen.sample(edges, FLIPS) + chosen.sample(range(len(whole) * 8), FLIPS)
    for bit in bits:
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        file.write_bytes(changed)
        with pytest.raises(InvalidInput) as refused:
            backup.verify(file, key)
        assert code(refused) in {"BACKUP_BROKEN", "NOT_A_BACKUP", "BACKUP_KEY"}, bit
    with pytest.raises(InvalidInput):
        backup.restore(empty_store, file, key)
    assert dump(empty_store) == {}
    file.write_bytes(whole)
    backup.verify(file, key)


def test_a_cut_or_longer_file_is_refused(filled: Store, file: Path, key: bytes | None) -> None:
    backup.write(filled, file, AT, key)
    whole = file.read_bytes()
    cuts = [0, 1, 30, len(whole) // 2, len(whole) - SEAL_BYTES, len(whole) - 1]
    for size in cuts:
        file.write_bytes(whole[:size])
        with pytest.raises(InvalidInput):
            backup.verify(file, key)
    for more in (b"\0", whole):
        file.write_bytes(whole + more)
        with pytest.raises(InvalidInput):
            backup.verify(file, key)


def test_a_key_that_is_missing_or_another_is_told_as_such(filled: Store, file: Path) -> None:
    """Of all faults the one that an operator can mend."""
    backup.write(filled, file, AT, KEY)
    assert b"Prov" not in gzip_or_raw(file)
    for wrong in (None, bytes(KEY_BYTES)):
        with pytest.raises(InvalidInput) as refused:
            backup.verify(file, wrong)
        assert code(refused) == "BACKUP_KEY"


def gzip_or_raw(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def test_a_file_without_a_key_can_be_read_without_our_program(filled: Store, file: Path) -> None:
    """In ten years somebody may have nothing but the file and gzip."""
    backup.write(filled, file, AT, None)
    head, *rest = gzip.decompress(file.read_bytes()).decode().splitlines()
    assert json.loads(head)["migration"] == HEAD
    assert json.dumps(["m-1", "Provköping"], ensure_ascii=False, separators=(",", ":")) in rest


def test_only_the_owner_may_read_it_and_nothing_is_left_beside_it(
    filled: Store, file: Path
) -> None:
    backup.write(filled, file, AT, None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path for path in file.parent.iterdir() if path.suffix in {".part", ".backup"}] == [file]


def test_a_backup_is_never_written_over(filled: Store, file: Path) -> None:
    backup.write(filled, file, AT, None)
    with pytest.raises(InvalidInput) as refused:
        backup.write(filled, file, AT + timedelta(hours=1), None)
    assert code(refused) == "BACKUP_EXISTS"
    assert backup.verify(file, None).made_at == AT


def test_a_disk_that_is_full_leaves_no_file(
    filled: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidInput) as refused:
        backup.write(filled, file, AT, None)
    assert code(refused) == "UNWRITABLE_BACKUP"
    assert not [path for path in file.parent.iterdir() if "backup" in path.name]


def test_only_an_empty_database_is_restored_into(filled: Store, store: Store, file: Path) -> None:
    backup.write(filled, file, AT, None)
    before = dump(store)
    with pytest.raises(InvalidInput) as refused:
        backup.restore(store, file, None)
    assert code(refused) == "NOT_EMPTY"
    assert dump(store) == before


def test_a_row_that_did_not_come_in_as_it_was_leaves_the_database_empty(
    filled: Store, empty_store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading back is what turns a restoration from a hope into a proof."""
    insert = table_copy.insert

    def lose_one(connection: Any, table: str, columns: Any, rows: Any) -> None:
        insert(connection, table, columns, list(rows)[: -1 if table == "booking" else None])

    backup.write(filled, file, AT, None)
    monkeypatch.setattr(table_copy, "insert", lose_one)
    with pytest.raises(InvalidInput) as refused:
        backup.restore(empty_store, file, None)
    assert code(refused) == "BACKUP_UNLIKE"
    assert "booking" in str(refused.value)
    assert dump(empty_store) == {}


def test_a_failure_at_any_statement_of_the_restoration_leaves_it_empty(
    filled: Store, empty_store: Store, file: Path
) -> None:
    class Cut(Exception):
        pass

    backup.write(filled, file, AT, None)
    seen, position = 0, 1

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == position:
            raise Cut

    event.listen(empty_store.engine, "after_cursor_execute", count)
    cuts = 0
    while True:
        try:
            backup.restore(empty_store, file, None)
            break
        except Cut:
            seen = -1_000_000
            assert dump(empty_store) == {}, position
            seen, position, cuts = 0, position + 11, cuts + 1
    event.remove(empty_store.engine, "after_cursor_execute", count)
    assert cuts > 10
    assert dump(empty_store) == dump(filled)


def test_a_backup_of_an_earlier_migration_is_brought_up_to_date(
    filled: Store, other_store: Store, file: Path
) -> None:
    """What is backed up before an upgrade must be of use after it."""
    downgrade(filled, "0002")
    before = lines_of(filled)
    assert backup.write(filled, file, AT, None).migration == "0002"
    backup.restore(other_store, file, None)
    after = lines_of(other_store)
    assert after.keys() > before.keys()
    assert after["audit"] == before["audit"] != []
    assert check(other_store) == []


def test_a_backup_of_a_later_version_is_refused(
    filled: Store, empty_store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.write(filled, file, AT, None)
    monkeypatch.setattr(backup, "HEAD", "0000")
    with pytest.raises(InvalidInput) as refused:
        backup.restore(empty_store, file, None)
    assert code(refused) == "BACKUP_MIGRATION"


def test_tables_of_another_program_are_told_before_the_backup_not_after(
    filled: Store, file: Path
) -> None:
    """Nobody could restore them, so a backup that held or skipped them would promise too much."""
    with filled.engine.begin() as connection:
        connection.execute(text("CREATE TABLE visitors (id INTEGER PRIMARY KEY)"))
    with pytest.raises(InvalidInput) as refused:
        backup.write(filled, file, AT, None)
    assert code(refused) == "NOT_OUR_DATABASE"
    assert "visitors" in str(refused.value)


def test_every_column_of_ours_has_a_portable_form() -> None:
    """A new kind of column, or one that counts by itself, has to be thought of here first."""
    for table in METADATA.tables.values():
        for column in table.columns:
            kind = getattr(column.type, "impl_instance", column.type)
            assert kind.python_type in KNOWN, column
            assert column.identity is None
            assert column is not table.autoincrement_column, column
