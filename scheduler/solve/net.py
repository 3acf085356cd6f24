"""
The problem in the form that the compiled kernels read, and the state that they change.

A *node* is a visit (0 … n-1) or a route's break (n … N-1). A *unit* is what moves as one: a lone
visit, a linked group, or a break. A state is one order of all units, and a route per node (-1 =
left out). Each route visits its nodes in that order, so circular waits cannot arise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.problem import Bool, Int, Problem

# Nodes that a move may insert next to; more of them slows, fewer blinds.
NEIGHBOURS = 24

Int32 = npt.NDArray[np.int32]


class Net(NamedTuple):
    """Read-only arrays; N nodes, U units, K routes, G gap ends."""

    unit: Int  # (N,) unit of each node
    unit_at: Int  # (U + 1,) first position of each unit in `member`
    member: Int  # (N,) nodes by unit, the group's first visit first
    early: Int  # (N,) s
    late: Int  # (N,) s
    due: Int  # (N,) s
    duration: Int  # (N,) s
    place: Int  # (N,) row of travel, -1 for a break, which is taken where the carer is
    low: Int  # (N,) s after the start of the unit's first node, at least
    high: Int  # (N,) s after the start of the unit's first node, at most
    recipient: Int  # (N,) equal values >= 0 never overlap across units
    recipients: int  # one more than the largest recipient
    drop: Int  # (U,) points when the unit is left out
    fixed: Int  # (N,) the only route of a break, -1 for a visit
    allowed: Bool  # (N, K)
    routes_of: Int32  # (N, K) allowed routes first
    routes_count: Int  # (N,) how many of them
    gap_at: Int  # (N + 1,) first gap whose second node this is
    gap_first: Int  # (G,)
    gap_low: Int  # (G,) s from start to start
    gap_high: Int  # (G,)
    carer: Int  # (K,)
    open: Int  # (K,) s
    close: Int  # (K,) s
    first_place: Int  # (K,)
    last_place: Int  # (K,)
    mode: Int  # (K,)
    travel: Int32  # (m, l, l) s
    near: Int32  # (n, NEIGHBOURS) visits worth standing next to
    near_count: Int  # (n,)
    weight: Int  # (4,) travel, waiting, tardiness, worst tardiness


class State(NamedTuple):
    """A plan in the making, and scratch space; one per thread."""

    order: Int  # (U,) units in order
    position: Int  # (U,) where each unit stands in `order`
    route: Int  # (N,) -1 = left out
    start: Int  # (N,) s, valid after a feasible evaluation
    dropped: Int  # (1,) points of the units left out
    earliest: Int  # (N,) scratch
    clock: Int  # (K,) scratch
    here: Int  # (K,) scratch
    used: Int  # (K,) scratch
    recipient_free: Int  # (recipients,) scratch
    waiting: Int  # (K,) s of waiting, valid after a feasible evaluation
    settled: Int  # (K,) the same of the state that moves start from
    terms: Int  # (5,) travel s, waiting s, tardiness s, worst tardiness s, retries
    undo_unit: Int  # (4,) units whose position a move changed
    undo_position: Int  # (4,)
    undo_node: Int  # (N,) nodes whose route a move changed
    undo_route: Int  # (N,)
    undo_count: Int  # (3,) units, nodes, points dropped before


def build_net(problem: Problem) -> Net:
    """The kernels' arrays of `problem`."""
    n, k = problem.visits, problem.routes
    with_break = np.flatnonzero(problem.break_s > 0)
    size = n + len(with_break)
    unit, members = _units(problem.group, size)
    allowed = np.zeros((size, k), dtype=np.bool_)
    allowed[:n] = problem.allowed
    allowed[np.arange(n, size), with_break] = True
    drop = np.zeros(len(members), dtype=np.int64)
    np.add.at(drop, unit[:n], problem.drop_points)
    gap_order = np.argsort(problem.gap_second, kind="stable")
    near, near_count = _neighbours(problem)

    def with_breaks(of_visits: Int, of_breaks: Int | int) -> Int:
        tail = np.broadcast_to(np.asarray(of_breaks, dtype=np.int64), size - n)
        return np.concatenate([of_visits, tail])

    recipient = with_breaks(problem.recipient, -1)
    return Net(
        unit=unit,
        unit_at=np.cumsum([0, *map(len, members)], dtype=np.int64),
        member=np.array([node for nodes in members for node in nodes], dtype=np.int64),
        early=with_breaks(problem.early_s, problem.break_early_s[with_break]),
        late=with_breaks(problem.late_s, problem.break_late_s[with_break]),
        due=with_breaks(problem.due_s, problem.break_late_s[with_break]),
        duration=with_breaks(problem.duration_s, problem.break_s[with_break]),
        place=with_breaks(problem.place, -1),
        low=with_breaks(problem.offset_min_s, 0),
        high=with_breaks(problem.offset_max_s, 0),
        recipient=recipient,
        recipients=int(recipient.max(initial=-1)) + 1,
        drop=drop,
        fixed=with_breaks(np.full(n, -1, dtype=np.int64), with_break),
        allowed=allowed,
        routes_of=np.argsort(~allowed, axis=1, kind="stable").astype(np.int32),
        routes_count=allowed.sum(axis=1).astype(np.int64),
        gap_at=np.searchsorted(problem.gap_second[gap_order], np.arange(size + 1)).astype(np.int64),
        gap_first=problem.gap_first[gap_order],
        gap_low=problem.gap_min_s[gap_order],
        gap_high=problem.gap_max_s[gap_order],
        carer=problem.carer.copy(),
        open=problem.open_s.copy(),
        close=problem.close_s.copy(),
        first_place=problem.start_place.copy(),
        last_place=problem.end_place.copy(),
        mode=problem.mode.copy(),
        travel=problem.travel_s.copy(),
        near=near,
        near_count=near_count,
        weight=np.array(
            [
                problem.weights.travel,
                problem.weights.waiting,
                problem.weights.tardiness,
                problem.weights.worst_tardiness,
            ],
            dtype=np.int64,
        ),
    )


