"""
Simulated annealing over :mod:`scheduler.solve.moves`, compiled, one chunk of steps a call.

The threshold is drawn before a move is timed, so the timing stops as soon as the points exceed it.
Source of the scheme: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi (1983), doi
10.1126/science.220.4598.671; the start temperature is measured on the instance (acceptance).
"""

from __future__ import annotations

import math

from scheduler.problem import Int
from scheduler.solve.chain import begin, copy_stops, undo
from scheduler.solve.chance import Seed, below, unit
from scheduler.solve.edits import apply, plan, settle_keys
from scheduler.solve.hand_over import hand_over
from scheduler.solve.holds import hold
from scheduler.solve.insert import left_out
from scheduler.solve.kernel import inlined, kernel
from scheduler.solve.moves import change_carer, drop, move_segment, relocate, seat, swap, swap_tails
from scheduler.solve.net import (
    CHECK,
    KEEP,
    OUT,
    PUT,
    TAKE,
    TARDINESS,
    Int32,
    Net,
    Records,
    State,
)
from scheduler.solve.ruin import ruin_and_recreate
from scheduler.solve.timing import INFEASIBLE, retime
from scheduler.solve.worth import spare_with_kin

# Steps between two settings of the keys by time.
SETTLE_EVERY = 2048
# Steps between two looks at the temperature.
COOL_EVERY = 128
# Columns of the table of moves, in the order of :class:`scheduler.solve.params.Moves`; the first
# eight are added up.
HOLDS, CARERS, DROPS, SHIFTS, INSERTIONS, SEGMENTS, SWAPS, TAILS = range(8)
FROM_LEFT_OUT, FROM_TARDY, RUINS = range(8, 11)


# One in so many segments is a whole route, where it matters which routes are used.
HAND_OVER = 16


@kernel
def propose(
    net: Net, state: State, seed: Seed, moves: Int, most: int, holds: bool, fees: bool
) -> bool:
    """
    One random move of the table as edits; False when it is impossible or hopeless.

    A move is hopeless when the points would hardly grow by `most` or less.
    """
    stop = state.stop
    j = below(seed, net.movable)
    kind = below(seed, moves[TAILS])
    if state.sums[OUT] > 0 and below(seed, 100) < moves[FROM_LEFT_OUT]:
        j = left_out(net, state, j)
    elif state.sums[TARDINESS] > 0 and below(seed, 100) < moves[FROM_TARDY]:
        j = _tardy(net, state, seed, j)
    if net.node[j].fixed >= 0:
        return _shift_break(net, state, seed, j)
    if stop[j].route < 0:
        if 10 * kind < 3 * moves[TAILS]:
            r = _any_route(net, seed, j)
            if r < 0:
                return False
            return seat(net, state, seed, j, r, _random_stop(net, state, seed, r))
        anchor = _near(net, seed, j)
        if anchor < 0 or stop[anchor].route < 0:
            return False
        before = anchor if below(seed, 2) == 0 else stop[anchor].previous
        return seat(net, state, seed, j, stop[anchor].route, before)
    if holds and kind < moves[HOLDS]:
        return hold(net, state, seed, j)
    if kind < moves[CARERS]:
        r = _any_route(net, seed, j)
        return r >= 0 and change_carer(net, state, j, r, most)
    if kind < moves[DROPS]:
        if net.node[j].drop >= most + spare_with_kin(net, state, j, stop[j].route):
            return False
        drop(net, state, j)
        return True
    if kind < moves[SHIFTS]:
        return _shift(net, state, seed, j, most)
    anchor = _near(net, seed, j)
    if anchor < 0:
        return False
    r = stop[anchor].route
    if r < 0:
        # The left-out near visit takes the place of this one.
        if net.node[j].kin != j or net.node[anchor].kin != anchor:
            return False
        r, before = stop[j].route, stop[j].previous
        drop(net, state, j)
        return seat(net, state, seed, anchor, r, before)
    if kind < moves[INSERTIONS]:
        if net.node[j].mate != j and below(seed, 2) == 0:
            return change_carer(net, state, j, r, most)
        before = anchor if below(seed, 2) == 0 else stop[anchor].previous
        if net.node[j].mate != j and below(seed, 3) == 0:
            return _move_pair(net, state, seed, j, r, before)
        return relocate(net, state, j, r, before, most)
    if kind < moves[SEGMENTS]:
        if net.opens and below(seed, HAND_OVER) == 0:
            r = _any_route(net, seed, j)
            return r >= 0 and hand_over(net, state, stop[j].route, r)
        before = anchor if below(seed, 2) == 0 else stop[anchor].previous
        return move_segment(net, state, j, 2 + below(seed, 2), r, before, most)
    if kind < moves[SWAPS]:
        return swap(net, state, j, anchor, below(seed, 3) == 0, most)
    return swap_tails(net, state, j, anchor, most, fees)


@inlined
def _tardy(net: Net, state: State, seed: Seed, j: int) -> int:
    """A tardy visit or one of the three before it, `j` when a few tries find none."""
    stop = state.stop
    for _ in range(10):
        other = below(seed, net.visits)
        if stop[other].tardiness > 0:
            for _ in range(below(seed, 4)):
                if stop[other].previous >= net.movable:
                    break
                other = stop[other].previous
            return other
    return j


