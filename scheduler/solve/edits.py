"""
A move is a short list of edits; here they are done.

A move first says what it would do (:mod:`scheduler.solve.moves`), at no cost; only what is neither
forbidden nor hopeless is done to the state.
"""

from __future__ import annotations

from scheduler.solve.chain import (
    between,
    count_out,
    link,
    place_before,
    save,
    slot,
    touch,
    touch_linked,
    unlink,
)
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import (
    BRING,
    CHECK,
    EDITS,
    FOLLOWS,
    FREE,
    HOLD,
    JOIN,
    KEEP,
    KEY_UNIT,
    LEADS,
    NEVER,
    OMIT,
    PUT,
    SEAT,
    TAKE,
    Int32,
    Net,
    State,
)
from scheduler.solve.pools import may_open


@inlined
def plan(state: State, kind: int, j: int, r: int, before: int) -> None:
    """Add an edit to the move."""
    at = state.count[EDITS]
    edit = state.edit
    edit[at].kind = kind
    edit[at].node = j
    edit[at].route = r
    edit[at].before = before
    state.count[EDITS] = at + 1


@kernel
def apply(net: Net, state: State) -> bool:
    """Do the edits; False when one has no place, and the move is to be undone."""
    stop, edit = state.stop, state.edit
    for i in range(state.count[EDITS]):
        kind, j = edit[i].kind, edit[i].node
        r, before = edit[i].route, edit[i].before
        if kind == TAKE or kind == OMIT:
            unlink(net, state, j)
            if kind == OMIT:
                count_out(net, state, j, True)
        elif kind == PUT or kind == SEAT:
            if kind == SEAT:
                count_out(net, state, j, False)
            if not _put(net, state, j, r, before):
                return False
            if not _within_limits(net, state, r):
                return False
        elif kind == KEEP or kind == JOIN or kind == BRING:
            save(state, j)
            if kind != KEEP:
                if not may(net, state, j, r):
                    return False
                count_out(net, state, j, False)
                if kind == JOIN and net.node[j].head != net.node[before].head:
                    _key_ring(net, state, j, before)
                before = net.movable + r
            at = slot(state, before, stop[j].key)
            if at < 0:
                return False
            if kind != BRING:
                stop[j].release = let_start(net, state, j, r, at)
            link(net, state, j, r, at)
            if not _within_limits(net, state, r):
                return False
        elif kind == HOLD:
            save(state, j)
            stop[j].release = state.release[0]
            touch(net, state, j)
        elif kind == FREE:
            _free_ring(net, state, j)
        elif kind == CHECK and not may(net, state, j, stop[j].route):
            return False
    return True


@inlined
def _within_limits(net: Net, state: State, r: int) -> bool:
    """Whether route `r`, which has just got a node, has not too much, and may be used."""
    if state.tour[r].load > net.route[r].capacity:
        return False
    return state.tour[r].visits != 1 or len(net.pool) == 0 or may_open(net, state, r)


@inlined
def may(net: Net, state: State, j: int, r: int) -> bool:
    """Whether `j` may be on route `r` by skill, capacity and the carers of its kin."""
    if not net.allowed[j, r]:
        return False
    kin = net.node[j].kin
    while kin != j:
        other = state.stop[kin].route
        if other >= 0:
            apart = net.node[j].apart == 1 or net.node[kin].apart == 1
            if apart and net.route[other].carer == net.route[r].carer:
                return False
            if other == r and net.node[kin].head == net.node[j].head:
                return False
        kin = net.node[kin].kin
    return True


@inlined
def arrival(net: Net, state: State, j: int, r: int, before: int) -> int:
    """Second at which `j` could start right after `before` on route `r`, for itself."""
    here = place_before(net, state, before)
    leg = 0
    if net.node[j].place >= 0:
        leg = net.travel[net.route[r].mode, here, net.node[j].place]
    ready = state.stop[before].start + net.node[before].duration + leg
    return max(ready, net.node[j].early)


