"""
Performed visits from an Excel workbook, as the same rows of text that a CSV file gives.

One sheet holds the visits: the field names in its first row, a visit in each further one. What
Excel makes of cells is undone here: numbers in fields of text, days and times as numbers or dates.
A time in a cell has no zone and is that of Sweden; one that the clocks showed twice or never is
refused. A workbook that would unpack beyond measure is refused before anything of it is parsed.

Source: ECMA-376 (Office Open XML); openpyxl reads it row by row.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from openpyxl import load_workbook

from pricing.pay.rows import CHUNK, REQUIRED, Part, Row, refused
from pricing.pay.workbook_cells import NOT_WORKED_OUT, text_of
from scheduler.care.errors import Finding, InvalidInput

OLE = b"\xd0\xcf\x11\xe0"
MOST_PARTS = 1_000
# A month of a million visits unpacks to less than half of that. What is not a sheet is held whole.
MOST_BYTES, MOST_HELD_BYTES = 2_000_000_000, 300_000_000
# Sheets of like rows shrink to a thirtieth; what shrinks further than this is made to harm.
MOST_RATIO, LEAST_RATIO_BYTES = 200, 10_000_000
SCANNED_BYTES = 1 << 20
# Of a sheet of Excel. A row far down or a cell far out costs a reader all that lies before it.
MOST_ROWS = 1_048_576
# Cells without a field that are looked at, to the right of the fields.
SPARE_COLUMNS = 10
CONTENTS, BOOK, SHEETS = "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# Whoever writes formulas without working them out says so; some write zeros as their values.
_UNKNOWN = re.compile(rb"fullCalcOnLoad\s*=\s*[\"'](?:1|true)[\"']")
# A cell, its field and day 0 of the workbook -> what the cell says.
TextOf = Callable[[Any, str, datetime], str]
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def workbook_rows(
    content: bytes, name: str, required: Sequence[str] = REQUIRED, text: TextOf = text_of
) -> Iterator[Part]:
    """
    The rows of the one sheet of visits, or of whatever else has rows.

    Parameters
    ----------
    required
        Fields that the sheet must have in its first row.
    text
        What a cell that is not empty says; as :func:`pricing.pay.workbook_cells.text_of`.

    Raises
    ------
    InvalidInput
        When it is no workbook, is larger than it may be, or has no such sheet or several.
    """
    if content.startswith(OLE):
        raise _no_workbook(name, "a workbook of the old kind (.xls), or one with a password")
    parts = _parts(content, name, _checked(content, name), required, text)
    while True:
        # Faults of the file openpyxl tells by whatever its parts raise, and by warnings.
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                part = next(parts, None)
        except InvalidInput:
            raise
        except Exception as error:
            raise _no_workbook(name, f"a damaged one ({type(error).__name__})") from None
        if part is None:
            return
        yield part


class _Formulas(NamedTuple):
    """Whether a workbook has any, and whether its program left them to be worked out."""

    any: bool
    unknown: bool


def _parts(
    content: bytes, name: str, formulas: _Formulas, required: Sequence[str], text: TextOf
) -> Iterator[Part]:
    books = [_opened(content, data_only=True)]
    try:
        number, sheet, width = _sheet_of_rows(books[0].worksheets, name, required)
        cells = sheet.iter_rows(max_col=width + SPARE_COLUMNS)
        written = iter(())
        if formulas.any:
            books.append(_opened(content, data_only=False))
            typed = books[1].worksheets[number]
            typed.reset_dimensions()
            written = typed.iter_rows(max_col=width + SPARE_COLUMNS)
        yield from _chunks(_rows(cells, written, books[0].epoch, text, unknown=formulas.unknown))
    finally:
        for book in books:
            book.close()


def _opened(content: bytes, *, data_only: bool) -> Any:
    return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)


def _sheet_of_rows(
    sheets: Sequence[Any], name: str, required: Sequence[str]
) -> tuple[int, Any, int]:
    """
    The sheet with the required fields, else the only one that holds anything.

    Its number and the width of its first row beside it.
    """
    filled: dict[int, int] = {}
    fitting: dict[int, int] = {}
    for number, sheet in enumerate(sheets):
        # Programs write wrong dimensions, and rows beyond them would be missed.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        first = next(rows, ())
        rows.close()
        if any(value is not None for value in first):
            filled[number] = len(first)
            if {str(value).strip() for value in first}.issuperset(required):
                fitting[number] = len(first)
    found = fitting or filled
    if len(found) == 1:
        ((number, width),) = found.items()
        return number, sheets[number], width
    if not found:
        raise refused(name, "a sheet with the field names in its first row", "none")
    told = ", ".join(str(number + 1) for number in found)
    raise InvalidInput(
        Finding(
            "SEVERAL_SHEETS",
            name,
            "one sheet with the field names in its first row",
            f"sheets {told}",
            "Lägg alla rader på ett blad, eller skicka ett blad i taget.",
        )
    )


# ---------------------------------------------------------------- rows


def _chunks(rows: Iterator[tuple[int, Row]]) -> Iterator[Part]:
    """The first row as header; empty rows are none."""
    _, first = next(rows)
    header = [each.strip() for each in first]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    chunk: list[tuple[int, Row]] = []
    for line, row in rows:
        if not any(each.strip() for each in row):
            continue
        full = [*row, *[""] * (width - len(row))]
        beyond = any(each.strip() for each in full[width:])
        chunk.append((line, full if beyond else full[:width]))
        if len(chunk) == CHUNK:
            yield header, chunk
            chunk = []
    yield header, chunk


def _rows(
    cells: Iterator[Any],
    written: Iterator[Any],
    epoch: datetime,
    text: TextOf,
    *,
    unknown: bool,
) -> Iterator[tuple[int, Row]]:
    """Rows as text with their numbers in the sheet; `written` has the formulas, if any."""
    fields: list[str] = []
    for line, row in enumerate(cells, 1):
        if line > MOST_ROWS:
            raise ValueError(f"row {line}")
        if line == 1:
            fields = [str(cell.value).strip() for cell in row]
        typed = next(written, ())
        texts: list[str] = []
        for place, cell in enumerate(row):
            field = fields[place] if place < len(fields) else ""
            if place < len(typed) and typed[place].data_type == "f" and (
                unknown or (cell.value is None and cell.data_type != "str")
            ):  # fmt: skip
                texts.append(NOT_WORKED_OUT)
            else:
                texts.append("" if cell.value is None else text(cell, field, epoch))
        yield line, texts


# ---------------------------------------------------------------- the archive


def _checked(content: bytes, name: str) -> _Formulas:
    """What formulas the sheets have; refuses what is no workbook or would not fit."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_sizes(parts, name)
            if not {CONTENTS, BOOK} <= {part.filename for part in parts}:
                raise _no_workbook(name, "another archive")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        if _DOCTYPE.search(stream.read(SCANNED_BYTES)):
                            raise _no_workbook(name, "one with a document type")
            sheets = [part for part in parts if part.filename.startswith(SHEETS)]
            return _Formulas(
                any(_has_formulas(archive, part) for part in sheets),
                _UNKNOWN.search(archive.read(BOOK)) is not None,
            )
    except InvalidInput:
        raise
    except Exception as error:  # as above, of zipfile
        raise _no_workbook(name, f"a damaged archive ({type(error).__name__})") from None


