"""
Changes of a state, the smallest there are: link a node into a route, unlink it, give it a key.

Everything that changes is saved first, so :func:`undo` restores the state exactly. Each change
lists the nodes whose times it may alter; :func:`scheduler.solve.timing.retime` works the list off.
"""

from __future__ import annotations

from scheduler.problem import MUST_POINTS
from scheduler.solve.bonds import bond_points
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import (
    EDITS,
    KEY_UNIT,
    NEVER,
    NOW,
    OTHER,
    OUT,
    QUEUED,
    SAVED,
    SAVED_TOURS,
    TARDINESS,
    TRAVEL,
    WAITING,
    WORST_FELL,
    WORST_TARDINESS,
    Net,
    Records,
    State,
)


@inlined
def begin(state: State) -> None:
    """Start a new move; the last one is there to stay."""
    count = state.count
    count[NOW] += 1
    count[SAVED] = 0
    count[SAVED_TOURS] = 0
    count[WORST_FELL] = 0
    count[EDITS] = 0
    for i in range(len(state.sums)):
        state.saved_sums[i] = state.sums[i]


@inlined
def undo(state: State) -> None:
    """Take back everything since :func:`begin`."""
    count = state.count
    for i in range(count[QUEUED]):
        state.stop[state.queue[i]].queued = 0
    count[QUEUED] = 0
    for i in range(count[SAVED]):
        state.stop[state.saved_node[i]] = state.saved[i]
    for i in range(count[SAVED_TOURS]):
        state.tour[state.saved_route[i]] = state.saved_tour[i]
    for i in range(len(state.sums)):
        state.sums[i] = state.saved_sums[i]
    count[SAVED] = 0
    count[SAVED_TOURS] = 0


@inlined
def save(state: State, j: int) -> None:
    """Remember node `j` as it was before the move."""
    if state.stop[j].stamp != state.count[NOW]:
        at = state.count[SAVED]
        state.saved[at] = state.stop[j]
        state.saved[at].queued = 0
        state.saved_node[at] = j
        state.count[SAVED] = at + 1
        state.stop[j].stamp = state.count[NOW]


@inlined
def save_tour(state: State, r: int) -> None:
    """Remember route `r` as it was before the move."""
    if state.tour[r].stamp != state.count[NOW]:
        at = state.count[SAVED_TOURS]
        state.saved_tour[at] = state.tour[r]
        state.saved_route[at] = r
        state.count[SAVED_TOURS] = at + 1
        state.tour[r].stamp = state.count[NOW]


@inlined
def touch(net: Net, state: State, j: int) -> None:
    """List the mates of `j` for timing, once."""
    h = net.node[j].head
    if state.stop[h].queued == 0:
        save(state, h)
        state.stop[h].queued = 1
        state.queue[state.count[QUEUED]] = h
        state.count[QUEUED] += 1


@inlined
def place_before(net: Net, state: State, j: int) -> int:
    """Row of travel where the carer is after `j`."""
    while net.node[j].place < 0:
        j = state.stop[j].previous
    return net.node[j].place


@inlined
def place_after(net: Net, state: State, j: int) -> int:
    """Row of travel of `j`, or of the first node behind it that has a place."""
    while net.node[j].place < 0:
        j = state.stop[j].next
    return net.node[j].place


@inlined
def refresh_leg(net: Net, state: State, j: int) -> None:
    """Travel to `j` anew, since what stands before it changed; lists it for timing."""
    stop = state.stop
    touch(net, state, j)
    save(state, j)
    r = stop[j].route
    leg = 0
    if net.node[j].place >= 0 and not (j >= net.movable and state.tour[r].visits == 0):
        here = place_before(net, state, stop[j].previous)
        leg = net.travel[net.route[r].mode, here, net.node[j].place]
    change = leg - stop[j].leg
    if change != 0:
        stop[j].leg = leg
        save_tour(state, r)
        state.tour[r].travel += change
        state.sums[TRAVEL] += change


@inlined
def refresh_after(net: Net, state: State, j: int) -> None:
    """Travel to what follows `j`, and over breaks to what follows them."""
    j = state.stop[j].next
    refresh_leg(net, state, j)
    while net.node[j].place < 0:
        j = state.stop[j].next
        refresh_leg(net, state, j)


