"""``hemplan database``: make and check the store by DATABASE_URL, in Swedish, without secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from api.store.address import database_address
from api.store.audit import Anchor
from api.store.check import heads
from api.store.engine import Store
from api.store.row_scope import of_municipality, within
from tests.api.command_line import run
from tests.api.store.samples import prepare
from tests.api.store.tampering import past_guards
from tests.api.store.trio import Trio


@pytest.fixture
def named(filled: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A filled store that DATABASE_URL names."""
    url = filled.address.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    return filled


def test_nothing_configured_makes_a_file_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run("database", "check") == 2
    assert "hemplan database upgrade" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert run("database", "upgrade") == 0
    assert "är ny, migrering" in capsys.readouterr().out
    store = Store(database_address({}))
    prepare(store)
    store.close()
    assert run("database", "upgrade") == 0
    assert "redan uppdaterad" in capsys.readouterr().out
    assert run("database", "check") == 0


def test_a_sound_database_tells_the_heads_to_note(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    head = heads(named)["m-1"]
    assert run("database", "check") == 0
    told = capsys.readouterr().out
    assert "är hel." in told
    assert f"m-1:{head}" in told
    assert run("database", "check", "--anchor", f"m-1:{head}") == 0


def test_a_broken_database_is_told_with_exit_code_1(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with past_guards(named) as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE number = 2"))
    assert run("database", "check") == 1
    assert "AUDIT_HASH" in capsys.readouterr().err
    assert run("database", "check", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in told["findings"]] == ["AUDIT_HASH"]
    assert told["anchors"] == [f"m-1:{heads(named)['m-1']}"]


def test_a_noted_head_that_is_gone_is_told(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = Anchor(2, "f" * 64)
    assert run("database", "check", "--anchor", f"m-1:{noted}") == 1
    assert "AUDIT_ANCHOR" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["m-1", "m-1:x:" + "f" * 64, "m-1:3:ff", ""])
def test_what_is_no_anchor_is_refused(
    wrong: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nowhere/at/all.db")
    assert run("database", "check", "--anchor", wrong) == 2
    assert "NOT_AN_ANCHOR" in capsys.readouterr().err


def test_no_secret_of_the_address_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = f"postgresql:///kommun?user=kim&password=hemligt&host={tmp_path}"
    monkeypatch.setenv("DATABASE_URL", url)
    for command in ("check", "upgrade"):
        assert run("database", command) == 2
        told = capsys.readouterr()
        assert "PostgreSQL kommun" in told.err
        assert not [word for word in ("kim", "hemligt", str(tmp_path)) if word in told.err]


@pytest.fixture
def two_accounts(empty_trio: Trio, monkeypatch: pytest.MonkeyPatch) -> Trio:
    """An empty database whose owner and whose service have an address each."""
    for variable, store in (
        ("DATABASE_URL", empty_trio.service), ("HEMPLAN_OWNER_DATABASE_URL", empty_trio.owner),
    ):  # fmt: skip
        monkeypatch.setenv(variable, store.address.url.render_as_string(hide_password=False))
    return empty_trio


def test_the_owner_makes_the_tables_and_the_service_may_use_them(
    two_accounts: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("database", "upgrade") == 0
    with within(of_municipality("m-1")):
        prepare(two_accounts.service)
    assert run("database", "check") == 0
    told = capsys.readouterr().out
    assert "Radsäkerheten gäller fullt ut" in told
    assert "m-1:" in told  # the owner's check has seen the service's rows
    assert run("database", "check", "--json") == 0
    assert json.loads(capsys.readouterr().out)["rowSecurity"] == "FULL"
    assert run("database", "upgrade") == 0


def test_a_service_without_its_owners_address_is_told_so(
    two_accounts: Trio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("database", "upgrade") == 0
    monkeypatch.delenv("HEMPLAN_OWNER_DATABASE_URL")
    assert run("database", "check") == 2
    assert "HEMPLAN_OWNER_DATABASE_URL" in capsys.readouterr().err


def test_what_row_security_is_worth_is_told(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("database", "check") == 0
    told = capsys.readouterr().out
    none = "SQLite har ingen radsäkerhet" if named.address.is_sqlite else "skyddar inte"
    assert none in told
