"""
Routes that are paid for what they work: how late the carer may set out, and what that is worth.

The search times everything as early as it can be, which lets a carer set out early and then wait.
So the pay is counted as if the first stops began later, by as much as nobody else notices: only as
far as their own windows, and the earliest starts of what they are linked with, leave it. A plan is
read with these later starts.
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
def pay_route(net: Net, state: State, r: int) -> bool:
    """Count late departure and pay of route `r` anew; False when it works longer than it may."""
    late = set_out_late(net, state, r)
    state.sums[WAITING] -= late - state.tour[r].late
    state.tour[r].late = late
    points = pay_points(net, state, r)
    state.sums[OTHER] += points - state.tour[r].pay
    state.tour[r].pay = points
    return worked(state, r) <= net.route[r].most_span or state.tour[r].visits == 0


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
def set_out_late(net: Net, state: State, r: int) -> int:
    """
    Seconds by which the first visit of route `r`, and as much as need be of what follows, may start
    later without any change of the rest: of the return, of other routes, of what is tardy.
    """
    stop, node = state.stop, net.node
    if net.route[r].span_points == 0 and net.route[r].most_span >= FOREVER_S:
        return 0
    k = net.movable + len(net.route) + r
    may, first = 0, 0
    while True:
        j = stop[k].previous
        if j >= net.movable:
            return first
        may += stop[k].start - stop[j].start - node[j].duration - stop[k].leg
        may = min(may, _slack(net, state, j))
        if j < net.visits:
            first = may
        k = j


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
