"""
What a move would cost and save at most, told from the routes that it touches before it is made.

Travel, fees, pay and load are exact; what a route could save by being timed anew is bounded.
"""

from __future__ import annotations

from scheduler.solve.bonds import bond_points
from scheduler.solve.chain import place_after, place_before
from scheduler.solve.edits import let_start
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import (
    OVERTIME,
    TARDINESS,
    WAITING,
    WORST_IDLE,
    WORST_TARDINESS,
    Net,
    State,
)
from scheduler.solve.pools import may_open
from scheduler.solve.spans import load_points, worked
from scheduler.solve.timing import INFEASIBLE, open_one, tardiness_of


@inlined
def insertion(net: Net, state: State, j: int, r: int, before: int) -> int:
    """Seconds of travel that `j` adds to route `r` right after `before`; `j` is not on it."""
    if net.node[j].place < 0:
        return 0
    mode = net.route[r].mode
    after = state.stop[before].next
    a = place_before(net, state, before)
    b = place_after(net, state, after)
    here = net.node[j].place
    added = net.travel[mode, a, here] + net.travel[mode, here, b]
    if state.tour[r].visits > 0:
        added -= net.travel[mode, a, b]
    return added


@inlined
def removal(net: Net, state: State, j: int) -> int:
    """Seconds of travel that taking `j` out of its route saves."""
    if net.node[j].place < 0:
        return 0
    stop = state.stop
    r = stop[j].route
    mode = net.route[r].mode
    a = place_before(net, state, stop[j].previous)
    b = place_after(net, state, stop[j].next)
    here = net.node[j].place
    saved = net.travel[mode, a, here] + net.travel[mode, here, b]
    if state.tour[r].visits > 1:
        saved -= net.travel[mode, a, b]
    return saved


@inlined
def spare_of(net: Net, state: State, r: int) -> int:
    """Timed points that a change of route `r` could save at most; the worst ones if it has them."""
    tour, sums, weight = state.tour, state.sums, net.weight
    points = tour[r].timed
    if points > 0 and points >= weight[TARDINESS] * sums[WORST_TARDINESS]:
        points += weight[WORST_TARDINESS] * sums[WORST_TARDINESS]
    if weight[WORST_IDLE] > 0:
        points += weight[WORST_IDLE] * sums[WORST_IDLE]
    if net.spans:
        # Slack may come back, and what was let wait for it need no longer be.
        points += net.route[r].span_points * tour[r].waiting + tour[r].extra
        points += net.weight[WAITING] * max(0, -tour[r].late)
    return points


@inlined
def spare_with_kin(net: Net, state: State, j: int, r: int) -> int:
    """As `spare_of`, for the routes of `j` and of its kin, and for `r`."""
    points = 0
    if r != state.stop[j].route:
        points = spare_of(net, state, r)
    k = j
    while True:
        if state.stop[k].route >= 0:
            points += spare_of(net, state, state.stop[k].route)
        k = net.node[k].kin
        if k == j:
            return points


@inlined
def ripple(
    net: Net, state: State, k: int, ready: int, here: int, mode: int, bound: int, to_end: bool
) -> int:
    """
    Points by which `k` and what follows it get later when the carer leaves `here` at `ready`.

    0 when `k` need not start later; `bound` or more, or INFEASIBLE, as soon as that is certain.
    Counts the lateness of mates too, but not what they carry to their routes; and the return, if
    `to_end`.
    """
    stop, node, weight = state.stop, net.node, net.weight
    points = 0
    away = True
    while True:
        if away and node[k].place >= 0:
            ready += net.travel[mode, here, node[k].place]
            away = False
        elif not away:
            ready += stop[k].leg
        if k >= net.movable:
            if not to_end:
                return points
            if ready > node[k].late:
                return INFEASIBLE
            return points + weight[OVERTIME] * max(
                0, max(0, ready - node[k].due) - stop[k].tardiness
            )
        if ready <= stop[k].start:
            return points
        start = open_one(net, k, ready)
        if start >= INFEASIBLE:
            return INFEASIBLE
        m = k
        while True:
            late = tardiness_of(net, m, start)
            points += weight[TARDINESS] * (late - stop[m].tardiness)
            m = node[m].mate
            if m == k:
                break
        if points >= bound:
            return points
        ready = start + node[k].duration
        k = stop[k].next


