"""Bands by the clock in Sweden: nights, holidays, eves, and both changes of the clock."""

from __future__ import annotations

from datetime import date

import pytest
from book_cases import HOUR, at, book_of

from pricing.book.calendar import day_start, local_day, timeline
from pricing.book.model import RateBook
from scheduler.care.errors import InvalidInput

CALENDAR = """
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = true
bands = [
    { band = "holiday", days = ["public_holiday", "eve"], from = "00:00", to = "24:00" },
    { band = "night", days = "any", from = "22:00", to = "06:00" },
    { band = "evening", days = "weekday", from = "18:00", to = "22:00" },
    { band = "weekend", days = ["weekend", "town_fair"], from = "06:00", to = "22:00" },
]
days = { 2026-08-12 = "town_fair" }
"""


@pytest.fixture(scope="module")
def book() -> RateBook:
    return book_of(CALENDAR, HOUR)


def band(book: RateBook, day: date, clock: str) -> str:
    return timeline(book, day, day).band_at(at(day, clock))


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (date(2026, 3, 4), "17:59", "day"),
        (date(2026, 3, 4), "18:00", "evening"),
        (date(2026, 3, 4), "22:00", "night"),
        (date(2026, 3, 5), "05:59", "night"),
        (date(2026, 3, 5), "06:00", "day"),
        (date(2026, 3, 7), "12:00", "weekend"),
        (date(2026, 3, 7), "23:00", "night"),
        (date(2026, 6, 19), "03:00", "holiday"),
        (date(2026, 6, 18), "23:00", "night"),
        (date(2026, 6, 21), "00:00", "night"),
        (date(2026, 8, 12), "12:00", "weekend"),
        (date(2026, 8, 12), "18:00", "evening"),
        (date(2026, 4, 3), "12:00", "holiday"),
    ],
)
def test_the_first_rule_that_holds_decides(
    book: RateBook, day: date, clock: str, expected: str
) -> None:
    """One minute on the wrong side is another rate."""
    assert band(book, day, clock) == expected


@pytest.mark.parametrize(
    ("day", "minutes"),
    [(date(2026, 3, 29), 300), (date(2026, 10, 25), 420), (date(2026, 3, 4), 360)],
)
def test_a_night_is_as_long_as_it_was(book: RateBook, day: date, minutes: int) -> None:
    """From midnight to six: five hours in spring, seven in autumn."""
    steps = timeline(book, day, day)
    following = steps.starts[steps.bands.index("night") + 1]
    assert following - day_start(day) == minutes


def test_every_minute_of_both_nights_belongs_to_its_own_day(book: RateBook) -> None:
    """Minutes neither lost nor made: 23 and 25 hours."""
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        start = day_start(day)
        minutes = [m for m in range(start - 120, start + 1620) if local_day(m) == day]
        assert minutes == list(range(start, start + hours * 60))


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (date(2026, 3, 6), "03:00", "day"),
        (date(2026, 3, 6), "23:00", "night"),
        (date(2026, 3, 7), "03:00", "night"),
        (date(2026, 3, 7), "23:00", "day"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_starts(
    day: date, clock: str, expected: str
) -> None:
    """The night of a Friday ends on Saturday morning."""
    friday = """
    [[calendar]]
    first_day = 2026-01-01
    default = "day"
    bands = [{ band = "night", days = "friday", from = "22:00", to = "06:00" }]
    """
    assert band(book_of(friday, HOUR), day, clock) == expected


def test_bands_begin_and_end_at_the_minute() -> None:
    """Published evenings begin at 18:30 as well as at 18."""
    evening = """
    [[calendar]]
    first_day = 2026-01-01
    default = "day"
    bands = [{ band = "evening", days = "any", from = "18:30", to = "21:45" }]
    """
    clocks = {"18:00": "day", "18:29": "day", "18:30": "evening", "21:44": "evening",
              "21:45": "day"}  # fmt: skip
    book = book_of(evening, HOUR)
    assert {clock: band(book, date(2026, 3, 4), clock) for clock in clocks} == clocks


def test_a_day_before_the_first_calendar_has_no_band(book: RateBook) -> None:
    with pytest.raises(InvalidInput):
        timeline(book, date(2025, 12, 31), date(2026, 1, 2))


def test_without_a_calendar_every_time_is_alike() -> None:
    assert band(book_of(HOUR), date(2026, 3, 4), "23:00") == "any"
