"""
Where a left-out visit fits best: places ranked by what they promise to cost, then tried.

A promise counts travel, fees and the delays along the route, but not what links carry to other
routes; only re-timing tells that.
"""

from __future__ import annotations

from scheduler.problem import FOREVER_S
from scheduler.solve.bonds import bond_points
from scheduler.solve.chain import place_before, slot
from scheduler.solve.chance import Seed, below
from scheduler.solve.edits import apply, let_start, plan
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import (
    EDITS,
    FOLLOWS,
    JOIN,
    KEY_UNIT,
    LEADS,
    MARKS,
    OVERTIME,
    SEAT,
    TARDINESS,
    TRAVEL,
    Net,
    State,
)
from scheduler.solve.spans import worked
from scheduler.solve.timing import INFEASIBLE, open_one, retime, tardiness_of
from scheduler.solve.worth import insertion, load_change, room

# Places of its first visit that a group is tried at.
GROUP_PLACES = 4
# Most places that are ranked.
MOST_PLACES = 12


@inlined
def best_at(state: State) -> int:
    """Where in `State.scratch` ranked places begin."""
    return len(state.scratch) - MOST_PLACES


@inlined
def drop_points(net: Net, j: int) -> int:
    """Points when `j` and its kin are left out."""
    points = net.node[j].drop
    k = net.node[j].kin
    while k != j:
        points += net.node[k].drop
        k = net.node[k].kin
    return points


@inlined
def left_out(net: Net, state: State, j: int) -> int:
    """The first left-out visit from `j` on; `j` itself when there is none."""
    for step in range(net.visits):
        other = (j + step) % net.visits
        if state.stop[other].route < 0:
            return other
    return j


@inlined
def place_cost(
    net: Net, state: State, j: int, r: int, before: int, soonest: int, bound: int
) -> int:
    """
    Points that `j` adds right after `before` on route `r`, not before `soonest`.

    Exact but for what links carry to other routes, and for waiting. INFEASIBLE when it cannot stand
    there, or costs `bound` or more.
    """
    stop, node, weight = state.stop, net.node, net.weight
    cost = weight[TRAVEL] * insertion(net, state, j, r, before) + net.fee[j, r]
    cost += bond_points(net, state, j, r)
    if state.tour[r].visits == 0:
        cost += net.route[r].fixed_points
    if net.spans:
        cost += _more_pay(net, state, j, r, before)
    if cost >= bound:
        return INFEASIBLE
    mode = net.route[r].mode
    here = place_before(net, state, before)
    ready = stop[before].start + node[before].duration
    ready += net.travel[mode, here, node[j].place]
    start = open_one(net, j, max(ready, soonest, let_start(net, state, j, r, before)))
    if start >= INFEASIBLE:
        return INFEASIBLE
    cost += weight[TARDINESS] * tardiness_of(net, j, start)
    k = stop[before].next
    here = node[j].place
    ready = start + node[j].duration
    first = True
    while True:
        if first and node[k].place >= 0:
            ready += net.travel[mode, here, node[k].place]
            first = False
        elif not first:
            ready += stop[k].leg
        if cost >= bound:
            return INFEASIBLE
        if k >= net.movable:
            if ready > node[k].late:
                return INFEASIBLE
            cost += weight[OVERTIME] * (max(0, ready - node[k].due) - stop[k].tardiness)
            return cost
        if ready <= stop[k].start:
            return cost
        start = open_one(net, k, ready)
        if start >= INFEASIBLE:
            return INFEASIBLE
        late = tardiness_of(net, k, start)
        cost += weight[TARDINESS] * (late - stop[k].tardiness)
        ready = start + node[k].duration
        k = stop[k].next


@kernel
def _more_pay(net: Net, state: State, j: int, r: int, before: int) -> int:
    """
    Points of pay and load when `j` stands right after `before` on route `r`; INFEASIBLE if that is
    too long. What slack is lost is not foreseen.

    As if nobody waited but between `j`, begun as late as it may, and what was first until then.
    """
    route, stop, node = net.route, state.stop, net.node
    more = load_change(net, state, r, node[j].duration)
    if route[r].span_points == 0 and route[r].most_span >= FOREVER_S:
        return more
    seconds = insertion(net, state, j, r, before) + node[j].duration
    if state.tour[r].travel + state.tour[r].care + seconds > route[r].most_span:
        return INFEASIBLE
    after = stop[before].next
    if before >= net.movable and after < net.movable:
        seconds += max(0, stop[after].start - stop[after].leg - node[j].duration - node[j].late)
    span = max(route[r].least_span, worked(state, r) + seconds)
    return more + route[r].span_points * span - state.tour[r].pay


@inlined
def rank(
    net: Net, state: State, seed: Seed, j: int, places: int, everywhere: bool, blink: int
) -> int:
    """
    The `places` places that promise to cost `j` least; how many there are.

    Their points are in `State.promise`, the nodes to stand behind at the end of `State.scratch`,
    from `best_at` on, the best first.
    """
    stop = state.stop
    out = drop_points(net, j)
    at_best = best_at(state)
    offered = _offer(net, state, seed, j, everywhere, blink)
    count = 0
    for i in range(offered):
        before = state.offer[i]
        bound = out if count < places else state.promise[count - 1]
        cost = place_cost(net, state, j, stop[before].route, before, net.node[j].early, bound)
        if cost < INFEASIBLE:
            at = min(count, places - 1)
            while at > 0 and state.promise[at - 1] > cost:
                state.promise[at] = state.promise[at - 1]
                state.scratch[at_best + at] = state.scratch[at_best + at - 1]
                at -= 1
            state.promise[at] = cost
            state.scratch[at_best + at] = before
            count = min(count + 1, places)
    return count


