"""A whole plan in and out of a state: copy, count anew, read the routes."""

from __future__ import annotations

from scheduler.problem import BREAK, MUST_POINTS
from scheduler.solve.bonds import all_bond_points
from scheduler.solve.kernel import kernel
from scheduler.solve.net import (
    OTHER,
    OUT,
    OVERTIME,
    QUEUED,
    TARDINESS,
    TRAVEL,
    WAITING,
    Net,
    Records,
    State,
)
from scheduler.solve.spans import read_starts
from scheduler.solve.timing import retime_all


@kernel
def load(net: Net, state: State, stops: Records) -> int:
    """Let `state` be the plan of `stops` (STOP); its points, timed from nothing."""
    for j in range(len(stops)):
        state.stop[j] = stops[j]
        state.stop[j].stamp = -1
        state.stop[j].timed = -1
        state.stop[j].relaxed = -1
        state.stop[j].queued = 0
    state.count[QUEUED] = 0
    recount(net, state)
    return retime_all(net, state)


@kernel
def recount(net: Net, state: State) -> None:
    """Sums and tours by the stops alone."""
    stop, tour, sums, node = state.stop, state.tour, state.sums, net.node
    for i in range(len(sums)):
        sums[i] = 0
    for r in range(len(net.route)):
        tour[r].load = tour[r].busy = tour[r].travel = tour[r].visits = tour[r].timed = 0
        tour[r].care = tour[r].waiting = tour[r].late = tour[r].pay = 0
        tour[r].extra = 0
        tour[r].stamp = -1
        j = stop[net.movable + r].next
        while True:
            tour[r].travel += stop[j].leg
            if j >= net.movable:
                break
            tour[r].busy += node[j].duration
            tour[r].waiting += stop[j].waiting
            tour[r].timed += (
                net.weight[WAITING] * stop[j].waiting + net.weight[TARDINESS] * stop[j].tardiness
            )
            if j < net.visits:
                tour[r].load += node[j].demand
                tour[r].care += node[j].duration
                tour[r].visits += 1
                sums[OTHER] += net.fee[j, r]
            j = stop[j].next
        sums[TRAVEL] += tour[r].travel
        sums[OVERTIME] += stop[j].tardiness
        tour[r].timed += net.weight[OVERTIME] * stop[j].tardiness
        if tour[r].visits > 0:
            sums[OTHER] += net.route[r].fixed_points
    sums[OTHER] += all_bond_points(net, state)
    for j in range(net.movable):
        if stop[j].route < 0:
            sums[OUT] += 1
            if j < net.visits or node[j].drop < MUST_POINTS:
                sums[OTHER] += node[j].drop
        sums[WAITING] += stop[j].waiting
        sums[TARDINESS] += stop[j].tardiness
        sums[3] = max(sums[3], stop[j].tardiness)


def routes_of(net: Net, state: State) -> tuple[tuple[tuple[int, int], ...], ...]:
    """
    Per route ``(visit or BREAK, start_s)`` in order, with the later starts of
    :mod:`scheduler.solve.spans`.
    """
    if net.spans:
        read_starts(net, state)
    start = state.read if net.spans else state.stop["start"]
    routes = []
    for r in range(len(net.route)):
        stops = []
        j = int(state.stop[net.movable + r]["next"])
        while j < net.movable:
            stops.append((j if j < net.visits else BREAK, int(start[j])))
            j = int(state.stop[j]["next"])
        routes.append(tuple(stops))
    return tuple(routes)
