"""
Decisions from CSV or Excel: one row per service line, under Swedish headers.

What belongs to the decision stands on each of its rows and is the same on all of them. Every fault
is told with its row and column; nothing of a cell is repeated that may be about a person. Columns:
docs/needs_assessment.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from api.documents.cases import Case, CasesSchema, case_faults, cases_of
from api.documents.schema_faults import validate
from api.documents.strict_json import MAX_BYTES
from api.refusals import too_large
from pricing.pay.rows import Part, Row, Spoilt, csv_rows, refused
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Band, Period

WORKBOOK_SIGNS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MOST_ROWS, MOST_FINDINGS = 100_000, 1_000
MOST_TEXT = 1_000
NAME = "beslut"

PERIODS = {
    "dag": Period.DAY,
    "vecka": Period.WEEK,
    "2 veckor": Period.TWO_WEEKS,
    "3 veckor": Period.THREE_WEEKS,
    "4 veckor": Period.FOUR_WEEKS,
    "månad": Period.MONTH,
    "år": Period.YEAR,
}
BANDS = {
    "morgon": Band.MORNING,
    "förmiddag": Band.FORENOON,
    "lunch": Band.LUNCH,
    "eftermiddag": Band.AFTERNOON,
    "kväll": Band.EVENING,
    "sänggående": Band.BEDTIME,
    "natt": Band.NIGHT,
    "dagtid": Band.DAYTIME,
}
WEEKDAYS = {name: n for n, name in enumerate(("mån", "tis", "ons", "tor", "fre", "lör", "sön"), 1)}
KINDS = {"egen": "OWN", "privat": "PRIVATE"}
YES = {"ja": True, "nej": False}


class _Fault(Exception):
    """What a cell should have been."""


def _text(cell: str) -> str:
    if len(cell) > MOST_TEXT or not cell.isprintable():
        raise _Fault(f"printable text of at most {MOST_TEXT} characters")
    return cell


def _day(cell: str) -> str:
    try:
        if len(cell) != len("2026-03-04"):
            raise ValueError
        return date.fromisoformat(cell).isoformat()
    except ValueError:
        raise _Fault("a day as 2026-03-04") from None


def _degrees(cell: str) -> float:
    if re.fullmatch(r"-?\d{1,3}([.,]\d{1,12})?", cell) is None:
        raise _Fault("degrees as 56,0351")
    return float(cell.replace(",", "."))


def _whole(cell: str) -> int:
    if re.fullmatch(r"\d{1,4}", cell) is None:
        raise _Fault("a whole number")
    return int(cell)


def _minutes(cell: str) -> str:
    return f"PT{_whole(cell)}M"


def _one_of(words: Mapping[str, Any]) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        if cell.lower() not in words:
            raise _Fault(f"one of {', '.join(words)}")
        found = words[cell.lower()]
        return found.value if isinstance(found, Period | Band) else found

    return read


def _several(words: Mapping[str, Any]) -> Callable[[str], list[Any]]:
    one = _one_of(words)

    def read(cell: str) -> list[Any]:
        return [one(part.strip()) for part in re.split(r"[,;+]", cell)]

    return read


def _texts(cell: str) -> list[str]:
    return [_text(part.strip()) for part in re.split(r"[,;+]", cell) if part.strip()]


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column.

    Parameters
    ----------
    path
        Where its value goes, within the decision or within the line.
    """

    path: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False


