"""The same service so many hours apart from day to day (APART)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.apart import open_windows
from scheduler.build import closed
from scheduler.care.model import Apart, Day, Visit, Window
from scheduler.care.units import STOCKHOLM
from scheduler.checker import Violation, check
from scheduler.datacheck.advice import Code
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.recommend import Recommender
from scheduler.rules import Reason, Rule
from scheduler.simulate import simulate
from tests.scheduler import two_carers as two
from tests.scheduler.test_datacheck_blocks import said
from tests.scheduler.two_carers import at

DAY_BEFORE = timedelta(days=1)


def day(*apart: Apart, only: bool = True, **changes: object) -> Day:
    """Siv's round, to begin 08:00-11:30, with these last occasions."""
    known = two.day()
    visit = replace(known.visits[4], apart=apart, **changes)
    others = () if only else tuple(v for v in known.visits if v.id != visit.id)
    return replace(known, visits=(*others, visit))


def planned(known: Day) -> Plan:
    return plan_day(known, two.TRAVEL, iterations=500, threads=1)


def start_of(plan: Plan, visit_id: str = "tillsyn") -> datetime:
    (found,) = [s.start for r in plan.routes for s in r.stops if s.visit_id == visit_id]
    return found


def broken(known: Day, plan: Plan) -> list[Violation]:
    return [v for v in check(known, plan, two.TRAVEL) if v.rule is Rule.APART]


@pytest.mark.parametrize(
    ("apart", "starts"),
    [
        ((), "08:00"),
        ((Apart(24, at("10:15") - DAY_BEFORE),), "10:15"),
        ((Apart(48, at("10:15") - 2 * DAY_BEFORE), Apart(18, at("09:00") - DAY_BEFORE)), "10:15"),
        ((Apart(24, at("07:00") - DAY_BEFORE),), "08:00"),
        ((Apart(336),), "08:00"),
    ],
)
def test_a_visit_begins_when_every_last_occasion_is_far_enough_away(
    apart: tuple[Apart, ...], starts: str
) -> None:
    """An occasion that is not known binds nothing."""
    known = day(*apart)
    made = planned(known)
    assert (start_of(made), made.unassigned) == (at(starts), ())
    assert check(known, made, two.TRAVEL) == []


def test_the_checker_tells_by_how_much_a_start_is_too_soon() -> None:
    """Judged by the document's times: held to the second, and broken by ten minutes."""
    made = planned(day())
    assert broken(day(Apart(24, at("08:00") - DAY_BEFORE)), made) == []
    (found,) = broken(day(Apart(24, at("08:10") - DAY_BEFORE)), made)
    assert (found.visit_ids, found.size_s) == (("tillsyn",), 600)
    assert "24 tim efter 2026-03-03 08:10" in found.expected


def test_a_pinned_start_goes_before_the_rule() -> None:
    known = day(Apart(24, at("11:00") - DAY_BEFORE), pinned_start=at("09:00"))
    made = planned(known)
    assert (start_of(made), check(known, made, two.TRAVEL)) == (at("09:00"), [])


def test_a_closed_visit_is_proven_impossible_and_the_reason_tells_from_when() -> None:
    known = day(Apart(24, at("11:31") - DAY_BEFORE), only=False)
    made = planned(known)
    (left,) = made.unassigned
    assert (left.visit_id, left.reason, left.proven) == ("tillsyn", Reason.TOO_SOON, True)
    assert "4/3 11:31, 24 timmar efter senaste tillfället" in left.text
    assert check(known, made, two.TRAVEL) == []
    (advice,) = said(known, Code.TOO_SOON)
    assert (advice.ids, advice.level.value) == (("tillsyn",), "BLOCKS")
    assert not said(day(Apart(24, at("11:30") - DAY_BEFORE)), Code.TOO_SOON)
    (number,) = [i for i, v in enumerate(known.visits) if v.id == "tillsyn"]
    found = Recommender(known, made, two.TRAVEL).place_left_out(number)
    assert {refusal.code for refusal in found.refusals} == {Rule.APART}


