"""
Reading performed visits from CSV, JSON or Excel: whole or not at all, every fault with its line.

The same row sent twice counts once; the same id with another content is a fault. Texts are
converted once each, since a month of a million rows has few different ones. A CSV file without
quotation marks, as systems write it, has a row on each line and is divided by columns at once: the
standard reader of rows takes three times as long.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from pricing.book.calendar import MINUTES_PER_DAY, epoch_minute, local_day
from pricing.book.model import BY_DAY_NUMBER, Status
from pricing.pay.columns import NAMES, STATUSES, TEXTS, Ints, Mask, VisitColumns
from pricing.pay.rows import (
    CHUNK,
    DEFAULTS,
    FIELDS,
    REQUIRED,
    Part,
    Row,
    Spoilt,
    csv_rows,
    delimiter_of,
    is_plain,
    json_rows,
    refused,
)
from pricing.pay.visits import (
    MOST_GRANTED_MINUTES,
    MOST_MINUTES,
    MOST_QUANTITY,
    MOST_STAFF,
    Deviation,
)
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import MINUTES_PER_HOUR

# All but the id are kept as codes, of which none is below zero.
CODED = FIELDS[1:]
FAULTY = -1
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
    return read_performed_lines(content, name)[0]


def read_performed_lines(content: bytes, name: str) -> tuple[VisitColumns, Sequence[int]]:
    """As :func:`read_performed`, with the line or row of the file that each visit stands in."""
    reader = _Columns(name)
    if content.startswith(WORKBOOK_SIGNS) or name.lower().endswith(WORKBOOK_ENDINGS):
        # Loads a library that the other forms do without.
        from pricing.pay.workbook import workbook_rows

        reader.add_parts(workbook_rows(content, name))
        return reader.visits(), reader.lines
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(name, "text in UTF-8", f"byte {error.start}") from None
    if text.lstrip()[:1] in ("[", "{"):
        reader.add_parts(json_rows(text, name))
    elif is_plain(text):
        reader.add_lines(text)
    else:
        reader.add_parts(csv_rows(text, name))
    return reader.visits(), reader.lines


# ---------------------------------------------------------------- columns


class _Codes(dict[str, int]):
    """
    Code of each text of a field, worked out when it first comes: its value, or FAULTY.

    Of a field that holds names the code is the place of the name in `names`.
    """

    def __init__(self, field: str) -> None:
        super().__init__()
        self.names: dict[str, int] = {}
        self._convert, self._default = CONVERT[field], DEFAULTS.get(field, "")
        self._named = field in NAMES or field in TEXTS

    def __missing__(self, text: str) -> int:
        value = self._convert(text.strip() or self._default)
        if value is None:
            code = FAULTY
        else:
            code = self.names.setdefault(value, len(self.names)) if self._named else int(value)
        self[text] = code
        return code


class _Columns:
    """Columns of converted values, filled chunk by chunk."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.lines: list[int] = []
        self.header_checked = False
        self.ids: list[str] = []
        self.codes = {field: _Codes(field) for field in CODED}
        self.chunks: dict[str, list[Ints]] = {field: [] for field in CODED}

    def add(self, header: Row, rows: list[tuple[int, Row]]) -> None:
        """More rows under the same header, each with its line."""
        if not self.header_checked:
            self._check_header(header)
        whole = rows
        if any(len(row) != len(header) for _, row in rows):
            whole = [(line, row) for line, row in rows if len(row) == len(header)]
            for line, row in rows:
                if len(row) != len(header):
                    self._tell(line, "row", f"{len(header)} fields", f"{len(row)}", "Rätta raden.")
        columns = dict(zip(header, zip(*(row for _, row in whole), strict=True), strict=False))
        self._add_columns(columns, [line for line, _ in whole])

    def add_parts(self, parts: Iterable[Part]) -> None:
        """Rows under their headers."""
        for header, rows in parts:
            self.add(header, rows)

    def add_lines(self, text: str) -> None:
        """All rows of a CSV file in which each line is one."""
        delimiter = delimiter_of(text)
        lines = text.replace("\r\n", "\n").split("\n")
        header = [each.strip() for each in lines[0].split(delimiter)] if lines[0] else []
        self._check_header(header)
        for start in range(1, len(lines), CHUNK):
            chunk = lines[start : start + CHUNK]
            if all(line.count(delimiter) == len(header) - 1 for line in chunk):
                fields = delimiter.join(chunk).split(delimiter)
                columns = {name: fields[at :: len(header)] for at, name in enumerate(header)}
                self._add_columns(columns, range(start + 1, start + 1 + len(chunk)))
            else:
                rows = [(start + 1 + at, line.split(delimiter)) for at, line in enumerate(chunk)]
                self.add(header, [(line, row) for line, row in rows if row != [""]])

    def _add_columns(self, columns: Mapping[str, Sequence[str]], lines: Sequence[int]) -> None:
        self.lines += lines
        self._add_ids(columns.get("id", ()), lines)
        for field, codes in self.codes.items():
            texts = columns.get(field)
            if texts is None:
                column = np.full(len(lines), codes[""], dtype=np.int64)
            else:
                column = np.fromiter(map(codes.__getitem__, texts), np.int64, len(lines))
                if len(column) and column.min() == FAULTY:
                    self._tell_faults(field, column.tolist(), texts, lines)
            self.chunks[field].append(column)

    def _add_ids(self, texts: Sequence[str], lines: Sequence[int]) -> None:
        """Ids, which are all different; most chunks show at once that none has a fault."""
        together = "".join(texts)
        fits = together.isprintable() and " " not in together
        if (
            fits
            and min(map(len, texts), default=1)
            and max(map(len, texts), default=1) <= MOST_TEXT
        ):
            self.ids += texts
            return
        found = [_name(text.strip()) for text in texts]
        faults = [FAULTY if each is None else 0 for each in found]
        self._tell_faults("id", faults, texts, lines)
        self.ids += [each or "" for each in found]

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
        self._require_none()
        self.header_checked = True

    def _tell_faults(
        self, field: str, codes: Iterable[int], texts: Sequence[str], lines: Sequence[int]
    ) -> None:
        for code, text, line in zip(codes, texts, lines, strict=True):
            if code != FAULTY:
                continue
            if isinstance(text, Spoilt):
                self._tell(line, field, text.expected, text.found, text.action)
            else:
                shown = f"{len(text)} characters" if field in SECRET else repr(text[:40])
                self._tell(line, field, EXPECTED[field], shown, "Rätta värdet.")

    def _tell(self, line: int, field: str, expected: str, found: str, action: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            where = f"{self.name}:{line}: {field}"
            self.findings.append(Finding("WRONG_VALUE", where, expected, found, action))

    def visits(self) -> VisitColumns:
        """All rows; raises with every fault."""
        self._require_none()
        columns = {field: np.concatenate(each) if each else np.zeros(0, dtype=np.int64)
                   for field, each in self.chunks.items()}  # fmt: skip
        columns = self._without_doubles(columns)
        self._require_none()
        self._check_rows(columns)
        self._require_none()
        texts = {field: self._texts(field, columns.pop(field)) for field in TEXTS}
        return VisitColumns(
            ids=self.ids,
            providers=list(self.codes["provider"].names),
            kinds=list(self.codes["provider_kind"].names),
            recipients=list(self.codes["recipient"].names),
            services=list(self.codes["service"].names),
            zones=list(self.codes["zone"].names),
            kind=columns.pop("provider_kind"),
            carers=texts["carer"],
            planned_visits=texts["planned_visit"],
            deviations=texts["deviation"],
            **columns,
        )

    def _texts(self, field: str, column: Ints) -> Sequence[str]:
        """One text each; () when no row has any."""
        names = list(self.codes[field].names)
        return [names[code] for code in column.tolist()] if any(names) else ()

    def _require_none(self) -> None:
        if self.findings:
            raise InvalidInput(self.findings)

    def _without_doubles(self, columns: dict[str, Ints]) -> dict[str, Ints]:
        """The same row twice counts once; the same id with another content is a fault."""
        if len(set(self.ids)) == len(self.ids):
            return columns
        first: dict[str, int] = {}
        keep = []
        for row, each in enumerate(self.ids):
            before = first.setdefault(each, row)
            if before == row:
                keep.append(row)
            elif any(column[row] != column[before] for column in columns.values()):
                expected = f"the content of line {self.lines[before]}, which has the same id"
                self._tell(self.lines[row], "id", expected, "another", "Byt id, eller rätta raden.")
        self.ids = [self.ids[row] for row in keep]
        self.lines = [self.lines[row] for row in keep]
        return {field: column[keep] for field, column in columns.items()}

    def _check_rows(self, columns: Mapping[str, Ints]) -> None:
        status, absent = columns["status"], columns["absent_from"]
        granted = status == STATUSES.index(Status.GRANTED)
        self._check_minutes(columns, granted)
        by_day = np.isin(status, [STATUSES.index(each) for each in BY_DAY_NUMBER])
        special = by_day | granted | (status == STATUSES.index(Status.PERIOD)) | (absent > 0)
        for row in np.flatnonzero(special).tolist():
            day = local_day(int(columns["start"][row]))
            first, quantity = int(absent[row]), int(columns["quantity"][row])
            minutes = int(columns["granted_min"][row])
            if by_day[row] and not first:
                expected, field, found = "the first day of the absence", "absent_from", "none"
            elif first > day.toordinal():
                expected, field = f"a day not after {day.isoformat()}", "absent_from"
                found = date.fromordinal(first).isoformat()
            elif STATUSES[status[row]] in WHOLE_DAYS and not _fits_month(quantity, day):
                expected, field = "whole days left in the month", "quantity"
                found = str(Decimal(quantity) / 1000)
            elif granted[row] and _beyond_days(minutes, quantity):
                expected, field = "no more minutes than its days (quantity) have", "granted_min"
                found = str(minutes)
            else:
                continue
            self._tell(self.lines[row], field, expected, found, "Rätta raden.")

    def _check_minutes(self, columns: Mapping[str, Ints], granted: Mask) -> None:
        """Only granted time is longer than any visit."""
        for field in ("performed_min", "granted_min"):
            over = (columns[field] > MOST_MINUTES) & ~granted
            for row in np.flatnonzero(over).tolist():
                expected = f"whole minutes, 0 to {MOST_MINUTES}; more only with status GRANTED"
                found = str(int(columns[field][row]))
                self._tell(self.lines[row], field, expected, found, "Rätta värdet.")


def _beyond_days(minutes: int, quantity: int) -> bool:
    # The day on which the clock goes back is an hour longer.
    days = quantity // 1000
    return minutes > days * MINUTES_PER_DAY + MINUTES_PER_HOUR * (days > 0)


def _fits_month(quantity: int, day: date) -> bool:
    days, rest = divmod(quantity, 1000)
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


def _deviation(text: str) -> str | None:
    return text if not text or text in Deviation.__members__ else None


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
    "deviation": _deviation,
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
    "deviation": f"one of {', '.join(Deviation)}, or nothing",
}
