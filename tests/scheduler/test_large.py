"""Large problems in parts, and searches that begin from a given plan."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest

from bench.growth import areas_problem
from scheduler.problem import MUST_POINTS
from scheduler.solve import SolveParams, solve
from scheduler.solve.chance import seed_of
from scheduler.solve.net import build_net
from scheduler.solve.params import Moves
from scheduler.solve.parts import split
from scheduler.solve.searcher import Cycle, Searcher, run_cycle
from scheduler.solve.whole import routes_of
from tests.judge import judge
from tests.random_problems import line_problem, random_problem

FEW = SolveParams(iterations=2000, threads=1, explain=False)


def test_a_plan_made_in_parts_keeps_all_rules_of_the_whole() -> None:
    """Areas that share visits, so some visits are linked across parts."""
    problem = areas_problem(60, 20, 1)
    solution = solve(problem, SolveParams(seconds=3, threads=2, explain=False))
    verdict = judge(problem, solution.stops)
    assert verdict.violations == ()
    assert verdict.points == solution.points


def test_a_first_plan_that_takes_all_the_time_is_a_plan() -> None:
    problem = areas_problem(60, 20, 1)
    solution = solve(problem, SolveParams(seconds=0.01, threads=2, explain=False))
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


def test_a_part_counts_its_points_as_the_judge_does_and_gets_better() -> None:
    """Visits that are held must be planned; a first count that left them out beat every plan."""
    problem = areas_problem(12, 20, 1)
    stops = solve(problem, FEW).stops
    held = better = 0
    for part in split(problem, build_net(problem), stops, 60, seed_of(1)):
        net = build_net(part.problem)
        searcher = Searcher(net, 1, Moves(), part.stops)
        before = searcher.best_points
        assert before == judge(part.problem, routes_of(net, searcher.state)).points
        run_cycle(searcher, Cycle(1.0, 0.3), SolveParams(iterations=20_000), 0.0, Event())
        searcher.rewind()
        assert searcher.best_points == judge(part.problem, routes_of(net, searcher.state)).points
        held += int((part.problem.drop_points >= MUST_POINTS).sum())
        better += searcher.best_points < before
    assert held > 0
    assert better > 0


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