@inlined
def _near(net: Net, seed: Seed, j: int) -> int:
    """A near visit, the nearer the likelier; -1 when there is none."""
    count = net.node[j].near
    if count == 0:
        return -1
    pick = min(below(seed, count), below(seed, count))
    return net.near[j, pick]


@inlined
def _any_route(net: Net, seed: Seed, j: int) -> int:
    """A random route that may do `j`, -1 when there is none."""
    count = net.node[j].routes
    return net.routes_of[j, below(seed, count)] if count > 0 else -1


@inlined
def _random_stop(net: Net, state: State, seed: Seed, r: int) -> int:
    """A random node of route `r` to stand behind, its start included."""
    j = net.movable + r
    for _ in range(below(seed, state.tour[r].visits + 2)):
        if state.stop[j].next >= net.movable:
            break
        j = state.stop[j].next
    return j


@inlined
def _shift(net: Net, state: State, seed: Seed, j: int, most: int) -> bool:
    """Earlier or later by a few stops on the own route."""
    stop = state.stop
    hops = 1 + below(seed, 4)
    before = j
    if below(seed, 2) == 0:
        for _ in range(hops):
            if stop[before].next >= net.movable:
                break
            before = stop[before].next
    else:
        for _ in range(hops + 1):
            if stop[before].previous < 0:
                break
            before = stop[before].previous
    return relocate(net, state, j, stop[j].route, before, most)


@inlined
def _move_pair(net: Net, state: State, seed: Seed, j: int, r: int, before: int) -> bool:
    """Take `j` to a place and one of its mates to another random carer at the same time."""
    stop = state.stop
    m = net.node[j].mate
    other = _any_route(net, seed, m)
    near = _near(net, seed, m)
    if near >= 0 and below(seed, 4) > 0 and stop[near].route >= 0:
        other = stop[near].route
    if other < 0 or other == r or before == j or before == m:
        return False
    if not (net.allowed[j, r] and net.allowed[m, other]):
        return False
    plan(state, TAKE, j, stop[j].route, 0)
    plan(state, TAKE, m, stop[m].route, 0)
    plan(state, PUT, j, r, before)
    plan(state, KEEP, m, other, net.movable + other)
    plan(state, CHECK, j, 0, 0)
    plan(state, CHECK, m, 0, 0)
    return True


@inlined
def _shift_break(net: Net, state: State, seed: Seed, j: int) -> bool:
    """Take the break before or after another stop, take it at all, or miss it."""
    stop = state.stop
    r = net.node[j].fixed
    if stop[j].route < 0:
        if not net.allowed[j, r]:
            return False
        return seat(net, state, seed, j, r, _random_stop(net, state, seed, r))
    if net.node[j].drop < INFEASIBLE >> 12 and below(seed, 8) == 0:
        drop(net, state, j)
        return True
    return _shift(net, state, seed, j, INFEASIBLE)


@kernel
def anneal(
    net: Net,
    state: State,
    seed: Seed,
    order: Int32,
    points: int,
    steps: int,
    hot: float,
    cold: float,
    moves: Int,
    holds: bool,
    fees: bool,
    best: Records,
    best_points: int,
) -> tuple[int, int]:
    """
    Run `steps` moves while the temperature falls geometrically from `hot` to `cold` (points).

    The kinds of `moves` come as often as the table says. Changes `state` in place and writes every
    new best into `best` (STOP).

    Returns
    -------
    (points, best_points)
        Of the state at the end, and of the best so far.
    """
    temperature = hot
    fall = 1.0 if hot <= 0.0 else math.exp(math.log(cold / hot) * COOL_EVERY / max(steps, 1))
    fresh = False
    for step in range(steps):
        if step % COOL_EVERY == 0 and step > 0:
            temperature *= fall
        if step % SETTLE_EVERY == 0:
            settle_keys(net, state, order)
        limit = points + int(-temperature * math.log(unit(seed)))
        begin(state)
        if moves[RUINS] > 0 and below(seed, moves[RUINS]) == 0:
            found = ruin_and_recreate(net, state, seed, limit)
        elif propose(net, state, seed, moves, limit - points, holds, fees):
            found = retime(net, state, limit) if apply(net, state) else INFEASIBLE
        else:
            continue
        if found > limit:
            undo(state)
            continue
        if found > points and fresh:
            # Leaving a new best: copy it now, before it is lost.
            undo(state)
            copy_stops(state, best)
            fresh = False
            begin(state)
            continue
        points = found
        if points < best_points:
            best_points = points
            fresh = True
    if fresh:
        copy_stops(state, best)
    return points, best_points


@kernel
def sample_worsenings(
    net: Net,
    state: State,
    seed: Seed,
    points: int,
    moves: Int,
    holds: bool,
    fees: bool,
    largest: int,
    found: Int,
) -> int:
    """
    Points by which random feasible moves worsen the state, up to `largest`; none is kept.

    Writes them into `found` (steps,) and returns how many there are.

    Moves that leave another visit out say nothing about the plan's own landscape and do not count.
    """
    count = 0
    for _ in range(len(found)):
        begin(state)
        out = state.sums[OUT]
        if propose(net, state, seed, moves, INFEASIBLE, holds, fees):
            if apply(net, state) and state.sums[OUT] == out:
                worse = retime(net, state, points + largest) - points
                if 0 < worse <= largest:
                    found[count] = worse
                    count += 1
            undo(state)
    return count
