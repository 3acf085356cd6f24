"""
Simulated annealing over :mod:`scheduler.solve.moves`, compiled, one chunk of steps a call.

The threshold is drawn before a move is timed, so the timing stops as soon as the points exceed it.
Source of the scheme: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi (1983), doi
10.1126/science.220.4598.671; the start temperature is measured on the instance (acceptance).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from scheduler.problem import Int
from scheduler.solve.moves import (
    Seed,
    change_carer,
    clear_undo,
    drop_unit,
    place_unit,
    random_below,
    random_unit,
    relocate,
    swap,
    swap_tails,
    tidy,
    undo,
)
from scheduler.solve.net import Net, State
from scheduler.solve.timing import INFEASIBLE, evaluate

# Steps between two sortings of the order by time.
TIDY_EVERY = 2048
# Steps between two looks at the temperature.
COOL_EVERY = 128
# Moves in a hundred that try a left-out visit while there is one; by chance it would be far fewer.
LEFT_OUT_SHARE = 5


@njit(cache=True, nogil=True)
def propose(net: Net, state: State, seed: Seed, most: int) -> bool:
    """
    One random move, applied; False when it was impossible or hopeless and nothing changed.

    A move is hopeless when the points are bound to grow by more than `most`.
    """
    node = random_below(seed, len(net.unit))
    if state.dropped[0] > 0 and random_below(seed, 100) < LEFT_OUT_SHARE:
        node = _left_out(state, node)
    kind = random_below(seed, 100)
    if net.fixed[node] >= 0:
        return _shift_break(net, state, seed, node)
    if state.route[node] < 0:
        if kind < 30:
            return _any_route(net, state, seed, node, most)
        anchor = _neighbour(net, seed, node)
        if anchor < 0:
            return False
        if kind < 80:
            return relocate(net, state, seed, node, anchor, most)
        return swap(net, state, node, anchor, most)
    if kind < 8:
        return _any_route(net, state, seed, node, most)
    if kind < 9:
        clear_undo(state)
        drop_unit(net, state, net.unit[node])
        return True
    if kind < 16:
        return _shift_a_little(net, state, seed, node)
    anchor = _neighbour(net, seed, node)
    if anchor < 0:
        return False
    if kind < 66:
        return relocate(net, state, seed, node, anchor, most)
    if kind < 88:
        return swap(net, state, node, anchor, most)
    return swap_tails(net, state, node, anchor)


@njit(cache=True, nogil=True)
def _left_out(state: State, node: int) -> int:
    """The first left-out visit from `node` on; `node` itself when there is none."""
    size = len(state.route)
    for step in range(size):
        if state.route[(node + step) % size] < 0:
            return (node + step) % size
    return node


@njit(cache=True, nogil=True)
def _neighbour(net: Net, seed: Seed, node: int) -> int:
    """A near visit, the nearer the likelier; -1 when there is none."""
    count = net.near_count[node]
    if count == 0:
        return -1
    pick = min(random_below(seed, count), random_below(seed, count))
    return net.near[node, pick]


@njit(cache=True, nogil=True)
def _any_route(net: Net, state: State, seed: Seed, node: int, most: int) -> bool:
    """To a random carer who may, at the same place in the order."""
    if net.routes_count[node] == 0:
        return False
    route = net.routes_of[node, random_below(seed, net.routes_count[node])]
    return change_carer(net, state, seed, node, route, most)


@njit(cache=True, nogil=True)
def _shift_a_little(net: Net, state: State, seed: Seed, node: int) -> bool:
    """Earlier or later in the order, with the same carers."""
    u = net.unit[node]
    step = random_below(seed, 31) - 15
    target = min(max(state.position[u] + step, 0), len(state.order) - 1)
    if target == state.position[u]:
        return False
    clear_undo(state)
    place_unit(state, u, target)
    return True


@njit(cache=True, nogil=True)
def _shift_break(net: Net, state: State, seed: Seed, node: int) -> bool:
    """Take the break before or after another stop of the same route."""
    u, r = net.unit[node], net.fixed[node]
    step = 1 if random_below(seed, 2) == 1 else -1
    hops = 1 + random_below(seed, 2)
    at = state.position[u] + step
    while 0 <= at < len(state.order):
        v = state.order[at]
        for m in range(net.unit_at[v], net.unit_at[v + 1]):
            if state.route[net.member[m]] == r:
                hops -= 1
                if hops == 0:
                    clear_undo(state)
                    place_unit(state, u, at)
                    return True
        at += step
    return False


@njit(cache=True, nogil=True)
def anneal(
    net: Net,
    state: State,
    seed: Seed,
    points: int,
    steps: int,
    hot: float,
    cold: float,
    best_order: Int,
    best_route: Int,
    best_points: int,
) -> tuple[int, int]:
    """
    Run `steps` moves while the temperature falls geometrically from `hot` to `cold` (points).

    Changes `state` in place and writes every new best into `best_order` and `best_route`.

    Returns
    -------
    (points, best_points)
        Of the state at the end, and of the best so far.
    """
    temperature = hot
    tardy = 0
    fall = 1.0 if hot <= 0.0 else math.exp(math.log(cold / hot) * COOL_EVERY / max(steps, 1))
    for step in range(steps):
        if step % COOL_EVERY == 0 and step > 0:
            temperature *= fall
        if step % TIDY_EVERY == 0:
            evaluate(net, state, INFEASIBLE - 1)
            tardy = _settle(net, state)
            tidy(net, state)
        limit = points + int(-temperature * math.log(random_unit(seed)))
        if not propose(net, state, seed, limit - points + tardy):
            continue
        found = evaluate(net, state, limit)
        if found > limit:
            undo(state)
            continue
        points = found
        tardy = _settle(net, state)
        if points < best_points:
            best_points = points
            best_order[:] = state.order
            best_route[:] = state.route
    return points, best_points


@njit(cache=True, nogil=True)
def _settle(net: Net, state: State) -> int:
    """Let moves start from the evaluated state; returns its points of tardiness."""
    state.settled[:] = state.waiting
    return net.weight[2] * state.terms[2] + net.weight[3] * state.terms[3]


@njit(cache=True, nogil=True)
def sample_worsenings(
    net: Net, state: State, seed: Seed, points: int, steps: int, largest: int
) -> npt.NDArray[np.int64]:
    """
    Points by which random feasible moves worsen the state, up to `largest`; none is kept.

    Moves that leave another visit out say nothing about the plan's own landscape and do not count.
    """
    found = np.empty(steps, dtype=np.int64)
    count = 0
    for _ in range(steps):
        if propose(net, state, seed, INFEASIBLE):
            same_visits = state.dropped[0] == state.undo_count[2]
            worse = evaluate(net, state, points + largest) - points if same_visits else 0
            if 0 < worse <= largest:
                found[count] = worse
                count += 1
            undo(state)
    return found[:count]
