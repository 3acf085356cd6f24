"""``hemplan person`` and ``hemplan log``: a dry run first, plain words, and no name or number."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.store.check import check
from api.store.engine import Store
from api.store.person_keys import INDEXING, SEALING, person_keys
from api.usecases import persons
from api.usecases.deciding import end
from tests.api.command_line import run
from tests.api.store.dump import dump
from tests.api.store.person_samples import ANNA, KEYS, NAMES, key, keys, populate, protect
from tests.api.store.samples import later
from tests.conftest import ROOT

BY = ("--municipality", "m-1", "--by", "siv")
WHY = (*BY, "--reason", "Gallring enligt beslut")


@pytest.fixture
def named(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The four persons, whose decisions ended long ago, in the store that DATABASE_URL names."""
    populate(store)
    for decision in ("b-1", "b-2"):
        end(store, later(1), decision, 1, date(2026, 3, 31))
    url = store.address.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv(SEALING, f"ka:{key('a')}")
    monkeypatch.setenv(INDEXING, f"iz:{key('z')}")
    return store


def test_a_new_key_is_one_that_the_variables_take(capsys: pytest.CaptureFixture[str]) -> None:
    made = []
    for _ in range(2):
        assert run("person", "new-key") == 0
        made.append(capsys.readouterr().out.strip())
    person_keys({SEALING: f"a:{made[0]}", INDEXING: f"b:{made[1]}"})


def test_an_erasure_is_shown_first_and_done_when_it_is_meant(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dump(named)
    assert run("person", "erase", "r-1", *WHY) == 0
    told = capsys.readouterr().out
    assert "r-1: skulle gallras: namn och nummer, 0 behörigheter, 4 beslutsrevisioner" in told
    assert "Inget är ändrat" in told
    assert dump(named) == before
    assert run("person", "erase", "r-1", *WHY, "--yes") == 0
    assert "r-1: gallrad: namn och nummer" in capsys.readouterr().out
    assert run("person", "erase", "r-1", *WHY, "--yes") == 0
    assert "r-1 är redan gallrad" in capsys.readouterr().out
    assert run("person", "erased", *WHY) == 0
    assert capsys.readouterr().out == "r-1\n"
    assert check(named) == []


def test_the_noted_ids_are_erased_again(
    named: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = tmp_path / "erased.txt"
    noted.write_text("r-1\n\nr-gone\n", encoding="utf-8")
    assert run("person", "erase-again", str(noted), *WHY) == 0
    assert "r-1: gallrad" in capsys.readouterr().out
    assert run("person", "erase-again", str(tmp_path / "none.txt"), *WHY) == 2


def test_who_is_unknown_hidden_or_in_force_is_refused(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    protect(named)
    told = []
    for recipient in ("r-2", NAMES["r-2"][1] or ""):
        assert run("person", "erase", recipient, *WHY, "--yes") == 2
        told.append(capsys.readouterr().err)
    assert told[0] == told[1]
    assert run("person", "erase", "r-1", *BY, "--reason", " ") == 2
    assert "NO_REASON" in capsys.readouterr().err


def test_what_is_due_is_shown_first(
    named: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = ROOT / "fixtures" / "demo" / "retention.toml"
    assert run("person", "due", str(rules), *WHY) == 0
    assert "0 personer att gallra, 0 loggrader" in capsys.readouterr().out
    with named.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE recipient SET registered_at = '2001-01-01T00:00:00.000000+00:00' "
            "WHERE id = 'r-3'"
        )
    before = dump(named)
    assert run("person", "due", str(rules), *WHY) == 0
    told = capsys.readouterr().out
    assert "r-3: utan beslut" in told
    assert "1 personer att gallra" in told
    assert dump(named) == before
    assert run("person", "due", str(rules), *WHY, "--yes") == 0
    assert "r-3: gallrad" in capsys.readouterr().out
    assert check(named) == []


def test_keys_are_changed(
    named: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SEALING, f"kb:{key('b')},ka:{key('a')}")
    assert run("person", "rotate-keys", *BY) == 0
    assert "4 personer krypterades om" in capsys.readouterr().out
    assert persons.person(named, ANNA, keys("b"), "r-1").identity.name == NAMES["r-1"][0]
    monkeypatch.setenv(SEALING, f"kc:{key('c')}")
    assert run("person", "rotate-keys", *BY) == 2
    assert "PERSON_KEY_UNKNOWN" in capsys.readouterr().err
    monkeypatch.delenv(SEALING)
    assert run("person", "rotate-keys", *BY) == 2
    assert "PERSON_KEYS_MISSING" in capsys.readouterr().err


def test_the_review_tells_what_is_remarkable_with_exit_code_1(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    persons.persons(named, ANNA, KEYS)
    period = ("--since", "2026-03-01", "--until", "2026-03-02")
    assert run("log", "review", *BY, *period, "--sample", "2") == 0
    told = capsys.readouterr().out
    assert "4 läsningar av 1 användare." in told
    assert told.count("LISTED") == 2
    protect(named)
    with pytest.raises(Exception, match="NOT_FOUND"):
        persons.person(named, ANNA, KEYS, "r-2")
    assert run("log", "review", *BY, *period) == 1
    assert "REFUSED anna: försök att läsa skyddade uppgifter, 1, person r-2" in (
        capsys.readouterr().out
    )
    assert run("log", "review", *BY, *period, "--json") == 1
    made = json.loads(capsys.readouterr().out)
    assert (made["lines"], [each["remark"] for each in made["remarkable"]]) == (5, ["REFUSED"])
    # Local days: half past ten UTC on the second is outside the first.
    assert run("log", "review", *BY, "--since", "2026-03-01", "--until", "2026-03-01") == 0
    assert "0 läsningar" in capsys.readouterr().out


def test_who_has_read_is_told_with_when_and_why(
    named: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    at = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    persons.person(named, replace(ANNA, act=replace(ANNA.act, at=at)), KEYS, "r-3")
    assert run("log", "who", "r-3", *BY, "--reason", "Begäran av den enskilde") == 0
    told = capsys.readouterr().out
    assert "1 2026-07-01 08:30:00 anna (north) READ r-3 ärende b-1: Utredning av hemtjänst" in told
    assert "1 läsningar." in told
    assert not [word for name, _ in NAMES.values() for word in name.split() if word in told]
