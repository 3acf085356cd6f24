"""Faults that the engine once had, each in the smallest case that shows it."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.objective import Weights
from scheduler.problem import FOREVER_S
from scheduler.solve import SolveParams, solve
from scheduler.solve.anneal import propose
from scheduler.solve.chain import begin
from scheduler.solve.edits import apply, plan
from scheduler.solve.net import JOIN, PUT, SEAT, TAKE, build_net, empty_state
from scheduler.solve.timing import INFEASIBLE, retime
from tests.judge import judge
from tests.random_problems import line_problem
from tests.scheduler.engine_problems import by_hand, starts, timed
from tests.scheduler.engine_walk import NAMES, check_chains, compare, walk_of

FEW = SolveParams(iterations=2000, threads=1)


def test_of_two_visits_with_one_key_the_first_is_timed_first() -> None:
    """
    The heap held equal keys in any order: visit 1 was timed by the old start of visit 0.

    One person; 0 comes to the front of its route at second 0, just as 1 on the other route.
    """
    problem = line_problem(
        visits=3, routes=2, place=[0] * 3, recipient=[0, 0, -1], duration_s=[100, 100, 3000],
        early_s=[0, 0, 50], late_s=[9000, 500, 9000], close_s=[20_000] * 2,
    )  # fmt: skip
    net, state = by_hand(problem, (1, 1), (2, 0), (0, 0))
    assert timed(net, state) == 0
    assert starts(net, state) == [3050, 0, 50]
    begin(state)
    plan(state, TAKE, 0, 0, 0)
    plan(state, PUT, 0, 0, net.movable)
    assert apply(net, state)
    assert state.stop["key"][0] == state.stop["key"][1]
    assert retime(net, state, INFEASIBLE - 1) == 0
    assert starts(net, state) == [0, 100, 100]


def test_the_first_of_three_mates_is_asked_again_after_the_second() -> None:
    """From 200 on, the second opens at 500, when the first has closed; the third is always open."""
    problem = line_problem(
        visits=3, routes=3, place=[0] * 3, group=[0] * 3, open_s=[200] * 3,
        late_s=[400, 100, 3000], more_visit=[1], more_early_s=[500], more_due_s=[900],
        more_late_s=[900],
    )  # fmt: skip
    net, state = by_hand(problem, (0, 0), (1, 1), (2, 2))
    assert timed(net, state) == INFEASIBLE
    later = problem.replace(
        more_visit=[0, 1],
        more_early_s=[600, 500],
        more_due_s=[900, 900],
        more_late_s=[900, 900],
    )
    net, state = by_hand(later, (0, 0), (1, 1), (2, 2))
    assert timed(net, state) == 0
    assert starts(net, state) == [600, 600, 600]


def test_kin_that_join_a_route_keep_its_capacity() -> None:
    """Each of two fits alone, and there is time for both, so the route's end stands still."""
    problem = line_problem(
        visits=3, routes=1, place=[0] * 3, group=[-1, 0, 0], apart=[False] * 3,
        offset_min_s=[0, 0, -FOREVER_S], offset_max_s=[0, 0, FOREVER_S], early_s=[3000, 0, 0],
        demand=[0, 1, 1], capacity=[1],
    )  # fmt: skip
    net, state = by_hand(problem, (0, 0))
    timed(net, state)
    begin(state)
    plan(state, SEAT, 1, 0, net.movable)
    plan(state, JOIN, 2, 0, 1)
    assert not apply(net, state) or retime(net, state, INFEASIBLE - 1) == INFEASIBLE


@pytest.mark.parametrize("order", [[(1, 1), (0, 0), (2, 2)], [(1, 1), (2, 2), (0, 0)]])
def test_mates_that_join_a_third_of_their_group_have_one_key(order: list[tuple[int, int]]) -> None:
    """0 and 2 start together, 1 at least 100 s later; 1 is seated first."""
    problem = line_problem(
        visits=3, routes=3, place=[0] * 3, group=[0] * 3, offset_min_s=[0, 100, 0],
        offset_max_s=[0, 1000, 0], early_s=[500] * 3,
    )  # fmt: skip
    net = build_net(problem)
    state = empty_state(net)
    begin(state)
    for visit, r in order:
        plan(state, SEAT if visit == 1 else JOIN, visit, r, net.movable + r if visit == 1 else 1)
    assert apply(net, state)
    assert state.stop["key"][0] == state.stop["key"][2] < state.stop["key"][1]
    assert timed(net, state) == 0
    assert starts(net, state) == [500, 600, 500]


