"""
Millions of random moves: re-timing in part agrees with timing from nothing, undoing leaves no
trace, and no rule that needs no timing is ever broken.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from scheduler.problem import Problem
from scheduler.solve.net import TRAVEL, Net, State
from scheduler.solve.timing import points_of
from tests.random_problems import random_problem
from tests.scheduler.engine_problems import mixed_problem, without_longest_gaps
from tests.scheduler.engine_walk import (
    AGAIN,
    CARER,
    CHAIN,
    COMPARED,
    KEPT,
    KEYS,
    KIN,
    LATER,
    LEGS,
    LIMITS,
    LOAD,
    NAMES,
    NOTHING,
    POINTS,
    REFUSALS,
    RUINS,
    SPAN,
    STARTS,
    SUMS,
    TOURS,
    TRIED,
    Walk,
    check_chains,
    check_sums,
    compare,
    walk_of,
    wander,
)


def walk_all(
    problem_of: Callable[[int], Problem], seeds: range, ruin: int, lenient: bool, steps: int = 3000
) -> np.ndarray:
    """Walk on one problem per seed; the tally of all."""
    tally = np.zeros(8, dtype=np.int64)
    for seed in seeds:
        walk = walk_of(problem_of(seed), seed)
        found = wander(walk, steps, 2000, 1, ruin, lenient)
        assert found == NOTHING, f"problem {seed}, move {walk.tally[TRIED]}: {NAMES[found]}"
        tally += walk.tally
    return tally


def test_every_move_is_timed_as_if_from_nothing() -> None:
    """Every rule at work but longest gaps; every kept plan and every refusal is compared."""
    tally = walk_all(lambda s: without_longest_gaps(mixed_problem(s)), range(600), 0, False)
    assert tally[TRIED] == 600 * 3000
    assert min(tally[KEPT], tally[COMPARED], tally[AGAIN]) > 100_000
    # Savings that links carry on to other routes are not foreseen.
    assert tally[LIMITS] * 100 < tally[KEPT]


def test_so_is_every_ruin_and_recreate() -> None:
    tally = walk_all(lambda s: without_longest_gaps(mixed_problem(s)), range(300), 10, False)
    assert tally[RUINS] > 50_000
    assert tally[COMPARED] > 50_000


def test_with_longest_gaps_a_start_may_be_later_than_need_be_but_seldom() -> None:
    """
    A pull that is renewed by a visit which itself is timed later once more stays too strong.

    Such a plan keeps every rule, and its points are those of its own starts.
    """
    tally = walk_all(mixed_problem, range(600), 20, True)
    assert tally[LATER] * 1000 < tally[COMPARED]
    assert tally[REFUSALS] * 1000 < tally[AGAIN]
    assert tally[LIMITS] * 100 < tally[KEPT]


def test_larger_problems() -> None:
    def problem_of(seed: int) -> Problem:
        rng = np.random.default_rng(seed)
        return without_longest_gaps(random_problem(rng, 80, 8, day_s=28_800))

    tally = walk_all(problem_of, range(8), 20, False, 20_000)
    assert tally[COMPARED] > 10_000


def first_visit(net: Net, state: State) -> int:
    """A planned visit that another one follows."""
    after = state.stop["next"][: net.visits]
    return int(np.flatnonzero((after >= 0) & (after < net.visits))[0])


def _swapped_links(net: Net, state: State, j: int) -> None:
    state.stop["previous"][state.stop["next"][j]] = -1


def _late_key(net: Net, state: State, j: int) -> None:
    state.stop["key"][j] = state.stop["key"][state.stop["next"][j]]


def _lost_leg(net: Net, state: State, j: int) -> None:
    state.stop["leg"][j] += 1


def _lost_second(net: Net, state: State, j: int) -> None:
    state.stop["start"][state.stop["next"][j]] -= 1


def _lost_travel(net: Net, state: State, j: int) -> None:
    state.sums[TRAVEL] -= 1


def _lost_load(net: Net, state: State, j: int) -> None:
    state.tour["load"] += 1


def _narrow_route(net: Net, state: State, j: int) -> None:
    net.route["capacity"] = net.node["demand"][j] - 1


def _lost_pay(net: Net, state: State, j: int) -> None:
    net.route["span_points"] += 1


def _short_span(net: Net, state: State, j: int) -> None:
    net.route["most_span"] = 0


def _unskilled(net: Net, state: State, j: int) -> None:
    net.allowed[j] = False


def _half_a_group(net: Net, state: State, j: int) -> None:
    out = int(np.flatnonzero(state.stop["route"][: net.visits] < 0)[0])
    net.node["kin"][[j, out]] = out, j


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (_swapped_links, CHAIN),
        (_late_key, KEYS),
        (_lost_leg, LEGS),
        (_lost_second, STARTS),
        (_lost_travel, SUMS),
        (_lost_load, TOURS),
        (_narrow_route, LOAD),
        (_lost_pay, SUMS),
        (_short_span, SPAN),
        (_unskilled, CARER),
        (_half_a_group, KIN),
    ],
)
def test_a_planted_fault_is_found(spoil: Callable[[Net, State, int], None], found: int) -> None:
    """Else the walks above would prove nothing."""
    walk = planned_walk()
    net, state = walk.net, walk.state
    points = points_of(net, state)
    assert check_chains(net, state, walk.seen) == check_sums(net, state, points) == NOTHING
    spoil(net, state, first_visit(net, state))
    first = check_chains(net, state, walk.seen)
    assert (first or check_sums(net, state, points)) == found


def test_planted_points_and_a_later_start_are_found() -> None:
    walk = planned_walk()
    net, state = walk.net, walk.state
    points = points_of(net, state)
    assert compare(net, state, walk.other, points) == NOTHING
    assert compare(net, state, walk.other, points - 1) == POINTS
    assert check_sums(net, state, points - 1) == POINTS
    state.stop["start"][first_visit(net, state)] += 1
    assert compare(net, state, walk.other, points) == STARTS


def planned_walk() -> Walk:
    """Several visits on a route with time to spare, and one left out that nobody may do."""
    rng = np.random.default_rng(3)
    problem = random_problem(rng, 8, 2, weights=False, skills=False, groups=False, breaks=False,
                             capacity=False, gaps=False, recipients=False, pools=False)  # fmt: skip
    allowed = problem.allowed.copy()
    allowed[7] = False
    demand = np.ones(8, dtype=np.int64)
    drop = np.full(8, 1_000_000)
    return walk_of(problem.replace(allowed=allowed, demand=demand, drop_points=drop), 1)
