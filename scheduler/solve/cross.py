"""
A child of two plans: some neighbouring routes of one, the rest of the other.

Where two anneals ended in different basins, each is better somewhere. Source of the idea of
exchanging routes: Y. Nagata, O. Bräysy, W. Dullaert (2010), doi 10.1016/j.cor.2009.06.022.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.problem import BREAK, Int
from scheduler.solve.given import Stops
from scheduler.solve.net import Net


def cross(net: Net, first: Stops, second: Stops, draw: np.random.Generator) -> Stops:
    """Routes around a random visit from `first`, the rest from `second`; visits may be missing."""
    second = _relabelled(net, first, second)
    route = _route_of(net, first)
    seated = np.flatnonzero(route >= 0)
    if not len(seated):
        return second
    v = int(draw.choice(seated))
    around = [v, *net.near[v, : net.node["near"][v]].tolist()]
    used = len(np.unique(route[seated]))
    wanted = int(draw.integers(1, max(used // 2, 1) + 1))
    chosen: list[int] = []
    for j in around:
        r = int(route[j])
        if r >= 0 and r not in chosen and len(chosen) < wanted:
            chosen.append(r)
    taken = {j for r in chosen for j, _ in first[r] if j != BREAK}
    return [
        first[r] if r in chosen else [stop for stop in second[r] if stop[0] not in taken]
        for r in range(len(net.route))
    ]


def _route_of(net: Net, stops: Stops) -> Int:
    """(n,) route of each visit, -1 where it is left out."""
    route = np.full(net.visits, -1, dtype=np.int64)
    for r, each in enumerate(stops):
        for j, _ in each:
            if j != BREAK:
                route[j] = r
    return route


def _relabelled(net: Net, first: Stops, second: Stops) -> Stops:
    """`second` with its routes given to the carers who do most of the same visits in `first`."""
    k = len(net.route)
    ours, theirs = _route_of(net, first), _route_of(net, second)
    common = np.zeros((k, k), dtype=np.int64)
    both = (ours >= 0) & (theirs >= 0)
    np.add.at(common, (theirs[both], ours[both]), 1)
    stops: list[Sequence[tuple[int, int]]] = [()] * k
    free_from, free_to = set(range(k)), set(range(k))

    def give(a: int, b: int) -> bool:
        """Route `a` of the second plan to carer `b`, if nothing forbids it at once."""
        visits = [j for j, _ in second[a] if j != BREAK]
        if not all(net.allowed[j, b] for j in visits):
            return False
        stops[b] = second[a] if a == b else [stop for stop in second[a] if stop[0] != BREAK]
        free_from.discard(a)
        free_to.discard(b)
        return True

    for at in np.argsort(-common, axis=None, kind="stable"):
        a, b = divmod(int(at), k)
        if common[a, b] == 0:
            break
        if a in free_from and b in free_to:
            give(a, b)
    for a in sorted(free_from):
        if not (a in free_to and give(a, a)):
            any(give(a, b) for b in sorted(free_to))
    return stops
