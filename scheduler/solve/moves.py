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
from scheduler.solve.edits import let_start, may, plan
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import (
    APART_IN_TIME,
    CHECK,
    FREE,
    HOLD,
    JOIN,
    KEEP,
    OMIT,
    OVERTIME,
    PUT,
    SEAT,
    TAKE,
    TARDINESS,
    TRAVEL,
    WAITING,
    WORST_IDLE,
    WORST_TARDINESS,
    Net,
    State,
)
from scheduler.solve.pools import may_open
from scheduler.solve.spans import load_points, worked
from scheduler.solve.timing import INFEASIBLE, due_of, late_of, open_one, tardiness_of


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
def _delay(net: Net, state: State, j: int, r: int, before: int, after: int, bound: int) -> int:
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
def _pay_of_move(net: Net, state: State, j: int, r: int, added: int, saved: int) -> int:
    """As `pay_change`, when `j` goes to `r`, which adds and saves so many seconds of travel."""
    was = state.stop[j].route
    if was == r:
        return pay_change(net, state, r, added - saved, 0)
    length = net.node[j].duration
    points = pay_change(net, state, was, -saved - length, -1)
    points += pay_change(net, state, r, added + length, 1)
    return points + load_change(net, state, was, -length) + load_change(net, state, r, length)


@inlined
def _hopeless(net: Net, state: State, j: int, r: int, before: int, points: int, most: int) -> bool:
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
    return _delay(net, state, j, r, before, state.stop[before].next, spare + 1) > spare


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
        points += _pay_of_move(net, state, j, r, added, saved)
    if _hopeless(net, state, j, r, before, points, most):
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
        points += _pay_of_move(net, state, j, r, added, saved)
    if _hopeless(net, state, j, r, at, points, most):
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
            spare -= _delay(net, state, a, rb, pb, stop[b].next, spare + 1)
            if spare < 0 or _delay(net, state, b, ra, pa, stop[a].next, spare + 1) > spare:
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
def hold(net: Net, state: State, seed: Seed, j: int) -> bool:
    """
    Let the ring of `j` start later although it could start now, or as soon as it can again.

    Later pays where waiting further on costs points, or where a later window is not yet late.
    """
    stop = state.stop
    h = net.node[j].head
    release = net.node[h].early
    if stop[h].release == release or below(seed, 2) == 0:
        later = 0
        w = net.node[j].more_at
        if w < net.node[j].more_end and below(seed, 2) == 0:
            w += below(seed, net.node[j].more_end - w)
            later = net.more[w].early - stop[h].start
        else:
            ahead = stop[j].next
            while ahead < net.movable and later == 0:
                later = stop[ahead].waiting
                ahead = stop[ahead].next
            slack = due_of(net, j, stop[h].start) - stop[h].start
            kind = below(seed, 4)
            wish = net.node[j].wish - stop[h].start
            if wish > 0 and kind >= 2:
                later = min(wish, _room_behind(net, state, h, kind == 2))
            elif kind == 0 and 0 < slack < later:
                later = slack
            elif kind == 1 and later > 1:
                later = 1 + below(seed, later)
        if later <= 0:
            return False
        release = stop[h].start + later
    state.release[0] = release
    plan(state, HOLD if release > net.node[h].early else FREE, h, 0, 0)
    return True


@inlined
def _room_behind(net: Net, state: State, h: int, hard: bool) -> int:
    """Seconds that the ring of `h` may start later before what is behind it is late, or cannot."""
    stop, node = state.stop, net.node
    room = INFEASIBLE
    j = h
    while True:
        slack = 0
        before, k = j, stop[j].next
        while True:
            slack += stop[k].start - stop[before].start - node[before].duration - stop[k].leg
            if k >= net.movable:
                last = node[k].late if hard else node[k].due
            else:
                last = late_of(net, k, stop[k].start) if hard else due_of(net, k, stop[k].start)
            room = min(room, slack + max(0, last - stop[k].start))
            if k >= net.movable:
                break
            before, k = k, stop[k].next
        j = node[j].mate
        if j == h:
            return room


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
