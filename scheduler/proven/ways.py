"""
The quickest way between places by way of visits, where travel times break the triangle inequality.

Given travel times may say that the way by a third place is shorter. No plan passes a place without
making a visit there, so whatever a carer does between two places takes at least the quickest way
by places that have visits, each with its shortest visit.
"""

from __future__ import annotations

import numpy as np

from scheduler.problem import FOREVER_S, Int, Problem


def stays_s(problem: Problem) -> Int:
    """(l,) int64: seconds of the shortest visit at each place; FOREVER_S where none is."""
    stay = np.full(problem.travel_s.shape[1], FOREVER_S)
    np.minimum.at(stay, problem.place, problem.duration_s)
    return stay


def quickest_s(legs_s: Int, stay_s: Int, straight_s: Int) -> Int:
    """
    Seconds to each place, straight or by way of visits at other places.

    Parameters
    ----------
    legs_s : (l, l) int64
        Seconds from row to column.
    stay_s : (l,) int64
        As :func:`stays_s`.
    straight_s : (l,) int64
        Seconds to each place without a visit on the way.
    """
    best = straight_s.copy()
    better = stay_s < FOREVER_S
    while True:
        left = best + stay_s
        rows = np.flatnonzero(better & (left < best.max(initial=0)))
        if not len(rows):
            return best
        found = np.minimum(best, (left[rows, None] + legs_s[rows]).min(axis=0))
        better = (found < best) & (stay_s < FOREVER_S)
        best = found


def out_and_back_s(problem: Problem) -> tuple[Int, Int]:
    """Two (n, k) int64: seconds from the route's first place to the visit, and on to its last."""
    p, stay = problem, stays_s(problem)
    out, back = np.zeros((p.visits, p.routes), np.int64), np.zeros((p.visits, p.routes), np.int64)
    for mode in np.unique(p.mode):
        legs = p.travel_s[mode].astype(np.int64)
        for start in np.unique(p.start_place[p.mode == mode]):
            way = quickest_s(legs, stay, legs[start])[p.place]
            out[:, (p.mode == mode) & (p.start_place == start)] = way[:, None]
        for end in np.unique(p.end_place[p.mode == mode]):
            way = quickest_s(legs.T, stay, legs[:, end])[p.place]
            back[:, (p.mode == mode) & (p.end_place == end)] = way[:, None]
    return out, back
