"""
Any of our problems as a model of OR-Tools' routing solver, as strong as we could make it.

Hard as in our problem: windows, skills, capacity, shifts, breaks, gaps, tied starts, different
carers in a group, and no two visits at once with one recipient. In the objective: travel,
tardiness, the worst tardiness, overtime, the worst idle time, points of carers, of opened routes
and of visits left out. What routing cannot say, and what is done about it:

* Waiting. Its cost of slack also counts breaks and, with starts tied across routes, its timing of
  one route at a time fails; with it the search found worse plans by our own points. So its search
  does not see waiting; :mod:`bench.peer_timing` afterwards gives the routes the best starts.
* A group planned whole or not at all. Said as equal active variables, its heuristics plan nothing
  (they add one visit at a time; the native activity groups cannot be called from Python). So the
  members of a group may be planned alone, and half a group is taken out afterwards at its points.
* A break left out at its points. Each carer takes one whenever it ends before overtime begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from time import perf_counter

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util.optional_boolean_pb2 import BOOL_TRUE

from bench.drive import Stops
from bench.peer import Peer, horizon, lacks_of_shifts
from bench.peer_greedy import greedy_routes
from bench.peer_timing import retime
from scheduler.problem import BREAK, FOREVER_S, MUST_POINTS, Bool, Problem

FIRST = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
GUIDED = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
# Part of the time for reading a given plan, and for the starts of the last one.
READING, TIMING = 0.05, 0.1
# Most legs are shorter; see Settings.whole_legs.
NEAR_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Parameters
    ----------
    first
        Strategy of routing's own first plan.
    operators
        Operators of the local search beyond the default ones.
    ordered
        Two visits of a recipient that may not meet come in the order of their windows, and the
        carers of a group differ by its equal starts alone. Both can then be said as precedences,
        which routing's heuristics see; without it a day of hundreds of visits is left mostly
        unplanned. For groups whose members all have a duration and start at the same moment.
    whole_legs
        Breaks lie between legs, never within one. Only the constraint solver sees it, not the
        heuristics. Without it breaks are kept from opening by NEAR_S, so that nearly all can be set
        before the leg they fall in; visits that it makes late are taken out by :func:`mended`.
    """

    first: int = FIRST
    ordered: bool = False
    whole_legs: bool = True
    operators: tuple[str, ...] = (
        "use_relocate_and_make_active", "use_exchange_and_make_active",
        "use_extended_swap_active", "use_node_pair_swap_active",
    )  # fmt: skip


class _Current:
    """The values of the search as it stands, asked for as those of an assignment."""

    def Value(self, variable: pywrapcp.IntVar) -> int:  # noqa: N802
        return variable.Value()

    def Min(self, variable: pywrapcp.IntVar) -> int:  # noqa: N802
        return variable.Min()

    def StartMin(self, interval: pywrapcp.IntervalVar) -> int:  # noqa: N802
        return interval.StartMin()