DECISION = {
    "beslut": Column(("id",), _text, required=True),
    "person": Column(("recipientId",), _text, required=True),
    "latitud": Column(("recipient", "location", "0"), _degrees, required=True),
    "longitud": Column(("recipient", "location", "1"), _degrees, required=True),
    "zon": Column(("recipient", "zone"), _text, required=True),
    "kompetens": Column(("recipient", "requiredSkills"), _texts),
    "beslutsdatum": Column(("decidedOn",), _day, required=True),
    "från": Column(("validFrom",), _day, required=True),
    "till": Column(("validTo",), _day),
    "uppföljning": Column(("reviewOn",), _day),
    "utförare": Column(("provider", "id"), _text, required=True),
    "regi": Column(("provider", "kind"), _one_of(KINDS), required=True),
    "enhet": Column(("unit",), _text, required=True),
}
LINE = {
    "rad": Column(("id",), _text, required=True),
    "insats": Column(("service",), _text, required=True),
    "antal": Column(("frequency", "times"), _whole, required=True),
    "per": Column(("frequency", "period"), _one_of(PERIODS), required=True),
    "veckodagar": Column(("frequency", "weekdays"), _several(WEEKDAYS)),
    "tider": Column(("bands",), _several(BANDS), required=True),
    "minuter": Column(("ownDuration",), _minutes),
    "bemanning": Column(("staff",), _whole),
    "minst mellan": Column(("minDelay",), _minutes),
    "mest mellan": Column(("maxDelay",), _minutes),
    "timmar emellan": Column(("leastHoursApart",), _whole),
    "flexibel": Column(("flexible",), _one_of(YES)),
}
COLUMNS = {**DECISION, **LINE}
REQUIRED = tuple(name for name, column in COLUMNS.items() if column.required)
DAYS = frozenset(name for name, column in COLUMNS.items() if column.read is _day)


def is_sheet(content: bytes) -> bool:
    """Whether `content` is a workbook, or text that begins with one of the columns."""
    if content.startswith(WORKBOOK_SIGNS):
        return True
    head = content[:200].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return re.split(r"[;,\r\n]", head)[0].strip().strip('"').lower() in COLUMNS


def read_sheet(
    content: bytes, *, max_bytes: int = MAX_BYTES
) -> tuple[tuple[Case, ...], list[Finding]]:
    """
    The decisions in `content`, and every fault; none when they cannot be built.

    Raises
    ------
    TooLarge, InvalidInput
        When it cannot be read at all: too large, no workbook, no text in UTF-8, another header.
    """
    if len(content) > max_bytes:
        raise too_large(len(content), max_bytes)
    sheet = _Sheet()
    for header, rows in _parts(content):
        sheet.add([each.lower() for each in header], rows)
    return sheet.cases()


def _parts(content: bytes) -> Iterable[Part]:
    if content.startswith(WORKBOOK_SIGNS):
        # Loads a library that text does without.
        from pricing.pay.workbook import workbook_rows

        return workbook_rows(content, NAME, REQUIRED, _cell)
    try:
        return csv_rows(content.decode("utf-8-sig"), NAME)
    except UnicodeDecodeError as error:
        raise refused(NAME, "text in UTF-8", f"byte {error.start}") from None


def _cell(cell: Any, name: str, epoch: datetime) -> str:
    """A cell of a workbook; a date is the day that the column holds."""
    from pricing.pay.workbook_cells import text_of

    if name.lower() in DAYS and isinstance(cell.value, date):
        value = cell.value
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return text_of(cell, name, epoch)


# ---------------------------------------------------------------- rows


@dataclass
class _Decision:
    """A decision under way: its values as read, the cells filled, and the row of each line."""

    values: dict[str, Any]
    filled: set[str]
    rows: list[int] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


