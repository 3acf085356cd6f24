"""Performed visits from Excel: the same visits and the same findings as from CSV."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from pay_cases import at
from pay_workbooks import (
    HEADER,
    NINE,
    TEXTS,
    csv,
    edited,
    faults,
    filled,
    read,
    row,
    saved,
    shared,
    worked_out,
)

from pricing.pay.reading import FIELDS, read_performed


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


def test_findings_hold_no_ids_of_persons() -> None:
    number = "19121212-1212"
    content = filled(row(recipient=number + "\u200b", id=191_212_121_212_121_299))
    assert not any("1212" in str(each) for each in faults(content))
