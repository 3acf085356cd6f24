"""Performed visits from Excel: the same visits and the same findings as from CSV."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from pay_cases import at

from pricing.pay import workbook as limits
from pricing.pay.columns import VisitColumns
from pricing.pay.reading import FIELDS, read_performed
from pricing.pay.rows import REQUIRED
from scheduler.care.errors import Finding, InvalidInput

HEADER = (*REQUIRED, "status", "performed_min", "absent_from")
NINE = datetime(2026, 3, 4, 9, 0)  # noqa: DTZ001 - a spreadsheet knows no zones
TEXTS = (
    "v-1", "p-1", "PRIVATE", "r-1", "care", "town", "2026-03-04T09:00:00+01:00", "PERFORMED", "30",
    "",
)  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"


def row(**changed: Any) -> list[Any]:
    """A visit as somebody types it: a time in a cell, minutes as a number."""
    typed = dict(zip(HEADER, TEXTS, strict=True)) | {"start": NINE, "performed_min": 30}
    return list((typed | changed).values())


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def filled(*rows: Sequence[Any], header: Sequence[Any] = HEADER) -> bytes:
    book = Workbook()
    for each in (header, *rows):
        book.active.append(list(each))
    return saved(book)


def shared(*rows: Sequence[str]) -> bytes:
    """As Excel saves texts: once each, in a part of their own."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, each in enumerate((HEADER, *rows)):
            sheet.write_row(number, 0, each)
    return stream.getvalue()


def edited(content: bytes, change: Callable[[str], str], part: str = SHEET) -> bytes:
    """The workbook with one of its parts changed, which has to make a difference."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for each in old.namelist():
            text = old.read(each)
            if each == part:
                text = change(text.decode()).encode()
                assert text != old.read(each)
            new.writestr(each, text)
    return stream.getvalue()


def worked_out(content: bytes) -> bytes:
    """As Excel saves: formulas with their values."""
    return edited(content, lambda x: x.replace(' fullCalcOnLoad="1"', ""), "xl/workbook.xml")


def read(content: bytes) -> VisitColumns:
    return read_performed(content, "v.xlsx")


def faults(content: bytes, name: str = "v.xlsx") -> list[Finding]:
    with pytest.raises(InvalidInput) as refused:
        read_performed(content, name)
    return list(refused.value.findings)


def csv(*rows: Sequence[str]) -> bytes:
    return "".join(";".join(each) + "\n" for each in (HEADER, *rows)).encode()


def test_typed_cells_and_texts_give_the_visit_of_the_csv() -> None:
    expected = read_performed(csv(TEXTS), "v.csv").row(0)
    for content in (filled(TEXTS), filled(row()), shared(TEXTS)):
        visits = read(content)
        assert len(visits) == 1
        assert visits.row(0) == expected


def test_every_field_is_read() -> None:
    """Dates as days, a share of a piece, true and false, numbers where ids are."""
    first = datetime(2026, 3, 1)  # noqa: DTZ001
    values = (7, 1001, "OWN", 2002.0, "meal", "town", NINE, "UNPLANNED_ABSENCE", 5, 10, 2, True,
              2.5, first, 17, 3003, "pv-1", "AWAY")  # fmt: skip
    found = read(filled(values, header=FIELDS)).row(0)
    texts = ("7", "1001", "OWN", "2002", "meal", "town", "2026-03-04T09:00+01:00",
             "UNPLANNED_ABSENCE", "5", "10", "2", "true", "2.5", "2026-03-01", "17",
             "3003", "pv-1", "AWAY")  # fmt: skip
    same = ";".join(FIELDS) + "\n" + ";".join(texts) + "\n"
    assert found == read_performed(same.encode(), "v.csv").row(0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("performed_min", "-1"),
        ("performed_min", "30.5"),
        ("performed_min", "99999"),
        ("status", "DONE"),
        ("provider", ""),
        ("id", "v\x07".replace("\x07", "\u200b")),
        ("absent_from", "yesterday"),
        ("start", "2026-03-04 09:00"),
        ("start", ""),
    ],
)
def test_findings_are_those_of_the_csv(field: str, value: str) -> None:
    """Row and column named alike, whether the cell is a text or not."""
    texts = [value if name == field else old for name, old in zip(HEADER, TEXTS, strict=True)]
    found = faults(filled(TEXTS, texts))
    from_csv = faults(csv(TEXTS, texts), "v.csv")
    assert f"v.xlsx:3: {field}" in [each.where for each in found]
    assert [(e.code, e.where.replace("xlsx", "csv"), e.expected) for e in found] == [
        (e.code, e.where, e.expected) for e in from_csv
    ]


def test_all_faults_come_at_once() -> None:
    rows = [row(id=f"v-{n}", performed_min=-n, status="x") for n in range(1, 21)]
    assert len(faults(filled(*rows))) == 40


def test_a_missing_field_is_told_as_in_the_csv() -> None:
    header = [name if name != "zone" else "Zon" for name in HEADER]
    found = faults(filled(TEXTS, header=header))
    assert {each.where for each in found} == {"v.xlsx:1: header"}
    assert [each.found for each in found] == ["zone", "Zon"]


# ---------------------------------------------------------------- days and times


@pytest.mark.parametrize(
    ("clock", "utc"),
    [
        (datetime(2026, 7, 1, 9, 0), "09:00"),  # noqa: DTZ001
        (datetime(2026, 7, 1, 8, 59, 59, 999_700), "09:00"),  # noqa: DTZ001
    ],
)
def test_a_time_is_that_of_sweden(clock: datetime, utc: str) -> None:
    """Summer time in July; a fraction of a day that is a hair short of the minute."""
    assert read(filled(row(start=clock))).row(0).start == at(date(2026, 7, 1), utc)


def test_a_time_that_lost_its_form_is_still_one() -> None:
    """46085.375 is 4 March 2026, nine o'clock; also by the calendar of old Macs."""
    assert read(filled(row(start=46_085.375))).row(0).start == at(date(2026, 3, 4), "09:00")
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(HEADER)
    book.active.append(row())
    book.active.append(row(id="v-2", start=46_085.375 - 1462))
    visits = read(saved(book))
    assert [visits.row(n).start for n in (0, 1)] == [at(date(2026, 3, 4), "09:00")] * 2


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        (datetime(2026, 10, 25, 2, 30), "twice"),  # noqa: DTZ001
        (datetime(2026, 3, 29, 2, 30), "skipped"),  # noqa: DTZ001
    ],
)
def test_a_time_of_the_nights_when_clocks_change_needs_its_offset(
    clock: datetime, told: str
) -> None:
    (found,) = faults(filled(row(start=clock)))
    assert found.where == "v.xlsx:2: start"
    assert told in found.found
    told_with_offset = f"{clock.isoformat()}+01:00"
    assert len(read(filled(row(start=told_with_offset)))) == 1
    assert len(read(filled(row(start=clock + timedelta(hours=1))))) == 1


