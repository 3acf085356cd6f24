"""hemplan followup: files in, tables, workbook and charts out, faults all at once, nothing half."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.api.command_line import run
from tests.conftest import ROOT

EXAMPLE = ROOT / "fixtures" / "followup"
BOOK = ROOT / "fixtures" / "demo" / "rate_book.toml"
PRICES = ROOT / "fixtures" / "demo" / "prices.toml"
DAYS = ("--from", "2026-03-02", "--to", "2026-03-15")


def follow(*arguments: object, decisions: Path = EXAMPLE / "decisions.json") -> int:
    return run("followup", decisions, BOOK, *arguments)


@pytest.fixture(scope="module")
def settlement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("settled") / "march.json"
    sent = EXAMPLE / "performed.csv"
    assert run("settle", BOOK, sent, "--month", "2026-03", "--out", path) == 0
    return path


def everything(settlement: Path) -> tuple[object, ...]:
    return (
        *DAYS, "--plans", EXAMPLE / "plans", "--performed", EXAMPLE / "performed.csv",
        "--settlement", settlement, "--worked", EXAMPLE / "worked.csv", "--prices", PRICES,
    )  # fmt: skip


def test_json_agrees_with_the_files_it_came_from(
    settlement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paid is the settlement's sum, and granted less interrupted the purse's."""
    assert follow(*everything(settlement), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    total = document["groups"]["total"][0]
    assert total["paidOre"] == json.loads(settlement.read_text("utf-8"))["amountOre"]
    assert (total["grantedMin"], total["performedMin"]) == ("5170", 3865)
    assert [each["provider"] for each in document["groups"]["provider"]] == [
        "p-own", "p-late", "p-priv",
    ]  # fmt: skip
    assert document["continuityDays"] == [["2026-03-02", "2026-03-15"]]


@pytest.mark.parametrize(
    ("lang", "texts"),
    [("sv", ("Utförandegrad", "58 009,66", "saknas")), ("en", ("Execution", "58,009.66"))],
)
def test_the_terminal_in_both_languages(
    lang: str, texts: tuple[str, ...], settlement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert follow(*everything(settlement), "--lang", lang) == 0
    printed = capsys.readouterr().out.replace("\u00a0", " ")
    assert all(text in printed for text in texts)
    assert not any(text in printed for text in ("nan", "NaN", "None"))


def test_decisions_alone_give_granted_time_and_no_zero(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is known of the rest: no plan, no visit, no payment, no worked time."""
    assert follow("--month", "2026-03", "--json") == 0
    total = json.loads(capsys.readouterr().out)["groups"]["total"][0]
    assert float(total["grantedMin"]) > 0
    assert [total[key] for key in ("plannedMin", "performedMin", "paidMin", "worked")] == [None] * 4
    assert {each["place"] for each in total["places"]} == {"INTERRUPTED", "UNREPORTED"}


def test_payment_that_nobody_knows_is_no_zero_in_the_chain(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert follow(*DAYS, "--lang", "en") == 0
    [row] = [line for line in capsys.readouterr().out.splitlines() if "interrupted" in line]
    assert row.split()[-2:] == ["–", "–"]


def test_out_takes_the_report_and_standard_output_is_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.txt"
    assert follow(*DAYS, "--out", out) == 0
    assert "Beviljat" in out.read_text("utf-8")
    assert capsys.readouterr().out == ""


def test_the_workbook_has_numbers_and_says_what_is_missing(
    settlement: Path, tmp_path: Path
) -> None:
    path = tmp_path / "f.xlsx"
    assert follow(*everything(settlement), "--excel", path) == 0
    book = openpyxl.load_workbook(path)
    rows = list(book["Utförare"].iter_rows(values_only=True))
    by_provider = {row[1]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert by_provider["p-own"]["Beviljat, h"] == 52
    assert by_provider["p-own"]["Betalt, kr"] == 30127.59
    assert by_provider["p-late"]["Utfört, h"] == "saknas"
    chain = list(book["Kedjan"].iter_rows(min_row=2, values_only=True))
    assert sum(row[4] for row in chain[1:]) == pytest.approx(chain[0][4], abs=1e-6)
    assert chain[0][4] == 58009.66
    again = tmp_path / "again.xlsx"
    assert follow(*everything(settlement), "--excel", again) == 0
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@x"])
def test_a_text_is_never_a_formula(sign: str, tmp_path: Path) -> None:
    """A unit may be called anything; opened in Excel it must not be worked out."""
    document = json.loads((EXAMPLE / "decisions.json").read_text("utf-8"))
    for each in document["decisions"]:
        each["unit"] = sign
    decisions, path = tmp_path / "decisions.json", tmp_path / "f.xlsx"
    decisions.write_text(json.dumps(document), encoding="utf-8")
    assert follow(*DAYS, "--excel", path, decisions=decisions) == 0
    cell = openpyxl.load_workbook(BytesIO(path.read_bytes()))["Enhet"]["A2"]
    assert (cell.value, cell.data_type) == (sign, "s")
    assert cell.quotePrefix


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "NO_PERIOD"),
        (("--month", "2026-03", *DAYS), "NO_PERIOD"),
        (("--from", "2026-03-02"), "NO_PERIOD"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "ENDS_BEFORE_START"),
        (("--month", "2026-03", "--month", "2026-05"), "MONTHS_APART"),
        (("--month", "2026-13"), "NOT_A_MONTH"),
        ((*DAYS, "--prices", PRICES), "PRICES_WITHOUT_WORKED_TIME"),
        ((*DAYS, "--plans", EXAMPLE / "none"), "NOT_A_FOLDER"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    arguments: tuple[object, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert follow(*arguments) == 2
    assert code in capsys.readouterr().err


def test_months_in_a_row_are_one_period(capsys: pytest.CaptureFixture[str]) -> None:
    assert follow("--month", "2026-04", "--month", "2026-03", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["firstDay"], document["lastDay"]) == ("2026-03-01", "2026-04-30")
    assert [each["month"] for each in document["groups"]["month"]] == ["2026-03", "2026-04"]


def test_a_settlement_needs_its_visits_and_comes_once(
    settlement: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    shutil.copy(settlement, other)
    assert follow(*DAYS, "--settlement", settlement, "--settlement", other) == 2
    told = capsys.readouterr().err
    assert "SETTLEMENT_WITHOUT_VISITS" in told
    assert "MONTH_TWICE" in told


def test_the_faults_of_all_files_come_at_once_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("decisions.json", "performed.csv", "settled.json", "worked.csv", "prices.toml"):
        (tmp_path / name).write_text("[", encoding="utf-8")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "broken.json").write_text("[", encoding="utf-8")
    code = follow(
        *DAYS, "--plans", tmp_path / "plans", "--performed", tmp_path / "performed.csv",
        "--settlement", tmp_path / "settled.json", "--worked", tmp_path / "worked.csv",
        "--prices", tmp_path / "prices.toml", "--excel", tmp_path / "f.xlsx",
        "--charts", tmp_path / "charts", decisions=tmp_path / "decisions.json",
    )  # fmt: skip
    told = capsys.readouterr().err
    assert code == 2
    for name in ("decisions.json", "performed.csv", "settled.json", "worked.csv", "prices.toml",
                 "broken.json"):  # fmt: skip
        assert name in told, name
    assert not (tmp_path / "f.xlsx").exists()
    assert not (tmp_path / "charts").exists()


def test_a_day_without_a_price_is_refused_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXAMPLE / "decisions.json").read_text("utf-8").replace('"zone": "town"', '"zone": "x"')
    decisions = tmp_path / "decisions.json"
    decisions.write_text(text, encoding="utf-8")
    assert follow(*DAYS, "--excel", tmp_path / "f.xlsx", decisions=decisions) == 2
    assert "UNKNOWN_ZONE" in capsys.readouterr().err
    assert not (tmp_path / "f.xlsx").exists()
