"""Slack before visits and a fair load: what they cost, and when the search pays for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scheduler.objective import Weights
from scheduler.problem import BREAK, Problem
from scheduler.solve import Solution, SolveParams, solve
from tests.judge import judge
from tests.random_problems import line_problem

PARAMS = SolveParams(iterations=20_000, threads=1, explain=False)


def row(**changes: Any) -> Problem:
    """Three visits of 10 s at one place and a carer who has 100 s, 5 s of slack wanted."""
    given: dict[str, Any] = {
        "place": [1] * 3, "duration_s": [10] * 3, "late_s": [100] * 3, "close_s": [100],
        "slack_s": [5] * 3, "weights": Weights(travel=1, slack=3), "travel_s": [[[0, 0], [0, 0]]],
        "start_place": [0], "end_place": [0], "recipient": [-1] * 3,
    }  # fmt: skip
    return line_problem(3, 1, **(given | changes))


def solved(problem: Problem) -> Solution:
    found = solve(problem, PARAMS)
    verdict = judge(problem, found.stops)
    assert verdict.violations == ()
    assert verdict.points == found.points
    return found


def starts(found: Solution, route: int = 0) -> list[int]:
    return [second for _, second in found.stops[route]]


def test_each_visit_but_the_first_gets_its_slack_where_the_shift_has_room() -> None:
    found = solved(row())
    assert starts(found) == [0, 15, 30]
    assert found.points == 0
    assert found.waiting_s == 10


def test_without_a_price_nobody_waits() -> None:
    assert starts(solved(row(weights=Weights(travel=1)))) == [0, 10, 20]


def test_what_the_shift_has_no_room_for_is_missing_and_costs() -> None:
    """Two seconds of room: the first visit that may has them, eight seconds are missing."""
    found = solved(row(close_s=[32]))
    assert starts(found) == [0, 12, 22]
    assert found.points == 3 * 8


def test_a_window_keeps_a_visit_from_starting_later() -> None:
    found = solved(row(early_s=[0, 10, 20], late_s=[0, 11, 100]))
    assert starts(found) == [0, 11, 26]
    assert found.points == 3 * 4


def test_a_time_that_is_wanted_is_kept() -> None:
    """Later than due costs more than the slack is worth."""
    problem = row(
        early_s=[0, 10, 20], due_s=[0, 11, 100], weights=Weights(travel=1, tardiness=9, slack=3)
    )
    assert starts(solved(problem)) == [0, 11, 26]


@pytest.mark.parametrize(("waiting", "expected"), [(2, [0, 15, 30]), (4, [0, 10, 20])])
def test_slack_is_bought_with_waiting_only_where_it_is_worth_more(
    waiting: int, expected: list[int]
) -> None:
    found = solved(row(weights=Weights(travel=1, waiting=waiting, slack=3)))
    assert starts(found) == expected
    assert found.points == min(waiting, 3) * 10


def test_what_others_wait_for_does_not_move() -> None:
    """Of a pair that begins together neither is let start later; the visit behind it is."""
    problem = line_problem(
        3, 2, place=[1] * 3, duration_s=[10] * 3, late_s=[100] * 3, close_s=[100] * 2,
        travel_s=[[[0, 0], [0, 0]]], start_place=[0] * 2, end_place=[0] * 2, recipient=[-1] * 3,
        group=[0, 0, -1], apart=[True] * 3, early_s=[0, 0, 0], slack_s=[5] * 3,
        weights=Weights(travel=1, slack=3),
    )  # fmt: skip
    found = solved(problem)
    assert found.points == 0
    seconds = {v: s for route in found.stops for v, s in route}
    assert seconds[0] == seconds[1]


def test_a_break_is_a_stop_behind_which_slack_counts() -> None:
    problem = row(
        break_s=[10], break_early_s=[20], break_late_s=[20], early_s=[0, 10, 30], late_s=[0, 10, 99]
    )
    found = solved(problem)
    assert [v for v, _ in found.stops[0]] == [0, 1, BREAK, 2]
    assert starts(found) == [0, 10, 20, 35]
    assert found.points == 3 * 5


def test_whoever_is_paid_for_what_she_works_waits_only_for_slack_worth_it() -> None:
    paid = row(span_points=[2])
    assert starts(solved(paid)) == [0, 15, 30]
    assert solved(paid).points == 2 * 30 + min(2, 3) * 10
    dear = solved(row(span_points=[4]))
    assert dear.points == 4 * 30 + 3 * 10


def test_routes_are_given_equal_loads_where_that_is_worth_the_way() -> None:
    """Two carers and four visits at one place; all by one carer but for the price."""

    def problem(load: int) -> Problem:
        return line_problem(
            4, 2, place=[1] * 4, duration_s=[10] * 4, late_s=[100] * 4, close_s=[100] * 2,
            travel_s=[[[0, 5], [5, 0]]], start_place=[0] * 2, end_place=[0] * 2,
            recipient=[-1] * 4, fair_s=[20, 20], weights=Weights(travel=1, load=load),
        )  # fmt: skip

    lone = solved(problem(0))
    assert sorted(len(route) for route in lone.stops) == [0, 4]
    even = solved(problem(1))
    assert sorted(len(route) for route in even.stops) == [2, 2]
    assert (lone.points, even.points) == (10, 20)


@pytest.mark.alone
def test_a_large_plan_counts_slack_and_load_as_the_judge_does() -> None:
    from bench.growth import areas_problem

    problem = areas_problem(60, 20, 1)
    problem = replace(
        problem,
        slack_s=np.full(problem.visits, 120),
        fair_s=np.full(problem.routes, 4 * 3600),
        weights=replace(problem.weights, slack=3, load=1),
    )
    found = solve(problem, SolveParams(seconds=3, explain=False))
    verdict = judge(problem, found.stops)
    assert verdict.violations == ()
    assert verdict.points == found.points
