"""
The hard rules for OR-Tools CP-SAT, one function per rule, over some visits and routes of a problem.

Time between two visits is modelled on the arcs of one circuit per route, and so is a break.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import combinations, pairwise

from ortools.sat.python import cp_model

from scheduler.problem import FOREVER_S, MUST_POINTS, Problem

Linear = cp_model.LinearExpr | int
Window = tuple[int, int, int]

# Stands for the shift's start and end in a route's circuit.
DEPOT = -1


class Rules:
    """
    Variables and hard rules; :class:`scheduler.solve.model.ExactModel` adds what a plan costs.

    Parameters
    ----------
    visits
        Visits to plan; they may be left out unless `required`.
    routes
        Who may do them; empty but for these visits and their breaks.
    required
        Those of `visits` that must be planned.

    Attributes
    ----------
    origin, horizon
        No planned stop starts before or after these seconds.
    on, planned
        Whether the visit is on the route, and whether it is on any.
    start, break_start
        Seconds by visit and by route with a break; free where the stop is not planned.
    arc, idle
        Whether j follows i on route k, by (i, j, k); whether route k has no visit.
    break_before, taken
        Whether the break of route k is the last thing before v, by (v, k); whether it is taken.
    governs
        By visit with several windows, and by window, whether it governs the start.
    """

    def __init__(
        self,
        problem: Problem,
        visits: Sequence[int],
        routes: Sequence[int],
        required: Collection[int] = (),
        on_step: Callable[[], None] = lambda: None,
    ) -> None:
        self.problem = problem
        self.visits = list(visits)
        self.routes = list(routes)
        self.on_step = on_step
        self.model = cp_model.CpModel()
        self.windows = {v: windows_of(problem, v) for v in self.visits}
        self.origin = self._origin()
        self.horizon = self._horizon()
        self.on: dict[tuple[int, int], cp_model.IntVar] = {}
        self.planned: dict[int, cp_model.IntVar] = {}
        self.start: dict[int, cp_model.IntVar] = {}
        self.governs: dict[int, list[cp_model.IntVar]] = {}
        self.arc: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self.idle: dict[int, cp_model.IntVar] = {}
        self.break_start: dict[int, cp_model.IntVar] = {}
        self.break_before: dict[tuple[int, int], cp_model.IntVar] = {}
        self.taken: dict[int, cp_model.IntVar] = {}
        self._add_skill()
        self._add_assigned_once(required)
        self._add_window()
        self._add_break()
        self._add_travel()
        self._add_break_kept()
        self._add_capacity()
        self._add_pools()
        self._add_group_whole()
        self._add_group_start()
        self._add_group_carers()
        self._add_gap()
        self._add_recipient_overlap()

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
        """WINDOW: the start lies in the last window that has opened by then; late may be open."""
        for v in self.visits:
            spans = self._spans(v)
            domain = cp_model.Domain.from_intervals(spans)
            self.start[v] = self.model.new_int_var_from_domain(domain, f"start_{v}")
            if len(spans) == 1:
                continue
            self.governs[v] = [
                self.model.new_bool_var(f"window_{v}_{i}") for i in range(len(spans))
            ]
            self.model.add_exactly_one(self.governs[v])
            for (first, last), governs in zip(spans, self.governs[v], strict=True):
                self.model.add_linear_constraint(self.start[v], first, last).only_enforce_if(
                    governs
                )

    def _spans(self, v: int) -> list[list[int]]:
        """First and last start in each window before the next one opens."""
        opened = [early for early, _, _ in self.windows[v][1:]]
        ends = [*(t - 1 for t in opened), self.horizon]
        return [
            [early, max(early, min(late, end, self.horizon))]
            for (early, _, late), end in zip(self.windows[v], ends, strict=True)
        ]

    def _add_break(self) -> None:
        """BREAK: when taken, on one arc of the route, started within its frame."""
        p = self.problem
        for k in self.routes:
            if p.break_s[k] == 0:
                continue
            early = int(p.break_early_s[k])
            late = max(early, min(int(p.break_late_s[k]), self.horizon))
            self.break_start[k] = self.model.new_int_var(early, late, f"break_{k}")
            self.taken[k] = self.model.new_bool_var(f"taken_{k}")
            for v in [DEPOT, *self.candidates(k)]:
                self.break_before[v, k] = self.model.new_bool_var(f"break_before_{v}_{k}")
                if v != DEPOT:
                    self.model.add_implication(self.break_before[v, k], self.on[v, k])
            before = [self.break_before[v, k] for v in [DEPOT, *self.candidates(k)]]
            self.model.add(sum(before) == self.taken[k])

    def _add_break_kept(self) -> None:
        """BREAK: one without a price is taken on every route that has a visit."""
        for k, taken in self.taken.items():
            if self.problem.break_points[k] >= MUST_POINTS:
                self.model.add_bool_or(taken, self.idle[k])

    def _add_travel(self) -> None:
        """TRAVEL, DURATION and SHIFT: a circuit per route from its start to its end."""
        for k in self.routes:
            candidates = self.candidates(k)
            arcs: list[tuple[int, int, cp_model.LiteralT]] = []
            number = {DEPOT: 0} | {v: i + 1 for i, v in enumerate(candidates)}
            self.idle[k] = self.model.new_bool_var(f"idle_{k}")
            arcs.append((0, 0, self.idle[k]))
            for v in candidates:
                arcs.append((number[v], number[v], self.on[v, k].negated()))
                self.model.add_implication(self.idle[k], self.on[v, k].negated())
            for i in [DEPOT, *candidates]:
                self.on_step()
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
                self._pass_time(DEPOT, DEPOT, k, self.idle[k])

    def _pass_time(self, i: int, j: int, k: int, taken: cp_model.IntVar) -> None:
        """Stop j begins after stop i ends, plus travel, plus the break if it lies between."""
        p = self.problem
        left = int(p.open_s[k]) if i == DEPOT else self.start[i] + int(p.duration_s[i])
        begins = int(p.close_s[k]) if j == DEPOT else self.start[j]
        leg = 0 if i == j else self.leg(i, j, k)
        unbound = isinstance(begins, int) and begins >= FOREVER_S
        if not unbound:
            self.model.add(begins >= left + leg).only_enforce_if(taken)
        if k not in self.break_start:
            return
        here = self.break_before[j, k]
        pause = self.break_start[k]
        self.model.add(pause >= left).only_enforce_if(taken, here)
        if not unbound:
            self.model.add(begins >= pause + int(p.break_s[k]) + leg).only_enforce_if(taken, here)

    def _add_capacity(self) -> None:
        """CAPACITY: the demand of a route's visits."""
        p = self.problem
        for k in self.routes:
            demand = sum(int(p.demand[v]) * self.on[v, k] for v in self.candidates(k))
            if sum(int(p.demand[v]) for v in self.candidates(k)) > p.capacity[k]:
                self.model.add(demand <= int(p.capacity[k]))

    def _add_pools(self) -> None:
        """POOL: at most so many routes of a pool have visits."""
        p = self.problem
        for q, most in enumerate(p.pool_most.tolist()):
            pooled = [k for k in p.pool_route[p.pool_label == q].tolist() if k in self.idle]
            if len(pooled) > most:
                self.model.add(sum(1 - self.idle[k] for k in pooled) <= most)

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
                after = self.start[v] - self.start[first]
                within = self.planned[first], self.planned[v]
                if p.offset_min_s[v] > -FOREVER_S:
                    self.model.add(after >= int(p.offset_min_s[v])).only_enforce_if(*within)
                if p.offset_max_s[v] < FOREVER_S:
                    self.model.add(after <= int(p.offset_max_s[v])).only_enforce_if(*within)

    def _add_group_carers(self) -> None:
        """GROUP_CARERS: two members have different carers where either wants to be apart."""
        p = self.problem
        for members in self._groups():
            for a, b in combinations(members, 2):
                if not (p.apart[a] or p.apart[b]):
                    continue
                for c in {int(p.carer[k]) for k in self.routes}:
                    own = [k for k in self.routes if p.carer[k] == c]
                    same = [self.on[v, k] for v in (a, b) for k in own if (v, k) in self.on]
                    self.model.add_at_most_one(same)

    def _add_gap(self) -> None:
        """GAP: least and most time from start to start, when both are planned."""
        for first, second, least, most in self._gaps():
            both = self.planned[first], self.planned[second]
            after = self.start[second] - self.start[first]
            self.model.add(after >= least).only_enforce_if(*both)
            if most < FOREVER_S:
                self.model.add(after <= most).only_enforce_if(*both)

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

    # ------------------------------------------------------------ small helpers

    def candidates(self, k: int) -> list[int]:
        """Visits that may be on route k."""
        return [v for v in self.visits if (v, k) in self.on]

    def leg(self, i: int, j: int, k: int) -> int:
        """Seconds of travel from stop i to stop j on route k."""
        p = self.problem
        a = p.start_place[k] if i == DEPOT else p.place[i]
        b = p.end_place[k] if j == DEPOT else p.place[j]
        return int(p.travel_s[p.mode[k], a, b])

    def _origin(self) -> int:
        """A time before which nothing starts."""
        p = self.problem
        early = [self.windows[v][0][0] for v in self.visits]
        return min([0, *early, *(int(min(p.open_s[k], p.break_early_s[k])) for k in self.routes)])

    def _horizon(self) -> int:
        """
        A time by which any sensible plan is over, also where windows and shifts are open.

        Once the last window, shift and break has opened, nothing is worth waiting for but visits,
        breaks, legs and the least times between linked visits, each counted once.
        """
        p = self.problem
        opened = [self.windows[v][-1][0] for v in self.visits]
        opened += [int(max(p.open_s[k], p.break_early_s[k])) for k in self.routes]
        spent = sum(int(p.duration_s[v]) + max(0, int(p.offset_min_s[v])) for v in self.visits)
        spent += int(p.travel_s.max(initial=0)) * (len(self.visits) + 1)
        spent += sum(int(p.break_s[k]) for k in self.routes)
        spent += sum(least for _, _, least, _ in self._gaps())
        closed = max((int(p.close_s[k]) for k in self.routes), default=0)
        return max(self.origin, min(max(opened, default=0) + spent, closed))

    def _gaps(self) -> list[tuple[int, int, int, int]]:
        """Gaps between two visits of the model: first, second, least and most seconds."""
        p = self.problem
        gaps = (p.gap_first, p.gap_second, p.gap_min_s, p.gap_max_s)
        known = set(self.visits)
        return [
            (first, second, least, most)
            for first, second, least, most in zip(*(g.tolist() for g in gaps), strict=True)
            if first in known and second in known
        ]

    def _groups(self) -> list[list[int]]:
        p = self.problem
        groups: dict[int, list[int]] = {}
        for v in sorted(self.visits):
            if p.group[v] >= 0:
                groups.setdefault(int(p.group[v]), []).append(v)
        return list(groups.values())


def windows_of(problem: Problem, v: int) -> list[Window]:
    """First start, last start without tardiness and last start of each window, as they open."""
    p = problem
    more = zip(p.more_visit, p.more_early_s, p.more_due_s, p.more_late_s, strict=True)
    first = (int(p.early_s[v]), int(p.due_s[v]), int(p.late_s[v]))
    return [first, *((int(e), int(d), int(t)) for u, e, d, t in more if u == v)]
