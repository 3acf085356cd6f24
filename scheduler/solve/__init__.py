"""
From a :class:`Problem` to routes: build the net, search, read the best plan off.

Sees arrays only. Source of the design: docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.problem import Problem
from scheduler.solve.explain import Explanation, explain
from scheduler.solve.net import build_net
from scheduler.solve.params import SolveParams
from scheduler.solve.search import Progress, search

__all__ = ["BREAK", "Explanation", "Progress", "Solution", "SolveParams", "solve"]

# Stands for the break in a route's list of stops.
BREAK = -1


@dataclass(frozen=True, slots=True)
class Solution:
    """
    Parameters
    ----------
    stops
        Per route ``(visit or BREAK, start_s)`` in order.
    unassigned
        One explanation per visit left out, in rising order of visits.
    travel_s, waiting_s, tardiness_s, worst_tardiness_s
        Quantities of the objective's terms.
    points
        The objective, dropped visits included.
    moves
        Moves tried.
    """

    stops: tuple[tuple[tuple[int, int], ...], ...]
    unassigned: tuple[Explanation, ...]
    travel_s: int
    waiting_s: int
    tardiness_s: int
    worst_tardiness_s: int
    points: int
    moves: int


def solve(
    problem: Problem,
    params: SolveParams,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """The best plan of `problem` found within `params`."""
    net = build_net(problem)
    best = search(net, params, on_progress, should_stop)
    best.rewind()
    stops: list[list[tuple[int, int]]] = [[] for _ in range(problem.routes)]
    for unit in best.state.order:
        for node in net.member[net.unit_at[unit] : net.unit_at[unit + 1]]:
            if (route := int(best.state.route[node])) >= 0:
                visit = int(node) if node < problem.visits else BREAK
                stops[route].append((visit, int(best.state.start[node])))
    travel, waiting, tardiness, worst, _ = (int(t) for t in best.state.terms)
    return Solution(
        stops=tuple(tuple(route) for route in stops),
        unassigned=tuple(explain(problem, best)),
        travel_s=travel,
        waiting_s=waiting,
        tardiness_s=tardiness,
        worst_tardiness_s=worst,
        points=best.points,
        moves=best.moves,
    )
