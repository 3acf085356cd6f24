"""Decisions to rows of granted time: every minute once, and such that a settlement pays them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, time
from fractions import Fraction

import pytest
from book_cases import HOUR, book_of, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from purse_cases import granted, line, placement, terms_of

from pricing.book.model import RateBook, Status
from pricing.budget.granted_rows import GrantedRow, granted_rows, rows_as_csv
from pricing.budget.model import Granted, Interruption
from pricing.budget.purses import purse_lines, total_hours
from pricing.pay.reading import FIELDS, read_performed
from pricing.pay.settlement import settle
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Band, Period

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
GRANTED_HOUR = HOUR.replace('"performed"', '"granted"')
ABSENCE = rule(
    "not_performed", "away",
    "{ 2026-01-01 = [{ from_day = 1, share = 0.75 }, { from_day = 3, share = 0 }] }",
    status='"UNPLANNED_ABSENCE"',
)  # fmt: skip
BOOK = book_of(GRANTED_HOUR, ABSENCE)


def rows_of(*decisions: Granted, book: RateBook = BOOK) -> list[GrantedRow]:
    return granted_rows(terms_of(book), book, decisions, FIRST, LAST)


def paid(rows: list[GrantedRow], book: RateBook = BOOK) -> dict[str, int]:
    """Visit -> öre of what a settlement makes of the rows, read as it reads them."""
    made = settle(book, read_performed(rows_as_csv(rows).encode(), "g.csv"), "2026-03")
    return {each.visit: each.amount_ore for each in made.lines}


def test_a_month_by_hand() -> None:
    """An hour a day at 500 kronor: 31 hours, 15,500 kronor, as the purse says."""
    decision = granted(line(minutes=60))
    (row,) = rows_of(decision)
    assert (row.granted_min, row.quantity, row.status) == (1860, 31, "GRANTED")
    assert row.start == "2026-03-01T00:00:00+01:00"
    assert list(paid([row]).values()) == [1_550_000]
    assert purse_lines(terms_of(BOOK), [decision], FIRST, LAST)[0].amount_ore == 1_550_000


def test_the_columns_are_those_that_a_settlement_reads() -> None:
    assert {field.name for field in fields(GrantedRow)} <= set(FIELDS)


def test_an_absence_is_paid_by_the_number_of_its_day() -> None:
    """
    Away from 27 February to 3 March: March's first days are number 3, 4 and 5, worth nothing.

    Away again on the 30th and 31st: 75 % of 500 kronor each, and 26 days whole.
    """
    away = Status.UNPLANNED_ABSENCE
    decision = granted(
        line(minutes=60),
        interruptions=(
            Interruption(date(2026, 2, 27), date(2026, 3, 3), "hospital", away),
            Interruption(date(2026, 3, 30), None, "hospital", away),
        ),
    )
    rows = rows_of(decision)
    assert sum(row.granted_min for row in rows) == 1860
    assert [row.absent_from for row in rows if row.status == away] == [
        "2026-02-27", "2026-02-27", "2026-02-27", "2026-03-30", "2026-03-30",
    ]  # fmt: skip
    assert sorted(paid(rows).values()) == [0, 0, 0, 37_500, 37_500, 1_300_000]


def test_an_interruption_that_says_nothing_is_not_paid() -> None:
    """As in the purse, which stops with it."""
    decision = granted(
        line(minutes=60), interruptions=(Interruption(date(2026, 3, 11), date(2026, 3, 20)),)
    )
    (row,) = rows_of(decision)
    assert (row.granted_min, row.quantity) == (21 * 60, 21)


def test_a_move_gives_each_provider_its_days() -> None:
    moved = placement(date(2026, 3, 11), zone="rural", provider="p-2")
    rows = rows_of(granted(line(minutes=60), placements=(placement(), moved)))
    assert [(r.provider, r.zone, r.quantity, r.granted_min, r.start[:10]) for r in rows] == [
        ("p-1", "town", 10, 600, "2026-03-01"), ("p-2", "rural", 21, 1260, "2026-03-11"),
    ]  # fmt: skip
    assert len({row.id for row in rows}) == 2


CALENDAR = """
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = true
bands = [
    { band = "weekend", days = "weekend", from = "00:00", to = "24:00" },
    { band = "evening", days = "weekday", from = "18:00", to = "22:00" },
]
"""


def test_each_band_has_a_row_that_begins_in_it() -> None:
    """March 2026 has nine days of weekend and 22 weekday evenings."""
    book = book_of(
        CALENDAR, GRANTED_HOUR,
        rule("adjustment", "weekend", "{ 2026-01-01 = 100 }", kind='"amount"', band='"weekend"'),
        rule("adjustment", "evening", "{ 2026-01-01 = 50 }", kind='"amount"', band='"evening"'),
    )  # fmt: skip
    terms = replace(terms_of(book), clock={Band.BEDTIME: time(19)})
    decision = granted(line(minutes=60, bands=(Band.BEDTIME,)))
    rows = granted_rows(terms, book, [decision], FIRST, LAST)
    assert {row.id.rpartition("/")[2]: row.granted_min for row in rows} == {
        "weekend": 540, "evening": 1320,
    }  # fmt: skip
    assert sorted(paid(rows, book).values()) == [540_000, 1_210_000]


def test_a_book_by_performed_time_has_no_such_rows() -> None:
    book = book_of(HOUR)
    with pytest.raises(InvalidInput) as error:
        rows_of(granted(line()), book=book)
    assert [each.code for each in error.value.findings] == ["NOTHING_BY_GRANTED_TIME"]


def test_where_granted_time_is_a_cap_the_rows_say_how_much_it_was() -> None:
    """31 h granted, of which ten days away; 25 h of visits are paid up to 21 h. No absence is."""
    book = book_of(
        HOUR, ABSENCE,
        rule("cap", "cap", "{ 2026-01-01 = 1 }", per='"recipient_month"',
             unit='"share of granted"'),
    )  # fmt: skip
    away = Interruption(date(2026, 3, 11), date(2026, 3, 20), "hospital", Status.UNPLANNED_ABSENCE)
    (row,) = rows_of(granted(line(minutes=60), interruptions=(away,)), book=book)
    assert (row.status, row.granted_min) == ("GRANTED", 21 * 60)
    visits = [
        replace(
            row, id=f"v-{day}", status="PERFORMED", start=f"2026-03-{day:02d}T09:00:00+01:00",
            granted_min=0, quantity=1,
        )
        for day in range(1, 26)
    ]  # fmt: skip
    header, *cells = rows_as_csv([row, *visits]).splitlines()
    text = "\n".join([f"{header},performed_min", f"{cells[0]},0", *(f"{x},60" for x in cells[1:])])
    made = settle(book, read_performed(text.encode(), "g.csv"), "2026-03")
    assert sum(each.minutes for each in made.lines) == 21 * 60


def test_every_unknown_price_is_told() -> None:
    unknown = (granted(line(service="garden"), decision_id=f"d-{n}") for n in (1, 2))
    with pytest.raises(InvalidInput) as error:
        rows_of(*unknown)
    assert [each.where.split(":")[0] for each in error.value.findings] == [
        "decision d-1, line l-1", "decision d-2, line l-1",
    ]  # fmt: skip


def test_a_long_id_is_shortened_and_stays_the_same() -> None:
    decision = granted(line(line_id="l" * 90), line(line_id="m" * 90))
    one, other = rows_of(decision)
    assert one.id != other.id
    assert len(one.id) == 64
    assert [one.id, other.id] == [row.id for row in rows_of(decision)]


@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.integers(1, 3), st.sampled_from(list(Period))),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 31),
    st.integers(0, 10),
)
@settings(max_examples=60, deadline=None)
def test_no_minute_is_lost_or_made(
    services: list[tuple[int, int, Period]], first_away: int, days_away: int
) -> None:
    """The rows of a decision are within half a minute of the hours of its purse."""
    lines = [
        line(f"l-{number}", minutes, times, period)
        for number, (minutes, times, period) in enumerate(services)
    ]
    begin = date(2026, 3, first_away)
    end = date.fromordinal(min(begin.toordinal() + days_away, LAST.toordinal()))
    away = Interruption(begin, end, "hospital", Status.UNPLANNED_ABSENCE)
    rows = rows_of(granted(*lines, interruptions=(away,)))
    whole = purse_lines(terms_of(BOOK), [granted(*lines)], FIRST, LAST)
    exact = total_hours(whole) * 60
    assert abs(sum(row.granted_min for row in rows) - exact) <= Fraction(1, 2)
    assert len({row.id for row in rows}) == len(rows)
    assert paid(rows)
