"""
Ruin and recreate: take out a few strings of neighbouring visits and put each back where it costs
least, as one move.

Such a move changes several routes at once, which single steps reach only through worse plans. What
is left out comes in first. Source of the ruin by strings: J. Christiaens, G. Vanden Berghe (2020),
doi 10.1287/trsc.2019.0914; of the idea: G. Schrimpf et al. (2000), doi 10.1006/jcph.1999.6413.
"""

from __future__ import annotations

from scheduler.solve.chance import Seed, below
from scheduler.solve.edits import apply, plan
from scheduler.solve.insert import drop_points, left_out, recreate
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.net import OMIT, OUT, Net, State
from scheduler.solve.timing import INFEASIBLE, retime

# Most visits taken out at once, and from one route.
MOST_RUINED = 16
LONGEST_STRING = 10
# Places of a thousand that a refill overlooks.
BLINK = 10


@kernel
def ruin_and_recreate(net: Net, state: State, seed: Seed, limit: int) -> int:
    """
    Do such a move; the points, INFEASIBLE when a rule breaks on the way or they exceed `limit`.

    What is still out when the points of the rest exceed the limit would hardly lower them.
    """
    count = _ruin(net, state, seed)
    if count == 0 or not apply(net, state):
        return INFEASIBLE
    points = retime(net, state, INFEASIBLE - 1)
    if points >= INFEASIBLE:
        return INFEASIBLE
    _sort(net, state, seed, count)
    owed = 0
    for i in range(count):
        owed += drop_points(net, state.scratch[i])
    for i in range(count):
        points = recreate(net, state, seed, state.scratch[i], points, BLINK)
        owed -= drop_points(net, state.scratch[i])
        if points >= INFEASIBLE or points - owed > limit:
            return INFEASIBLE
    return points


@inlined
def _ruin(net: Net, state: State, seed: Seed) -> int:
    """List heads of kin to take out in `State.scratch`, with their edits; how many."""
    stop, node = state.stop, net.node
    if net.visits == 0:
        return 0
    wanted = 1 + below(seed, MOST_RUINED)
    longest = 1 + below(seed, LONGEST_STRING)
    j = below(seed, net.visits)
    if state.sums[OUT] > 0 and below(seed, 4) == 0:
        j = left_out(net, state, j)
    count = 0
    for i in range(-1, node[j].near):
        other = j if i < 0 else net.near[j, i]
        if count >= wanted:
            break
        if i >= 0 and below(seed, 4) == 0:
            continue
        if stop[other].route < 0:
            count = _list(net, state, other, count)
            continue
        if _listed(net, state, other, count):
            continue
        length = min(1 + below(seed, longest), wanted - count)
        first = other
        for _ in range(below(seed, length)):
            if stop[first].previous >= net.movable:
                break
            first = stop[first].previous
        while length > 0 and first < net.movable:
            if first < net.visits:
                count = _list(net, state, first, count)
                length -= 1
            first = stop[first].next
    return count


@inlined
def _listed(net: Net, state: State, j: int, count: int) -> bool:
    """Whether the kin of `j` are on the list."""
    k = j
    while True:
        for i in range(count):
            if state.scratch[i] == k:
                return True
        k = net.node[k].kin
        if k == j:
            return False


@inlined
def _list(net: Net, state: State, j: int, count: int) -> int:
    """Put the kin of `j` on the list unless they are there; its length."""
    if _listed(net, state, j, count):
        return count
    state.scratch[count] = j
    k = j
    while True:
        if state.stop[k].route >= 0:
            plan(state, OMIT, k, 0, 0)
        k = net.node[k].kin
        if k == j:
            return count + 1


@inlined
def _sort(net: Net, state: State, seed: Seed, count: int) -> None:
    """Order of the refill: by chance, groups first, by scarcity of carers, by time or by window."""
    node, out = net.node, state.scratch
    rule = below(seed, 8)
    for i in range(count):
        j = out[i]
        rank = below(seed, 1 << 20)
        if rule == 0 or rule == 1:
            rank = rank + (1 << 20) * (0 if node[j].kin != j else node[j].routes)
        elif rule == 2:
            rank = node[j].early
        elif rule == 3:
            rank = node[j].due - node[j].early
        elif rule == 4:
            rank = -node[j].due
        elif rule == 5:
            rank = -node[j].duration
        state.promise[i] = rank
        at = i
        while at > 0 and state.promise[at - 1] > rank:
            state.promise[at] = state.promise[at - 1]
            out[at] = out[at - 1]
            at -= 1
        state.promise[at] = rank
        out[at] = j
