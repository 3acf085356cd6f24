"""
The problem in the form that the compiled kernels read, and the state that they change.

A *node* is a visit (0 … n-1), a route's break (n … N-1), or a route's start or end (N … N+2K-1).
Nodes that must start together are *mates*, a ring with one *head* (its lowest node); a lone node is
its own ring. Nodes that are planned together or not at all are *kin*, a ring as well.

A state is one chain of nodes per route, and a *key* per ring of mates that rises along every chain.
So no order of the plan can wait for itself in a circle, whatever a move does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.problem import FOREVER_S, MUST_POINTS, Bool, Int, Problem
from scheduler.solve.near import NEIGHBOURS, neighbours

Int32 = npt.NDArray[np.int32]
Records = npt.NDArray[np.void]

# Kinds of links. A gap is stored at both its ends; visits of one recipient know each other.
FOLLOWS = 0  # the other starts first, low … high seconds earlier
LEADS = 1  # the other starts later
APART_IN_TIME = 2  # never at the same time, in the order of their keys

# Weights of the objective's timed terms, index of `Net.weight`.
TRAVEL, WAITING, TARDINESS, WORST_TARDINESS, OVERTIME, WORST_IDLE = range(6)
# Index of `State.sums`; the first six are seconds of those terms.
OTHER, OUT = 6, 7  # points of everything else; nodes that are left out
SUMS = 8
# Index of `State.count`.
# WORST_FELL says that the largest tardiness may have to be sought anew.
# SPARE are the points that re-timing may still save.
NOW, SAVED, SAVED_TOURS, QUEUED, WORST_FELL, EDITS, PASS, SPARE, MARKS = range(9)

# No lower bound on a start.
NEVER = -(1 << 60)
# Keys are start seconds times this, so that many nodes find room within one second.
KEY_UNIT = 1 << 16
LAST_KEY = 1 << 61

NODE = np.dtype(
    [
        ("early", np.int64),  # s
        ("late", np.int64),  # s, of the first window; of a route's end: close
        ("due", np.int64),  # s, of the first window; of a route's end: overtime from here
        ("wish", np.int64),  # s, tardy before
        ("slack", np.int64),  # s of waiting wanted before
        ("duration", np.int64),  # s
        ("demand", np.int64),
        ("drop", np.int64),  # points when left out
        ("place", np.int32),  # row of travel, -1 for a break, taken where the carer is
        ("head", np.int32),  # first of its mates
        ("mate", np.int32),  # next of its mates, itself when lone
        ("kin", np.int32),  # next of those planned with it, itself when alone
        ("apart", np.int32),  # 1 when no kin may have the same carer
        ("fixed", np.int32),  # the only route of a break, -1 for a visit
        ("link_at", np.int32),  # its links
        ("link_end", np.int32),
        ("more_at", np.int32),  # its further windows
        ("more_end", np.int32),
        ("near", np.int32),  # how many near nodes it has
        ("routes", np.int32),  # how many routes may do it
    ],
    align=True,
)
LINK = np.dtype(
    [("low", np.int64), ("high", np.int64), ("other", np.int32), ("kind", np.int32)], align=True
)
WINDOW = np.dtype([("early", np.int64), ("due", np.int64), ("late", np.int64)], align=True)
BOND = np.dtype(
    [
        ("points", np.int64),  # of each carer above those that are free
        ("free", np.int64),
        ("first", np.int32),  # its members
        ("end", np.int32),
    ],
    align=True,
)
POOL = np.dtype([("most", np.int64), ("first", np.int32), ("end", np.int32)], align=True)
ROUTE = np.dtype(
    [
        ("open", np.int64),  # s
        ("overtime_from", np.int64),  # s
        ("capacity", np.int64),
        ("fixed_points", np.int64),
        ("span_points", np.int64),  # per second paid
        ("least_span", np.int64),  # s paid
        ("most_span", np.int64),  # s worked
        ("fair", np.int64),  # s of visits
        ("mode", np.int32),
        ("carer", np.int32),
    ],
    align=True,
)
STOP = np.dtype(
    [
        ("key", np.int64),
        ("start", np.int64),  # s
        ("release", np.int64),  # s, earliest start that the search chose, >= early
        ("pull", np.int64),  # s, earliest start so that a longest gap holds
        ("leg", np.int64),  # s of travel to it
        ("waiting", np.int64),  # s that count
        ("tardiness", np.int64),  # s, after the due time or before the wish; of an end: overtime
        ("stamp", np.int64),  # the move that saved it last
        ("timed", np.int64),  # the re-timing that timed it last
        ("relaxed", np.int64),  # the re-timing that gave up its pull last
        ("previous", np.int32),
        ("next", np.int32),
        ("route", np.int32),  # -1 = left out
        ("queued", np.int32),
    ],
    align=True,
)
EDIT = np.dtype([("kind", np.int32), ("node", np.int32), ("route", np.int32), ("before", np.int32)])
# Kinds of edits; a move is a short list of them, done in order by scheduler.solve.edits.
TAKE = 0  # unlink the node
PUT = 1  # link it right after `before`, with a key that fits there
KEEP = 2  # link it where its key says, sought from `before`
SEAT = 3  # as PUT, for a node that was left out
JOIN = 4  # as KEEP, for a node that was left out, at the time that its kin `before` asks for
OMIT = 5  # unlink it and leave it out
HOLD = 6  # its new release is in `State.release`
CHECK = 7  # its kin allow it to be where it is now
FREE = 9  # its ring may start as soon as it can
BRING = 8  # as KEEP, for a node that was left out, with key and release that it has
TOUR = np.dtype(
    [
        ("load", np.int64),
        ("busy", np.int64),  # s of visits and breaks
        ("travel", np.int64),  # s
        ("timed", np.int64),  # points of waiting, tardiness and overtime
        ("care", np.int64),  # s of visits
        ("waiting", np.int64),  # s that count, as timed; kept only where `Net.spans`
        ("late", np.int64),  # s of it that later starts save; below 0 when they add some
        ("pay", np.int64),  # points of what it is paid for
        ("extra", np.int64),  # points of missing slack and of more visits than is fair
        ("stamp", np.int64),
        ("entered", np.int64),  # the last re-timing that may lower `timed`
        ("visits", np.int64),
    ],
    align=True,
)


class Net(NamedTuple):
    """Read-only; N nodes that move, K routes."""

    movable: int  # N, the visits and breaks
    visits: int  # n

    node: Records  # (N + 2K,) NODE
    route: Records  # (K,) ROUTE
    link: Records  # LINK
    more: Records  # WINDOW
    travel: Int32  # (m, l, l) s
    allowed: Bool  # (N, K)
    fee: Int32  # (N, K) points
    routes_of: Int32  # (N, most of any) allowed routes
    near: Int32  # (n, NEIGHBOURS) visits worth standing next to
    weight: Int  # (6,)
    bond_at: Int32  # (N + 1,) where the bonds of each node begin
    bond_of: Int32  # bonds, by node
    bond: Records  # BOND
    member: Int32  # nodes, by bond
    known: Bool  # (bonds, K) whether the carer does not count
    pool_at: Int32  # (K + 1,) where the pools of each route begin
    pool_of: Int32  # pools, by route
    pool: Records  # POOL
    pooled: Int32  # routes, by pool
    slack_points: int  # per second of missing slack
    load_points: int  # per second of visits above what is fair
    wishes: bool  # whether a start can be too early
    spans: bool  # whether there is something to count on a route that has been timed
    opens: bool  # whether a route may pay, or need, to be another carer's as a whole


class State(NamedTuple):
    """A plan in the making, and what takes a move back; one per thread."""

    stop: Records  # (N + 2K,) STOP
    tour: Records  # (K,) TOUR
    sums: Int  # (SUMS,)
    count: Int  # type: ignore[assignment]  # (9,)
    saved: Records  # (N + 2K,) STOP before the move
    saved_node: Int32  # (N + 2K,)
    saved_tour: Records  # (K,) TOUR before the move
    saved_route: Int32  # (K,)
    saved_sums: Int  # (SUMS,)
    queue: Int32  # (N + 2K,) heads to be timed; a heap by key while timing
    edit: Records  # (3N + 8,) EDIT, the move in the making
    release: Int  # (1,) s
    promise: Int  # (64,) points of the best places for a visit
    read: Int  # (every node,) s, starts by :mod:`scheduler.solve.spans`
    mark: Int  # (N + 1,) the last search for places that a visit was near in
    offer: Int32  # (N + 2 NEIGHBOURS + K,) places for a visit
    scratch: Int32  # (3N + 64,)


def build_net(problem: Problem, ask: Callable[[], bool] | None = None) -> Net:
    """The kernels' arrays of `problem`; once `ask` says so, good for a first plan only."""
    n, k = problem.visits, problem.routes
    with_break = np.flatnonzero(problem.break_s > 0)
    size = n + len(with_break)
    fits = np.maximum(problem.open_s, problem.break_early_s)
    fits = (fits <= problem.break_late_s) & (fits + problem.break_s <= problem.close_s)
    allowed = np.zeros((size, k), dtype=np.bool_)
    allowed[:n] = problem.allowed
    # A route whose compulsory break does not fit even alone cannot be used.
    allowed[:n, (problem.break_s > 0) & ~fits & (problem.break_points >= MUST_POINTS)] = False
    allowed[np.arange(n, size), with_break] = fits[with_break]
    fee = np.zeros((size, k), dtype=np.int32)
    fee[:n] = problem.carer_points

    node = np.zeros(size + 2 * k, dtype=NODE)
    every = np.arange(size + 2 * k)
    for ring in ("head", "mate", "kin"):
        node[ring] = every
    node["fixed"], node["wish"] = -1, NEVER
    visits = node[:n]
    visits["early"], visits["late"] = problem.early_s, problem.late_s
    visits["due"], visits["duration"] = problem.due_s, problem.duration_s
    visits["slack"] = problem.slack_s
    visits["place"], visits["demand"] = problem.place, problem.demand
    visits["drop"], visits["wish"] = problem.drop_points, problem.wished_s
    breaks = node[n:size]
    breaks["early"], breaks["late"] = (
        problem.break_early_s[with_break],
        problem.break_late_s[with_break],
    )
    breaks["due"], breaks["duration"] = breaks["late"], problem.break_s[with_break]
    breaks["place"], breaks["fixed"] = -1, with_break
    breaks["drop"] = problem.break_points[with_break]
    starts, ends = node[size : size + k], node[size + k :]
    starts["early"] = ends["early"] = problem.open_s
    starts["late"] = starts["due"] = FOREVER_S
    ends["late"], ends["due"] = problem.close_s, problem.overtime_from_s
    starts["place"], ends["place"] = problem.start_place, problem.end_place
    starts["fixed"] = ends["fixed"] = np.arange(k)

    links: list[list[tuple[int, int, int, int]]] = [[] for _ in range(size)]
    _tie_groups(problem, node, links)
    _tie_gaps(problem, links)
    _tie_recipients(problem, links)
    link = np.array([end for ends_of in links for end in ends_of], dtype=LINK)
    _number(node, size, "link_at", "link_end", [len(ends_of) for ends_of in links])
    order = np.lexsort((problem.more_early_s, problem.more_visit))
    more = np.zeros(len(order), dtype=WINDOW)
    more["early"] = problem.more_early_s[order]
    more["due"], more["late"] = problem.more_due_s[order], problem.more_late_s[order]
    counts = np.bincount(problem.more_visit, minlength=size)
    _number(node, size, "more_at", "more_end", counts)

    bond_at, bond_of, bond, member = _bonds(problem, size)
    pool_at, pool_of, pool, pooled = _pools(problem)
    near, near_count = neighbours(problem, ask)
    node["near"][:n] = near_count
    node["routes"][:size] = allowed.sum(axis=1)
    route = np.zeros(k, dtype=ROUTE)
    route["open"], route["overtime_from"] = problem.open_s, problem.overtime_from_s
    route["capacity"], route["fixed_points"] = problem.capacity, problem.fixed_points
    route["mode"], route["carer"] = problem.mode, problem.carer
    route["span_points"] = problem.span_points
    route["least_span"], route["most_span"] = problem.least_span_s, problem.most_span_s
    route["fair"] = problem.fair_s
    w = problem.weights
    slack = w.slack if problem.slack_s.any() else 0
    load = w.load if (problem.fair_s < FOREVER_S).any() else 0
    return Net(
        movable=size,
        visits=n,
        node=node,
        route=route,
        link=link,
        more=more,
        travel=problem.travel_s.copy(),
        allowed=allowed,
        fee=fee,
        routes_of=_routes_of(allowed),
        near=near,
        weight=np.array(
            [w.travel, w.waiting, w.tardiness, w.worst_tardiness, w.overtime, w.worst_idle],
            dtype=np.int64,
        ),
        bond_at=bond_at,
        bond_of=bond_of,
        bond=bond,
        member=member,
        known=problem.bond_known.copy(),
        pool_at=pool_at,
        pool_of=pool_of,
        pool=pool,
        pooled=pooled,
        slack_points=slack,
        load_points=load,
        wishes=bool((problem.wished_s > problem.early_s).any()),
        spans=bool(
            slack or load or problem.span_points.any() or (problem.most_span_s < FOREVER_S).any()
        ),
        opens=bool(problem.span_points.any() or len(problem.pool_most)),
    )