def test_who_depends_on_a_mate_is_timed_when_the_mate_changes_its_turn() -> None:
    """
    Visits 0 and 1 start together at 1300; 2, to the same person as 1, is over before.

    0 goes before 3 on its route, so 1 has its turn before 2, though neither starts another time.
    """
    problem = line_problem(
        visits=4, routes=3, place=[0] * 4, group=[0, 0, -1, -1], recipient=[-1, 0, 0, -1],
        early_s=[1300, 1300, 1100, 1000], duration_s=[300, 300, 100, 300],
    )  # fmt: skip
    walk = walk_of(problem, 1)
    net, state = by_hand(problem, (2, 2), (3, 0), (0, 0), (1, 1))
    assert timed(net, state) == 0
    assert starts(net, state) == [1300, 1300, 1100, 1000]
    begin(state)
    plan(state, TAKE, 0, 0, 0)
    plan(state, PUT, 0, 0, net.movable)
    assert apply(net, state)
    points = retime(net, state, INFEASIBLE - 1)
    assert points < INFEASIBLE
    assert starts(net, state) == [1300, 1300, 1600, 1600]
    assert NAMES[compare(net, state, walk.other, points)] == "nothing"
    assert NAMES[check_chains(net, state, walk.seen)] == "nothing"


def test_a_plan_with_a_hundred_longest_gaps_can_be_timed_from_nothing() -> None:
    """The pulls of one move have an end; those of a whole plan are as many as it has gaps."""
    pairs = 100
    n = 2 * pairs
    problem = line_problem(
        visits=n, routes=n, place=[0] * n, start_place=[0] * n, end_place=[0] * n,
        travel_s=[[[0]]], early_s=[0, 1000] * pairs, gap_first=np.arange(0, n, 2),
        gap_second=np.arange(1, n, 2), gap_min_s=[10] * pairs, gap_max_s=[100] * pairs,
    )  # fmt: skip
    net, state = by_hand(problem, *((v, v) for v in range(n)))
    assert timed(net, state) == 0
    assert starts(net, state) == [900, 1000] * pairs


def test_the_longest_move_fits_into_its_list() -> None:
    """Two whole routes of pairs change carers: each visit is taken, put and checked."""
    pairs = 12
    n = 2 * pairs
    problem = line_problem(
        visits=n, routes=2, group=np.repeat(np.arange(pairs), 2), close_s=[20_000] * 2,
        late_s=[20_000] * n,
    )  # fmt: skip
    walk = walk_of(problem, 1)
    longest = 0
    for _ in range(20_000):
        begin(walk.state)
        propose(walk.net, walk.state, walk.seed, walk.moves, INFEASIBLE, True, True)
        longest = max(longest, int(walk.state.count[5]))
    assert 2 * n < longest <= len(walk.state.edit)


def test_only_visits_that_want_it_are_apart_from_the_rest_of_their_group() -> None:
    """Of three, one wants another carer than the others have; there are two carers."""
    any_time = [0, -FOREVER_S, -FOREVER_S]
    problem = line_problem(
        visits=3, routes=2, group=[0] * 3, apart=[True, False, False], offset_min_s=any_time,
        offset_max_s=[-s for s in any_time],
    )  # fmt: skip
    solution = solve(problem, SolveParams(iterations=20_000, threads=1))
    assert judge(problem, solution.stops).violations == ()
    assert solution.points == 480


def test_the_worst_idle_time_is_told_also_where_it_costs_nothing() -> None:
    problem = line_problem(visits=1, routes=1, weights=Weights(1))
    assert solve(problem, FEW).worst_idle_s == 3600 - 420


def test_a_full_route_does_not_hide_the_places_of_the_others() -> None:
    """At one address every place costs the same; the first carer has time for twelve visits."""
    problem = line_problem(
        visits=36, routes=3, place=[0] * 36, start_place=[0] * 3, end_place=[0] * 3,
        travel_s=[[[0]]],
    )  # fmt: skip
    assert solve(problem, SolveParams(iterations=0, threads=1)).unassigned == ()
