"""Decisions from CSV and Excel: the same as from JSON, and every fault with its row and column."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from api.documents.cases import Case, read_cases
from api.documents.decision_sheets import COLUMNS, is_sheet, read_sheet
from api.refusals import TooLarge
from scheduler.care.errors import InvalidInput
from tests.api.store.samples import encoded

FIRST = {
    "beslut": "b-1", "person": "r-1", "latitud": "56,0351", "longitud": "14.1607", "zon": "town",
    "kompetens": "läkemedel", "beslutsdatum": "2026-02-20", "från": "2026-03-01",
    "till": "2026-12-31", "uppföljning": "2026-11-01", "utförare": "p-1", "regi": "Privat",
    "enhet": "north", "rad": "l-1", "insats": "morning", "antal": "2", "per": "dag",
    "veckodagar": "", "tider": "morgon, kväll", "minuter": "", "bemanning": "",
    "minst mellan": "240", "mest mellan": "720", "flexibel": "nej",
}  # fmt: skip
SECOND = {
    **FIRST, "rad": "l-2", "insats": "shower", "antal": "1", "per": "Vecka",
    "veckodagar": "tis+tor", "tider": "förmiddag", "minuter": "35", "bemanning": "2",
    "minst mellan": "", "mest mellan": "",
}  # fmt: skip
THIRD = {**dict.fromkeys(COLUMNS, ""), "beslut": "b-2", "person": "r-1", "latitud": "56.0351",
         "longitud": "14.1607", "zon": "town", "beslutsdatum": "2026-02-21", "från": "2026-03-02",
         "utförare": "own", "regi": "egen", "enhet": "south", "rad": "l-1", "insats": "cleaning",
         "antal": "1", "per": "2 veckor", "tider": "dagtid", "flexibel": "ja",
         "timmar emellan": "48"}  # fmt: skip
SAME: dict[str, Any] = {
    "decisions": [
        {
            "id": "b-1", "recipientId": "r-1",
            "recipient": {"location": [56.0351, 14.1607], "zone": "town",
                          "requiredSkills": ["läkemedel"]},
            "decidedOn": "2026-02-20", "validFrom": "2026-03-01", "validTo": "2026-12-31",
            "reviewOn": "2026-11-01", "provider": {"id": "p-1", "kind": "PRIVATE"},
            "unit": "north",
            "lines": [
                {"id": "l-1", "service": "morning", "bands": ["MORNING", "EVENING"],
                 "frequency": {"times": 2, "period": "DAY"}, "minDelay": "PT4H",
                 "maxDelay": "PT12H"},
                {"id": "l-2", "service": "shower", "bands": ["FORENOON"], "staff": 2,
                 "frequency": {"times": 1, "period": "WEEK", "weekdays": [2, 4]},
                 "ownDuration": "PT35M"},
            ],
        },
        {
            "id": "b-2", "recipientId": "r-1",
            "recipient": {"location": [56.0351, 14.1607], "zone": "town"},
            "decidedOn": "2026-02-21", "validFrom": "2026-03-02",
            "provider": {"id": "own", "kind": "OWN"}, "unit": "south",
            "lines": [{"id": "l-1", "service": "cleaning", "bands": ["DAYTIME"],
                       "frequency": {"times": 1, "period": "TWO_WEEKS"}, "flexible": True,
                       "leastHoursApart": 48}],
        },
    ]
}  # fmt: skip


def csv(*rows: dict[str, str], header: tuple[str, ...] = tuple(COLUMNS), by: str = ";") -> bytes:
    quoted = [[f'"{row.get(name, "")}"' for name in header] for row in rows]
    return "\n".join([by.join(header), *(by.join(row) for row in quoted)]).encode("utf-8-sig")


def excel(*rows: dict[str, Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([row.get(name) or None for name in COLUMNS])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def same() -> tuple[Case, ...]:
    cases, findings = read_cases(encoded(SAME))
    assert findings == []
    return cases


@pytest.mark.parametrize("by", [";", ","])
def test_csv_says_the_same_as_json(by: str) -> None:
    content = csv(FIRST, SECOND, THIRD, by=by)
    assert is_sheet(content)
    assert read_sheet(content) == (same(), [])
    assert not is_sheet(encoded(SAME))


def test_excel_says_the_same_with_days_and_numbers_as_such() -> None:
    rows = [
        {
            **row,
            "beslutsdatum": date.fromisoformat(row["beslutsdatum"]),
            "från": date.fromisoformat(row["från"]),
            "antal": int(row["antal"]),
            "latitud": 56.0351,
        }
        for row in (FIRST, SECOND, THIRD)
    ]
    content = excel(*rows)
    assert is_sheet(content)
    assert read_sheet(content) == (same(), [])


def test_the_order_of_columns_does_not_matter_and_empty_ones_may_be_left_out() -> None:
    needed = tuple(n for n in reversed(COLUMNS) if COLUMNS[n].required or THIRD[n])
    assert read_sheet(csv(THIRD, header=needed))[0] == same()[1:]


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "day": ({"från": "1/3 2026"}, "beslut:3: från"),
    "degrees": ({"latitud": "norr"}, "beslut:3: latitud"),
    "kind": ({"regi": "kommunal"}, "beslut:3: regi"),
    "times": ({"antal": "två"}, "beslut:3: antal"),
    "period": ({"per": "kvartal"}, "beslut:3: per"),
    "band": ({"tider": "morgon, gryning"}, "beslut:3: tider"),
    "weekday": ({"veckodagar": "mån, midsommar"}, "beslut:3: veckodagar"),
    "missing": ({"insats": ""}, "beslut:3: insats"),
    "unprintable": ({"zon": "to\x07wn"}, "beslut:3: zon"),
    "too long an id": ({"insats": "x" * 200}, "beslut:3: insats"),
    "another person": ({"person": "r-7"}, "beslut:3: person"),
    "flexible": ({"flexibel": "kanske"}, "beslut:3: flexibel"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_fault_is_told_with_its_row_and_column(name: str) -> None:
    change, where = WRONG[name]
    cases, findings = read_sheet(csv(FIRST, {**SECOND, **change}))
    assert cases == ()
    assert where in [finding.where for finding in findings]
    assert all(finding.where.startswith("beslut:3") for finding in findings)


def test_all_faults_come_at_once_and_repeat_nothing_personal() -> None:
    _, findings = read_sheet(
        csv({**FIRST, "från": "19121212-1212"}, {**SECOND, "antal": "x"}, {**THIRD, "person": ""})
    )
    assert [finding.where for finding in findings] == [
        "beslut:2: från", "beslut:3: antal", "beslut:4: person",
    ]  # fmt: skip
    assert "1212" not in " ".join(str(finding) for finding in findings)


def test_what_a_decision_means_is_judged_with_its_rows() -> None:
    cases, findings = read_sheet(
        csv({**FIRST, "till": "2026-01-01"}, {**SECOND, "till": "2026-01-01"})
    )
    assert cases
    assert [(f.code, f.where.split(":")[1]) for f in findings] == [
        ("DECISION_ENDS_BEFORE_START", "2-3")
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (csv(header=tuple(n for n in COLUMNS if n != "zon")), "WRONG_VALUE"),
        (csv(header=(*COLUMNS, "personnummer")), "WRONG_VALUE"),
        (csv(header=(*COLUMNS, "zon")), "WRONG_VALUE"),
        (csv(), "UNREADABLE_FILE"),
        (csv(FIRST)[:-2], "UNREADABLE_FILE"),
        (b"beslut;person\n\xff\xfe", "UNREADABLE_FILE"),
        (b"beslut;person\nb\0;x", "UNREADABLE_FILE"),
        (b"PK\x03\x04 no archive", "UNREADABLE_FILE"),
        (b"\xd0\xcf\x11\xe0 old", "UNREADABLE_FILE"),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_sheet(content)
    assert {finding.code for finding in refused.value.findings} == {code}


def test_a_workbook_that_unpacks_beyond_measure_is_refused() -> None:
    sound = excel(FIRST)
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sound)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part, old.read(part))
        new.writestr("xl/media/bomb.bin", bytes(30_000_000))
    with pytest.raises(InvalidInput, match="WORKBOOK_TOO_LARGE"):
        read_sheet(stream.getvalue())
    with pytest.raises(TooLarge):
        read_sheet(sound, max_bytes=100)


def test_a_row_of_another_width_is_told() -> None:
    _, findings = read_sheet(csv(FIRST) + b'\n"b-9";"r-9"')
    assert [finding.where for finding in findings] == ["beslut:3: rad"]


def test_cells_beyond_the_header_and_formulas_without_a_value_are_told() -> None:
    _, findings = read_sheet(excel({**FIRST, "zon": "=A1"}))
    assert [finding.where for finding in findings] == ["beslut:2: zon"]
