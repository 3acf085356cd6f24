"""
A home-care day as a model of OR-Tools' routing solver, as strong as we could make it.

Windows, skills, shifts, breaks, gaps, simultaneous starts, different carers and the overlap of one
person's visits are hard. What routing cannot say, and what is done about it:

* Waiting. Its cost of slack counts breaks as waiting, and with it the search found worse plans by
  our own points; so routing minimises travel and left-out visits only. Each visit then starts as
  early as it can, as in our engine.
* A group planned whole or not at all. Said as equal active variables, its heuristics plan nothing
  (they add one visit at a time; the native activity groups cannot be called from Python). So the
  members of a group may be planned alone, and half a group is taken out afterwards at its points.
* A break may lie in the middle of a leg; our engine puts it before the leg. Both are valid.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util.optional_boolean_pb2 import BOOL_TRUE

from scheduler.problem import FOREVER_S, Problem
from scheduler.rules import Reason
from scheduler.solve import BREAK, Explanation, Solution
from scheduler.solve.net import build_net
from scheduler.solve.search import Searcher

# The best of the settings tried on size M: two insertions, four metaheuristics, more operators.
FIRST = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
GUIDED = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
OPERATORS = (
    "use_relocate_and_make_active", "use_exchange_and_make_active",
    "use_extended_swap_active", "use_node_pair_swap_active",
)  # fmt: skip


class RoutingPeer:
    """The day as a routing model: a node per visit, a vehicle per shift."""

    def __init__(self, problem: Problem) -> None:
        p = self.problem = problem
        n, k = p.visits, p.routes
        starts, ends = list(range(n, n + k)), list(range(n + k, n + 2 * k))
        self.manager = pywrapcp.RoutingIndexManager(n + 2 * k, k, starts, ends)
        self.model = pywrapcp.RoutingModel(self.manager)
        self.solver = self.model.solver()
        self.index = [self.manager.NodeToIndex(v) for v in range(n)]
        self.time = self._add_travel()
        self.start = [self.time.CumulVar(i) for i in self.index]
        self.active = [self.model.ActiveVar(i) for i in self.index]
        self.breaks: dict[int, pywrapcp.IntervalVar] = {}
        self._add_visits()
        self._add_shifts()
        self._add_groups()
        self._add_gaps()
        self._add_recipient_overlap()

    def _add_travel(self) -> pywrapcp.RoutingDimension:
        """Travel as cost and, with the visit's own time, as passing of time; both C++ matrices."""
        p = self.problem
        place = np.concatenate([p.place, p.start_place, p.end_place])
        lasts = np.concatenate([p.duration_s, np.zeros(2 * p.routes, dtype=np.int64)])[:, None]
        legs = [table[np.ix_(place, place)].astype(np.int64) for table in p.travel_s]
        costs = [
            self.model.RegisterTransitMatrix((p.weights.travel * leg).tolist()) for leg in legs
        ]
        times = [self.model.RegisterTransitMatrix((leg + lasts).tolist()) for leg in legs]
        for route, mode in enumerate(p.mode):
            self.model.SetArcCostEvaluatorOfVehicle(costs[mode], route)
        end, by_route = int(p.close_s.max()), [times[mode] for mode in p.mode]
        self.model.AddDimensionWithVehicleTransits(by_route, end, end, False, "time")
        return self.model.GetDimensionOrDie("time")

    def _add_visits(self) -> None:
        """WINDOW, SKILL, and the points of a visit left out."""
        p = self.problem
        for v, index in enumerate(self.index):
            self.start[v].SetRange(int(p.early_s[v]), int(p.late_s[v]))
            # SetAllowedVehiclesForIndex cannot be called from Python in 9.15.
            self.model.VehicleVar(index).SetValues([-1, *np.flatnonzero(p.allowed[v]).tolist()])
            self.model.AddDisjunction([index], int(p.drop_points[v]))
            self.model.AddVariableMinimizedByFinalizer(self.start[v])

    def _add_shifts(self) -> None:
        """SHIFT and BREAK."""
        p = self.problem
        lasts = [0] * self.model.Size()
        for v, index in enumerate(self.index):
            lasts[index] = int(p.duration_s[v])
        for k in range(p.routes):
            opens, closes, pause = int(p.open_s[k]), int(p.close_s[k]), int(p.break_s[k])
            self.time.CumulVar(self.model.Start(k)).SetRange(opens, closes)
            self.time.CumulVar(self.model.End(k)).SetRange(opens, closes)
            if pause:
                early = max(int(p.break_early_s[k]), opens)
                late = min(int(p.break_late_s[k]), closes - pause)
                self.breaks[k] = self.solver.FixedDurationIntervalVar(
                    early, late, pause, False, f"break_{k}"
                )
                self.time.SetBreakIntervalsOfVehicle([self.breaks[k]], k, lasts)

    def _add_groups(self) -> None:
        """GROUP_START and GROUP_CARERS."""
        p = self.problem
        for label in np.unique(p.group[p.group >= 0]):
            members = np.flatnonzero(p.group == label).tolist()
            carer = [-1, *p.carer.tolist()]
            walks = [
                self.solver.Element(carer, self.model.VehicleVar(self.index[v]) + 1).Var()
                for v in members
            ]
            self.solver.Add(self.solver.AllDifferentExcept(walks, -1))
            for v in members[1:]:
                self._apart(members[0], v, int(p.offset_min_s[v]), int(p.offset_max_s[v]))

    def _add_gaps(self) -> None:
        """GAP."""
        p = self.problem
        for gap in zip(p.gap_first, p.gap_second, p.gap_min_s, p.gap_max_s, strict=True):
            self._apart(*map(int, gap))

    def _apart(self, first: int, second: int, least: int, most: int) -> None:
        """From start to start at least and at most so many seconds, when both are planned."""
        loose = 2 * FOREVER_S * (2 - self.active[first] - self.active[second])
        apart = self.start[second] - self.start[first]
        self.solver.Add(apart + loose >= least)
        if most < FOREVER_S:
            self.solver.Add(apart - loose <= most)

    def _add_recipient_overlap(self) -> None:
        """RECIPIENT_OVERLAP, where windows and gaps let two visits meet at all."""
        p = self.problem
        gaps = zip(p.gap_first, p.gap_second, p.gap_min_s, strict=True)
        tied = {frozenset((a, b)) for a, b, least in gaps if least >= p.duration_s[a]}
        last = p.late_s + p.duration_s
        for b in range(p.visits):
            same = (p.recipient[:b] == p.recipient[b]) & (p.recipient[b] >= 0)
            same &= (p.group[:b] != p.group[b]) | (p.group[b] < 0)
            same &= (p.early_s[:b] < last[b]) & (p.early_s[b] < last[:b])
            for a in np.flatnonzero(same):
                if frozenset((a, b)) not in tied:
                    a_first = self.start[b] >= self.start[a] + int(p.duration_s[a])
                    b_first = self.start[a] >= self.start[b] + int(p.duration_s[b])
                    self.solver.Add(a_first + b_first + 2 - self.active[a] - self.active[b] >= 1)

    def solve(self, seconds: float, first: list[list[int]] | None = None) -> Solution | None:
        """Best routes within `seconds`, from the visits by route in `first` if given."""
        search = pywrapcp.DefaultRoutingSearchParameters()
        search.first_solution_strategy = FIRST
        search.local_search_metaheuristic = GUIDED
        for operator in OPERATORS:
            setattr(search.local_search_operators, operator, BOOL_TRUE)
        began, given = perf_counter(), None
        if first is not None:
            # Timing the given routes goes on until its limit, though the first try is good enough.
            search.time_limit.FromMilliseconds(round(50 * seconds))
            self.model.CloseModelWithParameters(search)
            routes = [[self.index[v] for v in visits] for visits in first]
            given = self.model.ReadAssignmentFromRoutes(routes, True)
            if given is None:
                return None
        rest = seconds - (perf_counter() - began)
        search.time_limit.FromMilliseconds(max(1, round(1000 * rest)))
        found = self.model.SolveFromAssignmentWithParameters(given, search)
        return None if found is None else self._read(found)

    def _read(self, found: pywrapcp.Assignment) -> Solution:
        """Stops by route, half groups taken out, breaks as early as can be; its terms stay 0."""
        p = self.problem
        alone = {v for v in range(p.visits) if not found.Value(self.active[v])}
        halved = {int(p.group[v]) for v in alone} - {-1}
        left_out = sorted(v for v in range(p.visits) if v in alone or int(p.group[v]) in halved)
        stops: list[tuple[tuple[int, int], ...]] = []
        for k in range(p.routes):
            route: list[tuple[int, int]] = []
            index = found.Value(self.model.NextVar(self.model.Start(k)))
            while not self.model.IsEnd(index):
                v = self.manager.IndexToNode(index)
                if v not in left_out:
                    route.append((v, found.Min(self.start[v])))
                index = found.Value(self.model.NextVar(index))
            if route and k in self.breaks:
                pause = found.StartMin(self.breaks[k])
                before = [(v, s) for v, s in route if s + p.duration_s[v] <= pause]
                done = max((int(s + p.duration_s[v]) for v, s in before), default=0)
                earliest = max(int(p.break_early_s[k]), int(p.open_s[k]), done)
                route.insert(len(before), (BREAK, min(earliest, pause)))
            stops.append(tuple(route))
        reasons = tuple(Explanation(v, Reason.CROWDED_OUT) for v in left_out)
        return Solution(tuple(stops), reasons, 0, 0, 0, 0, 0, 0)


def first_routes(problem: Problem, seed: int) -> list[list[int]]:
    """Visits by route in order, as our construction plans them."""
    net = build_net(problem)
    searcher = Searcher(net, seed)
    routes: list[list[int]] = [[] for _ in range(problem.routes)]
    for unit in searcher.best_order:
        for node in net.member[net.unit_at[unit] : net.unit_at[unit + 1]]:
            if node < problem.visits and searcher.best_route[node] >= 0:
                routes[searcher.best_route[node]].append(int(node))
    return routes
