"""Performed visits are read whole or refused whole, with the line of every fault."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_cases import at, visit

from pricing.book.model import Status
from pricing.pay import reading, rows
from pricing.pay.columns import VisitColumns
from pricing.pay.reading import FIELDS, read_performed
from scheduler.care.errors import Finding, InvalidInput

HEADER = "id;provider;provider_kind;recipient;service;zone;start;status;performed_min;absent_from"
ROW = "v-1;p-1;PRIVATE;r-1;care;town;2026-03-04T09:00:00+01:00;PERFORMED;30;"
CSV = f"{HEADER}\n{ROW}\n"


def faults(content: str | bytes) -> list[Finding]:
    with pytest.raises(InvalidInput) as refused:
        read_performed(content if isinstance(content, bytes) else content.encode(), "v.csv")
    return list(refused.value.findings)


def test_csv_and_json_give_the_same_visit() -> None:
    document = [
        {
            "id": "v-1", "provider": "p-1", "provider_kind": "PRIVATE", "recipient": "r-1",
            "service": "care", "zone": "town", "start": "2026-03-04T09:00:00+01:00",
            "performed_min": 30,
        }
    ]  # fmt: skip
    expected = visit(1, date(2026, 3, 4), "09:00", granted_min=0)
    for content in (
        CSV,
        "\ufeff" + CSV.replace(";", ",").replace("\n", "\r\n"),
        json.dumps(document),
        json.dumps({"visits": document}),
    ):
        visits = read_performed(content.encode(), "v")
        assert [visits.row(0)] == [expected]
        assert len(visits) == 1


def test_every_field_is_read() -> None:
    content = (
        ",".join(FIELDS)
        + "\nv-1,p,OWN,r,meal,town,2026-03-04T08:00Z,UNPLANNED_ABSENCE,5,10,2,true,2.5,2026-03-01,"
        "manual,c-1 c-2,d-1-morning-1,HOSPITAL\n"
    )
    row = read_performed(content.encode(), "v").row(0)
    assert (row.status, row.performed_min, row.granted_min, row.staff, row.delegated) == (
        Status.UNPLANNED_ABSENCE, 5, 10, 2, True,
    )  # fmt: skip
    assert (row.quantity, row.absent_from, row.start) == (
        Decimal("2.5"), date(2026, 3, 1), at(date(2026, 3, 4)),
    )  # fmt: skip
    assert (row.carer, row.planned_visit, row.deviation, row.circumstance) == (
        "c-1 c-2", "d-1-morning-1", "HOSPITAL", "manual",
    )  # fmt: skip


def test_a_deviation_is_one_of_its_codes_or_nothing() -> None:
    header = f"{HEADER};deviation"
    assert read_performed(f"{header}\n{ROW};\n".encode(), "v").deviations == ()
    assert read_performed(f"{header}\n{ROW};TOO_SHORT\n".encode(), "v").deviations == ["TOO_SHORT"]
    told = faults(f"{header}\n{ROW};hospital\n")
    assert [each.where for each in told] == ["v.csv:2: deviation"]


def test_who_came_and_what_was_planned_are_kept_by_row_and_may_be_left_out() -> None:
    """Follow-up needs both; most files have neither, and an empty cell is nobody known."""
    header, first = f"{HEADER};carer;planned_visit", f"{ROW};c-1;d-1"
    visits = read_performed(f"{header}\n{first}\n{first.replace('v-1', 'v-2', 1)}".encode(), "v")
    assert (visits.carers, visits.planned_visits) == (["c-1"] * 2, ["d-1"] * 2)
    empty = read_performed(f"{header}\n{ROW};;\n".encode(), "v")
    assert (empty.carers, empty.planned_visits) == ((), ())
    told = faults(f"{header}\n{ROW};{'c' * 101};\n")
    assert [each.where for each in told] == ["v.csv:2: carer"]
    assert "cc" not in told[0].found


def test_the_same_row_twice_counts_once() -> None:
    """A file that is sent twice in one must not pay twice."""
    assert len(read_performed((CSV + ROW + "\n").encode(), "v")) == 1


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("PERFORMED;30", "PERFORMED;31", "v.csv:3: id"),
        ("2026-03-04T09", "2026-02-30T09", "v.csv:2: start"),
        ("+01:00", "", "v.csv:2: start"),
        (";30;", ";-1;", "v.csv:2: performed_min"),
        (";30;", ";30.5;", "v.csv:2: performed_min"),
        (";30;", ";٣;", "v.csv:2: performed_min"),
        (";30;", ";99999;", "v.csv:2: performed_min"),
        ("PERFORMED;", "DONE;", "v.csv:2: status"),
        ("v-1;", ";", "v.csv:2: id"),
        ("v-1;", "v\x01;", "v.csv:2: id"),
        ("PERFORMED;30;", "DECEASED;30;", "v.csv:2: absent_from"),
        ("PERFORMED;30;", "DECEASED;30;2026-03-05", "v.csv:2: absent_from"),
        ("PERFORMED;30;", "PERFORMED;30;yesterday", "v.csv:2: absent_from"),
        ("PERFORMED;30;", "PERFORMED;30;;;", "v.csv:2: row"),
        (";zone;", ";zon;", "v.csv:1: header"),
        (";zone;", ";service;", "v.csv:1: header"),
    ],
)
def test_each_fault_is_found_with_its_line(old: str, new: str, where: str) -> None:
    text = CSV.replace(old, new, 1)
    assert text != CSV
    if where.startswith("v.csv:3"):
        text += ROW + "\n"
    assert where in [each.where for each in faults(text)]


def test_an_absence_may_begin_on_the_day_of_the_visit() -> None:
    """The first day of an absence has a visit that did not take place, too."""
    text = CSV.replace("PERFORMED;30;", "DECEASED;30;2026-03-04")
    assert read_performed(text.encode(), "v").row(0).absent_from == date(2026, 3, 4)


def test_a_period_stays_within_its_month() -> None:
    """29 February has a day left, not two."""
    header = "id,provider,provider_kind,recipient,service,zone,start,status,quantity\n"
    row = "a,p,OWN,r,alarm,town,2028-02-29T00:00+01:00,PERIOD,{}\n"
    assert len(read_performed((header + row.format(1)).encode(), "v.csv")) == 1
    for quantity in ("2", "0.5"):
        found = faults(header + row.format(quantity))
        assert [each.where for each in found] == ["v.csv:2: quantity"]


@pytest.mark.parametrize(
    ("status", "minutes", "quantity", "where"),
    [
        ("GRANTED", 44_640, "31", None),
        ("GRANTED", 44_641, "31", "v.csv:2: granted_min"),
        ("GRANTED", 1_500, "1", None),
        ("GRANTED", 1_501, "1", "v.csv:2: granted_min"),
        ("GRANTED", 600, "32", "v.csv:2: quantity"),
        ("GRANTED", 600, "1.5", "v.csv:2: quantity"),
        ("GRANTED", 1, "0", "v.csv:2: granted_min"),
        ("PERFORMED", 14_400, "1", None),
        ("PERFORMED", 14_401, "1", "v.csv:2: granted_min"),
    ],
)
def test_granted_time_has_the_minutes_of_its_days(
    status: str, minutes: int, quantity: str, where: str | None
) -> None:
    """A month of days holds 44,640 minutes; the longest day 1,500; a visit never more than ten."""
    content = (
        "id,provider,provider_kind,recipient,service,zone,start,status,granted_min,quantity\n"
        f"a,p,OWN,r,care,town,2026-03-01T00:00+01:00,{status},{minutes},{quantity}\n"
    )
    if where is None:
        assert len(read_performed(content.encode(), "v.csv")) == 1
    else:
        assert [each.where for each in faults(content)] == [where]


@pytest.mark.parametrize("quantity", ["٣", "1_0", "1e9999", "0.0001", "-1", "NaN", "10001"])
def test_a_quantity_is_a_plain_number(quantity: str) -> None:
    """What a person would not read as that number is not paid as it."""
    header = "id,provider,provider_kind,recipient,service,zone,start,quantity\n"
    row = f"a,p,OWN,r,meal,town,2026-03-04T12:00+01:00,{quantity}\n"
    assert [each.where for each in faults(header + row)] == ["v.csv:2: quantity"]


def test_findings_hold_no_ids_of_persons() -> None:
    """A personal number in the wrong field must not end in a log."""
    number = "19121212-1212\x07"
    text = CSV.replace("r-1", number).replace("v-1", number + "9")
    assert not any("1212" in str(each) for each in faults(text))


def test_all_faults_come_at_once() -> None:
    rows = "".join(ROW.replace("v-1", f"v-{n}").replace(";30;", ";x;") + "\n" for n in range(20))
    assert len(faults(f"{HEADER}\n{rows}")) == 20


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"\0", b"[", b"{}", b'{"visits": 5}', b"[" * 100_000, b'a;"b\nc', b"[5]", b"[[]]",
     b'[{"id": []}]', b'[{"id": NaN}]', b'[{"id": 1, "id": 2}]'],
)  # fmt: skip
def test_what_is_no_file_of_visits_is_refused(content: bytes) -> None:
    assert faults(content)


PIECES = (
    "v-1", "v-2", " v-1 ", "p-1", "PRIVATE", "care", "2026-03-04T09:00:00+01:00", "30", "x",
    ";", ";", ";", ",", "\n", "\r\n", " ", ROW, ROW.replace("v-1", "v-3"), "\u2028",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from([CSV, f"{HEADER}\n", ""]))
@settings(max_examples=300, deadline=None)
def test_large_files_are_read_as_the_standard_reader_does(pieces: list[str], begin: str) -> None:
    """Two ways through a file, one answer: the same visits, or the same findings and lines."""
    _same_both_ways(begin + "".join(pieces))


WHOLE_HEADER = (*rows.REQUIRED, "performed_min", "quantity", "planned_visit", "carer")
WHOLE = st.fixed_dictionaries(
    {
        "id": st.integers(1, 30).map("v-{}".format),
        "provider": st.sampled_from(["p-1", " p-1", "p 2", "å"]),
        "provider_kind": st.sampled_from(["OWN", "PRIVATE"]),
        "recipient": st.integers(1, 9).map(str),
        "service": st.sampled_from(["care", "null", "NA", "1.50"]),
        "zone": st.sampled_from(["town", "#rural", "\u2028x"]),
        # Alike in their first eight signs, and one of them the same time as another.
        "start": st.sampled_from(
            ["2026-03-04T09:00:00+01:00", "2026-03-04T08:00:00Z", "2026-03-04T08:15:00Z"]
        ),
        "performed_min": st.sampled_from(["", "30", "030", " 7 "]),
        "quantity": st.sampled_from(["", "1", "1.5", "0,5"]),
        "planned_visit": st.sampled_from(["", "w-1", " w-2 "]),
        "carer": st.sampled_from(["", "c-1", "c 2"]),
    }
)


@given(st.lists(WHOLE, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_whole_rows_of_large_files_are_those_of_the_standard_reader(
    visits: list[dict[str, str]], ending: str, ends: bool
) -> None:
    """Nothing is taken for a missing value, a number, a comment or the end of a line."""
    lines = [";".join(WHOLE_HEADER), *(";".join(each[f] for f in WHOLE_HEADER) for each in visits)]
    _same_both_ways(ending.join([*lines, ""] if ends else lines))


def _same_both_ways(text: str) -> None:
    found = []
    for large in (0, len(text.encode()) + 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "LARGE", large)
            patch.setattr(rows, "CHUNK", 3)
            found.append(_answer(text.encode()))
    assert found[0] == found[1]


def test_a_field_of_more_blanks_than_anybody_writes_is_read_all_the_same() -> None:
    """One such field must neither end the reading nor take the memory of a million."""
    _same_both_ways(f"{HEADER}\n{ROW.replace('care', ' ' * 1_200 + 'care')}\n{ROW[2:]}\n")


def test_a_large_file_without_fault_is_not_read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what makes it quick; a file with a fault is read once more to tell its line."""
    monkeypatch.setattr(reading, "LARGE", 0)
    text = "\n".join([HEADER, ROW, ROW.replace("v-1", "v-2"), ROW, ""])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "csv_rows", None)
        assert [*read_performed(text.encode(), "v.csv").ids] == ["v-1", "v-2"]
    found = faults(text.replace("care", "\x07"))
    assert [each.where for each in found] == [f"v.csv:{line}: service" for line in (2, 3, 4)]


