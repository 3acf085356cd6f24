"""
A whole route given to a carer who has nothing to do, where it matters which routes are used.

Visit by visit that would lead over plans that use both, which cost more or have no car for it.
"""

from __future__ import annotations

from scheduler.solve.edits import plan
from scheduler.solve.kernel import kernel
from scheduler.solve.net import CHECK, EDITS, KEEP, TAKE, Net, State


@kernel
def hand_over(net: Net, state: State, was: int, r: int) -> bool:
    """Give all visits of route `was` to the unused route `r`, each at its place in time."""
    stop, edit = state.stop, state.edit
    if state.tour[r].visits > 0 or state.tour[was].load > net.route[r].capacity:
        return False
    first = state.count[EDITS]
    j = stop[net.movable + was].next
    while j < net.movable:
        if j < net.visits:
            if not net.allowed[j, r]:
                return False
            plan(state, TAKE, j, was, 0)
        j = stop[j].next
    last = state.count[EDITS]
    for i in range(first, last):
        # Where its key says, past a break of the new carer.
        plan(state, KEEP, edit[i].node, r, net.movable + r)
    for i in range(first, last):
        j = edit[i].node
        if net.node[j].kin != j:
            plan(state, CHECK, j, 0, 0)
    return last > first
