"""
Swedish public holidays and their eves, for any year from 1953 on.

The days are data (``parameters/public_holidays.toml``): a law that moves a day is a row with its
years. A library was considered; it knows no eves but three, and which eves count is what rate books
differ in. Only the date of Easter is worked out here.

Source: lag (1989:253) om allmänna helgdagar; Easter by the Gregorian computus.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from scheduler.care.dated import read_toml

PARAMETER_FILE = Path(__file__).parent / "parameters" / "public_holidays.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Kinds of day that a calendar may name beside weekdays and the holidays themselves.
CLASSES = ("any", "weekday", "weekend", "public_holiday", "eve", "day_before_public_holiday")
SATURDAY = 5


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Mapping[str, Any]]:
    """Code of a day -> its text, kind and rule."""
    return read_toml(PARAMETER_FILE)


def day_names() -> frozenset[str]:
    """Every name of a day, or kind of day, that :func:`names_of` may give."""
    return frozenset({*WEEKDAYS, *CLASSES, *rules()})


@lru_cache(maxsize=4096)
def names_of(day: date) -> frozenset[str]:
    """
    What `day` is: its weekday, the classes it belongs to, and the holiday or eve that falls on it.

    ``weekday`` is Monday to Friday without public holidays; ``public_holiday`` leaves out Sundays
    that are nothing else.
    """
    special = _of_year(day.year).get(day, ())
    names = {"any", WEEKDAYS[day.weekday()], *special}
    kinds = {rules()[code]["kind"] for code in special} & {"public_holiday", "eve"}
    names |= kinds
    if day.weekday() >= SATURDAY:
        names.add("weekend")
    elif "public_holiday" not in kinds:
        names.add("weekday")
    if day < date.max:
        following = day + timedelta(days=1)
        tomorrow = _of_year(following.year).get(following, ())
        if any(rules()[code]["kind"] == "public_holiday" for code in tomorrow):
            names.add("day_before_public_holiday")
    return frozenset(names)


def easter_sunday(year: int) -> date:
    """Easter Sunday of a year, by the anonymous Gregorian algorithm."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, year_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=128)
def _of_year(year: int) -> Mapping[date, tuple[str, ...]]:
    found: dict[date, tuple[str, ...]] = {}
    for code, rule in rules().items():
        if rule.get("first_year", year) <= year <= rule.get("last_year", year):
            day = _falls_on(rule["rule"], year)
            found[day] = (*found.get(day, ()), code)
    return found


def _falls_on(rule: Mapping[str, Any], year: int) -> date:
    if "easter" in rule:
        return easter_sunday(year) + timedelta(days=rule["easter"])
    month, day = (int(part) for part in str(rule.get("date", rule.get("from"))).split("-"))
    start = date(year, month, day)
    if "date" in rule:
        return start
    return start + timedelta(days=(rule["weekday"] - start.isoweekday()) % 7)
