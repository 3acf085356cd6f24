"""What a search begins with: its own first plan of a large problem, or a given plan."""

from __future__ import annotations

import numpy as np
import pytest

from bench.growth import areas_problem
from scheduler.solve import SolveParams, solve
from tests.judge import judge
from tests.random_problems import line_problem, random_problem

FEW = SolveParams(iterations=2000, threads=1, explain=False)


@pytest.mark.alone
def test_a_large_plan_keeps_all_rules() -> None:
    """Areas that share visits, more than a thousand of them."""
    problem = areas_problem(60, 20, 1)
    solution = solve(problem, SolveParams(seconds=3, threads=2, explain=False))
    verdict = judge(problem, solution.stops)
    assert verdict.violations == ()
    assert verdict.points == solution.points


@pytest.mark.alone
def test_a_first_plan_that_takes_all_the_time_is_a_plan() -> None:
    problem = areas_problem(60, 20, 1)
    solution = solve(problem, SolveParams(seconds=0.01, threads=2, explain=False))
    verdict = judge(problem, solution.stops)
    assert verdict.violations == ()
    assert verdict.points == solution.points


@pytest.mark.parametrize("seed", range(60))
def test_a_search_from_a_given_plan_ends_no_worse(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed), 8 + seed // 4, 3 + seed // 20)
    given = solve(problem, FEW)
    again = solve(problem, SolveParams(iterations=0, threads=1, explain=False), start=given.stops)
    assert again.points <= given.points
    assert judge(problem, again.stops).violations == ()


def test_what_starts_between_two_visits_of_a_group_stays_there() -> None:
    """
    Visit 1 starts 1,000 s after visit 0, its least gap is 10 s; 2 is before 1 on route 1, and 3,
    together with 2, behind another visit on route 2.
    """
    problem = line_problem(
        visits=5, routes=3, group=[0, 0, 1, 1, -1], offset_min_s=[0, 10, 0, 0, 0],
        offset_max_s=[0, 5000, 0, 0, 0], early_s=[0, 1010, 500, 500, 400],
        late_s=[9000] * 5,
    )  # fmt: skip
    given = [[(0, 10)], [(2, 510), (1, 1010)], [(4, 410), (3, 510)]]
    again = solve(problem, SolveParams(iterations=0, threads=1, explain=False), start=given)
    order = [[v for v, _ in route] for route in again.stops]
    assert order == [[0], [2, 1], [4, 3]]


def test_a_given_plan_that_breaks_a_rule_is_mended() -> None:
    problem = areas_problem(3, 5, 1)
    stops = [list(route) for route in solve(problem, FEW).stops]
    everything = sorted((s, v) for route in stops for v, s in route)
    one_carer_does_all = [[(v, s) for s, v in everything], *([] for _ in stops[1:])]
    solution = solve(problem, FEW, start=one_carer_does_all)
    assert judge(problem, solution.stops).violations == ()


def test_a_given_plan_of_another_problem_is_refused() -> None:
    problem = areas_problem(3, 5, 1)
    with pytest.raises(ValueError, match="Expected stops of 15 routes, found 1"):
        solve(problem, FEW, start=[[]])
    with pytest.raises(ValueError, match="found 99"):
        solve(problem, FEW, start=[[(99, 0)], *([] for _ in range(14))])
