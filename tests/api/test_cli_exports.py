"""export at the command line: whole files that can be read back, and none written over."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.api.command_line import run
from tests.conftest import ROOT

DEMO = ROOT / "fixtures" / "demo"
BOOK, SETUP = DEMO / "rate_book.toml", DEMO / "export.toml"
HEADER = "id,provider,provider_kind,recipient,service,zone,start,status,performed_min,granted_min\n"
ROWS = (
    "v-1,p-1,PRIVATE,r-1,care,town,2026-03-04T09:00+01:00,PERFORMED,50,50\n"
    "v<2>,p-1,PRIVATE,r-1,care,rural,2026-03-07T19:30+01:00,PERFORMED,35,30\n"
    "v-4,p-1,PRIVATE,r-1,care,town,2026-03-05T09:00+01:00,PERFORMED,45,45\n"
    "v-3,own,OWN,r-2,care,town,2026-03-04T10:00+01:00,PERFORMED,20,20\n"
)


@pytest.fixture
def march(tmp_path: Path) -> Path:
    """March, settled by the demonstration's rate book."""
    sent, out = tmp_path / "march.csv", tmp_path / "march.json"
    sent.write_text(HEADER + ROWS, encoding="utf-8")
    assert run("settle", BOOK, sent, "--month", "2026-03", "--out", out) == 0
    return out


def export(march: Path, kind: str, out: Path, *more: str) -> int:
    return run("export", march, "--format", kind, "--setup", SETUP, "--out", out, *more)


def sums(march: Path) -> dict[str, int]:
    providers = json.loads(march.read_text(encoding="utf-8"))["providers"]
    return {each["provider"]: each["amountOre"] + each["vatOre"] for each in providers}