class RoutingModel:
    """A node per visit, a vehicle per route."""

    def __init__(self, problem: Problem, required: Bool, settings: Settings) -> None:
        p = self.problem = problem
        n, k = p.visits, p.routes
        self.settings = settings
        self.required = required
        self.ordered = settings.ordered
        self.end_s = horizon(p)
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
        self._add_capacity()
        self._add_shifts()
        self._add_groups()
        self._add_gaps()
        self._add_recipient_overlap()
        self._add_worst_tardiness()
        self._add_worst_idle()

    def _add_travel(self) -> pywrapcp.RoutingDimension:
        """Travel as cost and, with the visit's own time, as passing of time; all C++ matrices."""
        p, nodes = self.problem, self.problem.visits + 2 * self.problem.routes
        place = np.concatenate([p.place, p.start_place, p.end_place])
        lasts = np.concatenate([p.duration_s, np.zeros(2 * p.routes, dtype=np.int64)])[:, None]
        legs = [table[np.ix_(place, place)].astype(np.int64) for table in p.travel_s]
        times = [self.model.RegisterTransitMatrix((leg + lasts).tolist()) for leg in legs]
        # Many carers are wanted and travel alike: one matrix serves them all.
        shared: dict[tuple[int, bytes], int] = {}
        for route, mode in enumerate(p.mode.tolist()):
            wanted = p.carer_points[:, route]
            key = (mode, wanted.tobytes())
            if key not in shared:
                extra = np.zeros(nodes, dtype=np.int64)
                extra[: p.visits] = wanted
                cost = p.weights.travel * legs[mode] + extra
                shared[key] = self.model.RegisterTransitMatrix(cost.tolist())
            self.model.SetArcCostEvaluatorOfVehicle(shared[key], route)
            self.model.SetFixedCostOfVehicle(int(p.fixed_points[route]), route)
        by_route = [times[mode] for mode in p.mode]
        self.legs, self.lasts = legs, lasts
        self.model.AddDimensionWithVehicleTransits(by_route, self.end_s, self.end_s, False, "time")
        return self.model.GetDimensionOrDie("time")

    def _zero_dimension(self, name: str) -> pywrapcp.RoutingDimension:
        """A quantity that only grows by slack along a route, from 0."""
        self.model.AddConstantDimensionWithSlack(0, self.end_s, self.end_s, True, name)
        return self.model.GetDimensionOrDie(name)

    def _add_visits(self) -> None:
        """WINDOW, SKILL, tardiness, and the points of a visit left out."""
        p = self.problem
        more: dict[int, list[int]] = {}
        for row, v in enumerate(p.more_visit.tolist()):
            more.setdefault(v, []).append(row)
        late_by = self._zero_dimension("late") if more and p.weights.tardiness else None
        if late_by is not None:
            late_by.SetSpanCostCoefficientForAllVehicles(p.weights.tardiness)
        for v, index in enumerate(self.index):
            rows = more.get(v, [])
            self._set_windows(v, rows)
            if rows and late_by is not None:
                self.solver.Add(late_by.SlackVar(index) >= self._tardiness(v, rows))
            elif p.due_s[v] < p.late_s[v] and p.weights.tardiness:
                self.time.SetCumulVarSoftUpperBound(index, int(p.due_s[v]), p.weights.tardiness)
            if p.wished_s[v] > p.early_s[v] and p.weights.tardiness:
                wished = int(p.wished_s[v])
                self.time.SetCumulVarSoftLowerBound(index, wished, p.weights.tardiness)
            if not p.allowed[v].all():
                # SetAllowedVehiclesForIndex cannot be called from Python in 9.15.
                able = np.flatnonzero(p.allowed[v]).tolist()
                self.model.VehicleVar(index).SetValues([-1, *able])
            if not self.required[v]:
                self.model.AddDisjunction([index], int(p.drop_points[v]))
            self.model.AddVariableMinimizedByFinalizer(self.start[v])

    def _set_windows(self, v: int, rows: list[int]) -> None:
        """Each window until its end or the opening of the next, which then governs."""
        p = self.problem
        opens = [int(p.early_s[v]), *p.more_early_s[rows].tolist()]
        lates = [int(p.late_s[v]), *p.more_late_s[rows].tolist()]
        self.start[v].SetRange(opens[0], min(lates[-1], self.end_s))
        for late, opening in zip(lates, opens[1:], strict=False):
            if late + 1 < opening:
                self.start[v].RemoveInterval(late + 1, opening - 1)

    def _tardiness(self, v: int, rows: list[int]) -> pywrapcp.IntExpr:
        """Seconds after the due time of the last window that has opened."""
        p, start = self.problem, self.start[v]
        opens = p.more_early_s[rows].tolist()
        dues = [int(p.due_s[v]), *p.more_due_s[rows].tolist()]
        opened = [self.solver.IsGreaterOrEqualCstVar(start, at) for at in opens]
        later = [after - before for before, after in pairwise(dues)]
        due = self.solver.ScalProd(opened, later) + dues[0]
        return self.solver.Max(start - due, 0)

    def _add_capacity(self) -> None:
        """CAPACITY."""
        p = self.problem
        if (p.capacity < p.demand.sum()).any():
            demand = np.concatenate([p.demand, np.zeros(2 * p.routes, dtype=np.int64)])
            taken = self.model.RegisterUnaryTransitVector(demand.tolist())
            self.model.AddDimensionWithVehicleCapacity(taken, 0, p.capacity.tolist(), True, "load")

    def _add_shifts(self) -> None:
        """SHIFT, BREAK and overtime."""
        p = self.problem
        lasts = [0] * self.model.Size()
        for v, index in enumerate(self.index):
            lasts[index] = int(p.duration_s[v])
        for k in range(p.routes):
            opens, closes, pause = int(p.open_s[k]), int(p.close_s[k]), int(p.break_s[k])
            closes, overtime = min(closes, self.end_s), int(p.overtime_from_s[k])
            end = self.time.CumulVar(self.model.End(k))
            self.time.CumulVar(self.model.Start(k)).SetRange(opens, closes)
            end.SetRange(opens, closes)
            if overtime < closes and p.weights.overtime:
                self.time.SetCumulVarSoftUpperBound(self.model.End(k), overtime, p.weights.overtime)
            must = p.break_points[k] >= MUST_POINTS
            early = max(int(p.break_early_s[k]), opens)
            if not self.settings.whole_legs:
                early = max(early, min(early + NEAR_S, int(p.break_late_s[k]), closes - pause))
            if pause and (must or early + pause <= overtime):
                late = min(int(p.break_late_s[k]), closes - pause)
                self.breaks[k] = self.solver.FixedDurationIntervalVar(
                    early, late, pause, False, f"break_{k}"
                )
                self.time.SetBreakIntervalsOfVehicle([self.breaks[k]], k, lasts)
        self._keep_legs_whole(lasts)

    def _keep_legs_whole(self, lasts: list[int]) -> None:
        """
        A break lies after a visit and before the leg, not within it.

        With T the start at a stop, d its service, s its slack and T' the start at the next one,
        which is T + d + leg + s, the break ends by T + d + s or begins at T' or later. The native
        form with an evaluator of the leg cannot be called from Python in 9.15.
        """
        if not self.breaks or not self.settings.whole_legs:
            return
        p, solver = self.problem, self.solver
        pauses = [int(p.break_s[k]) if k in self.breaks else 0 for k in range(p.routes)]
        begins = [
            self.breaks[k].StartExpr().Var() if k in self.breaks else solver.IntConst(0)
            for k in range(p.routes)
        ]
        starts = [self.model.Start(k) for k in range(p.routes)]
        for index in [*self.index, *starts]:
            # Vehicle -1 is that of a visit left out.
            vehicle = self.model.VehicleVar(index) + 1
            begin = solver.Element([solver.IntConst(0), *begins], vehicle.Var())
            pause = solver.Element([0, *pauses], vehicle.Var())
            start, slack = self.time.CumulVar(index), self.time.SlackVar(index)
            before = begin + pause <= start + lasts[index] + slack
            after = begin >= start + self.time.TransitVar(index)
            solver.Add(before + after >= 1)

    def _add_groups(self) -> None:
        """GROUP_START and GROUP_CARERS."""
        p = self.problem
        for label in np.unique(p.group[p.group >= 0]):
            members = np.flatnonzero(p.group == label).tolist()
            if p.apart[members].any() and not self.ordered:
                carer = [-1, *p.carer.tolist()]
                walks = [
                    self.solver.Element(carer, self.model.VehicleVar(self.index[v]) + 1).Var()
                    for v in members
                ]
                self.solver.Add(self.solver.AllDifferentExcept(walks, -1))
            for v in members[1:]:
                if p.offset_max_s[v] < FOREVER_S:
                    self._tie(members[0], v, int(p.offset_min_s[v]), int(p.offset_max_s[v]))

    def _add_gaps(self) -> None:
        """GAP."""
        p = self.problem
        for gap in zip(p.gap_first, p.gap_second, p.gap_min_s, p.gap_max_s, strict=True):
            self._tie(*map(int, gap))

    def _tie(self, first: int, second: int, least: int, most: int) -> None:
        """From start to start at least and at most so many seconds, when both are planned."""
        # Said as precedences, which routing's own heuristics see; other constraints they do not.
        self.time.AddNodePrecedence(self.index[first], self.index[second], least)
        if most < FOREVER_S:
            self.time.AddNodePrecedence(self.index[second], self.index[first], -most)

    def _add_recipient_overlap(self) -> None:
        """RECIPIENT_OVERLAP, where windows and gaps let two visits meet at all."""
        p = self.problem
        gaps = zip(p.gap_first, p.gap_second, p.gap_min_s, strict=True)
        tied = {frozenset((a, b)) for a, b, least in gaps if least >= p.duration_s[a]}
        last = p.late_s + p.duration_s
        for row, v in enumerate(p.more_visit):
            last[v] = max(last[v], p.more_late_s[row] + p.duration_s[v])
        for b in range(p.visits):
            same = (p.recipient[:b] == p.recipient[b]) & (p.recipient[b] >= 0)
            same &= (p.group[:b] != p.group[b]) | (p.group[b] < 0)
            same &= (p.early_s[:b] < last[b]) & (p.early_s[b] < last[:b])
            for a in np.flatnonzero(same).tolist():
                if frozenset((a, b)) in tied:
                    continue
                if self.ordered:
                    first, second = sorted((a, b), key=lambda v: (p.early_s[v] + last[v], v))
                    self._tie(first, second, int(p.duration_s[first]), FOREVER_S)
                else:
                    a_first = self.start[b] >= self.start[a] + int(p.duration_s[a])
                    b_first = self.start[a] >= self.start[b] + int(p.duration_s[b])
                    self.solver.Add(a_first + b_first + 2 - self.active[a] - self.active[b] >= 1)

    def _add_worst_tardiness(self) -> None:
        """A quantity that stands above each tardiness of its route; its span over all costs."""
        p = self.problem
        soft = np.flatnonzero((p.due_s < p.late_s) | (p.wished_s > p.early_s))
        if not p.weights.worst_tardiness or not len(soft):
            return
        worst = self._zero_dimension("worst")
        worst.SetGlobalSpanCostCoefficient(p.weights.worst_tardiness)
        for v in soft.tolist():
            rows = np.flatnonzero(p.more_visit == v).tolist()
            late = self._tardiness(v, rows) if rows else self.start[v] - int(p.due_s[v])
            self.solver.Add(worst.CumulVar(self.index[v]) >= late)
            if p.wished_s[v] > p.early_s[v]:
                early = int(p.wished_s[v]) - self.start[v]
                self.solver.Add(worst.CumulVar(self.index[v]) >= early)
        for k in range(p.routes):
            self.model.AddVariableMinimizedByFinalizer(worst.CumulVar(self.model.End(k)))

    def _add_worst_idle(self) -> None:
        """A quantity that stands above each route's idle time; its span over all costs."""
        p = self.problem
        if not p.weights.worst_idle:
            return
        by_route = [
            self.model.RegisterTransitMatrix((self.legs[mode] + self.lasts).tolist())
            for mode in range(len(self.legs))
        ]
        self.model.AddDimensionWithVehicleTransits(
            [by_route[mode] for mode in p.mode], 0, self.end_s, True, "work"
        )
        work, idle = self.model.GetDimensionOrDie("work"), self._zero_dimension("idle")
        idle.SetGlobalSpanCostCoefficient(p.weights.worst_idle)
        for k in range(p.routes):
            # The idlest carer may be one without visits.
            self.model.SetVehicleUsedWhenEmpty(True, k)
            end = self.model.End(k)
            rest = int(p.open_s[k]) + (int(p.break_s[k]) if k in self.breaks else 0)
            back = self.solver.Max(self.time.CumulVar(end), int(p.overtime_from_s[k]))
            self.solver.Add(idle.CumulVar(end) >= back - work.CumulVar(end) - rest)
            self.model.AddVariableMinimizedByFinalizer(idle.CumulVar(end))

    def search(
        self,
        seconds: float,
        first: list[list[int]] | None,
        on_plan: Callable[[Stops], None] | None = None,
    ) -> Stops | None:
        """
        Best stops within `seconds`, from the visits by route in `first` if given.

        Each plan that is better than all before it, by routing's own cost, goes to `on_plan`.
        """
        search = pywrapcp.DefaultRoutingSearchParameters()
        search.first_solution_strategy = self.settings.first
        search.local_search_metaheuristic = GUIDED
        for operator in self.settings.operators:
            setattr(search.local_search_operators, operator, BOOL_TRUE)
        began, given = perf_counter(), None
        if on_plan is not None:
            self._tell(on_plan)
        if first is not None:
            # Timing the given routes goes on until its limit, though the first try is good enough.
            search.time_limit.FromMilliseconds(max(1, round(1000 * READING * seconds)))
            self.model.CloseModelWithParameters(search)
            routes = [[self.index[v] for v in visits] for visits in first]
            given = self.model.ReadAssignmentFromRoutes(routes, True)
            if given is None:
                return None
        rest = seconds - (perf_counter() - began)
        search.time_limit.FromMilliseconds(max(1, round(1000 * rest)))
        found = self.model.SolveFromAssignmentWithParameters(given, search)
        return None if found is None else self._read(found)

    def _tell(self, on_plan: Callable[[Stops], None]) -> None:
        least = [np.inf]

        def found() -> None:
            cost = self.model.CostVar().Max()
            if cost < least[0]:
                least[0] = cost
                on_plan(self._read(_Current()))

        self.model.AddAtSolutionCallback(found)

    def _read(self, found: pywrapcp.Assignment | _Current) -> Stops:
        """Stops by route, half groups taken out, breaks as early as can be."""
        p = self.problem
        alone = {v for v in range(p.visits) if not found.Value(self.active[v])}
        halved = {int(p.group[v]) for v in alone} - {-1}
        left_out = {v for v in range(p.visits) if v in alone or int(p.group[v]) in halved}
        stops: list[tuple[tuple[int, int], ...]] = []
        for k in range(p.routes):
            route: list[tuple[int, int]] = []
            index = found.Value(self.model.NextVar(self.model.Start(k)))
            while not self.model.IsEnd(index):
                v = self.manager.IndexToNode(index)
                if v not in left_out:
                    route.append((v, found.Min(self.start[v])))
                index = found.Value(self.model.NextVar(index))
            if k in self.breaks and (route or p.break_points[k] < MUST_POINTS):
                pause = found.StartMin(self.breaks[k])
                before = [(v, s) for v, s in route if s + p.duration_s[v] <= pause]
                done = max((int(s + p.duration_s[v]) for v, s in before), default=0)
                earliest = max(int(p.break_early_s[k]), int(p.open_s[k]), done)
                route.insert(len(before), (BREAK, min(earliest, pause)))
            stops.append(tuple(route))
        return tuple(stops)


