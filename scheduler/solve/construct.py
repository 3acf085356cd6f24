"""
A first plan: every unit where it costs least, the hardest to place first.

Lone visits are tried at each place of each carer who may; linked groups at random carers and
places, since their combinations are too many. What finds no place stays out.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from scheduler.problem import Int
from scheduler.solve.detour import insertion
from scheduler.solve.moves import Seed, clear_undo, place_unit, random_below, seat_unit, undo
from scheduler.solve.net import Net, State
from scheduler.solve.timing import INFEASIBLE, evaluate

# Random combinations of carers and places that a linked group is tried at.
GROUP_TRIES = 400


def construct(net: Net, state: State, seed: Seed) -> int:
    """Fill an empty state in place; returns its points."""
    first = net.member[net.unit_at[:-1]]
    size = np.diff(net.unit_at)
    choices = net.routes_count[first]
    by_need = np.lexsort((net.early[first], choices, -size, -net.drop // np.maximum(size, 1)))
    visits = by_need[net.fixed[first[by_need]] < 0].astype(np.int64)
    return int(_insert_all(net, state, seed, visits))


@njit(cache=True, nogil=True)
def _insert_all(net: Net, state: State, seed: Seed, units: Int) -> int:
    points = evaluate(net, state, INFEASIBLE - 1)
    for u in units:
        points = insert_unit(net, state, seed, u, points)
    return points


@njit(cache=True, nogil=True)
def insert_unit(net: Net, state: State, seed: Seed, unit: int, points: int) -> int:
    """Plan a left-out unit where it costs least; returns the points, unchanged if nowhere."""
    if net.unit_at[unit + 1] - net.unit_at[unit] == 1:
        return _insert_lone(net, state, seed, unit, points)
    return _insert_group(net, state, seed, unit, points)


@njit(cache=True, nogil=True)
def _insert_lone(net: Net, state: State, seed: Seed, unit: int, points: int) -> int:
    """
    Best of all places in all routes; unchanged when none is feasible.

    Places that the windows rule out are not timed: starts of a plan only grow when a visit is
    added, so a visit that is too late now stays too late. Nor are those whose detour costs more
    than the best place found.
    """
    node = net.member[net.unit_at[unit]]
    evaluate(net, state, INFEASIBLE - 1)
    start = state.start.copy()
    # What the plan costs with the visit in it, but for its detour and the waiting that it uses up.
    floor = points - net.drop[unit] - net.weight[1] * state.waiting
    home = state.position[unit]
    best, best_route, best_at = points, -1, -1
    for c in range(net.routes_count[node]):
        r = net.routes_of[node, c]
        leg = net.travel[net.mode[r]]
        here, ready, last = net.first_place[r], net.open[r], -1
        soonest = max(net.early[node], ready + leg[here, net.place[node]])
        for i in range(len(state.order)):
            stop = _stop_of(net, state, state.order[i], r)
            if stop < 0:
                continue
            if soonest > net.late[node]:
                break
            at = i - 1 if home < i else i
            last = i
            done = soonest + net.duration[node]
            if net.place[stop] >= 0:
                done += leg[net.place[node], net.place[stop]]
            detour = insertion(net, state, node, r, i)
            if done <= net.late[stop] and floor[r] + net.weight[0] * detour < best:
                found = _try_at(net, state, seed, node, r, at, best)
                if found < best:
                    best, best_route, best_at = found, r, at
            here = net.place[stop] if net.place[stop] >= 0 else here
            ready = start[stop] + net.duration[stop]
            soonest = max(net.early[node], ready + leg[here, net.place[node]])
        detour = insertion(net, state, node, r, len(state.order))
        if soonest <= net.late[node] and floor[r] + net.weight[0] * detour < best:
            at = home if home > last else last
            found = _try_at(net, state, seed, node, r, at, best)
            if found < best:
                best, best_route, best_at = found, r, at
    if best_route >= 0:
        clear_undo(state)
        seat_unit(net, state, seed, node, best_route)
        place_unit(state, unit, best_at)
    return best


@njit(cache=True, nogil=True)
def _stop_of(net: Net, state: State, unit: int, route: int) -> int:
    """The unit's node on `route`, -1 when it has none."""
    for m in range(net.unit_at[unit], net.unit_at[unit + 1]):
        if state.route[net.member[m]] == route:
            return net.member[m]
    return -1


@njit(cache=True, nogil=True)
def _try_at(net: Net, state: State, seed: Seed, node: int, route: int, at: int, limit: int) -> int:
    """Points with the lone `node` on `route` at index `at` of the order; nothing is kept."""
    clear_undo(state)
    seat_unit(net, state, seed, node, route)
    place_unit(state, net.unit[node], at)
    found = evaluate(net, state, limit)
    undo(state)
    return found


@njit(cache=True, nogil=True)
def _insert_group(net: Net, state: State, seed: Seed, unit: int, points: int) -> int:
    """Best of GROUP_TRIES random places near its window; unchanged when none is feasible."""
    node = net.member[net.unit_at[unit]]
    if net.routes_count[node] == 0:
        return points
    best, best_at = points, -1
    best_routes = np.full(net.unit_at[unit + 1] - net.unit_at[unit], -1, dtype=np.int64)
    home = state.position[unit]
    for trial in range(GROUP_TRIES):
        r = net.routes_of[node, random_below(seed, net.routes_count[node])]
        reach = 1 + trial * len(state.order) // GROUP_TRIES
        at = home + random_below(seed, 2 * reach + 1) - reach
        at = min(max(at, 0), len(state.order) - 1)
        clear_undo(state)
        if not seat_unit(net, state, seed, node, r):
            continue
        place_unit(state, unit, at)
        found = evaluate(net, state, best)
        if found < best:
            best, best_at = found, at
            for m in range(len(best_routes)):
                best_routes[m] = state.route[net.member[net.unit_at[unit] + m]]
        undo(state)
    if best_at >= 0:
        clear_undo(state)
        for m in range(len(best_routes)):
            state.route[net.member[net.unit_at[unit] + m]] = best_routes[m]
        state.dropped[0] -= net.drop[unit]
        place_unit(state, unit, best_at)
    return best
