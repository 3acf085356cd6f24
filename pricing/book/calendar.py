"""
Bands of time: which band a moment falls in, by the book's calendar, public holidays and eves.

Days and clock times are those of Sweden; between two moments the elapsed time counts, so the night
of 23 or 25 hours is paid as long as it was.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pricing.book.bands import BandRule, Calendar
from pricing.book.model import RateBook
from pricing.holidays import names_of
from scheduler.care.dated import Dated
from scheduler.care.errors import InvalidInput, NotInForce
from scheduler.care.units import STOCKHOLM

EVERY_TIME = "any"
MINUTES_PER_DAY = 1440
ONE_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    The bands of a span of days as steps.

    Parameters
    ----------
    starts
        Minutes since 1970-01-01 00:00 UTC at which a band begins, rising.
    bands
        The band from each start on.
    """

    starts: tuple[int, ...]
    bands: tuple[str, ...]

    def band_at(self, moment: int) -> str:
        """The band at a minute since 1970."""
        return self.bands[bisect_right(self.starts, moment) - 1]


def epoch_minute(moment: datetime) -> int:
    """Whole minutes since 1970-01-01 00:00 UTC; seconds are cut."""
    return (moment - _EPOCH) // _MINUTE


def local_day(moment: int) -> date:
    """The day in Sweden at a minute since 1970."""
    return (_EPOCH + moment * _MINUTE).astimezone(STOCKHOLM).date()


def day_start(day: date) -> int:
    """Midnight in Sweden, in minutes since 1970."""
    return epoch_minute(datetime.combine(day, time(), STOCKHOLM))


def by_minute(book: RateBook, day: date) -> bool:
    """Whether a visit of `day` is divided between bands."""
    return book.calendars is not None and bool(book.calendars.on(day).by_minute)


def timeline(book: RateBook, first: date, last: date) -> Timeline:
    """
    The bands from `first` to `last`, both included.

    Raises
    ------
    InvalidInput
        On a day before the book's first calendar.
    """
    if book.calendars is None:
        return Timeline((day_start(first),), (EVERY_TIME,))
    starts: list[int] = []
    bands: list[str] = []
    day = first
    while day <= last:
        try:
            parts = _day_bands(book.calendars, day)
        except NotInForce as error:
            raise InvalidInput(error.findings) from None
        for start, band in parts:
            if not bands or bands[-1] != band:
                starts.append(start)
                bands.append(band)
        day += ONE_DAY
    return Timeline(tuple(starts), tuple(bands))


def _day_bands(calendars: Dated, day: date) -> list[tuple[int, str]]:
    """Start and band of each part of a day."""
    calendar: Calendar = calendars.on(day)
    today, yesterday = _names(calendar, day), _names(calendar, day - ONE_DAY)
    cuts = {0}
    for rule in calendar.rules:
        cuts |= {rule.start_min, rule.end_min} - {MINUTES_PER_DAY}
    found: dict[int, str] = {}
    for cut in sorted(cuts):
        band = next(
            (rule.band for rule in calendar.rules if _holds(rule, cut, today, yesterday)),
            calendar.default,
        )
        found[_moment(day, cut)] = band  # of two cuts in the skipped hour the later stands
    return sorted(found.items())


def _holds(rule: BandRule, minute: int, today: frozenset[str], yesterday: frozenset[str]) -> bool:
    if rule.end_min > rule.start_min:
        return bool(rule.days & today) and rule.start_min <= minute < rule.end_min
    return (bool(rule.days & today) and minute >= rule.start_min) or (
        bool(rule.days & yesterday) and minute < rule.end_min
    )


def _names(calendar: Calendar, day: date) -> frozenset[str]:
    return names_of(day) | calendar.extra_days.get(day, frozenset())


def _moment(day: date, minute: int) -> int:
    """When the clocks show that minute of `day`; of a time shown twice the first is meant."""
    clock = time(minute // 60, minute % 60)
    return epoch_minute(datetime.combine(day, clock, STOCKHOLM))
