"""Numbers, shares and times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pages import formats
from api.pages.formats import MINUS, NBSP

DAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("value", "decimals", "swedish", "english"),
    [
        (Decimal("15898.88"), 2, f"15{NBSP}898,88", "15,898.88"),
        (1234567, 0, f"1{NBSP}234{NBSP}567", "1,234,567"),
        (999, 0, "999", "999"),
        (Decimal("0.5"), 0, "1", "1"),
        (Decimal("2.5"), 0, "3", "3"),
        (Decimal("-5.145"), 2, f"{MINUS}5,15", f"{MINUS}5.15"),
        (Decimal("-0.004"), 2, "0,00", "0.00"),
    ],
)
def test_a_number_has_the_separators_of_its_language_and_rounds_half_up(
    value: Decimal | int, decimals: int, swedish: str, english: str
) -> None:
    """A controller compares these figures with a printed price list, digit by digit."""
    assert formats.number(value, decimals, "sv") == swedish
    assert formats.number(value, decimals, "en") == english


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
@settings(max_examples=100, deadline=None)
def test_no_digit_is_lost_by_the_separators(value: Decimal) -> None:
    """What is shown to öre can be read back as the same amount."""
    text = formats.number(value, 2, "sv")
    back = text.replace(NBSP, "").replace(MINUS, "-").replace(",", ".")
    assert Decimal(back) == value


def test_a_share_of_nothing_is_a_dash() -> None:
    """Nought per cent of no time would be an invented figure."""
    assert formats.percent(formats.ratio(0, 0)) == "–"
    assert formats.percent(formats.ratio(1, 8)) == f"12,5{NBSP}%"
    assert formats.percent(formats.ratio(1, 8), "en") == "12.5%"


def test_seconds_become_hours_and_whole_minutes() -> None:
    """Reports speak of hours and lists of minutes."""
    assert formats.hours(5 * 3600 + 24 * 60) == "5,4"
    assert formats.minutes(29) == "0"
    assert formats.minutes(30) == "1"


def test_a_clock_time_is_swedish_local_time_whatever_zone_it_came_in() -> None:
    """Stored times are UTC; the carer's watch is not."""
    assert formats.clock(datetime(2026, 3, 4, 6, 15, 59, tzinfo=UTC)) == "07:15"
    assert formats.clock(datetime(2026, 7, 4, 6, 15, tzinfo=UTC)) == "08:15"


def test_a_time_after_midnight_carries_its_weekday() -> None:
    """Half past midnight on a night shift belongs to the next day."""
    night = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert formats.clock_on(night, DAY) == "00:30 tor"
    assert formats.clock_on(night, DAY, "en") == "00:30 Thu"
    assert formats.clock_on(night, date(2026, 3, 5)) == "00:30"


def test_a_day_is_written_with_weekday_and_iso_week() -> None:
    """Schedules are spoken of by week; the last days of a year may belong to week 1."""
    assert formats.long_day(DAY) == "onsdag 4 mars 2026, vecka 10"
    assert formats.long_day(DAY, "en") == "Wednesday 4 March 2026, week 10"
    assert formats.long_day(date(2025, 12, 29)).endswith("vecka 1")
    assert formats.long_day(date(2026, 12, 31)).endswith("vecka 53")


def test_names_sort_by_the_swedish_alphabet() -> None:
    """Å, ä and ö are the last three letters, in that order."""
    names = ["Örjan", "Zara", "Ärna", "Åsa", "anna", "Édith"]
    assert sorted(names, key=formats.alphabetical) == [
        *("anna", "Édith", "Zara", "Åsa", "Ärna", "Örjan")
    ]
