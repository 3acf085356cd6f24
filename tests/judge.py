"""
The judge of a plan on the arrays of a Problem: plain Python, nothing shared with any solver.

Rules and sums are written from the docstrings of :mod:`scheduler.problem` and
:mod:`scheduler.objective`, one function per rule and per sum. Start times are judged as given; they
need not be the earliest possible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from scheduler.problem import MUST_POINTS, Problem

# Stands for the break among the stops of a route.
BREAK = -1

Stops = Sequence[Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What a plan is worth, and every rule it breaks.

    Parameters
    ----------
    violations
        One sentence per broken rule, its name first; empty for a plan that keeps all.
    travel_s, waiting_s, tardiness_s, overtime_s
        Seconds over all routes and planned visits.
    worst_tardiness_s, worst_idle_s
        Seconds of the latest visit and of the idlest route.
    points
        The objective; it is meant for a plan without violations.
    """

    violations: tuple[str, ...]
    travel_s: int
    waiting_s: int
    tardiness_s: int
    worst_tardiness_s: int
    overtime_s: int
    worst_idle_s: int
    points: int


@dataclass(slots=True)
class Walk:
    """
    One route as it is walked.

    Parameters
    ----------
    stops
        Per stop (visit or BREAK, arrival, start, end), all in seconds.
    travel_s, return_s
        Sum of the legs, and arrival at the last place; a route without visits has no legs.
    """

    stops: list[tuple[int, int, int, int]] = field(default_factory=list)
    travel_s: int = 0
    return_s: int = 0

    @property
    def visits(self) -> list[int]:
        return [v for v, *_ in self.stops if v != BREAK]

    @property
    def takes_break(self) -> bool:
        return len(self.visits) < len(self.stops)


def judge(problem: Problem, stops: Stops) -> Verdict:
    """
    Judge the plan `stops`: per route its stops in order, as (visit or BREAK, start in seconds).

    A visit on no route is left out.

    Raises
    ------
    ValueError
        When `stops` has another number of routes than the problem.
    IndexError
        When a stop is no visit of the problem.
    """
    if len(stops) != problem.routes:
        raise ValueError(f"expected {problem.routes} routes, found {len(stops)}")
    walks = [_walk(problem, k, route) for k, route in enumerate(stops)]
    start = {v: s for walk in walks for v, _, s, _ in walk.stops if v != BREAK}
    route = {v: k for k, walk in enumerate(walks) for v in walk.visits}
    violations = [
        *_assigned_once(walks),
        *_skill(problem, walks),
        *_shift(problem, walks),
        *_travel(walks),
        *_window(problem, start),
        *_break(problem, walks),
        *_capacity(problem, walks),
        *_span(problem, walks),
        *_pool(problem, walks),
        *_group_whole(problem, start),
        *_group_start(problem, start),
        *_group_carers(problem, route),
        *_gap(problem, start),
        *_recipient_overlap(problem, start),
    ]
    tardy = [_tardiness_s(problem, v, s) for v, s in start.items()]
    travel_s = sum(walk.travel_s for walk in walks)
    waiting_s = sum(map(_waiting_s, walks))
    overtime_s = sum(_overtime_s(problem, k, walk) for k, walk in enumerate(walks))
    worst_idle_s = max((_idle_s(problem, k, walk) for k, walk in enumerate(walks)), default=0)
    weights = problem.weights
    timed = (
        travel_s * weights.travel
        + waiting_s * weights.waiting
        + sum(tardy) * weights.tardiness
        + max(tardy, default=0) * weights.worst_tardiness
        + overtime_s * weights.overtime
        + worst_idle_s * weights.worst_idle
    )
    counted = (
        _drop_points(problem, route)
        + _carer_points(problem, route)
        + _bond_points(problem, route)
        + _fixed_points(problem, walks)
        + _span_points(problem, walks)
        + _slack_points(problem, walks)
        + _load_points(problem, walks)
        + _break_points(problem, walks)
    )
    return Verdict(
        violations=tuple(violations),
        travel_s=travel_s,
        waiting_s=waiting_s,
        tardiness_s=sum(tardy),
        worst_tardiness_s=max(tardy, default=0),
        overtime_s=overtime_s,
        worst_idle_s=worst_idle_s,
        points=timed + counted,
    )


