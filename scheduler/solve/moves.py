"""
Moves: each changes the order and the routes of a state in place and can be undone.

A move returns False, with nothing changed, when a rule that needs no timing forbids it: a carer
who may not do the visit, a break on another's route, one carer twice in a group.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from scheduler.solve.detour import exchange, relocation
from scheduler.solve.net import Net, State

Seed = npt.NDArray[np.uint64]


@njit(cache=True, nogil=True)
def random_below(seed: Seed, bound: int) -> int:
    """Uniform integer in [0, bound) by xorshift64*; the state is an argument, never global."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(33)
    return np.int64((high * np.uint64(bound)) >> np.uint64(31))  # type: ignore[return-value]


@njit(cache=True, nogil=True)
def random_unit(seed: Seed) -> float:
    """Uniform float in (0, 1]."""
    return (random_below(seed, 1 << 30) + 1.0) / (1 << 30)


@njit(cache=True, nogil=True)
def clear_undo(state: State) -> None:
    """Start a new move."""
    state.undo_count[0] = 0
    state.undo_count[1] = 0
    state.undo_count[2] = state.dropped[0]


@njit(cache=True, nogil=True)
def undo(state: State) -> None:
    """Take back everything since :func:`clear_undo`."""
    for i in range(state.undo_count[1] - 1, -1, -1):
        state.route[state.undo_node[i]] = state.undo_route[i]
    for i in range(state.undo_count[0] - 1, -1, -1):
        _shift(state, state.undo_unit[i], state.undo_position[i])
    state.dropped[0] = state.undo_count[2]
    state.undo_count[0] = 0
    state.undo_count[1] = 0


@njit(cache=True, nogil=True)
def _shift(state: State, unit: int, target: int) -> None:
    """Put `unit` at index `target` of the order; those between move one step."""
    order, position = state.order, state.position
    i = position[unit]
    while i < target:
        order[i] = order[i + 1]
        position[order[i]] = i
        i += 1
    while i > target:
        order[i] = order[i - 1]
        position[order[i]] = i
        i -= 1
    order[target] = unit
    position[unit] = target


@njit(cache=True, nogil=True)
def place_unit(state: State, unit: int, target: int) -> None:
    """As `_shift`, remembered for :func:`undo`."""
    at = state.undo_count[0]
    state.undo_unit[at] = unit
    state.undo_position[at] = state.position[unit]
    state.undo_count[0] = at + 1
    _shift(state, unit, target)


@njit(cache=True, nogil=True)
def set_route(state: State, node: int, route: int) -> None:
    """Give `node` to `route` (-1 = left out), remembered for :func:`undo`."""
    at = state.undo_count[1]
    state.undo_node[at] = node
    state.undo_route[at] = state.route[node]
    state.undo_count[1] = at + 1
    state.route[node] = route


@njit(cache=True, nogil=True)
def _carer_free(net: Net, state: State, node: int, route: int) -> bool:
    """Whether no other member of the node's group is with the carer of `route`."""
    u = net.unit[node]
    for m in range(net.unit_at[u], net.unit_at[u + 1]):
        other = net.member[m]
        r = state.route[other]
        if other != node and r >= 0 and net.carer[r] == net.carer[route]:
            return False
    return True


@njit(cache=True, nogil=True)
def _beside(state: State, unit: int, anchor: int, after: bool) -> int:
    """Index that puts `unit` right after or before `anchor`."""
    target = state.position[anchor]
    if state.position[unit] < target:
        target -= 1
    if after:
        target += 1
    return target


@njit(cache=True, nogil=True)
def seat_unit(net: Net, state: State, seed: Seed, node: int, route: int) -> bool:
    """Plan a left-out unit: `node` on `route`, its other members on random carers."""
    u = net.unit[node]
    set_route(state, node, route)
    for m in range(net.unit_at[u], net.unit_at[u + 1]):
        other = net.member[m]
        if other == node:
            continue
        found = False
        for _ in range(4):
            if net.routes_count[other] == 0:
                break
            r = net.routes_of[other, random_below(seed, net.routes_count[other])]
            if _carer_free(net, state, other, r):
                set_route(state, other, r)
                found = True
                break
        if not found:
            undo(state)
            return False
    state.dropped[0] -= net.drop[u]
    return True


@njit(cache=True, nogil=True)
def drop_unit(net: Net, state: State, unit: int) -> None:
    """Leave a planned unit out."""
    for m in range(net.unit_at[unit], net.unit_at[unit + 1]):
        set_route(state, net.member[m], -1)
    state.dropped[0] += net.drop[unit]


@njit(cache=True, nogil=True)
def relocate(net: Net, state: State, seed: Seed, node: int, anchor: int, most: int) -> bool:
    """
    Move `node`'s unit beside `anchor`'s and `node` to `anchor`'s route.

    Not tried when the points are bound to grow by more than `most`.
    """
    u, target = net.unit[node], net.unit[anchor]
    r = state.route[anchor]
    if u == target or r < 0:
        return False
    after = random_below(seed, 2) == 1
    beside = state.position[target] + (1 if after else 0)
    if relocation(net, state, node, r, beside) > most:
        return False
    clear_undo(state)
    if state.route[node] < 0:
        if not net.allowed[node, r] or not seat_unit(net, state, seed, node, r):
            return False
    elif state.route[node] != r:
        if not net.allowed[node, r] or not _carer_free(net, state, node, r):
            return False
        set_route(state, node, r)
    place_unit(state, u, _beside(state, u, target, after))
    return True