class _Sheet:
    """Rows as they come, gathered by decision."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.decisions: dict[str, _Decision] = {}
        self.checked = False
        self.rows = 0

    def add(self, header: Row, rows: Iterable[tuple[int, Row]]) -> None:
        """More rows under the same header."""
        if not self.checked:
            self._check(header)
            self.checked = True
        for number, row in rows:
            self.rows += 1
            if self.rows > MOST_ROWS:
                raise refused(NAME, f"at most {MOST_ROWS} rows", "more")
            if len(row) != len(header):
                self._tell(number, "rad", f"{len(header)} fields", f"{len(row)}")
                continue
            self._row(number, dict(zip(header, row, strict=True)))

    def cases(self) -> tuple[tuple[Case, ...], list[Finding]]:
        """All decisions, with every fault."""
        if not self.findings and not self.decisions:
            raise refused(NAME, "at least one row", "none")
        made = list(self.decisions.values())
        document = {"decisions": [_nested(DECISION, d.values) | {"lines": d.lines} for d in made]}
        schema, faults = validate(CasesSchema, document)
        # What a cell lacks has been told of the cell.
        told = {finding.where for finding in self.findings}
        self.findings += [
            fault for fault in (_at_row(each, made) for each in faults) if fault.where not in told
        ]
        if schema is None or self.findings:
            return (), self.findings[:MOST_FINDINGS]
        cases = cases_of(schema)
        for case, decision in zip(cases, made, strict=True):
            rows = _rows(decision.rows)
            self.findings += [
                replace(f, where=f"{NAME}:{rows}: {f.where}") for f in case_faults(case)
            ]
        return cases, self.findings[:MOST_FINDINGS]

    def _check(self, header: Row) -> None:
        missing = [name for name in REQUIRED if name not in header]
        unknown = [name for name in header if name not in COLUMNS]
        doubled = sorted({name for name in header if list(header).count(name) > 1})
        for names, expected, action in (
            (missing, "every required column", "Lägg till kolumnen."),
            (unknown, f"only {', '.join(COLUMNS)}", "Rätta stavningen eller ta bort kolumnen."),
            (doubled, "each column once", "Ta bort dubbletten."),
        ):
            if names:
                shown = ", ".join(name if name in COLUMNS else "another" for name in names)
                self._tell(1, "rubrik", expected, shown[:200], action)
        if self.findings:
            raise InvalidInput(self.findings)

    def _row(self, number: int, cells: Mapping[str, str]) -> None:
        values: dict[str, Any] = {}
        for name, raw in cells.items():
            if isinstance(raw, Spoilt):
                self._tell(number, name, raw.expected, raw.found, raw.action)
                continue
            cell = raw.strip()
            if not cell:
                if COLUMNS[name].required:
                    self._tell(number, name, "a value", "nothing", "Fyll i cellen.")
                continue
            try:
                values[name] = COLUMNS[name].read(cell)
            except _Fault as fault:
                self._tell(number, name, str(fault), f"a text of {len(cell)} characters")
        if "beslut" not in values:
            return
        own = {name: value for name, value in values.items() if name in DECISION}
        first = _Decision(own, {name for name in DECISION if cells.get(name, "").strip()})
        decision = self.decisions.setdefault(values["beslut"], first)
        for name in own:
            # What could not be read on the first row has been told there.
            unread = name in decision.filled and name not in decision.values
            if decision.values.get(name) != own[name] and not unread:
                self._tell(
                    number, name, f"the same as on row {decision.rows[0]}", "another value",
                    "Skriv samma värde på alla beslutets rader.",
                )  # fmt: skip
        decision.rows.append(number)
        decision.lines.append(_nested(LINE, values))

    def _tell(
        self, row: int, name: str, expected: str, found: str, action: str = "Rätta värdet."
    ) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(
                Finding("WRONG_VALUE", f"{NAME}:{row}: {name}", expected, found, action)
            )


def _nested(columns: Mapping[str, Column], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of columns as the objects of the document."""
    made: dict[str, Any] = {}
    for name, column in columns.items():
        if name not in values:
            continue
        *way, last = column.path
        into = made
        for step in way:
            into = into.setdefault(step, {})
        into[last] = values[name]
    home = made.get("recipient", {})
    if "location" in home:
        home["location"] = [home["location"][at] for at in sorted(home["location"])]
    return made


def _at_row(fault: Finding, decisions: list[_Decision]) -> Finding:
    """A fault of the document, told of the row and column that it came from."""
    found = re.match(r"decisions\[(\d+)\](?:\.lines\[(\d+)\])?\.?([\w.]*)", fault.where)
    if found is None:
        return replace(fault, where=f"{NAME}: {fault.where}")
    decision, line, rest = decisions[int(found[1])], found[2], found[3]
    row = decision.rows[int(line) if line is not None else 0]
    columns = DECISION if line is None else LINE
    path = tuple(rest.split("."))
    name = next((n for n, c in columns.items() if c.path[: len(path)] == path), rest or "rad")
    return replace(fault, where=f"{NAME}:{row}: {name}")


def _rows(rows: list[int]) -> str:
    return str(rows[0]) if len(rows) == 1 else f"{rows[0]}-{rows[-1]}"
