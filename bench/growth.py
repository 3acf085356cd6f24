"""
Whether the engine keeps its quality when a problem grows: many linked areas at once, or one by one.

    python -m bench.growth --areas 500 --visits 20 --seconds 60 --threads 2 --seed 1

Each area has its own carers, and one visit that takes two carers, one of them from the next area.
The areas are planned all at once, and one by one in the same total time. One by one the second
half of such a visit is planned by itself in the other area, at no fixed time, so that sum has fewer
rules to keep: the ratio is on the hard side.
"""

from __future__ import annotations

import argparse
import resource
from time import perf_counter

import numpy as np
import numpy.typing as npt

from scheduler.objective import Weights
from scheduler.problem import Problem
from scheduler.solve import SolveParams, solve

# Side of an area, metres; carers walk and cycle 4 metres a second.
SIDE_M = 3000
SPEED = 4
CARERS = 5
DAY_S = 8 * 3600
# Points of a visit left out.
DROP = 100_000


def areas_problem(areas: int, visits: int, seed: int, linked: bool) -> Problem:
    """`areas` squares in a row, with `visits` each; the last visit of each may be shared."""
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
    group = np.full(n, -1)
    if linked:
        group[other] = group[other - 1] = np.arange(areas)
    carer_area = np.repeat(np.arange(areas), CARERS)
    home = np.stack([(carer_area + 0.5) * SIDE_M, np.full(areas * CARERS, SIDE_M / 2)], axis=1)
    allowed = area[:, None] == carer_area[None, :]
    allowed[other] = (area[other, None] + 1) % areas == carer_area[None, :]
    k = areas * CARERS
    return Problem(
        early_s=early, late_s=early + 2 * 3600, due_s=early + 3600, duration_s=duration,
        place=np.arange(n), drop_points=np.full(n, DROP), recipient=np.full(n, -1), group=group,
        offset_min_s=np.zeros(n), offset_max_s=np.zeros(n), allowed=allowed,
        gap_first=(), gap_second=(), gap_min_s=(), gap_max_s=(), carer=np.arange(k),
        open_s=np.zeros(k), close_s=np.full(k, DAY_S + 2 * 3600), start_place=n + np.arange(k),
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


def one_area(whole: Problem, area: int) -> Problem:
    """Visits that the carers of `area` may do, and those carers, as a problem of their own."""
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
    return Problem(
        **changes,
        group=np.full(n, -1), place=np.arange(n), allowed=whole.allowed[np.ix_(mine, routes)],
        carer_points=whole.carer_points[np.ix_(mine, routes)], carer=np.arange(k),
        gap_first=(), gap_second=(), gap_min_s=(), gap_max_s=(), start_place=n + np.arange(k),
        end_place=n + np.arange(k), travel_s=whole.travel_s[np.ix_([0], places, places)],
        weights=whole.weights,
    )  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Print both sums and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--areas", type=int, default=500)
    parser.add_argument("--visits", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    linked = areas_problem(arguments.areas, arguments.visits, arguments.seed, linked=True)
    began = perf_counter()
    params = SolveParams(
        seconds=arguments.seconds, threads=arguments.threads, seed=arguments.seed, explain=False
    )
    whole = solve(linked, params)
    took = perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    free = areas_problem(arguments.areas, arguments.visits, arguments.seed, linked=False)
    began = perf_counter()
    each = 0
    for area in range(arguments.areas):
        part = SolveParams(
            seconds=arguments.seconds / arguments.areas, threads=arguments.threads,
            seed=arguments.seed, explain=False,
        )  # fmt: skip
        each += solve(one_area(free, area), part).points
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
