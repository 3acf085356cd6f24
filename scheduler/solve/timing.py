"""
When everything starts, and what it costs: re-timing of what a move changed, and of all.

Each ring of mates starts as early as its windows, carers, gaps, persons and chosen release let it.
Rings are taken in the order of their keys, so each is timed after what it waits for; re-timing goes
on only from rings whose start changed. A longest gap that is overrun *pulls* its first visit later.
"""

from __future__ import annotations

from scheduler.solve.chain import begin, drop_pull, save, save_tour, touch
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import (
    APART_IN_TIME,
    FOLLOWS,
    NEVER,
    OTHER,
    OVERTIME,
    PASS,
    QUEUED,
    SPARE,
    TARDINESS,
    WAITING,
    WORST_FELL,
    WORST_IDLE,
    WORST_TARDINESS,
    Net,
    State,
)
from scheduler.solve.spans import pay_all, pay_changed

# More points than any plan; says that a state breaks a hard rule or costs more than the limit.
INFEASIBLE = 1 << 60
# How often longest gaps may pull within one move; real plans need a few.
MAX_PULLS = 64


@kernel
def retime(net: Net, state: State, limit: int) -> int:
    """
    Points of the state after a move, or INFEASIBLE when a hard rule breaks or they exceed `limit`.

    After INFEASIBLE the state must be undone. It stops as soon as the points are bound to exceed
    `limit` by what the routes at hand could still save; what links would save on others after that
    is not foreseen, so in some of a thousand cases a move is refused that would just have kept it.
    """
    return _retime(net, state, limit, MAX_PULLS)


@inlined
def _retime(net: Net, state: State, limit: int, most_pulls: int) -> int:
    sums, weight = state.sums, net.weight
    _relax_queued(net, state)
    _heapify(state)
    state.count[PASS] += 1
    pulls = 0
    state.count[SPARE] = weight[WORST_IDLE] * sums[WORST_IDLE]
    for i in range(state.count[QUEUED]):
        _enter_all(net, state, state.queue[i])
    # What pay will be is not known before all is timed.
    if not net.spans and _sum(net, state) - state.count[SPARE] > limit:
        return INFEASIBLE
    while state.count[QUEUED] > 0:
        h = _pop(state)
        if state.stop[h].route < 0:
            continue
        if state.stop[h].timed != state.count[PASS]:
            _spend(net, state, h)
        if h >= net.movable:
            if h < net.movable + len(net.route):
                continue
            if not _time_end(net, state, h):
                return INFEASIBLE
        else:
            pulled = _time_mates(net, state, h)
            if pulled < 0:
                return INFEASIBLE
            pulls += pulled
            if pulls > most_pulls:
                return INFEASIBLE
        if not net.spans and _sum(net, state) - state.count[SPARE] > limit:
            return INFEASIBLE
    if state.count[WORST_FELL] == 1:
        _find_worst(net, state)
        state.count[WORST_FELL] = 0
    if weight[WORST_IDLE] > 0:
        _find_idle(net, state)
    if net.spans and not pay_changed(net, state):
        return INFEASIBLE
    points = _sum(net, state)
    return points if points <= limit else INFEASIBLE


@inlined
def _enter(net: Net, state: State, r: int) -> None:
    """From now on re-timing may save the timed points of route `r`, the worst among them."""
    tour, weight, worst = state.tour, net.weight, state.sums[WORST_TARDINESS]
    if tour[r].entered == state.count[PASS]:
        return
    tour[r].entered = state.count[PASS]
    state.count[SPARE] += tour[r].timed
    if worst > 0 and tour[r].timed >= weight[TARDINESS] * worst:
        state.count[SPARE] += weight[WORST_TARDINESS] * worst


@inlined
def _enter_all(net: Net, state: State, h: int) -> None:
    """Enter the routes of a ring."""
    j = h
    while True:
        if state.stop[j].route >= 0:
            _enter(net, state, state.stop[j].route)
        j = net.node[j].mate
        if j == h:
            return


