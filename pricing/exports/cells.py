"""
Cells of a workbook: numbers as numbers, days as days, and texts that nothing can execute.

A text that begins as a formula would be one for whoever edits the cell or saves the sheet as CSV;
it is written as text with Excel's own mark for that (quotePrefix), so that it stays and shows as it
was. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from pricing.exports.ubl import xml_text
from scheduler.care.units import from_ore

# What a spreadsheet program may take as the beginning of a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# A third of what a cell holds, so that two of them and a word make a heading.
LONGEST_TEXT = 10_000
MOST_ROWS = 1_048_576
MOST_LINKS = 65_000
# A spreadsheet counts in binary fractions; up to here öre survive them.
LARGEST_ORE = 10**15 - 1
# 41D is Swedish: decimal comma and blanks between thousands, whatever the reader's language.
KRONOR = "[$-41D]#,##0.00"
WHOLE = "[$-41D]#,##0"
DAY = "yyyy-mm-dd"
Style = str
STYLES: dict[Style, dict[str, Any]] = {
    "text": {},
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "kronor": {"num_format": KRONOR},
    "whole": {"num_format": WHOLE},
    "number": {"num_format": "General"},
    "day": {"num_format": DAY, "align": "left"},
    "link": {"font_color": "#0000FF", "underline": 1},
}


@dataclass(frozen=True, slots=True)
class Column:
    """Heading and width, in characters, of a column."""

    heading: str
    width: float


class Sheet:
    """One sheet, written row by row from the top; a row that is passed cannot be written again."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column]) -> None:
        self.book, self.name = book, name
        self.at = book.workbook.add_worksheet(name)
        for place, column in enumerate(columns):
            self.at.set_column(place, place, column.width)
        self.at.set_landscape()
        self.at.set_paper(9)
        self.at.fit_to_pages(1, 0)
        self.links = 0

    def head(self, row: int, columns: Sequence[Column]) -> None:
        """The headings, which stay on the screen and on every page."""
        for place, column in enumerate(columns):
            self.text(row, place, column.heading, "head")
        self.at.freeze_panes(row + 1, 0)
        self.at.repeat_rows(row)

    def text(
        self, row: int, column: int, text: str, style: Style = "text", *, bold: bool = False
    ) -> None:
        """A text that stays one, at most LONGEST_TEXT characters; nothing for an empty one."""
        if not text:
            return
        quoted = text.startswith(FORMULA_SIGNS)
        self.at.write_string(row, column, xml_text(text), self.book.style(style, bold, quoted))

    def ore(self, row: int, column: int, ore: int, *, bold: bool = False) -> None:
        """Öre as kronor with two decimals."""
        self.at.write_number(row, column, float(from_ore(ore)), self.book.style("kronor", bold))

    def whole(self, row: int, column: int, count: int, *, bold: bool = False) -> None:
        """A whole number."""
        self.at.write_number(row, column, count, self.book.style("whole", bold))

    def number(self, row: int, column: int, value: Decimal) -> None:
        """A number with the decimals that it has."""
        self.at.write_number(row, column, float(value), self.book.style("number"))

    def day(self, row: int, column: int, day: date) -> None:
        """A day as a date."""
        self.at.write_datetime(row, column, _midnight(day), self.book.style("day"))

    def link(self, row: int, column: int, place: str, text: str) -> None:
        """A way to a place in the workbook; only its text where Excel takes no more links."""
        self.links += 1
        if self.links > MOST_LINKS:
            self.text(row, column, text)
        else:
            self.at.write_url(row, column, f"internal:{place}", self.book.style("link"), text)

    def check(self, row: int, column: int, formula: str, *, bold: bool = False) -> None:
        """A formula of ours whose value is 0 as long as nobody changes a number."""
        self.at.write_formula(row, column, formula, self.book.style("kronor", bold), 0)


class Book:
    """A workbook in the making."""

    def __init__(self, title: str, author: str, day: date) -> None:
        self._content = BytesIO()
        # One row at a time is held: a month's lines would else take gigabytes.
        self.workbook = Workbook(self._content, {"constant_memory": True})
        self.workbook.set_properties({"title": title, "author": author, "created": _midnight(day)})
        self._styles: dict[tuple[Style, bool, bool], Any] = {}

    def sheet(self, name: str, columns: Sequence[Column]) -> Sheet:
        """A new sheet behind the others."""
        return Sheet(self, name, columns)

    def style(self, style: Style, bold: bool = False, quoted: bool = False) -> Any:
        """A format, made once."""
        key = (style, bold, quoted)
        if key not in self._styles:
            made = self.workbook.add_format(STYLES[style] | ({"bold": True} if bold else {}))
            if quoted:
                made.set_quote_prefix()
            self._styles[key] = made
        return self._styles[key]

    def content(self) -> bytes:
        """The file; the workbook is closed then."""
        self.workbook.close()
        return self._content.getvalue()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a spreadsheet knows no zones