def mended(problem: Problem, stops: Stops) -> Stops:
    """The stops without those that begin before the way from the stop before allows."""
    p, late = problem, set[int]()
    for k, route in enumerate(stops):
        travel, at, free = p.travel_s[p.mode[k]], int(p.start_place[k]), int(p.open_s[k])
        for v, start in route:
            if v == BREAK:
                free = start + int(p.break_s[k])
            elif start < free + travel[at, p.place[v]]:
                late.add(v)
            else:
                at, free = int(p.place[v]), start + int(p.duration_s[v])
    groups = {int(p.group[v]) for v in late} - {-1}
    out = late | {v for v in range(p.visits) if int(p.group[v]) in groups}
    return tuple(tuple((v, s) for v, s in route if v == BREAK or v not in out) for route in stops)


def solve(
    problem: Problem,
    required: Bool,
    seconds: float,
    seed: int,
    greedy: bool,
    settings: Settings | None = None,
) -> Stops | None:
    """Best stops within `seconds`, building the model included; routing has no seed."""
    del seed
    began = perf_counter()
    first = greedy_routes(problem) if greedy else None
    # Visits that must be planned can do without a price once a plan holds all of them.
    planned = np.isin(np.arange(problem.visits), [v for visits in first or () for v in visits])
    must = required if planned[required].all() else np.zeros_like(required)
    model = RoutingModel(problem, must, settings or Settings())
    timed = problem.weights.waiting > 0
    rest = seconds * (1 - TIMING * timed) - (perf_counter() - began)
    found = model.search(max(0.01, rest), first)
    if found is None or not timed:
        return found
    found = retime(problem, found, max(0.01, seconds - (perf_counter() - began)))
    return mended(problem, found)


def unseen(problem: Problem) -> tuple[str, ...]:
    """What the search does not see though it costs."""
    priced = (problem.break_s > 0) & (problem.break_points < MUST_POINTS)
    parts = {"waiting": problem.weights.waiting > 0, "breaks left out": bool(priced.any())}
    return tuple(name for name, there in parts.items() if there)


# For generated days, whose groups start at one moment.
DAY_SETTINGS = Settings(ordered=True, whole_legs=False)
OWN_START = Peer(
    "OR-Tools routing, own start", lacks_of_shifts, partial(solve, greedy=False), unseen
)
DAY_START = Peer(
    "OR-Tools routing, own start",
    lacks_of_shifts,
    partial(solve, greedy=False, settings=DAY_SETTINGS),
    unseen,
)
GREEDY_START = Peer(
    "OR-Tools routing, greedy start", lacks_of_shifts, partial(solve, greedy=True), unseen
)
