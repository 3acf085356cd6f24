"""Worked time from CSV, Excel and JSON: the same days whatever form, every fault at once."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from pricing.pay.worked_reading import read_worked_lines
from pricing.performed_time import CarerDay
from pricing.recipe import TimeClass
from scheduler.care.errors import InvalidInput

HEADER = ["day", "carer", "zone", "worked_min", "care_min", "transport_min", "provider", "unit"]
DAY = CarerDay(
    date(2026, 3, 4), "kim", "town", 480, 300, {TimeClass.TRANSPORT: 100}, "p-1", "north"
)
# A class that was not registered is missing, not zero.
LATER = CarerDay(date(2026, 3, 5), "kim", "town", 60, 0, {}, "p-1", "north")
ROWS: list[list[Any]] = [
    [date(2026, 3, 4), "kim", "town", 480, 300, 100, "p-1", "north"],
    [date(2026, 3, 5), "kim", "town", 60, 0, None, "p-1", "north"],
]


def as_csv(rows: list[list[Any]], delimiter: str = ",") -> bytes:
    lines = [HEADER, *([("" if each is None else str(each)) for each in row] for row in rows)]
    return "\n".join(delimiter.join(line) for line in lines).encode()


def as_json(rows: list[list[Any]], under: str | None = "days") -> bytes:
    made = [
        {
            name: str(each) if isinstance(each, date) else each
            for name, each in zip(HEADER, row, strict=True)
        }
        for row in rows
    ]
    return json.dumps({under: made} if under else made).encode()


def as_workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *rows):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [as_csv(ROWS), as_csv(ROWS, ";"), as_json(ROWS), as_json(ROWS, None), as_workbook(ROWS)],
)
def test_every_form_says_the_same(content: bytes) -> None:
    assert list(read_worked_lines(content, "t", corrects=False).values()) == [DAY, LATER]


def test_a_line_is_told_by_its_number_in_the_file() -> None:
    assert list(read_worked_lines(as_workbook(ROWS), "t", corrects=False)) == [2, 3]
    assert list(read_worked_lines(as_json(ROWS), "t", corrects=False)) == [0, 1]


def test_only_a_correction_takes_a_day_back() -> None:
    rows = [[date(2026, 3, 4), "kim", "town", 0, 0, None, "p-1", "north"]]
    (made,) = read_worked_lines(as_csv(rows), "t", corrects=True).values()
    assert (made.worked_min, made.care_min) == (0, 0)
    with pytest.raises(InvalidInput, match="worked_min > 0"):
        read_worked_lines(as_csv(rows), "t", corrects=False)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"days": [7, {"day": {}}]}', ["t: line 0", "t: line 1, day"]),
        (b'{"days": [], "days": []}', ["t"]),
        (b'{"visits": []}', ["t"]),
        (b'{"days": []}', ["t"]),
        (b"\xff\xfe", ["t"]),
        (b"PK\x03\x04 no archive", ["t"]),
        (as_csv([["x"] * 8, [*ROWS[0][:3], 9, 8, 7, "p-1", "north"]]),
         ["t: line 2, day", "t: line 2, worked_min", "t: line 2, care_min",
          "t: line 2, transport_min", "t: line 3"]),
        (as_workbook([[True, "kim", "town", 1.5, 0, None, "p-1", "n_x0007_"]]),
         ["t: line 2, unit"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_told_at_once(content: bytes, where: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_worked_lines(content, "t", corrects=False)
    assert [each.where for each in refused.value.findings] == where
