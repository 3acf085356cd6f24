"""
The lines of a settlement as sheets of a workbook, and where those of each section stand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pricing.exports.cells import Book, Column, Sheet
from pricing.exports.postings import Posted
from pricing.exports.sections import Section
from pricing.pay.settlement import SettledLine

THOUSAND = 1000
LINES = "Rader"
LINE_COLUMNS = (
    Column("Rad", 16),
    Column("Rättar rad", 16),
    Column("Utförare", 14),
    Column("Besök", 22),
    Column("Dag", 11),
    Column("Insats", 24),
    Column("Zon", 16),
    Column("Ersättning", 18),
    Column("Del", 12),
    Column("Tidsband", 12),
    Column("Minuter", 9),
    Column("Antal", 9),
    Column("Belopp, kr", 13),
    Column("Moms, kr", 12),
)
AMOUNT, VAT = "M", "N"
LAST_COLUMN = VAT


class Span(NamedTuple):
    """Rows of a sheet of lines, counted from 1 as Excel shows them."""

    sheet: str
    first: int
    last: int

    def of(self, first: str, last: str) -> str:
        """The cells from one column to another."""
        return f"'{self.sheet}'!{first}{self.first}:{last}{self.last}"


def placed(
    of_provider: dict[str, list[Section]], most_rows: int
) -> dict[tuple[str, int], list[Span]]:
    """Provider and number of a section -> where its lines stand; several where a sheet ends."""
    found: dict[tuple[str, int], list[Span]] = {}
    at = 0
    for provider, own in of_provider.items():
        for number, section in enumerate(own):
            spans = []
            left = len(section.lines)
            while left:
                sheet, row = divmod(at, most_rows - 1)
                here = min(left, most_rows - 1 - row)
                spans.append(Span(_name(sheet), row + 2, row + 1 + here))
                at, left = at + here, left - here
            found[provider, number] = spans
    return found


def _name(number: int) -> str:
    return LINES if number == 0 else f"{LINES} {number + 1}"


def write_lines(
    made: Book, posted: Posted, of_provider: dict[str, list[Section]], most_rows: int
) -> None:
    """The sheets of lines, in the order of the sections."""
    days: dict[str, date] = {}
    sheet, row, number = None, most_rows, 0
    for own in of_provider.values():
        for section in own:
            for line in section.lines:
                if sheet is None or row == most_rows:
                    if sheet is not None:
                        _filter(sheet, row)
                    sheet, row = made.sheet(_name(number), LINE_COLUMNS), 1
                    sheet.head(0, LINE_COLUMNS)
                    number += 1
                _line_row(sheet, row, posted, line, days)
                row += 1
    if sheet is not None:
        _filter(sheet, row)


def _filter(sheet: Sheet, rows: int) -> None:
    sheet.at.autofilter(0, 0, rows - 1, len(LINE_COLUMNS) - 1)


def _line_row(
    sheet: Sheet, row: int, posted: Posted, line: SettledLine, days: dict[str, date]
) -> None:
    for column, text in enumerate((line.number, line.corrects, line.provider, line.visit)):
        sheet.text(row, column, text)
    if line.day not in days:
        days[line.day] = date.fromisoformat(line.day)
    sheet.day(row, 4, days[line.day])
    setup = posted.setup
    texts = (setup.services[line.service], setup.zones[line.zone], line.rate, line.component,
             line.band)  # fmt: skip
    for column, text in enumerate(texts, 5):
        sheet.text(row, column, text)
    sheet.whole(row, 10, line.minutes)
    if line.quantity:
        sheet.number(row, 11, Decimal(line.quantity) / THOUSAND)
    sheet.ore(row, 12, line.amount_ore)
    sheet.ore(row, 13, line.vat_ore)
