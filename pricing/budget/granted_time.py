"""
Granted occasions of a day, exact: what a frequency means by each of the two bases.

The occasions of a period are spread evenly over the days of it on which they may fall, so that any
part of a period has its part of them. Over a whole period both this and the visits of
``scheduler.frequency`` are exactly the granted number.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from pricing.budget.model import MonthBasis
from scheduler.care.model import Frequency, Period
from scheduler.care.units import DAYS_PER_YEAR

WEEKS = {Period.WEEK: 1, Period.TWO_WEEKS: 2, Period.THREE_WEEKS: 3, Period.FOUR_WEEKS: 4}
DAYS_PER_WEEK = 7
MONTHS_PER_YEAR = 12
# units.WEEKS_PER_MONTH, a Decimal, is cut at 28 digits; a purse is exact.
EXACT_WEEKS_PER_MONTH = Fraction(DAYS_PER_YEAR) / DAYS_PER_WEEK / MONTHS_PER_YEAR


def occasions_per_mean_month(frequency: Frequency) -> Fraction:
    """Occasions in a month of 365.25 / 7 / 12 weeks."""
    times = Fraction(frequency.times)
    if frequency.period is Period.DAY:
        return times * _weekdays(frequency) * EXACT_WEEKS_PER_MONTH
    if frequency.period in WEEKS:
        return times / WEEKS[frequency.period] * EXACT_WEEKS_PER_MONTH
    return times if frequency.period is Period.MONTH else times / MONTHS_PER_YEAR


@lru_cache(maxsize=100_000)
def occasions_on_day(frequency: Frequency, day: date, basis: MonthBasis) -> Fraction:
    """
    The part of the granted occasions that belongs to `day`; 0 on a weekday that is not allowed.

    Parameters
    ----------
    frequency
        At least one time; weekdays in 1-7.
    """
    if frequency.weekdays and day.isoweekday() not in frequency.weekdays:
        return Fraction(0)
    if basis is MonthBasis.MEAN_MONTH:
        return occasions_per_mean_month(frequency) / _days_of_month(frequency, day)
    if frequency.period is Period.DAY:
        return Fraction(frequency.times)
    if frequency.period in WEEKS:
        return Fraction(frequency.times, WEEKS[frequency.period] * _weekdays(frequency))
    if frequency.period is Period.MONTH:
        return Fraction(frequency.times, _days_of_month(frequency, day))
    year = 366 if isleap(day.year) else 365
    return Fraction(frequency.times, _allowed(frequency, date(day.year, 1, 1), year))


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of `day`."""
    first = day.replace(day=1)
    return first, first + timedelta(days=monthrange(day.year, day.month)[1] - 1)


def _days_of_month(frequency: Frequency, day: date) -> int:
    return _allowed(frequency, day.replace(day=1), monthrange(day.year, day.month)[1])


def _weekdays(frequency: Frequency) -> int:
    return len(set(frequency.weekdays)) or DAYS_PER_WEEK


def _allowed(frequency: Frequency, first: date, length: int) -> int:
    """How many of `length` days from `first` are on allowed weekdays."""
    if not frequency.weekdays:
        return length
    days = (first + timedelta(days=number) for number in range(length))
    return sum(day.isoweekday() in frequency.weekdays for day in days)
