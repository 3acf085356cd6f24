"""
VROOM on problems of its kind: hard windows, capacity, travel and fixed costs; one depot.

Source: the VROOM documentation, through pyvroom; its highest exploration level, one thread. It
stops by itself when that level is done, mostly before the time limit, and has no seed.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from time import perf_counter

import numpy as np

from bench.drive import Stops
from bench.peer import Peer, earliest, horizon, lacks_of_vrptw
from scheduler.problem import Bool, Problem

EXPLORATION = 5


def solve(problem: Problem, required: Bool, seconds: float, seed: int) -> Stops | None:
    """Best routes within `seconds`, building the model included; None when a visit is left out."""
    import vroom

    del seed
    assert required.all()
    began, p = perf_counter(), problem
    rows = np.concatenate([p.start_place[:1], p.place])
    last = horizon(p)
    model = vroom.Input()
    model.set_durations_matrix("car", p.travel_s[p.mode[0]][np.ix_(rows, rows)].astype(np.uint32))
    for k in range(p.routes):
        model.add_vehicle(
            vroom.Vehicle(
                k, start=0, end=0, capacity=[min(int(p.capacity[k]), 1 << 30)],
                time_window=vroom.TimeWindow(int(p.open_s[k]), min(int(p.close_s[k]), last)),
                costs=vroom.VehicleCosts(fixed=int(p.fixed_points[k]) // p.weights.travel),
            )
        )  # fmt: skip
    for v in range(p.visits):
        window = vroom.TimeWindow(int(p.early_s[v]), min(int(p.late_s[v]), last))
        model.add_job(
            vroom.Job(
                v, location=1 + v, default_service=int(p.duration_s[v]),
                delivery=vroom.Amount([int(p.demand[v])]), time_windows=[window],
            )
        )  # fmt: skip
    rest = max(0.01, seconds - (perf_counter() - began))
    found = model.solve(EXPLORATION, nb_threads=1, timeout=timedelta(seconds=rest)).to_dict()
    if found["unassigned"]:
        return None
    routes: list[list[int]] = [[] for _ in range(p.routes)]
    for route in found["routes"]:
        routes[route["vehicle"]] = [s["id"] for s in route["steps"] if s["type"] == "job"]
    return earliest(p, routes)


SAYABLE = frozenset(
    {"skills", "several windows", "breaks", "several travel modes", "several depots"}
)
VROOM = Peer("VROOM", partial(lacks_of_vrptw, sayable=SAYABLE), solve)
