"""
How soon a question about a plan is answered: the judgement, and recommendations one after another.

    python -m bench.latency --size L --seconds 10 --questions 300 --seed 1

The generated municipality's day is planned once. Each question takes one visit of the plan as if it
were new: the day and the plan are those without it and its group. Wall time of each, in ms.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from time import perf_counter

import numpy as np

from api.judgement import judge
from fixtures.municipality import Size, day_of, generate
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Visit
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.recommend import Recommender
from scheduler.travel import load_travel_settings

DAY = date(2026, 3, 4)


def timed_ms(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)


def without(day: Day, plan: Plan, visits: tuple[Visit, ...]) -> tuple[Day, Plan]:
    """The day and the plan as if `visits` were still to come."""
    ids = {visit.id for visit in visits}
    routes = tuple(
        replace(r, stops=tuple(s for s in r.stops if s.visit_id not in ids)) for r in plan.routes
    )
    kept = tuple(v for v in day.visits if v.id not in ids)
    left = tuple(u for u in plan.unassigned if u.visit_id not in ids)
    return replace(day, visits=kept), replace(plan, routes=routes, unassigned=left)


def askable(day: Day) -> list[tuple[Visit, ...]]:
    """Visits or groups that no other visit has a gap to."""
    preceding = {gap.preceding_visit for visit in day.visits for gap in visit.gaps}
    teams: dict[tuple[str | None, str], list[Visit]] = {}
    for visit in day.visits:
        teams.setdefault(visit.starts_with, []).append(visit)
    return [tuple(t) for t in teams.values() if not any(v.id in preceding for v in t)]


def row(name: str, taken_ms: list[float]) -> str:
    """One row of the table."""
    p50, p99 = np.percentile(taken_ms, (50, 99))
    return f"| {name} | {len(taken_ms)} | {p50:.1f} | {p99:.1f} | {max(taken_ms):.1f} |"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="L", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=10.0, help="for the plan")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    day = day_of(generate(Size(args.size), args.seed, DAY))
    travel = load_travel_settings(DAY)
    plan = plan_day(day, travel, seconds=args.seconds, seed=args.seed)
    teams = Random(args.seed).choices(askable(day), k=args.questions)
    judging = [timed_ms(lambda: judge(day, plan)) for _ in range(min(args.questions, 50))]
    places: dict[str, list[float]] = {"new visit": [], "new double staffing": []}
    refused = 0
    for team in teams:
        try:
            asked = Recommender(*without(day, plan, team), travel)
        except InvalidInput:
            # Without it a break is too far from the visit behind it.
            refused += 1
            continue
        # What a question before this one has loaded stays loaded.
        kind = "new visit" if len(team) == 1 else "new double staffing"
        places[kind].append(timed_ms(lambda: asked.place(team)))  # noqa: B023
    asked = Recommender(day, plan, travel)
    carers = sorted({route.carer_id for route in plan.routes if route.stops})
    per_visit = []
    for carer in carers:
        began = perf_counter()
        found = asked.replace_carers([carer])
        per_visit += [1000 * (perf_counter() - began) / max(len(found), 1)] * len(found)
    print(f"{args.size}: {len(day.visits)} visits, {len(day.shifts)} shifts, seed {args.seed}\n")
    print("| question | asked | median ms | p99 ms | most ms |\n|---|---|---|---|---|")
    print(row("evaluate", judging))
    for name, taken in places.items():
        if taken:
            print(row(name, taken))
    print(row("substitutes, per visit of the carer", per_visit))
    print(f"\nRefused, since the rest of the plan cannot stand without the visit: {refused}")


if __name__ == "__main__":
    main()
