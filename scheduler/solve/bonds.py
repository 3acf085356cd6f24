"""
Bonds: visits that few carers should share, such as all of one person's, or those of one loop.

A bond costs points for every distinct carer above those that are free. Nothing is kept for it:
what a visit adds follows from where the others of its bonds are, so every order of changes adds up
to the same sum.
"""

from __future__ import annotations

from scheduler.solve.kernel import inlined
from scheduler.solve.net import Net, State


@inlined
def bond_points(net: Net, state: State, j: int, r: int) -> int:
    """Points that `j` on route `r` adds by its bonds, wherever `j` is now."""
    points = 0
    if len(net.bond) == 0:
        return points
    for e in range(net.bond_at[j], net.bond_at[j + 1]):
        q = net.bond_of[e]
        if not net.known[q, r] and _distinct(net, state, q, j, r) >= net.bond[q].free:
            points += net.bond[q].points
    return points


@inlined
def _distinct(net: Net, state: State, q: int, j: int, r: int) -> int:
    """Carers that count among the others of bond `q`; -1 when the carer of `r` is one of them."""
    stop, route, member = state.stop, net.route, net.member
    first, free = net.bond[q].first, net.bond[q].free
    carers = 0
    for i in range(first, net.bond[q].end):
        k = member[i]
        other = stop[k].route
        if k == j or other < 0 or net.known[q, other]:
            continue
        carer = route[other].carer
        if carer == route[r].carer:
            return -1
        # More than are free need not be told apart.
        if carers < free:
            seen = False
            for before in range(first, i):
                m = member[before]
                if m != j and stop[m].route >= 0 and route[stop[m].route].carer == carer:
                    seen = True
                    break
            if not seen:
                carers += 1
    return carers


@inlined
def all_bond_points(net: Net, state: State) -> int:
    """Points of all bonds, counted from nothing."""
    stop, route, member = state.stop, net.route, net.member
    points = 0
    for q in range(len(net.bond)):
        carers = 0
        first = net.bond[q].first
        for i in range(first, net.bond[q].end):
            r = stop[member[i]].route
            if r < 0 or net.known[q, r]:
                continue
            seen = False
            for before in range(first, i):
                other = stop[member[before]].route
                if other >= 0 and route[other].carer == route[r].carer:
                    seen = True
                    break
            if not seen:
                carers += 1
        points += net.bond[q].points * max(0, carers - net.bond[q].free)
    return points
