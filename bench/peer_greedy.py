"""
A first plan for solvers that find none by themselves when starts are tied: append in order of due.

Units (a group, or a visit alone) are taken by rising due time and put at the end of the routes that
cost least. Appending in time order cannot make two routes wait for each other. A unit that fits
nowhere, or costs more than leaving it out, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from scheduler.problem import FOREVER_S, Problem

# Routes tried per member of a group, the soonest ones; all pairs of these are tried.
NEAREST = 12
# Points per second of waiting, at least, in terms of travel: a carer who waits is lost to others.
WAITING = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)


@dataclass(slots=True)
class Tail:
    """The end of a route so far."""

    place: int
    free_s: int
    load: int
    rested: bool
    visits: list[int]


def greedy_routes(problem: Problem) -> list[list[int]]:
    """Visits by route, in order: the cheapest of the plans that each price of waiting gives."""
    plans = [_plan(problem, factor * problem.weights.travel) for factor in WAITING]
    return min(plans, key=lambda plan: plan[0])[1]


def _plan(p: Problem, wait_points: float) -> tuple[float, list[list[int]]]:
    """Points without those put on waiting, and visits by route."""
    tails = [
        Tail(int(p.start_place[k]), int(p.open_s[k]), 0, not p.break_s[k], [])
        for k in range(p.routes)
    ]
    points = 0.0
    for unit in _units(p):
        chosen = _best(p, tails, unit, wait_points)
        if chosen is None:
            points += sum(int(p.drop_points[v]) for v in unit)
            continue
        for v, k, start in zip(unit, *chosen, strict=True):
            points += _cost(p, tails[k], k, v, start, 0.0) or 0.0
            _append(p, tails[k], k, v, start)
    return points, [tail.visits for tail in tails]


def _units(p: Problem) -> list[list[int]]:
    units: dict[int, list[int]] = {}
    for v in range(p.visits):
        label = int(p.group[v])
        units.setdefault(label if label >= 0 else -1 - v, []).append(v)
    return sorted(units.values(), key=lambda unit: min(int(p.due_s[v]) for v in unit))


def _ready(p: Problem, tail: Tail, k: int, v: int) -> int:
    """Earliest start of visit v at the end of route k, the break taken first where it must be."""
    leg = int(p.travel_s[p.mode[k], tail.place, p.place[v]])
    start = max(int(p.early_s[v]), tail.free_s + leg)
    if not tail.rested and start + int(p.duration_s[v]) > int(p.break_late_s[k]):
        rest = max(tail.free_s, int(p.break_early_s[k])) + int(p.break_s[k])
        start = max(start, rest + leg)
    return start


def _append(p: Problem, tail: Tail, k: int, v: int, start: int) -> None:
    if not tail.rested and start + int(p.duration_s[v]) > int(p.break_late_s[k]):
        tail.rested = True
    tail.place, tail.free_s = int(p.place[v]), start + int(p.duration_s[v])
    tail.load += int(p.demand[v])
    tail.visits.append(v)


def _cost(p: Problem, tail: Tail, k: int, v: int, start: int, wait_points: float) -> float | None:
    """Points of visit v at the end of route k; None when a limit is passed."""
    travel = p.travel_s[p.mode[k]]
    home, place = int(p.end_place[k]), int(p.place[v])
    back = start + int(p.duration_s[v]) + int(travel[place, home])
    full = tail.load + int(p.demand[v]) > p.capacity[k]
    if full or start > p.late_s[v] or back > p.close_s[k]:
        return None
    leg, w = int(travel[tail.place, place]), p.weights
    more = leg + int(travel[place, home]) - int(travel[tail.place, home])
    late = max(0, start - int(p.due_s[v]), int(p.wished_s[v]) - start)
    wait = start - tail.free_s - leg if tail.visits else 0
    over = max(0, back - int(p.overtime_from_s[k]))
    points = w.travel * more + (w.tardiness + w.worst_tardiness) * late + w.overtime * over
    points += int(p.carer_points[v, k]) + (0 if tail.visits else int(p.fixed_points[k]))
    return points + max(w.waiting, wait_points) * wait


def _best(
    p: Problem, tails: list[Tail], unit: list[int], wait_points: float
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Cheapest routes and starts of the unit's visits."""
    able = [np.flatnonzero(p.allowed[v]).tolist() for v in unit]
    if len(unit) > 1:
        able = [
            sorted(ks, key=lambda k, v=v: _ready(p, tails[k], k, v))[:NEAREST]
            for v, ks in zip(unit, able, strict=True)
        ]
    best, found = float(sum(int(p.drop_points[v]) for v in unit)), None
    for routes in product(*able):
        if len(set(routes)) < len(routes):
            continue
        starts = _starts(
            p, unit, [_ready(p, tails[k], k, v) for v, k in zip(unit, routes, strict=True)]
        )
        costs = [
            _cost(p, tails[k], k, v, s, wait_points)
            for v, k, s in zip(unit, routes, starts, strict=True)
        ]
        if None not in costs and sum(costs) < best:
            best, found = sum(costs), (routes, tuple(starts))
    return found


def _starts(p: Problem, unit: list[int], ready: list[int]) -> list[int]:
    """Earliest starts that keep the group's offsets, none before it is ready."""
    tied = [p.offset_max_s[v] < FOREVER_S for v in unit]
    first = max(
        [
            ready[0],
            *(r - int(p.offset_max_s[v]) for v, r, t in zip(unit, ready, tied, strict=True) if t),
        ]
    )
    rest = [
        max(r, first + int(p.offset_min_s[v])) if t else r
        for v, r, t in zip(unit[1:], ready[1:], tied[1:], strict=True)
    ]
    return [first, *rest]
