"""
Large problems in parts: routes near each other are planned together, the rest stands still.

A part is a problem of its own. What is linked to a visit in another part keeps its time, so the
parts fit together again whatever each of them does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from scheduler.problem import BREAK, FOREVER_S, MUST_POINTS, Bool, Int, Problem
from scheduler.solve.chance import Seed, below
from scheduler.solve.given import Stops
from scheduler.solve.net import Net

# A linked pair of visits counts as so many near pairs.
LINK_PULL = 8


@dataclass(frozen=True, slots=True)
class Part:
    """
    Parameters
    ----------
    problem
        The part as a problem.
    visits, routes
        Numbers of its visits and routes in the whole problem.
    stops
        Its routes as they are, in its own numbers.
    """

    problem: Problem
    visits: Int
    routes: Int
    stops: Stops

    def back(self, stops: Stops) -> dict[int, tuple[tuple[int, int], ...]]:
        """Routes of the part in numbers of the whole problem."""
        return {
            int(r): tuple((v if v == BREAK else int(self.visits[v]), s) for v, s in stops[i])
            for i, r in enumerate(self.routes)
        }


def split(problem: Problem, net: Net, stops: Stops, most: int, seed: Seed) -> list[Part]:
    """
    Parts of about `most` visits, grown from random routes to those with the most near visits.

    Every route is in one part; a left-out visit is in the part of most of its near visits.
    """
    route = np.full(problem.visits, -1, dtype=np.int64)
    start = np.zeros(problem.visits, dtype=np.int64)
    for r, stops_of in enumerate(stops):
        for visit, second in stops_of:
            if visit != BREAK:
                route[visit], start[visit] = r, second
    pull = _nearness(problem, net, route)
    size = np.bincount(route[route >= 0], minlength=problem.routes)
    part_of = np.full(problem.routes, -1, dtype=np.int64)
    parts = 0
    while (free := np.flatnonzero(part_of < 0)).size:
        grown = int(free[below(seed, len(free))])
        visits = 0
        wanted = np.zeros(problem.routes, dtype=np.int64)
        while True:
            part_of[grown] = parts
            visits += int(size[grown])
            for other, count in pull[grown].items():
                wanted[other] += count
            wanted[part_of >= 0] = 0
            if visits >= most or not wanted.any():
                break
            grown = int(wanted.argmax())
        parts += 1
    part_of = _join_small(part_of, parts, size, most)
    home: Int = np.where(route >= 0, part_of[route], -1)
    for lost in np.flatnonzero(route < 0):
        around = home[net.near[lost, : net.node[lost]["near"]]]
        around = around[around >= 0]
        home[lost] = np.bincount(around).argmax() if around.size else part_of[0]
    held = _held(problem, home, route)
    return [
        _part(problem, np.flatnonzero(home == p), np.flatnonzero(part_of == p), held, start, stops)
        for p in np.unique(part_of)
    ]


def _join_small(part_of: Int, parts: int, size: Int, most: int) -> Int:
    """Parts too small to be worth a search, such as of unused routes, go to the one before."""
    for p in range(parts - 1, 0, -1):
        if size[part_of == p].sum() < most // 4:
            part_of[part_of == p] = p - 1
    return part_of


def _nearness(problem: Problem, net: Net, route: Int) -> list[dict[int, int]]:
    """Per route the other routes, by how many pairs of near and of linked visits they share."""
    pull: list[dict[int, int]] = [{} for _ in range(problem.routes)]
    for visit, r in enumerate(route.tolist()):
        if r < 0:
            continue
        for other in route[net.near[visit, : net.node[visit]["near"]]].tolist():
            if other >= 0 and other != r:
                pull[r][other] = pull[r].get(other, 0) + 1
                pull[other][r] = pull[other].get(r, 0) + 1
    for a, b in _linked_pairs(problem):
        r, other = int(route[a]), int(route[b])
        if r >= 0 and other >= 0 and r != other:
            pull[r][other] = pull[r].get(other, 0) + LINK_PULL
            pull[other][r] = pull[other].get(r, 0) + LINK_PULL
    return pull


def _linked_pairs(problem: Problem) -> Iterator[tuple[int, int]]:
    """Visits of a group or a recipient one after the other, and the ends of gaps."""
    for label in (problem.group, problem.recipient):
        order = np.argsort(label, kind="stable")
        order = order[label[order] >= 0]
        for a, b in pairwise(order.tolist()):
            if label[a] == label[b]:
                yield a, b
    yield from zip(problem.gap_first.tolist(), problem.gap_second.tolist(), strict=True)


def _held(problem: Problem, home: Int, route: Int) -> Bool:
    """Visits that keep their time: planned ones linked to a planned visit of another part."""
    held = np.zeros(problem.visits, dtype=np.bool_)
    for label in (problem.group, problem.recipient):
        known = np.flatnonzero((label >= 0) & (route >= 0))
        for shared in _across(label[known], home[known]):
            held[known[label[known] == shared]] = True
    for first, second in zip(problem.gap_first, problem.gap_second, strict=True):
        if home[first] != home[second] and route[first] >= 0 and route[second] >= 0:
            held[[first, second]] = True
    return held


def _across(label: Int, home: Int) -> Int:
    """Labels that stand in more than one part."""
    pairs = np.unique(np.stack([label, home]), axis=1)[0] if label.size else label
    values, count = np.unique(pairs, return_counts=True)
    return values[count > 1]


def _part(problem: Problem, visits: Int, routes: Int, held: Bool, start: Int, stops: Stops) -> Part:
    """The problem of some visits and routes; held visits have one start and must be planned."""
    p = problem
    number = np.full(p.visits, -1, dtype=np.int64)
    number[visits] = np.arange(len(visits))
    fixed = held[visits]
    places, place = np.unique(
        np.concatenate([p.place[visits], p.start_place[routes], p.end_place[routes]]),
        return_inverse=True,
    )
    n, k = len(visits), len(routes)
    allowed = p.allowed[np.ix_(visits, routes)].copy()
    _keep_apart(p, visits, routes, number, allowed)
    gaps = (number[p.gap_first] >= 0) & (number[p.gap_second] >= 0)
    windows = (number[p.more_visit] >= 0) & ~held[p.more_visit]
    bonds = _bonds(p, number, routes, stops)
    pool_route, pool_label, pool_most = _pools(p, routes, stops)
    inside = _whole_groups(p.group, number)
    problem_of_part = Problem(
        early_s=np.where(fixed, start[visits], p.early_s[visits]),
        late_s=np.where(fixed, start[visits], p.late_s[visits]),
        due_s=np.where(fixed, _due(p, visits, start), p.due_s[visits]),
        duration_s=p.duration_s[visits],
        place=place[:n],
        drop_points=np.where(fixed, MUST_POINTS, p.drop_points[visits]),
        recipient=_relabel(p.recipient[visits]),
        group=_relabel(np.where(inside[visits], p.group[visits], -1)),
        offset_min_s=np.where(inside[visits], p.offset_min_s[visits], 0),
        offset_max_s=np.where(inside[visits], p.offset_max_s[visits], 0),
        allowed=allowed,
        gap_first=number[p.gap_first[gaps]],
        gap_second=number[p.gap_second[gaps]],
        gap_min_s=p.gap_min_s[gaps],
        gap_max_s=p.gap_max_s[gaps],
        carer=p.carer[routes],
        open_s=p.open_s[routes],
        close_s=p.close_s[routes],
        start_place=place[n : n + k],
        end_place=place[n + k :],
        mode=p.mode[routes],
        break_early_s=p.break_early_s[routes],
        break_late_s=p.break_late_s[routes],
        break_s=p.break_s[routes],
        travel_s=p.travel_s[np.ix_(np.arange(len(p.travel_s)), places, places)],
        weights=p.weights,
        apart=p.apart[visits],
        more_visit=number[p.more_visit[windows]],
        more_early_s=p.more_early_s[windows],
        more_due_s=p.more_due_s[windows],
        wished_s=np.where(fixed, -FOREVER_S, p.wished_s[visits]),
        more_late_s=p.more_late_s[windows],
        carer_points=p.carer_points[np.ix_(visits, routes)],
        bond_visit=bonds.visit,
        bond_label=bonds.label,
        bond_points=bonds.points,
        bond_free=bonds.free,
        bond_known=bonds.known,
        demand=p.demand[visits],
        capacity=p.capacity[routes],
        fixed_points=p.fixed_points[routes],
        overtime_from_s=p.overtime_from_s[routes],
        span_points=p.span_points[routes],
        least_span_s=p.least_span_s[routes],
        most_span_s=p.most_span_s[routes],
        slack_s=p.slack_s[visits],
        fair_s=p.fair_s[routes],
        pool_route=pool_route,
        pool_label=pool_label,
        pool_most=pool_most,
        break_points=p.break_points[routes],
    )
    own = tuple(
        tuple((v if v == BREAK else int(number[v]), s) for v, s in stops[r]) for r in routes
    )
    return Part(problem_of_part, visits, routes, own)


class _Bonds(NamedTuple):
    """The bond arrays of a part."""

    visit: Int
    label: Int
    points: Int
    free: Int
    known: Bool


def _bonds(problem: Problem, number: Int, routes: Int, stops: Stops) -> _Bonds:
    """The bonds of visits inside the part; whoever comes to one outside it no longer counts."""
    p = problem
    inside = number[p.bond_visit] >= 0
    labels, label = np.unique(p.bond_label[inside], return_inverse=True)
    free, known = p.bond_free[labels].copy(), p.bond_known[np.ix_(labels, routes)].copy()
    route = np.full(p.visits, -1, dtype=np.int64)
    for r, each in enumerate(stops):
        for v, _ in each:
            if v != BREAK:
                route[v] = r
    for at, q in enumerate(labels.tolist()):
        outside = route[p.bond_visit[~inside & (p.bond_label == q)]]
        outside = outside[outside >= 0]
        come = np.unique(p.carer[outside[~p.bond_known[q, outside]]])
        free[at] = max(0, int(free[at]) - len(come))
        known[at] |= np.isin(p.carer[routes], come)
    return _Bonds(number[p.bond_visit[inside]], label, p.bond_points[labels], free, known)


def _pools(problem: Problem, routes: Int, stops: Stops) -> tuple[Int, Int, Int]:
    """
    Routes, labels and limits of the pools inside the part.

    The part may use as many routes of a pool as it does, and what nobody uses if it has the first.
    """
    p = problem
    number = np.full(p.routes, -1, dtype=np.int64)
    number[routes] = np.arange(len(routes))
    used = np.array([any(v != BREAK for v, _ in each) for each in stops], dtype=np.bool_)
    inside = number[p.pool_route] >= 0
    labels, label = np.unique(p.pool_label[inside], return_inverse=True)
    most = np.zeros(len(labels), dtype=np.int64)
    for at, q in enumerate(labels.tolist()):
        of_pool = p.pool_route[p.pool_label == q]
        here = of_pool[number[of_pool] >= 0]
        most[at] = used[here].sum()
        if number[of_pool[0]] >= 0:
            most[at] += max(0, int(p.pool_most[q]) - int(used[of_pool].sum()))
    return number[p.pool_route[inside]], label, most


def _due(problem: Problem, visits: Int, start: Int) -> Int:
    """Due time of the window that governs each start."""
    due = problem.due_s.copy()
    for visit, early, more_due in zip(
        problem.more_visit, problem.more_early_s, problem.more_due_s, strict=True
    ):
        if early <= start[visit]:
            due[visit] = more_due
    return due[visits]


def _keep_apart(problem: Problem, visits: Int, routes: Int, number: Int, allowed: Bool) -> None:
    """A visit whose group is split may not go to the carer of a member in another part."""
    # The members elsewhere stay with some carer of that part; one carer is in two parts only when
    # two of their shifts are, and then both parts leave the split group's visits to other carers.
    here = set(problem.carer[routes].tolist())
    elsewhere = np.setdiff1d(np.arange(problem.routes), routes)
    both = [c for c in set(problem.carer[elsewhere].tolist()) if c in here]
    if not both:
        return
    inside = _whole_groups(problem.group, number)
    split_up = (problem.group[visits] >= 0) & ~inside[visits]
    allowed[np.ix_(split_up, np.isin(problem.carer[routes], both))] = False


def _whole_groups(group: Int, number: Int) -> Bool:
    """Whether a visit's group lies wholly inside the part; visits without a group do not count."""
    inside = group >= 0
    torn = np.unique(group[(number < 0) & (group >= 0)])
    result: Bool = inside & ~np.isin(group, torn)
    return result


def _relabel(label: Int) -> Int:
    """Equal labels >= 0 get equal numbers from 0; -1 stays."""
    fresh = np.full(len(label), -1, dtype=np.int64)
    known = label >= 0
    fresh[known] = np.unique(label[known], return_inverse=True)[1]
    return fresh