@inlined
def _spend(net: Net, state: State, h: int) -> None:
    """A ring is about to be timed the first time: what it has is no longer to be saved."""
    stop, tour, weight = state.stop, state.tour, net.weight
    stop[h].timed = state.count[PASS]
    if h >= net.movable:
        if tour[stop[h].route].entered == state.count[PASS]:
            state.count[SPARE] -= weight[OVERTIME] * stop[h].tardiness
        return
    j = h
    while True:
        if tour[stop[j].route].entered == state.count[PASS]:
            state.count[SPARE] -= (
                weight[WAITING] * stop[j].waiting + weight[TARDINESS] * stop[j].tardiness
            )
        j = net.node[j].mate
        if j == h:
            return


@inlined
def _sum(net: Net, state: State) -> int:
    """The objective by the sums."""
    points = state.sums[OTHER]
    for term in range(6):
        points += net.weight[term] * state.sums[term]
    return points


@kernel
def points_of(net: Net, state: State) -> int:
    """Points of a timed state."""
    return _sum(net, state)


@inlined
def _time_mates(net: Net, state: State, h: int) -> int:
    """Start the ring of `h`; how many firsts of longest gaps it pulled, -1 when a rule breaks."""
    stop, node, link = state.stop, net.node, net.link
    now = state.count[PASS]
    start = stop[h].release
    j = h
    while True:
        # Of a group that lost a carer the others are still planned.
        if stop[j].route < 0:
            j = node[j].mate
            if j == h:
                break
            continue
        before = stop[j].previous
        start = max(start, stop[before].start + node[before].duration + stop[j].leg)
        start = max(start, stop[j].release)
        if stop[j].pull != NEVER:
            if stop[j].relaxed != now:
                _relax(net, state, j)
            else:
                start = max(start, stop[j].pull)
        for e in range(node[j].link_at, node[j].link_end):
            other = link[e].other
            if stop[other].route < 0:
                continue
            kind = link[e].kind
            earlier = stop[other].key < stop[j].key or (
                stop[other].key == stop[j].key and node[other].head < h
            )
            if kind == APART_IN_TIME:
                if earlier:
                    start = max(start, stop[other].start + node[other].duration)
            elif kind == FOLLOWS:
                if not earlier:
                    return -1
                start = max(start, stop[other].start + link[e].low)
            elif earlier:
                return -1
        j = node[j].mate
        if j == h:
            break
    start = _open(net, h, start)
    if start >= INFEASIBLE:
        return -1
    changed = start != stop[h].start
    # Later starts save waiting and what is too early, earlier ones all else.
    saves = start < stop[h].start or (
        changed and (net.weight[WAITING] > 0 or _too_early(net, state, h))
    )
    while True:
        if stop[j].route >= 0:
            if saves:
                _enter(net, state, stop[j].route)
            _settle(net, state, j, start)
            if changed:
                save(state, j)
                if net.spans:
                    save_tour(state, stop[j].route)
                stop[j].start = start
                _push(net, state, stop[j].next)
        j = node[j].mate
        if j == h:
            break
    pulled = 0
    while True:
        for e in range(node[j].link_at, node[j].link_end):
            other = link[e].other
            if stop[other].route < 0:
                continue
            if link[e].kind == FOLLOWS:
                if stop[other].pull != NEVER and stop[other].relaxed != now:
                    _relax(net, state, other)
                    _push(net, state, other)
                elif start > stop[other].start + link[e].high:
                    save(state, other)
                    stop[other].pull = start - link[e].high
                    stop[other].relaxed = now
                    _push(net, state, other)
                    pulled += 1
            elif changed and stop[other].key >= stop[j].key:
                _push(net, state, other)
                if saves:
                    _enter_all(net, state, net.node[other].head)
        j = node[j].mate
        if j == h:
            return pulled


@inlined
def _relax_queued(net: Net, state: State) -> None:
    """Give up the pulls that queued rings asked for: what they hold up is timed before them."""
    stop = state.stop
    for i in range(state.count[QUEUED]):
        h = state.queue[i]
        j = h
        while True:
            for e in range(net.node[j].link_at, net.node[j].link_end):
                other = net.link[e].other
                if net.link[e].kind == FOLLOWS and stop[other].pull != NEVER:
                    touch(net, state, other)
                    drop_pull(state, other)
            j = net.node[j].mate
            if j == h:
                break


