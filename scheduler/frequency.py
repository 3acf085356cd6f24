"""
How often a granted service falls: the exact number of occasions on each day.

Promises: over every whole period the count is exactly ``times``; only allowed weekdays are used;
occasions spread evenly within the period; the answer for a day depends on nothing but the
arguments. Two or more occasions on one day occur only with ``Period.DAY``, where they mean 'n times
on every allowed day'.

Weeks are ISO weeks. Periods of two, three and four weeks are counted from the Monday of the week
that holds the anchor (the decision's first day), months and years are those of the calendar. A
first or last period that the decision covers only in part gets the occasions that fall on its own
days.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256

from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Frequency, Period
from scheduler.care.units import DAYS_PER_YEAR

WEEKS = {Period.WEEK: 1, Period.TWO_WEEKS: 2, Period.THREE_WEEKS: 3, Period.FOUR_WEEKS: 4}
DAYS_PER_WEEK = 7
# Bounds what one line of input can ask for; assumed.
MOST_PER_DAY = 24
PHASES = 1 << 32


def occasions_on(frequency: Frequency, key: str, anchor: date, day: date) -> int:
    """
    Number of occasions on `day`.

    Parameters
    ----------
    frequency
        How often.
    key
        Stable text, e.g. decision and line id, that decides on which of the possible days the
        occasions fall, so that not everybody's cleaning falls on a Monday.
    anchor
        First day of the decision; fixes where periods of several weeks begin.
    day
        Any day, also before `anchor`.

    Raises
    ------
    InvalidInput
        When the frequency is impossible; see :func:`frequency_findings`.
    """
    faults = frequency_findings(frequency, key)
    if faults:
        raise InvalidInput(faults)
    if frequency.weekdays and day.isoweekday() not in frequency.weekdays:
        return 0
    if frequency.period is Period.DAY:
        return frequency.times
    first, length = _period_of(frequency.period, anchor, day)
    before = _allowed_days(frequency, first, (day - first).days)
    possible = _allowed_days(frequency, first, length)
    phase = int.from_bytes(sha256(key.encode()).digest()[:4], "big")
    # Occasion k takes possible day floor((k + phase) * possible / times), 0 <= phase < 1: evenly
    # spaced, all different because times <= possible, and in whole numbers so always the same.
    return sum(
        (k * PHASES + phase) * possible // (frequency.times * PHASES) == before
        for k in range(frequency.times)
    )


def days_left(
    frequency: Frequency, key: str, anchor: date, day: date, most: int
) -> tuple[date, ...]:
    """
    The days after `day` on which its occasion may fall instead, of the next `most` days.

    Allowed weekdays of the same period, before the next occasion: so the count of the period stays
    and two occasions never fall on one day. None with ``Period.DAY``.

    Raises
    ------
    InvalidInput
        As :func:`occasions_on`.
    """
    if frequency.period is Period.DAY:
        return ()
    first, length = _period_of(frequency.period, anchor, day)
    days: list[date] = []
    for ahead in range(1, min(most, (first - day).days + length - 1) + 1):
        other = day + timedelta(days=ahead)
        if occasions_on(frequency, key, anchor, other):
            break
        if not frequency.weekdays or other.isoweekday() in frequency.weekdays:
            days.append(other)
    return tuple(days)


def occasions_per_week(frequency: Frequency) -> Fraction:
    """Mean occasions per week, exact; months and years by their Gregorian mean length."""
    if frequency.period is Period.DAY:
        return Fraction(frequency.times * _weekdays(frequency))
    if frequency.period in WEEKS:
        return Fraction(frequency.times, WEEKS[frequency.period])
    weeks_per_year = Fraction(DAYS_PER_YEAR) / DAYS_PER_WEEK
    months = 12 if frequency.period is Period.MONTH else 1
    return frequency.times * months / weeks_per_year


def frequency_findings(frequency: Frequency, where: str) -> list[Finding]:
    """
    Every reason why `frequency` cannot be carried out exactly; empty when it can.

    Codes: TIMES_NOT_POSITIVE, WEEKDAY_OUT_OF_RANGE, FREQUENCY_IMPOSSIBLE (more occasions than the
    shortest period has allowed days).
    """
    findings: list[Finding] = []
    if frequency.times < 1:
        findings.append(
            Finding(
                "TIMES_NOT_POSITIVE",
                f"{where}.times",
                "at least 1",
                str(frequency.times),
                "Ange hur många gånger insatsen ges per period.",
            )
        )
    unknown = sorted(number for number in set(frequency.weekdays) if not 1 <= number <= 7)
    if unknown:
        findings.append(
            Finding(
                "WEEKDAY_OUT_OF_RANGE",
                f"{where}.weekdays",
                "1 (Monday) to 7 (Sunday)",
                ", ".join(map(str, unknown)),
                "Ange veckodagar som 1 (måndag) till 7 (söndag).",
            )
        )
    elif frequency.times > (most := _fewest_days(frequency)):
        findings.append(
            Finding(
                "FREQUENCY_IMPOSSIBLE",
                f"{where}.times",
                f"at most {most} per {frequency.period.value} on the allowed weekdays",
                str(frequency.times),
                "Minska antalet gånger, tillåt fler veckodagar eller ange gånger per dag.",
            )
        )
    return findings


def _weekdays(frequency: Frequency) -> int:
    return len(set(frequency.weekdays)) or DAYS_PER_WEEK


def _fewest_days(frequency: Frequency) -> int:
    """Allowed days in the shortest period of the kind; for DAY the most occasions on one day."""
    if frequency.period is Period.DAY:
        return MOST_PER_DAY
    if frequency.period in WEEKS:
        return WEEKS[frequency.period] * _weekdays(frequency)
    if frequency.period is Period.MONTH:
        return 4 * _weekdays(frequency)  # February holds each weekday four times
    return 52 * _weekdays(frequency) + (not frequency.weekdays)


def _period_of(period: Period, anchor: date, day: date) -> tuple[date, int]:
    """First day and number of days of the period that holds `day`."""
    if period is Period.MONTH:
        return day.replace(day=1), monthrange(day.year, day.month)[1]
    if period is Period.YEAR:
        return date(day.year, 1, 1), 366 if isleap(day.year) else 365
    length = WEEKS[period] * DAYS_PER_WEEK
    monday = anchor - timedelta(days=anchor.isoweekday() - 1)
    return day - timedelta(days=(day - monday).days % length), length


def _allowed_days(frequency: Frequency, first: date, length: int) -> int:
    """How many of the `length` days from `first` fall on allowed weekdays."""
    if not frequency.weekdays:
        return length
    weeks, rest = divmod(length, DAYS_PER_WEEK)
    return weeks * _weekdays(frequency) + sum(
        (first + timedelta(days=number)).isoweekday() in frequency.weekdays
        for number in range(rest)
    )
