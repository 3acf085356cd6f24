"""Travel times that the day gives: used everywhere, both ways apart, and never where no way is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.build import add_visits, build_problem
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Location, Mode, TravelTimes
from scheduler.checker import check, missed
from scheduler.given_travel import UNREACHABLE_S, GivenTravel, travel_of
from scheduler.objective import load_objective
from scheduler.planner import plan_day
from scheduler.recommend import Recommender
from scheduler.rules import Reason, Rule
from scheduler.score import score
from scheduler.simulate import simulate
from scheduler.travel import travel_matrix
from tests.scheduler import two_carers as two

SIV = Location(56.02, 14.05)


def table(out_s: int | None, back_s: int | None, mode: Mode = Mode.BICYCLE) -> TravelTimes:
    """The way from the office to Rut's and back."""
    return TravelTimes(mode, (two.OFFICE, two.AWAY), ((0, out_s), (back_s, 0)))


def given(*tables: TravelTimes, day: Day | None = None) -> Day:
    return replace(day or two.day(), travel_times=tables)


def planned(day: Day) -> dict[str, int]:
    """Visit -> seconds of the way there; ``back`` holds those of every way back."""
    plan = plan_day(day, two.TRAVEL, iterations=2000, threads=1)
    assert check(day, plan, two.TRAVEL) == []
    assert score(day, plan, two.TRAVEL, load_objective(day.date)) == plan.score
    ways = {stop.visit_id or "": stop.travel_s for route in plan.routes for stop in route.stops}
    return ways | {"back": max(route.return_travel_s for route in plan.routes)}


def test_the_way_there_and_back_may_differ() -> None:
    """Uphill: 480 s out and 900 s home, where the estimate says 600 both ways."""
    assert planned(two.day())["lyft-1"] == 600
    ways = planned(given(table(480, 900)))
    assert (ways["lyft-1"], ways["lyft-2"], ways["back"]) == (480, 480, 900)


def test_a_table_of_another_mode_is_not_asked() -> None:
    assert planned(given(table(480, 900, Mode.CAR)))["lyft-1"] == 600


def test_what_no_table_has_is_estimated() -> None:
    """Two tables with the office in common: nothing is known between Rut and Siv."""
    siv = TravelTimes(Mode.BICYCLE, (two.OFFICE, SIV), ((0, 111), (222, 0)))
    travel = travel_of(given(table(480, 900), siv), two.TRAVEL)
    places = (two.OFFICE, two.AWAY, SIV)
    between = two.TRAVEL.seconds(two.AWAY, SIV, Mode.BICYCLE)
    expected = [[0, 480, 111], [900, 0, between], [222, between, 0]]
    assert travel_matrix(places, Mode.BICYCLE, travel).tolist() == expected
    assert [[travel.seconds(a, b, Mode.BICYCLE) for b in places] for a in places] == expected


def test_the_same_tables_are_wrapped_once() -> None:
    day = given(table(480, 900))
    travel = travel_of(day, two.TRAVEL)
    assert isinstance(travel, GivenTravel)
    assert travel_of(replace(day, visits=()), travel) is travel
    assert travel_of(two.day(), travel) is two.TRAVEL
    assert travel_of(two.day()) == travel_of(two.day())


def test_a_longer_day_has_the_same_matrix_as_one_built_from_nothing() -> None:
    """Recommendations add rows to the matrices instead of making them anew."""
    whole = given(table(480, None))
    short = replace(whole, visits=tuple(v for v in whole.visits if v.location != two.AWAY))
    objective = load_objective(whole.date)
    more = tuple(v for v in whole.visits if v.location == two.AWAY)
    longer = add_visits(
        build_problem(short, two.TRAVEL, objective), short, more, two.TRAVEL, objective
    )
    anew = build_problem(replace(short, visits=(*short.visits, *more)), two.TRAVEL, objective)
    assert np.array_equal(longer.travel_s, anew.travel_s)
    assert longer.travel_s.max() == UNREACHABLE_S


@pytest.mark.parametrize(("out_s", "back_s"), [(None, 600), (600, None), (None, None)])
def test_a_home_without_a_way_is_left_out_and_says_so(
    out_s: int | None, back_s: int | None
) -> None:
    """Whether the way there or the way home is missing."""
    day = given(table(out_s, back_s))
    plan = plan_day(day, two.TRAVEL, iterations=2000, threads=1)
    left = {each.visit_id: each.reason for each in plan.unassigned}
    assert left == dict.fromkeys(("lyft-1", "lyft-2"), Reason.UNREACHABLE)
    assert all(each.text and each.action for each in plan.unassigned)
    assert check(day, plan, two.TRAVEL) == []
    answers = Recommender(day, plan, two.TRAVEL).answer((), ())
    assert {r.code for a in answers for r in a.refusals} == {Reason.UNREACHABLE}


def test_a_hand_made_plan_with_a_way_that_is_none_is_told_without_a_clock_time() -> None:
    """46 days are a number of the program's, not of the municipality's."""
    day = given(table(None, None))
    broken = check(day, two.plan(), two.TRAVEL)
    assert [(each.rule, each.visit_ids, each.size_s) for each in broken] == [
        (Rule.TRAVEL, ("lyft-1",), 0),
        (Rule.SHIFT, (), 0),
        (Rule.TRAVEL, ("lyft-2",), 0),
        (Rule.SHIFT, (), 0),
    ]
    assert {each.found for each in broken} == {"ingen väg"}
    assert missed(day, two.plan(), two.TRAVEL) == []


def test_a_plan_with_a_way_that_is_none_is_not_simulated() -> None:
    with pytest.raises(InvalidInput) as refused:
        simulate(given(table(None, 600)), two.plan(), two.TRAVEL, days=2)
    assert [finding.code for finding in refused.value.findings] == ["NO_WAY", "NO_WAY"]


def test_simulated_ways_are_the_given_ones() -> None:
    """Ten minutes more each way make the plan's starts impossible to keep."""
    plan = two.plan()
    calm = simulate(two.day(), plan, two.TRAVEL, days=50)
    late = simulate(given(table(3600, 600)), plan, two.TRAVEL, days=50)
    assert late.lateness_s > calm.lateness_s + 1800
