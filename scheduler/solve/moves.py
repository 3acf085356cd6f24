"""
Moves: each says by edits what it would do to the state, and changes nothing itself.

A move returns False when a rule that needs no timing forbids it, or when it is hopeless: travel,
fees and what comes later on its routes grow by more than `most` and all that these routes could
save. What links carry on to other routes is not counted; it hardly ever makes the difference.
"""

from __future__ import annotations

from scheduler.solve.bonds import bond_points
from scheduler.solve.chain import place_after, place_before, slot
from scheduler.solve.chance import Seed, below
from scheduler.solve.edits import may, plan
from scheduler.solve.kernel import inlined
from scheduler.solve.net import (
    APART_IN_TIME,
    CHECK,
    FREE,
    JOIN,
    KEEP,
    OMIT,
    PUT,
    SEAT,
    TAKE,
    TRAVEL,
    Net,
    State,
)
from scheduler.solve.worth import (
    delay,
    fee_change,
    hopeless,
    insertion,
    load_change,
    pay_change,
    pay_of_move,
    removal,
    ripple,
    room,
    spare_of,
    spare_with_kin,
)


@inlined
def relocate(net: Net, state: State, j: int, r: int, before: int, most: int) -> bool:
    """Take the planned `j` to route `r` right after `before`; its mates follow in time."""
    stop = state.stop
    was = stop[j].route
    if before == j or stop[before].next == j:
        return False
    if was != r and not (may(net, state, j, r) and room(net, state, j, r)):
        return False
    added, saved = insertion(net, state, j, r, before), removal(net, state, j)
    points = net.weight[TRAVEL] * (added - saved) + fee_change(net, state, j, was, r)
    if net.spans:
        points += pay_of_move(net, state, j, r, added, saved)
    if hopeless(net, state, j, r, before, points, most):
        return False
    plan(state, TAKE, j, was, before)
    plan(state, PUT, j, r, before)
    return True


@inlined
def change_carer(net: Net, state: State, j: int, r: int, most: int) -> bool:
    """Give the planned `j` to route `r` without moving it in the order of time."""
    stop = state.stop
    was = stop[j].route
    if was == r or not (may(net, state, j, r) and room(net, state, j, r)):
        return False
    at = slot(state, net.movable + r, stop[j].key)
    if at < 0:
        return False
    added, saved = insertion(net, state, j, r, at), removal(net, state, j)
    points = net.weight[TRAVEL] * (added - saved) + fee_change(net, state, j, was, r)
    if net.spans:
        points += pay_of_move(net, state, j, r, added, saved)
    if hopeless(net, state, j, r, at, points, most):
        return False
    plan(state, TAKE, j, was, at)
    plan(state, KEEP, j, r, at)
    return True


@inlined
def swap(net: Net, state: State, a: int, b: int, keep_keys: bool, most: int) -> bool:
    """Exchange two planned visits: each takes the other's place, or only the other's carer."""
    stop = state.stop
    ra, rb = stop[a].route, stop[b].route
    pa, pb = stop[a].previous, stop[b].previous
    if pa == b or pb == a or net.node[a].head == net.node[b].head:
        return False
    if ra == rb:
        if keep_keys:
            return False
    else:
        if not (may(net, state, a, rb) and may(net, state, b, ra)):
            return False
        more = net.node[a].demand - net.node[b].demand
        if state.tour[rb].load + more > net.route[rb].capacity:
            return False
        if state.tour[ra].load - more > net.route[ra].capacity:
            return False
    if not keep_keys:
        on_rb, on_ra = _instead(net, state, a, b), _instead(net, state, b, a)
        points = net.weight[TRAVEL] * (on_ra + on_rb)
        if net.spans and ra == rb:
            points += pay_change(net, state, ra, on_ra + on_rb, 0)
        elif net.spans:
            longer = net.node[a].duration - net.node[b].duration
            points += pay_change(net, state, rb, on_rb + longer, 0)
            points += pay_change(net, state, ra, on_ra - longer, 0)
            points += load_change(net, state, rb, longer) + load_change(net, state, ra, -longer)
        points += net.fee[a, rb] + net.fee[b, ra] - net.fee[a, ra] - net.fee[b, rb]
        # Of one bond they keep its carers; of two, each stands for itself.
        points += bond_points(net, state, a, rb) - bond_points(net, state, a, ra)
        points += bond_points(net, state, b, ra) - bond_points(net, state, b, rb)
        spare = most - points
        spare += spare_with_kin(net, state, a, ra) + spare_with_kin(net, state, b, rb)
        if spare < 0:
            return False
        if ra != rb:
            spare -= delay(net, state, a, rb, pb, stop[b].next, spare + 1)
            if spare < 0 or delay(net, state, b, ra, pa, stop[a].next, spare + 1) > spare:
                return False
    plan(state, TAKE, a, ra, pa)
    plan(state, TAKE, b, rb, pb)
    plan(state, KEEP if keep_keys else PUT, b, ra, pa)
    plan(state, KEEP if keep_keys else PUT, a, rb, pb)
    return True


