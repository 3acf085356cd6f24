"""Shifts that share cars: no more are used at a time than there are cars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scheduler.build import build_problem
from scheduler.care.model import Carer, Day, Elastic, Resource, Shift
from scheduler.checker import check
from scheduler.objective import load_objective
from scheduler.plan import Plan, Route
from scheduler.planner import plan_day
from scheduler.recommend import Recommender
from scheduler.rules import Rule
from scheduler.validation import day_findings
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, stop, visit

CARERS = tuple(Carer(name, frozenset({"omsorg"})) for name in ("anna", "bo", "cia"))


def shift(number: int, start: str, end: str, latest: str | None = None) -> Shift:
    """The shift of one of the three, who all need a car."""
    made = two.shift(CARERS[number])
    latest_end = at(latest) if latest else None
    return replace(made, start=at(start), end=at(end), latest_end=latest_end, resource="bilar")


def day(cars: int, *shifts: Shift, windows: tuple[tuple[str, str], ...] = ()) -> Day:
    visits = tuple(visit(f"v{i}", f"r{i}", window, 30) for i, window in enumerate(windows))
    return Day(two.DAY, CARERS, shifts, visits, resources=(Resource("bilar", cars),))


def pools(day: Day) -> list[tuple[set[int], int]]:
    problem = build_problem(day, two.TRAVEL, load_objective(two.DAY))
    return [
        (set(problem.pool_route[problem.pool_label == q].tolist()), int(most))
        for q, most in enumerate(problem.pool_most)
    ]


def test_a_pool_is_as_many_shifts_at_one_moment_as_are_too_many() -> None:
    morning, noon, evening = shift(0, "08:00", "12:00"), shift(1, "10:00", "14:00"), "14:00"
    three = morning, noon, shift(2, evening, "18:00")
    assert pools(day(1, *three)) == [({0, 1}, 1)]
    assert pools(day(2, *three)) == []
    # Who may stay on may need the car until then.
    later = shift(1, "10:00", "14:00", latest="14:30")
    assert pools(day(1, morning, later, three[2])) == [({0, 1}, 1), ({1, 2}, 1)]
    all_at_once = tuple(shift(k, "08:00", "12:00") for k in range(3))
    assert pools(day(2, *all_at_once)) == [({0, 1, 2}, 2)]


def route(number: int, *starts: str) -> Route:
    carer = CARERS[number].id
    stops = tuple(stop(f"v{number}", start, 30) for start in starts)
    return Route(f"pass-{carer}", carer, stops, 0, stops[-1].end if stops else at("08:00"))


@pytest.mark.parametrize(
    ("change", "starts", "broken"),
    [
        (lambda s: s, ("08:00", "08:30", "09:00"), True),
        (lambda s: s, ("08:00", "08:30", None), False),
        # The third begins when the first is back.
        (lambda s: replace(s, start=at("12:00"), end=at("16:00")), ("08:00", "08:30", "12:00"), 0),
        (lambda s: replace(s, start=at("11:59"), end=at("16:00")), ("08:00", "08:30", "12:00"), 1),
        # An elastic shift needs its car for the hours that it is worked.
        (
            lambda s: replace(s, end=at("16:00"), optional=True, elastic=Elastic(30, 300)),
            ("08:00", "08:30", "12:00"),
            0,
        ),
        (
            lambda s: replace(s, end=at("16:00"), optional=True, elastic=Elastic(30, 300)),
            ("08:00", "08:30", "11:59"),
            1,
        ),
        (lambda s: replace(s, resource=None), ("08:00", "08:30", "09:00"), False),
    ],
)
def test_the_checker_counts_cars_at_every_start(
    change: Callable[[Shift], Shift], starts: tuple[str | None, ...], broken: bool
) -> None:
    shifts = [shift(k, "08:00", "12:00") for k in range(3)]
    known = day(2, *shifts[:2], change(shifts[2]), windows=(("08:00", "15:00"),) * 3)
    routes = tuple(route(k, *([start] if start else [])) for k, start in enumerate(starts))
    left = tuple(f"v{k}" for k, start in enumerate(starts) if not start)
    known = replace(known, visits=tuple(v for v in known.visits if v.id not in left))
    found = [v.rule for v in check(known, Plan(two.DAY, routes, ()), two.TRAVEL)]
    assert found == [Rule.RESOURCE] * broken


@pytest.mark.parametrize("cars", [1, 2, 3])
def test_a_plan_uses_no_more_shifts_than_there_are_cars(cars: int) -> None:
    """Three visits at one time need three carers; each car too few leaves one visit out."""
    shifts = tuple(shift(k, "08:00", "12:00") for k in range(3))
    known = day(cars, *shifts, windows=(("09:00", "09:00"),) * 3)
    made = plan_day(known, two.TRAVEL, iterations=3000, threads=1)
    assert check(known, made, two.TRAVEL) == []
    assert sum(1 for r in made.routes if r.stops) == cars
    assert len(made.unassigned) == 3 - cars


def test_the_car_goes_to_the_shift_that_is_worth_most() -> None:
    """Anna's window could hold one visit, Bo's two."""
    known = day(
        1, shift(0, "08:00", "09:00"), shift(1, "08:00", "12:00"),
        windows=(("08:00", "08:30"), ("08:00", "11:30"), ("08:00", "11:30")),
    )  # fmt: skip
    made = plan_day(known, two.TRAVEL, iterations=3000, threads=1)
    assert made.unassigned == ()
    assert [r.carer_id for r in made.routes if r.stops] == ["bo"]


def test_a_shift_without_a_car_is_told_as_such() -> None:
    shifts = tuple(shift(k, "08:00", "12:00") for k in range(2))
    known = day(1, *shifts, windows=(("09:00", "09:00"),) * 2)
    made = plan_day(known, two.TRAVEL, iterations=1000, threads=1)
    (left,) = made.unassigned
    number = [v.id for v in known.visits].index(left.visit_id)
    asked = Recommender(known, made, two.TRAVEL).place_left_out(number)
    codes = {refusal.shift_id: refusal.code for refusal in asked.refusals}
    unused = next(r.shift_id for r in made.routes if not r.stops)
    assert codes[unused] is Rule.RESOURCE


def test_faults_of_resources_are_told() -> None:
    shifts = tuple(shift(k, "08:00", "12:00") for k in range(3))
    known = replace(
        day(2, *shifts[:2], replace(shifts[2], resource="cyklar")),
        resources=(Resource("bilar", 1), Resource("bilar", 0)),
    )
    codes = sorted(f.code for f in day_findings(known, two.TRAVEL))
    assert codes == ["DUPLICATE_ID", "RESOURCE_COUNT", "RESOURCE_SHORT", "UNKNOWN_RESOURCE"]
    assert list(day_findings(day(3, *shifts), two.TRAVEL)) == []
    # Nobody counts on an optional shift.
    spare = replace(shifts[2], optional=True)
    assert list(day_findings(day(2, *shifts[:2], spare), two.TRAVEL)) == []