@inlined
def start_behind(net: Net, state: State, j: int, r: int, before: int) -> int:
    """When `j` could start right after `before` on route `r`, for itself; INFEASIBLE for never."""
    stop, node = state.stop, net.node
    ready = stop[before].start + node[before].duration
    if node[j].place >= 0:
        mode = net.route[r].mode
        ready += net.travel[mode, place_before(net, state, before), node[j].place]
    return open_one(net, j, max(ready, let_start(net, state, j, r, before)))


@inlined
def delay(net: Net, state: State, j: int, r: int, before: int, after: int, bound: int) -> int:
    """Points of lateness on route `r` when `j` stands between `before` and `after`."""
    start = start_behind(net, state, j, r, before)
    if start >= INFEASIBLE:
        return INFEASIBLE
    points = net.weight[TARDINESS] * tardiness_of(net, j, start)
    ready = start + net.node[j].duration
    here = net.node[j].place
    if here < 0:
        here = place_before(net, state, before)
    return points + ripple(net, state, after, ready, here, net.route[r].mode, bound - points, True)


@inlined
def room(net: Net, state: State, j: int, r: int) -> bool:
    """Whether the capacity of route `r` holds `j` as well, and its pools the route."""
    if state.tour[r].load + net.node[j].demand > net.route[r].capacity:
        return False
    return state.tour[r].visits > 0 or len(net.pool) == 0 or may_open(net, state, r)


@inlined
def fee_change(net: Net, state: State, j: int, was: int, r: int) -> int:
    """Points of another carer: fees, bonds, and routes that open or close."""
    if was == r:
        return 0
    points = net.fee[j, r] - net.fee[j, was]
    points += bond_points(net, state, j, r) - bond_points(net, state, j, was)
    if state.tour[r].visits == 0:
        points += net.route[r].fixed_points
    if state.tour[was].visits == 1:
        points -= net.route[was].fixed_points
    return points


@kernel
def pay_change(net: Net, state: State, r: int, seconds: int, visits: int) -> int:
    """
    Points of pay when route `r` works `seconds` and has `visits` more; both may be negative.

    What the change saves of its waiting is left to `spare_of`.
    """
    if net.route[r].span_points == 0:
        return 0
    now = state.tour[r].pay
    if state.tour[r].visits + visits == 0:
        return -now
    span = max(net.route[r].least_span, worked(state, r) + seconds)
    return net.route[r].span_points * span - now


@inlined
def load_change(net: Net, state: State, r: int, seconds: int) -> int:
    """Points of the load when route `r` has so many seconds of visits more."""
    if net.load_points == 0:
        return 0
    care = state.tour[r].care
    return load_points(net, r, care + seconds) - load_points(net, r, care)


@kernel
def pay_of_move(net: Net, state: State, j: int, r: int, added: int, saved: int) -> int:
    """As `pay_change`, when `j` goes to `r`, which adds and saves so many seconds of travel."""
    was = state.stop[j].route
    if was == r:
        return pay_change(net, state, r, added - saved, 0)
    length = net.node[j].duration
    points = pay_change(net, state, was, -saved - length, -1)
    points += pay_change(net, state, r, added + length, 1)
    return points + load_change(net, state, was, -length) + load_change(net, state, r, length)


@inlined
def hopeless(net: Net, state: State, j: int, r: int, before: int, points: int, most: int) -> bool:
    """Whether taking `j` after `before` on `r` for `points` of travel and fees is hopeless."""
    # Its new route saves no lateness, and waiting and what is too early only where they count.
    own = r == state.stop[j].route or net.weight[WAITING] > 0 or net.weight[WORST_IDLE] > 0
    own = own or net.wishes or net.spans
    spare = most + spare_with_kin(net, state, j, r if own else state.stop[j].route)
    if points > spare:
        return True
    if r == state.stop[j].route:
        return False
    spare -= points
    return delay(net, state, j, r, before, state.stop[before].next, spare + 1) > spare
