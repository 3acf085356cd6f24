"""
Files of performed visits with faults: the same rows, and the same faults, in each format.

A further format is a line in FORMATS: how it writes rows, and in which ways its files break.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZipFile

from xlsxwriter import Workbook

from tests.malformed.made import PRIVATE_MARK, Made

Row = dict[str, Any]
Break = Callable[[Random, bytes], tuple[str, bytes]]

NO_NAME = ("", "   ", "x" * 101, "a\x07b", "a\u200bb\x00"[:3])
NO_MINUTES = ("-1", "30.5", "30,5", "14401", "1e3", "٣", "x", "0x1F", "1_0", "3 0", "9" * 12, "NaN")
# What a field must not hold, whatever else is in the row.
WRONG: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("id", "provider", "provider_kind", "recipient", "service", "zone"), NO_NAME),
    "start": (
        "", "2026-02-30T09:00:00+01:00", "2026-03-04T09:00:00", "2026-03-04", "09:00", "yesterday",
        "2026-13-01T00:00Z", "1999-12-31T23:00+01:00", "2100-01-01T00:00+01:00", "46085.375",
        "2026-03-04T25:00+01:00", "٢٠٢٦-03-04T09:00+01:00", "2026-03-04T09:00:00+25:00",
        "9999-12-31T23:59-23:59", "0001-01-01T00:00+23:59", "2026-03-04 09:00 CET",
    ),
    "status": ("DONE", "performed", "5", "PERFORMED,", "None"),
    "performed_min": NO_MINUTES,
    "granted_min": NO_MINUTES,
    "staff": ("0", "10", "-1", "1.5", "two", "٢"),
    "delegated": ("yes", "ja", "2", "-1", "1.0"),
    "quantity": ("-1", "0.0001", "10001", "NaN", "inf", "x", "1.2.3", "1 000", "1_0", "٣", "1e9999",
                 "1e999999999999999999999", "--1", "1,000,0"),
    "absent_from": ("yesterday", "2026-02-30", "1999-01-01", "2200-01-01", "2026-03-04T00:00",
                    "-", "46085"),
}  # fmt: skip
# What no settlement of the month can hold; the row is refused by its id, or by its line.
UNPAID: tuple[Row, ...] = (
    {"service": "nothing"},
    {"zone": "nowhere"},
    {"provider_kind": "NOBODY"},
    {"start": "2026-04-01T00:00:00+02:00"},
    {"start": "2026-02-28T23:59:00+01:00"},
    {"service": "care", "status": "PERIOD", "quantity": "1"},
    {"service": "cleaning", "status": "START_UP"},
    {"service": "alarm", "status": "PERFORMED"},
    {"status": "DECEASED", "absent_from": ""},
    {"status": "UNPLANNED_ABSENCE", "absent_from": "2026-03-31"},
    {"service": "alarm", "status": "PERIOD", "quantity": "40"},
    {"service": "alarm", "status": "PERIOD", "quantity": "0.5"},
)


def right_rows() -> list[Row]:
    """Rows of March 2026 that the demonstration's book pays."""
    rows = []
    for number in range(12):
        row: Row = {
            "id": f"v-{number}",
            "provider": f"p-{number % 2}",
            "provider_kind": ("OWN", "PRIVATE")[number % 2],
            "recipient": f"{PRIVATE_MARK}-{number % 5}",
            "service": ("care", "cleaning", "shopping", "meal")[number % 4],
            "zone": ("town", "rural")[number % 3 == 0],
            "start": f"2026-03-{2 + number:02}T{8 + number:02}:15:00+01:00",
            "status": "PERFORMED",
            "performed_min": str(20 + number),
            "granted_min": "30",
            "staff": str(1 + (number == 4)),
            "delegated": ("false", "true")[number == 8],
            "quantity": "1",
            "absent_from": "",
        }
        rows.append(row)
    rows[4] |= {"status": "UNPLANNED_ABSENCE", "absent_from": "2026-03-05", "performed_min": "0"}
    rows[5] |= {"service": "alarm", "status": "PERIOD", "quantity": "10"}
    rows[8] |= {"status": "DECLINED"}
    return rows