class Tables(HTMLParser):
    """The texts of every table's rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - inherited
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.tables[-1][-1][-1] += data


def ore(text: str) -> int:
    """sv-SE: decimal comma, no-break space between thousands, a real minus sign."""
    assert re.fullmatch(r"−?\d{1,3}(\u00a0\d{3})*,\d\d", text), text
    plain = text.replace("\u00a0", "").replace(",", ".").replace("−", "-")
    return int(Decimal(plain) * 100)


def test_sie_is_one_file_in_its_code_page(march: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert export(march, "sie", out) == 0
    (path,) = out.iterdir()
    assert path.name == "2026-03.si"
    text = path.read_bytes().decode("cp437")
    owed = re.findall(r"#TRANS (2440|3990) \S+ \S+ (-\d+)\.(\d\d) ", text)
    found = sorted(-int(kronor + ore) for _, kronor, ore in owed)
    assert found == sorted(sums(march).values())


def test_peppol_is_a_document_for_each_provider_that_gets_one(march: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert export(march, "peppol", out) == 0
    assert [path.name for path in out.iterdir()] == ["p-1-2026-03.xml"]
    text = (out / "p-1-2026-03.xml").read_text(encoding="utf-8")
    payable = re.search(r'PayableAmount currencyID="SEK">([0-9.]+)<', text)
    assert payable is not None
    assert int(Decimal(payable[1]) * 100) == sums(march)["p-1"]


def test_the_statement_shows_the_lines_behind_each_sum(march: Path, tmp_path: Path) -> None:
    """Read back: rows add up to the sum of their table, tables to the sum of the whole."""
    out = tmp_path / "out"
    assert export(march, "html", out) == 0
    assert {path.name for path in out.iterdir()} == {"p-1-2026-03.html", "own-2026-03.html"}
    page = (out / "p-1-2026-03.html").read_text(encoding="utf-8")
    reader = Tables()
    reader.feed(page)
    total, *sections = reader.tables
    assert ore(total[-1][3]) == sum(ore(row[3]) for row in total[1:-1]) == sums(march)["p-1"]
    assert len(sections) == len(total) - 2
    for shown, rows in zip(total[1:-1], sections, strict=True):
        amounts = [ore(row[6]) for row in rows[2:-1]]
        assert ore(rows[-1][-2]) == sum(amounts) == ore(shown[3])
    assert "v&lt;2&gt;" in page
    assert "r-1" not in page
    assert "<script" not in page


def test_a_correction_is_told_in_the_statement(march: Path, tmp_path: Path) -> None:
    sent, april, out = tmp_path / "late.csv", tmp_path / "april.json", tmp_path / "out"
    new = "v-9,p-1,PRIVATE,r-1,care,town,2026-04-01T09:00+02:00,PERFORMED,5,5\n"
    sent.write_text(HEADER + ROWS.replace(",50,50", ",40,50") + new, encoding="utf-8")
    arguments = ("--month", "2026-04", "--earlier", march, "--out", april)
    assert run("settle", BOOK, sent, *arguments) == 0
    for kind in ("html", "peppol", "sie"):
        assert export(april, kind, out) == 0
    page = (out / "p-1-2026-04.html").read_text(encoding="utf-8")
    assert "Omvårdnad, Tätort: rättelse av 2026-03" in page
    assert "rättar 2026-03-1" in page
    assert page.index("Omvårdnad, Tätort</a>") < page.index("Omvårdnad, Tätort: rättelse")
    credit = (out / "p-1-2026-04.xml").read_text(encoding="utf-8")
    assert "<cbc:ID>p-1-2026-03</cbc:ID>" in credit
    assert "CreditNoteTypeCode>261<" in credit
    assert "Rättelse av 2026-03" in (out / "2026-04.si").read_bytes().decode("cp437")


TAXED = """
[[vat]]
code = "vat"
text = "Moms"
source = "Made up"
service = "cleaning"
values = { 2026-01-01 = 0.25 }
"""
COMPANY = """
[[provider]]
id = "p-2"
name = "Städbolaget"
organisation = "5590001110"
vat_number = "SE559000111001"
street = "Åvägen 7"
postal_code = "123 47"
city = "Exempelstad"
account = "4630"
payable_account = "2440"
counterpart = "80"
vat_liable = ["cleaning"]
"""


def test_every_export_pays_the_vat_of_the_invoice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Two cleanings of 1.5 h at 601 kronor: 1,803.00, VAT 450.75 where the lines have 450.76.

    Invoice, ledger and statement must ask for the same 2,253.75, and tell the öre.
    """
    book, setup = tmp_path / "book.toml", tmp_path / "export.toml"
    text, derived = BOOK.read_text(encoding="utf-8"), '{ from = "care", times = [0.9] }'
    assert derived in text
    book.write_text(text.replace(derived, "601") + TAXED, encoding="utf-8")
    (tmp_path / "prices.toml").write_bytes((DEMO / "prices.toml").read_bytes())
    setup.write_text(SETUP.read_text(encoding="utf-8") + COMPANY, encoding="utf-8")
    sent, settled, out = tmp_path / "p.csv", tmp_path / "march.json", tmp_path / "out"
    row = "c-{},p-2,PRIVATE,r-1,cleaning,town,2026-03-0{}T09:00+01:00,PERFORMED,90,90\n"
    sent.write_text(HEADER + row.format(1, 4) + row.format(2, 5), encoding="utf-8")
    assert run("settle", book, sent, "--month", "2026-03", "--out", settled) == 0
    assert sums(settled) == {"p-2": 225_376}
    for kind in ("sie", "peppol", "html", "excel"):
        capsys.readouterr()
        assert run("export", settled, "--format", kind, "--setup", setup, "--out", out) == 0
        told = capsys.readouterr().out.replace("\u00a0", " ")
        assert "2 253,75 kr med moms" in told
        assert "öresutjämning av fakturornas moms −0,01 kr" in told
    assert ">2253.75<" in (out / "p-2-2026-03.xml").read_text(encoding="utf-8")
    assert " -2253.75 " in (out / "2026-03.si").read_bytes().decode("cp437")
    page = (out / "p-2-2026-03.html").read_text(encoding="utf-8")
    assert "2\u00a0253,75 kr" in page
    reader = Tables()
    reader.feed(page)
    vat = [ore(row[4]) for row in reader.tables[0][1:]]
    assert vat == [45_076, -1, 45_075]
    *_, total = load_workbook(out / "2026-03.xlsx", data_only=True)["Summor"].values
    assert total[5:8] == (1803, 450.75, 2253.75)


@pytest.mark.parametrize("kind", ["sie", "peppol", "html", "excel"])
def test_nothing_is_written_over_another_content(
    kind: str, march: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same again is fine; with another day every file that differs is told, none written."""
    out = tmp_path / "out"
    assert export(march, kind, out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert export(march, kind, out) == 0
    assert export(march, kind, out, "--day", "2026-04-02") == 2
    told = capsys.readouterr().err
    assert told.count("WRITTEN_BEFORE") == len(before)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_faults_of_both_files_come_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settlement, setup, out = tmp_path / "s.json", tmp_path / "e.toml", tmp_path / "out"
    settlement.write_text("{}", encoding="utf-8")
    setup.write_text("[", encoding="utf-8")
    assert run("export", settlement, "--format", "sie", "--setup", setup, "--out", out) == 2
    told = capsys.readouterr().err
    assert "NOT_A_SETTLEMENT" in told
    assert "UNREADABLE" in told
    assert not out.exists()


def test_a_folder_that_cannot_be_made_is_told(
    march: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert export(march, "sie", tmp_path / "file" / "out") == 2
    assert "UNWRITABLE_OUTPUT" in capsys.readouterr().err
    assert not list(march.parent.glob(".*"))


def test_signs_that_the_ledger_lacks_are_told(
    march: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup, out = tmp_path / "export.toml", tmp_path / "out"
    text = SETUP.read_text(encoding="utf-8").replace("Solgårdens", "Šolgårdens")
    setup.write_text(text, encoding="utf-8")
    assert run("export", march, "--format", "sie", "--setup", setup, "--out", out) == 0
    assert "NOT_IN_CODE_PAGE" in capsys.readouterr().err
