"""A given plan into a state, visit by visit: what breaks a rule is left out, the rest stays."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.solve.chain import begin, undo
from scheduler.solve.edits import apply, plan
from scheduler.solve.net import HOLD, JOIN, SEAT, Net, State
from scheduler.solve.timing import INFEASIBLE, retime, retime_all
from scheduler.solve.whole import BREAK

Stops = Sequence[Sequence[tuple[int, int]]]


def seat_plan(net: Net, state: State, stops: Stops) -> int:
    """
    Let the empty `state` be the plan `stops` as far as it keeps the rules; its points.

    Parameters
    ----------
    stops
        Per route ``(visit or BREAK, start_s)`` in order.

    Raises
    ------
    ValueError
        When there is not one entry per route, or a visit that the problem does not have.
    """
    if len(stops) != len(net.route):
        raise ValueError(f"Expected stops of {len(net.route)} routes, found {len(stops)}.")
    where: dict[int, tuple[int, int]] = {}
    turn: dict[int, tuple[int, int]] = {}
    breaks = {int(net.node[j]["fixed"]): j for j in range(net.visits, net.movable)}
    for r, route in enumerate(stops):
        for place, (visit, start) in enumerate(route):
            if not (visit == BREAK or 0 <= visit < net.visits):
                raise ValueError(f"Expected visits below {net.visits} or BREAK, found {visit}.")
            j = breaks.get(r, -1) if visit == BREAK else visit
            if j >= 0:
                where.setdefault(j, (int(start), r))
                # Stops of one route may start at the same second.
                turn.setdefault(j, (int(start), place))
    in_turn = sorted(where, key=lambda j: turn[j])
    points = int(retime_all(net, state))
    for j in in_turn:
        if state.stop[j]["route"] < 0:
            points = _seat(net, state, j, where, points)
    for j in range(net.visits, net.movable):
        if state.stop[j]["route"] < 0 and net.allowed[j, net.node[j]["fixed"]]:
            points = _seat(net, state, j, {j: (0, int(net.node[j]["fixed"]))}, points)
    for j in in_turn:
        points = _hold(net, state, j, where[j][0], points)
    return points


def _seat(net: Net, state: State, j: int, where: dict[int, tuple[int, int]], points: int) -> int:
    """Append `j` and its kin to their routes; the points, unchanged when a rule forbids it."""
    kin = _kin(net, j)
    if any(k not in where or not net.allowed[k, where[k][1]] for k in kin):
        return points
    begin(state)
    for k in kin:
        r = where[k][1]
        if k == j:
            end = net.movable + len(net.route) + r
            plan(state, SEAT, j, r, int(state.stop[end]["previous"]))
        else:
            plan(state, JOIN, k, r, j)
    found = int(retime(net, state, INFEASIBLE - 1)) if apply(net, state) else INFEASIBLE
    if found >= INFEASIBLE:
        undo(state)
        return points
    return found


def _hold(net: Net, state: State, j: int, start: int, points: int) -> int:
    """Let `j` start as late as given where that costs no more points."""
    h = int(net.node[j]["head"])
    if state.stop[j]["route"] < 0 or start <= state.stop[h]["start"]:
        return points
    begin(state)
    state.release[0] = start
    plan(state, HOLD, h, 0, 0)
    found = int(retime(net, state, points)) if apply(net, state) else INFEASIBLE
    if found > points:
        undo(state)
        return points
    return found


def _kin(net: Net, j: int) -> list[int]:
    """`j` first, then those planned with it."""
    kin = [j]
    while (k := int(net.node[kin[-1]]["kin"])) != j:
        kin.append(k)
    return kin
