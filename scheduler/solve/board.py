"""
A finished plan that can be asked where left-out visits would fit; asking changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.problem import Int, Problem
from scheduler.solve.chain import begin
from scheduler.solve.edits import apply, plan
from scheduler.solve.given import Stops, seat_plan
from scheduler.solve.net import (
    EDITS,
    FREE,
    HOLD,
    JOIN,
    KEY_UNIT,
    OMIT,
    SEAT,
    Net,
    Records,
    State,
    build_net,
    empty_state,
)
from scheduler.solve.places import try_places
from scheduler.solve.timing import INFEASIBLE, retime
from scheduler.solve.whole import load, routes_of


@dataclass(frozen=True, slots=True)
class Place:
    """
    The best place of a visit on one route, those that come with it on the best routes for them.

    Parameters
    ----------
    visits, routes
        The visit and those that come with it, each with its route.
    before
        Node that the visit stands behind.
    release_s
        When the visit is let start.
    behind_s
        Those that come with it at the same time stand behind what starts before this.
    points
        Of the plan with all of them less without; below 0 where leaving them out costs more.
    """

    visits: tuple[int, ...]
    routes: tuple[int, ...]
    before: int
    release_s: int
    behind_s: int
    points: int


@dataclass(frozen=True, slots=True)
class Board:
    """
    A plan that can be asked where left-out visits fit.

    Parameters
    ----------
    stop
        STOP of every node.
    """

    net: Net
    stop: Records

    @classmethod
    def of(cls, problem: Problem, stops: Stops) -> Board:
        """The plan `stops` as far as it keeps the rules; raises as :func:`seat_plan`."""
        net = build_net(problem, lambda: True)
        state = empty_state(net)
        seat_plan(net, state, stops, keep_times=True)
        # A group that could start in the same second as a planned visit comes before it; what
        # comes behind it is asked for by the second after.
        state.stop["key"][: net.movable] += KEY_UNIT // 2
        return cls(net, state.stop)

    @property
    def unassigned(self) -> Int:
        """Visits that the plan leaves out."""
        found: Int = np.flatnonzero(self.stop["route"][: self.net.visits] < 0)
        return found

    def with_visits(self, problem: Problem) -> Board:
        """The same plan in `problem`, which has more visits after its own; they are left out."""
        net = build_net(problem, lambda: True)
        stop = empty_state(net).stop
        n = self.net.visits
        added = net.visits - n
        at = np.arange(len(self.stop))
        at[n:] += added
        stop[at] = self.stop
        for side in ("previous", "next"):
            stop[side][at] += np.where(self.stop[side] >= n, added, 0)
        return Board(net, stop)

    def without_routes(self, routes: Sequence[int]) -> Board:
        """The plan when these routes do nothing and may take nothing; their visits are left out."""
        allowed = self.net.allowed.copy()
        allowed[: self.net.visits, routes] = False
        net = self.net._replace(allowed=allowed)
        state, _ = self._loaded()
        begin(state)
        gone = np.isin(self.stop["route"][: net.visits], routes)
        for j in np.flatnonzero(gone).tolist():
            plan(state, OMIT, j, 0, 0)
        apply(net, state)
        retime(net, state, INFEASIBLE - 1)
        return Board(net, state.stop)

    def places(self, visit: int) -> list[Place]:
        """The best place on each route that has one for the left-out `visit`, the best first."""
        net = self.net
        state, before = self._loaded()
        kin = self._left_out_kin(visit, state)
        points = np.full(len(net.route), INFEASIBLE)
        at = np.zeros(len(net.route), dtype=np.int32)
        release = np.zeros(len(net.route), dtype=np.int64)
        others = np.zeros((len(net.route) + 1, len(kin)), dtype=np.int32)
        behind = np.zeros(len(net.route) + 1, dtype=np.int64)
        joined = np.array(kin, dtype=np.int32)
        try_places(net, state, visit, joined, points, at, release, others, behind)
        found = [
            Place(
                (visit, *kin),
                (r, *others[r].tolist()),
                int(at[r]),
                int(release[r]),
                int(behind[r]),
                int(points[r]) - before,
            )
            for r in np.flatnonzero(points < INFEASIBLE).tolist()
        ]
        return sorted(found, key=lambda place: place.points)

    def planned(self, place: Place) -> Stops:
        """The plan with the visits of `place` in it."""
        state, _ = self._loaded()
        visit, *kin = place.visits
        route, *others = place.routes
        if kin:
            state.stop["start"][visit] = place.behind_s
        begin(state)
        plan(state, SEAT, visit, route, place.before)
        for k, other in zip(kin, others, strict=True):
            plan(state, JOIN, k, other, visit)
        apply(self.net, state)
        state.count[EDITS] = 0
        state.release[0] = place.release_s
        plan(state, FREE, visit, 0, 0)
        plan(state, HOLD, int(self.net.node[visit]["head"]), 0, 0)
        apply(self.net, state)
        retime(self.net, state, INFEASIBLE - 1)
        return routes_of(self.net, state)

    def stops(self) -> Stops:
        """The plan itself."""
        return routes_of(self.net, self._loaded()[0])

    def _loaded(self) -> tuple[State, int]:
        """The plan as a state of its own, and its points."""
        state = empty_state(self.net)
        return state, int(load(self.net, state, self.stop))

    def _left_out_kin(self, visit: int, state: State) -> list[int]:
        """Those planned together with `visit` that are left out as well."""
        kin = []
        k = int(self.net.node[visit]["kin"])
        while k != visit:
            if state.stop[k]["route"] < 0:
                kin.append(k)
            k = int(self.net.node[k]["kin"])
        return kin