@inlined
def let_start(net: Net, state: State, j: int, r: int, before: int) -> int:
    """When `j` behind `before` on route `r` is let start: at its wish if nobody waits for that."""
    stop, node = state.stop, net.node
    if node[j].wish <= node[j].early:
        return node[j].early
    after = stop[before].next
    latest = (stop[after].start if after < net.movable else node[after].due) - node[j].duration
    if node[after].place >= 0:
        latest -= net.travel[net.route[r].mode, node[j].place, node[after].place]
    return max(node[j].early, min(node[j].wish, latest))


@inlined
def _put(net: Net, state: State, j: int, r: int, before: int) -> bool:
    """Link `j`, which is on no route, after `before` on `r`, with a key that fits there."""
    stop = state.stop
    wanted = arrival(net, state, j, r, before)
    if net.node[j].mate != j:
        wanted = max(wanted, stop[j].start)
    key = between(state, before, stop[before].next, wanted * KEY_UNIT)
    if key == NEVER:
        return False
    save(state, j)
    stop[j].key = key
    stop[j].release = let_start(net, state, j, r, before)
    link(net, state, j, r, before)
    return net.node[j].mate == j or _move_mates(net, state, j, key)


@inlined
def _free_ring(net: Net, state: State, j: int) -> None:
    """Let `j` and its mates start as soon as they can; each of them may hold the others."""
    m = j
    while True:
        save(state, m)
        state.stop[m].release = net.node[m].early
        m = net.node[m].mate
        if m == j:
            break
    touch(net, state, j)


@inlined
def _key_ring(net: Net, state: State, j: int, kin: int) -> None:
    """A key for the mates of `j` by the time that their seated `kin` asks for, unless one is in."""
    stop, node = state.stop, net.node
    m = node[j].mate
    while m != j:
        if stop[m].route >= 0:
            return
        m = node[m].mate
    key = stop[kin].key + _offset(net, kin, j) * KEY_UNIT + 1
    while True:
        save(state, m)
        stop[m].key = key
        m = node[m].mate
        if m == j:
            return


@inlined
def _move_mates(net: Net, state: State, j: int, key: int) -> bool:
    """Give the mates of `j` its key, and let those that are planned stand by it on their routes."""
    stop, node = state.stop, net.node
    m = node[j].mate
    while m != j:
        save(state, m)
        stop[m].key = key
        stop[m].release = node[m].early
        m = node[m].mate
    m = node[j].mate
    while m != j:
        r = stop[m].route
        if r >= 0:
            touch_linked(net, state, m)
            before, after = stop[m].previous, stop[m].next
            if stop[before].key >= key or stop[after].key <= key:
                unlink(net, state, m)
                at = slot(state, before, key)
                if at < 0:
                    return False
                link(net, state, m, r, at)
        m = node[m].mate
    return True


@inlined
def _offset(net: Net, j: int, k: int) -> int:
    """Least seconds from the start of `j` to that of its kin `k`; negative when `k` comes first."""
    for e in range(net.node[j].link_at, net.node[j].link_end):
        if net.node[net.link[e].other].head == net.node[k].head:
            if net.link[e].kind == LEADS:
                return net.link[e].low
            if net.link[e].kind == FOLLOWS:
                return -net.link[e].low - 1
    return 0


@kernel
def settle_keys(net: Net, state: State, order: Int32) -> None:
    """
    Keys of all planned rings anew from their starts; the order of none changes.

    `order` holds all heads and is kept sorted from call to call. Call it between moves.
    """
    stop = state.stop
    for i in range(1, len(order)):
        h = order[i]
        at = i
        while at > 0 and _after(state, order[at - 1], h):
            order[at] = order[at - 1]
            at -= 1
        order[at] = h
    last = NEVER
    for i in range(len(order)):
        h = order[i]
        if stop[h].route < 0:
            continue
        key = max(stop[h].start * KEY_UNIT, last + 1)
        last = key
        m = h
        while True:
            stop[m].key = key
            m = net.node[m].mate
            if m == h:
                break


@kernel
def _after(state: State, a: int, b: int) -> bool:
    """Whether ring `a` starts after ring `b`; by key when at the same time."""
    stop = state.stop
    if stop[a].start != stop[b].start:
        return stop[a].start > stop[b].start
    if stop[a].key != stop[b].key:
        return stop[a].key > stop[b].key
    return a > b
