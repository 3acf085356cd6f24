"""For each visit the others that it fits next to: where most of the search's moves go."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from scheduler.problem import Bool, Int, Problem

# Visits that a move may insert next to; more of them slows, fewer blinds.
NEIGHBOURS = 32
# Rows worked on at once, so that ten thousand visits need no square of them in memory.
ROWS = 512


def neighbours(
    problem: Problem, ask: Callable[[], bool] | None = None
) -> tuple[npt.NDArray[np.int32], Int]:
    """
    Near visits of each visit, best first, and how many it has.

    Distance is travel plus a fifth of the waiting plus the lateness that the windows force, in the
    better of the two orders; visits without a common route, and those of its own group, are
    left out. Once `ask` says so, the rest of the visits get none.

    Returns
    -------
    near : (n, NEIGHBOURS) int32
    count : (n,) int64
    """
    n = problem.visits
    width = min(NEIGHBOURS, max(n - 1, 0))
    near = np.zeros((n, max(width, 1)), dtype=np.int32)
    count = np.zeros(n, dtype=np.int64)
    if width == 0:
        return near, count
    travel = problem.travel_s[0] if len(problem.travel_s) == 1 else problem.travel_s.mean(axis=0)
    early, last = _outer_windows(problem)
    kind, together = _carers_in_common(problem)
    for at in range(0, n, ROWS):
        if ask is not None and ask():
            break
        rows = np.arange(at, min(at + ROWS, n))
        there = _follow(problem, travel, early, last, rows, np.arange(n))
        back = _follow(problem, travel, early, last, np.arange(n), rows).T
        distance = np.minimum(there, back)
        distance[~together[np.ix_(kind[rows], kind)]] = np.inf
        distance[np.arange(len(rows)), rows] = np.inf
        group = problem.group
        distance[(group[rows, None] >= 0) & (group[rows, None] == group[None, :])] = np.inf
        best = np.argpartition(distance, width - 1, axis=1)[:, :width]
        by_distance = np.take_along_axis(distance, best, axis=1)
        order = np.lexsort((best, by_distance), axis=1)
        near[rows] = np.take_along_axis(best, order, axis=1)
        count[rows] = np.isfinite(by_distance).sum(axis=1)
    return near, count


def _carers_in_common(problem: Problem) -> tuple[Int, Bool]:
    """
    Kind of each visit by who may do it, and whether two kinds have a route in common.

    Few kinds stand for many visits, which spares the product of visits and routes.
    """
    packed = np.packbits(problem.allowed, axis=1)
    if packed.shape[1] == 0:
        return np.zeros(problem.visits, dtype=np.int64), np.zeros((1, 1), dtype=np.bool_)
    _, first, kind = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    of_kind = problem.allowed[first].astype(np.float32)
    return kind.ravel(), of_kind @ of_kind.T > 0


def _outer_windows(problem: Problem) -> tuple[Int, Int]:
    """First opening of each visit, and the last start without tardiness in any of its windows."""
    last = np.minimum(problem.late_s, problem.due_s)
    np.maximum.at(last, problem.more_visit, np.minimum(problem.more_late_s, problem.more_due_s))
    return problem.early_s, np.maximum(last, problem.early_s)


def _follow(
    problem: Problem, travel: npt.NDArray[np.generic], early: Int, last: Int, a: Int, b: Int
) -> npt.NDArray[np.float32]:
    """Cost of going from each of `a` to each of `b`, shape (a, b)."""
    leg = travel[np.ix_(problem.place[a], problem.place[b])].astype(np.float32)
    ready = (early[a] + problem.duration_s[a]).astype(np.float32)[:, None] + leg
    done = (last[a] + problem.duration_s[a]).astype(np.float32)[:, None] + leg
    waiting = np.maximum(early[b].astype(np.float32)[None, :] - done, 0)
    lateness = np.maximum(ready - last[b].astype(np.float32)[None, :], 0)
    cost: npt.NDArray[np.float32] = leg + np.float32(0.2) * waiting + lateness
    return cost