def test_a_group_of_which_one_is_closed_is_left_out_whole() -> None:
    known = two.day()
    late = (Apart(48, at("11:30") - 2 * DAY_BEFORE),)
    visits = tuple(replace(v, apart=late) if v.id == "lyft-2" else v for v in known.visits)
    made = planned(replace(known, visits=visits))
    assert {u.visit_id: u.reason for u in made.unassigned} == {
        "lyft-1": Reason.TOO_SOON, "lyft-2": Reason.TOO_SOON,
    }  # fmt: skip


def test_a_window_that_opens_after_the_last_shift_tells_why() -> None:
    """It is not the municipality's window that is late, but the last occasion."""
    known = day(Apart(24, at("12:30") - DAY_BEFORE), latest=at("13:00"))
    (left,) = planned(known).unassigned
    assert left.reason is Reason.NO_SHIFT_IN_WINDOW
    assert "(12:30–13:00)" in left.text
    assert "24 timmar efter" in left.text


def test_no_wider_window_is_advised_that_the_last_occasion_forbids() -> None:
    """Anna gives insulin at 09:00; a check that may begin from 09:00 alone is crowded out."""
    known = two.day()
    insulin = replace(known.visits[0], earliest=at("09:00"), priority=1, duration_min=120)
    check_up = replace(insulin, id="kontroll", recipient_id="ylva", latest=at("09:05"), priority=3)
    apart = (Apart(24, at("09:00") - DAY_BEFORE),)
    shorter = replace(
        known, shifts=known.shifts[:1], visits=(insulin, replace(check_up, duration_min=10))
    )
    (free,) = planned(shorter).unassigned
    assert "vidgas" in free.action
    bound = replace(check_up, duration_min=10, earliest=at("08:30"), apart=apart)
    (left,) = planned(replace(shorter, visits=(insulin, bound))).unassigned
    assert (left.reason, "vidgas" in left.action) == (Reason.CROWDED_OUT, False)


@pytest.mark.parametrize(
    ("night", "clock"), [(date(2026, 3, 29), "08:00"), (date(2026, 10, 25), "06:00")]
)
def test_hours_are_elapsed_over_both_changes_of_the_clock(night: date, clock: str) -> None:
    """Twenty-four hours from 07:00: 08:00 in March, when an hour is lost, and 06:00 in October."""
    last = datetime(night.year, night.month, night.day - 1, 7, tzinfo=STOCKHOLM)
    opens, shuts = (
        datetime(night.year, night.month, night.day, h, tzinfo=STOCKHOLM) for h in (5, 9)
    )
    visit = replace(two.day().visits[4], earliest=opens, latest=shuts, apart=(Apart(24, last),))
    ((first, _),) = [(w.earliest, w.latest) for w in open_windows(visit)]
    assert first.strftime("%H:%M") == clock
    assert first.astimezone(UTC) - last.astimezone(UTC) == timedelta(hours=24)


def test_only_the_windows_that_are_too_soon_close() -> None:
    evening = Window(at("10:00"), at("11:00"))
    visit: Visit = day(Apart(24, at("09:00") - DAY_BEFORE), latest=at("08:30")).visits[0]
    assert open_windows(visit) == ()
    assert closed((visit,)) == {"tillsyn"}
    more = replace(visit, more_windows=(evening,))
    assert (open_windows(more), closed((more,))) == ((evening,), frozenset())


def test_a_simulated_day_does_not_begin_it_sooner() -> None:
    """Ten minutes before the plan is allowed, but not before the window opens."""
    known = day(Apart(24, at("08:10") - DAY_BEFORE))
    made = planned(known)
    free = simulate(day(), made, two.TRAVEL, days=50, seed=1)
    bound = simulate(known, made, two.TRAVEL, days=50, seed=1)
    assert bound.visits[0].median_delay_s >= 0 >= free.visits[0].median_delay_s