def _bonds(problem: Problem, size: int) -> tuple[Int32, Int32, Records, Int32]:
    """Where the bonds of each node begin, bonds by node, the bonds, members by bond."""
    visit, label = problem.bond_visit, problem.bond_label
    bond_at = np.zeros(size + 1, dtype=np.int32)
    bond_at[1:] = np.cumsum(np.bincount(visit, minlength=size))
    bond = np.zeros(len(problem.bond_points), dtype=BOND)
    bond["points"], bond["free"] = problem.bond_points, problem.bond_free
    _number(bond, len(bond), "first", "end", np.bincount(label, minlength=len(bond)))
    by_visit, by_label = np.lexsort((label, visit)), np.lexsort((visit, label))
    return bond_at, label[by_visit].astype(np.int32), bond, visit[by_label].astype(np.int32)


def _pools(problem: Problem) -> tuple[Int32, Int32, Records, Int32]:
    """Where the pools of each route begin, pools by route, the pools, routes by pool."""
    route, label = problem.pool_route, problem.pool_label
    pool_at = np.zeros(problem.routes + 1, dtype=np.int32)
    pool_at[1:] = np.cumsum(np.bincount(route, minlength=problem.routes))
    pool = np.zeros(len(problem.pool_most), dtype=POOL)
    pool["most"] = problem.pool_most
    _number(pool, len(pool), "first", "end", np.bincount(label, minlength=len(pool)))
    by_route, by_label = np.lexsort((label, route)), np.lexsort((route, label))
    return pool_at, label[by_route].astype(np.int32), pool, route[by_label].astype(np.int32)


