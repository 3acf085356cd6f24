"""A granted number of occasions is carried out exactly, on allowed days, spread over the period."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.care.errors import InvalidInput
from scheduler.care.model import Frequency, Period
from scheduler.frequency import (
    days_left,
    frequency_findings,
    occasions_on,
    occasions_per_week,
)

MONDAY = date(2026, 3, 2)
ANCHOR = date(2026, 1, 8)  # a Thursday
WEEKS = {Period.WEEK: 1, Period.TWO_WEEKS: 2, Period.THREE_WEEKS: 3, Period.FOUR_WEEKS: 4}

weekdays = st.sets(st.integers(1, 7)).map(lambda days: tuple(sorted(days)))
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
keys = st.text(min_size=1, max_size=12)


def counted(frequency: Frequency, key: str, anchor: date, first: date, length: int) -> list[int]:
    return [
        occasions_on(frequency, key, anchor, first + timedelta(days=number))
        for number in range(length)
    ]


def test_wednesdays_every_second_week_alternate() -> None:
    """The smallest case to check on a calendar: one Wednesday in each pair of weeks."""
    frequency = Frequency(1, Period.TWO_WEEKS, (3,))
    wednesdays = [MONDAY + timedelta(days=2 + 7 * week) for week in range(6)]
    found = [occasions_on(frequency, "d/l", MONDAY, day) for day in wednesdays]
    assert found in ([1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1])


def test_twice_a_day_on_weekdays_only() -> None:
    """DAY counts on each allowed day, and only there."""
    frequency = Frequency(2, Period.DAY, (1, 2, 3, 4, 5))
    assert counted(frequency, "d/l", MONDAY, MONDAY, 7) == [2, 2, 2, 2, 2, 0, 0]


def test_seven_times_a_week_is_every_day() -> None:
    """With as many occasions as days there is no choice left."""
    assert counted(Frequency(7, Period.WEEK), "d/l", MONDAY, MONDAY, 7) == [1] * 7


def test_twice_a_week_is_three_or_four_days_apart() -> None:
    """Two showers on consecutive days would not serve the person."""
    found = counted(Frequency(2, Period.WEEK), "d/l", MONDAY, MONDAY, 28)
    at = [number for number, times in enumerate(found) if times]
    assert {later - earlier for earlier, later in pairwise(at)} == {3, 4}


@given(period=st.sampled_from(list(WEEKS)), allowed=weekdays, key=keys, anchor=days, data=st.data())
@settings(max_examples=100, deadline=None)
def test_each_period_of_weeks_has_exactly_the_granted_times(
    period: Period, allowed: tuple[int, ...], key: str, anchor: date, data: st.DataObject
) -> None:
    """Neither more nor less than the decision grants; week 53 and leap days included."""
    most = WEEKS[period] * (len(allowed) or 7)
    frequency = Frequency(data.draw(st.integers(1, most)), period, allowed)
    monday = anchor - timedelta(days=anchor.weekday())
    length = 7 * WEEKS[period]
    number = data.draw(st.integers(0, 60))
    first = monday + timedelta(days=length * number)
    found = counted(frequency, key, anchor, first, length)
    assert sum(found) == frequency.times
    assert max(found) == 1
    on = [first + timedelta(days=at) for at, times in enumerate(found) if times]
    assert all(not allowed or day.isoweekday() in allowed for day in on)


@given(
    period=st.sampled_from([Period.MONTH, Period.YEAR]), allowed=weekdays, key=keys, day=days,
    data=st.data(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_each_month_and_year_has_exactly_the_granted_times(
    period: Period, allowed: tuple[int, ...], key: str, day: date, data: st.DataObject
) -> None:
    """Months differ in length; the count must not."""
    most = (4 if period is Period.MONTH else 52) * (len(allowed) or 7)
    frequency = Frequency(data.draw(st.integers(1, most)), period, allowed)
    if period is Period.MONTH:
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    found = counted(frequency, key, day, first, (after - first).days)
    assert sum(found) == frequency.times
    assert max(found) == 1
    on = [first + timedelta(days=at) for at, times in enumerate(found) if times]
    assert all(not allowed or one.isoweekday() in allowed for one in on)


@pytest.mark.parametrize("around", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31)])
def test_change_of_clock_and_week_53_keep_the_weekly_count(around: date) -> None:
    """2026 has a week 53; days of 23 and 25 hours are days like others."""
    monday = around - timedelta(days=around.weekday())
    assert sum(counted(Frequency(3, Period.WEEK), "d/l", MONDAY, monday, 7)) == 3


def test_decisions_spread_over_the_days() -> None:
    """Otherwise everybody's cleaning would fall on the same day."""
    frequency = Frequency(1, Period.TWO_WEEKS, (1, 2, 3, 4, 5))
    per_day: Counter[int] = Counter()
    for number in range(500):
        found = counted(frequency, f"d-{number}/l1", MONDAY, MONDAY, 14)
        per_day[found.index(1)] += 1
    # 50 expected on each of ten workdays; 25 is over three and a half standard deviations away.
    assert len(per_day) == 10
    assert all(25 <= number <= 75 for number in per_day.values())


