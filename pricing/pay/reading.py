"""
Reading performed visits from CSV, JSON or Excel: whole or not at all, every fault with its line.

The same row sent twice counts once; the same id with another content is a fault. Texts are
converted once each, since a month of a million rows has few different ones.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from pricing.book.calendar import MINUTES_PER_DAY, epoch_minute, local_day
from pricing.book.model import BY_DAY_NUMBER, Status
from pricing.pay.columns import STATUSES, Mask, VisitColumns, columns_from, ints
from pricing.pay.rows import (
    DEFAULTS,
    FIELDS,
    REQUIRED,
    Part,
    Row,
    Spoilt,
    csv_rows,
    json_rows,
    refused,
)
from pricing.pay.visits import MOST_GRANTED_MINUTES, MOST_MINUTES, MOST_QUANTITY, MOST_STAFF
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import MINUTES_PER_HOUR

# Fields whose content is never repeated in a finding.
SECRET = frozenset({"id", "recipient", "carer", "planned_visit"})
# Their quantity is days of the month.
WHOLE_DAYS = frozenset({Status.PERIOD, Status.GRANTED})
MOST_FINDINGS = 1_000
MOST_TEXT = 100
YEARS = range(2000, 2100)
# Workbooks are zip archives, or of the old kind, which is refused.
WORKBOOK_SIGNS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls")


def read_performed(content: bytes, name: str) -> VisitColumns:
    """
    The performed visits of a file: an Excel workbook, JSON when it begins with a bracket, else CSV.

    Raises
    ------
    InvalidInput
        With every fault, at most 1,000 of them.
    """
    reader = _Columns(name)
    for header, rows in _parts(content, name):
        reader.add(header, rows)
    return reader.visits()


def _parts(content: bytes, name: str) -> Iterator[Part]:
    if content.startswith(WORKBOOK_SIGNS) or name.lower().endswith(WORKBOOK_ENDINGS):
        # Loads a library that the other forms do without.
        from pricing.pay.workbook import workbook_rows

        return workbook_rows(content, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(name, "text in UTF-8", f"byte {error.start}") from None
    return json_rows(text, name) if text.lstrip()[:1] in ("[", "{") else csv_rows(text, name)


# ---------------------------------------------------------------- columns


class _Columns:
    """Columns of converted values, filled chunk by chunk."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.lines: list[int] = []
        self.values: dict[str, list[Any]] = {field: [] for field in FIELDS}
        self.known: dict[str, dict[str, Any]] = {field: {} for field in FIELDS}

    def add(self, header: Row, rows: list[tuple[int, Row]]) -> None:
        """More rows under the same header."""
        if not self.lines:
            self._check_header(header)
        whole = rows
        if any(len(row) != len(header) for _, row in rows):
            whole = [(line, row) for line, row in rows if len(row) == len(header)]
            for line, row in rows:
                if len(row) != len(header):
                    self._tell(line, "row", f"{len(header)} fields", f"{len(row)}", "Rätta raden.")
        self.lines += [line for line, _ in whole]
        columns = dict(zip(header, zip(*(row for _, row in whole), strict=True), strict=False))
        for field, convert in CONVERT.items():
            texts = columns.get(field, [DEFAULTS.get(field, "")] * len(whole))
            known = self.known[field] if field != "id" else {}
            for text in set(texts):
                if text not in known:
                    known[text] = convert(text.strip() or DEFAULTS.get(field, ""))
            found = [known[text] for text in texts]
            if None in set(found):
                self._tell_faults(field, found, texts, whole)
            self.values[field] += found

    def _check_header(self, header: Row) -> None:
        missing = [field for field in REQUIRED if field not in header]
        unknown = [field for field in header if field not in FIELDS]
        doubled = sorted({field for field in header if list(header).count(field) > 1})
        for fields, expected, action in (
            (missing, "every required field", "Lägg till fältet."),
            (unknown, f"only {', '.join(FIELDS)}", "Rätta stavningen eller ta bort fältet."),
            (doubled, "each field once", "Ta bort dubbletten."),
        ):
            if fields:
                shown = ", ".join(field for field in fields if field.isidentifier()) or "other text"
                self._tell(1, "header", expected, shown[:200], action)
        if self.findings:
            raise InvalidInput(self.findings)

    def _tell_faults(
        self, field: str, found: list[Any], texts: Sequence[str], rows: list[tuple[int, Row]]
    ) -> None:
        for value, text, (line, _) in zip(found, texts, rows, strict=True):
            if value is None and isinstance(text, Spoilt):
                self._tell(line, field, text.expected, text.found, text.action)
            elif value is None:
                shown = f"{len(text)} characters" if field in SECRET else repr(text[:40])
                self._tell(line, field, EXPECTED[field], shown, "Rätta värdet.")

    def _tell(self, line: int, field: str, expected: str, found: str, action: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            where = f"{self.name}:{line}: {field}"
            self.findings.append(Finding("WRONG_VALUE", where, expected, found, action))

    def visits(self) -> VisitColumns:
        """All rows; raises with every fault."""
        if not self.findings:
            self._drop_doubles()
        if not self.findings:
            self._check_rows()
        if self.findings:
            raise InvalidInput(self.findings)
        numbers = {
            field: ints(self.values[field])
            for field in ("start", "performed_min", "granted_min", "staff", "delegated", "quantity",
                          "status", "absent_from")
        }  # fmt: skip
        return columns_from(self.values["id"], self.values, numbers)

    def _drop_doubles(self) -> None:
        """The same row twice counts once; the same id with another content is a fault."""
        ids = self.values["id"]
        if len(set(ids)) == len(ids):
            return
        first: dict[str, int] = {}
        keep = []
        for row, each in enumerate(ids):
            before = first.setdefault(each, row)
            if before == row:
                keep.append(row)
            elif any(column[row] != column[before] for column in self.values.values()):
                expected = f"the content of line {self.lines[before]}, which has the same id"
                self._tell(self.lines[row], "id", expected, "another", "Byt id, eller rätta raden.")
        for field, column in self.values.items():
            self.values[field] = [column[row] for row in keep]
        self.lines = [self.lines[row] for row in keep]

    def _check_rows(self) -> None:
        status, absent = ints(self.values["status"]), ints(self.values["absent_from"])
        granted = status == STATUSES.index(Status.GRANTED)
        self._check_minutes(granted)
        by_day = np.isin(status, [STATUSES.index(each) for each in BY_DAY_NUMBER])
        special = by_day | granted | (status == STATUSES.index(Status.PERIOD)) | (absent > 0)
        for row in np.flatnonzero(special).tolist():
            day = local_day(self.values["start"][row])
            first = self.values["absent_from"][row]
            if by_day[row] and not first:
                expected, field, found = "the first day of the absence", "absent_from", "none"
            elif first > day.toordinal():
                expected, field = f"a day not after {day.isoformat()}", "absent_from"
                found = date.fromordinal(first).isoformat()
            elif (
                not (by_day[row] or self._fits_month(row, day))
                and STATUSES[status[row]] in WHOLE_DAYS
            ):
                expected, field = "whole days left in the month", "quantity"
                found = str(Decimal(self.values["quantity"][row]) / 1000)
            elif granted[row] and self._beyond_days(row):
                expected, field = "no more minutes than its days (quantity) have", "granted_min"
                found = str(self.values["granted_min"][row])
            else:
                continue
            self._tell(self.lines[row], field, expected, found, "Rätta raden.")

    def _check_minutes(self, granted: Mask) -> None:
        """Only granted time is longer than any visit."""
        for field in ("performed_min", "granted_min"):
            over = (ints(self.values[field]) > MOST_MINUTES) & ~granted
            for row in np.flatnonzero(over).tolist():
                expected = f"whole minutes, 0 to {MOST_MINUTES}; more only with status GRANTED"
                found = str(self.values[field][row])
                self._tell(self.lines[row], field, expected, found, "Rätta värdet.")

    def _beyond_days(self, row: int) -> bool:
        # The day on which the clock goes back is an hour longer.
        days: int = self.values["quantity"][row] // 1000
        minutes: int = self.values["granted_min"][row]
        return minutes > days * MINUTES_PER_DAY + MINUTES_PER_HOUR * (days > 0)

    def _fits_month(self, row: int, day: date) -> bool:
        days, rest = divmod(self.values["quantity"][row], 1000)
        left: int = monthrange(day.year, day.month)[1] - day.day + 1
        return bool(rest == 0 and 0 <= days <= left)


# ---------------------------------------------------------------- values


def _name(text: str) -> str | None:
    return text if 0 < len(text) <= MOST_TEXT and text.isprintable() else None


def _optional_name(text: str) -> str | None:
    return text if len(text) <= MOST_TEXT and (not text or text.isprintable()) else None


def _whole(most: int, least: int = 0) -> Callable[[str], int | None]:
    def convert(text: str) -> int | None:
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            return None
        return int(text) if least <= int(text) <= most else None

    return convert


def _start(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or moment.year not in YEARS:
            return None
        return epoch_minute(moment)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> int | None:
    if not text:
        return 0
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day.toordinal() if day.year in YEARS else None


def _status(text: str) -> int | None:
    return STATUSES.index(Status(text)) if text in Status.__members__ else None


def _flag(text: str) -> int | None:
    return {"true": 1, "1": 1, "false": 0, "0": 0}.get(text.lower())


def _quantity(text: str) -> int | None:
    if not text.isascii() or "_" in text:
        return None  # Decimal would take figures of any script, and underscores
    try:
        value = Decimal(text.replace(",", ".")) * 1000
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= MOST_QUANTITY * 1000 or value % 1:
        return None
    return int(value)


CONVERT: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("id", "provider", "provider_kind", "recipient", "service", "zone"), _name),
    "start": _start,
    "status": _status,
    "performed_min": _whole(MOST_GRANTED_MINUTES),
    "granted_min": _whole(MOST_GRANTED_MINUTES),
    "staff": _whole(MOST_STAFF, 1),
    "delegated": _flag,
    "quantity": _quantity,
    "absent_from": _day,
    "carer": _optional_name,
    "planned_visit": _optional_name,
}
EXPECTED = {
    **dict.fromkeys(REQUIRED, f"a text of 1 to {MOST_TEXT} characters"),
    "start": "a time with its offset, such as 2026-03-04T09:00:00+01:00",
    "status": f"one of {', '.join(Status)}",
    "performed_min": f"whole minutes, 0 to {MOST_MINUTES}",
    "granted_min": f"whole minutes, 0 to {MOST_MINUTES}, or {MOST_GRANTED_MINUTES} if GRANTED",
    "staff": f"1 to {MOST_STAFF}",
    "delegated": "true or false",
    "quantity": f"0 to {MOST_QUANTITY}, at most three decimals",
    "absent_from": "a day as YYYY-MM-DD",
    **dict.fromkeys(("carer", "planned_visit"), f"a text of at most {MOST_TEXT} characters"),
}