def _routes_of(allowed: Bool) -> Int32:
    """Allowed routes of each node in a row, filled up with 0."""
    count = allowed.sum(axis=1)
    routes = np.zeros((len(allowed), max(int(count.max(initial=0)), 1)), dtype=np.int32)
    node, route = np.nonzero(allowed)
    routes[node, np.arange(len(node)) - np.repeat(np.cumsum(count) - count, count)] = route
    return routes


def empty_state(net: Net) -> State:
    """Nothing is planned but nothing is timed either; see :func:`scheduler.solve.timing.retime`."""
    every, k = len(net.node), len(net.route)
    size = net.movable
    stop = np.zeros(every, dtype=STOP)
    stop["previous"] = stop["next"] = stop["route"] = -1
    stop["key"] = np.minimum(net.node["due"], net.node["early"]) * KEY_UNIT
    stop["release"], stop["pull"] = net.node["early"], NEVER
    stop["stamp"] = stop["timed"] = stop["relaxed"] = -1
    first, last = np.arange(size, size + k), np.arange(size + k, every)
    stop["route"][first] = stop["route"][last] = np.arange(k)
    stop["next"][first], stop["previous"][last] = last, first
    stop["key"][first], stop["key"][last] = -LAST_KEY, LAST_KEY
    stop["start"][first] = stop["start"][last] = net.route["open"]
    tour = np.zeros(k, dtype=TOUR)
    tour["stamp"] = -1
    sums = np.zeros(SUMS, dtype=np.int64)
    # A compulsory break left out of an unused route costs nothing; a visit costs what it costs.
    drop = net.node["drop"][:size]
    sums[OTHER] = drop[(drop < MUST_POINTS) | (np.arange(size) < net.visits)].sum()
    sums[OUT] = size
    return State(
        stop=stop,
        tour=tour,
        sums=sums,
        count=np.zeros(9, dtype=np.int64),
        saved=np.zeros(every, dtype=STOP),
        saved_node=np.zeros(every, dtype=np.int32),
        saved_tour=np.zeros(k, dtype=TOUR),
        saved_route=np.zeros(k, dtype=np.int32),
        saved_sums=np.zeros(SUMS, dtype=np.int64),
        queue=np.zeros(every, dtype=np.int32),
        edit=np.zeros(3 * size + 8, dtype=EDIT),
        release=np.zeros(1, dtype=np.int64),
        scratch=np.zeros(3 * size + 64, dtype=np.int32),
        promise=np.zeros(64, dtype=np.int64),
        read=np.zeros(every, dtype=np.int64),
        mark=np.zeros(size + 1, dtype=np.int64),
        offer=np.zeros(size + 2 * NEIGHBOURS + k, dtype=np.int32),
    )


