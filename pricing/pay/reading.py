"""
Reading performed visits from CSV, JSON or Excel: whole or not at all, every fault with its line.

The same row sent twice counts once; the same id with another content is a fault. Texts are
converted once each, since a month of a million rows has few different ones. A large CSV file
without quotation marks and without fault, as systems write it, is divided by columns at once;
whatever else is read row by row, so that each fault has its line.
"""

from __future__ import annotations

from calendar import monthrange
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from pricing.book.calendar import MINUTES_PER_DAY, local_day
from pricing.book.model import BY_DAY_NUMBER, Status
from pricing.pay.columns import STATUSES, Ints, Mask, VisitColumns, ints
from pricing.pay.rows import (
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
from pricing.pay.texts import Named, Texts, are_distinct, are_empty, chosen
from pricing.pay.values import CONVERT, EXPECTED, FAULTY, MOST_TEXT, Codes
from pricing.pay.visits import MOST_MINUTES
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import MINUTES_PER_HOUR

# Fields whose texts are mostly different, with the least length of one.
LISTED = {"id": 1, "planned_visit": 0}
# All others are kept as codes, of which none is below zero.
CODED = tuple(field for field in FIELDS if field not in LISTED)
# Octets of a CSV file from which on it pays to read it at once.
LARGE = 1_000_000
# Fields whose content is never repeated in a finding.
SECRET = frozenset({"id", "recipient", "carer", "planned_visit"})
# Their quantity is days of the month.
WHOLE_DAYS = frozenset({Status.PERIOD, Status.GRANTED})
MOST_FINDINGS = 1_000
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
    elif not reader.add_table(content.removeprefix(BOM_UTF8)):
        reader.add_parts(csv_rows(text, name))
    return reader.visits(), reader.lines


# ---------------------------------------------------------------- columns


class _Columns:
    """Columns of converted values, filled chunk by chunk."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.lines: list[int] = []
        self.header_checked = False
        self.listed: dict[str, list[str]] = {field: [] for field in LISTED}
        self.texts: Mapping[str, Sequence[str]] = self.listed
        self.codes = {field: Codes(field) for field in CODED}
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

    def add_table(self, content: bytes) -> bool:
        """
        All rows of a CSV file at once; False, with nothing added, of a small one and of one that
        has a fault or is written in another way.
        """
        if len(content) < LARGE or not is_plain(content):
            return False
        # Loads a library that smaller files do without.
        from pricing.pay.table import table_of

        first = content[: content.find(b"\n") + 1 or None].decode()
        delimiter = delimiter_of(first)
        header = [each.strip() for each in first.split(delimiter)]
        if (
            set(header) - set(FIELDS)
            or set(REQUIRED) - set(header)
            or len(set(header)) < len(header)
        ):
            return False
        table = table_of(content, header, delimiter, LISTED)
        if table is None or not all(_sound(each, LISTED[f]) for f, each in table.listed.items()):
            return False
        all_codes = {field: Codes(field) for field in CODED}
        chunks: dict[str, list[Ints]] = {}
        for field, codes in all_codes.items():
            rows, texts = table.coded.get(field) or (np.zeros(table.rows, dtype=np.int64), [""])
            values = np.array([codes[text] for text in texts], dtype=np.int64)
            if (values == FAULTY).any():
                return False
            chunks[field] = [values[rows]]
        self.codes, self.chunks, self.header_checked = all_codes, chunks, True
        self.texts = {field: table.listed.get(field, [""] * table.rows) for field in LISTED}
        self.lines = list(range(2, 2 + table.rows))
        return True

    def _add_columns(self, columns: Mapping[str, Sequence[str]], lines: Sequence[int]) -> None:
        self.lines += lines
        for field in LISTED:
            self._add_texts(field, columns.get(field) or [""] * len(lines), lines)
        for field, codes in self.codes.items():
            texts = columns.get(field)
            if texts is None:
                column = np.full(len(lines), codes[""], dtype=np.int64)
            else:
                column = np.fromiter(map(codes.__getitem__, texts), np.int64, len(lines))
                if len(column) and column.min() == FAULTY:
                    self._tell_faults(field, column.tolist(), texts, lines)
            self.chunks[field].append(column)

    def _add_texts(self, field: str, texts: Sequence[str], lines: Sequence[int]) -> None:
        """Texts as they are; most chunks show at once that none has a fault."""
        if _sound(texts, LISTED[field]):
            self.listed[field] += texts
            return
        found = [CONVERT[field](text.strip()) for text in texts]
        faults = [FAULTY if each is None else 0 for each in found]
        self._tell_faults(field, faults, texts, lines)
        self.listed[field] += [each or "" for each in found]

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
        named = {field: self._named(field, columns.pop(field)) for field in ("carer", "deviation")}
        planned = self.texts["planned_visit"]
        return VisitColumns(
            ids=self.texts["id"],
            providers=list(self.codes["provider"].names),
            kinds=list(self.codes["provider_kind"].names),
            recipients=list(self.codes["recipient"].names),
            services=list(self.codes["service"].names),
            zones=list(self.codes["zone"].names),
            circumstances=list(self.codes["circumstance"].names),
            kind=columns.pop("provider_kind"),
            carers=named["carer"],
            planned_visits=() if are_empty(planned) else planned,
            deviations=named["deviation"],
            **columns,
        )

    def _named(self, field: str, column: Ints) -> Sequence[str]:
        """One text each; () when no row has any."""
        names = list(self.codes[field].names)
        return Named(names, column) if any(names) else ()

    def _require_none(self) -> None:
        if self.findings:
            raise InvalidInput(self.findings)

    def _without_doubles(self, columns: dict[str, Ints]) -> dict[str, Ints]:
        """The same row twice counts once; the same id with another content is a fault."""
        ids, planned = self.texts["id"], self.texts["planned_visit"]
        if are_distinct(ids):
            return columns
        first: dict[str, int] = {}
        keep = []
        for row, each in enumerate(ids):
            before = first.setdefault(each, row)
            if before == row:
                keep.append(row)
            elif planned[row] != planned[before] or any(
                column[row] != column[before] for column in columns.values()
            ):
                expected = f"the content of line {self.lines[before]}, which has the same id"
                self._tell(self.lines[row], "id", expected, "another", "Byt id, eller rätta raden.")
        self.texts = {field: chosen(each, ints(keep)) for field, each in self.texts.items()}
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


def _sound(texts: Sequence[str], least: int) -> bool:
    """Whether all are names as they stand, of `least` characters and more."""
    if isinstance(texts, Texts) and (between := texts.lengths_of_visible()) is not None:
        return least <= between[0] and between[1] <= MOST_TEXT
    together = "".join(texts)
    lengths = list(map(len, texts))
    return (
        together.isprintable()
        and " " not in together
        and min(lengths, default=least) >= least
        and max(lengths, default=least) <= MOST_TEXT
    )


def _beyond_days(minutes: int, quantity: int) -> bool:
    # The day on which the clock goes back is an hour longer.
    days = quantity // 1000
    return minutes > days * MINUTES_PER_DAY + MINUTES_PER_HOUR * (days > 0)


def _fits_month(quantity: int, day: date) -> bool:
    days, rest = divmod(quantity, 1000)
    left: int = monthrange(day.year, day.month)[1] - day.day + 1
    return bool(rest == 0 and 0 <= days <= left)