@inlined
def _offer(net: Net, state: State, seed: Seed, j: int, everywhere: bool, blink: int) -> int:
    """
    Places where `j` may stand, as nodes to stand behind, into `State.offer`; how many.

    Behind and before each near visit and behind the start of each empty route, or everywhere.
    """
    stop, offer = state.stop, state.offer
    count = 0
    if everywhere:
        for c in range(net.node[j].routes):
            r = net.routes_of[j, c]
            before = net.movable + r
            while room(net, state, j, r) and (before == net.movable + r or before < net.movable):
                offer[count] = before
                count += 1
                before = stop[before].next
        return count
    state.count[MARKS] += 1
    for i in range(net.node[j].near):
        state.mark[net.near[j, i]] = state.count[MARKS]
    for i in range(net.node[j].near):
        near = net.near[j, i]
        r = stop[near].route
        if r < 0 or not (net.allowed[j, r] and room(net, state, j, r)):
            continue
        if blink == 0 or below(seed, 1000) >= blink:
            offer[count] = near
            count += 1
        before = stop[near].previous
        # Behind a near visit is offered anyway.
        if before >= net.visits or state.mark[before] != state.count[MARKS]:
            offer[count] = before
            count += 1
    for c in range(net.node[j].routes):
        r = net.routes_of[j, c]
        if state.tour[r].visits == 0 and room(net, state, j, r):
            offer[count] = net.movable + r
            count += 1
    return count


@inlined
def recreate(net: Net, state: State, seed: Seed, j: int, points: int, blink: int) -> int:
    """
    Plan the left-out `j` and its kin where they promise to cost least, within the running move.

    `blink` in a thousand places are overlooked, so that a refill need not repeat the last one.

    Returns the points after it, `points` when there is no place, INFEASIBLE when the place that was
    promised turned out to break a rule.
    """
    lone = net.node[j].kin == j
    count = rank(net, state, seed, j, 1 if lone else GROUP_PLACES, False, blink)
    if count == 0 or not propose_at(net, state, j, count):
        return points
    if not apply(net, state):
        return INFEASIBLE
    return retime(net, state, INFEASIBLE - 1)


@inlined
def propose_at(net: Net, state: State, j: int, count: int) -> bool:
    """The edits for `j` at the best of `count` ranked places, its kin on the best carers then."""
    if net.node[j].kin != j:
        return _join_kin(net, state, j, count)
    state.count[EDITS] = 0
    before = state.scratch[best_at(state)]
    plan(state, SEAT, j, state.stop[before].route, before)
    return True


@inlined
def _join_kin(net: Net, state: State, j: int, count: int) -> bool:
    """
    The edits for `j` at the best of its places and its kin on the best carers at that time.

    False when there is no place for all.
    """
    out, at_best = drop_points(net, j), best_at(state)
    stop, node = state.stop, net.node
    best, best_before = out, -1
    # Carers of the kin for the place at hand, and for the best one, before the places.
    k = node[j].kin
    kin = 0
    while k != j:
        kin += 1
        k = node[k].kin
    now_at, kept_at = at_best - kin, at_best - 2 * kin
    for i in range(count):
        before = state.scratch[at_best + i]
        r = stop[before].route
        total = state.promise[i]
        here = place_before(net, state, before)
        ready = stop[before].start + node[before].duration
        start = open_one(net, j, ready + net.travel[net.route[r].mode, here, node[j].place])
        k = node[j].kin
        number = 0
        while k != j and total < best:
            chosen, cost = -1, best - total
            soonest = start + offset_to(net, j, k)
            for c in range(node[k].routes):
                other = net.routes_of[k, c]
                if other == r or not room(net, state, k, other):
                    continue
                taken = False
                for q in range(number):
                    if state.scratch[now_at + q] == other:
                        taken = True
                apart = node[k].apart == 1 or node[j].apart == 1
                if taken or (apart and net.route[other].carer == net.route[r].carer):
                    continue
                at = slot(state, net.movable + other, soonest * KEY_UNIT + 1)
                if at < 0:
                    continue
                found = place_cost(net, state, k, other, at, soonest, cost)
                if found >= INFEASIBLE:
                    continue
                # A carer who comes later makes the first visit late as well.
                way = net.travel[net.route[other].mode, place_before(net, state, at), node[k].place]
                comes = stop[at].start + node[at].duration + way
                found += net.weight[TARDINESS] * max(0, comes - max(soonest, node[j].due))
                if found < cost:
                    chosen, cost = other, found
            if chosen < 0:
                total = best
                break
            total += cost
            state.scratch[now_at + number] = chosen
            number += 1
            k = node[k].kin
        if total < best:
            best, best_before = total, before
            for q in range(kin):
                state.scratch[kept_at + q] = state.scratch[now_at + q]
    if best_before < 0:
        return False
    state.count[EDITS] = 0
    plan(state, SEAT, j, stop[best_before].route, best_before)
    k = node[j].kin
    number = 0
    while k != j:
        plan(state, JOIN, k, state.scratch[kept_at + number], j)
        number += 1
        k = node[k].kin
    return True


@inlined
def offset_to(net: Net, j: int, k: int) -> int:
    """Seconds from the start of `j` that its kin `k` waits for at least."""
    for e in range(net.node[j].link_at, net.node[j].link_end):
        if net.node[net.link[e].other].head == net.node[k].head:
            if net.link[e].kind == LEADS:
                return net.link[e].low
            if net.link[e].kind == FOLLOWS:
                return -net.link[e].high
    return 0
