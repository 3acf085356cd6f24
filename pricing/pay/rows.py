"""
Files of performed visits as rows of text under a header, whatever form they came in.

What a field cannot hold is left as it is: :mod:`pricing.pay.reading` converts and judges.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from scheduler.care.errors import Finding, InvalidInput

REQUIRED = ("id", "provider", "provider_kind", "recipient", "service", "zone", "start")
DEFAULTS = {
    "status": "PERFORMED",
    "performed_min": "0",
    "granted_min": "0",
    "staff": "1",
    "delegated": "false",
    "quantity": "1",
    "absent_from": "",
    "circumstance": "",
    "carer": "",
    "planned_visit": "",
    "deviation": "",
}
FIELDS = (*REQUIRED, *DEFAULTS)
CHUNK = 4_000

Row: TypeAlias = Sequence[str]
# A header, and rows under it with their lines.
Part: TypeAlias = tuple[Row, list[tuple[int, Row]]]


class Spoilt(str):
    """
    The text of a cell that no field takes, with what a finding says of it.

    Parameters
    ----------
    reason
        One word; the text is made of it so that like ones are equal and no field can hold it.
    expected, found, action
        As of a finding; nothing of the cell's content.
    """

    __slots__ = ("action", "expected", "found")

    expected: str
    found: str
    action: str

    def __new__(cls, reason: str, expected: str, found: str, action: str) -> Spoilt:
        made = super().__new__(cls, f"\0{reason}")
        made.expected, made.found, made.action = expected, found, action
        return made


def is_plain(content: bytes) -> bool:
    """Whether each line of a CSV file is a row, and what is between delimiters a field."""
    return not (b'"' in content or b"\0" in content) and (
        content.count(b"\r") == content.count(b"\r\n")
    )


def delimiter_of(text: str) -> str:
    """Comma or semicolon, whichever the first line has more of."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def csv_rows(text: str, name: str) -> Iterator[Part]:
    """The rows of a CSV text, comma or semicolon."""
    if "\0" in text:
        raise refused(name, "text", "a zero byte")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    chunk: list[tuple[int, Row]] = []
    try:
        header = [each.strip() for each in next(rows, [])]
        for row in rows:
            if row:
                chunk.append((rows.line_num, row))
            if len(chunk) == CHUNK:
                yield header, chunk
                chunk = []
    except csv.Error as error:
        raise refused(f"{name}:{rows.line_num}", "valid CSV", str(error)[:100]) from None
    yield header, chunk


def json_rows(
    text: str, name: str, under: str = "visits", required: Sequence[str] = REQUIRED
) -> Iterator[Part]:
    """
    The rows of a list of objects, or of that `under` a name.

    Parameters
    ----------
    required
        The header of a list without any object.
    """
    try:
        document = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise refused(name, "valid JSON", str(error)[:100]) from None
    rows = document.get(under) if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise refused(name, f"a list of {under}", type(rows).__name__)
    header = list(dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row))
    yield (
        header or list(required),
        [
            (position, [_text(row.get(key)) for key in header] if isinstance(row, dict) else [])
            for position, row in enumerate(rows)
        ],
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("the same key twice in an object")
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else "\0"  # a list or object: no field takes it


def refused(where: str, expected: str, found: str) -> InvalidInput:
    """The refusal of a file that cannot be read at all."""
    return InvalidInput(
        Finding("UNREADABLE_FILE", where, expected, found, "Rätta filen och skicka den igen.")
    )
