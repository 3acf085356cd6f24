"""
Compile every kernel once and leave the result on disk, so that no plan pays for it.

    python -m scheduler.solve.warm

Part of the set-up; takes some minutes the first time and a second afterwards.
"""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np

from scheduler.objective import Weights
from scheduler.problem import Int, Problem
from scheduler.solve import SolveParams, solve
from scheduler.solve.board import Board
from scheduler.solve.kernel import CACHE


def small_problem() -> Problem:
    """Three visits, two of them a group, and two carers, one with a break; one visit too many."""
    place_s = np.array([[[0, 60, 60], [60, 0, 60], [60, 60, 0]]], dtype=np.int32)
    return Problem(
        early_s=_a(0, 0, 0), late_s=_a(600, 600, 0), due_s=_a(600, 600, 0),
        duration_s=_a(60, 60, 60), place=_a(1, 1, 2), drop_points=_a(10_000, 10_000, 10_000),
        recipient=_a(0, 0, 1), group=_a(0, 0, -1), offset_min_s=_a(0, 0, 0),
        offset_max_s=_a(0, 0, 0), allowed=np.ones((3, 2), dtype=np.bool_),
        gap_first=_a(0), gap_second=_a(2), gap_min_s=_a(0), gap_max_s=_a(9_000),
        carer=_a(0, 1), open_s=_a(0, 0), close_s=_a(3_600, 3_600), start_place=_a(0, 0),
        end_place=_a(0, 0), mode=_a(0, 0), break_early_s=_a(0, 900), break_late_s=_a(0, 1_800),
        break_s=_a(0, 600), travel_s=place_s, weights=Weights(1, 1, 1, 1),
    )  # fmt: skip


def crowded_problem() -> Problem:
    """Three visits at the same time for two carers, so that a wider window is tried."""
    none, soon = _a(), _a(60, 60, 60)
    return replace(
        small_problem(), late_s=soon, due_s=soon, group=_a(-1, -1, -1), recipient=_a(-1, -1, -1),
        gap_first=none, gap_second=none, gap_min_s=none, gap_max_s=none,
    )  # fmt: skip


def _a(*values: int) -> Int:
    return np.array(values, dtype=np.int64)


def forget_old_kernels() -> None:
    """Delete what other states of the sources have compiled."""
    for directory in CACHE.parent.glob("kernels-*"):
        if directory != CACHE:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    forget_old_kernels()
    begun = solve(small_problem(), SolveParams(iterations=20_000, threads=1))
    solve(small_problem(), SolveParams(iterations=1, threads=1), start=begun.stops)
    crowded = solve(crowded_problem(), SolveParams(iterations=1, threads=1))
    Board.of(crowded_problem(), crowded.stops).places(crowded.unassigned[0].visit)
