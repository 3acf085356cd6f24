"""purse and budget at the command line: languages, JSON, whole files, exit codes."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from api.terminal import purse
from tests.api.command_line import run
from tests.api.purse_documents import document
from tests.api.test_cli_payments import PUBLISHED
from tests.conftest import ROOT

BOOK = PUBLISHED / "kristianstad_2017_book.toml"
LIST = PUBLISHED / "kristianstad_2017.toml"


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lang", "shown"), [("sv", ("32,2493", "15 898,88")), ("en", ("32.2493", "15,898.88"))]
)
def test_a_purse_is_shown_in_both_languages(
    decisions: Path, lang: str, shown: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("purse", decisions, BOOK, "--month", "2017-06", "--lang", lang) == 0
    screen = capsys.readouterr().out.replace("\u00a0", " ")
    assert all(text in screen for text in shown)


class _Screen(StringIO):
    """Standard output or error that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_a_screen_shows_some_whole_decisions_and_every_sum(
    decisions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How far it is goes to standard error, the total is that of all, and a file has them all."""
    made = document()
    (first,) = made["decisions"]
    made["decisions"] = [{**first, "id": f"d-{each}"} for each in range(5)]
    decisions.write_text(json.dumps(made), encoding="utf-8")
    answer = tmp_path / "purses.json"
    asked = ("purse", decisions, BOOK, "--month", "2017-06")
    assert run(*asked, "--json", "--out", answer) == 0
    own = len(json.loads(answer.read_text(encoding="utf-8"))["lines"]) // 5
    monkeypatch.setattr(purse, "MOST_ON_SCREEN", own + 1)
    screen, errors = _Screen(), _Screen()
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("sys.stderr", errors)
    assert run(*asked) == 0
    shown = screen.getvalue()
    assert "d-1" in shown
    assert "d-2" not in shown
    assert f"och {3 * own} rader till" in shown
    assert "Räknar påsar" in errors.getvalue()
    assert run(*asked, "--out", tmp_path / "all.txt") == 0
    whole = (tmp_path / "all.txt").read_text(encoding="utf-8")
    assert "d-4" in whole
    assert "rader till" not in whole
    total = next(line.split()[1:] for line in whole.splitlines() if line.startswith(" Summa  "))
    assert " ".join(total) in " ".join(shown.replace("\u00a0", " ").split())


def test_a_decision_with_several_prices_has_its_sum_and_its_services(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """5,948.25 at weekends, 12,684.83 by day and 1,698.00 of cleaning."""
    granted = ROOT / "fixtures" / "followup" / "decisions.json"
    book = ROOT / "fixtures" / "demo" / "rate_book.toml"
    assert run("purse", granted, book, "--month", "2026-03") == 0
    screen = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    assert "Summa b-1 20 331,08" in screen
    assert "b-1 Städ 5–26" in screen
    assert "Summa b-6 19 002,50" in screen


@pytest.mark.parametrize("prices", [BOOK, LIST])
def test_a_purse_as_json_comes_from_a_book_or_a_price_list(
    decisions: Path, tmp_path: Path, prices: Path
) -> None:
    out = tmp_path / "purse.json"
    assert run("purse", decisions, prices, "--month", "2017-06", "--json", "--out", out) == 0
    made = json.loads(out.read_text(encoding="utf-8"))
    assert (made["basis"], made["amountOre"], made["hours"]) == (
        "MEAN_MONTH",
        1589888,
        "43343/1344",
    )
    assert sum(each["amountOre"] for each in made["lines"][0]["services"]) == 1589888


def test_the_faults_of_both_files_are_told_and_nothing_is_written(
    decisions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.write_text("{}", encoding="utf-8")
    book, out = tmp_path / "book.toml", tmp_path / "out.json"
    book.write_text("title = 1\n", encoding="utf-8")
    assert run("purse", decisions, book, "--month", "2017-06", "--out", out) == 2
    told = capsys.readouterr().err
    assert "decisions.json" in told
    assert "book.toml" in told
    assert not out.exists()


def test_a_month_is_written_as_a_month(decisions: Path) -> None:
    assert run("purse", decisions, BOOK, "--month", "juni") == 2


PLAN: dict[str, Any] = {
    "year": 2018,
    "posts": [{"id": "hemtjänst", "unit": "north", "amountOre": 20_000_000}],
    "executed": [
        {"month": "2018-01", "unit": "north", "provider": "p-1", "minutes": 1740,
         "amountOre": 1_429_700}
    ],
    "commissions": [
        {"id": "ks-12", "text": "Träffpunkt", "firstDay": "2018-09-01",
         "costs": [{"text": "Lokal", "per": "MONTH", "amountOre": 3_100_000}]}
    ],
}  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(PLAN), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("sv", ("89,9 %, mätt", "124 000,00")), ("en", ("89.9 %, measured", "124,000.00"))],
)
def test_a_commission_without_money_is_shown_and_ends_with_1(
    decisions: Path, plan: Path, lang: str, shown: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """29.0 of 32.2493 h: the published execution rate carries the year."""
    assert run("budget", decisions, plan, BOOK, "--lang", lang) == 1
    screen = capsys.readouterr().out.replace("\u00a0", " ")
    assert all(text in screen for text in shown)
    assert "COMMISSION_WITHOUT_FUNDING" in screen


def test_a_funded_year_ends_with_0_and_is_written_whole(
    decisions: Path, plan: Path, tmp_path: Path
) -> None:
    plan.write_text(json.dumps(PLAN | {"commissions": []}), encoding="utf-8")
    out = tmp_path / "budget.json"
    assert run("budget", decisions, plan, BOOK, "--json", "--out", out) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["findings"] == []
    (unit,), (provider,) = found["units"], found["providers"]
    assert unit["leftOre"] == 20_000_000 - unit["forecastOre"]
    assert provider["shareSource"] == "MEASURED"
    assert provider["months"][0]["executed"] == {"minutes": "1740", "amountOre": 1_429_700}
    assert sum(
        (month["executed"] or month["expected"])["amountOre"] for month in provider["months"]
    ) == unit["forecastOre"]  # fmt: skip


def test_the_faults_of_all_three_files_are_told(
    decisions: Path, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.toml"
    for path in (decisions, plan):
        path.write_text("{}", encoding="utf-8")
    book.write_text("title = 1\n", encoding="utf-8")
    assert run("budget", decisions, plan, book) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in ("decisions.json", "plan.json", "book.toml"))


def test_granted_time_goes_from_decisions_to_a_settlement(
    decisions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """32.2493 h are 1,935 whole minutes: 32.25 h at 493 kronor, without any visit."""
    book, rows, out = tmp_path / "book.toml", tmp_path / "granted.csv", tmp_path / "june.json"
    text = BOOK.read_text(encoding="utf-8")
    assert 'basis = "performed"' in text
    book.write_text(text.replace('basis = "performed"', 'basis = "granted"'), encoding="utf-8")
    for each in BOOK.parent.glob("*.toml"):
        (tmp_path / each.name).write_bytes(each.read_bytes())
    assert run("purse", decisions, book, "--month", "2017-06", "--rows", rows) == 0
    assert run("settle", book, rows, "--month", "2017-06", "--out", out) == 0
    assert run("reconcile", book, rows, out) == 0
    made = json.loads(out.read_text(encoding="utf-8"))
    assert made["providers"][0]["minutes"] == 1935
    assert abs(made["amountOre"] - 1_589_925) <= 4
    capsys.readouterr()
    assert run("purse", decisions, BOOK, "--month", "2017-06", "--rows", rows) == 2
    assert "NOTHING_BY_GRANTED_TIME" in capsys.readouterr().err
    assert run("purse", decisions, LIST, "--month", "2017-06", "--rows", rows) == 2
    assert "NOT_A_RATE_BOOK" in capsys.readouterr().err


def test_an_interruption_says_what_absence_it_is(
    decisions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two days in hospital are rows, counted from the first; another word is refused."""
    book, rows = tmp_path / "book.toml", tmp_path / "granted.csv"
    text = BOOK.read_text(encoding="utf-8")
    book.write_text(text.replace('basis = "performed"', 'basis = "granted"'), encoding="utf-8")
    (tmp_path / LIST.name).write_bytes(LIST.read_bytes())
    away = {"firstDay": "2017-06-10", "lastDay": "2017-06-11", "reason": "sjukhus"}
    made = document()
    made["decisions"][0]["interruptions"] = [away | {"status": "UNPLANNED_ABSENCE"}]
    decisions.write_text(json.dumps(made), encoding="utf-8")
    assert run("purse", decisions, book, "--month", "2017-06", "--rows", rows) == 0
    lines = rows.read_text(encoding="utf-8").splitlines()
    absent = [line for line in lines if ",UNPLANNED_ABSENCE," in line]
    assert len(absent) == 2 * len(made["decisions"][0]["lines"])
    assert all(line.endswith(",2017-06-10") for line in absent)
    made["decisions"][0]["interruptions"] = [away | {"status": "PERFORMED"}]
    decisions.write_text(json.dumps(made), encoding="utf-8")
    assert run("purse", decisions, book, "--month", "2017-06", "--rows", rows) == 2
    assert "interruptions" in capsys.readouterr().err
