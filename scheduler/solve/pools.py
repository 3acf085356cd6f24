"""
Pools: routes of which only so many may be used, such as shifts at one time that need one of a few
cars.
"""

from __future__ import annotations

from scheduler.solve.kernel import kernel
from scheduler.solve.net import Net, State


@kernel
def may_open(net: Net, state: State, r: int) -> bool:
    """Whether the pools of route `r` have room for it, whether it is used or not."""
    for e in range(net.pool_at[r], net.pool_at[r + 1]):
        q = net.pool_of[e]
        used = 0
        for i in range(net.pool[q].first, net.pool[q].end):
            other = net.pooled[i]
            if other != r and state.tour[other].visits > 0:
                used += 1
        if used >= net.pool[q].most:
            return False
    return True
