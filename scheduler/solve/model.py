"""
The exact model: the same rules and terms for OR-Tools CP-SAT, one function each.

It proves what the annealing cannot: that a visit is impossible, that a small plan is the best there
is. The rules are in :mod:`scheduler.solve.model_rules`, the terms of the objective are here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from scheduler.problem import BREAK, FOREVER_S, MUST_POINTS, Problem
from scheduler.solve.model_rules import DEPOT, Linear, Rules


@dataclass(frozen=True, slots=True)
class Exact:
    """
    What the exact solver says.

    Parameters
    ----------
    feasible
        True with a plan, False when there is proof of none, None when time ran out.
    optimal
        The plan is proven the best within the model.
    points
        The objective over these visits and routes; an upper bound of it unless `optimal`.
    bound
        No plan of the model has fewer points.
    route, start_s
        By visit; one that is left out is missing.
    break_start_s
        By route; a break that is not taken is missing.
    stops
        Per route of the problem ``(visit or BREAK, start_s)`` in order.
    """

    feasible: bool | None
    optimal: bool = False
    points: int = 0
    bound: int = 0
    route: dict[int, int] = field(default_factory=dict)
    start_s: dict[int, int] = field(default_factory=dict)
    break_start_s: dict[int, int] = field(default_factory=dict)
    stops: tuple[tuple[tuple[int, int], ...], ...] = ()


class ExactModel(Rules):
    """
    Rules and objective over some visits and routes of a problem.

    The points are those of these visits and routes alone: others cost nothing, whether they are
    left out, idle or without a break.

    Parameters
    ----------
    visits
        Visits to plan; they may be left out unless `required`.
    routes
        Who may do them; empty but for these visits and their breaks.
    required
        Those of `visits` that must be planned.
    on_step
        Called many times while the model is built; what it raises ends the building.
    """

    def __init__(
        self,
        problem: Problem,
        visits: Sequence[int],
        routes: Sequence[int],
        required: Collection[int] = (),
        on_step: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(problem, visits, routes, required, on_step)
        self.back: dict[int, cp_model.IntVar] = {}
        self.waits: dict[int, cp_model.IntVar] = {}
        terms: list[Linear] = []
        for term in (
            self._travel,
            self._waiting,
            self._tardiness,
            self._overtime,
            self._worst_idle,
            self._dropped,
            self._carers,
            self._bonds,
            self._opened,
            self._pay,
            self._slack,
            self._load,
            self._missed_breaks,
        ):
            on_step()
            terms.append(term())
        self.objective: Linear = sum(terms)
        self.model.minimize(self.objective)
        self.solver = cp_model.CpSolver()

    def possible(self, seconds: float) -> bool | None:
        """Whether any plan keeps the rules; None when `seconds` did not suffice to tell."""
        self.model.clear_objective()  # type: ignore[no-untyped-call]
        return self.solve(seconds).feasible

    def hint(self, stops: Sequence[Sequence[tuple[int, int]]]) -> None:
        """
        Begin the search at this plan, per route of the problem ``(visit or BREAK, start_s)``.

        Visits and routes outside the model are passed over. The plan need not keep the rules.
        """
        switches = (self.on, self.planned, self.arc, self.idle, self.break_before, self.taken)
        hints = {x.index: (x, 0) for variables in switches for x in variables.values()}
        for k in self.routes:
            hints |= {x.index: (x, value) for x, value in self._hints(k, stops[k])}
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for variable, value in hints.values():
            self.model.add_hint(variable, value)

    def cancel(self) -> None:
        """Let :meth:`solve` return soon; from another thread."""
        self.solver.stop_search()

    def solve(
        self,
        seconds: float,
        seed: int = 1,
        threads: int = 1,
        on_bound: Callable[[float], None] | None = None,
    ) -> Exact:
        """
        Minimise within `seconds`; `on_bound` is called with every better lower bound.

        Raises
        ------
        ValueError
            When the solver refuses the model, as with numbers whose sums overflow.
        """
        solver = self.solver
        if on_bound is not None:
            solver.best_bound_callback = on_bound
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = threads
        status = solver.solve(self.model)
        if status == cp_model.MODEL_INVALID:
            raise ValueError(self.model.validate())
        if status == cp_model.INFEASIBLE:
            return Exact(False)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Exact(None)
        route = {v: k for (v, k), chosen in self.on.items() if solver.boolean_value(chosen)}
        optimal = status == cp_model.OPTIMAL
        # Read off in whole numbers: the solver's own value is a float.
        points = int(solver.value(self.objective))
        return Exact(
            feasible=True,
            optimal=optimal,
            points=points,
            bound=points if optimal else round(solver.best_objective_bound),
            route=route,
            start_s={v: solver.value(self.start[v]) for v in route},
            break_start_s={
                k: solver.value(self.break_start[k])
                for k, taken in self.taken.items()
                if solver.boolean_value(taken)
            },
            stops=tuple(self._stops(solver, k) for k in range(self.problem.routes)),
        )

    # ------------------------------------------------------------ objective, one function per term

    def _travel(self) -> Linear:
        w = self.problem.weights.travel
        return sum(w * self.leg(i, j, k) * taken for (i, j, k), taken in self.arc.items())

    def _waiting(self) -> Linear:
        w = self.problem.weights.waiting
        return sum(w * self._waiting_of(k) for k in self.routes) if w else 0

    def _waiting_of(self, k: int) -> Linear:
        """
        Seconds between the first visit and the last stop that are neither visit, travel nor break.
        """
        if k in self.waits:
            return self.waits[k]
        p = self.problem
        candidates = self.candidates(k)
        first = self.model.new_int_var(self.origin, self.horizon, f"first_{k}")
        last = self.model.new_int_var(self.origin, self.horizon, f"last_{k}")
        spent: list[Linear] = []
        pause = int(p.break_s[k])
        break_first = self.model.new_bool_var(f"break_first_{k}")
        for v in candidates:
            leaves, returns = self.arc[DEPOT, v, k], self.arc[v, DEPOT, k]
            end = self.start[v] + int(p.duration_s[v])
            self.model.add(first <= self.start[v]).only_enforce_if(leaves)
            self.model.add(last >= end).only_enforce_if(returns)
            spent.append(int(p.duration_s[v]) * self.on[v, k])
            spent += [self.leg(u, v, k) * self.arc[u, v, k] for u in candidates if u != v]
            if k in self.taken:
                self.model.add_bool_or(
                    leaves.negated(), self.break_before[v, k].negated(), break_first
                )
                self.model.add(last >= self.break_start[k] + pause).only_enforce_if(
                    returns, self.break_before[DEPOT, k]
                )
        self.waits[k] = waiting = self.model.new_int_var(
            0, self.horizon - self.origin, f"waiting_{k}"
        )
        within = pause * (self.taken[k] - break_first) if k in self.taken else 0
        self.model.add(waiting >= last - first - sum(spent) - within).only_enforce_if(
            self.idle[k].negated()
        )
        return waiting

    def _tardiness(self) -> Linear:
        """Start after the due time or before the wished one, summed, and the largest one."""
        w = self.problem.weights
        if not (w.tardiness or w.worst_tardiness):
            return 0
        # A due time may lie before the first start.
        dues = (due for v in self.visits for _, due, _ in self.windows[v])
        soonest = min((self.origin, *dues))
        span = max(0, self.horizon - soonest)
        worst = self.model.new_int_var(0, span, "worst")
        total: Linear = 0
        for v in self.visits:
            late = self.model.new_int_var(0, span, f"late_{v}")
            whiches = [[governs] for governs in self.governs.get(v, ())] or [[]]
            for (_, due, _), which in zip(self.windows[v], whiches, strict=True):
                self.model.add(late >= self.start[v] - due).only_enforce_if(self.planned[v], *which)
            wished = int(self.problem.wished_s[v])
            if wished > self.origin:
                self.model.add(late >= wished - self.start[v]).only_enforce_if(self.planned[v])
            self.model.add(worst >= late)
            total += late
        return w.tardiness * total + w.worst_tardiness * worst

    def _overtime(self) -> Linear:
        """Return after the shift's end; a route without visits never has any."""
        p = self.problem
        total: Linear = 0
        if p.weights.overtime == 0:
            return 0
        for k in self.routes:
            if p.overtime_from_s[k] >= p.close_s[k]:
                continue
            over = self.model.new_int_var(0, self.horizon - self.origin, f"over_{k}")
            self.model.add(over >= self._back(k) - int(p.overtime_from_s[k])).only_enforce_if(
                self.idle[k].negated()
            )
            total += over
        return p.weights.overtime * total

    def _worst_idle(self) -> Linear:
        """What the idlest shift, or way home where it is later, holds beyond its work and break."""
        p = self.problem
        if p.weights.worst_idle == 0 or not self.routes:
            return 0
        longest = max(
            max(self.horizon, int(p.overtime_from_s[k])) - int(p.open_s[k]) for k in self.routes
        )
        worst = self.model.new_int_var(0, max(0, longest), "worst_idle")
        for k in self.routes:
            busy: list[Linear] = [int(p.duration_s[v]) * self.on[v, k] for v in self.candidates(k)]
            busy += [self.leg(i, j, r) * taken for (i, j, r), taken in self.arc.items() if r == k]
            if k in self.taken:
                busy.append(int(p.break_s[k]) * self.taken[k])
            opened = int(p.open_s[k])
            self.model.add(worst >= int(p.overtime_from_s[k]) - opened - sum(busy))
            self.model.add(worst >= self._back(k) - opened - sum(busy)).only_enforce_if(
                self.idle[k].negated()
            )
        return p.weights.worst_idle * worst

    def _back(self, k: int) -> cp_model.IntVar:
        """Seconds at which route k is back at its last place, or later; free without visits."""
        if k in self.back:
            return self.back[k]
        p = self.problem
        self.back[k] = back = self.model.new_int_var(self.origin, self.horizon, f"back_{k}")
        for v in self.candidates(k):
            returns, home = self.arc[v, DEPOT, k], self.leg(v, DEPOT, k)
            end = self.start[v] + int(p.duration_s[v])
            self.model.add(back >= end + home).only_enforce_if(returns)
            if k in self.taken:
                end = self.break_start[k] + int(p.break_s[k])
                self.model.add(back >= end + home).only_enforce_if(
                    returns, self.break_before[DEPOT, k]
                )
        return back

    def _dropped(self) -> Linear:
        return sum(int(self.problem.drop_points[v]) * (1 - self.planned[v]) for v in self.visits)

    def _carers(self) -> Linear:
        return sum(int(self.problem.carer_points[v, k]) * on for (v, k), on in self.on.items())

    def _bonds(self) -> Linear:
        """Distinct carers of each bond above those that are free."""
        p = self.problem
        total: Linear = 0
        for q, (points, free) in enumerate(zip(p.bond_points, p.bond_free, strict=True)):
            comes: dict[int, list[cp_model.IntVar]] = {}
            for v in p.bond_visit[p.bond_label == q].tolist():
                for k in self.routes:
                    if (v, k) in self.on and not p.bond_known[q, k]:
                        comes.setdefault(int(p.carer[k]), []).append(self.on[v, k])
            if len(comes) <= free:
                continue
            carers = []
            for carer, on in comes.items():
                one = self.model.new_bool_var(f"bond_{q}_{carer}")
                self.model.add_max_equality(one, on)
                carers.append(one)
            over = self.model.new_int_var(0, len(carers), f"over_bond_{q}")
            self.model.add(over >= sum(carers) - int(free))
            total += int(points) * over
        return total

    def _opened(self) -> Linear:
        return sum(int(self.problem.fixed_points[k]) * (1 - self.idle[k]) for k in self.routes)

    def _pay(self) -> Linear:
        """What routes are paid for: what they work, and no less than the least; none too long."""
        p = self.problem
        total: Linear = 0
        for k in self.routes:
            price, least, most = (
                int(each[k]) for each in (p.span_points, p.least_span_s, p.most_span_s)
            )
            if price == 0 and most >= FOREVER_S:
                continue
            worked = self._waiting_of(k)
            worked += sum(int(p.duration_s[v]) * self.on[v, k] for v in self.candidates(k))
            worked += sum(
                self.leg(i, j, r) * taken for (i, j, r), taken in self.arc.items() if r == k
            )
            longest = max(least, min(most, self.horizon - self.origin))
            paid = self.model.new_int_var(0, longest, f"paid_{k}")
            self.model.add(paid >= worked)
            self.model.add(paid >= least * (1 - self.idle[k]))
            total += price * paid
        return total

    def _slack(self) -> Linear:
        """Seconds of the wanted waiting that are missing before visits where waiting counts."""
        p = self.problem
        total: Linear = 0
        if p.weights.slack == 0:
            return 0
        for k in self.routes:
            candidates = self.candidates(k)
            for v in candidates:
                wanted = int(p.slack_s[v])
                if wanted == 0:
                    continue
                missing = self.model.new_int_var(0, wanted, f"missing_{v}_{k}")
                total += missing
                paused = self.break_before.get((v, k))
                for u in candidates:
                    if u == v:
                        continue
                    came, way = self.arc[u, v, k], self.leg(u, v, k)
                    left = self.start[u] + int(p.duration_s[u])
                    self.model.add(
                        missing >= wanted - (self.start[v] - left - way)
                    ).only_enforce_if(came, *([paused.negated()] if paused is not None else ()))
                    if paused is not None:
                        left = self.break_start[k] + int(p.break_s[k])
                        self.model.add(
                            missing >= wanted - (self.start[v] - left - way)
                        ).only_enforce_if(came, paused)
        return p.weights.slack * total

    def _load(self) -> Linear:
        """Seconds of visits on each route above what is fair."""
        p = self.problem
        total: Linear = 0
        if p.weights.load == 0:
            return 0
        for k in self.routes:
            lengths = {v: int(p.duration_s[v]) for v in self.candidates(k)}
            most = sum(lengths.values()) - int(p.fair_s[k])
            if most <= 0:
                continue
            over = self.model.new_int_var(0, most, f"over_fair_{k}")
            self.model.add(
                over >= sum(s * self.on[v, k] for v, s in lengths.items()) - int(p.fair_s[k])
            )
            total += over
        return p.weights.load * total

    def _missed_breaks(self) -> Linear:
        """Priced breaks only: one that must be is a rule, and costs nothing on an empty route."""
        p = self.problem
        return sum(
            int(p.break_points[k]) * (1 - taken)
            for k, taken in self.taken.items()
            if p.break_points[k] < MUST_POINTS
        )

    # ------------------------------------------------------------ from and to stops

    def _stops(self, solver: cp_model.CpSolver, k: int) -> tuple[tuple[int, int], ...]:
        """The stops of route k along its circuit; nothing for a route outside the model."""
        after = {
            i: j for (i, j, r), taken in self.arc.items() if r == k and solver.boolean_value(taken)
        }
        stops: list[tuple[int, int]] = []
        here = DEPOT
        while True:
            here = after.get(here, DEPOT)
            before = self.break_before.get((here, k))
            if before is not None and solver.boolean_value(before):
                stops.append((BREAK, solver.value(self.break_start[k])))
            if here == DEPOT:
                return tuple(stops)
            stops.append((here, solver.value(self.start[here])))

    def _hints(
        self, k: int, stops: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[cp_model.IntVar, int]]:
        """Starts of the stops of route k, and 1 for every switch that they turn on."""
        known = [(v, s) for v, s in stops if v == BREAK or (v, k) in self.on]
        visits = [v for v, _ in known if v != BREAK]
        if not visits:
            yield self.idle[k], 1
        for i, j in pairwise([DEPOT, *visits, DEPOT]):
            if i != j:
                yield self.arc[i, j, k], 1
        for at, (v, start) in enumerate(known):
            if v != BREAK:
                yield self.start[v], start
                yield self.on[v, k], 1
                yield self.planned[v], 1
            elif k in self.taken:
                following = next((u for u, _ in known[at:] if u != BREAK), DEPOT)
                yield self.break_start[k], start
                yield self.taken[k], 1
                yield self.break_before[following, k], 1