def _walk(problem: Problem, k: int, route: Sequence[tuple[int, int]]) -> Walk:
    """Walk the route from its first place; a break is taken where the carer is."""
    legs = problem.travel_s[problem.mode[k]]
    here, free = int(problem.start_place[k]), int(problem.open_s[k])
    walk = Walk()
    for visit, start in route:
        if not BREAK <= visit < problem.visits:
            raise IndexError(f"no visit {visit} among {problem.visits}")
        if visit == BREAK:
            leg, lasts = 0, int(problem.break_s[k])
        else:
            there = int(problem.place[visit])
            leg, lasts = int(legs[here, there]), int(problem.duration_s[visit])
            here = there
        walk.travel_s += leg
        walk.stops.append((int(visit), free + leg, int(start), int(start) + lasts))
        free = int(start) + lasts
    # A carer without visits stays where the route begins.
    home = int(legs[here, problem.end_place[k]]) if walk.visits else 0
    walk.travel_s += home
    walk.return_s = free + home
    return walk


# ---------------------------------------------------------------- rules, one function each


def _assigned_once(walks: list[Walk]) -> Iterator[str]:
    """No visit is made twice."""
    times = Counter(v for walk in walks for v in walk.visits)
    for v, count in times.items():
        if count > 1:
            yield f"ASSIGNED_ONCE visit {v} is made {count} times"


def _skill(problem: Problem, walks: list[Walk]) -> Iterator[str]:
    """A route makes only visits its carer may do."""
    for k, walk in enumerate(walks):
        for v in walk.visits:
            if not problem.allowed[v, k]:
                yield f"SKILL visit {v} is not allowed on route {k}"


def _shift(problem: Problem, walks: list[Walk]) -> Iterator[str]:
    """A route with stops leaves at or after its opening and is back by its closing."""
    for k, walk in enumerate(walks):
        if walk.stops and walk.return_s > problem.close_s[k]:
            yield f"SHIFT route {k} is back at {walk.return_s}, after {problem.close_s[k]}"


def _travel(walks: list[Walk]) -> Iterator[str]:
    """A stop starts no earlier than the arrival; at the first one the shift has opened."""
    for k, walk in enumerate(walks):
        for v, arrival, start, _ in walk.stops:
            if start < arrival:
                yield f"TRAVEL stop {v} of route {k} starts {start}, before arrival at {arrival}"


def _window(problem: Problem, start: dict[int, int]) -> Iterator[str]:
    """A start lies in the last window opened by then."""
    for v, s in start.items():
        window = _governing(problem, v, s)
        if window is None:
            yield f"WINDOW visit {v} starts {s}, before its first window"
        elif s > window[2]:
            yield f"WINDOW visit {v} starts {s}, after {window[2]}"


def _break(problem: Problem, walks: list[Walk]) -> Iterator[str]:
    """At most one break, within its frame; a route with visits keeps a break that must be."""
    for k, walk in enumerate(walks):
        starts = [s for v, _, s, _ in walk.stops if v == BREAK]
        wanted = int(problem.break_s[k] > 0)
        if len(starts) > wanted:
            yield f"BREAK route {k} has {len(starts)} breaks"
        for s in starts:
            if wanted and not problem.break_early_s[k] <= s <= problem.break_late_s[k]:
                yield f"BREAK of route {k} starts {s}, outside its frame"
        if wanted and not starts and walk.visits and problem.break_points[k] >= MUST_POINTS:
            yield f"BREAK route {k} goes without its break"


def _capacity(problem: Problem, walks: list[Walk]) -> Iterator[str]:
    """The visits of a route take no more than its capacity."""
    for k, walk in enumerate(walks):
        load = sum(int(problem.demand[v]) for v in walk.visits)
        if load > problem.capacity[k]:
            yield f"CAPACITY route {k} carries {load}, more than {problem.capacity[k]}"


