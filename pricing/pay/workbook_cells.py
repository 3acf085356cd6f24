"""
Cells of a workbook as the texts that a CSV file would have.

What cannot be such a text is spoilt, and says why: an error of Excel, a formula without a value, a
number that has lost digits, a time that the clocks showed twice or never.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from pricing.pay.rows import Spoilt
from scheduler.care.units import STOCKHOLM

# A number in a cell is exact up to 15 digits; of a longer one the last are gone.
EXACT = 10**15
MOMENTS = ("start", "absent_from")
HALF_A_SECOND = timedelta(milliseconds=500)
TIME_ACTION = "Skriv tiden som text med tidszon, t.ex. 2026-03-04T09:00:00+01:00."
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

NOT_WORKED_OUT = Spoilt(
    "formula",
    "a value",
    "a formula that no program has worked out",
    "Öppna filen i Excel och spara den, eller klistra in värdena.",
)
_ERROR = Spoilt("error", "a value", "an error of Excel, such as #N/A", "Rätta formeln.")
_NO_DAY = Spoilt(
    "time", "no time of day alone", "a time or a length of time", "Ange cellen som tal eller text."
)
_LONG = Spoilt(
    "digits",
    "at most 15 digits in a cell that is a number",
    "a longer number, whose last digits Excel has lost",
    "Ange kolumnen som text innan värdena skrivs in.",
)
_DATE = Spoilt(
    "date",
    "a number or a text",
    "a cell in the form of a date",
    "Ange kolumnens format som tal eller text.",
)
_MIDNIGHT = Spoilt(
    "midnight",
    "a day with its time",
    "a day alone",
    "Ange klockslag, och visa det i cellens format (ÅÅÅÅ-MM-DD TT:MM).",
)
_SKIPPED = Spoilt(
    "skipped",
    "a time that the clocks showed",
    "one that was skipped when summer time began",
    TIME_ACTION,
)
_TWICE = Spoilt(
    "twice",
    "a time that the clocks showed once",
    "one that came twice when summer time ended",
    TIME_ACTION,
)


def text_of(cell: Any, field: str, epoch: datetime) -> str:
    """
    A cell that is not empty as text.

    Parameters
    ----------
    cell
        Of openpyxl, read with values in place of formulas.
    field
        That it stands under; ``start`` and ``absent_from`` hold times, the others none.
    epoch
        Day 0 of the workbook's numbers for days.
    """
    value = cell.value
    if cell.data_type == "e":
        return _ERROR
    if isinstance(value, str):
        # Excel writes what XML cannot hold as _x0007_.
        return str(unescape(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if field in MOMENTS:
            return _serial(value, field, epoch)
        return _LONG if abs(value) >= EXACT else f"{value:.15g}"
    if isinstance(value, date):
        return _moment(value, field, with_time=_shows_hours(cell.number_format))
    return _NO_DAY


def _serial(value: int | float, field: str, epoch: datetime) -> str:
    """A time whose cell has lost its form."""
    try:
        found = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return f"{value:.15g}"
    return _moment(found, field, with_time=False) if isinstance(found, datetime) else _NO_DAY


def _moment(value: date, field: str, *, with_time: bool) -> str:
    """A day, or a time with the offset that Sweden had then."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    # Excel counts in fractions of a day: nine o'clock may be a hair before it.
    value = (value + HALF_A_SECOND).replace(microsecond=0)
    midnight = value.time() == time()
    if field == "absent_from":
        return value.date().isoformat() if midnight else value.isoformat()
    if field != "start":
        return _DATE
    if midnight and not with_time:
        return _MIDNIGHT
    first, second = (value.replace(tzinfo=STOCKHOLM, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None) != value:
        return _SKIPPED
    return first.isoformat() if first.utcoffset() == second.utcoffset() else _TWICE


def _shows_hours(number_format: str) -> bool:
    return "h" in _NOT_SHOWN.sub("", number_format).lower()
