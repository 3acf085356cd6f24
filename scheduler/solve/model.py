"""
The exact model: the same rules for OR-Tools CP-SAT, one function per rule.

It proves what the annealing cannot: that a visit is impossible, that a small plan is the best there
is. Time between two visits is modelled on the arcs of one circuit per route, and so is a break.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from ortools.sat.python import cp_model

from scheduler.problem import FOREVER_S, Problem

Linear = cp_model.LinearExpr | int

# Stands for the shift's start and end in a route's circuit.
DEPOT = -1


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
        The objective over these visits and routes.
    bound
        No plan of the model has fewer points.
    route, start_s
        By visit; one that is left out is missing.
    """

    feasible: bool | None
    optimal: bool
    points: int
    bound: int
    route: dict[int, int]
    start_s: dict[int, int]


class ExactModel:
    """
    Rules and objective over some visits and routes of a problem.

    Parameters
    ----------
    visits
        Visits to plan; they may be left out unless `required`.
    routes
        Who may do them; empty but for these visits and their breaks.
    required
        Those of `visits` that must be planned.
    """

    def __init__(
        self,
        problem: Problem,
        visits: Sequence[int],
        routes: Sequence[int],
        required: Collection[int] = (),
    ) -> None:
        self.problem = problem
        self.visits = list(visits)
        self.routes = list(routes)
        self.model = cp_model.CpModel()
        self.horizon = self._horizon()
        self.on: dict[tuple[int, int], cp_model.IntVar] = {}
        self.planned: dict[int, cp_model.IntVar] = {}
        self.start: dict[int, cp_model.IntVar] = {}
        self.arc: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self.break_start: dict[int, cp_model.IntVar] = {}
        self.break_before: dict[tuple[int, int], cp_model.IntVar] = {}
        self.cost: list[Linear] = []
        self._add_skill()
        self._add_assigned_once(required)
        self._add_window()
        self._add_break()
        self._add_travel()
        self._add_group_whole()
        self._add_group_start()
        self._add_group_carers()
        self._add_gap()
        self._add_recipient_overlap()
        self._add_objective()

    def possible(self, seconds: float) -> bool | None:
        """Whether any plan keeps the rules; None when `seconds` did not suffice to tell."""
        self.model.clear_objective()  # type: ignore[no-untyped-call]
        return self.solve(seconds).feasible

    def solve(self, seconds: float, seed: int = 1, threads: int = 1) -> Exact:
        """Minimise within `seconds`."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = threads
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return Exact(False, False, 0, 0, {}, {})
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Exact(None, False, 0, 0, {}, {})
        route = {v: k for (v, k), chosen in self.on.items() if solver.boolean_value(chosen)}
        return Exact(
            feasible=True,
            optimal=status == cp_model.OPTIMAL,
            points=round(solver.objective_value),
            bound=round(solver.best_objective_bound),
            route=route,
            start_s={v: solver.value(self.start[v]) for v in route},
        )

    # ------------------------------------------------------------ rules, one function each

    def _add_skill(self) -> None:
        """SKILL: a visit has a variable only for carers who may do it."""
        for v in self.visits:
            for k in self.routes:
                if self.problem.allowed[v, k]:
                    self.on[v, k] = self.model.new_bool_var(f"on_{v}_{k}")

    def _add_assigned_once(self, required: Collection[int]) -> None:
        """ASSIGNED_ONCE: on one route, or left out unless required."""
        for v in self.visits:
            chosen = [self.on[v, k] for k in self.routes if (v, k) in self.on]
            self.planned[v] = self.model.new_bool_var(f"planned_{v}")
            self.model.add(sum(chosen) == self.planned[v])
            if v in required:
                self.model.add(self.planned[v] == 1)

    def _add_window(self) -> None:
        """WINDOW: the start lies within its window; late_s may be open."""
        for v in self.visits:
            early = int(self.problem.early_s[v])
            late = max(early, min(int(self.problem.late_s[v]), self.horizon))
            self.start[v] = self.model.new_int_var(early, late, f"start_{v}")

    def _add_break(self) -> None:
        """BREAK: on one arc of the route, started within its frame."""
        p = self.problem
        for k in self.routes:
            if p.break_s[k] == 0:
                continue
            self.break_start[k] = self.model.new_int_var(
                int(p.break_early_s[k]), int(p.break_late_s[k]), f"break_{k}"
            )
            for v in [DEPOT, *self._candidates(k)]:
                self.break_before[v, k] = self.model.new_bool_var(f"break_before_{v}_{k}")
                if v != DEPOT:
                    self.model.add_implication(self.break_before[v, k], self.on[v, k])
            self.model.add_exactly_one(
                self.break_before[v, k] for v in [DEPOT, *self._candidates(k)]
            )

    def _add_travel(self) -> None:
        """TRAVEL, DURATION and SHIFT: a circuit per route from its start to its end."""
        for k in self.routes:
            candidates = self._candidates(k)
            arcs: list[tuple[int, int, cp_model.LiteralT]] = []
            number = {DEPOT: 0} | {v: i + 1 for i, v in enumerate(candidates)}
            idle = self.model.new_bool_var(f"idle_{k}")
            arcs.append((0, 0, idle))
            for v in candidates:
                arcs.append((number[v], number[v], self.on[v, k].negated()))
                self.model.add_implication(idle, self.on[v, k].negated())
            for i in [DEPOT, *candidates]:
                for j in [DEPOT, *candidates]:
                    if i == j:
                        continue
                    taken = self.model.new_bool_var(f"arc_{i}_{j}_{k}")
                    self.arc[i, j, k] = taken
                    arcs.append((number[i], number[j], taken))
                    self._pass_time(i, j, k, taken)
            self.model.add_circuit(arcs)
            if k in self.break_start:
                # Without visits the break only has to lie within the shift.
                self._pass_time(DEPOT, DEPOT, k, idle)

    def _pass_time(self, i: int, j: int, k: int, taken: cp_model.IntVar) -> None:
        """Stop j begins after stop i ends, plus travel, plus the break if it lies between."""
        p = self.problem
        left = int(p.open_s[k]) if i == DEPOT else self.start[i] + int(p.duration_s[i])
        begins = int(p.close_s[k]) if j == DEPOT else self.start[j]
        leg = 0 if i == j else self._leg(i, j, k)
        if k not in self.break_start:
            if not (isinstance(begins, int) and begins >= FOREVER_S):
                self.model.add(begins >= left + leg).only_enforce_if(taken)
            return
        here = self.break_before[j, k]
        pause = self.break_start[k]
        self.model.add(begins >= left + leg).only_enforce_if(taken)
        self.model.add(pause >= left).only_enforce_if(taken, here)
        self.model.add(begins >= pause + int(p.break_s[k]) + leg).only_enforce_if(taken, here)

    def _add_group_whole(self) -> None:
        """GROUP_WHOLE: all members or none."""
        for members in self._groups():
            for a, b in pairwise(members):
                self.model.add(self.planned[a] == self.planned[b])

    def _add_group_start(self) -> None:
        """GROUP_START: members start within their offsets from the first."""
        p = self.problem
        for members in self._groups():
            first = members[0]
            for v in members[1:]:
                apart = self.start[v] - self.start[first]
                within = self.planned[first], self.planned[v]
                self.model.add(apart >= int(p.offset_min_s[v])).only_enforce_if(*within)
                self.model.add(apart <= int(p.offset_max_s[v])).only_enforce_if(*within)

    def _add_group_carers(self) -> None:
        """GROUP_CARERS: different carers."""
        p = self.problem
        for members in self._groups():
            for c in {int(p.carer[k]) for k in self.routes}:
                same = [
                    self.on[v, k]
                    for v in members
                    for k in self.routes
                    if (v, k) in self.on and p.carer[k] == c
                ]
                self.model.add(sum(same) <= 1)

    def _add_gap(self) -> None:
        """GAP: least and most time from start to start, when both are planned."""
        p = self.problem
        gaps = (p.gap_first, p.gap_second, p.gap_min_s, p.gap_max_s)
        for first, second, least, most in zip(*(g.tolist() for g in gaps), strict=True):
            if first not in self.planned or second not in self.planned:
                continue
            both = self.planned[first], self.planned[second]
            apart = self.start[second] - self.start[first]
            self.model.add(apart >= least).only_enforce_if(*both)
            if most < FOREVER_S:
                self.model.add(apart <= most).only_enforce_if(*both)

    def _add_recipient_overlap(self) -> None:
        """RECIPIENT_OVERLAP: two visits of one person, not grouped, do not overlap."""
        p = self.problem
        by_person: dict[int, list[int]] = {}
        for v in self.visits:
            if p.recipient[v] >= 0:
                by_person.setdefault(int(p.recipient[v]), []).append(v)
        for visits in by_person.values():
            for a, b in combinations(visits, 2):
                if p.group[a] >= 0 and p.group[a] == p.group[b]:
                    continue
                both = self.planned[a], self.planned[b]
                a_first = self.model.new_bool_var(f"before_{a}_{b}")
                end_a = self.start[a] + int(p.duration_s[a])
                end_b = self.start[b] + int(p.duration_s[b])
                self.model.add(self.start[b] >= end_a).only_enforce_if(a_first, *both)
                self.model.add(self.start[a] >= end_b).only_enforce_if(a_first.negated(), *both)

    # ------------------------------------------------------------ objective

    def _add_objective(self) -> None:
        p, w = self.problem, self.problem.weights
        self.cost += [
            w.travel * self._leg(i, j, k) * taken for (i, j, k), taken in self.arc.items()
        ]
        self.cost += [int(p.drop_points[v]) * (1 - self.planned[v]) for v in self.visits]
        if w.waiting:
            self.cost += [w.waiting * self._waiting(k) for k in self.routes]
        if w.tardiness or w.worst_tardiness:
            self._add_tardiness()
        self.model.minimize(sum(self.cost))

    def _waiting(self, k: int) -> Linear:
        """
        Seconds between the first visit and the last stop that are neither visit, travel nor break.
        """
        p = self.problem
        candidates = self._candidates(k)
        first = self.model.new_int_var(0, self.horizon, f"first_{k}")
        last = self.model.new_int_var(0, self.horizon, f"last_{k}")
        spent: list[Linear] = []
        pause = int(p.break_s[k])
        break_first = self.model.new_bool_var(f"break_first_{k}")
        for v in candidates:
            leaves, returns = self.arc[DEPOT, v, k], self.arc[v, DEPOT, k]
            end = self.start[v] + int(p.duration_s[v])
            self.model.add(first <= self.start[v]).only_enforce_if(leaves)
            self.model.add(last >= end).only_enforce_if(returns)
            spent.append(int(p.duration_s[v]) * self.on[v, k])
            spent += [self._leg(u, v, k) * self.arc[u, v, k] for u in candidates if u != v]
            if k in self.break_start:
                self.model.add_bool_or(
                    leaves.negated(), self.break_before[v, k].negated(), break_first
                )
                self.model.add(last >= self.break_start[k] + pause).only_enforce_if(
                    returns, self.break_before[DEPOT, k]
                )
        used = self.model.new_bool_var(f"used_{k}")
        for v in candidates:
            self.model.add_implication(self.on[v, k], used)
        waiting = self.model.new_int_var(0, self.horizon, f"waiting_{k}")
        taken_pause = pause * (1 - break_first) if k in self.break_start else 0
        self.model.add(waiting >= last - first - sum(spent) - taken_pause).only_enforce_if(used)
        return waiting

    def _add_tardiness(self) -> None:
        p, w = self.problem, self.problem.weights
        worst = self.model.new_int_var(0, self.horizon, "worst")
        for v in self.visits:
            late = self.model.new_int_var(0, self.horizon, f"late_{v}")
            self.model.add(late >= self.start[v] - int(p.due_s[v])).only_enforce_if(self.planned[v])
            self.model.add(worst >= late)
            self.cost.append(w.tardiness * late)
        self.cost.append(w.worst_tardiness * worst)

    # ------------------------------------------------------------ small helpers

    def _horizon(self) -> int:
        """A time by which any sensible plan is over, also where windows and shifts are open."""
        p = self.problem
        latest = max(
            [int(p.early_s.max(initial=0)), int(p.due_s.max(initial=0)), *map(int, p.open_s)]
            + [int(t) for t in p.close_s if t < FOREVER_S]
        )
        legs = int(p.travel_s.max(initial=0)) * (len(self.visits) + 1)
        offsets = sum(int(p.offset_min_s[v]) for v in self.visits)
        return latest + int(p.duration_s.sum()) + legs + offsets

    def _candidates(self, k: int) -> list[int]:
        return [v for v in self.visits if (v, k) in self.on]

    def _leg(self, i: int, j: int, k: int) -> int:
        p = self.problem
        a = p.start_place[k] if i == DEPOT else p.place[i]
        b = p.end_place[k] if j == DEPOT else p.place[j]
        return int(p.travel_s[p.mode[k], a, b])

    def _groups(self) -> list[list[int]]:
        p = self.problem
        groups: dict[int, list[int]] = {}
        for v in sorted(self.visits):
            if p.group[v] >= 0:
                groups.setdefault(int(p.group[v]), []).append(v)
        return list(groups.values())
