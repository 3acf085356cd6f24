"""
The best plan that the routes seen so far can be put together to: set partitioning by CP-SAT.

Visits with links keep the starts of the plan at hand, so any choice of routes keeps the links.
Source of the idea: Y. Rochat, É. Taillard (1995), doi 10.1007/BF02430370.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from scheduler.problem import MUST_POINTS, Bool
from scheduler.solve.net import OVERTIME, TARDINESS, TRAVEL, WAITING, WORST_TARDINESS, Net, Records
from scheduler.solve.whole import BREAK

# Most routes that are remembered, and that the model takes.
MOST_REMEMBERED = 20_000
MOST_COLUMNS = 4_000


@dataclass(frozen=True, slots=True)
class Column:
    """
    A route as it was driven in some plan.

    Parameters
    ----------
    route
        Who drives it.
    nodes
        Visits and breaks in order.
    starts
        Second of each.
    points
        What it adds to the objective, the largest tardiness apart.
    tardiness
        The largest in seconds.
    """

    route: int
    nodes: tuple[int, ...]
    starts: tuple[int, ...]
    points: int
    tardiness: int


class Pool:
    """Routes of plans that a search went through; of equal ones the last."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.columns: dict[tuple[int, tuple[int, ...]], Column] = {}

    def add(self, stop: Records) -> None:
        """Remember the routes of a timed plan (STOP)."""
        for column in columns_of(self.net, stop):
            key = column.route, column.nodes
            # Put at the end: the first are forgotten first.
            self.columns.pop(key, None)
            self.columns[key] = column
        while len(self.columns) > MOST_REMEMBERED:
            del self.columns[next(iter(self.columns))]


def columns_of(net: Net, stop: Records) -> list[Column]:
    """The routes of a timed plan (STOP) that have stops."""
    seated = np.flatnonzero(stop["route"][: net.movable] >= 0)
    order = seated[np.lexsort((stop["key"][seated], stop["route"][seated]))]
    if not len(order):
        return []
    route = stop["route"][order]
    weight = net.weight
    each = (
        weight[TRAVEL] * stop["leg"][order]
        + weight[WAITING] * stop["waiting"][order]
        + weight[TARDINESS] * stop["tardiness"][order]
        + net.fee[order, route]
    )
    # A break that is taken costs nothing, one that is missed its price.
    price = net.node["drop"][order]
    each -= np.where((order >= net.visits) & (price < MUST_POINTS), price, 0)
    first = np.flatnonzero(np.diff(route, prepend=-1))
    end = stop[net.movable + len(net.route) + route[first]]
    points = (
        np.add.reduceat(each, first)
        + weight[TRAVEL] * end["leg"]
        + weight[OVERTIME] * end["tardiness"]
        + net.route["fixed_points"][route[first]]
    )
    late = np.maximum.reduceat(stop["tardiness"][order], first)
    starts = stop["start"][order]
    return [
        Column(
            int(route[a]),
            tuple(order[a:b].tolist()),
            tuple(starts[a:b].tolist()),
            int(points[i]),
            int(late[i]),
        )
        for i, (a, b) in enumerate(zip(first, [*first[1:], len(order)], strict=True))
    ]


class Recombination:
    """
    The choice of routes with the fewest points, each visit as often planned as in `plan`.

    Parameters
    ----------
    plan
        A timed plan (STOP); the search begins with it.
    """

    def __init__(self, net: Net, pool: Pool, plan: Records) -> None:
        self.net = net
        own = columns_of(net, plan)
        kept = {(column.route, column.nodes): column for column in reversed(pool.columns.values())}
        kept |= {(column.route, column.nodes): column for column in own}
        linked = _linked(net)
        start, planned = plan["start"], plan["route"] >= 0
        self.columns = (
            own
            + [
                column
                for key, column in kept.items()
                if column not in own
                and all(
                    planned[j] and (not linked[j] or start[j] == s)
                    for j, s in zip(column.nodes, column.starts, strict=True)
                    if j < net.visits
                )
            ][: MOST_COLUMNS - len(own)]
        )
        self.hint = len(own)
        self.solver = cp_model.CpSolver()

    def solve(self, seconds: float, threads: int) -> list[Column] | None:
        """The chosen routes; None when none but those of the plan were found."""
        if len(self.columns) == self.hint:
            return None
        model = cp_model.CpModel()
        chosen = [model.new_bool_var("") for _ in self.columns]
        of_route: dict[int, list[cp_model.IntVar]] = {}
        of_visit: dict[int, list[cp_model.IntVar]] = {}
        worst = model.new_int_var(0, max(c.tardiness for c in self.columns), "worst")
        for column, x in zip(self.columns, chosen, strict=True):
            of_route.setdefault(column.route, []).append(x)
            for j in column.nodes:
                if j < self.net.visits:
                    of_visit.setdefault(j, []).append(x)
            if column.tardiness:
                model.add(worst >= column.tardiness).only_enforce_if(x)
        for choices in of_route.values():
            model.add_at_most_one(choices)
        for choices in of_visit.values():
            model.add_exactly_one(choices)
        model.minimize(
            sum(c.points * x for c, x in zip(self.columns, chosen, strict=True))
            + int(self.net.weight[WORST_TARDINESS]) * worst
        )
        for number, x in enumerate(chosen):
            model.add_hint(x, int(number < self.hint))
        model.add_hint(worst, max(c.tardiness for c in self.columns[: self.hint]))
        self.solver.parameters.max_time_in_seconds = seconds
        self.solver.parameters.num_workers = threads
        if self.solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        found = [
            column
            for column, x in zip(self.columns, chosen, strict=True)
            if self.solver.boolean_value(x)
        ]
        return None if len(found) == self.hint and found == self.columns[: self.hint] else found

    def cancel(self) -> None:
        """Let :meth:`solve` return soon; from another thread."""
        self.solver.stop_search()


def stops_of(net: Net, columns: list[Column]) -> list[list[tuple[int, int]]]:
    """Per route ``(visit or BREAK, start_s)`` in order."""
    stops: list[list[tuple[int, int]]] = [[] for _ in range(len(net.route))]
    for column in columns:
        stops[column.route] = [
            (j if j < net.visits else BREAK, s)
            for j, s in zip(column.nodes, column.starts, strict=True)
        ]
    return stops


def _linked(net: Net) -> Bool:
    """(N,) bool: whose time others depend on."""
    node = net.node
    linked: Bool = (node["link_end"] > node["link_at"]) | (node["kin"] != np.arange(len(node)))
    return linked
