"""
Ruin and recreate: make room for what is left out by taking its neighbours out and refilling.

Annealing alone cannot trade a dropped visit for another, since its points tower over any
temperature. Here a left-out unit and some planned units near it in time are put back in random
order, each where it costs least; the result stays when it costs no more than before.
Source of the idea: G. Schrimpf et al. (2000), doi 10.1006/jcph.1999.6413.
"""

from __future__ import annotations

from numba import njit

from scheduler.problem import Int
from scheduler.solve.construct import insert_unit
from scheduler.solve.moves import Seed, clear_undo, drop_unit, random_below
from scheduler.solve.net import Net, State
from scheduler.solve.timing import INFEASIBLE, evaluate

# Most units that one rebuild takes out.
MOST_RUINED = 8


@njit(cache=True, nogil=True)
def rebuild(
    net: Net, state: State, seed: Seed, points: int, spare_order: Int, spare_route: Int
) -> int:
    """
    Try one rebuild around a random left-out unit; returns the points, never more than before.

    Parameters
    ----------
    spare_order : (U,), spare_route : (N,)
        Scratch for the way back.
    """
    wanted = _random_left_out(net, state, seed)
    if wanted < 0:
        return points
    spare_order[:] = state.order
    spare_route[:] = state.route
    dropped = state.dropped[0]
    queue = [wanted]
    head = net.member[net.unit_at[wanted]]
    ruin = 1 + random_below(seed, MOST_RUINED)
    for _ in range(4 * ruin):
        if net.near_count[head] == 0 or len(queue) > ruin:
            break
        near = net.near[head, random_below(seed, net.near_count[head])]
        unit = net.unit[near]
        if state.route[near] >= 0:
            clear_undo(state)
            drop_unit(net, state, unit)
            queue.append(unit)
    found = evaluate(net, state, INFEASIBLE - 1)
    for done in range(len(queue)):
        # The wanted unit comes first half of the time; the others in random order.
        if done > 0 or random_below(seed, 2) == 1:
            other = done + random_below(seed, len(queue) - done)
            queue[done], queue[other] = queue[other], queue[done]
        found = insert_unit(net, state, seed, queue[done], found)
    if found <= points:
        return found
    state.order[:] = spare_order
    for i in range(len(spare_order)):
        state.position[spare_order[i]] = i
    state.route[:] = spare_route
    state.dropped[0] = dropped
    return points


@njit(cache=True, nogil=True)
def _random_left_out(net: Net, state: State, seed: Seed) -> int:
    """A left-out unit by reservoir sampling; -1 when all are planned."""
    chosen, seen = -1, 0
    for unit in range(len(net.unit_at) - 1):
        if state.route[net.member[net.unit_at[unit]]] < 0:
            seen += 1
            if random_below(seed, seen) == 0:
                chosen = unit
    return chosen
