"""A given plan into a state, visit by visit: what breaks a rule is left out, the rest stays."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from scheduler.problem import BREAK, MUST_POINTS, Int
from scheduler.solve.chain import begin, undo
from scheduler.solve.edits import apply, plan, settle_keys
from scheduler.solve.kernel import kernel, pasted
from scheduler.solve.net import BRING, HOLD, LEADS, Int32, Net, Records, State, empty_state
from scheduler.solve.timing import INFEASIBLE, retime, retime_all

Stops = Sequence[Sequence[tuple[int, int]]]


def seat_plan(net: Net, state: State, stops: Stops, keep_times: bool = False) -> int:
    """
    Let the empty `state` be the plan `stops` as far as it keeps the rules; its points.

    Parameters
    ----------
    stops
        Per route ``(visit or BREAK, start_s)`` in order.
    keep_times
        Nothing starts before its given time; else it does where that costs no more.

    Raises
    ------
    ValueError
        When there is not one entry per route, or a visit that the problem does not have.
    """
    if len(stops) != len(net.route):
        raise ValueError(f"Expected stops of {len(net.route)} routes, found {len(stops)}.")
    where: dict[int, tuple[int, int]] = {}
    routes: list[list[int]] = []
    breaks = {int(net.node[j]["fixed"]): j for j in range(net.visits, net.movable)}
    for r, route in enumerate(stops):
        routes.append([])
        for visit, start in route:
            if not (visit == BREAK or 0 <= visit < net.visits):
                raise ValueError(f"Expected visits below {net.visits} or BREAK, found {visit}.")
            j = breaks.get(r, -1) if visit == BREAK else visit
            if j >= 0 and j not in where:
                where[j] = int(start), r
                routes[r].append(j)
    for r, j in breaks.items():
        _add_break(net, j, r, where, routes[r])
    rings = _in_turn(net, where, routes)
    points = _seat_rings(net, state, where, rings)
    compulsory = [j for r, j in breaks.items() if net.allowed[j, r] and _must(net, j)]
    if any(state.stop[j]["route"] < 0 for j in compulsory):
        # With the breaks in first, a visit that would make one late is left out instead.
        empty = empty_state(net)
        for name in state._fields:
            getattr(state, name)[...] = getattr(empty, name)
        points = _seat_rings(net, state, where, rings, breaks_first=True)
    if not keep_times:
        heads = np.array([int(net.node[ring[0]]["head"]) for ring in rings], dtype=np.int64)
        points = int(_let_go(net, state, heads, points))
    # So far keys are ranks, with no room for a visit in between.
    settle_keys(net, state, heads_by_start(net, state.stop))
    return points


def heads_by_start(net: Net, stop: Records) -> Int32:
    """First of each ring of mates, by the start in a plan (STOP)."""
    heads = np.flatnonzero(net.node["head"][: net.movable] == np.arange(net.movable))
    order: Int32 = heads[np.argsort(stop["start"][heads], kind="stable")].astype(np.int32)
    return order


def _seat_rings(
    net: Net,
    state: State,
    where: dict[int, tuple[int, int]],
    rings: list[list[int]],
    breaks_first: bool = False,
) -> int:
    """
    Plan the rings one by one, their keys and starts by the given plan; the points.

    A kin of a visit may have been given a much later start than it must have.
    """
    for rank, ring in enumerate(rings):
        state.stop["key"][ring] = rank
        head = int(net.node[ring[0]]["head"])
        start = max(where[j][0] for j in ring)
        state.stop["release"][head] = max(start, int(net.node[head]["early"]))
    points = int(retime_all(net, state))
    in_turn = sorted(rings, key=lambda ring: breaks_first and ring[0] < net.visits)
    nodes = np.array([j for ring in in_turn for j in ring], dtype=np.int64)
    route = np.full(net.movable, -1, dtype=np.int64)
    for j, (_, r) in where.items():
        route[j] = r
    return int(_seat_all(net, state, nodes, route, points))


def _must(net: Net, j: int) -> bool:
    """Whether the break `j` has no price at which it may be missed."""
    return int(net.node[j]["drop"]) >= MUST_POINTS


def _add_break(
    net: Net, j: int, r: int, where: dict[int, tuple[int, int]], route: list[int]
) -> None:
    """Give the break `j` that must be, but is not or not in its window, the start of its window."""
    early, late = int(net.node[j]["early"]), int(net.node[j]["late"])
    if not (net.allowed[j, r] and _must(net, j)):
        return
    if j in where:
        if early <= where[j][0] <= late:
            return
        route.remove(j)
    where[j] = early, r
    at = sum(where[i][0] <= early for i in route)
    route.insert(at, j)


def _in_turn(
    net: Net, where: dict[int, tuple[int, int]], routes: list[list[int]]
) -> list[list[int]]:
    """
    The given nodes by ring (those that start together), each ring after those it stands behind.

    Behind on a route or by a link, and by start where neither tells. In a plan that contradicts
    itself the earliest of the rest comes next.
    """
    rings: dict[int, list[int]] = {}
    for j in where:
        rings.setdefault(int(net.node[j]["head"]), []).append(j)
    behind: dict[int, set[int]] = {h: set() for h in rings}
    for route in routes:
        for i, j in pairwise(route):
            behind[int(net.node[i]["head"])].add(int(net.node[j]["head"]))
    for j in where:
        for link in net.link[net.node[j]["link_at"] : net.node[j]["link_end"]]:
            if link["kind"] == LEADS and int(link["other"]) in where:
                other = int(net.node[link["other"]]["head"])
                behind[int(net.node[j]["head"])].add(other)
    before = dict.fromkeys(rings, 0)
    for heads in behind.values():
        for h in heads:
            before[h] += 1
    # Of two at the same second the shorter first: the other person's visit may follow at once.
    by_start = sorted(
        rings, key=lambda h: (min(where[j][0] for j in rings[h]), int(net.node[h]["duration"]))
    )
    rank = {h: at for at, h in enumerate(by_start)}
    ready = [rank[h] for h in by_start if before[h] == 0]
    order: list[list[int]] = []
    done: set[int] = set()
    for earliest in by_start:
        while ready or earliest not in done:
            h = by_start[heappop(ready)] if ready else earliest
            if h in done:
                continue
            done.add(h)
            order.append(rings[h])
            for other in behind[h]:
                before[other] -= 1
                if before[other] == 0:
                    heappush(ready, rank[other])
    return order


@kernel
def _seat_all(net: Net, state: State, nodes: Int, route: Int, points: int) -> int:
    """Plan `nodes` in order, each with its kin, on the routes given by node; the points."""
    for j in nodes:
        if state.stop[j].route < 0:
            points = _seat(net, state, j, route, points)
    return points


@pasted
def _seat(net: Net, state: State, j: int, route: Int, points: int) -> int:
    """Plan `j` and its kin by their keys; the points, unchanged when a rule forbids it."""
    begin(state)
    k = j
    while True:
        if route[k] < 0 or not net.allowed[k, route[k]]:
            return points
        plan(state, BRING, k, route[k], 0)
        k = net.node[k].kin
        if k == j:
            break
    return _done(net, state, INFEASIBLE - 1, points)


@kernel
def _let_go(net: Net, state: State, heads: Int, points: int) -> int:
    """Let the rings of `heads` start as soon as they can where that costs no more; the points."""
    for h in heads:
        early = net.node[h].early
        if state.stop[h].route < 0 or state.stop[h].release == early:
            continue
        begin(state)
        state.release[0] = early
        plan(state, HOLD, h, 0, 0)
        points = _done(net, state, points, points)
    return points


@pasted
def _done(net: Net, state: State, limit: int, points: int) -> int:
    """Do the edits unless the points exceed `limit`; the points, unchanged when they do."""
    found = retime(net, state, limit) if apply(net, state) else INFEASIBLE
    if found > limit:
        undo(state)
        return points
    return found
