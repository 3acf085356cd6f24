"""
Holding a visit back: a later start than it could have, where that saves waiting or meets a wish.
"""

from __future__ import annotations

from scheduler.solve.chance import Seed, below
from scheduler.solve.edits import plan
from scheduler.solve.kernel import inlined
from scheduler.solve.net import FREE, HOLD, Net, State
from scheduler.solve.timing import INFEASIBLE, due_of, late_of


@inlined
def hold(net: Net, state: State, seed: Seed, j: int) -> bool:
    """
    Let the ring of `j` start later although it could start now, or as soon as it can again.

    Later pays where waiting further on costs points, or where a later window is not yet late.
    """
    stop = state.stop
    h = net.node[j].head
    release = net.node[h].early
    if stop[h].release == release or below(seed, 2) == 0:
        later = 0
        w = net.node[j].more_at
        if w < net.node[j].more_end and below(seed, 2) == 0:
            w += below(seed, net.node[j].more_end - w)
            later = net.more[w].early - stop[h].start
        else:
            ahead = stop[j].next
            while ahead < net.movable and later == 0:
                later = stop[ahead].waiting
                ahead = stop[ahead].next
            slack = due_of(net, j, stop[h].start) - stop[h].start
            kind = below(seed, 4)
            wish = net.node[j].wish - stop[h].start
            if wish > 0 and kind >= 2:
                later = min(wish, _room_behind(net, state, h, kind == 2))
            elif kind == 0 and 0 < slack < later:
                later = slack
            elif kind == 1 and later > 1:
                later = 1 + below(seed, later)
        if later <= 0:
            return False
        release = stop[h].start + later
    state.release[0] = release
    plan(state, HOLD if release > net.node[h].early else FREE, h, 0, 0)
    return True


@inlined
def _room_behind(net: Net, state: State, h: int, hard: bool) -> int:
    """Seconds that the ring of `h` may start later before what is behind it is late, or cannot."""
    stop, node = state.stop, net.node
    room = INFEASIBLE
    j = h
    while True:
        slack = 0
        before, k = j, stop[j].next
        while True:
            slack += stop[k].start - stop[before].start - node[before].duration - stop[k].leg
            if k >= net.movable:
                last = node[k].late if hard else node[k].due
            else:
                last = late_of(net, k, stop[k].start) if hard else due_of(net, k, stop[k].start)
            room = min(room, slack + max(0, last - stop[k].start))
            if k >= net.movable:
                break
            before, k = k, stop[k].next
        j = node[j].mate
        if j == h:
            return room
