"""
Times, days and durations as the documents write them.

A time carries its offset and is read into Europe/Stockholm; a naive time is refused, since on the
night in October it would mean two moments. A duration is ISO 8601 (``PT25M``, ``PT1H30M``), with a
leading minus for a negative one, so that validation can say what is wrong with it.

Source: ISO 8601; of the rule that times carry an offset, the conventions in docs/format.md.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from scheduler.care.units import STOCKHOLM

AnyDay = TypeVar("AnyDay", bound=date)

FIRST_YEAR, LAST_YEAR = 1900, 2199

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,7})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d{1,400})?)S)?)?",
    re.ASCII,
)


def parse_day(text: str) -> date:
    """The day written as ``2026-03-04``, of the years 1900-2199; ValueError for anything else."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    return _plausible(date.fromisoformat(text))


def parse_time(text: str) -> datetime:
    """
    The moment written as ``2026-03-04T07:30:00+01:00``, in Europe/Stockholm.

    Raises
    ------
    ValueError
        When it is not such a time, has no offset, or lies outside the years 1900-2199.
    """
    if not _TIME.fullmatch(text):
        raise ValueError("not a time with offset")
    return _plausible(datetime.fromisoformat(text)).astimezone(STOCKHOLM)


def format_time(moment: datetime) -> str:
    """`moment` with its offset in Europe/Stockholm, e.g. ``2026-03-04T07:30:00+01:00``."""
    return moment.astimezone(STOCKHOLM).isoformat()


def to_utc_text(moment: datetime) -> str:
    """`moment` in UTC as text that sorts in time order, for storage."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _plausible(day: AnyDay) -> AnyDay:
    """`day` itself; far outside our time, where adding a minute may overflow, ValueError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("outside the calendar")
    return day


def parse_duration(text: str) -> Decimal:
    """
    Seconds of an ISO 8601 duration of days, hours, minutes and seconds; exact.

    Raises
    ------
    ValueError
        When it is not such a duration, or empty (``P``, ``PT``).
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match[part] for part in ("days", "hours", "minutes", "seconds")):
        raise ValueError("not a duration")
    hours = int(match["days"] or 0) * 24 + int(match["hours"] or 0)
    seconds = (hours * 60 + int(match["minutes"] or 0)) * 60 + Decimal(match["seconds"] or 0)
    return -seconds if match["sign"] else Decimal(seconds)


def format_duration(seconds: int | Decimal) -> str:
    """
    Seconds as an ISO 8601 duration, exact and without days: ``PT1H30M``, ``PT0S``, ``-PT5M``.
    """
    amount = Decimal(seconds)
    hours, rest = divmod(abs(amount), 3600)
    minutes, rest = divmod(rest, 60)
    parts = f"{int(hours)}H" if hours else ""
    parts += f"{int(minutes)}M" if minutes else ""
    if rest or not parts:
        parts += f"{rest.normalize():f}S"
    return f"{'-' if amount < 0 else ''}PT{parts}"