def _span(problem: Problem, walks: list[Walk]) -> Iterator[str]:
    """A route works no longer than it may."""
    for k, walk in enumerate(walks):
        worked = _worked_s(problem, walk)
        if worked > problem.most_span_s[k]:
            yield f"SPAN route {k} works {worked}, more than {problem.most_span_s[k]}"


def _pool(problem: Problem, walks: list[Walk]) -> Iterator[str]:
    """No more routes of a pool have visits than it has room for."""
    for q, most in enumerate(problem.pool_most.tolist()):
        pairs = zip(problem.pool_route.tolist(), problem.pool_label.tolist(), strict=True)
        used = [k for k, label in pairs if label == q and walks[k].visits]
        if len(used) > most:
            yield f"POOL routes {used} are used, more than {most}"


def _group_whole(problem: Problem, start: dict[int, int]) -> Iterator[str]:
    """All members of a group are planned, or none."""
    for members in _groups(problem):
        missing = [v for v in members if v not in start]
        if missing and len(missing) < len(members):
            yield f"GROUP_WHOLE {missing} of {members} are left out"


def _group_start(problem: Problem, start: dict[int, int]) -> Iterator[str]:
    """Members start within their offsets from the start of the first."""
    for first, *others in _groups(problem):
        for v in others:
            if first in start and v in start:
                after = start[v] - start[first]
                if not problem.offset_min_s[v] <= after <= problem.offset_max_s[v]:
                    yield f"GROUP_START visit {v} starts {after} s after visit {first}"


def _group_carers(problem: Problem, route: dict[int, int]) -> Iterator[str]:
    """Two members have different carers where either wants to be apart."""
    for members in _groups(problem):
        for a, b in combinations([v for v in members if v in route], 2):
            same = problem.carer[route[a]] == problem.carer[route[b]]
            if same and (problem.apart[a] or problem.apart[b]):
                yield f"GROUP_CARERS visits {a} and {b} have the same carer"


def _gap(problem: Problem, start: dict[int, int]) -> Iterator[str]:
    """Two planned visits of a gap start within its least and most seconds."""
    gaps = zip(
        problem.gap_first, problem.gap_second, problem.gap_min_s, problem.gap_max_s, strict=True
    )
    for first, second, least, most in gaps:
        if first in start and second in start:
            after = start[second] - start[first]
            if not least <= after <= most:
                yield f"GAP visit {second} starts {after} s after visit {first}"


def _recipient_overlap(problem: Problem, start: dict[int, int]) -> Iterator[str]:
    """Two visits of one recipient that are not of one group do not overlap."""
    for a, b in combinations(sorted(start), 2):
        if problem.recipient[a] < 0 or problem.recipient[a] != problem.recipient[b]:
            continue
        if problem.group[a] >= 0 and problem.group[a] == problem.group[b]:
            continue
        end_a, end_b = start[a] + problem.duration_s[a], start[b] + problem.duration_s[b]
        if not (end_a <= start[b] or end_b <= start[a]):
            yield f"RECIPIENT_OVERLAP visits {a} and {b}"


# ---------------------------------------------------------------- sums, one function each


def _waiting_s(walk: Walk) -> int:
    """Time between arrival and start at the stops that come after a visit."""
    waiting, after_visit = 0, False
    for v, arrival, start, _ in walk.stops:
        if after_visit:
            waiting += start - arrival
        after_visit = after_visit or v != BREAK
    return waiting


def _tardiness_s(problem: Problem, v: int, start: int) -> int:
    """Start after the due time of the governing window, or before the wished time."""
    window = _governing(problem, v, start)
    early = max(0, int(problem.wished_s[v]) - start)
    return early if window is None else max(early, start - window[1])


def _overtime_s(problem: Problem, k: int, walk: Walk) -> int:
    """Return after the shift's end, for a route with visits."""
    return max(0, walk.return_s - int(problem.overtime_from_s[k])) if walk.visits else 0


