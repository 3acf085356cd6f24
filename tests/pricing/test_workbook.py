"""The workbook holds the settlement to the öre, and nothing in it runs."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from export_cases import MARCH, line, posted_of, settled, setup_of
from hypothesis import given, settings
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape

from pricing.exports.cells import FORMULA_SIGNS, LARGEST_ORE
from pricing.exports.postings import Posted
from pricing.exports.workbook import HEAD_ROW, SUM, workbook
from pricing.pay.settlement import SettledLine
from scheduler.care.errors import InvalidInput

SETUP = setup_of()
Cells = list[tuple[Any, ...]]


def opened(posted: Posted, most_rows: int = 1_048_576) -> Workbook:
    return load_workbook(BytesIO(workbook(posted, most_rows=most_rows)))


def rows_of_lines(book: Workbook) -> Cells:
    """Every row of every sheet of lines, without the headings."""
    found: Cells = []
    for name in book.sheetnames[1:]:
        found += list(book[name].iter_rows(min_row=2, values_only=True))
    return found


def rows_of_sums(book: Workbook) -> Cells:
    return list(book["Summor"].iter_rows(min_row=HEAD_ROW + 2, values_only=True))


def ore(value: Any) -> int:
    """A number of a cell in öre, which it has to be exactly."""
    assert isinstance(value, int | float)
    kronor = Decimal(repr(value))
    assert kronor == kronor.quantize(Decimal("0.01"))
    return int(kronor * 100)


def span_of(book: Workbook, told: str) -> Cells:
    """The rows that a reference such as ``Rader 2–4, Rader 2 2–3`` names."""
    found: Cells = []
    for each in told.split(", "):
        match = re.fullmatch(r"(Rader(?: \d+)?) (\d+)–(\d+)", each)
        assert match, told
        first, last = int(match[2]), int(match[3])
        found += list(book[match[1]].iter_rows(min_row=first, max_row=last, values_only=True))
    return found


def check(posted: Posted, book: Workbook) -> None:
    """Every line once, every sum that of the rows it names, every provider paid what is owed."""
    lines = rows_of_lines(book)
    assert sorted(
        (row[0], row[1] or "", row[2], row[3], row[10], ore(row[12]), ore(row[13])) for row in lines
    ) == sorted(
        (each.number, each.corrects, each.provider, each.visit, each.minutes, each.amount_ore,
         each.vat_ore)
        for each in posted.settlement.lines
    )  # fmt: skip
    *sums, total = rows_of_sums(book)
    behind: Cells = []
    by_provider: dict[str, list[tuple[Any, ...]]] = {}
    for row in sums:
        by_provider.setdefault(row[0], []).append(row)
    for provider, own in by_provider.items():
        *parts, of_all = own
        assert of_all[2] == SUM
        for row in parts:
            if row[8] is None:
                assert ore(row[6]) == posted.vat[provider].rounding_ore != 0
                continue
            span = span_of(book, row[8])
            behind += span
            assert len(span) == row[3]
            assert {each[2] for each in span} == {provider}
            assert [ore(row[5]), ore(row[6])] == [sum(ore(x[n]) for x in span) for n in (12, 13)]
        for column in (3, 4, 5, 6, 7):
            assert ore(of_all[column]) == sum(ore(row[column]) for row in parts)
        (paid,) = [each for each in posted.settlement.sums if each.provider == provider]
        assert ore(of_all[7]) == paid.amount_ore + posted.vat[provider].ore
        assert len(span_of(book, of_all[8])) == paid.lines
    assert behind == lines
    assert ore(total[7]) == posted.owed_ore


def test_a_month_by_hand() -> None:
    """p-1: 255.00 + 400.17 + 50.25 - 85.00 = 620.42 kronor, no VAT."""
    posted = posted_of(MARCH, SETUP)
    book = opened(posted)
    check(posted, book)
    assert book.sheetnames == ["Summor", "Rader"]
    rows = [row for row in rows_of_sums(book) if row[0] == "p-1"]
    assert [(row[2], row[5]) for row in rows] == [
        ("Omvårdnad, Landsbygd", 400.17), ("Omvårdnad, Tätort", 255),
        ("Matleverans, Tätort", 50.25), ("Omvårdnad, Tätort: rättelse av 2026-02", -85),
        (SUM, 620.42),
    ]  # fmt: skip
    assert rows[0][10:] == ("4630", "320", "5521", "80")


def test_numbers_are_numbers_and_days_are_days() -> None:
    book = opened(posted_of([line(1, quantity=2_500)], SETUP))
    (row,) = book["Rader"].iter_rows(min_row=2)
    assert row[4].value == datetime(2026, 3, 4)  # noqa: DTZ001 - a spreadsheet knows no zones
    assert row[4].number_format == "yyyy-mm-dd"
    assert (row[12].value, row[12].data_type, row[11].value) == (255, "n", 2.5)
    assert row[12].number_format == "[$-41D]#,##0.00"


def test_it_can_be_read_without_scrolling_or_guessing() -> None:
    """Swedish headings that stay, columns wide enough, a filter over the lines."""
    book = opened(posted_of(MARCH, SETUP))
    sums, lines = book["Summor"], book["Rader"]
    assert (sums.freeze_panes, lines.freeze_panes) == (f"A{HEAD_ROW + 2}", "A2")
    assert [cell.value for cell in lines[1]][:5] == [
        "Rad", "Rättar rad", "Utförare", "Besök", "Dag",
    ]  # fmt: skip
    assert lines.auto_filter.ref == f"A1:N{len(MARCH) + 1}"
    assert lines.column_dimensions["D"].width > 20
    assert sums["A1"].value == "Avräkning 2026-03"


def test_a_sum_leads_to_its_lines() -> None:
    """The link goes where the text says."""
    sheet = opened(posted_of(MARCH, SETUP))["Summor"]
    cell = sheet.cell(HEAD_ROW + 2, 9)
    assert cell.hyperlink is not None
    match = re.fullmatch(r"Rader (\d+)–(\d+)", cell.value)
    assert match
    assert cell.hyperlink.location == f"'Rader'!A{match[1]}:N{match[2]}"


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_no_text_is_executed(sign: str) -> None:
    """An id or a name may begin as a formula does; it stays a text, and shows as it is."""
    text = f"{sign}HYPERLINK(1;2)"
    setup = setup_of(a=('care = "Omvårdnad"', f'care = "{text.strip()}"'))
    book = opened(posted_of([line(1, visit=text, rate=text, band=text)], setup))
    (row,) = book["Rader"].iter_rows(min_row=2)
    for column in (3, 7, 9):
        assert (unescape(row[column].value), row[column].data_type) == (text, "s")
        assert row[column].quotePrefix
    assert not row[0].quotePrefix
    formulas = {
        (sheet.title, cell.column_letter)
        for sheet in book
        for cells in sheet.iter_rows()
        for cell in cells
        if cell.data_type == "f"
    }
    assert formulas == {("Summor", "J")}


def test_what_xml_cannot_hold_is_replaced() -> None:
    book = opened(posted_of([line(1, visit="v\x08<&>\ufffe")], SETUP))
    assert rows_of_lines(book)[0][3] == "v\ufffd<&>\ufffd"


def test_the_control_formulas_point_at_the_rows_behind() -> None:
    """What is summed in the formula is amounts and VAT of exactly the rows that the link shows."""
    sheet = opened(posted_of(MARCH, SETUP))["Summor"]
    for row in sheet.iter_rows(min_row=HEAD_ROW + 2):
        if row[8].value and row[2].value != SUM:
            first, last = re.findall(r"\d+", row[8].value)
            place = f"H{row[0].row}-SUM('Rader'!M{first}:N{last})"
            assert row[9].value == f"=ROUND({place},2)"
    cached = load_workbook(BytesIO(workbook(posted_of(MARCH, SETUP))), data_only=True)["Summor"]
    found = [row[9] for row in cached.iter_rows(min_row=HEAD_ROW + 2, values_only=True)]
    assert found == [0] * len(found)


def test_the_rounding_of_vat_is_a_row() -> None:
    lines = [
        line(n, provider="p-2", service="cleaning", amount_ore=2, vat_ore=1) for n in range(1, 4)
    ]
    posted = posted_of(lines, SETUP)
    check(posted, opened(posted))
    rows = [(row[2], row[6]) for row in rows_of_sums(opened(posted))]
    assert rows[:3] == [
        ("Städ, Tätort", 0.03), ("Öresutjämning av fakturans moms", -0.01), (SUM, 0.02),
    ]  # fmt: skip


def test_lines_go_on_where_a_sheet_is_full() -> None:
    """Three rows a sheet, one of them headings: seven lines are on four sheets."""
    posted = posted_of(MARCH, SETUP)
    book = opened(posted, most_rows=3)
    assert book.sheetnames == ["Summor", "Rader", "Rader 2", "Rader 3", "Rader 4"]
    check(posted, book)


def test_a_section_may_be_longer_than_a_sheet() -> None:
    """Five lines alike at two a sheet; their sum names all three places."""
    posted = posted_of([line(n) for n in range(1, 6)], SETUP)
    book = opened(posted, most_rows=3)
    check(posted, book)
    assert rows_of_sums(book)[0][8] == "Rader 2–3, Rader 2 2–3, Rader 3 2–2"


def test_the_same_settlement_gives_the_same_bytes() -> None:
    first, again = (workbook(posted_of(MARCH, SETUP)) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(BytesIO(first)) as archive:
        days = {info.date_time[:3] for info in archive.infolist()}
        assert b">2026-03-31T00:00:00Z<" in archive.read("docProps/core.xml")
    assert days == {(1980, 1, 31)}


def test_an_amount_that_would_lose_ore_is_refused() -> None:
    largest = line(1, amount_ore=LARGEST_ORE)
    check(posted_of([largest], SETUP), opened(posted_of([largest], SETUP)))
    for lines in (
        [line(1, amount_ore=LARGEST_ORE + 1)],
        [line(1, amount_ore=-LARGEST_ORE - 1), line(2, amount_ore=LARGEST_ORE)],
    ):
        with pytest.raises(InvalidInput) as error:
            workbook(posted_of(lines, SETUP))
        assert [each.code for each in error.value.findings] == ["AMOUNT_TOO_LARGE"]


def test_a_text_that_a_cell_would_cut_is_refused() -> None:
    with pytest.raises(InvalidInput) as error:
        workbook(posted_of([line(1, visit="v" * 10_001, rate="r" * 10_001)], SETUP))
    assert [each.code for each in error.value.findings] == ["TEXT_TOO_LONG"] * 2
    longest = line(1, visit="v" * 10_000)
    check(posted_of([longest], SETUP), opened(posted_of([longest], SETUP)))


@given(settled())
@settings(max_examples=25, deadline=None)
def test_read_back_it_is_the_settlement(lines: list[SettledLine]) -> None:
    posted = posted_of(lines, SETUP)
    check(posted, opened(posted))
