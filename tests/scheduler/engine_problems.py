"""Random problems for the engine's tests, and plans of them made by hand."""

from __future__ import annotations

import numpy as np

from scheduler.problem import FOREVER_S, Problem
from scheduler.solve.chain import begin
from scheduler.solve.edits import apply, plan
from scheduler.solve.net import JOIN, SEAT, Net, State, build_net, empty_state
from scheduler.solve.timing import INFEASIBLE, points_of, retime_all
from tests.random_problems import random_problem

# Stands for the break among the stops of a route.
BREAK = -1


def mixed_problem(seed: int, **switches: bool) -> Problem:
    """A random problem; in some groups of three, two start together and one another time."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, int(rng.integers(2, 15)), int(rng.integers(1, 5)), **switches)
    least, most = problem.offset_min_s.copy(), problem.offset_max_s.copy()
    for label in sorted(set(problem.group.tolist()) - {-1}):
        members = np.flatnonzero(problem.group == label)
        if len(members) > 2 and rng.random() < 0.5:
            v = members[rng.integers(1, len(members))]
            least[v] = most[v] = 0
    return problem.replace(offset_min_s=least, offset_max_s=most)


def without_longest_gaps(problem: Problem) -> Problem:
    """The problem with no upper end of gaps and offsets, but for visits that start together."""
    tied = (problem.offset_min_s >= 0) & (problem.offset_max_s > 0)
    return problem.replace(
        offset_max_s=np.where(tied, FOREVER_S, problem.offset_max_s),
        gap_max_s=np.full_like(problem.gap_max_s, FOREVER_S),
    )


def by_hand(problem: Problem, *stops: tuple[int, int]) -> tuple[Net, State]:
    """
    A plan of `stops`, (visit or BREAK, route), each behind those of its route before it.

    Kin join the first of them at its time.
    """
    net = build_net(problem)
    state = empty_state(net)
    breaks = {
        int(r): net.visits + i for i, r in enumerate(net.node["fixed"][net.visits : net.movable])
    }
    left = [(breaks[r] if visit == BREAK else visit, r) for visit, r in stops]
    while left:
        j, r = left.pop(0)
        begin(state)
        plan(state, SEAT, j, r, int(state.stop[net.movable + len(net.route) + r]["previous"]))
        for k in kin_of(net, j):
            other = next(pair for pair in left if pair[0] == k)
            left.remove(other)
            plan(state, JOIN, *other, j)
        assert apply(net, state)
        retime_all(net, state)
    return net, state


def kin_of(net: Net, j: int) -> list[int]:
    """The others that are planned with `j` or not at all."""
    kin, k = [], int(net.node[j]["kin"])
    while k != j:
        kin.append(k)
        k = int(net.node[k]["kin"])
    return kin


def timed(net: Net, state: State) -> int:
    """Points of the plan timed from nothing, INFEASIBLE when it breaks a rule."""
    points = int(retime_all(net, state))
    assert points == INFEASIBLE or points == points_of(net, state)
    return points


def starts(net: Net, state: State) -> list[int]:
    """Start of every visit."""
    return state.stop["start"][: net.visits].tolist()
