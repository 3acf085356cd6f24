"""A folder of backups: named by time, as many as are to be kept, and old ones told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from api.operations import backup
from api.operations.backup_folder import add, age, kept, require_fresh
from api.store.engine import Store
from scheduler.care.errors import InvalidInput
from tests.api.store.samples import AT

HOUR = timedelta(hours=1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_newest_are_kept_and_nothing_else_is_touched(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    others = ["hemplan-latest.backup", "hemplan-20260302T093015Z.backup.old", "notes.txt"]
    for name in others:
        (folder / name).write_text("kept")
    for hour in range(4):
        add(store, folder, AT + hour * HOUR, None, keep=2)
    assert names(folder) == sorted(
        [*others, "hemplan-20260302T113015Z.backup", "hemplan-20260302T123015Z.backup"]
    )
    backup.verify(kept(folder)[0].path, None)


def test_a_backup_that_failed_removes_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old ones are then all there is."""
    folder = tmp_path / "copies"
    for hour in range(2):
        add(store, folder, AT + hour * HOUR, None, keep=2)
    before = names(folder)

    def broken(_path: Path, _key: bytes | None) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(backup, "verify", broken)
    with pytest.raises(InvalidInput):
        add(store, folder, AT + 2 * HOUR, None, keep=1)
    assert names(folder) == before


def test_an_absent_and_an_old_backup_are_told(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    assert age(folder, AT) is None
    with pytest.raises(InvalidInput, match="NO_BACKUP"):
        require_fresh(folder, AT, HOUR)
    path, _, _ = add(store, folder, AT, None, keep=2)
    at = AT.replace(microsecond=0)  # as the name tells it
    assert age(folder, at + HOUR) == HOUR
    assert require_fresh(folder, at + HOUR, HOUR) == path
    with pytest.raises(InvalidInput, match="OLD_BACKUP"):
        require_fresh(folder, at + HOUR + timedelta(seconds=1), HOUR)
