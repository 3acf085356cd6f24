"""
A random walk of the engine, checked on the way: the kernels that the engine's tests share.

Compiled in each run and never cached: a cached kernel would go on with the engine it was compiled
with.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from scheduler.problem import MUST_POINTS, Int, Problem
from scheduler.solve.anneal import propose
from scheduler.solve.chain import begin, undo
from scheduler.solve.chance import Seed, below, seed_of
from scheduler.solve.construct import construct
from scheduler.solve.edits import apply, settle_keys
from scheduler.solve.net import (
    EDITS,
    OTHER,
    OUT,
    OVERTIME,
    TARDINESS,
    TRAVEL,
    WAITING,
    WORST_IDLE,
    WORST_TARDINESS,
    Int32,
    Net,
    Records,
    State,
    build_net,
    empty_state,
)
from scheduler.solve.params import Moves
from scheduler.solve.ruin import ruin_and_recreate
from scheduler.solve.timing import INFEASIBLE, points_of, retime
from scheduler.solve.whole import load

checking = njit(nogil=True)

# More points than any move of these problems costs.
DEAR = 1 << 40

# What a check found.
(
    NOTHING,
    CHAIN,  # previous and next disagree, or a node stands twice
    KEYS,  # keys do not rise, or mates have different ones
    KIN,  # kin are not all or none, or may not have their carers
    CARER,  # a route may not do its visit
    LOAD,  # more demand than capacity
    SPAN,  # a route works longer than it may
    LEGS,  # travel to a node is not what it should be
    TOURS,
    SUMS,
    STARTS,  # a start before its time, or another one than in the full timing
    POINTS,
    REFUSED,  # infeasible although the full timing accepts the same edits
    TRACE,  # undo left one
) = range(14)
NAMES = (
    "nothing", "chain", "keys", "kin", "carer", "load", "span", "legs", "tours", "sums", "starts",
    "points", "refused", "trace",
)  # fmt: skip

# Index of a tally; the last three count what `lenient` let pass.
TRIED, KEPT, COMPARED, AGAIN, RUINS, LATER, REFUSALS, LIMITS = range(8)


class Walk(NamedTuple):
    """A state, a second one to compare with, and what the walk needs."""

    net: Net
    state: State
    other: State
    before: Records  # (N + 2K,) STOP, the plan before the move
    seed: Seed
    moves: Int  # (11,) how often each kind is tried
    order: Int32  # heads, for the setting of the keys
    seen: Int32  # (N + 2K,) scratch
    tally: Int  # (8,)


def walk_of(problem: Problem, seed: int) -> Walk:
    """A first plan of `problem` and all that :func:`wander` needs."""
    net = build_net(problem)
    state, other = empty_state(net), empty_state(net)
    random = seed_of(seed)
    construct(net, state, random)
    heads = np.flatnonzero(net.node["head"][: net.movable] == np.arange(net.movable))
    return Walk(
        net=net,
        state=state,
        other=other,
        before=state.stop.copy(),
        seed=random,
        moves=Moves().table(),
        order=heads.astype(np.int32),
        seen=np.zeros(len(net.node), dtype=np.int32),
        tally=np.zeros(8, dtype=np.int64),
    )


@checking
def wander(walk: Walk, steps: int, heat: int, every: int, ruin: int, lenient: bool) -> int:
    """
    Take random moves, half of them at most `heat` points worse, and check every one that is kept.

    Every `every`-th kept plan is compared with its timing from nothing, and so is every `every`-th
    move that is refused as infeasible; one move in `ruin` is a ruin and recreate, 0 for none.
    `lenient`: starts later than in the full timing, and refusals that it does not share, are
    counted and let pass. Moves refused at a limit that they just keep are counted always.

    Returns what it found first. After a fault `before` holds the plan before the move, `edit` the
    move, and `state` and `other` the two that disagree.
    """
    net, state, other, before = walk.net, walk.state, walk.other, walk.before
    seed, tally = walk.seed, walk.tally
    points = points_of(net, state)
    for _ in range(steps):
        if below(seed, 500) == 0:
            settle_keys(net, state, walk.order)
            what = check_chains(net, state, walk.seen)
            if what != NOTHING:
                return what
        for j in range(len(before)):
            before[j] = state.stop[j]
        limit = INFEASIBLE - 1
        if below(seed, 2) > 0:
            limit = points + below(seed, heat + 1)
        begin(state)
        tally[TRIED] += 1
        ruined = ruin > 0 and below(seed, ruin) == 0
        applied = False
        found = INFEASIBLE
        if ruined:
            tally[RUINS] += 1
            found = ruin_and_recreate(net, state, seed, min(limit, points + DEAR))
        elif propose(net, state, seed, walk.moves, INFEASIBLE, True, True):
            applied = apply(net, state)
            if applied:
                found = retime(net, state, limit)
        if found > limit:
            undo(state)
            if not same_stops(state.stop, before) or points_of(net, state) != points:
                return TRACE
            if applied and limit == INFEASIBLE - 1 and tally[TRIED] % every == 0:
                tally[AGAIN] += 1
                if full_timing(walk) < INFEASIBLE:
                    if not lenient:
                        return REFUSED
                    tally[REFUSALS] += 1
            continue
        if applied and limit == INFEASIBLE - 1 and not _keeps_its_limit(walk, found):
            tally[LIMITS] += 1
            repeat(net, state, state)
            found = retime(net, state, INFEASIBLE - 1)
        points = found
        tally[KEPT] += 1
        what = check_chains(net, state, walk.seen)
        if what == NOTHING:
            what = check_sums(net, state, points)
        if what == NOTHING and tally[KEPT] % every == 0:
            tally[COMPARED] += 1
            what = compare(net, state, other, points)
            if what == STARTS and lenient and only_later(net, state, other):
                what = NOTHING
                tally[LATER] += 1
        if what != NOTHING:
            return what
    return NOTHING


@checking
def repeat(net: Net, source: State, state: State) -> bool:
    """Begin on `state` the move that `source` planned last, and do its edits."""
    count = source.count[EDITS]
    begin(state)
    state.count[EDITS] = count
    for i in range(count):
        state.edit[i] = source.edit[i]
    state.release[0] = source.release[0]
    return apply(net, state)


@checking
def _keeps_its_limit(walk: Walk, points: int) -> bool:
    """Whether the last move has the same points when no more are allowed; it stays done if so."""
    undo(walk.state)
    repeat(walk.net, walk.state, walk.state)
    if retime(walk.net, walk.state, points) == points:
        return True
    undo(walk.state)
    return False


@checking
def full_timing(walk: Walk) -> int:
    """The points of the move that `state` has just undone, timed from nothing."""
    load(walk.net, walk.other, walk.before)
    if not repeat(walk.net, walk.state, walk.other):
        return INFEASIBLE
    return load(walk.net, walk.other, walk.other.stop)


@checking
def compare(net: Net, state: State, other: State, points: int) -> int:
    """Whether the state is what its plan is when it is timed from nothing."""
    again = load(net, other, state.stop)
    for j in range(len(state.stop)):
        if state.stop[j].route >= 0 and state.stop[j].start != other.stop[j].start:
            return STARTS
    return NOTHING if again == points else POINTS


@checking
def only_later(net: Net, state: State, other: State) -> bool:
    """Whether no start of `state` is earlier than in `other`."""
    for j in range(net.movable):
        if state.stop[j].route >= 0 and state.stop[j].start < other.stop[j].start:
            return False
    return True


@checking
def check_chains(net: Net, state: State, seen: Int32) -> int:
    """Every planned node stands once, in rising order of keys, with its kin and where it may."""
    stop, node, k = state.stop, net.node, len(net.route)
    for j in range(len(seen)):
        seen[j] = 0
    for r in range(k):
        j = net.movable + r
        demand = 0
        while True:
            seen[j] += 1
            if seen[j] > 1 or stop[j].route != r or stop[j].queued != 0:
                return CHAIN
            if j < net.movable:
                if not net.allowed[j, r]:
                    return CARER
                demand += node[j].demand
            if j >= net.movable + k:
                break
            after = stop[j].next
            if stop[after].previous != j:
                return CHAIN
            if stop[after].key <= stop[j].key:
                return KEYS
            j = after
        if j != net.movable + k + r:
            return CHAIN
        if demand > net.route[r].capacity:
            return LOAD
    for q in range(len(net.pool)):
        used = 0
        for i in range(net.pool[q].first, net.pool[q].end):
            used += state.tour[net.pooled[i]].visits > 0
        if used > net.pool[q].most:
            return LOAD
    for j in range(net.movable):
        if (seen[j] == 1) != (stop[j].route >= 0):
            return CHAIN
        if seen[j] == 1 and stop[node[j].head].key != stop[j].key:
            return KEYS
        other = node[j].kin
        while other != j:
            if seen[other] != seen[j]:
                return KIN
            other = node[other].kin
        missed = j >= net.visits and seen[j] == 0 and node[j].drop >= MUST_POINTS
        if missed and state.tour[node[j].fixed].visits > 0:
            return KIN
    return NOTHING


@checking
def bond_sum(net: Net, state: State) -> int:
    """Points of all bonds: each carer that counts is counted with the last visit there."""
    points = 0
    for q in range(len(net.bond)):
        carers = 0
        for i in range(net.bond[q].first, net.bond[q].end):
            r = state.stop[net.member[i]].route
            if r < 0 or net.known[q, r]:
                continue
            last = 1
            for k in range(i + 1, net.bond[q].end):
                later = state.stop[net.member[k]].route
                if later >= 0 and net.route[later].carer == net.route[r].carer:
                    last = 0
            carers += last
        points += net.bond[q].points * max(0, carers - net.bond[q].free)
    return points


@checking
def check_sums(net: Net, state: State, points: int) -> int:
    """Legs, tours, sums and points counted anew from places and starts."""
    stop, node, sums = state.stop, net.node, state.sums
    other, travel, waiting, overtime, idle = 0, 0, 0, 0, 0
    for r in range(len(net.route)):
        legs, busy, demand, visits, timed, worked = 0, 0, 0, 0, 0, 0
        waiting -= state.tour[r].late
        before = net.movable + r
        here, ready = node[before].place, net.route[r].open
        while True:
            j = stop[before].next
            at_end = j >= net.movable
            leg = 0
            if node[j].place >= 0 and not (at_end and visits == 0):
                leg = net.travel[net.route[r].mode, here, node[j].place]
                here = node[j].place
            if stop[j].leg != leg:
                return LEGS
            legs += leg
            ready += leg
            if at_end:
                break
            start = stop[j].start
            if start < ready or start < node[j].early:
                return STARTS
            if visits > 0:
                waiting += start - ready
                worked += start - ready
                timed += net.weight[WAITING] * (start - ready)
            timed += net.weight[TARDINESS] * stop[j].tardiness
            ready = start + node[j].duration
            busy += node[j].duration
            demand += node[j].demand
            if j < net.visits:
                visits += 1
                worked += node[j].duration
                other += net.fee[j, r]
            before = j
        if stop[j].start != ready or ready > node[j].late:
            return STARTS
        tour = state.tour[r]
        if tour.load != demand or tour.busy != busy or tour.travel != legs or tour.visits != visits:
            return TOURS
        timed += net.weight[OVERTIME] * stop[j].tardiness
        if tour.timed != timed:
            return TOURS
        travel += legs
        over = net.route[r].overtime_from
        worked += legs - state.tour[r].late
        if visits > 0:
            other += net.route[r].fixed_points
            other += net.route[r].span_points * max(worked, net.route[r].least_span)
            if worked > net.route[r].most_span:
                return SPAN
            overtime += max(0, ready - over)
            over = max(over, ready)
        other += tour.extra
        idle = max(idle, over - net.route[r].open - busy - legs)
    out, tardiness, worst = 0, 0, 0
    for j in range(net.movable):
        if stop[j].route < 0:
            out += 1
            if j < net.visits or node[j].drop < MUST_POINTS:
                other += node[j].drop
        elif j < net.visits:
            start = stop[j].start
            late = max(0, start - _governing_due(net, j, start), node[j].wish - start)
            tardiness += late
            worst = max(worst, late)
    other += bond_sum(net, state)
    if sums[TRAVEL] != travel or sums[WAITING] != waiting or sums[OVERTIME] != overtime:
        return SUMS
    if sums[TARDINESS] != tardiness or sums[WORST_TARDINESS] != worst:
        return SUMS
    if sums[OTHER] != other or sums[OUT] != out:
        return SUMS
    # Where it costs nothing it is not kept up to date.
    if net.weight[WORST_IDLE] > 0 and sums[WORST_IDLE] != idle:
        return SUMS
    timed = net.weight[TRAVEL] * travel + net.weight[WAITING] * waiting
    timed += net.weight[TARDINESS] * tardiness + net.weight[WORST_TARDINESS] * worst
    timed += net.weight[OVERTIME] * overtime + net.weight[WORST_IDLE] * idle
    return NOTHING if points == timed + other else POINTS


@checking
def _governing_due(net: Net, j: int, start: int) -> int:
    """The due time of the last window of `j` that has opened by `start`."""
    due = net.node[j].due
    for w in range(net.node[j].more_at, net.node[j].more_end):
        if net.more[w].early <= start:
            due = net.more[w].due
    return due


@checking
def same_stops(a: Records, b: Records) -> bool:
    """Whether two plans are the same in all that a later move could notice."""
    for j in range(len(a)):
        if a[j].key != b[j].key or a[j].start != b[j].start or a[j].release != b[j].release:
            return False
        if a[j].pull != b[j].pull or a[j].leg != b[j].leg or a[j].waiting != b[j].waiting:
            return False
        if a[j].tardiness != b[j].tardiness or a[j].previous != b[j].previous:
            return False
        if a[j].next != b[j].next or a[j].route != b[j].route or a[j].queued != b[j].queued:
            return False
    return True
