"""
From a :class:`Problem` to routes: build the net, search, read the best plan off.

Sees arrays only. Source of the design: docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

from scheduler.problem import BREAK, Problem
from scheduler.solve.explain import Explanation, explain
from scheduler.solve.given import Stops
from scheduler.solve.net import build_net
from scheduler.solve.params import SolveParams
from scheduler.solve.proof import Proof, worth_a_proof
from scheduler.solve.search import Progress, search
from scheduler.solve.stop import Stop
from scheduler.solve.whole import routes_of

__all__ = ["BREAK", "Explanation", "Progress", "Solution", "SolveParams", "solve"]


@dataclass(frozen=True, slots=True)
class Solution:
    """
    Parameters
    ----------
    stops
        Per route ``(visit or BREAK, start_s)`` in order.
    unassigned
        One explanation per visit left out, in rising order of visits; none when not asked for.
    travel_s, waiting_s, tardiness_s, worst_tardiness_s, overtime_s, worst_idle_s
        Quantities of the objective's terms.
    points
        The objective, dropped visits included.
    moves
        Moves tried.
    bound
        No plan has fewer points; None where no bound is known.
    """

    stops: tuple[tuple[tuple[int, int], ...], ...]
    unassigned: tuple[Explanation, ...]
    travel_s: int
    waiting_s: int
    tardiness_s: int
    worst_tardiness_s: int
    overtime_s: int
    worst_idle_s: int
    points: int
    moves: int
    bound: int | None = None

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return self.bound is not None and self.points <= self.bound


def solve(
    problem: Problem,
    params: SolveParams,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Stops | None = None,
) -> Solution:
    """
    The best plan of `problem` found within `params`.

    Parameters
    ----------
    should_stop
        Asked about ten times a second from the calling thread; True ends the search within 0.2 s.
    start
        Plan to begin from, per route ``(visit or BREAK, start_s)`` in order; what breaks a rule in
        it is planned anew.

    Raises
    ------
    ValueError
        When `start` names another number of routes or an unknown visit.
    """
    began = perf_counter()
    stop = Stop(should_stop)
    net = build_net(problem, stop.ask)
    # What the arrays took is part of the time.
    params = replace(params, seconds=max(params.seconds - (perf_counter() - began), 1e-3))
    bound: int | None = None
    if params.prove and params.iterations is None and worth_a_proof(problem):
        with Proof(problem, params.seconds) as proof:
            best = search(net, params, stop, on_progress, start, proof)
            bound = proof.bound
    else:
        best = search(net, params, stop, on_progress, start)
    best.rewind()
    travel, waiting, tardiness, worst, overtime, idle = (int(s) for s in best.state.sums[:6])
    return Solution(
        stops=routes_of(net, best.state),
        unassigned=tuple(explain(problem, best, stop) if params.explain else ()),
        travel_s=travel,
        waiting_s=waiting,
        tardiness_s=tardiness,
        worst_tardiness_s=worst,
        overtime_s=overtime,
        worst_idle_s=idle,
        points=best.points,
        moves=best.moves,
        bound=bound,
    )
