"""
The fewest points of a tiny problem, by trying every plan: each order, each break, each start.

Every whole second of the day is tried as a start, so the day has to be some twenty seconds long,
with three or four visits and one or two routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from scheduler.problem import MUST_POINTS, Problem


@dataclass(frozen=True, slots=True)
class Tour:
    """
    One way to walk a route.

    Parameters
    ----------
    starts
        (visit, start) in order of visits.
    points
        What the tour adds to the objective whatever the others do.
    late_s, idle_s
        Seconds of its latest visit, and its idle time.
    """

    starts: tuple[tuple[int, int], ...]
    points: int
    late_s: int
    idle_s: int


@dataclass(frozen=True, slots=True)
class Way:
    """A tour under way: where the carer is, since when, and what was done until then."""

    place: int
    free_s: int
    starts: tuple[tuple[int, int], ...] = ()
    paused: bool = False
    travel_s: int = 0
    waiting_s: int = 0
    missing_s: int = 0


def fewest_points(problem: Problem) -> int:
    """The objective of the best plan; there always is one, that of no visits."""
    plans: list[list[Tour]] = [[]]
    for k in range(problem.routes):
        ways = _useful(_tours(problem, k))
        plans = [
            [*plan, tour]
            for plan in plans
            for tour in ways
            if not {v for t in plan for v, _ in t.starts} & {v for v, _ in tour.starts}
        ]
    best: int | None = None
    for plan in plans:
        if not _pools_hold(problem, plan):
            continue
        points = _points(problem, plan)
        if best is None or points < best:
            starts = {v: (s, k) for k, tour in enumerate(plan) for v, s in tour.starts}
            if _agree(problem, starts):
                best = points
    assert best is not None
    return best


def _pools_hold(problem: Problem, plan: list[Tour]) -> bool:
    used = [k for k, tour in enumerate(plan) if tour.starts]
    return all(
        len(set(used) & set(problem.pool_route[problem.pool_label == q].tolist())) <= most
        for q, most in enumerate(problem.pool_most.tolist())
    )


def _points(problem: Problem, plan: list[Tour]) -> int:
    planned = {v for tour in plan for v, _ in tour.starts}
    dropped = sum(int(problem.drop_points[v]) for v in range(problem.visits) if v not in planned)
    late = max((tour.late_s for tour in plan), default=0)
    idle = max((tour.idle_s for tour in plan), default=0)
    come: dict[int, set[int]] = {}
    for k, tour in enumerate(plan):
        for v, _ in tour.starts:
            for q in problem.bond_label[problem.bond_visit == v].tolist():
                if not problem.bond_known[q, k]:
                    come.setdefault(q, set()).add(int(problem.carer[k]))
    bonds = sum(
        int(problem.bond_points[q]) * max(0, len(carers) - int(problem.bond_free[q]))
        for q, carers in come.items()
    )
    return (
        dropped
        + bonds
        + sum(tour.points for tour in plan)
        + problem.weights.worst_tardiness * late
        + problem.weights.worst_idle * idle
    )


def _useful(tours: Iterator[Tour]) -> list[Tour]:
    """Of tours with the same starts those that no other beats in both points and idle time."""
    by_starts: dict[tuple[tuple[int, int], ...], list[Tour]] = {}
    for tour in tours:
        rivals = by_starts.setdefault(tour.starts, [])
        if any(r.points <= tour.points and r.idle_s <= tour.idle_s for r in rivals):
            continue
        rivals[:] = [r for r in rivals if r.points < tour.points or r.idle_s < tour.idle_s]
        rivals.append(tour)
    return [tour for rivals in by_starts.values() for tour in rivals]


def _tours(problem: Problem, k: int) -> Iterator[Tour]:
    """Every tour of route k that keeps the rules of its own."""
    ways = [Way(int(problem.start_place[k]), int(problem.open_s[k]))]
    while ways:
        way = ways.pop()
        tour = _home(problem, k, way)
        if tour is not None:
            yield tour
        ways += _pauses(problem, k, way)
        for v in range(problem.visits):
            ways += _visits(problem, k, way, v)


def _visits(problem: Problem, k: int, way: Way, v: int) -> Iterator[Way]:
    """Go on to visit v, at every second that a window of it leaves."""
    done = [u for u, _ in way.starts]
    load = sum(int(problem.demand[u]) for u in (*done, v))
    if v in done or not problem.allowed[v, k] or load > problem.capacity[k]:
        return
    leg = int(problem.travel_s[problem.mode[k], way.place, problem.place[v]])
    for start in range(way.free_s + leg, int(problem.close_s[k]) + 1):
        if _tardiness(problem, v, start) is not None:
            yield Way(
                place=int(problem.place[v]),
                free_s=start + int(problem.duration_s[v]),
                starts=(*way.starts, (v, start)),
                paused=way.paused,
                travel_s=way.travel_s + leg,
                waiting_s=way.waiting_s + (start - way.free_s - leg if done else 0),
                missing_s=way.missing_s
                + (max(0, int(problem.slack_s[v]) - (start - way.free_s - leg)) if done else 0),
            )


def _pauses(problem: Problem, k: int, way: Way) -> Iterator[Way]:
    """Take the break here, at every second of its frame."""
    if way.paused or problem.break_s[k] == 0:
        return
    first = max(way.free_s, int(problem.break_early_s[k]))
    for start in range(first, min(int(problem.break_late_s[k]), int(problem.close_s[k])) + 1):
        yield Way(
            place=way.place,
            free_s=start + int(problem.break_s[k]),
            starts=way.starts,
            paused=True,
            travel_s=way.travel_s,
            waiting_s=way.waiting_s + (start - way.free_s if way.starts else 0),
            missing_s=way.missing_s,
        )


def _home(problem: Problem, k: int, way: Way) -> Tour | None:
    """End the tour here; None when that is too late or the break is still to take."""
    weights, used = problem.weights, bool(way.starts)
    leg = int(problem.travel_s[problem.mode[k], way.place, problem.end_place[k]]) if used else 0
    back = way.free_s + leg
    missed = bool(problem.break_s[k] > 0) and not way.paused
    must = bool(problem.break_points[k] >= MUST_POINTS)
    if back > problem.close_s[k] or (missed and must and used):
        return None
    tardy = [_tardiness(problem, v, s) or 0 for v, s in way.starts]
    ends, opened = int(problem.overtime_from_s[k]), int(problem.open_s[k])
    worked = sum(int(problem.duration_s[v]) for v, _ in way.starts) + way.travel_s + leg
    spanned = worked + way.waiting_s
    if spanned > problem.most_span_s[k]:
        return None
    rested = int(problem.break_s[k]) if way.paused else 0
    points = weights.tardiness * sum(tardy)
    points += weights.travel * (way.travel_s + leg) + weights.waiting * way.waiting_s
    if used:
        points += weights.overtime * max(0, back - ends) + int(problem.fixed_points[k])
        points += int(problem.span_points[k]) * max(int(problem.least_span_s[k]), spanned)
    points += weights.slack * way.missing_s
    care = sum(int(problem.duration_s[v]) for v, _ in way.starts)
    points += weights.load * max(0, care - int(problem.fair_s[k]))
    if missed and not must:
        points += int(problem.break_points[k])
    points += sum(int(problem.carer_points[v, k]) for v, _ in way.starts)
    return Tour(
        starts=tuple(sorted(way.starts)),
        points=points,
        late_s=max(tardy, default=0),
        idle_s=max(0, (max(back, ends) if used else ends) - opened - worked - rested),
    )


def _tardiness(problem: Problem, v: int, start: int) -> int | None:
    """Seconds after the due time or before the wished one; None where no window allows it."""
    early, due, late = problem.early_s[v], problem.due_s[v], problem.late_s[v]
    for at in range(len(problem.more_visit)):
        if problem.more_visit[at] == v and problem.more_early_s[at] <= start:
            early, due = problem.more_early_s[at], problem.more_due_s[at]
            late = problem.more_late_s[at]
    if not early <= start <= late:
        return None
    return max(0, start - int(due), int(problem.wished_s[v]) - start)


def _agree(problem: Problem, planned: dict[int, tuple[int, int]]) -> bool:
    """Whether (start, route) of the planned visits keep the rules between visits."""
    for v in range(problem.visits):
        for u in range(v + 1, problem.visits):
            if problem.group[v] == problem.group[u] >= 0 and (v in planned) != (u in planned):
                return False
    for a, b in combinations(sorted(planned), 2):
        if problem.group[a] == problem.group[b] >= 0:
            carers = {int(problem.carer[planned[v][1]]) for v in (a, b)}
            if len(carers) == 1 and (problem.apart[a] or problem.apart[b]):
                return False
            lowest = problem.group.tolist().index(problem.group[a])
            after = planned[b][0] - planned[lowest][0]
            if not problem.offset_min_s[b] <= after <= problem.offset_max_s[b]:
                return False
        elif problem.recipient[a] == problem.recipient[b] >= 0:
            (first, length), (second, _) = sorted(
                (planned[v][0], int(problem.duration_s[v])) for v in (a, b)
            )
            if first + length > second:
                return False
    for at in range(len(problem.gap_first)):
        a, b = int(problem.gap_first[at]), int(problem.gap_second[at])
        if a in planned and b in planned:
            after = planned[b][0] - planned[a][0]
            if not problem.gap_min_s[at] <= after <= problem.gap_max_s[at]:
                return False
    return True
