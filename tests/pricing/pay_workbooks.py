"""Workbooks of performed visits as people and programs save them, and what is read of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook

from pricing.pay.columns import VisitColumns
from pricing.pay.reading import read_performed
from pricing.pay.rows import REQUIRED
from scheduler.care.errors import Finding, InvalidInput

HEADER = (*REQUIRED, "status", "performed_min", "absent_from")
NINE = datetime(2026, 3, 4, 9, 0)  # noqa: DTZ001 - a spreadsheet knows no zones
TEXTS = (
    "v-1", "p-1", "PRIVATE", "r-1", "care", "town", "2026-03-04T09:00:00+01:00", "PERFORMED", "30",
    "",
)  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"


def row(**changed: Any) -> list[Any]:
    """A visit as somebody types it: a time in a cell, minutes as a number."""
    typed = dict(zip(HEADER, TEXTS, strict=True)) | {"start": NINE, "performed_min": 30}
    return list((typed | changed).values())


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def filled(*rows: Sequence[Any], header: Sequence[Any] = HEADER) -> bytes:
    book = Workbook()
    for each in (header, *rows):
        book.active.append(list(each))
    return saved(book)


def shared(*rows: Sequence[str]) -> bytes:
    """As Excel saves texts: once each, in a part of their own."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, each in enumerate((HEADER, *rows)):
            sheet.write_row(number, 0, each)
    return stream.getvalue()


def edited(content: bytes, change: Callable[[str], str], part: str = SHEET) -> bytes:
    """The workbook with one of its parts changed, which has to make a difference."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for each in old.namelist():
            text = old.read(each)
            if each == part:
                text = change(text.decode()).encode()
                assert text != old.read(each)
            new.writestr(each, text)
    return stream.getvalue()


def worked_out(content: bytes) -> bytes:
    """As Excel saves: formulas with their values."""
    return edited(content, lambda x: x.replace(' fullCalcOnLoad="1"', ""), "xl/workbook.xml")


def read(content: bytes) -> VisitColumns:
    return read_performed(content, "v.xlsx")


def faults(content: bytes, name: str = "v.xlsx") -> list[Finding]:
    with pytest.raises(InvalidInput) as refused:
        read_performed(content, name)
    return list(refused.value.findings)


def csv(*rows: Sequence[str]) -> bytes:
    return "".join(";".join(each) + "\n" for each in (HEADER, *rows)).encode()