@inlined
def _relax(net: Net, state: State, j: int) -> None:
    """Give up the pull on `j`, once a re-timing; who pulled it is timed again and may renew it."""
    save(state, j)
    state.stop[j].pull = NEVER
    state.stop[j].relaxed = state.count[PASS]
    for e in range(net.node[j].link_at, net.node[j].link_end):
        other = net.link[e].other
        if net.link[e].kind != APART_IN_TIME and state.stop[other].route >= 0:
            _push(net, state, other)


@inlined
def _open(net: Net, h: int, start: int) -> int:
    """The first time from `start` on when windows of all mates are open; INFEASIBLE for none."""
    while True:
        asked = start
        j = h
        while True:
            start = open_one(net, j, start)
            if start >= INFEASIBLE:
                return INFEASIBLE
            j = net.node[j].mate
            if j == h:
                break
        if start == asked or net.node[h].mate == h:
            return start


@inlined
def open_one(net: Net, j: int, start: int) -> int:
    """The first time from `start` on that a window of `j` allows; INFEASIBLE for none."""
    node = net.node
    start = max(start, node[j].early)
    late = node[j].late
    for w in range(node[j].more_at, node[j].more_end):
        early = net.more[w].early
        if early > start:
            if start <= late:
                return start
            start = early
        late = net.more[w].late
    return start if start <= late else INFEASIBLE


@inlined
def due_of(net: Net, j: int, start: int) -> int:
    """Last start without tardiness in the window that governs `start`."""
    due = net.node[j].due
    for w in range(net.node[j].more_at, net.node[j].more_end):
        if net.more[w].early > start:
            break
        due = net.more[w].due
    return due


@inlined
def late_of(net: Net, j: int, start: int) -> int:
    """Last start in the window that governs `start`."""
    late = net.node[j].late
    for w in range(net.node[j].more_at, net.node[j].more_end):
        if net.more[w].early > start:
            break
        late = net.more[w].late
    return late


@inlined
def tardiness_of(net: Net, j: int, start: int) -> int:
    """Seconds from `start` back to the due time, or on to the wished time."""
    return max(0, start - due_of(net, j, start), net.node[j].wish - start)


@inlined
def _too_early(net: Net, state: State, h: int) -> bool:
    """Whether one of the ring of `h` is timed before its wish."""
    j = h
    while True:
        if state.stop[j].tardiness > 0 and state.stop[j].start < net.node[j].wish:
            return True
        j = net.node[j].mate
        if j == h:
            return False


@inlined
def _settle(net: Net, state: State, j: int, start: int) -> None:
    """Waiting and tardiness of one node that starts at `start`."""
    stop, node, sums = state.stop, net.node, state.sums
    before = stop[j].previous
    waiting = 0
    if before < net.visits or (before < net.movable and stop[before].previous < net.movable):
        waiting = start - stop[before].start - node[before].duration - stop[j].leg
    r = stop[j].route
    if waiting != stop[j].waiting:
        save(state, j)
        if net.weight[WAITING] > 0:
            save_tour(state, r)
            state.tour[r].timed += net.weight[WAITING] * (waiting - stop[j].waiting)
        sums[WAITING] += waiting - stop[j].waiting
        if net.spans:
            save_tour(state, r)
            state.tour[r].waiting += waiting - stop[j].waiting
        stop[j].waiting = waiting
    tardiness = tardiness_of(net, j, start)
    if tardiness != stop[j].tardiness:
        save(state, j)
        save_tour(state, r)
        state.tour[r].timed += net.weight[TARDINESS] * (tardiness - stop[j].tardiness)
        sums[TARDINESS] += tardiness - stop[j].tardiness
        if tardiness > sums[WORST_TARDINESS]:
            sums[WORST_TARDINESS] = tardiness
        elif stop[j].tardiness == sums[WORST_TARDINESS]:
            state.count[WORST_FELL] = 1
        stop[j].tardiness = tardiness


