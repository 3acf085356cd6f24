"""
Every place of a left-out visit in a plan, each timed to the end.

Nothing is ranked by what it promises, as in :mod:`scheduler.solve.insert`; a promise only tells
where it cannot stand at all.
"""

from __future__ import annotations

from scheduler.problem import Int
from scheduler.solve.chain import begin, undo
from scheduler.solve.edits import apply, plan
from scheduler.solve.insert import place_cost
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.moves import room
from scheduler.solve.net import EDITS, HOLD, JOIN, SEAT, Int32, Net, State
from scheduler.solve.timing import INFEASIBLE, due_of, retime


@kernel
def try_places(
    net: Net,
    state: State,
    j: int,
    kin: Int32,
    points: Int,
    before: Int32,
    release: Int,
    others: Int32,
) -> None:
    """
    Try the left-out `j` everywhere, at each place its `kin` one by one where it is best.

    Parameters
    ----------
    kin : (m,) int32
        Left-out nodes that come with it.
    points : (k,) int64
        INFEASIBLE; the points of the best plan by route of `j` are written here.
    before : (k,) int32
        Node that `j` stands behind then.
    release : (k,) int64, s
        When `j` is let start then; later than it could where that saves waiting.
    others : (k + 1, m) int32
        Routes of its kin then; the last row is scratch.
    """
    for c in range(net.node[j].routes):
        r = net.routes_of[j, c]
        if not net.allowed[j, r] or not room(net, state, j, r):
            continue
        at = net.movable + r
        while at < net.movable or at == net.movable + r:
            promise = place_cost(net, state, j, r, at, net.node[j].early, INFEASIBLE)
            if promise < INFEASIBLE:
                found = _try_place(net, state, j, r, at, kin, others, points[r])
                if found < points[r]:
                    points[r] = found
                    before[r] = at
                    release[r] = state.release[0]
                    for q in range(len(kin)):
                        others[r, q] = others[len(points), q]
            at = state.stop[at].next


@inlined
def _try_place(
    net: Net, state: State, j: int, r: int, at: int, kin: Int32, others: Int32, most: int
) -> int:
    """Points with `j` there, INFEASIBLE when it cannot be or they are `most` or more."""
    now = len(others) - 1
    if len(kin) == 0:
        return _try_joined(net, state, j, r, at, kin, others, 0, most)
    best, release = INFEASIBLE, state.release[0]
    for q in range(len(kin)):
        best, chosen = INFEASIBLE, -1
        for c in range(net.node[kin[q]].routes):
            other = net.routes_of[kin[q], c]
            if not net.allowed[kin[q], other]:
                continue
            others[now, q] = other
            found = _try_joined(net, state, j, r, at, kin, others, q + 1, best)
            if found < best:
                best, chosen, release = found, other, state.release[0]
        if chosen < 0:
            return INFEASIBLE
        others[now, q] = chosen
    state.release[0] = release
    return best if best < most else INFEASIBLE


@inlined
def _try_joined(
    net: Net,
    state: State,
    j: int,
    r: int,
    at: int,
    kin: Int32,
    others: Int32,
    count: int,
    most: int,
) -> int:
    """
    Points with `j` there and the first `count` of its kin on the routes of the last row; when it is
    let start then is in `State.release`.
    """
    begin(state)
    plan(state, SEAT, j, r, at)
    for q in range(count):
        plan(state, JOIN, kin[q], others[len(others) - 1, q], j)
    found = INFEASIBLE
    earliest = net.node[net.node[j].head].early
    if apply(net, state):
        found = retime(net, state, most - 1)
        later = _worth_waiting(net, state, j) if found < INFEASIBLE else 0
        if later > 0:
            state.count[EDITS] = 0
            state.release[0] = state.stop[j].start + later
            plan(state, HOLD, net.node[j].head, 0, 0)
            held = retime(net, state, found - 1) if apply(net, state) else INFEASIBLE
            if held < found:
                undo(state)
                return held
    state.release[0] = earliest
    undo(state)
    return found


@inlined
def _worth_waiting(net: Net, state: State, j: int) -> int:
    """Seconds by which `j` could start later, in any window, so that the carer waits less after."""
    stop, more = state.stop, net.more
    waiting = 0
    ahead = stop[j].next
    while ahead < net.movable and waiting == 0:
        waiting = stop[ahead].waiting
        ahead = stop[ahead].next
    latest = stop[j].start + waiting
    start = min(latest, due_of(net, j, stop[j].start))
    for w in range(net.node[j].more_at, net.node[j].more_end):
        if more[w].early <= latest:
            start = max(start, min(latest, more[w].due))
    return start - stop[j].start