@inlined
def _instead(net: Net, state: State, new: int, old: int) -> int:
    """Seconds of travel that `new` in the place of `old` adds there."""
    stop = state.stop
    mode = net.route[stop[old].route].mode
    a = place_before(net, state, stop[old].previous)
    b = place_after(net, state, stop[old].next)
    there, here = net.node[new].place, net.node[old].place
    return (
        net.travel[mode, a, there]
        + net.travel[mode, there, b]
        - net.travel[mode, a, here]
        - net.travel[mode, here, b]
    )


@inlined
def move_segment(
    net: Net, state: State, a: int, length: int, r: int, before: int, most: int
) -> bool:
    """Take up to `length` visits from `a` on, breaks left aside, to route `r` after `before`."""
    stop = state.stop
    was = stop[a].route
    edit = state.edit
    count, j = 0, a
    demand, fees, last = 0, 0, a
    while j < net.movable and count < length:
        if j == before:
            return False
        if j < net.visits:
            if was != r and not may(net, state, j, r):
                return False
            demand += net.node[j].demand
            fees += net.fee[j, r] - net.fee[j, was]
            plan(state, TAKE, j, was, before)
            last = j
            count += 1
        j = stop[j].next
    if count < 2 or stop[before].next == a:
        return False
    if was != r and state.tour[r].load + demand > net.route[r].capacity:
        return False
    if state.tour[was].visits == count:
        fees -= net.route[was].fixed_points
    if stop[last].next != before:
        gap_a = place_before(net, state, stop[a].previous)
        gap_b = place_after(net, state, stop[last].next)
        to_a = place_before(net, state, before)
        to_b = place_after(net, state, stop[before].next)
        one, two = net.route[was].mode, net.route[r].mode
        first_place, last_place = net.node[a].place, net.node[last].place
        change = net.travel[two, to_a, first_place] + net.travel[two, last_place, to_b]
        change -= net.travel[one, gap_a, first_place] + net.travel[one, last_place, gap_b]
        if state.tour[r].visits > 0:
            change -= net.travel[two, to_a, to_b]
        if state.tour[was].visits > count:
            change += net.travel[one, gap_a, gap_b]
        points = net.weight[TRAVEL] * change + fees
        if one == two and points > most and not net.spans:
            spare = spare_of(net, state, was) + spare_with_kin(net, state, a, r)
            if points > most + spare:
                return False
    for i in range(count):
        plan(state, PUT, edit[i].node, r, before)
        before = edit[i].node
    return True


@inlined
def _late_tails(net: Net, state: State, a: int, b: int, bound: int) -> int:
    """Points of lateness when `a` goes on with `b`, and what came before `b` with `a`'s next."""
    stop, node = state.stop, net.node
    before, after = stop[b].previous, stop[a].next
    mode = net.route[stop[a].route].mode
    ready = stop[a].start + node[a].duration
    points = ripple(net, state, b, ready, place_before(net, state, a), mode, bound, False)
    if points >= bound:
        return points
    ready = stop[before].start + node[before].duration
    here = place_before(net, state, before)
    return points + ripple(net, state, after, ready, here, mode, bound - points, False)