@inlined
def _time_end(net: Net, state: State, end: int) -> bool:
    """Return to the last place; False when that is after the shift closes."""
    stop, node = state.stop, net.node
    before = stop[end].previous
    r = stop[end].route
    back = stop[before].start + node[before].duration + stop[end].leg
    if back > node[end].late:
        return False
    save(state, end)
    overtime = max(0, back - node[end].due) if state.tour[r].visits > 0 else 0
    if overtime != stop[end].tardiness:
        save_tour(state, r)
        state.tour[r].timed += net.weight[OVERTIME] * (overtime - stop[end].tardiness)
    state.sums[OVERTIME] += overtime - stop[end].tardiness
    stop[end].tardiness = overtime
    stop[end].start = back
    return True


@inlined
def _find_worst(net: Net, state: State) -> None:
    worst = 0
    for j in range(net.visits):
        worst = max(worst, state.stop[j].tardiness)
    state.sums[WORST_TARDINESS] = worst


@inlined
def _find_idle(net: Net, state: State) -> None:
    """
    The largest idle time of all routes.

    It falls with every visit, also where the return stays the same, so it is sought anew.
    """
    worst = 0
    tour, first_end = state.tour, net.movable + len(net.route)
    for r in range(len(net.route)):
        over = net.route[r].overtime_from
        if tour[r].visits > 0:
            over = max(over, state.stop[first_end + r].start)
        worst = max(worst, over - net.route[r].open - tour[r].busy - tour[r].travel)
    state.sums[WORST_IDLE] = worst


@inlined
def _push(net: Net, state: State, j: int) -> None:
    """Put the head of `j` into the heap, once."""
    h = net.node[j].head
    stop = state.stop
    if stop[h].queued == 1:
        return
    save(state, h)
    stop[h].queued = 1
    at = state.count[QUEUED]
    state.count[QUEUED] = at + 1
    _lift(state, h, at)


@inlined
def _first(state: State, a: int, b: int) -> bool:
    """Whether head `a` is timed before head `b`: by key, and by number where keys are equal."""
    stop = state.stop
    return stop[a].key < stop[b].key or (stop[a].key == stop[b].key and a < b)


@inlined
def _lift(state: State, h: int, at: int) -> None:
    queue = state.queue
    while at > 0:
        up = (at - 1) >> 1
        if _first(state, queue[up], h):
            break
        queue[at] = queue[up]
        at = up
    queue[at] = h


@inlined
def _heapify(state: State) -> None:
    """The list of touched heads becomes a heap by key."""
    for at in range(1, state.count[QUEUED]):
        _lift(state, state.queue[at], at)


@inlined
def _pop(state: State) -> int:
    """The queued head of least key."""
    stop, queue = state.stop, state.queue
    h = queue[0]
    stop[h].queued = 0
    size = state.count[QUEUED] - 1
    state.count[QUEUED] = size
    if size > 0:
        last = queue[size]
        at = 0
        while True:
            down = 2 * at + 1
            if down >= size:
                break
            if down + 1 < size and _first(state, queue[down + 1], queue[down]):
                down += 1
            if _first(state, last, queue[down]):
                break
            queue[at] = queue[down]
            at = down
        queue[at] = last
    return h


@kernel
def retime_all(net: Net, state: State) -> int:
    """Points of the whole state timed from nothing: the truth that re-timing must agree with."""
    begin(state)
    for j in range(net.movable):
        if state.stop[j].route >= 0:
            drop_pull(state, j)
            touch(net, state, j)
    for r in range(len(net.route)):
        touch(net, state, net.movable + len(net.route) + r)
    # Each longest gap of the plan may have to pull, not only those near one move.
    points = _retime(net, state, INFEASIBLE - 1, MAX_PULLS + 4 * len(net.link))
    if net.weight[WORST_IDLE] == 0:
        _find_idle(net, state)
    if net.spans and points < INFEASIBLE:
        points = _sum(net, state) if pay_all(net, state) else INFEASIBLE
    return points
