"""
When each visit could start on each shift at the earliest and at the latest, whatever else is done.

Bounds that hold in every plan: the way out and back, the break and the visit itself need their
time. They are looser than the plan with this visit alone
(:func:`scheduler.solve.explain.fits_alone`) in two things only. A break is taken where the carer
is, so with another visit before it the way after the break may be as short as the one from the
nearest visit. And a way may be quicker by way of another visit (:mod:`scheduler.proven.ways`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from scheduler.problem import FOREVER_S, Bool, Int, Problem
from scheduler.proven.ways import out_and_back_s, quickest_s, stays_s

# Starts in seconds, both ends included.
Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Reach:
    """
    Bounds on where and when the n visits of a problem can be, on its k routes.

    Parameters
    ----------
    can : (n, k) bool
        Whether the route could do the visit at all.
    first_s, end_s : (n, k) int64
        Earliest start and latest end there; FOREVER_S and -FOREVER_S where it cannot.
    windows
        First and last start of each window, by visit.
    out_s, back_s : (n, k) int64
        Seconds from the route's first place to the visit, and from it to the route's last.
    nearest_s : (n, k) int64
        Seconds to the visit from the nearest of those that the route could end before its break;
        FOREVER_S without any, or without a break.
    """

    problem: Problem
    windows: tuple[tuple[Span, ...], ...]
    out_s: Int
    back_s: Int
    nearest_s: Int
    can: Bool
    first_s: Int
    end_s: Int

    def starts(self, visit: int) -> list[Span]:
        """Every second at which `visit` could start on some route, as spans in order of time."""
        return _merged(sorted(self._spans(visit)))

    def openings(self, visit: int) -> set[int]:
        """Seconds at which one more route becomes able to start `visit`."""
        return {first for first, _ in self._spans(visit)}

    def routes_at(self, visit: int, start_s: int) -> set[int]:
        """Routes on which `visit` could start at `start_s`."""
        held = [(first <= start_s) & (start_s <= last) for first, last in self.ways(visit)]
        return set(np.flatnonzero(self.problem.allowed[visit] & reduce(np.logical_or, held)))

    def _spans(self, visit: int) -> set[Span]:
        """The spans of starts on each route, in each window, before or after the break."""
        found: set[Span] = set()
        for first, last in self.ways(visit):
            held = self.problem.allowed[visit] & (first <= last)
            found |= set(zip(first[held].tolist(), last[held].tolist(), strict=True))
        return found

    def ways(self, visit: int) -> Iterator[tuple[Int, Int]]:
        """
        First and last start by route, for each window with the break before and after the visit.

        Shifts without a break know only the second way, with a break of no length.
        """
        p, length, out = self.problem, self.problem.duration_s[visit], self.out_s[visit]
        pause, paused = p.break_s, p.break_s > 0
        opens = np.maximum(p.break_early_s, p.open_s)
        there = p.open_s + out
        near = np.minimum(out, self.nearest_s[visit])
        after_pause = np.maximum(there + pause, opens + pause + near)
        home = p.close_s - self.back_s[visit] - length
        pause_late = np.where(paused, p.break_late_s - length, FOREVER_S)
        broken = paused & (opens <= p.break_late_s)
        # Whoever may not work long enough for the visit and its ways has no start for it.
        never = out + length + self.back_s[visit] > p.most_span_s
        there, broken = np.where(never, FOREVER_S, there), broken & ~never
        for early, late in self.windows[visit]:
            yield (
                np.where(broken, np.maximum(after_pause, early), FOREVER_S),
                np.minimum(home, late),
            )
            yield (
                np.maximum(there, early),
                np.minimum(np.minimum(home - pause, pause_late), late),
            )


def reach_of(problem: Problem) -> Reach:
    """The bounds for every visit of `problem`; time in proportion to visits x routes."""
    p = problem
    more: dict[int, list[Span]] = {}
    for v, early, late in zip(p.more_visit, p.more_early_s, p.more_late_s, strict=True):
        more.setdefault(int(v), []).append((int(early), int(late)))
    windows = tuple(
        ((early, late), *more.get(v, ()))
        for v, (early, late) in enumerate(zip(p.early_s.tolist(), p.late_s.tolist(), strict=True))
    )
    out_s, back_s = out_and_back_s(p)
    shape = (p.visits, p.routes)
    first_s, end_s = np.full(shape, FOREVER_S), np.full(shape, -FOREVER_S)
    can = np.zeros(shape, dtype=np.bool_)
    reach = Reach(p, windows, out_s, back_s, _nearest(p, out_s), can, first_s, end_s)
    for v in range(p.visits):
        for first, last in reach.ways(v):
            held = p.allowed[v] & (first <= last)
            first_s[v, held] = np.minimum(first_s[v, held], first[held])
            end_s[v, held] = np.maximum(end_s[v, held], last[held] + p.duration_s[v])
    can |= first_s < FOREVER_S
    return reach


def both(one: list[Span], other: list[Span]) -> list[Span]:
    """Seconds that lie in both of two lists of spans."""
    found = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return _merged(sorted(span for span in found if span[0] <= span[1]))


def _nearest(p: Problem, out_s: Int) -> Int:
    """As :attr:`Reach.nearest_s`."""
    nearest = np.full((p.visits, p.routes), FOREVER_S)
    stay = stays_s(p)
    alone = np.bincount(p.place, minlength=len(stay)) == 1
    legs_of = {mode: p.travel_s[mode].astype(np.int64) for mode in np.unique(p.mode).tolist()}
    for k in np.flatnonzero(p.break_s > 0):
        travel = legs_of[int(p.mode[k])]
        starts = np.maximum(p.early_s, p.open_s[k] + out_s[:, k])
        before = p.allowed[:, k] & (starts + p.duration_s <= p.break_late_s[k])
        places, visits_at = np.unique(p.place[before], return_counts=True)
        legs = travel[places]
        reached = quickest_s(travel, stay, legs.min(axis=0, initial=FOREVER_S))
        nearest[:, k] = reached[p.place]
        # Nobody comes from the visit itself; a second visit at the same place is another matter.
        legs[np.flatnonzero(visits_at == 1), places[visits_at == 1]] = FOREVER_S
        straight = legs.min(axis=0, initial=FOREVER_S)[places]
        # By way of places from which somebody could be sooner than the last comes straight.
        by = np.flatnonzero(reached + stay < straight.max(initial=0))
        past = (reached + stay)[by, None] + travel[np.ix_(by, places)]
        past[(by[:, None] == places) & alone[places]] = FOREVER_S
        own = np.minimum(straight, past.min(axis=0, initial=FOREVER_S))
        nearest[before, k] = own[np.searchsorted(places, p.place[before])]
    return nearest


def _merged(spans: list[Span]) -> list[Span]:
    """Spans in order of time, those that touch made one."""
    found: list[Span] = []
    for first, last in spans:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
