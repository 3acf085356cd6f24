"""
What is counted on a route once it is timed: pay, missing slack, more visits than is fair.

The search times everything as early as it can be. So a carer who is paid for what she works would
set out early and then wait, and visits would follow each other without slack while the end of the
shift is empty. Both are counted as if stops began later, by as much as nobody else notices: only as
far as their own windows, the end of the shift, and the earliest starts of what they are linked
with, leave it. A plan is read with these later starts.
"""

from __future__ import annotations

from scheduler.problem import FOREVER_S
from scheduler.solve.chain import save_tour
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import APART_IN_TIME, LEADS, OTHER, SAVED_TOURS, WAITING, Net, State


@inlined
def worked(state: State, r: int) -> int:
    """Seconds that route `r` works when the carer sets out as late as may be."""
    tour = state.tour
    return tour[r].travel + tour[r].care + tour[r].waiting - tour[r].late


@inlined
def pay_points(net: Net, state: State, r: int) -> int:
    """Points of what route `r` is paid for."""
    if state.tour[r].visits == 0:
        return 0
    return net.route[r].span_points * max(net.route[r].least_span, worked(state, r))


@inlined
def load_points(net: Net, r: int, care: int) -> int:
    """Points of so many seconds of visits on route `r`, as far as that is more than fair."""
    return net.load_points * max(0, care - net.route[r].fair)


@kernel
def pay_route(net: Net, state: State, r: int) -> bool:
    """Count route `r` anew with its later starts; False when it works longer than it may."""
    tour = state.tour
    missing = let_wait(net, state, r)
    points = pay_points(net, state, r)
    state.sums[OTHER] += points - tour[r].pay
    tour[r].pay = points
    points = net.slack_points * missing + load_points(net, r, tour[r].care)
    state.sums[OTHER] += points - tour[r].extra
    tour[r].extra = points
    return worked(state, r) <= net.route[r].most_span or tour[r].visits == 0


@kernel
def pay_changed(net: Net, state: State) -> bool:
    """As `pay_route`, for every route that the move has changed."""
    for i in range(state.count[SAVED_TOURS]):
        if not pay_route(net, state, state.saved_route[i]):
            return False
    return True


@kernel
def pay_all(net: Net, state: State) -> bool:
    """As `pay_route`, for every route."""
    for r in range(len(net.route)):
        save_tour(state, r)
        if not pay_route(net, state, r):
            return False
    return True


@kernel
def let_wait(net: Net, state: State, r: int) -> int:
    """
    Write the later starts of route `r` into `State.read`, count its waiting by them, and return the
    seconds of slack that are missing.

    Its first visit, where the route is paid, starts as late as may be. Then each visit has its
    slack, the first ones first: what one leaves, the next may have. The carer returns later only
    where the slack is worth more than the waiting.
    """
    stop, node, route, read = state.stop, net.node, net.route[r], state.read
    paid = route.span_points > 0 or route.most_span < FOREVER_S
    end = net.movable + len(net.route) + r
    late = _latest(net, state, end, 0) if paid else 0
    if net.slack_points > 0:
        room = 0
        if net.slack_points > net.weight[WAITING] + route.span_points:
            longest = route.most_span - worked(state, r) - state.tour[r].late + late
            room = max(0, min(min(node[end].late, node[end].due) - stop[end].start, longest))
        _latest(net, state, end, room)
    waiting, missing, ready = 0, 0, 0
    counts = False
    before = net.movable + r
    while True:
        j = stop[before].next
        if j >= net.movable:
            break
        ready += stop[j].leg
        start = stop[j].start
        if counts:
            start = max(start, ready)
            if net.slack_points > 0 and j < net.visits:
                start = max(start, min(read[j], ready + node[j].slack))
                missing += max(0, node[j].slack - (start - ready))
            waiting += start - ready
        elif j < net.visits:
            start += late
            counts = True
        read[j] = start
        ready = start + node[j].duration
        before = j
    late = state.tour[r].waiting - waiting
    state.sums[WAITING] -= late - state.tour[r].late
    state.tour[r].late = late
    return missing


@inlined
def _latest(net: Net, state: State, end: int, room: int) -> int:
    """
    Write into `read` how late each stop may start, with all that follows it on the route, when the
    return may be `room` seconds later; the seconds that this leaves the first visit.
    """
    stop, node = state.stop, net.node
    may, first = room, 0
    k = end
    while True:
        j = stop[k].previous
        if j >= net.movable:
            return first
        may += stop[k].start - stop[j].start - node[j].duration - stop[k].leg
        may = min(may, _slack(net, state, j))
        state.read[j] = stop[j].start + may
        if j < net.visits:
            first = may
        k = j


@kernel
def read_starts(net: Net, state: State) -> None:
    """Write the later starts of every route into `State.read`."""
    for r in range(len(net.route)):
        let_wait(net, state, r)


@inlined
def _slack(net: Net, state: State, j: int) -> int:
    """Seconds that `j` may start later, whatever the others do; no bound known counts as none."""
    stop, node, link = state.stop, net.node, net.link
    start = stop[j].start
    if node[j].mate != j or start < node[j].wish:
        return 0
    late, due = node[j].late, node[j].due
    for w in range(node[j].more_at, node[j].more_end):
        if net.more[w].early > start:
            # From then on another window governs.
            late = min(late, net.more[w].early - 1)
            break
        late, due = net.more[w].late, net.more[w].due
    slack = min(late, due) - start
    for e in range(node[j].link_at, node[j].link_end):
        other = link[e].other
        if link[e].kind == APART_IN_TIME:
            if _last_start(net, other) + node[other].duration > start:
                slack = min(slack, node[other].early - node[j].duration - start)
        elif link[e].kind == LEADS:
            slack = min(slack, node[other].early - link[e].low - start)
        else:
            slack = min(slack, node[other].early + link[e].high - start)
    return max(0, slack)


@inlined
def _last_start(net: Net, j: int) -> int:
    """The last second at which `j` may start at all."""
    late = net.node[j].late
    for w in range(net.node[j].more_at, net.node[j].more_end):
        late = max(late, net.more[w].late)
    return late
