"""Logins are in no backup, and come back from none."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from api.access.identify import Session
from api.operations import backup
from api.store.check import check
from api.store.engine import Store
from api.store.tables import AuditRow, SessionRow
from api.usecases.sessions import find_session
from tests.api.store.dump import dump
from tests.api.store.samples import AT
from tests.api.usecases.test_sessions import LIFETIME, opened


def backed_up(store: Store, folder: Path) -> tuple[Session, Path]:
    """A login that is alive, and a backup of that moment."""
    made, file = opened(store), folder / "a.backup"
    backup.write(store, file, AT, None)
    return made, file


def test_a_restored_database_lets_nobody_go_on(
    filled: Store, empty_store: Store, tmp_path: Path
) -> None:
    """Who was logged out since, or whose cookie was stolen with the file, must log in again."""
    made, file = backed_up(filled, tmp_path)
    backup.restore(empty_store, file, None)
    assert find_session(filled, made.id, AT + timedelta(minutes=1), LIFETIME) == made
    assert find_session(empty_store, made.id, AT + timedelta(minutes=1), LIFETIME) is None
    assert check(empty_store) == []
    with empty_store.reading() as session:
        # That somebody had logged in stays known.
        assert "LOGGED_IN" in session.exec(select(AuditRow.action)).all()


def test_the_file_has_nothing_of_a_login(filled: Store, tmp_path: Path) -> None:
    made, file = backed_up(filled, tmp_path)
    content = gzip.decompress(file.read_bytes()).decode()
    with filled.reading() as session:
        row = session.exec(select(SessionRow)).one()
    for secret in (made.id, made.csrf_token, row.id_sha256, row.caller_json):
        assert secret not in content
    assert backup.verify(file, None).tables["login_session"].rows == 0


def test_an_older_file_with_logins_brings_none_back(
    filled: Store, empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of the versions before are kept for weeks."""
    with monkeypatch.context() as before:
        before.setattr(backup, "LEFT_OUT", frozenset())
        made, file = backed_up(filled, tmp_path)
        assert backup.verify(file, None).tables["login_session"].rows == 1
    backup.restore(empty_store, file, None)
    assert find_session(empty_store, made.id, AT, LIFETIME) is None
    assert dump(empty_store) == {**dump(filled), "login_session": []}
