"""
Every place of a left-out visit in a plan, each timed to the end.

Nothing is ranked by what it promises, as in :mod:`scheduler.solve.insert`; a promise only tells
where it cannot stand at all.
"""

from __future__ import annotations

from scheduler.problem import Int
from scheduler.solve.chain import begin, undo
from scheduler.solve.edits import apply, arrival, plan
from scheduler.solve.insert import place_cost
from scheduler.solve.kernel import inlined, kernel, pasted
from scheduler.solve.net import (
    EDITS,
    FREE,
    HOLD,
    JOIN,
    KEY_UNIT,
    LAST_KEY,
    NEVER,
    SEAT,
    Int32,
    Net,
    State,
)
from scheduler.solve.timing import INFEASIBLE, due_of, late_of, retime
from scheduler.solve.worth import room


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
    behind: Int,
) -> None:
    """
    Try the left-out `j` everywhere, at each place its `kin` one by one where it is best.

    Kin that start with `j` stand on their routes by its key, so each turn that they could have
    there is tried.

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
    behind : (k + 1,) int64, s
        Its kin stand behind what starts before this second, 0 when its own way tells; the last is
        scratch.
    """
    for c in range(net.node[j].routes):
        r = net.routes_of[j, c]
        if not net.allowed[j, r] or not room(net, state, j, r):
            continue
        at = net.movable + r
        while at < net.movable or at == net.movable + r:
            promise = place_cost(net, state, j, r, at, net.node[j].early, INFEASIBLE)
            if promise < INFEASIBLE:
                found = _try_place(net, state, j, r, at, kin, others, behind, points[r])
                if found < points[r]:
                    points[r] = found
                    before[r] = at
                    release[r] = state.release[0]
                    for q in range(len(kin)):
                        others[r, q] = others[len(points), q]
                    behind[r] = behind[len(points)]
            at = state.stop[at].next


@pasted
def _try_place(
    net: Net,
    state: State,
    j: int,
    r: int,
    at: int,
    kin: Int32,
    others: Int32,
    behind: Int,
    most: int,
) -> int:
    """Points with `j` there, INFEASIBLE when it cannot be or they are `most` or more."""
    now = len(others) - 1
    behind[now] = 0
    if len(kin) == 0:
        return _try_joined(net, state, j, r, at, kin, others, 0, most)
    best, release = INFEASIBLE, state.release[0]
    soonest, latest = arrival(net, state, j, r, at), _next_start(net, state, at)
    for q in range(len(kin)):
        best, chosen, turn = INFEASIBLE, -1, behind[now]
        for c in range(net.node[kin[q]].routes):
            other = net.routes_of[kin[q], c]
            if not net.allowed[kin[q], other]:
                continue
            others[now, q] = other
            # In front of all that could be later; then behind one after the other of those.
            tried, last = behind[now], net.movable + other
            while tried < latest:
                state.stop[j].start = tried
                found = _try_joined(net, state, j, r, at, kin, others, q + 1, best)
                if found < best:
                    best, chosen, turn, release = found, other, tried, state.release[0]
                last = state.stop[last].next
                while last < net.movable and state.stop[last].start < max(soonest, behind[now]):
                    last = state.stop[last].next
                tried = latest
                if last < net.movable and net.node[kin[q]].head == net.node[j].head:
                    tried = state.stop[last].start + 1
        if chosen < 0:
            return INFEASIBLE
        others[now, q], behind[now] = chosen, turn
    state.release[0] = release
    return best if best < most else INFEASIBLE


@inlined
def _next_start(net: Net, state: State, at: int) -> int:
    """Second at which what stands behind `at` starts; after all others at the end of a route."""
    after = state.stop[at].next
    return state.stop[after].start if after < net.movable else LAST_KEY // KEY_UNIT


@pasted
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
    Points with `j` there and the first `count` of its kin on the routes of the last row, INFEASIBLE
    for `most` or more; when it is let start then is in `State.release`.
    """
    node = net.node
    best = _timed(net, state, j, r, at, kin, others, count, NEVER, most)
    release, later = state.release[0], state.promise[0]
    # What saves waiting; and where a time is wanted, other times may cost less altogether.
    tries = 1 if best < INFEASIBLE and later > NEVER else 0
    if node[j].wish > node[j].early:
        tries = 2 + node[j].more_end - node[j].more_at
    for i in range(tries):
        tried = later
        if i == 1:
            tried = node[j].early
        elif i > 1:
            tried = net.more[node[j].more_at + i - 2].early
        if tried > NEVER:
            found = _timed(net, state, j, r, at, kin, others, count, tried, min(best, most))
            if found < best:
                best, release = found, tried
    state.release[0] = release
    return best


@pasted
def _timed(
    net: Net,
    state: State,
    j: int,
    r: int,
    at: int,
    kin: Int32,
    others: Int32,
    count: int,
    release: int,
    most: int,
) -> int:
    """
    Points as :func:`_try_joined` with `j` let start at `release`, at its usual time for NEVER.

    When that is comes into `State.release`; a later start that saves waiting, else NEVER, into
    `State.promise`.
    """
    head = net.node[j].head
    begin(state)
    plan(state, SEAT, j, r, at)
    for q in range(count):
        plan(state, JOIN, kin[q], others[len(others) - 1, q], j)
    fits = apply(net, state)
    if fits and release > NEVER:
        state.count[EDITS] = 0
        state.release[0] = release
        plan(state, FREE, j, 0, 0)
        plan(state, HOLD, head, 0, 0)
        fits = apply(net, state)
    state.release[0] = _ring_release(net, state, j)
    found = retime(net, state, most - 1) if fits else INFEASIBLE
    state.promise[0] = NEVER
    if found < INFEASIBLE:
        later = _worth_waiting(net, state, j)
        if later > 0:
            state.promise[0] = state.stop[j].start + later
    undo(state)
    return found


@inlined
def _ring_release(net: Net, state: State, j: int) -> int:
    """When the ring of `j` is let start: each of its mates may hold the others."""
    release = state.stop[j].release
    m = net.node[j].mate
    while m != j:
        release = max(release, state.stop[m].release)
        m = net.node[m].mate
    return release


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
    start = min(latest, due_of(net, j, stop[j].start), late_of(net, j, stop[j].start))
    for w in range(net.node[j].more_at, net.node[j].more_end):
        if more[w].early <= latest:
            start = max(start, min(latest, more[w].due, more[w].late))
    return start - stop[j].start
