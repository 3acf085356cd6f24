"""Children of two plans: routes of one, the rest of the other."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from scheduler.solve import BREAK, SolveParams, solve
from scheduler.solve.cross import cross
from scheduler.solve.net import build_net
from scheduler.solve.searcher import Cycle, Searcher, run_cycle
from tests.judge import judge
from tests.random_problems import line_problem, random_problem
from tests.scheduler.engine_problems import mixed_problem

FEW = SolveParams(iterations=3000, threads=1, explain=False)


def test_a_child_of_a_plan_and_itself_is_that_plan() -> None:
    problem = random_problem(np.random.default_rng(1), 30, 6, breaks=False)
    stops = solve(problem, FEW).stops
    child = cross(build_net(problem), stops, stops, np.random.default_rng(1))
    assert [tuple(route) for route in child] == list(stops)


def test_equal_tours_of_other_carers_are_recognised() -> None:
    """The same three tours by other carers: whatever is taken, the child is the first plan."""
    problem = line_problem(visits=6, routes=3)
    first = [[(0, 60), (1, 420)], [(2, 180), (3, 540)], [(4, 300), (5, 660)]]
    second = [first[1], first[2], first[0]]
    for seed in range(20):
        child = cross(build_net(problem), first, second, np.random.default_rng(seed))
        assert [list(route) for route in child] == first


def test_a_child_takes_from_both_parents() -> None:
    problem = line_problem(visits=6, routes=3)
    first = [[(0, 60), (1, 420)], [(2, 180), (3, 540)], [(4, 300), (5, 660)]]
    second = [[(0, 60), (2, 480)], [(1, 120), (4, 600)], [(3, 240), (5, 660)]]
    seen = set()
    for seed in range(50):
        child = cross(build_net(problem), first, second, np.random.default_rng(seed))
        planned = [v for route in child for v, _ in route]
        assert len(planned) == len(set(planned))
        seen |= {tuple(v for v, _ in route) for route in child}
    assert {(0, 1), (2, 3), (4, 5)} <= seen
    assert {(0, 2), (1, 4), (3, 5)} & seen


@pytest.mark.parametrize("seed", range(60))
def test_a_child_holds_no_visit_twice_and_becomes_a_plan(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed), 12, 4)
    first, second = (
        solve(problem, SolveParams(iterations=500, threads=1, explain=False, seed=s)).stops
        for s in (1, 2)
    )
    child = cross(build_net(problem), first, second, np.random.default_rng(seed))
    planned = [v for route in child for v, _ in route if v != BREAK]
    assert len(planned) == len(set(planned))
    begun = solve(problem, SolveParams(iterations=0, threads=1, explain=False), start=child)
    assert judge(problem, begun.stops).violations == ()


def test_barren_children_give_way_to_another_anneal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all anneals end in the same plan, children bring nothing: time is for anneals then."""
    heats: list[float] = []

    def counted(searcher: Searcher, cycle: Cycle, *rest: Any) -> None:
        heats.append(cycle.heat)
        run_cycle(searcher, cycle, *rest)

    # The package's name for the module is that of its function.
    monkeypatch.setattr(sys.modules["scheduler.solve.search"], "run_cycle", counted)
    params = SolveParams(iterations=1_000_000, threads=1, anneals=4, explain=False)
    solution = solve(mixed_problem(3), params)
    assert heats.count(1.0) > 4
    assert heats[-1] < 1.0
    assert 0.7 * 1_000_000 < solution.moves <= 1_000_000
