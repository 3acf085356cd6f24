"""Public holidays decide what an hour costs: each is checked against the printed calendar."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.easter import easter

from pricing.holidays import day_names, easter_sunday, names_of


def test_easter_is_that_of_an_independent_calculation() -> None:
    """Seven public holidays hang on it."""
    assert all(easter_sunday(year) == easter(year) for year in range(1953, 2200))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 6), "epiphany"),
        (date(2026, 4, 3), "good_friday"),
        (date(2026, 4, 6), "easter_monday"),
        (date(2026, 5, 14), "ascension_day"),
        (date(2026, 5, 24), "whit_sunday"),
        (date(2026, 6, 20), "midsummer_day"),
        (date(2024, 6, 22), "midsummer_day"),
        (date(2026, 10, 31), "all_saints_day"),
        (date(2025, 11, 1), "all_saints_day"),
        (date(2004, 5, 31), "whit_monday"),
        (date(2005, 6, 6), "national_day"),
    ],
)
def test_a_public_holiday_falls_where_the_calendar_prints_it(day: date, name: str) -> None:
    assert {name, "public_holiday"} <= names_of(day)


@pytest.mark.parametrize("day", [date(2005, 5, 16), date(2004, 6, 6), date(2026, 6, 19)])
def test_what_is_no_public_holiday_is_none(day: date) -> None:
    """Whit Monday ended when the National Day began; Midsummer Eve is an eve by no law."""
    assert "public_holiday" not in names_of(day)


def test_eves_and_days_before() -> None:
    """Books name both: Christmas Eve by law of vacation, Twelfth Night as the day before."""
    assert {"eve", "midsummer_eve", "day_before_public_holiday"} <= names_of(date(2026, 6, 19))
    assert "day_before_public_holiday" in names_of(date(2025, 12, 31))
    assert "eve" not in names_of(date(2026, 1, 5))
    assert {"day_before_public_holiday", "twelfth_night", "weekday"} <= names_of(date(2026, 1, 5))


def test_a_weekday_is_neither_weekend_nor_holiday() -> None:
    assert "weekday" not in names_of(date(2026, 4, 3))
    assert "weekday" in names_of(date(2026, 4, 2))
    assert "weekend" in names_of(date(2026, 4, 4))
    assert "public_holiday" not in names_of(date(2026, 3, 8)), "an ordinary Sunday"
    assert names_of(date(2026, 3, 8)) <= day_names()
