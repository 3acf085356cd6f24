"""
A generated home-care day for :mod:`bench.peers`, judged by :mod:`scheduler.checker`.

Every plan is turned into clock times, and :mod:`scheduler.score` counts its points anew from those.
A peer may plan half a group, which is taken out before at its points. Its plan, too, must come
through the checker without violations.
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
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.checker import Violation, check
from scheduler.objective import Objective, load_objective
from scheduler.plan import Plan, Term
from scheduler.planner import plan_of
from scheduler.rules import Reason
from scheduler.score import score
from scheduler.solve import Explanation, Solution, SolveParams, solve
from scheduler.travel import TravelSettings, load_travel_settings

DAY = date(2026, 3, 4)


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    A plan with its points, counted from its clock times, and what the checker says.

    Parameters
    ----------
    left_out
        Priority -> visits left out.
    terms
        Of the objective, by name.
    """

    plan: Plan
    left_out: dict[int, int]
    terms: dict[str, Term]
    points: int
    violations: list[Violation]

    def __str__(self) -> str:
        left_out = " / ".join(map(str, self.left_out.values()))
        return (
            f"left out by priority {left_out}; travel {self.minutes('travel')} min; "
            f"waiting {self.minutes('waiting')} min"
        )

    def minutes(self, term: str) -> int:
        """Whole minutes of a term that is counted in seconds."""
        return round(self.terms[term].quantity / SECONDS_PER_MINUTE)


def judge(day: Day, travel: TravelSettings, objective: Objective, plan: Plan) -> Verdict:
    """Points from the plan's clock times alone; the same for whoever made it."""
    priority = {visit.id: int(visit.priority) for visit in day.visits}
    missing = [priority[item.visit_id] for item in plan.unassigned]
    left_out = {level: missing.count(level) for level in sorted(objective.unassigned)}
    terms = {term.name: term for term in score(day, plan, travel, objective)}
    points = sum(term.points for term in terms.values())
    found = check(day, plan, travel, objective)
    return Verdict(plan, left_out, terms, points, found)


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
