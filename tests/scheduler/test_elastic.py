"""Elastic shifts: the plan decides when they begin and how long they are, and pays for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.care.model import Break, Day, Elastic, Shift
from scheduler.checker import check
from scheduler.disturbances import Disturbances
from scheduler.followup import follow_up
from scheduler.hours import firm, hours, paid_s, worked_s
from scheduler.plan import Plan, Route
from scheduler.planner import plan_day, stops_of
from scheduler.problem import BREAK
from scheduler.replan import replan
from scheduler.rules import Rule
from scheduler.simulate import simulate
from scheduler.validation import day_findings
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, stop, visit

REST = Break(at("09:30"), at("13:00"), 30)


def elastic(
    least_min: int = 60, most_min: int = 300, rest: Break | None = None, end: str = "18:00"
) -> Shift:
    """Bo's, from 08:00 at the earliest."""
    lengths = Elastic(least_min, most_min)
    return replace(
        two.shift(two.BO, rest), end=at(end), optional=True, elastic=lengths, id="pass-bo"
    )


def day(shift: Shift, *windows: tuple[str, str]) -> Day:
    """Visits of an hour at Rut's, 600 s from the office, and Bo alone."""
    visits = tuple(
        visit(f"v{i}", f"r{i}", window, 60, location=two.AWAY) for i, window in enumerate(windows)
    )
    return replace(two.day(), shifts=(shift,), visits=visits)


def route(*stops: tuple[str | None, str, int], travel_s: int = 600) -> Route:
    """Out to Rut's, stops there, and back; the first visit has the way."""
    made = []
    away = 0
    for name, start, minutes in stops:
        way_s = 0 if name is None or away else travel_s
        made.append(stop(name, start, minutes, way_s))
        away += name is not None
    back = made[-1].end + timedelta(seconds=600)
    return Route("pass-bo", "bo", tuple(made), 600, back)


def plan_of(route: Route) -> Plan:
    return Plan(two.DAY, (route,), ())


def rules(day: Day, route: Route) -> set[Rule]:
    return {violation.rule for violation in check(day, plan_of(route), two.TRAVEL)}


TWO = (("v0", "10:10", 60), ("v1", "11:30", 60))
WITH_BREAK = (("v0", "10:10", 60), (None, "11:10", 30), ("v1", "11:40", 60))


def test_the_hours_of_a_shift_are_those_that_are_worked() -> None:
    """Out at 10:00, twenty minutes' wait, back at 12:40."""
    shift = elastic()
    assert worked_s(route(*TWO)) == paid_s(shift, route(*TWO)) == 160 * 60
    assert hours(shift, route(*TWO)) == (at("10:00"), at("12:40"))


def test_a_break_on_the_way_is_not_worked_but_lies_within_the_hours() -> None:
    shift = elastic(rest=REST)
    assert worked_s(route(*WITH_BREAK)) == 140 * 60
    assert hours(shift, route(*WITH_BREAK)) == (at("10:00"), at("12:50"))


def test_a_short_shift_is_paid_its_least_also_where_that_must_begin_sooner() -> None:
    """Two hours forty are worked and five paid; the limits end at 14:00."""
    assert paid_s(elastic(300), route(*TWO)) == 300 * 60
    assert hours(elastic(300), route(*TWO)) == (at("10:00"), at("15:00"))
    assert hours(elastic(300, end="14:00"), route(*TWO)) == (at("09:00"), at("14:00"))


def test_a_shift_without_visits_is_paid_nothing_and_has_its_limits() -> None:
    nothing = Route("pass-bo", "bo", (), 0, at("08:00"))
    assert (worked_s(nothing), paid_s(elastic(), nothing)) == (0, 0)
    assert hours(elastic(), nothing) == hours(elastic(), None) == (at("08:00"), at("18:00"))


def test_decided_hours_leave_overtime_as_far_as_the_shift_may_grow() -> None:
    decided = firm(day(elastic(60, 180), ("08:00", "12:00")), plan_of(route(*TWO))).shifts[0]
    assert (decided.start, decided.end, decided.latest_end) == (
        at("10:00"), at("12:40"), at("13:00"),
    )  # fmt: skip
    assert (decided.optional, decided.elastic, decided.rest) == (False, None, None)
    whole = firm(day(elastic(60, 160), ("08:00", "12:00")), plan_of(route(*TWO))).shifts[0]
    assert whole.latest_end is None


def test_paid_time_is_all_there_is_of_an_elastic_shift() -> None:
    """Paid are 300 min: 120 of care, 20 of travel, 20 of waiting, and the rest idle."""
    windows = ("08:00", "12:00"), ("08:00", "12:00")
    found = follow_up(day(elastic(300), *windows), plan_of(route(*TWO))).by_shift["pass-bo"]
    assert (found.paid_s, found.care_s, found.travel_s) == (300 * 60, 7200, 1200)
    # A stop begins as it is arrived at here; what lies between is idle time.
    assert found.waiting_s + found.idle_s == 300 * 60 - 7200 - 1200
    rested = follow_up(day(elastic(rest=REST), *windows), plan_of(route(*WITH_BREAK)))
    assert (rested.total.paid_s, rested.total.break_s) == (140 * 60, 1800)