@inlined
def unlink(net: Net, state: State, j: int) -> None:
    """Take `j` out of its route; it is left out until :func:`link`."""
    stop = state.stop
    r = stop[j].route
    before, after = stop[j].previous, stop[j].next
    touch_linked(net, state, j)
    save(state, j)
    save(state, before)
    save(state, after)
    save_tour(state, r)
    tour = state.tour
    tour[r].busy -= net.node[j].duration
    state.sums[TRAVEL] -= stop[j].leg
    tour[r].travel -= stop[j].leg
    _forget_times(net, state, j)
    stop[before].next = after
    stop[after].previous = before
    stop[j].route = stop[j].previous = stop[j].next = -1
    if j < net.visits:
        tour[r].load -= net.node[j].demand
        tour[r].care -= net.node[j].duration
        tour[r].visits -= 1
        state.sums[OTHER] -= net.fee[j, r] + bond_points(net, state, j, r)
        if tour[r].visits == 0:
            state.sums[OTHER] -= net.route[r].fixed_points
    refresh_after(net, state, before)
    if j < net.visits and tour[r].visits == 0:
        refresh_leg(net, state, net.movable + len(net.route) + r)


@inlined
def link(net: Net, state: State, j: int, r: int, before: int) -> None:
    """Put `j`, which has its key, into route `r` right after `before`."""
    stop = state.stop
    after = stop[before].next
    save(state, j)
    save(state, before)
    save(state, after)
    save_tour(state, r)
    stop[before].next = j
    stop[after].previous = j
    stop[j].route, stop[j].previous, stop[j].next = r, before, after
    tour = state.tour
    tour[r].busy += net.node[j].duration
    if j < net.visits:
        tour[r].load += net.node[j].demand
        tour[r].care += net.node[j].duration
        tour[r].visits += 1
        state.sums[OTHER] += net.fee[j, r] + bond_points(net, state, j, r)
        if tour[r].visits == 1:
            state.sums[OTHER] += net.route[r].fixed_points
    touch_linked(net, state, j)
    refresh_leg(net, state, j)
    refresh_after(net, state, j)
    if j < net.visits and tour[r].visits == 1:
        refresh_leg(net, state, net.movable + len(net.route) + r)


@inlined
def touch_linked(net: Net, state: State, j: int) -> None:
    """List the planned nodes that a gap or a person ties to `j`; drop the pulls between them."""
    stop = state.stop
    for e in range(net.node[j].link_at, net.node[j].link_end):
        other = net.link[e].other
        if stop[other].route >= 0:
            touch(net, state, other)
            drop_pull(state, other)
    drop_pull(state, j)


@inlined
def drop_pull(state: State, j: int) -> None:
    """Let a longest gap ask anew for the start of `j`."""
    if state.stop[j].pull != NEVER:
        save(state, j)
        state.stop[j].pull = NEVER


@inlined
def between(state: State, before: int, after: int, wanted: int) -> int:
    """A key between those of two neighbours, as near `wanted` as can be; NEVER when none is."""
    low, high = state.stop[before].key, state.stop[after].key
    if high - low < 2:
        return NEVER
    margin = min((high - low) // 2, KEY_UNIT // 4)
    return min(max(wanted, low + margin), high - margin)


@inlined
def slot(state: State, first: int, key: int) -> int:
    """
    The last node with a key below `key` on the route of `first`, sought from there.

    -1 when another node has that very key: which of the two comes first must not be in doubt.
    """
    stop = state.stop
    j = first
    while stop[j].key >= key:
        j = stop[j].previous
    after = stop[j].next
    while stop[after].key < key:
        j = after
        after = stop[j].next
    return -1 if stop[after].key == key else j


@inlined
def count_out(net: Net, state: State, j: int, out: bool) -> None:
    """Count the points of a node that goes out or comes in."""
    drop = net.node[j].drop
    if drop >= MUST_POINTS and j >= net.visits:
        drop = 0
    if out:
        state.sums[OTHER] += drop
        state.sums[OUT] += 1
    else:
        state.sums[OTHER] -= drop
        state.sums[OUT] -= 1


@inlined
def _forget_times(net: Net, state: State, j: int) -> None:
    """Take the waiting and tardiness of a node out of the sums."""
    stop, sums, weight = state.stop, state.sums, net.weight
    state.tour[stop[j].route].timed -= (
        weight[WAITING] * stop[j].waiting + weight[TARDINESS] * stop[j].tardiness
    )
    if net.spans:
        state.tour[stop[j].route].waiting -= stop[j].waiting
    sums[WAITING] -= stop[j].waiting
    sums[TARDINESS] -= stop[j].tardiness
    if stop[j].tardiness > 0 and stop[j].tardiness == sums[WORST_TARDINESS]:
        state.count[WORST_FELL] = 1
    stop[j].leg = stop[j].waiting = stop[j].tardiness = 0


@kernel
def copy_stops(state: State, stops: Records) -> None:
    """The plan into `stops` (STOP)."""
    for j in range(len(stops)):
        stops[j] = state.stop[j]
