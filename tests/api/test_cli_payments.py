"""rates, settle and reconcile at the command line: exit codes, languages, whole files only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.api.command_line import run
from tests.conftest import ROOT

PUBLISHED = ROOT / "fixtures" / "published"
SOLNA = PUBLISHED / "solna_2024.toml"
HEADER = "id,provider,provider_kind,recipient,service,zone,start,status,performed_min\n"
CLEANED = "v-1,p-1,PRIVATE,r-1,cleaning,all,2024-03-04T09:00+01:00,PERFORMED,50\n"
DECLINED = "v-1,p-1,PRIVATE,r-1,cleaning,all,2024-03-04T09:00+01:00,DECLINED,0\n"


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "march.csv"
    path.write_text(HEADER + CLEANED, encoding="utf-8")
    return path


@pytest.mark.parametrize(("lang", "amount"), [("sv", "382,00"), ("en", "382.00")])
def test_rates_shows_what_is_paid(
    lang: str, amount: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rates", SOLNA, "--lang", lang) == 0
    assert amount in capsys.readouterr().out


@pytest.mark.parametrize("file", sorted(p.name for p in PUBLISHED.glob("*.toml")))
def test_every_published_book_is_shown(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    if "[[rate]]" not in (PUBLISHED / file).read_text("utf-8"):
        return
    assert run("rates", PUBLISHED / file, "--json") == 0
    for rate in json.loads(capsys.readouterr().out)["rates"]:
        assert rate["lines"]
        assert rate["lines"][0]["source"]


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("sv", ("Avböjt besök, städ", "avböjt: 75 %", "dag 2– 25 %", "96 min", "timme, schablon")),
        ("en", ("Avböjt besök, städ", "declined: 75%", "day 2– 25%", "96 min", "hour, standard")),
    ],
)
def test_rates_shows_every_rule_of_the_book(
    lang: str, texts: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever checks a book against the printed one reads standard times and absences too."""
    shown = tmp_path / "book.txt"
    assert run("rates", SOLNA, "--lang", lang, "--out", shown) == 0
    page = shown.read_text("utf-8").replace("\u00a0", " ")
    assert [text for text in texts if text not in page] == []
    assert capsys.readouterr().out == ""


def test_rates_tells_services_and_circumstances_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two amounts of one rate are no use without what tells them apart."""
    path = tmp_path / "solna.toml"
    more = (
        '\n[circumstances]\nmanual = "Registrerat för hand"\n'
        '[[adjustment]]\ncode = "m"\ntext = "För hand"\nsource = "x"\nkind = "share"\n'
        'rate = "care"\nservice = "walk"\ncircumstance = "manual"\nbelow_min = 20\n'
        "values = { 2024-03-01 = -0.1 }\n"
    )
    path.write_text(SOLNA.read_text("utf-8") + more, encoding="utf-8")
    assert run("rates", path, "--json") == 0
    rates = json.loads(capsys.readouterr().out)["rates"]
    (less,) = [each for each in rates if each["amount"] == "417.60"]
    assert less["services"] == ["walk"]
    assert {(c["circumstance"], c["fromMin"]) for c in less["cells"]} == {("manual", 0)}
    assert run("rates", path) == 0
    page = capsys.readouterr().out
    assert "Registrerat för hand" in page
    assert "0–19 min" in page


def test_a_refusal_is_told_in_the_language_that_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, text in (
        (("--lang", "en"), "Nothing has been saved."),
        (("--lang=en",), "Expected"),
        (("--lang", "sv"), "Ingenting har sparats."),
    ):
        assert run("rates", tmp_path / "none.toml", *options) == 2
        assert text in capsys.readouterr().err


def test_rates_of_a_faulty_book_names_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "solna.toml"
    lines = SOLNA.read_text(encoding="utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith('unit = "hour"'))
    lines[at] = 'unit = "hours"'
    path.write_text("\n".join(lines), encoding="utf-8")
    assert run("rates", path) == 2
    assert f"solna.toml:{at + 1}: rate[0].unit" in capsys.readouterr().err


def test_rates_before_the_book_begins_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rates", SOLNA, "--day", "2024-02-29") == 2
    assert "NO_RATE" in capsys.readouterr().err


def test_settle_correct_and_reconcile(
    sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cleaning 611.20; declined after all 458.40, so 152.80 goes back in April."""
    march, april = tmp_path / "march.json", tmp_path / "april.json"
    assert run("settle", SOLNA, sent, "--month", "2024-03", "--out", march) == 0
    assert "611,20" in capsys.readouterr().out
    assert run("reconcile", SOLNA, sent, march, "--lang", "en") == 0
    assert "611.20" in capsys.readouterr().out
    sent.write_text(HEADER + DECLINED, encoding="utf-8")
    told = tmp_path / "told.txt"
    assert run("reconcile", SOLNA, sent, march, "--out", told) == 1
    assert capsys.readouterr().out == ""
    assert "AMOUNT_DIFFERS" in told.read_text("utf-8")
    arguments = ("--month", "2024-04", "--earlier", march, "--out", april, "--json")
    assert run("settle", SOLNA, sent, *arguments) == 0
    assert json.loads(capsys.readouterr().out)["amountOre"] == -15_280
    assert run("reconcile", SOLNA, sent, april, march, "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_visits_from_excel_settle_and_reconcile_as_those_from_csv(
    sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same rows in a workbook give the same settlement, to its digest."""
    book = Workbook()
    for row in (HEADER + CLEANED).splitlines():
        book.active.append(row.split(","))
    excel = tmp_path / "march.xlsx"
    book.save(excel)
    made = []
    for number, performed in enumerate((sent, excel)):
        out = tmp_path / f"{number}.json"
        assert run("settle", SOLNA, performed, "--month", "2024-03", "--out", out) == 0
        made.append(out.read_bytes())
    assert made[0] == made[1]
    assert run("reconcile", SOLNA, excel, out) == 0
    book.active["I2"].value = "fifty"
    book.save(excel)
    assert run("settle", SOLNA, excel, "--month", "2024-03") == 2
    assert "march.xlsx:2: performed_min" in capsys.readouterr().err


def test_a_settlement_is_never_written_over(
    sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settling the same again is fine; another content under the same name is refused."""
    out = tmp_path / "march.json"
    arguments = ("--month", "2024-03", "--out", out)
    assert run("settle", SOLNA, sent, *arguments) == 0
    before = out.read_bytes()
    assert run("settle", SOLNA, sent, *arguments) == 0
    sent.write_text(HEADER + DECLINED, encoding="utf-8")
    assert run("settle", SOLNA, sent, *arguments) == 2
    assert "SETTLED_BEFORE" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_faults_of_all_files_come_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("book.toml", "visits.csv", "earlier.json"):
        (tmp_path / name).write_text("[", encoding="utf-8")
    code = run(
        "settle",
        tmp_path / "book.toml",
        tmp_path / "visits.csv",
        "--month",
        "2024-03",
        "--earlier",
        tmp_path / "earlier.json",
        "--out",
        tmp_path / "out.json",
    )
    told = capsys.readouterr().err
    assert code == 2
    assert all(name in told for name in ("book.toml", "visits.csv", "earlier.json"))
    assert not (tmp_path / "out.json").exists()
