"""
Insertion of what is left out: each visit where it costs least. The first plan, and every refill.

Places are ranked by what they promise to cost and tried in that order. A linked group that finds
none so is tried at random carers and places. What finds no place stays out.
"""

from __future__ import annotations

from threading import Event

import numpy as np

from scheduler.solve.chain import begin, undo
from scheduler.solve.chance import Seed, below
from scheduler.solve.edits import apply, plan
from scheduler.solve.insert import GROUP_PLACES, MOST_PLACES, best_at, propose_at, rank
from scheduler.solve.kernel import kernel, pasted
from scheduler.solve.moves import seat
from scheduler.solve.net import SEAT, Int32, Net, State
from scheduler.solve.timing import INFEASIBLE, retime, retime_all

# Random combinations of carers and places that a linked group is tried at.
GROUP_TRIES = 300
# Visits between two looks at whether to stop: a few hundredths of a second.
AT_ONCE = 500


def construct(net: Net, state: State, seed: Seed, stop: Event | None = None) -> int:
    """Fill an empty state in place: breaks first, then the hardest visits; returns its points."""
    points = int(plan_breaks(net, state))
    return refill(net, state, seed, points, stop)


def refill(net: Net, state: State, seed: Seed, points: int, stop: Event | None = None) -> int:
    """
    Plan what a timed state leaves out, the hardest visits first; returns its points.

    What is left when `stop` is set stays out.
    """
    node = net.node[: net.visits]
    lone = node["kin"] == np.arange(net.visits)
    # Of a group only the first visit is listed; the others come with it.
    first = np.ones(net.visits, dtype=np.bool_)
    for j in np.flatnonzero(~lone):
        k = int(node["kin"][j])
        while k != j:
            if k < j:
                first[j] = False
            k = int(node["kin"][k])
    heads = np.flatnonzero(first & (state.stop["route"][: net.visits] < 0))
    by_need = np.lexsort(
        (node["early"][heads], node["routes"][heads], lone[heads], -node["drop"][heads])
    )
    visits = heads[by_need].astype(np.int32)
    for at in range(0, len(visits), AT_ONCE):
        if stop is not None and stop.is_set():
            break
        points = int(fill(net, state, seed, visits[at : at + AT_ONCE], points))
    return points


@kernel
def plan_breaks(net: Net, state: State) -> int:
    """Plan all breaks that fit on empty routes; the points."""
    for j in range(net.visits, net.movable):
        r = net.node[j].fixed
        if net.allowed[j, r]:
            begin(state)
            plan(state, SEAT, j, r, net.movable + r)
            apply(net, state)
    return retime_all(net, state)


@kernel
def fill(net: Net, state: State, seed: Seed, visits: Int32, points: int) -> int:
    """Plan `visits` in order, each where it costs least; the points."""
    for j in visits:
        points = insert(net, state, seed, j, points)
    return points


@kernel
def insert(net: Net, state: State, seed: Seed, j: int, points: int) -> int:
    """Plan the left-out `j` and its kin where they cost least; the points, unchanged if nowhere."""
    lone = net.node[j].kin == j
    count = rank(net, state, seed, j, MOST_PLACES if lone else GROUP_PLACES, True, 0)
    at = best_at(state)
    for i in range(count if lone else min(count, 1)):
        begin(state)
        state.scratch[at] = state.scratch[at + i]
        if propose_at(net, state, j, count) and apply(net, state):
            found = retime(net, state, points - 1)
            if found < points:
                return found
        undo(state)
    return points if lone else _insert_group(net, state, seed, j, points)


@pasted
def _insert_group(net: Net, state: State, seed: Seed, j: int, points: int) -> int:
    """The best of GROUP_TRIES random places; each that is better is kept at once."""
    stop, node = state.stop, net.node
    if node[j].routes == 0:
        return points
    best = points
    again = seed[0]
    best_r = best_before = -1
    for _ in range(GROUP_TRIES):
        r = net.routes_of[j, below(seed, node[j].routes)]
        before = net.movable + r
        # Behind the last stop that leaves in time, give or take one.
        while stop[before].next < net.movable:
            after = stop[before].next
            if stop[after].start > max(node[j].due, node[j].early):
                break
            before = after
        for _ in range(below(seed, 3)):
            if stop[before].previous >= 0:
                before = stop[before].previous
        drawn = seed[0]
        begin(state)
        if seat(net, state, seed, j, r, before) and apply(net, state):
            found = retime(net, state, best - 1)
            if found < best:
                best = found
                again = drawn
                best_r, best_before = r, before
        undo(state)
    if best < points:
        seed[0] = again
        begin(state)
        seat(net, state, seed, j, best_r, best_before)
        apply(net, state)
        best = retime(net, state, INFEASIBLE - 1)
    return best
