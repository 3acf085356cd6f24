"""
Our engine beside OR-Tools' routing solver on one generated home-care day, judged by one checker.

    python -m bench.routing_peer [--size S|M|L] [--seconds 20] [--threads 2] [--seed 1]

The solvers run one after the other, each for the same wall time. Routing uses one thread, it has no
more; our engine is run with one and with `--threads`. Routing starts once from its own insertion
heuristic and once from the plan our construction makes. Every plan is turned into clock times,
judged by :mod:`scheduler.checker`, and its points are counted anew from those clock times.

Both sums hold the same terms: travel, waiting between stops, visits left out. What routing cannot
model is told in :mod:`bench.routing_model`: it does not see the waiting that both sums count, may
plan half a group (taken out afterwards, at its points), and may take a break in the middle of a
leg. None of that breaks a rule, so its plan, too, must come through the checker without violations.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date

from bench.routing_model import RoutingPeer, first_routes
from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.care.model import Day
from scheduler.checker import Violation, check
from scheduler.objective import Objective, load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_of
from scheduler.solve import Solution, SolveParams, solve
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
    return Verdict(plan, left_out, travel_s, waiting_s, points, check(day, plan, travel))


def compare(
    day: Day, travel: TravelSettings, objective: Objective, seconds: float, threads: int, seed: int
) -> dict[str, Verdict | None]:
    """Solver -> verdict, None when it found nothing; each has `seconds`, one after the other."""
    problem = build_problem(day, travel, objective)
    own = SolveParams(seconds, threads=1, seed=seed)
    found: dict[str, Solution | None] = {
        "routing, own start": RoutingPeer(problem).solve(seconds),
        "routing, our start": RoutingPeer(problem).solve(seconds, first_routes(problem, seed)),
        "Hemplan, 1 thread": solve(problem, own),
    }
    if threads > 1:
        many = SolveParams(seconds, threads=threads, seed=seed)
        found[f"Hemplan, {threads} threads"] = solve(problem, many)
    return {
        name: solution
        and judge(day, travel, objective, plan_of(day, travel, objective, solution, seed, seconds))
        for name, solution in found.items()
    }


def table(verdicts: dict[str, Verdict | None]) -> str:
    """One Markdown row per solver; the ratio is to the last one, ours."""
    *_, ours = verdicts.values()
    rows = [
        "| solver | left out, priority 1 / 2 / 3 | travel, min | waiting, min | points "
        "| violations | points / ours |\n|---|---|---|---|---|---|---|"
    ]
    for name, v in verdicts.items():
        if v is None or ours is None:
            rows.append(f"| {name} | found nothing | | | | | |")
            continue
        left_out = " / ".join(map(str, v.left_out.values()))
        broken = " ".join([str(len(v.violations)), *sorted({str(x.rule) for x in v.violations})])
        rows.append(
            f"| {name} | {left_out} | {v.travel_s / 60:.0f} | {v.waiting_s / 60:.0f} | {v.points} "
            f"| {broken} | {v.points / ours.points:.3f} |"
        )
    return "\n".join(rows)


def main(argv: list[str] | None = None) -> int:
    """Exit status 1 when our own plan breaks a rule, else 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.routing_peer", description=__doc__)
    parser.add_argument("--size", choices=[size.name for size in Size], default="M")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    day = day_of(generate(Size[arguments.size], arguments.seed, DAY))
    travel, objective = load_travel_settings(DAY), load_objective(DAY)
    verdicts = compare(day, travel, objective, arguments.seconds, arguments.threads, arguments.seed)
    print(f"size {arguments.size}, seed {arguments.seed}: {len(day.visits)} visits, ", end="")
    print(f"{len(day.shifts)} shifts; {arguments.seconds:g} s each, one after the other\n")
    print(table(verdicts))
    return int(any(v.violations for n, v in verdicts.items() if v and n.startswith("Hemplan")))


if __name__ == "__main__":
    raise SystemExit(main())
