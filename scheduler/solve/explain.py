"""
Why a visit stayed out: proven by exact reasoning, or crowded out by the others.

A proof does not depend on the search. What could be placed alone on the empty day was crowded out;
for it the smallest wider window that lets it into the finished plan is sought and tried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.problem import Problem
from scheduler.rules import Reason
from scheduler.solve.chance import seed_of
from scheduler.solve.construct import insert
from scheduler.solve.model import ExactModel
from scheduler.solve.model_rules import Window, windows_of
from scheduler.solve.net import empty_state
from scheduler.solve.searcher import Searcher
from scheduler.solve.stop import Stop
from scheduler.solve.whole import load

# Seconds the exact solver gets for one proof; these problems have a handful of visits.
PROOF_SECONDS = 2.0
# Wider windows that are tried for a crowded-out visit, in order.
WIDER_S = (15 * 60, 30 * 60, 60 * 60, 120 * 60)


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Why one visit is left out.

    Parameters
    ----------
    routes
        NO_SHIFT_IN_WINDOW, UNREACHABLE: routes with the skill, none of which can.
        CROWDED_OUT: routes that could do it alone.
    visits
        GAP_IMPOSSIBLE: planned visits whose gap or person stands against it.
    wider_s
        CROWDED_OUT: seconds by which its window must open at both ends to fit into the finished
        plan; None when no tried width suffices.
    """

    visit: int
    reason: Reason
    routes: tuple[int, ...] = ()
    visits: tuple[int, ...] = ()
    wider_s: int | None = None


def explain(problem: Problem, best: Searcher, stop: Stop) -> list[Explanation]:
    """
    One explanation per visit that the best plan leaves out, in rising order of visits.

    Once the caller wishes the end, what takes long to find out is not sought.
    """
    route = best.best["route"][: problem.visits]
    return [_explain(problem, best, int(v), stop) for v in np.flatnonzero(route < 0)]


def _explain(problem: Problem, best: Searcher, visit: int, stop: Stop) -> Explanation:
    members = _members(problem, visit)
    for member in members:
        skilled = np.flatnonzero(problem.allowed[member]).tolist()
        if not skilled:
            return Explanation(visit, Reason.NO_SKILL)
        windows = windows_of(problem, member)
        in_window = [k for k in skilled if _on_shift(problem, windows, member, k)]
        if not in_window:
            return Explanation(visit, Reason.NO_SHIFT_IN_WINDOW, tuple(skilled))
        if not any(_fits(problem, windows, member, k) for k in in_window):
            return Explanation(visit, Reason.UNREACHABLE, tuple(in_window))
    everyone = sorted({int(k) for v in members for k in np.flatnonzero(problem.allowed[v])})
    if len(members) > 1 and not _possible(problem, members, everyone, stop):
        return Explanation(visit, Reason.TOO_FEW_CARERS, tuple(everyone))
    planned = np.flatnonzero(best.best["route"][: problem.visits] >= 0)
    tied = _tied(problem, members, {int(v) for v in planned})
    if tied:
        group = sorted({m for v in tied for m in _members(problem, v)} | set(members))
        routes = [int(k) for k in np.flatnonzero(problem.allowed[group].any(axis=0))]
        if not _possible(problem, group, routes, stop):
            return Explanation(visit, Reason.GAP_IMPOSSIBLE, visits=tuple(tied))
    windows = windows_of(problem, visit)
    alone = np.flatnonzero(problem.allowed[visit]).tolist()
    alone = [k for k in alone if _fits(problem, windows, visit, k)]
    wider = None if stop.ask() else _wider(best, members)
    return Explanation(visit, Reason.CROWDED_OUT, tuple(alone), wider_s=wider)


def _members(problem: Problem, visit: int) -> list[int]:
    """The visit's group, or itself."""
    group = problem.group[visit]
    return [visit] if group < 0 else [int(v) for v in np.flatnonzero(problem.group == group)]


