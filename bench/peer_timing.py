"""
The best starts of routes whose order is fixed: travel is given, waiting and lateness are not.

For peers whose search does not see waiting or the worst of something; it makes them stronger, never
weaker, since the starts they found are given as the first answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from bench.drive import Stops
from bench.peer import horizon
from scheduler.problem import BREAK, FOREVER_S, Problem


class _Timing:
    """Start variables of all stops, and the points that depend on them."""

    def __init__(self, problem: Problem, stops: Stops) -> None:
        self.p = problem
        self.model = cp_model.CpModel()
        self.end_s = horizon(problem)
        self.start: dict[tuple[int, int], Any] = {}
        self.visit: dict[int, Any] = {}
        self.points: list[Any] = []
        self.late: list[Any] = []
        self.idle: list[Any] = []
        for k, route in enumerate(stops):
            self._add_route(k, route)
        self._add_ties(stops)
        self._add_worst()

    def _add_route(self, k: int, route: tuple[tuple[int, int], ...]) -> None:
        p, model, w = self.p, self.model, self.p.weights
        travel, at, busy = p.travel_s[p.mode[k]], int(p.start_place[k]), 0
        free: Any = int(p.open_s[k])
        visited = False
        for where, (v, found) in enumerate(route):
            if v == BREAK:
                low, high, lasts = p.break_early_s[k], p.break_late_s[k], int(p.break_s[k])
                place = at
            else:
                low, high, lasts = p.early_s[v], self.end_s, int(p.duration_s[v])
                place = int(p.place[v])
            leg = int(travel[at, place])
            start = model.new_int_var(int(low), min(int(high), self.end_s), "")
            model.add(start >= free + leg)
            model.add_hint(start, found)
            if visited and w.waiting:
                self.points.append(w.waiting * (start - free - leg))
            self.start[k, where] = start
            if v != BREAK:
                self.visit[v] = start
                self._add_windows(v)
                visited = True
            at, free, busy = place, start + lasts, busy + leg + lasts
        home = int(travel[at, int(p.end_place[k])]) if visited else 0
        model.add(free + home <= min(int(p.close_s[k]), self.end_s))
        over = model.new_int_var(0, self.end_s, "")
        if visited:
            model.add(over >= free + home - int(p.overtime_from_s[k]))
        self.points.append(w.overtime * over)
        shift = int(p.overtime_from_s[k] - p.open_s[k])
        self.idle.append(shift + over - busy - home)

    def _add_windows(self, v: int) -> None:
        """Hard ends, and tardiness by the last window that has opened."""
        p, model, start = self.p, self.model, self.visit[v]
        rows = [r for r in range(len(p.more_visit)) if p.more_visit[r] == v]
        opens = [int(p.early_s[v]), *p.more_early_s[rows].tolist()]
        dues = [int(p.due_s[v]), *p.more_due_s[rows].tolist()]
        lates = [int(p.late_s[v]), *p.more_late_s[rows].tolist()]
        late = model.new_int_var(0, self.end_s, "")
        chosen = [model.new_bool_var("") for _ in opens]
        model.add_exactly_one(chosen)
        for pick, opened, due, last, before in zip(
            chosen, opens, dues, lates, [*opens[1:], None], strict=True
        ):
            model.add(start >= opened).only_enforce_if(pick)
            model.add(late >= start - due).only_enforce_if(pick)
            most = min(last, self.end_s, FOREVER_S if before is None else before - 1)
            model.add(start <= most).only_enforce_if(pick)
        model.add(late >= int(max(p.wished_s[v], 0)) - start)
        self.points.append(p.weights.tardiness * late)
        self.late.append(late)

    def _add_ties(self, stops: Stops) -> None:
        """Groups, gaps, and one visit at a time per recipient, in the order they are in."""
        p = self.p
        for v in self.visit:
            first = int(np.flatnonzero(p.group == p.group[v])[0]) if p.group[v] >= 0 else v
            if first != v and first in self.visit and p.offset_max_s[v] < FOREVER_S:
                self._tie(first, v, int(p.offset_min_s[v]), int(p.offset_max_s[v]))
        for gap in zip(p.gap_first, p.gap_second, p.gap_min_s, p.gap_max_s, strict=True):
            first, second, least, most = map(int, gap)
            if first in self.visit and second in self.visit:
                self._tie(first, second, least, most)
        timed = sorted((start, v) for route in stops for v, start in route if v != BREAK)
        for at, (_, b) in enumerate(timed):
            for _, a in timed[:at] if p.recipient[b] >= 0 else ():
                if p.recipient[a] == p.recipient[b] and (
                    p.group[a] != p.group[b] or p.group[a] < 0
                ):
                    self._tie(a, b, int(p.duration_s[a]), FOREVER_S)

    def _tie(self, first: int, second: int, least: int, most: int) -> None:
        apart = self.visit[second] - self.visit[first]
        self.model.add(apart >= least)
        if most < FOREVER_S:
            self.model.add(apart <= most)

    def _add_worst(self) -> None:
        """The largest tardiness and the largest idle time."""
        w = self.p.weights
        for weight, terms in ((w.worst_tardiness, self.late), (w.worst_idle, self.idle)):
            if weight and terms:
                worst = self.model.new_int_var(0, self.end_s, "")
                for term in terms:
                    self.model.add(worst >= term)
                self.points.append(weight * worst)


def retime(problem: Problem, stops: Stops, seconds: float) -> Stops:
    """The stops with the best starts found within `seconds`, or as they are when none are found."""
    timing = _Timing(problem, stops)
    timing.model.minimize(sum(timing.points))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    if solver.solve(timing.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return stops
    return tuple(
        tuple((v, solver.value(timing.start[k, where])) for where, (v, _) in enumerate(route))
        for k, route in enumerate(stops)
    )
