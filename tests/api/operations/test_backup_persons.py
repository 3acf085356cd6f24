"""Backups of persons: sealed as in the database, readable again with its keys, erased for good."""

from __future__ import annotations

import gzip
from pathlib import Path

from api.operations import backup
from api.store.check import check
from api.store.engine import Store
from api.usecases import persons
from api.usecases.erasing import erase
from tests.api.store.person_samples import ANNA, KEYS, NAMES
from tests.api.store.samples import AT
from tests.api.usecases.person_cases import YEARS_LATER, guarded, to_be_erased


def test_persons_come_back_readable_on_either_database(
    store: Store, other_store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    guarded(store)
    backup.write(store, file, AT, None)
    backup.restore(other_store, file, None)
    assert check(other_store) == []
    assert persons.person(other_store, ANNA, KEYS, "r-2") == persons.person(
        store, ANNA, KEYS, "r-2"
    )


def test_a_file_without_a_key_of_its_own_shows_no_name_and_no_number(
    store: Store, tmp_path: Path
) -> None:
    """They are sealed in the database; whoever finds the file needs the database's keys too."""
    file = tmp_path / "a.backup"
    guarded(store)
    backup.write(store, file, AT, None)
    content = gzip.decompress(file.read_bytes()).decode()
    for name, number in NAMES.values():
        assert name not in content
        assert number is None or number not in content


def test_who_was_erased_stays_erased_after_a_restoration(
    store: Store, other_store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    to_be_erased(store)
    erase(store, YEARS_LATER, "r-1", dry_run=False)
    assert check(store) == []
    written = backup.write(store, file, AT, None)
    assert backup.restore(other_store, file, None) == written
    assert check(other_store) == []