def on_shift_in_window(problem: Problem, visit: int, route: int) -> bool:
    """Whether the shift has room for the visit's minutes within its window, travel left aside."""
    return _on_shift(problem, windows_of(problem, visit), visit, route)


def _on_shift(p: Problem, windows: Sequence[Window], visit: int, route: int) -> bool:
    for early, _, late in windows:
        first = max(early, int(p.open_s[route]))
        if first <= late and first + p.duration_s[visit] <= p.close_s[route]:
            return True
    return False


def fits_alone(problem: Problem, visit: int, route: int) -> bool:
    """
    Whether `route` could do `visit` if it had nothing else to do, its break included.

    With one visit there are two plans in each window: the break before it or after it.
    """
    allowed = bool(problem.allowed[visit, route])
    return allowed and _fits(problem, windows_of(problem, visit), visit, route)


def _fits(problem: Problem, windows: Sequence[Window], visit: int, route: int) -> bool:
    return any(_fits_window(problem, visit, route, early, late) for early, _, late in windows)


def _fits_window(problem: Problem, visit: int, route: int, early: int, late: int) -> bool:
    p = problem
    travel = p.travel_s[p.mode[route]]
    out = int(travel[p.start_place[route], p.place[visit]])
    back = int(travel[p.place[visit], p.end_place[route]])
    opens, closes = int(p.open_s[route]), int(p.close_s[route])
    length = int(p.duration_s[visit])
    spare = int(p.most_span_s[route]) - out - length - back
    if spare < 0:
        return False
    start = max(early, opens + out)
    if p.break_s[route] == 0:
        return start <= late and start + length + back <= closes
    pause, pause_late = int(p.break_s[route]), int(p.break_late_s[route])
    pause_first = max(int(p.break_early_s[route]), opens)
    after_pause = max(early, pause_first + pause + out)
    in_time = pause_first <= pause_late and after_pause <= late
    if in_time and after_pause + length + back <= closes:
        return True
    # The later it starts, the less the carer waits for a break after it.
    last = min(late, closes - back - pause - length, pause_late - length)
    waiting = max(0, int(p.break_early_s[route]) - last - length)
    pause_last = max(int(p.break_early_s[route]), start + length)
    in_time = start <= late and pause_last <= pause_late and pause_last + pause + back <= closes
    return in_time and waiting <= spare


def _possible(problem: Problem, visits: list[int], routes: list[int], stop: Stop) -> bool:
    """Whether all of `visits` fit on `routes` with nothing else; doubt counts as possible."""
    if stop.ask():
        return True
    model = ExactModel(problem, visits, routes, required=visits)
    return model.possible(PROOF_SECONDS) is not False


def _tied(problem: Problem, members: list[int], planned: set[int]) -> list[int]:
    """Planned visits with a gap to one of `members`, or to the same person."""
    p = problem
    found: set[int] = set()
    for first, second in zip(p.gap_first, p.gap_second, strict=True):
        if first in members:
            found.add(int(second))
        if second in members:
            found.add(int(first))
    for v in members:
        if p.recipient[v] >= 0:
            found |= {int(u) for u in np.flatnonzero(p.recipient == p.recipient[v])}
    return sorted((found & planned) - set(members))


def _wider(best: Searcher, members: list[int]) -> int | None:
    """The first width in WIDER_S that lets the visits into the best plan as it stands."""
    for width in WIDER_S:
        node = best.net.node.copy()
        node["early"][members] -= width
        node["late"][members] += width
        node["due"] = np.maximum(node["due"], node["late"])
        more = best.net.more.copy()
        for v in members:
            mine = more[node[v]["more_at"] : node[v]["more_end"]]
            mine["early"] -= width
            mine["late"] += width
            mine["due"] = np.maximum(mine["due"], mine["late"])
        net = best.net._replace(node=node, more=more)
        state = empty_state(net)
        points = load(net, state, best.best)
        if insert(net, state, seed_of(1), members[0], points) < points:
            return width
    return None
