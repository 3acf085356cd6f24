"""
PyVRP on problems of its kind: hard windows, capacity, travel and fixed costs; one depot.

Source: the PyVRP documentation, version 0.14; its own settings, one thread (it has no more).
"""

from __future__ import annotations

from functools import partial
from time import perf_counter

import numpy as np

from bench.drive import Stops
from bench.peer import Peer, earliest, lacks_of_vrptw
from scheduler.problem import Bool, Problem


def solve(problem: Problem, required: Bool, seconds: float, seed: int) -> Stops | None:
    """Best routes within `seconds`, building the model included; None when none is feasible."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    assert required.all()
    began, p = perf_counter(), problem
    rows = np.concatenate([p.start_place[:1], p.place])
    legs = p.travel_s[p.mode[0]][np.ix_(rows, rows)].astype(np.int64)
    by_route = np.stack([p.capacity, p.fixed_points, p.open_s, p.close_s])
    kinds, kind_of, counts = np.unique(by_route, axis=1, return_inverse=True, return_counts=True)
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in rows],
        [
            pyvrp.Client(
                1 + v, delivery=[int(p.demand[v])], service_duration=int(p.duration_s[v]),
                tw_early=int(p.early_s[v]), tw_late=int(p.late_s[v]),
            )
            for v in range(p.visits)
        ],
        [pyvrp.Depot(0)],
        [
            pyvrp.VehicleType(
                int(count), [int(capacity)], fixed_cost=int(fixed), tw_early=int(opens),
                tw_late=int(closes), unit_distance_cost=p.weights.travel,
            )
            for (capacity, fixed, opens, closes), count in zip(kinds.T, counts, strict=True)
        ],
        [legs], [legs],
    )  # fmt: skip
    rest = max(0.01, seconds - (perf_counter() - began))
    best = pyvrp.solve(data, MaxRuntime(rest), seed=seed, collect_stats=False).best
    if not best.is_feasible():
        return None
    # Routes of a kind go to that kind's vehicles in turn.
    free = [np.flatnonzero(kind_of == kind).tolist() for kind in range(len(counts))]
    routes: list[list[int]] = [[] for _ in range(p.routes)]
    for route in best.routes():
        routes[free[route.vehicle_type()].pop(0)] = [stop.idx for stop in route if stop.is_client()]
    return earliest(p, routes)


SAYABLE = frozenset({"overtime", "skills", "several travel modes", "several depots"})
PYVRP = Peer("PyVRP", partial(lacks_of_vrptw, sayable=SAYABLE), solve)