@pytest.mark.parametrize("start", [date(2026, 3, 4), 46_085, time(9, 0), timedelta(hours=9)])
def test_a_day_without_a_time_is_no_start(start: Any) -> None:
    """It would be midnight, and paid as night."""
    (found,) = faults(filled(row(start=start)))
    assert found.where == "v.xlsx:2: start"


def test_midnight_that_shows_its_time_is_a_start() -> None:
    midnight = datetime(2026, 3, 4)  # noqa: DTZ001
    assert read(filled(row(start=midnight))).row(0).start == at(date(2026, 3, 4), "00:00")


@pytest.mark.parametrize("day", [date(2026, 3, 1), 46_082, "2026-03-01"])
def test_the_first_day_of_an_absence_is_a_date(day: Any) -> None:
    content = filled(row(status="UNPLANNED_ABSENCE", absent_from=day))
    assert read(content).row(0).absent_from == date(2026, 3, 1)


@pytest.mark.parametrize("field", ["performed_min", "id", "status"])
@pytest.mark.parametrize("value", [date(1900, 1, 30), timedelta(minutes=30), time(0, 30)])
def test_a_cell_in_the_form_of_a_date_is_no_number(field: str, value: Any) -> None:
    """30 formatted as a day is 30 January 1900 to every reader."""
    (found,) = faults(filled(row(**{field: value})))
    assert found.where == f"v.xlsx:2: {field}"


# ---------------------------------------------------------------- numbers and texts


def test_a_number_that_lost_digits_is_refused() -> None:
    """16 digits: two visits could end with the same id, and one of them would not be paid."""
    (found,) = faults(filled(row(id=2_026_030_400_000_017)))
    assert found.where == "v.xlsx:2: id"
    assert read(filled(row(id=202_603_040_000_017))).ids == ["202603040000017"]
    assert read(filled(row(id="2026030400000017"))).ids == ["2026030400000017"]


def test_a_number_has_the_digits_that_excel_shows() -> None:
    header = [*HEADER, "quantity"]
    found = read(filled([*row(), 0.1 + 0.2], header=header)).row(0)
    assert str(found.quantity) == "0.3"


