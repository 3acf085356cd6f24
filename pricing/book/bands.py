"""
Bands of time as a rate book states them; :mod:`pricing.book.calendar` applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class BandRule:
    """
    Clock times of a band on some kinds of day.

    Parameters
    ----------
    days
        Names of :func:`pricing.holidays.day_names`.
    start_min, end_min
        Minutes after midnight by the clock; an end not after the start lies on the next day.
    """

    band: str
    days: frozenset[str]
    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    Bands of time; the first rule that holds decides, else `default`.

    Parameters
    ----------
    by_minute
        A visit across two bands is paid by the minutes in each; else by the band of its start.
    extra_days
        The municipality's own days: names that a day has beside the calendar's.
    """

    default: str
    by_minute: bool
    rules: tuple[BandRule, ...]
    extra_days: Mapping[date, frozenset[str]]

    @property
    def bands(self) -> frozenset[str]:
        """Every band it may give."""
        return frozenset({self.default, *(rule.band for rule in self.rules)})


def days_of_week_in_month(day: date) -> int:
    """Days of the ISO week of `day` that lie in its month, 1 to 7."""
    monday = day - timedelta(days=day.weekday())
    week = (monday + timedelta(days=number) for number in range(DAYS_PER_WEEK))
    return sum((each.year, each.month) == (day.year, day.month) for each in week)