def _idle_s(problem: Problem, k: int, walk: Walk) -> int:
    """What the shift, or the way home where it is later, holds beyond visits, travel and break."""
    opened = int(problem.open_s[k])
    back = walk.return_s if walk.visits else opened
    busy = sum(end - start for _, _, start, end in walk.stops) + walk.travel_s
    return max(0, max(back, int(problem.overtime_from_s[k])) - opened - busy)


def _drop_points(problem: Problem, route: dict[int, int]) -> int:
    return sum(int(problem.drop_points[v]) for v in range(problem.visits) if v not in route)


def _carer_points(problem: Problem, route: dict[int, int]) -> int:
    return sum(int(problem.carer_points[v, k]) for v, k in route.items())


def _bond_points(problem: Problem, route: dict[int, int]) -> int:
    """Each bond's distinct carers above the free ones, without those who do not count."""
    come: dict[int, set[int]] = {}
    for v, q in zip(problem.bond_visit.tolist(), problem.bond_label.tolist(), strict=True):
        if v in route and not problem.bond_known[q, route[v]]:
            come.setdefault(q, set()).add(int(problem.carer[route[v]]))
    return sum(
        int(problem.bond_points[q]) * max(0, len(carers) - int(problem.bond_free[q]))
        for q, carers in come.items()
    )


def _fixed_points(problem: Problem, walks: list[Walk]) -> int:
    return sum(int(problem.fixed_points[k]) for k, walk in enumerate(walks) if walk.visits)


def _worked_s(problem: Problem, walk: Walk) -> int:
    """Travel, visits and waiting of a route."""
    return walk.travel_s + _waiting_s(walk) + sum(int(problem.duration_s[v]) for v in walk.visits)


def _span_points(problem: Problem, walks: list[Walk]) -> int:
    """Routes with visits are paid for what they work, and no less than the least."""
    return sum(
        int(problem.span_points[k]) * max(int(problem.least_span_s[k]), _worked_s(problem, walk))
        for k, walk in enumerate(walks)
        if walk.visits
    )


def _slack_points(problem: Problem, walks: list[Walk]) -> int:
    """Waiting that is wanted and missing before every visit of a route but the first."""
    missing = 0
    for walk in walks:
        visited = False
        for v, arrival, start, _ in walk.stops:
            if v == BREAK:
                continue
            if visited:
                missing += max(0, int(problem.slack_s[v]) - (start - arrival))
            visited = True
    return problem.weights.slack * missing


def _load_points(problem: Problem, walks: list[Walk]) -> int:
    """Seconds of visits above what is fair on each route."""
    return problem.weights.load * sum(
        max(0, sum(int(problem.duration_s[v]) for v in walk.visits) - int(problem.fair_s[k]))
        for k, walk in enumerate(walks)
    )


def _break_points(problem: Problem, walks: list[Walk]) -> int:
    """Points of priced breaks not taken; one that must be is a matter of rules, not of points."""
    return sum(
        int(problem.break_points[k])
        for k, walk in enumerate(walks)
        if problem.break_s[k] > 0 and not walk.takes_break and problem.break_points[k] < MUST_POINTS
    )


# ---------------------------------------------------------------- small helpers


def _governing(problem: Problem, v: int, start: int) -> tuple[int, int, int] | None:
    """The last window (early, due, late) that has opened by `start`; None before the first."""
    windows = [(int(problem.early_s[v]), int(problem.due_s[v]), int(problem.late_s[v]))]
    for at, visit in enumerate(problem.more_visit):
        if visit == v:
            windows.append(
                (
                    int(problem.more_early_s[at]),
                    int(problem.more_due_s[at]),
                    int(problem.more_late_s[at]),
                )
            )
    return max((w for w in windows if w[0] <= start), default=None)


def _groups(problem: Problem) -> list[list[int]]:
    """Members of each group, lowest index first."""
    groups: dict[int, list[int]] = {}
    for v, group in enumerate(problem.group.tolist()):
        if group >= 0:
            groups.setdefault(group, []).append(v)
    return list(groups.values())