WEEKLY_SHAPES = st.builds(
    Frequency,
    st.integers(1, 3),
    st.sampled_from([Period.WEEK, Period.TWO_WEEKS, Period.FOUR_WEEKS, Period.MONTH, Period.YEAR]),
    st.sampled_from([(), (1, 2, 3, 4, 5), (2, 4, 6), (1, 3, 5, 7)]),
)


@settings(deadline=None)
@given(WEEKLY_SHAPES, st.integers(0, 400), st.integers(0, 40))
def test_an_occasion_moves_within_its_period_and_never_onto_another(
    frequency: Frequency, ahead: int, most: int
) -> None:
    """Whoever moves what falls on a day keeps the count of the period, whatever day she takes."""
    day = ANCHOR + timedelta(days=ahead)
    left = days_left(frequency, "d1/l1", ANCHOR, day, most)
    assert all(day < other <= day + timedelta(days=most) for other in left)
    assert all(not frequency.weekdays or d.isoweekday() in frequency.weekdays for d in left)
    assert all(occasions_on(frequency, "d1/l1", ANCHOR, other) == 0 for other in left)
    if left:
        between = [day + timedelta(days=n) for n in range(1, (left[-1] - day).days)]
        assert all(occasions_on(frequency, "d1/l1", ANCHOR, other) == 0 for other in between)
        assert _same_period(frequency.period, day, left[-1])


def _same_period(period: Period, day: date, other: date) -> bool:
    if period is Period.MONTH:
        return (day.year, day.month) == (other.year, other.month)
    if period is Period.YEAR:
        return day.year == other.year
    days = 7 * WEEKS[period]
    monday = ANCHOR - timedelta(days=ANCHOR.weekday())
    return (day - monday).days // days == (other - monday).days // days


def test_the_days_left_of_a_weekly_cleaning_are_the_workdays_to_friday() -> None:
    """The key lets it fall on some workday; the days left end with the week."""
    cleaning = Frequency(1, Period.WEEK, (1, 2, 3, 4, 5))
    monday = date(2026, 3, 2)
    week = [monday + timedelta(days=n) for n in range(7)]
    (day,) = [d for d in week if occasions_on(cleaning, "d1/l1", ANCHOR, d)]
    assert days_left(cleaning, "d1/l1", ANCHOR, day, 6) == tuple(d for d in week[:5] if d > day)
    assert days_left(Frequency(1, Period.DAY), "d1/l1", ANCHOR, day, 6) == ()


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (Frequency(2, Period.DAY), Fraction(14)),
        (Frequency(2, Period.DAY, (1, 3)), Fraction(4)),
        (Frequency(3, Period.WEEK), Fraction(3)),
        (Frequency(1, Period.TWO_WEEKS), Fraction(1, 2)),
        (Frequency(1, Period.THREE_WEEKS), Fraction(1, 3)),
        (Frequency(1, Period.FOUR_WEEKS), Fraction(1, 4)),
        # 12 months and 365.25 / 7 weeks a year: 84 / 365.25.
        (Frequency(1, Period.MONTH), Fraction(8400, 36525)),
        (Frequency(1, Period.YEAR), Fraction(700, 36525)),
    ],
)
def test_mean_per_week(frequency: Frequency, expected: Fraction) -> None:
    """The purse is paid by this mean, so it is exact."""
    assert occasions_per_week(frequency) == expected


@pytest.mark.parametrize(
    ("held", "broken", "code"),
    [
        (Frequency(1, Period.WEEK), Frequency(0, Period.WEEK), "TIMES_NOT_POSITIVE"),
        (Frequency(1, Period.DAY), Frequency(-1, Period.DAY), "TIMES_NOT_POSITIVE"),
        (Frequency(24, Period.DAY), Frequency(25, Period.DAY), "FREQUENCY_IMPOSSIBLE"),
        (Frequency(7, Period.WEEK), Frequency(8, Period.WEEK), "FREQUENCY_IMPOSSIBLE"),
        (
            Frequency(2, Period.TWO_WEEKS, (3,)),
            Frequency(3, Period.TWO_WEEKS, (3,)),
            "FREQUENCY_IMPOSSIBLE",
        ),
        (Frequency(28, Period.MONTH), Frequency(29, Period.MONTH), "FREQUENCY_IMPOSSIBLE"),
        (
            Frequency(4, Period.MONTH, (3,)),
            Frequency(5, Period.MONTH, (3,)),
            "FREQUENCY_IMPOSSIBLE",
        ),
        (Frequency(365, Period.YEAR), Frequency(366, Period.YEAR), "FREQUENCY_IMPOSSIBLE"),
        (Frequency(1, Period.WEEK, (7,)), Frequency(1, Period.WEEK, (8,)), "WEEKDAY_OUT_OF_RANGE"),
        (Frequency(1, Period.WEEK, (1,)), Frequency(1, Period.WEEK, (0,)), "WEEKDAY_OUT_OF_RANGE"),
    ],
)
def test_an_impossible_frequency_is_refused(held: Frequency, broken: Frequency, code: str) -> None:
    """A count that no calendar can keep must be told, not silently cut."""
    assert frequency_findings(held, "line") == []
    assert [finding.code for finding in frequency_findings(broken, "line")] == [code]
    with pytest.raises(InvalidInput):
        occasions_on(broken, "d/l", MONDAY, MONDAY)
