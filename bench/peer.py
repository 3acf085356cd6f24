"""
What every solver beside ours offers, and the little they share.

A peer sees the same :class:`scheduler.problem.Problem` as our search and gives stops as our search
does. It either models a problem or says which part of it has no place in its model. Nothing here
loads our search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.drive import Stops
from scheduler.problem import FOREVER_S, Bool, Problem


@dataclass(frozen=True, slots=True)
class Peer:
    """
    Parameters
    ----------
    name
        As printed.
    lacks
        Parts of a problem that the model has no place for; empty when it can be solved.
    solve
        Stops from a problem, which visits no plan may leave out, wall seconds and a seed; None when
        no plan was found.
    unseen
        Parts that the judge counts and the solver's search does not see; it runs all the same.
    """

    name: str
    lacks: Callable[[Problem], tuple[str, ...]]
    solve: Callable[[Problem, Bool, float, int], Stops | None]
    unseen: Callable[[Problem], tuple[str, ...]] = lambda _: ()


def lacks_of_shifts(problem: Problem) -> tuple[str, ...]:
    """What is counted on shifts besides their travel and waiting, and too many for the cars."""
    p = problem
    parts = {
        "paid time": bool(p.span_points.any() or (p.most_span_s < FOREVER_S).any()),
        "shared cars": len(p.pool_most) > 0,
        "slack": bool(p.weights.slack and p.slack_s.any()),
        "fair load": bool(p.weights.load and (p.fair_s < FOREVER_S).any()),
    }
    return tuple(name for name, is_there in parts.items() if is_there)


def lacks_of_vrptw(problem: Problem, sayable: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """
    What goes beyond hard windows, capacity, travel and fixed costs.

    Parameters
    ----------
    sayable
        Parts that the solver itself could say, though its model here does not; named only where
        nothing else stands in the way.
    """
    p, w = problem, problem.weights
    soft = bool((p.due_s < p.late_s).any() or (p.wished_s > p.early_s).any())
    cared = p.recipient[p.recipient >= 0]
    parts: dict[str, bool] = {
        "tied starts": bool((p.group >= 0).any()) or len(p.gap_first) > 0,
        "one visit at a time per recipient": len(np.unique(cared)) < len(cared),
        "tardiness": w.tardiness > 0 and soft,
        "worst tardiness": w.worst_tardiness > 0 and soft,
        "worst idle time": w.worst_idle > 0,
        "waiting as a cost": w.waiting > 0,
        "overtime": w.overtime > 0 and bool((p.overtime_from_s < p.close_s).any()),
        "skills": not p.allowed.all(),
        "several windows": len(p.more_visit) > 0,
        "breaks": bool(p.break_s.any()),
        "points of carers": bool(p.carer_points.any()),
        "carers by person": bool(p.bond_points.any()),
        **dict.fromkeys(lacks_of_shifts(p), True),
        "several travel modes": len(np.unique(p.mode)) > 1,
        "several depots": len(np.unique([p.start_place, p.end_place])) > 1,
    }
    there = tuple(name for name, is_there in parts.items() if is_there)
    beyond = tuple(name for name in there if name not in sayable)
    return beyond or tuple(f"{name} (not written here)" for name in there)


def earliest(problem: Problem, routes: Sequence[Sequence[int]]) -> Stops:
    """Each visit as early as its route lets it; for problems without breaks and tied starts."""
    p, found = problem, []
    for k, visits in enumerate(routes):
        at, free, stops = int(p.start_place[k]), int(p.open_s[k]), []
        for v in visits:
            start = max(int(p.early_s[v]), free + int(p.travel_s[p.mode[k], at, p.place[v]]))
            stops.append((v, start))
            at, free = int(p.place[v]), start + int(p.duration_s[v])
        found.append(tuple(stops))
    return tuple(found)


def horizon(problem: Problem) -> int:
    """A time that no sensible plan passes: all visits one after the other, then home."""
    p = problem
    legs = int(p.travel_s.max(initial=0)) * (p.visits + 1)
    begin = max(int(p.early_s.max(initial=0)), int(p.more_early_s.max(initial=0)))
    begin = max(begin, int(p.open_s.max(initial=0)), int(p.break_early_s.max(initial=0)))
    last = begin + int(p.duration_s.sum()) + int(p.break_s.max(initial=0)) + legs
    return min(int(p.close_s.max(initial=0)), last, FOREVER_S)