@njit(cache=True, nogil=True)
def change_carer(net: Net, state: State, seed: Seed, node: int, route: int, most: int) -> bool:
    """Give `node` to `route` where its unit stands in the order: the way into an empty route."""
    if not net.allowed[node, route] or state.route[node] == route:
        return False
    at = state.position[net.unit[node]]
    if relocation(net, state, node, route, at) > most:
        return False
    clear_undo(state)
    if state.route[node] < 0:
        return seat_unit(net, state, seed, node, route)
    if not _carer_free(net, state, node, route):
        return False
    set_route(state, node, route)
    return True


@njit(cache=True, nogil=True)
def swap(net: Net, state: State, a: int, b: int, most: int) -> bool:
    """Exchange the routes and places of two nodes; a left-out one takes the other's place."""
    ua, ub = net.unit[a], net.unit[b]
    ra, rb = state.route[a], state.route[b]
    if ua == ub or (ra < 0 and rb < 0) or net.fixed[a] >= 0 or net.fixed[b] >= 0:
        return False
    lone = net.unit_at[ua + 1] - net.unit_at[ua] == 1 and net.unit_at[ub + 1] - net.unit_at[ub] == 1
    if (ra < 0 or rb < 0) and not lone:
        return False
    if (rb >= 0 and not net.allowed[a, rb]) or (ra >= 0 and not net.allowed[b, ra]):
        return False
    if exchange(net, state, a, b) > most:
        return False
    clear_undo(state)
    if ra != rb:
        set_route(state, a, rb)
        set_route(state, b, ra)
        if ra < 0:
            state.dropped[0] += net.drop[ub] - net.drop[ua]
        elif rb < 0:
            state.dropped[0] += net.drop[ua] - net.drop[ub]
        elif not _carer_free(net, state, a, rb) or not _carer_free(net, state, b, ra):
            undo(state)
            return False
    at_a, at_b = state.position[ua], state.position[ub]
    place_unit(state, ua, at_b)
    place_unit(state, ub, at_a)
    return True


@njit(cache=True, nogil=True)
def swap_tails(net: Net, state: State, a: int, b: int) -> bool:
    """
    Let `a`'s route go on with `b` and what follows it, and `b`'s route with what followed `a`
    (2-opt* on the common order). Breaks stay with their carers.
    """
    ra, rb = state.route[a], state.route[b]
    if ra < 0 or rb < 0 or ra == rb:
        return False
    at_a, at_b = state.position[net.unit[a]], state.position[net.unit[b]]
    clear_undo(state)
    for i in range(min(at_a + 1, at_b), len(state.order)):
        u = state.order[i]
        for m in range(net.unit_at[u], net.unit_at[u + 1]):
            j = net.member[m]
            if net.fixed[j] >= 0:
                continue
            if state.route[j] == ra and i > at_a:
                r = rb
            elif state.route[j] == rb and i >= at_b:
                r = ra
            else:
                continue
            if not net.allowed[j, r]:
                undo(state)
                return False
            set_route(state, j, r)
    for i in range(state.undo_count[1]):
        j = state.undo_node[i]
        if not _carer_free(net, state, j, state.route[j]):
            undo(state)
            return False
    return state.undo_count[1] > 0


@njit(cache=True, nogil=True)
def tidy(net: Net, state: State) -> None:
    """
    Sort the order towards rising start times without changing any of them.

    Two neighbours in the order change places only when nothing ties them: no common route,
    recipient or gap. So "beside" in the order keeps meaning "about the same time".
    Needs ``state.start`` of the current state.
    """
    order, position = state.order, state.position
    for i in range(1, len(order)):
        u = order[i]
        key = _time(net, state, u)
        at = i
        while at > 0:
            v = order[at - 1]
            if _time(net, state, v) <= key or _tied(net, state, u, v):
                break
            order[at] = v
            position[v] = at
            at -= 1
        order[at] = u
        position[u] = at


@njit(cache=True, nogil=True)
def _time(net: Net, state: State, unit: int) -> int:
    """Start of the unit's first node; of its window when it is left out."""
    head = net.member[net.unit_at[unit]]
    return net.early[head] if state.route[head] < 0 else state.start[head]


@njit(cache=True, nogil=True)
def _tied(net: Net, state: State, u: int, v: int) -> bool:
    """Whether the order of two units matters to the timing."""
    for m in range(net.unit_at[u], net.unit_at[u + 1]):
        a = net.member[m]
        if state.route[a] < 0:
            return False
        for q in range(net.unit_at[v], net.unit_at[v + 1]):
            b = net.member[q]
            if state.route[b] < 0:
                return False
            if state.route[a] == state.route[b]:
                return True
            if net.recipient[a] >= 0 and net.recipient[a] == net.recipient[b]:
                return True
            for e in range(net.gap_at[a], net.gap_at[a + 1]):
                if net.gap_first[e] == b:
                    return True
            for e in range(net.gap_at[b], net.gap_at[b + 1]):
                if net.gap_first[e] == a:
                    return True
    return False
