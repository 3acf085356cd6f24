"""Files that are no workbook, or one made to do harm: refused in time and in little memory."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pay_workbooks import (
    HEADER,
    SHEET,
    TEXTS,
    csv,
    edited,
    faults,
    filled,
    read,
    row,
    saved,
    shared,
)

from pricing.pay import workbook as limits
from pricing.pay.columns import VisitColumns
from scheduler.care.errors import Finding, InvalidInput


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04 and nothing more", "v.xlsx"),
        (b"", "v.xlsx"),
        (csv(TEXTS), "v.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "v.xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "v.csv"),
        (filled(row())[:-200], "v.xlsx"),
        (filled(row())[:900], "v.csv"),
        (edited(filled(row()), lambda x: x[:300]), "v.xlsx"),
        (edited(filled(row()), lambda x: x.replace("<v>", "<v>x")), "v.xlsx"),
        (edited(filled(row()), lambda x: x[:0], "xl/workbook.xml"), "v.xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, name: str) -> None:
    (found,) = faults(content, name)
    assert found.code == "UNREADABLE_FILE"
    assert "Spara" in found.action


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_another_archive_is_refused() -> None:
    (found,) = faults(packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}))
    assert found.found == "another archive"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """20 MB of blanks in 20 kB; a sheet of a million visits shrinks to a thirtieth."""
    with zipfile.ZipFile(io.BytesIO(filled(row()))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = packed(parts | {SHEET: parts[SHEET] + b" " * 20_000_000})
    assert len(content) < 100_000
    assert [each.code for each in faults(content)] == ["WORKBOOK_TOO_LARGE"]


def test_too_much_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = filled(row())
    monkeypatch.setattr(limits, "MOST_BYTES", 5_000)
    assert [each.code for each in faults(content)] == ["WORKBOOK_TOO_LARGE"]
    monkeypatch.undo()
    many = packed({f"part-{n}": b"" for n in range(limits.MOST_PARTS + 1)})
    assert [each.code for each in faults(many)] == ["WORKBOOK_TOO_LARGE"]


def test_what_is_held_whole_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are read into memory before the first row; sheets are not."""
    monkeypatch.setattr(limits, "MOST_HELD_BYTES", 5_000)
    assert [each.code for each in faults(shared(TEXTS))] == ["WORKBOOK_TOO_LARGE"]


def test_a_row_beyond_any_sheet_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that calls itself number 10¹² would be counted up to; here 50 are a sheet."""
    monkeypatch.setattr(limits, "MOST_ROWS", 50)
    far = edited(filled(row()), lambda x: x.replace('<row r="2"', '<row r="1000000000000"'))
    (found,) = faults(far)
    assert found.code == "UNREADABLE_FILE"
    last = edited(filled(row()), lambda x: x.replace('<row r="2"', '<row r="50"'))
    assert len(read(last)) == 1


def test_cells_far_out_are_not_counted_up_to() -> None:
    """One at XFD in every row would make each row 16,384 cells wide."""
    book = load_workbook(io.BytesIO(filled(row())))
    book.active["XFD2"].value = "x"
    assert read(saved(book)).ids == ["v-1"]
    book.active["T2"].value = "x"
    (found,) = faults(saved(book))
    assert found.where == "v.xlsx:2: row"


def test_a_part_that_is_packed_in_another_way_is_refused_or_read() -> None:
    """No program packs workbooks by LZMA; a damaged one must not end in a traceback."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(filled(row()))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as new,
    ):
        for each in old.namelist():
            new.writestr(each, old.read(each))
    content = bytearray(stream.getvalue())
    content[60:90] = bytes(30)
    assert [each.code for each in faults(bytes(content))] == ["UNREADABLE_FILE"]


def test_entities_are_not_expanded() -> None:
    """A document type is how a small file becomes a large text; no workbook has one."""
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    content = edited(filled(row()), lambda x: x.replace("<worksheet", entity, 1))
    assert faults(content)[0].found == "one with a document type"


SPOILT_ROWS = st.lists(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=9),
        st.datetimes(datetime(1890, 1, 1), datetime(2300, 1, 1)),  # noqa: DTZ001
        st.dates(date(1900, 1, 1)),
        st.times(),
        st.timedeltas(timedelta(0), timedelta(days=40)),
        st.sampled_from(["=1+1", "#REF!", "\u00a0", *TEXTS]),
    ),
    max_size=len(HEADER) + 1,
)


@given(st.lists(SPOILT_ROWS, max_size=4), st.data())
@settings(max_examples=120, deadline=None)
def test_a_spoilt_workbook_is_read_or_refused_never_a_crash(
    rows: list[list[Any]], data: st.DataObject
) -> None:
    """Whatever stands in the cells, and whatever befell the file on its way."""
    content = filled(row(), *rows)
    if data.draw(st.booleans()):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
        part = data.draw(st.sampled_from(names))
        scrap = data.draw(st.sampled_from(["", "<", ">", "&", '"', "9", "-", "<c>", "\ufffe", "é"]))
        place = data.draw(st.floats(0, 1))
        gone = data.draw(st.integers(1, 9))

        def spoil(text: str) -> str:
            at_char = int(place * len(text))
            return text[:at_char] + scrap + text[at_char + gone :] + " "

        content = edited(content, spoil, part)
    if data.draw(st.booleans()):
        # A share: a workbook holds the time of its writing, and its length is not always the same.
        at_byte = int(data.draw(st.floats(0, 1)) * len(content))
        content = content[:at_byte] + data.draw(st.binary(max_size=3)) + content[at_byte + 1 :]
    findings: tuple[Finding, ...] = ()
    try:
        assert isinstance(read(content), VisitColumns)
    except InvalidInput as error:
        findings = error.findings
        assert findings
    assert all(each.where and each.expected and each.action for each in findings)