def empty_state(net: Net) -> State:
    """Only the breaks are planned; units stand in order of their windows."""
    size, routes = len(net.unit), len(net.open)
    route = net.fixed.copy()
    first = net.member[net.unit_at[:-1]]
    key = np.where(net.place[first] < 0, net.early[first], np.minimum(net.due, net.late)[first])
    order = np.argsort(key, kind="stable").astype(np.int64)
    position = np.empty_like(order)
    position[order] = np.arange(len(order))

    def scratch(length: int) -> Int:
        return np.zeros(length, dtype=np.int64)

    return State(
        order=order,
        position=position,
        route=route,
        start=scratch(size),
        dropped=np.array([net.drop.sum()], dtype=np.int64),
        earliest=scratch(size),
        clock=scratch(routes),
        here=scratch(routes),
        used=scratch(routes),
        recipient_free=scratch(net.recipients),
        waiting=scratch(routes),
        settled=scratch(routes),
        terms=scratch(5),
        undo_unit=scratch(4),
        undo_position=scratch(4),
        undo_node=scratch(size),
        undo_route=scratch(size),
        undo_count=scratch(3),
    )


def _units(group: Int, size: int) -> tuple[Int, list[list[int]]]:
    """Unit of each node, and the nodes of each unit."""
    unit = np.empty(size, dtype=np.int64)
    members: list[list[int]] = []
    unit_of_group: dict[int, int] = {}
    for node in range(size):
        label = int(group[node]) if node < len(group) else -1
        if label >= 0 and label in unit_of_group:
            members[unit_of_group[label]].append(node)
        else:
            if label >= 0:
                unit_of_group[label] = len(members)
            members.append([node])
        unit[node] = unit_of_group[label] if label >= 0 else len(members) - 1
    return unit, members


def _neighbours(problem: Problem) -> tuple[Int32, Int]:
    """
    For each visit the others that it fits next to, best first.

    Distance is travel plus a fifth of the waiting plus the lateness that the windows force, in the
    better of the two orders; visits without a common route are left out.
    """
    n = problem.visits
    count = min(NEIGHBOURS, max(n - 1, 0))
    if count == 0:
        return np.zeros((n, 1), dtype=np.int32), np.zeros(n, dtype=np.int64)
    travel = problem.travel_s.mean(axis=0)[np.ix_(problem.place, problem.place)]
    last = np.minimum(problem.late_s, problem.due_s)
    ready = (problem.early_s + problem.duration_s)[:, None] + travel
    waiting = problem.early_s[None, :] - (last + problem.duration_s)[:, None] - travel
    lateness = np.maximum(ready - last[None, :], 0)
    follow = travel + 0.2 * np.maximum(waiting, 0) + lateness
    distance = np.minimum(follow, follow.T)
    together = problem.allowed.astype(np.int32) @ problem.allowed.T.astype(np.int32) > 0
    distance[~together] = np.inf
    np.fill_diagonal(distance, np.inf)
    near = np.argsort(distance, axis=1, kind="stable")[:, :count].astype(np.int32)
    finite = np.isfinite(np.take_along_axis(distance, near, axis=1))
    return near, finite.sum(axis=1).astype(np.int64)
