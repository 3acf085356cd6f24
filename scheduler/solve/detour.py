"""
The least that a move changes in points, without timing: it spares most timings.

Travel is known beforehand; of the waiting at most all that stands on the two routes can be saved.
That leaves out the waiting of a third route that is linked to them, so in rare cases a good move is
missed; a bad one is never accepted, since all others are timed.
"""

from __future__ import annotations

from numba import njit

from scheduler.solve.net import Net, State

# Says that the change is not known; smaller than any real one.
UNKNOWN = -(1 << 60)


@njit(cache=True, nogil=True)
def insertion(net: Net, state: State, node: int, route: int, index: int) -> int:
    """Seconds that `node` adds to `route` at `index` of the order, itself thought away."""
    before = _stop_before(net, state, node, route, index)
    after = _stop_after(net, state, node, route, index)
    leg = net.travel[net.mode[route]]
    here = net.place[node]
    start = net.first_place[route] if before < 0 else net.place[before]
    end = net.last_place[route] if after < 0 else net.place[after]
    # A route without visits costs nothing, wherever it starts and ends.
    spared = 0 if before < 0 and after < 0 else leg[start, end]
    return leg[start, here] + leg[here, end] - spared


@njit(cache=True, nogil=True)
def relocation(net: Net, state: State, node: int, route: int, index: int) -> int:
    """
    Least points by which the plan changes when a lone, planned visit goes to `route` at `index`.

    UNKNOWN for a group, a break or a visit that is left out.
    """
    if not _lone(net, state, node):
        return UNKNOWN
    was = state.route[node]
    change = insertion(net, state, node, route, index)
    change -= insertion(net, state, node, was, state.position[net.unit[node]])
    return net.weight[0] * change - _savable(net, state, was, route)


@njit(cache=True, nogil=True)
def exchange(net: Net, state: State, a: int, b: int) -> int:
    """
    Least points by which the plan changes when two lone, planned visits take each other's places.

    UNKNOWN when either is not lone, or when they are neighbours on one route.
    """
    if not _lone(net, state, a) or not _lone(net, state, b):
        return UNKNOWN
    change = 0
    for one, other in ((a, b), (b, a)):
        r, index = state.route[one], state.position[net.unit[one]]
        before = _stop_before(net, state, one, r, index)
        after = _stop_after(net, state, one, r, index)
        if before == other or after == other:
            return UNKNOWN
        leg = net.travel[net.mode[r]]
        start = net.first_place[r] if before < 0 else net.place[before]
        end = net.last_place[r] if after < 0 else net.place[after]
        new, old = net.place[other], net.place[one]
        change += leg[start, new] + leg[new, end] - leg[start, old] - leg[old, end]
    return net.weight[0] * change - _savable(net, state, state.route[a], state.route[b])


@njit(cache=True, nogil=True)
def _savable(net: Net, state: State, a: int, b: int) -> int:
    """Points of all waiting on two routes."""
    waiting = state.settled[a] if a == b else state.settled[a] + state.settled[b]
    return net.weight[1] * waiting


@njit(cache=True, nogil=True)
def _lone(net: Net, state: State, node: int) -> bool:
    u = net.unit[node]
    return (
        net.unit_at[u + 1] - net.unit_at[u] == 1 and net.place[node] >= 0 and state.route[node] >= 0
    )


@njit(cache=True, nogil=True)
def _stop_before(net: Net, state: State, node: int, route: int, index: int) -> int:
    """The last visit of `route` below `index` of the order, `node` left aside; -1 for none."""
    for i in range(index - 1, -1, -1):
        u = state.order[i]
        for m in range(net.unit_at[u], net.unit_at[u + 1]):
            j = net.member[m]
            if state.route[j] == route and j != node and net.place[j] >= 0:
                return j
    return -1


@njit(cache=True, nogil=True)
def _stop_after(net: Net, state: State, node: int, route: int, index: int) -> int:
    """The first visit of `route` at or above `index` of the order, `node` left aside."""
    for i in range(index, len(state.order)):
        u = state.order[i]
        for m in range(net.unit_at[u], net.unit_at[u + 1]):
            j = net.member[m]
            if state.route[j] == route and j != node and net.place[j] >= 0:
                return j
    return -1
