"""
The follow-up as an Excel workbook: every table, numbers as numbers, texts always as texts.

What is missing says so in words, which sums and means of a column leave aside. A text that begins
with a sign of formulas stays a text, also when somebody edits its cell. The same follow-up gives
the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter

from api.pages.followup_words import Format, format_of, value_word, word
from pricing.followup.report import DIMENSIONS, FollowUp
from pricing.followup.tables import (
    care_hour_table,
    chain_table,
    left_out_table,
    place_table,
    stage_table,
    worked_table,
)

FORMULA_SIGNS = frozenset("=+-@\t\r")
NUMBER_FORMATS = {
    Format.HOURS: "#,##0.00",
    Format.SHARE: "0.0%",
    Format.KRONOR: "#,##0.00",
    Format.WHOLE_KRONOR: "#,##0.00",
    Format.COUNT: "0",
    Format.MEAN: "0.0",
}
STAGE_SHEETS = ("kind", "provider", "zone", "unit", "month", "service")
TEXT_WIDTH, NUMBER_WIDTH, READ_WIDTH = 34, 13, 100
NOTE_COLUMNS = ("code", "where", "expected", "found", "action")
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(made: FollowUp, lang: str) -> bytes:
    """The workbook of a follow-up."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    # Excel wants a time of making; the clock's would make two equal books different.
    book.set_properties({"created": datetime.combine(made.last, time()), "author": "Hemplan"})
    sheets = _Sheets(book, lang)
    sheets.read_me(made)
    sheets.table(word("sheet_chain", lang), chain_table(made.total.sums))
    for dimension in STAGE_SHEETS:
        sheets.table(word(dimension, lang), stage_table(made, dimension))
    sheets.table(word("sheet_leaks", lang), place_table(made, list(DIMENSIONS)))
    sheets.table(word("sheet_worked", lang), worked_table(made, "provider"))
    sheets.table(
        f"{word('sheet_worked', lang)}, {word('zone', lang).lower()}", worked_table(made, "zone")
    )
    sheets.table(word("sheet_care_hour", lang), care_hour_table(made))
    sheets.table(word("sheet_left_out", lang), left_out_table(made))
    book.close()
    return content.getvalue()


class _Sheets:
    """Sheets of one workbook and their formats."""

    def __init__(self, book: xlsxwriter.Workbook, lang: str) -> None:
        self.book, self.lang = book, lang
        self.head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.missing = book.add_format({"italic": True, "align": "right"})
        # Keeps a text that looks like a formula a text when its cell is edited.
        self.quoted = book.add_format({"quote_prefix": True})
        self.numbers = {
            each: book.add_format({"num_format": text}) for each, text in NUMBER_FORMATS.items()
        }

    def read_me(self, made: FollowUp) -> None:
        """What the book holds, what its shares mean, and what is missing."""
        lang = self.lang
        sheet = self.book.add_worksheet(word("sheet_read", lang))
        sheet.set_column(0, 0, READ_WIDTH, self.wrapped)
        sheet.set_column(1, len(NOTE_COLUMNS) - 1, TEXT_WIDTH, self.wrapped)
        title = word("title", lang, first=made.first.isoformat(), last=made.last.isoformat())
        sheet.write_string(0, 0, title, self.title)
        said = ("kronor_mean", "shares_mean", "worked_mean", "care_hour_mean", "punctual_mean")
        for row, key in enumerate(said, start=2):
            sheet.write_string(row, 0, word(key, lang), self.wrapped)
        row = len(said) + 3
        if made.notes:
            sheet.write_string(row, 0, word("heading_notes", lang), self.title)
        for each in made.notes:
            row += 1
            for column, name in enumerate(("action", "code", "where", "expected", "found")):
                self._text(sheet, row, column, getattr(each, name), self.wrapped)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """One table with a heading that stays and can be filtered; none when it is empty."""
        if frame.empty:
            return
        sheet = self.book.add_worksheet(name)
        columns: Sequence[str] = list(frame.columns)
        for column, key in enumerate(columns):
            text = format_of(key) is Format.TEXT
            sheet.set_column(column, column, TEXT_WIDTH if text else NUMBER_WIDTH)
            sheet.write_string(0, column, word(key, self.lang), self.head)
            for row, value in enumerate(frame[key].tolist(), start=1):
                self._cell(sheet, row, column, key, value)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(frame), len(columns) - 1)

    def _cell(self, sheet: Any, row: int, column: int, key: str, value: Any) -> None:
        shown = format_of(key)
        if shown is Format.TEXT:
            self._text(sheet, row, column, value_word(key, str(value), self.lang))
        elif pd.isna(value):
            sheet.write_string(row, column, word("missing", self.lang), self.missing)
        else:
            sheet.write_number(row, column, value, self.numbers[shown])

    def _text(self, sheet: Any, row: int, column: int, text: str, usual: Any = None) -> None:
        sheet.write_string(
            row, column, text, self.quoted if text[:1] in FORMULA_SIGNS and text else usual
        )