def _tie_groups(
    problem: Problem, node: Records, links: list[list[tuple[int, int, int, int]]]
) -> None:
    """Kin rings of groups, mate rings of those that start together, links for other offsets."""
    groups: dict[int, list[int]] = {}
    for visit, label in enumerate(problem.group.tolist()):
        if label >= 0:
            groups.setdefault(label, []).append(visit)
    for members in groups.values():
        _ring(node["kin"], members)
        node["apart"][members] = problem.apart[members]
        together: dict[int, list[int]] = {0: [members[0]]}
        for v in members[1:]:
            low, high = int(problem.offset_min_s[v]), int(problem.offset_max_s[v])
            if low == high == 0:
                together[0].append(v)
            elif low >= 0:
                _link(links, members[0], v, low, high)
        _ring(node["mate"], together[0])
        node["head"][together[0]] = members[0]


def _tie_gaps(problem: Problem, links: list[list[tuple[int, int, int, int]]]) -> None:
    gaps = (problem.gap_first, problem.gap_second, problem.gap_min_s, problem.gap_max_s)
    for first, second, low, high in zip(*(g.tolist() for g in gaps), strict=True):
        _link(links, first, second, low, high)


def _tie_recipients(problem: Problem, links: list[list[tuple[int, int, int, int]]]) -> None:
    persons: dict[int, list[int]] = {}
    for visit, person in enumerate(problem.recipient.tolist()):
        if person >= 0:
            persons.setdefault(person, []).append(visit)
    for visits in persons.values():
        for a in visits:
            for b in visits:
                if a != b and not 0 <= problem.group[a] == problem.group[b]:
                    links[a].append((0, 0, b, APART_IN_TIME))


def _link(
    links: list[list[tuple[int, int, int, int]]], first: int, second: int, low: int, high: int
) -> None:
    links[first].append((low, high, second, LEADS))
    links[second].append((low, high, first, FOLLOWS))


def _ring(ring: Int32, members: list[int]) -> None:
    ring[members] = members[1:] + members[:1]


def _number(node: Records, size: int, at: str, end: str, counts: npt.ArrayLike) -> None:
    """Slices of a flat array by node, from how many items each has."""
    bounds = np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))])
    node[at][:size], node[end][:size] = bounds[:-1], bounds[1:]