# ---------------------------------------------------------------- formats


@dataclass(frozen=True, slots=True)
class Format:
    """
    How a format writes rows, on which line the first one stands, and how its files break.

    Parameters
    ----------
    types
        What a cell may hold beside text that no field takes.
    """

    name: str
    write: Callable[[list[Row]], bytes]
    first_line: int
    breaks: tuple[Break, ...]
    types: tuple[Any, ...] = ()


def _csv(rows: list[Row]) -> bytes:
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = [header, *([str(row.get(key, "")) for key in header] for row in rows)]
    return "".join(";".join(map(_quoted, line)) + "\r\n" for line in lines).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(';"\r\n') else text


def _json(rows: list[Row]) -> bytes:
    return json.dumps({"visits": rows}, ensure_ascii=False, indent=0).encode()


def _excel(rows: list[Row]) -> bytes:
    """Every cell a text, which the reader takes as it takes a CSV field."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        # Else a file would tell when it was made.
        book.set_properties({"created": datetime(2026, 3, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet()
        header = list(dict.fromkeys(key for row in rows for key in row))
        sheet.write_row(0, 0, header)
        for at, row in enumerate(rows, start=1):
            for column, key in enumerate(header):
                sheet.write_string(at, column, str(row.get(key, "")))
    return made.getvalue()


def _cut_excel(draw: Random, content: bytes) -> tuple[str, bytes]:
    return "cut off", content[: draw.randrange(5, len(content) - 30)]


def _old_excel(draw: Random, content: bytes) -> tuple[str, bytes]:
    return "a workbook of the old kind", b"\xd0\xcf\x11\xe0" + draw.randbytes(500)


def _part_lost(draw: Random, content: bytes) -> tuple[str, bytes]:
    lost = draw.choice(("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"))
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != lost:
                new.writestr(old.getinfo(name), old.read(name))
    return f"without {lost}", made.getvalue()


def _no_xml(draw: Random, content: bytes) -> tuple[str, bytes]:
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part[: draw.randrange(1, len(part) - 20)]
            new.writestr(old.getinfo(name), part)
    return "a sheet cut off", made.getvalue()


def _not_utf8(draw: Random, content: bytes) -> tuple[str, bytes]:
    at = draw.randrange(len(content))
    return "not UTF-8", content[:at] + draw.choice((b"\xff", b"\xe5 ")) + content[at:]


def _short_row(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\r\n")
    at = draw.randrange(1, len(lines) - 1)
    lines[at] = lines[at][: lines[at].rindex(b";")]
    return "a field short", b"\r\n".join(lines)


def _long_row(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\r\n")
    at = draw.randrange(1, len(lines) - 1)
    lines[at] += b";" * draw.randrange(1, 4)
    return "a field too many", b"\r\n".join(lines)


def _zero_byte(draw: Random, content: bytes) -> tuple[str, bytes]:
    at = draw.randrange(len(content))
    return "a zero byte", content[:at] + b"\0" + content[at:]


def _open_quote(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\r\n")
    at = draw.randrange(1, len(lines) - 1)
    lines[at] = b'"' + lines[at]
    return "an open quote", b"\r\n".join(lines)


def _cut_row(draw: Random, content: bytes) -> tuple[str, bytes]:
    at = draw.randrange(content.index(b"\r\n") + 3, len(content) - 2)
    end = content.rfind(b";", 0, at)
    begin = content.rfind(b"\n", 0, at)
    return "cut off", content[: end if end > begin else begin + 2]


def _other_delimiter(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\r\n")
    at = draw.randrange(1, len(lines) - 1)
    lines[at] = lines[at].replace(b";", draw.choice((b",", b"\t", b"|")))
    return "another delimiter", b"\r\n".join(lines)


def _header_lost(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\r\n")
    return "no header", b"\r\n".join(lines[draw.randrange(1, 4) :])


def _cut_json(draw: Random, content: bytes) -> tuple[str, bytes]:
    return "cut off", content[: draw.randrange(1, len(content))]


def _json_of(draw: Random, content: bytes) -> tuple[str, bytes]:
    wrong = (b'{"visits": 5}', b'{"rows": []}', b"{}", b"[5]", b"[[]]", b'{"visits": {}}',
             b"[null]", b'["x"]', b"[" * draw.randrange(2_000, 90_000))  # fmt: skip
    return "no list of visits", draw.choice(wrong)


def _key_twice(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\n")
    at = draw.choice([number for number, line in enumerate(lines) if b'": "' in line])
    lines.insert(at, lines[at].rstrip(b",") + b",")
    return "a key twice", b"\n".join(lines)


def _comma_lost(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\n")
    at = draw.choice([number for number, line in enumerate(lines) if line.endswith(b",")])
    lines[at] = lines[at][:-1]
    return "a comma short", b"\n".join(lines)


FORMATS: Mapping[str, Format] = {
    "csv": Format(
        "visits.csv", _csv, 2,
        (_not_utf8, _short_row, _long_row, _zero_byte, _open_quote, _cut_row, _other_delimiter,
         _header_lost),
    ),
    "json": Format(
        "visits.json", _json, 0, (_not_utf8, _cut_json, _json_of, _key_twice, _comma_lost),
        types=([], {}, [1], {"a": 1}),
    ),
    "excel": Format(
        "visits.xlsx", _excel, 2, (_cut_excel, _old_excel, _part_lost, _no_xml),
    ),
}  # fmt: skip


@cache
def right_visits(kind: str) -> bytes:
    """A file without a fault."""
    return FORMATS[kind].write(right_rows())


# ---------------------------------------------------------------- faults


def spoilt_visits(draw: Random, kind: str) -> Made:
    """A file of one format with one to three faults."""
    form, rows = FORMATS[kind], right_rows()
    spoils = (_cell, _cell, _cell, _unpaid, _same_id, _header)
    number = draw.choice((1, 1, 1, 2, 3))
    told = [draw.choice(spoils)(draw, rows, form) for _ in range(number)]
    if draw.random() < SHARE_BROKEN:
        what, content = draw.choice(form.breaks)(draw, form.write(right_rows()))
        return Made(kind, what, form.name, content, form.name)
    what = ", ".join(f"{name} at {place}" for name, place in told)
    return Made(kind, what, form.name, form.write(rows), told[0][1] if len(told) == 1 else "")


SHARE_BROKEN = 0.2


def _cell(draw: Random, rows: list[Row], form: Format) -> tuple[str, str]:
    field = draw.choice(sorted(WRONG))
    at = draw.randrange(len(rows))
    rows[at][field] = draw.choice((*WRONG[field], *form.types))
    return f"{rows[at][field]!r:.40}", f"{form.name}:{form.first_line + at}: {field}"


def _unpaid(draw: Random, rows: list[Row], form: Format) -> tuple[str, str]:
    at = draw.randrange(len(rows))
    row = draw.choice(UNPAID)
    rows[at] |= row
    return f"what nobody can pay, {row}", ""


def _same_id(draw: Random, rows: list[Row], form: Format) -> tuple[str, str]:
    at = draw.randrange(len(rows))
    rows.append(rows[at] | {"provider": "p-9"})
    return "one id with two contents", f"{form.name}:{form.first_line + len(rows) - 1}: id"


def _header(draw: Random, rows: list[Row], form: Format) -> tuple[str, str]:
    field = draw.choice(
        ("id", "provider", "provider_kind", "recipient", "service", "zone", "start")
    )
    wrong = draw.choice((f"{field}s", field.upper(), f"{field} 1", "name", "personnummer"))
    for row in rows:
        if field in row:
            row[wrong] = row.pop(field)
    return f"{field} called {wrong}", f"{form.name}:1: header"