@inlined
def swap_tails(net: Net, state: State, a: int, b: int, most: int, fees: bool) -> bool:
    """
    Let `a`'s route go on with `b` and what follows it, and `b`'s route with what followed `a`
    (2-opt*). Breaks stay with their carers. `fees` says that carers have different points.
    """
    stop = state.stop
    ra, rb = stop[a].route, stop[b].route
    if ra == rb or stop[a].key >= stop[b].key:
        return False
    after, before = stop[a].next, stop[b].previous
    if stop[after].key <= stop[before].key:
        return False
    mode = net.route[ra].mode
    k = len(net.route)
    ends_a, ends_b = net.movable + k + ra, net.movable + k + rb
    alike = mode == net.route[rb].mode and net.node[ends_a].place == net.node[ends_b].place
    if alike and (after < net.movable or before < net.movable):
        here, there = place_before(net, state, a), place_before(net, state, before)
        next_a, next_b = place_after(net, state, after), net.node[b].place
        change = net.travel[mode, here, next_b] + net.travel[mode, there, next_a]
        change -= net.travel[mode, here, next_a] + net.travel[mode, there, next_b]
        if not fees:
            spare = most - net.weight[TRAVEL] * change
            spare += spare_with_kin(net, state, a, rb)
            if spare < 0 or _late_tails(net, state, a, b, spare + 1) > spare:
                return False
    edit = state.edit
    load_a, load_b, count = 0, 0, 0
    j = after
    while j < net.movable:
        if j < net.visits:
            if not net.allowed[j, rb]:
                return False
            load_a += net.node[j].demand
            plan(state, TAKE, j, rb, before)
            count += 1
        j = stop[j].next
    j = b
    while j < net.movable:
        if j < net.visits:
            if not net.allowed[j, ra]:
                return False
            load_b += net.node[j].demand
            plan(state, TAKE, j, ra, a)
            count += 1
        j = stop[j].next
    if state.tour[ra].load - load_a + load_b > net.route[ra].capacity:
        return False
    if state.tour[rb].load - load_b + load_a > net.route[rb].capacity:
        return False
    # Where each goes is noted with its TAKE; after its fellow from the same tail.
    to_a, to_b = a, before
    for i in range(count):
        j, r = edit[i].node, edit[i].route
        if r == ra:
            plan(state, KEEP, j, r, to_a)
            to_a = j
        else:
            plan(state, KEEP, j, r, to_b)
            to_b = j
    for i in range(count):
        j = edit[i].node
        if net.node[j].kin != j:
            plan(state, CHECK, j, 0, 0)
    return True


@inlined
def drop(net: Net, state: State, j: int) -> None:
    """Leave the planned `j` and all its kin out."""
    k = j
    while True:
        plan(state, OMIT, k, 0, 0)
        k = net.node[k].kin
        if k == j:
            return


@inlined
def seat(net: Net, state: State, seed: Seed, j: int, r: int, before: int) -> bool:
    """Plan the left-out `j` right after `before` on route `r`, its kin on random carers."""
    if not (may(net, state, j, r) and room(net, state, j, r)):
        return False
    plan(state, SEAT, j, r, before)
    k = net.node[j].kin
    while k != j:
        other = -1
        for _ in range(8):
            if net.node[k].routes == 0:
                return False
            other = net.routes_of[k, below(seed, net.node[k].routes)]
            if other != r and room(net, state, k, other):
                break
        plan(state, JOIN, k, other, j)
        k = net.node[k].kin
    if net.wishes and below(seed, 2) == 0:
        _make_way(net, state, j, before)
    return True


@inlined
def _make_way(net: Net, state: State, j: int, before: int) -> None:
    """Let what may be held in the way of `j` start as soon as it can: the one before, its links."""
    if before < net.visits:
        plan(state, FREE, net.node[before].head, 0, 0)
    for e in range(net.node[j].link_at, net.node[j].link_end):
        other = net.link[e].other
        if net.link[e].kind != APART_IN_TIME and state.stop[other].route >= 0:
            plan(state, FREE, net.node[other].head, 0, 0)
