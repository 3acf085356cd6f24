"""
Full timing of a state: start of every node, feasibility, points. The one truth of the search.

Each node starts as early as its window, its carer, its group, its recipient and its gaps let it. A
longest gap that is overrun pushes the first visit later and times the plan again, which ends at
the least start times there are, or finds that there are none.
"""

from __future__ import annotations

from numba import njit

from scheduler.solve.net import Net, State

# More points than any plan; says that the state breaks a hard rule or costs more than the limit.
INFEASIBLE = 1 << 60
# How often a longest gap may push; each push moves one visit later, so real plans need one or two.
MAX_PUSHES = 64


@njit(cache=True, nogil=True)
def evaluate(net: Net, state: State, limit: int) -> int:
    """
    Points of the state, or INFEASIBLE when a hard rule breaks or the points exceed `limit`.

    Fills ``state.start`` and, for a feasible state, ``state.terms``.
    """
    if state.dropped[0] > limit:
        return INFEASIBLE
    state.earliest[:] = net.early
    for push in range(MAX_PUSHES):
        points = _time_once(net, state, limit)
        if points >= 0:
            state.terms[4] = push
            return points
    return INFEASIBLE


@njit(cache=True, nogil=True)
def _time_once(net: Net, state: State, limit: int) -> int:
    """One pass over the order; -1 when a longest gap pushed a node and timing starts again."""
    routes = len(net.open)
    w_travel, w_waiting, w_tardiness, w_worst = net.weight
    clock, here, used, start = state.clock, state.here, state.used, state.start
    for r in range(routes):
        clock[r] = net.open[r]
        here[r] = net.first_place[r]
        used[r] = 0
        state.waiting[r] = 0
    state.recipient_free[:] = -INFEASIBLE
    points = state.dropped[0]
    travel = tardiness = worst = 0
    for i in range(len(state.order)):
        u = state.order[i]
        low_at, high_at = net.unit_at[u], net.unit_at[u + 1]
        head = net.member[low_at]
        if state.route[head] < 0:
            continue
        if net.place[head] < 0:
            r = state.route[head]
            s = max(clock[r], net.early[head])
            if s > net.late[head]:
                return INFEASIBLE
            if used[r]:
                state.waiting[r] += s - clock[r]
                points += w_waiting * (s - clock[r])
            start[head] = s
            clock[r] = s + net.duration[head]
            continue
        # Soonest start of each member for itself, then of the unit's first member.
        head_start = -INFEASIBLE
        for m in range(low_at, high_at):
            j = net.member[m]
            r = state.route[j]
            s = max(clock[r] + net.travel[net.mode[r], here[r], net.place[j]], state.earliest[j])
            person = net.recipient[j]
            if person >= 0:
                s = max(s, state.recipient_free[person])
            for e in range(net.gap_at[j], net.gap_at[j + 1]):
                first = net.gap_first[e]
                if state.route[first] >= 0:
                    if state.position[net.unit[first]] > i:
                        return INFEASIBLE
                    s = max(s, start[first] + net.gap_low[e])
            start[j] = s
            head_start = max(head_start, s - net.high[j])
        for m in range(low_at, high_at):
            j = net.member[m]
            r = state.route[j]
            s = max(start[j], head_start + net.low[j])
            start[j] = s
            if m == low_at:
                head_start = s
            if s > net.late[j]:
                return INFEASIBLE
            leg = net.travel[net.mode[r], here[r], net.place[j]]
            travel += leg
            points += w_travel * leg
            if used[r]:
                idle = s - clock[r] - leg
                state.waiting[r] += idle
                points += w_waiting * idle
            if s > net.due[j]:
                tardiness += s - net.due[j]
                points += w_tardiness * (s - net.due[j])
                worst = max(worst, s - net.due[j])
            if points + w_worst * worst > limit:
                return INFEASIBLE
            used[r] = 1
            here[r] = net.place[j]
            clock[r] = s + net.duration[j]
            for e in range(net.gap_at[j], net.gap_at[j + 1]):
                first = net.gap_first[e]
                if state.route[first] >= 0 and s > start[first] + net.gap_high[e]:
                    state.earliest[first] = s - net.gap_high[e]
                    if state.earliest[first] > net.late[first]:
                        return INFEASIBLE
                    return -1
        for m in range(low_at, high_at):
            j = net.member[m]
            person = net.recipient[j]
            if person >= 0:
                state.recipient_free[person] = max(
                    state.recipient_free[person], start[j] + net.duration[j]
                )
    for r in range(routes):
        if used[r]:
            leg = net.travel[net.mode[r], here[r], net.last_place[r]]
            travel += leg
            points += w_travel * leg
            clock[r] += leg
        if clock[r] > net.close[r]:
            return INFEASIBLE
    points += w_worst * worst
    if points > limit:
        return INFEASIBLE
    state.terms[0] = travel
    state.terms[1] = state.waiting.sum()
    state.terms[2] = tardiness
    state.terms[3] = worst
    return points