def _check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    size = sum(part.file_size for part in parts)
    held = sum(part.file_size for part in parts if not part.filename.startswith(SHEETS))
    if len(parts) > MOST_PARTS or size > MOST_BYTES or held > MOST_HELD_BYTES:
        raise _too_large(name, f"{len(parts)} parts of {size} bytes together")
    for part in parts:
        if part.file_size > LEAST_RATIO_BYTES and part.file_size > MOST_RATIO * max(
            part.compress_size, 1
        ):
            raise _too_large(name, f"a part that grows {MOST_RATIO} times and more")


def _has_formulas(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        tail = b""
        while block := stream.read(SCANNED_BYTES):
            if _FORMULA.search(tail + block):
                return True
            tail = block[-100:]
    return False


def _too_large(name: str, found: str) -> InvalidInput:
    return InvalidInput(
        Finding(
            "WORKBOOK_TOO_LARGE",
            name,
            f"at most {MOST_PARTS} parts and {MOST_BYTES} bytes when unpacked",
            found,
            "Skicka raderna som CSV, eller dela filen.",
        )
    )


def _no_workbook(name: str, found: str) -> InvalidInput:
    return InvalidInput(
        Finding(
            "UNREADABLE_FILE",
            name,
            "a workbook (.xlsx)",
            found,
            "Spara filen som Excel-arbetsbok (.xlsx) utan lösenord, eller som CSV i UTF-8.",
        )
    )
