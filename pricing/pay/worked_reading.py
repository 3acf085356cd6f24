"""
Worked time from CSV, JSON or Excel: whole or not at all, every fault with its line.

The same columns in every form (docs/pricing.md, section 10), with the provider and the unit that
the carer worked for. Only a correction may say that a day was not worked after all: 0 minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from pricing.pay.reading import WORKBOOK_ENDINGS, WORKBOOK_SIGNS
from pricing.pay.rows import Part, Row, Spoilt, csv_rows, json_rows, refused
from pricing.performed_time import NEEDED, CarerDay, carer_days_of
from scheduler.care.errors import Finding, InvalidInput

# Of Excel's cells the one that is a day; :func:`pricing.pay.workbook_cells.text_of` knows days.
DAY, AS_DAY = "day", "absent_from"


def read_worked_lines(content: bytes, name: str, *, corrects: bool) -> dict[int, CarerDay]:
    """
    Line, or place in a JSON list, -> the carer day that stands there.

    Parameters
    ----------
    content
        An Excel workbook; JSON when it begins with a bracket, a list of objects or that under
        ``days``; else CSV in UTF-8.
    corrects
        Whether days may be withdrawn.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    header: Row = ()
    lines: list[tuple[int, Row]] = []
    findings: list[Finding] = []
    for header, rows in _parts(content, name):
        for line, row in rows:
            findings += _spoilt(name, line, header, row)
            lines.append((line, row))
    if findings:
        raise InvalidInput(findings)
    return carer_days_of(header, lines, name, withdrawn=corrects)


def _parts(content: bytes, name: str) -> Iterable[Part]:
    if content.startswith(WORKBOOK_SIGNS) or name.lower().endswith(WORKBOOK_ENDINGS):
        # Loads a library that the other forms do without.
        from pricing.pay.workbook import workbook_rows

        return workbook_rows(content, name, NEEDED, _text_of)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(name, "text in UTF-8", f"byte {error.start}") from None
    if text.lstrip()[:1] in ("[", "{"):
        return json_rows(text, name, "days", NEEDED)
    return csv_rows(text, name)


def _text_of(cell: Any, field: str, epoch: datetime) -> str:
    from pricing.pay.workbook_cells import text_of

    return text_of(cell, AS_DAY if field == DAY else field, epoch)


def _spoilt(name: str, line: int, header: Sequence[str], row: Row) -> Iterator[Finding]:
    """Cells that no field takes, with why: an error of Excel, an object in JSON."""
    if not row:
        yield Finding(
            "WRONG_PERFORMED_TIME", f"{name}: line {line}", "an object", "something else",
            "Skicka varje dag som ett objekt.",
        )  # fmt: skip
    for field, cell in zip(header, row, strict=False):
        where = f"{name}: line {line}, {field[:40]}"
        if isinstance(cell, Spoilt):
            yield Finding("WRONG_PERFORMED_TIME", where, cell.expected, cell.found, cell.action)
        elif not cell.isprintable():
            yield Finding(
                "WRONG_PERFORMED_TIME", where, "printable characters", "others", "Rätta värdet."
            )
