"""Continuity as Kolada defines it, and punctuality by window and tolerance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from book_cases import at
from followup_cases import day, planned

from pricing.followup.account import Met
from pricing.followup.meetings import (
    CarersFrom,
    Continuity,
    Meeting,
    continuity,
    fortnights,
    punctuality,
)
from pricing.followup.model import Dims

DIMS = Dims("2026-03", "p-1", "OWN", "town", "north", "care")


def meeting(on: int, clock: str, *carers: str, recipient: str = "r-1", **fields: object) -> Meeting:
    start = at(day(on), clock)
    given = {"visit": start, "expected": max(1, len(carers))} | fields
    return Meeting(recipient, DIMS, day(on), start, carers=carers, **given)  # type: ignore[arg-type]


def fortnight(*more: Meeting) -> list[Meeting]:
    """Two visits on each of the 14 days from 1 March, by c-1 and c-2."""
    own = [meeting(on, "08:00", "c-1") for on in range(1, 15)]
    return [*own, *(meeting(on, "17:00", "c-2") for on in range(1, 15)), *more]


def counted(meetings: list[Meeting], **fields: object) -> list[int | None]:
    found = continuity(meetings, day(1), CarersFrom.VISITS, **fields)  # type: ignore[arg-type]
    return [each.carers for each in found]


def test_distinct_carers_in_fourteen_days() -> None:
    assert counted(fortnight()) == [2]
    assert counted(fortnight(meeting(5, "12:00", "c-3", "c-4"))) == [4]


def test_a_person_with_one_visit_on_one_day_is_no_part_of_the_measure() -> None:
    """Kolada asks for two visits every day; so who was away for a day is left out too."""
    assert counted(fortnight()[1:]) == []


@pytest.mark.parametrize(
    ("clock", "carers"), [("06:59", 2), ("07:00", 3), ("21:59", 3), ("22:00", 2)]
)
def test_only_visits_that_begin_from_seven_to_twenty_two_count(clock: str, carers: int) -> None:
    assert counted(fortnight(meeting(3, clock, "night"))) == [carers]


def test_the_fifteenth_day_does_not_count() -> None:
    assert counted(fortnight(meeting(15, "08:00", "c-9"))) == [2]


def test_two_carers_at_once_are_one_visit() -> None:
    """Double staffing in the morning alone is no second visit of the day."""
    both = [meeting(on, "08:00", "c-1", "c-2") for on in range(1, 15)]
    rows = [meeting(on, "08:00", each) for on in range(1, 15) for each in ("c-1", "c-2")]
    assert counted(both) == counted(rows) == []


def test_services_that_do_not_count_are_left_out() -> None:
    alarm = replace(meeting(4, "10:00", "c-7"), dims=DIMS._replace(service="alarm"))
    assert counted(fortnight(alarm)) == [3]
    assert counted(fortnight(alarm), without=["alarm"]) == [2]


def test_an_unknown_carer_makes_the_number_unknown_and_not_lower() -> None:
    assert counted(fortnight(meeting(4, "10:00"))) == [None]
    assert counted(fortnight(meeting(4, "10:00", "c-1", expected=2))) == [None]


def test_the_group_is_where_the_person_was_first() -> None:
    [found] = continuity(fortnight(), day(1), CarersFrom.PLANS)
    assert found == Continuity(DIMS._replace(service=""), day(1), 2, CarersFrom.PLANS)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 3, 1), date(2026, 3, 13), []),
        (date(2026, 3, 1), date(2026, 3, 14), [date(2026, 3, 1)]),
        (date(2026, 2, 20), date(2026, 3, 31), [date(2026, 3, 1)]),
        (date(2026, 1, 15), date(2026, 2, 28), [date(2026, 1, 15), date(2026, 2, 1)]),
    ],
)
def test_each_month_has_its_first_fourteen_days_if_all_are_there(
    first: date, last: date, found: list[date]
) -> None:
    assert fortnights(first, last) == found


def test_hours_are_those_of_the_clock_also_when_it_is_changed() -> None:
    """On 29 March 2026 seven o'clock is six hours after midnight."""
    first = date(2026, 3, 20)
    meetings = [
        Meeting("r-1", DIMS, on, at(on, clock), clock, ("c-1",))
        for on in (first + timedelta(days=number) for number in range(14))
        for clock in ("07:00", "21:59")
    ]
    assert [each.carers for each in continuity(meetings, first, CarersFrom.VISITS)] == [1]


# ---------------------------------------------------------------- punctuality


@pytest.mark.parametrize(
    ("clock", "on_time"),
    [("08:30", True), ("08:29", False), ("09:15", True), ("09:16", False)],
)
def test_in_the_window_and_no_more_than_fifteen_minutes_late(clock: str, on_time: bool) -> None:
    """Planned at nine, windows from half past eight to half past nine."""
    met = Met(DIMS, planned(1, 1), at(day(1), clock))
    assert [each.on_time for each in punctuality([met])] == [on_time]


def test_a_late_window_end_binds_before_the_tolerance() -> None:
    visit = planned(1, 1)
    assert visit.start is not None
    tight = replace(visit, windows=((visit.start - 5, visit.start + 5),))
    assert [each.on_time for each in punctuality([Met(DIMS, tight, visit.start + 6)])] == [False]


def test_two_services_of_one_visit_are_one_visit_by_its_first_start() -> None:
    visit = planned(1, 1)
    late, in_time = (Met(DIMS, visit, at(day(1), clock)) for clock in ("09:40", "09:05"))
    assert [each.on_time for each in punctuality([late, in_time])] == [True]
