"""
Random small days, planned and judged: ``python -m tests.properties.days [--number 10000]``.

Some have a night shift over one of the two changes of the clock. The tests take some hundred of
the same days; the command takes as many as wanted, and tells each day that does not hold what
:func:`complaints` asks for.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from random import Random

from fixtures.tiny_day import tiny_day, with_last_occasions
from scheduler.build import build_problem
from scheduler.care.model import Day, Visit
from scheduler.checker import check
from scheduler.followup import TimeUse, follow_up
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_of, solve_soundly
from scheduler.problem import Problem
from scheduler.rules import PROVEN
from scheduler.solve import Explanation, Solution, SolveParams
from scheduler.solve.model import ExactModel
from scheduler.travel import load_travel_settings

ITERATIONS = 1000
MOST_SHOWN = 20
# Seconds for a proof that a visit cannot be planned; small days take hundredths of one.
PROOF_S = 20


def flexible_day(seed: int) -> Day:
    """
    A tiny day of which some visits, and whole groups, may be made on other days as well, and some
    are to be so many hours after an earlier day's.
    """
    day, rng = with_last_occasions(seed, tiny_day(seed)), Random(f"{seed}/days")
    ahead = {visit.starts_with: rng.choice((0, 0, 0, 0, 1, 4)) for visit in day.visits}

    def days(visit: Visit) -> tuple[date, ...]:
        last = ahead[visit.starts_with]
        return tuple(day.date + timedelta(days=n) for n in range(-1, last + 1)) if last else ()

    visits = tuple(replace(visit, possible_days=days(visit)) for visit in day.visits)
    return replace(day, visits=visits)


def planned(seed: int) -> tuple[Day, Problem, Solution, Plan]:
    """The day of `seed`, as a problem, as its solution and as a plan."""
    day = flexible_day(seed)
    travel, objective = load_travel_settings(day.date), load_objective(day.date)
    problem = build_problem(day, travel, objective)
    solution = solve_soundly(problem, SolveParams(iterations=ITERATIONS, threads=1, seed=seed))
    return day, problem, solution, plan_of(day, travel, objective, solution, seed, 0.0)


def complaints(day: Day, problem: Problem, solution: Solution, plan: Plan) -> Iterator[str]:
    """
    What does not hold.

    The plan keeps every rule by the checker; every visit is planned once, or left out with a text
    and an action; the search counted the points of the plan's clock times; every paid second is
    used once, by zone and by shift; what is called proven is impossible by the exact model of the
    whole day.
    """
    yield from (f"broken: {found}" for found in check(day, plan, load_travel_settings(day.date)))
    made = [stop.visit_id for route in plan.routes for stop in route.stops if stop.visit_id]
    out = [item.visit_id for item in plan.unassigned]
    if sorted(made + out) != sorted(visit.id for visit in day.visits):
        yield f"visits: planned {sorted(made)}, left out {sorted(out)}"
    yield from (f"no reason: {u.visit_id}" for u in plan.unassigned if not (u.text and u.action))
    if plan.objective != solution.points:
        yield f"points: {solution.points} by the search, {plan.objective} by the plan"
    found = follow_up(day, plan)
    # A day without visits has no zones.
    by_zone = found.by_zone.values() if day.visits else (found.total,)
    for parts in (by_zone, found.by_shift.values()):
        for field in fields(TimeUse):
            summed = sum(getattr(part, field.name) for part in parts)
            if summed != getattr(found.total, field.name):
                yield f"{field.name}: {getattr(found.total, field.name)} in all, {summed} in parts"
    used = found.total
    spent = used.care_s + used.travel_s + used.waiting_s + used.standby_s + used.idle_s
    if spent != used.paid_s:
        yield f"seconds: {used.paid_s} paid, {spent} used"
    for item in solution.unassigned:
        if item.reason in PROVEN and possible(problem, item):
            yield f"not proven: {item}"


def possible(problem: Problem, item: Explanation) -> bool:
    """Whether the exact model finds, or cannot rule out, a plan with the visits of `item`."""
    required = sorted({item.visit, *item.visits})
    everything, routes = range(problem.visits), range(problem.routes)
    model = ExactModel(problem, everything, routes, required=required)
    return model.possible(PROOF_S) is not False


def main() -> int:
    """Exit status 0 when every day holds."""
    parser = argparse.ArgumentParser(description="Plans random small days and judges the plans.")
    parser.add_argument("--number", type=int, default=10_000)
    seen: Counter[str] = Counter()
    wrong = 0
    for seed in range(parser.parse_args().number):
        day, problem, solution, plan = planned(seed)
        seen["clock"] += any(s.start.utcoffset() != s.end.utcoffset() for s in day.shifts)
        seen["midnight"] += any(s.start.date() != s.end.date() for s in day.shifts)
        seen["visits"] += len(day.visits)
        seen["out"] += len(plan.unassigned)
        seen["proven"] += sum(item.reason in PROVEN for item in solution.unassigned)
        found = list(complaints(day, problem, solution, plan))
        wrong += bool(found)
        if found and wrong <= MOST_SHOWN:
            print(f"day {seed}:", *found, sep="\n  ")  # noqa: T201
    print(  # noqa: T201
        f"{seed + 1} days, {seen['clock']} with a shift over a change of the clock, "
        f"{seen['midnight']} with one over midnight; {seen['visits']} visits, {seen['out']} left "
        f"out, {seen['proven']} of them proven impossible\n{wrong} days do not hold"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
