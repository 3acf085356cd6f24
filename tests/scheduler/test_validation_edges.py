"""The edges of what a day may be: bounds that are allowed, what only warns, calendar and clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduler.care.errors import Severity
from scheduler.care.model import (
    Break,
    Day,
    Gap,
    Visit,
    Wishes,
)
from scheduler.care.units import STOCKHOLM
from scheduler.travel import TravelSettings
from scheduler.validation import day_findings
from tests.scheduler.sound_day import (
    HOME,
    SOUND,
    at,
    visit,
    with_carer,
    with_more,
    with_shift,
    with_visit,
)

HELD: list[tuple[str, Day]] = [
    ("a shift that ends as the next begins", with_shift(3, start=at(11))),
    ("a break that ends with the shift", with_shift(1, rest=Break(at(15, 30), at(15, 30), 30))),
    ("a break window wider than the shift", with_shift(1, rest=Break(at(5), at(20), 30))),
    ("a window of one moment", with_visit(1, latest=at(8))),
    ("eleven hours of rest", with_carer(1, next_start=at(3, day=date(2026, 3, 5)))),
    ("the longest visit", with_visit(4, duration_min=1440)),
    ("a group of eight", with_more(*(visit(f"w{n}", 8, group="g2") for n in range(8)))),
    ("group windows that share one moment", with_visit(2, latest=at(10))),
    ("the largest gap that fits", with_visit(4, gaps=(Gap("v1", 210),))),
    ("the largest gap from start", with_visit(4, gaps=(Gap("v1", 240, from_start=True),))),
    ("the smallest most that fits", with_visit(4, gaps=(Gap("v1", 0, 90),))),
    (
        "a diamond of gaps",
        with_more(
            visit("v5", 12, Gap("v4", 0)),
            visit("v6", 12, Gap("v4", 0)),
            visit("v7", 14, Gap("v5", 0), Gap("v6", 0)),
        ),
    ),
]


@pytest.mark.parametrize("day", [day for _, day in HELD], ids=[name for name, _ in HELD])
def test_the_bound_itself_is_allowed(day: Day, travel: TravelSettings) -> None:
    """A check that is one minute too strict refuses real input."""
    assert day_findings(day, travel) == []


YESTERDAY = at(23, 59, day=date(2026, 3, 3))
NEXT_DAY = date(2026, 3, 5)
TOMORROW = at(12, 1, day=date(2026, 3, 5))


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("SHIFT_TOO_LONG", with_shift(1, end=at(20, 1))),
        ("SHIFT_TOO_LONG", with_shift(1, latest_end=at(20, 1))),
        ("REST_TOO_SHORT", with_carer(1, next_start=at(2, 59, day=NEXT_DAY))),
        ("REST_TOO_SHORT", with_carer(1, previous_end=at(20, 1, day=date(2026, 3, 3)))),
        ("UNKNOWN_CARER_IN_WISHES", with_visit(2, wishes=Wishes(frozenset({"c9"})))),
        ("PIN_OUTSIDE_WINDOW", with_visit(4, pinned_start=at(12, 1))),
        ("UNKNOWN_CARER_IN_WISHES", with_visit(2, wishes=Wishes(preferred=frozenset({"c9"})))),
        ("OUTSIDE_PLANNED_DAY", with_visit(4, earliest=YESTERDAY, latest=YESTERDAY, gaps=())),
        ("OUTSIDE_PLANNED_DAY", with_shift(3, start=TOMORROW, end=TOMORROW + timedelta(hours=1))),
    ],
)
def test_what_is_odd_but_possible_is_a_warning(code: str, day: Day, travel: TravelSettings) -> None:
    """A warning must not stop a planner who knows better."""
    findings = day_findings(day, travel)
    assert [(finding.code, finding.severity) for finding in findings] == [(code, Severity.WARNING)]


@pytest.mark.parametrize("day", [date.min, date.max, date(1899, 12, 31), date(2201, 1, 1)])
def test_a_day_outside_the_calendar_is_told(day: date, travel: TravelSettings) -> None:
    """The eve or morrow of such a day would not be a date and end in a crash."""
    findings = day_findings(replace(SOUND, date=day), travel)
    assert [finding.code for finding in findings] == ["DAY_OUT_OF_RANGE"]


def test_times_at_the_ends_of_the_calendar_are_judged(travel: TravelSettings) -> None:
    """A slip of the pen in a year must come back as a finding, not as a crash."""
    first = datetime.min.replace(tzinfo=STOCKHOLM)
    last = datetime.max.replace(tzinfo=STOCKHOLM)
    findings = day_findings(with_visit(4, earliest=first, latest=last, gaps=()), travel)
    assert findings == []
    findings = day_findings(with_visit(4, earliest=last, latest=first, gaps=()), travel)
    assert "WINDOW_ENDS_BEFORE_START" in {finding.code for finding in findings}


def test_thirteen_hours_are_no_warning(travel: TravelSettings) -> None:
    """The bound itself is allowed."""
    assert day_findings(with_shift(1, end=at(20)), travel) == []


def test_a_night_across_the_change_of_the_clock_is_judged_by_elapsed_time(
    travel: TravelSettings,
) -> None:
    """In autumn the second 02:30 is after the first, though the wall shows the same."""
    night = date(2026, 10, 24)
    first = datetime(2026, 10, 25, 2, 45, tzinfo=STOCKHOLM)
    second = datetime(2026, 10, 25, 2, 15, tzinfo=STOCKHOLM, fold=1)
    late = Visit("v1", "r1", HOME, "town", first, second, 15)
    assert day_findings(Day(night, SOUND.carers, (), (late,)), travel) == []
    early = replace(late, earliest=second, latest=first)
    findings = day_findings(Day(night, SOUND.carers, (), (early,)), travel)
    assert [finding.code for finding in findings] == ["WINDOW_ENDS_BEFORE_START"]


def test_a_day_before_the_first_parameter_value_is_told(travel: TravelSettings) -> None:
    """No limit of working time is made up for a day that has none."""
    old = Day(date(2001, 1, 1), (), (), ())
    assert [finding.code for finding in day_findings(old, travel)] == ["BEFORE_FIRST_VALUE"]