@pytest.mark.parametrize(
    ("shift", "stops", "broken"),
    [
        (elastic(60, 160), TWO, set()),
        (elastic(60, 159), TWO, {Rule.SHIFT_LENGTH}),
        (elastic(60, 140, REST), WITH_BREAK, set()),
        (elastic(60, 139, REST), WITH_BREAK, {Rule.SHIFT_LENGTH}),
        # No break is needed for five hours' work, and none may be longer.
        (elastic(60, 600, REST), (("v0", "08:10", 60), ("v1", "11:50", 60)), set()),
        (elastic(60, 600, REST), (("v0", "08:10", 60), ("v1", "11:51", 60)), {Rule.STRETCH}),
        (
            elastic(60, 600, REST),
            (("v0", "08:10", 60), (None, "12:30", 30), ("v1", "13:30", 60)),
            set(),
        ),
        (
            elastic(60, 600, REST),
            (("v0", "08:10", 60), (None, "13:01", 30), ("v1", "13:31", 60)),
            {Rule.STRETCH, Rule.BREAK},
        ),
    ],
)
def test_the_rules_of_an_elastic_shift_held_and_broken(
    shift: Shift, stops: tuple[tuple[str | None, str, int], ...], broken: set[Rule]
) -> None:
    assert rules(day(shift, ("08:00", "14:00"), ("08:00", "14:00")), route(*stops)) == broken


def searched(day: Day) -> Plan:
    assert [f for f in day_findings(day, two.TRAVEL) if f.severity == "ERROR"] == []
    made = plan_day(day, two.TRAVEL, iterations=5000, threads=1)
    assert check(day, made, two.TRAVEL) == []
    return made


def test_the_search_lets_the_shift_lie_where_its_visits_are_and_no_longer() -> None:
    """The afternoon's visit is wanted at 15:00 sharp; the other comes right before it."""
    made = searched(day(elastic(), ("08:00", "15:30"), ("15:00", "15:00")))
    assert hours(elastic(), made.routes[0]) == (at("13:50"), at("16:10"))
    terms = {t.name: t.quantity for t in made.score}
    assert (terms["opened_shift"], terms["optional_second"]) == (1, 140 * 60)


def test_it_leaves_out_what_would_make_the_shift_too_long() -> None:
    apart = ("08:10", "08:10"), ("15:00", "15:00")
    made = searched(day(elastic(60, 300), *apart))
    assert [left.reason for left in made.unassigned] == ["CROWDED_OUT"]
    long = elastic(60, 600, Break(at("09:30"), at("15:30"), 30))
    assert searched(day(replace(long, end=at("18:00")), *apart)).unassigned == ()


def test_a_visit_that_is_too_long_for_the_shift_is_proven_impossible() -> None:
    made = searched(day(elastic(30, 79), ("08:00", "16:00")))
    assert [left.reason for left in made.unassigned] == ["UNREACHABLE"]
    assert searched(day(elastic(30, 80), ("08:00", "16:00"))).unassigned == ()


def test_a_break_before_the_way_out_is_not_in_the_plan_and_does_not_get_lost() -> None:
    """It can only lie before an afternoon's shift, which needs none."""
    shift = elastic(60, 300, Break(at("11:00"), at("12:00"), 30))
    made = searched(day(shift, ("15:00", "15:00")))
    assert [s.visit_id for s in made.routes[0].stops] == ["v0"]
    (route,) = stops_of(day(shift, ("15:00", "15:00")), made)
    assert [visit for visit, _ in route] == [BREAK, 0]


def test_a_day_under_way_keeps_the_hours_that_were_decided() -> None:
    """The acute visit lies where Bo, decided to work until 11:30, may stay on but is not asked."""
    known = day(elastic(60, 300), ("10:00", "10:00"))
    made = searched(known)
    acute = visit("akut", "r9", ("09:00", "16:00"), 30, location=two.AWAY)
    after = replan(
        known, made, Disturbances(at("09:00"), added=(acute,)), two.TRAVEL,
        iterations=3000, threads=1,
    )  # fmt: skip
    (shift,) = after.day.shifts
    assert (shift.start, shift.end, shift.elastic) == (at("09:50"), at("11:10"), None)
    assert after.plan.unassigned == ()
    assert check(after.day, after.plan, two.TRAVEL) == []


def test_a_simulated_day_counts_overtime_from_the_hours_that_were_decided() -> None:
    known = day(elastic(60, 300), ("10:00", "10:00"))
    made = searched(known)
    decided = simulate(firm(known, made), made, two.TRAVEL, days=50)
    assert simulate(known, made, two.TRAVEL, days=50) == decided


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda s: replace(s, optional=False), "ELASTIC_NOT_OPTIONAL"),
        (lambda s: replace(s, latest_end=at("19:00")), "ELASTIC_WITH_OVERTIME"),
        (lambda s: replace(s, elastic=Elastic(61, 60)), "ELASTIC_LENGTH"),
        (lambda s: replace(s, elastic=Elastic(601, 602)), "ELASTIC_LENGTH"),
        (lambda s: replace(s, elastic=Elastic(60, 301)), "ELASTIC_WITHOUT_BREAK"),
        (
            lambda s: replace(s, end=at("18:31"), rest=Break(at("12:30"), at("13:00"), 30)),
            "ELASTIC_WITHOUT_BREAK",
        ),
    ],
)
def test_an_elastic_shift_that_cannot_be_is_refused(
    change: Callable[[Shift], Shift], code: str
) -> None:
    def errors(shift: Shift) -> list[str]:
        found = day_findings(day(shift, ("10:00", "10:00")), two.TRAVEL)
        return [finding.code for finding in found if finding.severity == "ERROR"]

    assert errors(elastic()) == []
    rested = elastic(60, 600, Break(at("12:30"), at("13:00"), 30), end="18:30")
    assert errors(rested) == []
    assert errors(change(elastic()))[0] == code