def test_an_error_of_excel_is_no_name() -> None:
    """#N/A would else be the name of a provider."""
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(row())
    book.active["B2"].value = "#N/A"
    book.active["B2"].data_type = "e"
    (found,) = faults(saved(book))
    assert found.where == "v.xlsx:2: provider"


# ---------------------------------------------------------------- rows and sheets


def test_rows_without_content_are_none() -> None:
    """Empty rows between and behind, blanks, and formats that reach far down."""
    book = load_workbook(io.BytesIO(filled(row(), [], [" ", None], row(id="v-2"))))
    book.active["A900"].number_format = "0.00"
    book.active["C901"].value = "  "
    assert read(saved(book)).ids == ["v-1", "v-2"]


def test_lines_are_counted_as_excel_shows_them() -> None:
    found = faults(filled(row(), [], [], row(id="v-2", performed_min="x")))
    assert [each.where for each in found] == ["v.xlsx:5: performed_min"]


def test_columns_without_a_name_must_be_empty() -> None:
    assert len(read(filled([*row(), None, " "], header=[*HEADER, None, None]))) == 1
    (found,) = faults(filled(row(), [*row(id="v-2"), "x"]))
    assert found.where == "v.xlsx:3: row"


def test_a_wrong_dimension_hides_no_rows() -> None:
    """Some programs write A1 as the size of every sheet."""
    content = filled(row(), row(id="v-2"))
    wrong = edited(content, lambda x: x.replace('<dimension ref="A1:J3"', '<dimension ref="A1"'))
    assert read(wrong).ids == ["v-1", "v-2"]


def test_a_sheet_of_notes_does_not_disturb() -> None:
    book = load_workbook(io.BytesIO(filled(row())))
    book.create_sheet("Tomt")
    notes = book.create_sheet("Läs mig", 0)
    notes.append(["Besök för mars", "fråga Åsa"])
    assert read(saved(book)).ids == ["v-1"]


def test_two_sheets_of_visits_are_refused() -> None:
    """One of them would be left out without a word. Their names may be those of persons."""
    book = load_workbook(io.BytesIO(filled(row())))
    book.create_sheet("Tomt")
    other = book.create_sheet("Åsa Berg")
    other.append(HEADER)
    other.append(row(id="v-2"))
    (found,) = faults(saved(book))
    assert (found.code, found.found) == ("SEVERAL_SHEETS", "sheets 1, 3")


def test_no_sheet_with_content_is_refused() -> None:
    assert [each.code for each in faults(saved(Workbook()))] == ["UNREADABLE_FILE"]


def test_headings_alone_are_no_fault() -> None:
    assert len(read(filled())) == 0


# ---------------------------------------------------------------- formulas


def with_formula(value: str) -> bytes:
    """Minutes as a formula, with what its program saved as its value."""
    content = filled(row(performed_min="=15+15"))
    plain = "<f>15+15</f><v></v>"
    return edited(content, lambda x: x.replace(plain, plain.replace("<v></v>", value)))


def test_the_value_of_a_formula_is_read() -> None:
    content = worked_out(with_formula("<v>30</v>"))
    assert read(content).row(0).performed_min == 30


def test_a_formula_without_a_value_is_not_zero() -> None:
    (found,) = faults(worked_out(filled(row(performed_min="=15+15"))))
    assert found.where == "v.xlsx:2: performed_min"
    assert "formula" in found.found


def test_a_value_that_was_never_worked_out_is_not_believed() -> None:
    """Programs that write formulas put 0 there, and ask Excel to count when it opens the file."""
    (found,) = faults(with_formula("<v>0</v>"))
    assert found.where == "v.xlsx:2: performed_min"
    assert "formula" in found.found


def test_a_formula_that_gives_no_text_is_empty() -> None:
    """=IF(A2="","",…) far down a sheet is an empty row to whoever looks at it."""
    content = filled(row(), ["=A9"])
    changed = edited(
        content,
        lambda x: x.replace('<c r="A3"><f>A9</f><v></v>', '<c r="A3" t="str"><f>A9</f><v></v>'),
    )
    assert read(worked_out(changed)).ids == ["v-1"]


# ---------------------------------------------------------------- what is no workbook


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


def test_findings_hold_no_ids_of_persons() -> None:
    number = "19121212-1212"
    content = filled(row(recipient=number + "\u200b", id=191_212_121_212_121_299))
    assert not any("1212" in str(each) for each in faults(content))


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
