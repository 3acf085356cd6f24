"""What a plan moves to a later day comes there whole: nothing lost, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from fixtures.tiny_day import OFFICE
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Gap, Visit, Window
from scheduler.care.units import STOCKHOLM
from scheduler.moved import moved_visits, with_moved
from scheduler.plan import Plan, Unassigned
from scheduler.rules import Reason
from scheduler.travel import TravelSettings

FRIDAY = date(2026, 3, 27)
SATURDAY, SUNDAY = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)
WEEKEND = (FRIDAY, SATURDAY, SUNDAY)


def at(hour: int, minute: int = 0, day: date = FRIDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)


def visit(id_: str, *days: date, **other: object) -> Visit:
    made = Visit(id_, f"r-{id_}", OFFICE, "town", at(9), at(11), 60, possible_days=days)
    return replace(made, **other)  # type: ignore[arg-type]


def day_of(*visits: Visit, day: date = FRIDAY) -> Day:
    return Day(date=day, carers=(), shifts=(), visits=visits)


def left_out(day: Day, *ids: str) -> Plan:
    """A plan of `day` that plans nothing of `ids` and says where they may go."""
    told = tuple(
        Unassigned(each.id, Reason.CROWDED_OUT, (), "", "", each.later_days(day.date))
        for each in day.visits
        if each.id in ids
    )
    return Plan(day.date, (), told)


def test_a_moved_visit_keeps_its_times_by_the_clock_over_the_change_to_summer_time() -> None:
    """Friday to Sunday: 09:00 stays 09:00, though the night between is an hour shorter."""
    day = day_of(
        visit(
            "v1",
            *WEEKEND,
            preferred=Window(at(9, 30), at(10)),
            more_windows=(Window(at(13), at(14)),),
        )
    )
    (moved,) = moved_visits(day, left_out(day, "v1"), SUNDAY)
    assert (moved.earliest, moved.latest) == (at(9, 0, SUNDAY), at(11, 0, SUNDAY))
    assert moved.preferred == Window(at(9, 30, SUNDAY), at(10, 0, SUNDAY))
    assert moved.more_windows == (Window(at(13, 0, SUNDAY), at(14, 0, SUNDAY)),)
    assert moved.possible_days == (SUNDAY,)
    assert moved.id == "v1-moved-2026-03-27"
    assert moved.recipient_id == "r-v1"
    assert moved.duration_min == 60


def test_only_what_was_left_out_and_may_be_made_then_is_moved() -> None:
    day = day_of(visit("v1", *WEEKEND), visit("v2", FRIDAY, SATURDAY), visit("v3"))
    plan = left_out(day, "v1", "v2", "v3")
    assert [v.id[:2] for v in moved_visits(day, plan, SATURDAY)] == ["v1", "v2"]
    assert [v.id[:2] for v in moved_visits(day, plan, SUNDAY)] == ["v1"]
    assert [v.id[:2] for v in moved_visits(day, left_out(day, "v2"), SATURDAY)] == ["v2"]


def test_a_double_staffing_stays_one_and_gaps_hold_among_what_is_moved() -> None:
    pair = [visit(f"v{n}", *WEEKEND, recipient_id="r", group="g") for n in (1, 2)]
    after = visit("v3", *WEEKEND, gaps=(Gap("v1", 30), Gap("v4", 10)))
    day = day_of(*pair, after, visit("v4", FRIDAY))
    first, second, third = moved_visits(day, left_out(day, "v1", "v2", "v3"), SATURDAY)
    assert first.group == second.group == "g-moved-2026-03-27"
    assert third.gaps == (Gap(first.id, 30),)


def test_what_is_moved_again_keeps_the_name_of_its_first_day() -> None:
    day = day_of(visit("v1", *WEEKEND))
    (moved,) = moved_visits(day, left_out(day, "v1"), SATURDAY)
    saturday = day_of(moved, day=SATURDAY)
    (again,) = moved_visits(saturday, left_out(saturday, moved.id), SUNDAY)
    assert again.id == moved.id
    assert again.earliest == at(9, 0, SUNDAY)


def test_moving_twice_adds_nothing_twice(travel: TravelSettings) -> None:
    day = day_of(visit("v1", *WEEKEND), visit("v2", *WEEKEND))
    later = day_of(visit("v1", earliest=at(9, 0, SUNDAY), latest=at(11, 0, SUNDAY)), day=SUNDAY)
    once = with_moved(day, left_out(day, "v1", "v2"), later, travel)
    assert [v.id for v in once.visits] == ["v1", "v1-moved-2026-03-27", "v2-moved-2026-03-27"]
    assert with_moved(day, left_out(day, "v1", "v2"), once, travel) == once


def test_a_day_that_is_not_later_is_refused(travel: TravelSettings) -> None:
    day = day_of(visit("v1", *WEEKEND))
    with pytest.raises(InvalidInput, match="NOT_A_LATER_DAY"):
        with_moved(day, left_out(day, "v1"), day, travel)


def test_the_faults_of_the_day_that_results_are_told(travel: TravelSettings) -> None:
    """Half of a double staffing cannot be carried out alone."""
    day = day_of(visit("v1", *WEEKEND, group="g"), visit("v2", *WEEKEND, group="g"))
    with pytest.raises(InvalidInput) as refused:
        with_moved(day, left_out(day, "v1"), day_of(day=SATURDAY), travel)
    assert {f.code for f in refused.value.findings} == {"GROUP_OF_ONE"}