def _answer(content: bytes) -> object:
    try:
        visits = read_performed(content, "v.csv")
    except InvalidInput as error:
        return sorted(map(str, error.findings))
    return [visits.row(row) for row in range(len(visits))]


def test_faults_do_not_end_with_the_first_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one row of the first chunk is whole, and the next one is told all the same."""
    monkeypatch.setattr(rows, "CHUNK", 2)
    found = faults("\n".join([HEADER, "v-1;p-1", "v-2", "v-3", ROW, "v-4"]))
    assert [each.where for each in found] == [f"v.csv:{n}: row" for n in (2, 3, 4, 6)]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_file_of_several_chunks_is_read_as_one(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the line of a fault in the last of them, and a row that was sent in the first."""
    monkeypatch.setattr(rows, "CHUNK", number)
    sent = [ROW.replace("v-1", f"v-{n}").replace("p-1", f"p-{n % 3}") for n in range(7)]
    visits = read_performed("\n".join([HEADER, *sent, sent[0], ""]).encode(), "v.csv")
    assert [visits.row(n).id for n in range(len(visits))] == [f"v-{n}" for n in range(7)]
    assert [visits.row(n).provider for n in range(4)] == ["p-0", "p-1", "p-2", "p-0"]
    spoilt = [*sent, sent[0].replace("care", "\x07")]
    assert [f.where for f in faults("\n".join([HEADER, *spoilt]))] == ["v.csv:9: service"]


