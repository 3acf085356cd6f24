"""``hemplan database backup``, ``restore`` and ``verify``, in Swedish, with exit codes."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from api.operations.encryption import KEY_BYTES
from api.store.engine import Store
from tests.api.command_line import run
from tests.api.store.dump import dump


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEMPLAN_BACKUP_KEY", raising=False)


def name_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    url = store.address.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)


def test_back_and_forth(
    filled: Store, empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "a.backup"
    name_it(filled, monkeypatch)
    assert run("database", "backup", str(file)) == 0
    told = capsys.readouterr()
    assert "är skriven och läst tillbaka" in told.out
    assert "inte krypterad" in told.err
    assert run("database", "verify", str(file)) == 0
    assert run("database", "backup", str(file)) == 2
    name_it(empty_store, monkeypatch)
    assert run("database", "restore", str(file)) == 0
    assert "Kontrollerad" in capsys.readouterr().out
    assert dump(empty_store) == dump(filled)
    assert run("database", "restore", str(file)) == 2
    assert "NOT_EMPTY" in capsys.readouterr().err


def test_the_key_comes_from_the_environment_and_is_never_shown(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "a.backup"
    name_it(filled, monkeypatch)
    monkeypatch.setenv("HEMPLAN_BACKUP_KEY", base64.b64encode(bytes(KEY_BYTES)).decode())
    assert run("database", "backup", str(file)) == 0
    assert "inte krypterad" not in capsys.readouterr().err
    monkeypatch.delenv("HEMPLAN_BACKUP_KEY")
    assert run("database", "verify", str(file)) == 1
    for wrong in ("hemligt", base64.b64encode(b"hemligt").decode()):
        monkeypatch.setenv("HEMPLAN_BACKUP_KEY", wrong)
        assert run("database", "backup", str(tmp_path / "b.backup")) == 2
        told = capsys.readouterr()
        assert "BACKUP_KEY" in told.err
        assert wrong not in told.err
    assert not (tmp_path / "b.backup").exists()


def test_a_folder_is_judged_by_its_newest(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What a watchman calls every hour: no backup, or none of late, is an exit code."""
    name_it(store, monkeypatch)
    folder = tmp_path / "copies"
    folder.mkdir()
    assert run("database", "verify", str(folder)) == 1
    assert "NO_BACKUP" in capsys.readouterr().err
    assert run("database", "backup", str(folder), "--keep", "2") == 0
    assert run("database", "verify", str(folder), "--max-age", "1") == 0
    assert run("database", "verify", str(folder), "--max-age", "0") == 1
    assert "OLD_BACKUP" in capsys.readouterr().err
    (copy,) = folder.iterdir()
    copy.write_bytes(copy.read_bytes()[:-1])
    assert run("database", "verify", str(folder), "--max-age", "1") == 1
    assert "BACKUP_BROKEN" in capsys.readouterr().err
