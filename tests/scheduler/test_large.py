"""Large problems in parts, and searches that begin from a given plan."""

from __future__ import annotations

import numpy as np
import pytest

from bench.growth import areas_problem
from scheduler.solve import SolveParams, solve
from scheduler.solve.chance import seed_of
from scheduler.solve.net import build_net
from scheduler.solve.parts import split
from tests.judge import judge
from tests.random_problems import random_problem

FEW = SolveParams(iterations=2000, threads=1, explain=False)


def test_a_plan_made_in_parts_keeps_all_rules_of_the_whole() -> None:
    """Areas that share visits, so some visits are linked across parts."""
    problem = areas_problem(60, 20, 1)
    solution = solve(problem, SolveParams(seconds=3, threads=2, explain=False))
    verdict = judge(problem, solution.stops)
    assert verdict.violations == ()
    assert verdict.points == solution.points


def test_every_visit_and_route_is_in_one_part_and_linked_ones_keep_their_time() -> None:
    problem = areas_problem(12, 20, 1)
    stops = solve(problem, FEW).stops
    parts = split(problem, build_net(problem), stops, 60, seed_of(1))
    assert len(parts) > 2
    assert sorted(np.concatenate([part.visits for part in parts])) == list(range(problem.visits))
    assert sorted(np.concatenate([part.routes for part in parts])) == list(range(problem.routes))
    start = {visit: second for route in stops for visit, second in route}
    for part in parts:
        inside = set(part.visits.tolist())
        for number, visit in enumerate(part.visits.tolist()):
            group = problem.group[visit]
            fellows = set(np.flatnonzero(problem.group == group).tolist()) if group >= 0 else set()
            if not fellows <= inside:
                window = part.problem.early_s[number], part.problem.late_s[number]
                assert window == (start[visit], start[visit])


@pytest.mark.parametrize("seed", range(20))
def test_a_search_from_a_given_plan_ends_no_worse(seed: int) -> None:
    problem = random_problem(
        np.random.default_rng(seed), 8, 3, gaps=False, groups=False, windows=False
    )
    given = solve(problem, FEW)
    again = solve(problem, SolveParams(iterations=0, threads=1, explain=False), start=given.stops)
    assert again.points <= given.points
    assert judge(problem, again.stops).violations == ()


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