def test_no_visits_are_no_fault() -> None:
    assert len(read_performed(f"{HEADER}\n".encode(), "v")) == 0
    assert len(read_performed(b"[]", "v")) == 0


SCRAPS = (
    "",
    "\0",
    ";",
    ",",
    '"',
    "\n",
    "\r",
    "1e999",
    "NaN",
    "-0",
    "\ud7ff",
    "٣",
    "[",
    "{",
    "99" * 9,
)


@given(st.data(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_spoilt_file_is_read_or_refused_never_a_crash(data: st.DataObject, as_json: bool) -> None:
    """Whatever a provider sends: visits, or findings with a place and an action."""
    text = _json_text() if as_json else CSV + CSV
    for _ in range(data.draw(st.integers(1, 4))):
        at_char = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 3))
        scrap = data.draw(st.sampled_from(SCRAPS) | st.text(max_size=3))
        text = text[:at_char] + scrap + text[at_char + gone :]
    content = text.encode("utf-8", "surrogatepass")
    findings: tuple[Finding, ...] = ()
    try:
        assert isinstance(read_performed(content, "v"), VisitColumns)
    except InvalidInput as error:
        findings = error.findings
    assert all(each.where and each.expected and each.action for each in findings)


def _json_text() -> str:
    row: dict[str, Any] = dict(zip(HEADER.split(";"), ROW.split(";"), strict=True))
    return json.dumps([row, row | {"id": "v-2", "delegated": True, "quantity": 1.5}])
