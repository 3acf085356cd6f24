"""
A generated home-care day for :mod:`bench.peers`, judged by :mod:`scheduler.checker`.

Every plan is turned into clock times, and its points are counted anew from those: travel, waiting
between stops, visits left out. A peer may plan half a group, which is taken out before at its
points. Its plan, too, must come through the checker without violations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from bench.drive import Mapped, Stops
from bench.instances import RunFailed
from bench.peers import Case
from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.care.model import Day
from scheduler.checker import Violation, check, missed
from scheduler.objective import Objective, load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_of
from scheduler.rules import Reason, Rule
from scheduler.solve import Explanation, Solution, SolveParams, solve
from scheduler.travel import TravelSettings, load_travel_settings

DAY = date(2026, 3, 4)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A plan with its points, counted from its clock times, and what the checker says."""

    plan: Plan
    left_out: dict[int, int]
    travel_s: int
    waiting_s: int
    points: int
    violations: list[Violation]

    def __str__(self) -> str:
        left_out = " / ".join(map(str, self.left_out.values()))
        return (
            f"left out by priority {left_out}; travel {self.travel_s / 60:.0f} min; "
            f"waiting {self.waiting_s / 60:.0f} min"
        )


def judge(day: Day, travel: TravelSettings, objective: Objective, plan: Plan) -> Verdict:
    """Points from the plan's clock times alone; the same for whoever made it."""
    priority = {visit.id: int(visit.priority) for visit in day.visits}
    missing = [priority[item.visit_id] for item in plan.unassigned]
    left_out = {level: missing.count(level) for level in sorted(objective.unassigned)}
    travel_s = waiting_s = 0
    for route in plan.routes:
        travel_s += route.return_travel_s + sum(stop.travel_s for stop in route.stops)
        waiting_s += sum(
            round(stop.start.timestamp() - stop.arrival.timestamp()) for stop in route.stops
        )
    points = travel_s * objective.weights.travel + waiting_s * objective.weights.waiting
    points += sum(objective.unassigned[level] * count for level, count in left_out.items())
    for broken in missed(day, plan, travel, objective):
        if broken.rule is Rule.OVERTIME:
            points += broken.size_s * objective.weights.overtime
        else:
            points += objective.prices[broken.rule]
    found = check(day, plan, travel, objective)
    return Verdict(plan, left_out, travel_s, waiting_s, points, found)


def as_solution(visits: int, stops: Stops) -> Solution:
    """The stops as our search would give them; its terms stay 0, the judge counts them."""
    planned = {visit for route in stops for visit, _ in route}
    left_out = tuple(Explanation(v, Reason.CROWDED_OUT) for v in range(visits) if v not in planned)
    terms = {field.name: 0 for field in fields(Solution)}
    routes = tuple(tuple(route) for route in stops)
    return Solution(**{**terms, "stops": routes, "unassigned": left_out})  # type: ignore[arg-type]


def day_case(size: str, seconds: float) -> tuple[str, float | None, Callable[[int], Case]]:
    """Title, no best known cost, and the day of a seed; raises RunFailed on an unknown size."""
    if size not in Size.__members__:
        raise RunFailed(f"no size {size}; there are {', '.join(Size.__members__)}")
    return f"generated day {size}", None, lambda seed: _case(Size[size], seconds, seed)


def _case(size: Size, seconds: float, seed: int) -> Case:
    day = day_of(generate(size, seed, DAY))
    travel, objective = load_travel_settings(DAY), load_objective(DAY)
    problem = build_problem(day, travel, objective)

    def judged(stops: Stops) -> tuple[float, str]:
        solution = as_solution(problem.visits, stops)
        verdict = judge(day, travel, objective, plan_of(day, travel, objective, solution, seed, 0))
        if verdict.violations:
            rules = sorted({str(violation.rule) for violation in verdict.violations})
            raise RunFailed(f"{len(verdict.violations)} violations: {' '.join(rules)}")
        return float(verdict.points), str(verdict)

    def ours(threads: int) -> tuple[float, str]:
        return judged(solve(problem, SolveParams(seconds, threads=threads, seed=seed)).stops)

    return Case(Mapped(problem, 1, np.zeros(problem.visits, dtype=np.bool_), day), judged, ours)
