"""
Whether the engine keeps its quality when a problem grows: many linked areas at once, or one by one.

    python -m bench.growth --areas 500 --visits 20 --seconds 60 --threads 2 --seed 1

Each area has its own carers, and one visit that takes two carers, one of them from the next area.
The areas are planned all at once, and one by one in the same total time: there the second carer of
such a visit comes when the first area's plan says. Both ways give a plan of the whole that keeps
all rules.
"""

from __future__ import annotations

import argparse
import resource
from dataclasses import replace
from time import perf_counter

import numpy as np
import numpy.typing as npt

from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, Problem
from scheduler.solve import SolveParams, solve

# Side of an area, metres; carers walk and cycle 4 metres a second.
SIDE_M = 3000
SPEED = 4
CARERS = 5
DAY_S = 8 * 3600
# Points of a visit left out.
DROP = 100_000


def areas_problem(areas: int, visits: int, seed: int) -> Problem:
    """
    `areas` squares in a row, with `visits` each; the last visit of each is shared with the next.

    The second half of a shared visit comes right after the first; that of the last area is a visit
    like any other.
    """
    rng = np.random.default_rng(seed)
    n = areas * (visits + 1)
    area = np.repeat(np.arange(areas), visits + 1)
    half = np.tile(np.arange(visits + 1) == visits, areas)
    at = rng.uniform(0, SIDE_M, (n, 2)) + np.stack([area * SIDE_M, np.zeros(n)], axis=1)
    early = rng.integers(0, DAY_S - 2 * 3600, n) // 900 * 900
    duration = rng.integers(10, 45, n) * 60
    other = np.flatnonzero(half)
    for array in (at, early, duration):
        array[other] = array[other - 1]
    shared = other[:-1]
    group = np.full(n, -1)
    group[shared] = group[shared - 1] = np.arange(areas - 1)
    carer_area = np.repeat(np.arange(areas), CARERS)
    home = np.stack([(carer_area + 0.5) * SIDE_M, np.full(areas * CARERS, SIDE_M / 2)], axis=1)
    allowed = area[:, None] == carer_area[None, :]
    allowed[shared] = area[shared, None] + 1 == carer_area[None, :]
    k = areas * CARERS
    return Problem(
        early_s=early, late_s=np.full(n, FOREVER_S), due_s=early + 3600, duration_s=duration,
        place=np.arange(n), drop_points=np.full(n, DROP), recipient=np.full(n, -1), group=group,
        offset_min_s=np.zeros(n), offset_max_s=np.zeros(n), allowed=allowed,
        gap_first=(), gap_second=(), gap_min_s=(), gap_max_s=(), carer=np.arange(k),
        open_s=np.zeros(k), close_s=np.full(k, FOREVER_S), start_place=n + np.arange(k),
        end_place=n + np.arange(k), mode=np.zeros(k), break_early_s=np.zeros(k),
        break_late_s=np.zeros(k), break_s=np.zeros(k), travel_s=_travel(np.concatenate([at, home])),
        weights=Weights(travel=4, waiting=1, tardiness=8),
    )  # fmt: skip


def _travel(at: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Seconds between all places, row by row to spare memory."""
    travel = np.empty((1, len(at), len(at)), dtype=np.int32)
    for row, here in enumerate(at):
        travel[0, row] = np.hypot(*(at - here).T) / SPEED
    return travel


def one_by_one(whole: Problem, areas: int, params: SolveParams) -> int:
    """Points of the areas planned in a row; `params` are for one area."""
    start = np.full(whole.visits, -1)
    points = 0
    for area in range(areas):
        problem, mine = one_area(whole, area, start)
        solution = solve(problem, params)
        points += solution.points
        for route in solution.stops:
            for visit, second in route:
                start[mine[visit]] = second
    return points


def one_area(
    whole: Problem, area: int, start: npt.NDArray[np.int64]
) -> tuple[Problem, npt.NDArray[np.int64]]:
    """
    What the carers of `area` may do as a problem of its own, and the numbers of its visits.

    A second half starts when its first half does, which the plan of the area before has set.
    """
    routes = np.arange(area * CARERS, (area + 1) * CARERS)
    mine = np.flatnonzero(whole.allowed[:, routes].any(axis=1))
    places = np.concatenate([whole.place[mine], whole.start_place[routes]])
    n, k = len(mine), len(routes)
    changes = {
        name: getattr(whole, name)[mine]
        for name in ("early_s", "late_s", "due_s", "duration_s", "drop_points", "recipient",
                     "offset_min_s", "offset_max_s", "apart", "demand")
    }  # fmt: skip
    changes |= {
        name: getattr(whole, name)[routes]
        for name in ("open_s", "close_s", "mode", "break_early_s", "break_late_s", "break_s",
                     "capacity", "fixed_points", "overtime_from_s", "break_points")
    }  # fmt: skip
    fixed = np.flatnonzero((whole.group[mine] >= 0) & (start[mine - 1] >= 0))
    for name in ("early_s", "late_s"):
        changes[name] = changes[name].copy()
        changes[name][fixed] = start[mine[fixed] - 1]
    problem = Problem(
        **changes,
        group=np.full(n, -1), place=np.arange(n), allowed=whole.allowed[np.ix_(mine, routes)],
        carer_points=whole.carer_points[np.ix_(mine, routes)], carer=np.arange(k),
        gap_first=(), gap_second=(), gap_min_s=(), gap_max_s=(), start_place=n + np.arange(k),
        end_place=n + np.arange(k), travel_s=whole.travel_s[np.ix_([0], places, places)],
        weights=whole.weights,
    )  # fmt: skip
    return problem, mine


def main(argv: list[str] | None = None) -> int:
    """Print both sums and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--areas", type=int, default=500)
    parser.add_argument("--visits", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    linked = areas_problem(arguments.areas, arguments.visits, arguments.seed)
    began = perf_counter()
    params = SolveParams(
        seconds=arguments.seconds, threads=arguments.threads, seed=arguments.seed, explain=False
    )
    whole = solve(linked, params)
    took = perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = perf_counter()
    each = one_by_one(linked, arguments.areas, replace(params, seconds=took / arguments.areas))
    alone = perf_counter() - began
    planned = sum(len(route) for route in whole.stops)
    print(
        "| areas | visits | planned | points a visit, at once | one by one | ratio | "
        "seconds, at once | one by one | moves/s | peak MiB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    print(
        f"| {arguments.areas} | {linked.visits} | {planned} | {whole.points / linked.visits:.1f} | "
        f"{each / linked.visits:.1f} | {whole.points / each:.4f} | {took:.1f} | {alone:.1f} | "
        f"{whole.moves / took:,.0f} | {memory:.0f} |"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
