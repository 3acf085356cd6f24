"""
What robustness costs in travel: a day planned at different prices of missing slack.

    python -m bench.slack [--size M] [--seconds 20] [--seeds 1] [--prices 0 1 2 4 8] [--slack 2]

For each price of a second of slack that is missing before a visit, the generated day is planned and
then carried out on a thousand random days (:mod:`scheduler.simulate`). Told are the share of visits
that start within the tolerance of their planned time, what the carers travel, what is left out.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.care.model import Day, Priority
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.objective import load_objective
from scheduler.planner import plan_of
from scheduler.simulate import simulate
from scheduler.solve import SolveParams, solve
from scheduler.travel import load_travel_settings

ON = date(2026, 3, 4)
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Robustness:
    """
    Parameters
    ----------
    punctual_share
        Of the visits made on the random days, in [0, 1].
    travel_s, waiting_s
        Of the plan.
    unassigned
        Priority -> visits left out.
    """

    punctual_share: float
    travel_s: int
    waiting_s: int
    unassigned: Counter[int]


def robustness(day: Day, price: int, slack_min: int, params: SolveParams) -> Robustness:
    """Plan `day` at `price` points a second, `slack_min` minutes wanted, and simulate the plan."""
    travel, objective = load_travel_settings(day.date), load_objective(day.date)
    objective = replace(
        objective,
        slack_s=slack_min * SECONDS_PER_MINUTE,
        weights=replace(objective.weights, slack=price),
    )
    solution = solve(build_problem(day, travel, objective), params)
    plan = plan_of(
        day, travel, objective, replace(solution, unassigned=()), params.seed, params.seconds
    )
    planned = {stop.visit_id for route in plan.routes for stop in route.stops}
    found = simulate(day, plan, travel)
    return Robustness(
        float(found.punctual_share or 0),
        solution.travel_s,
        solution.waiting_s,
        Counter(int(v.priority) for v in day.visits if v.id not in planned),
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--prices", type=int, nargs="+", default=[0, 1, 2, 4, 8])
    parser.add_argument("--slack", type=int, default=2, help="minutes wanted before a visit")
    args = parser.parse_args()
    print(
        "| points a missing second | seed | punctual | travel, h | waiting, h "
        "| left out, priority 1 / 2 / 3 |\n|---|---|---|---|---|---|"
    )
    for seed in range(1, args.seeds + 1):
        day = day_of(generate(Size(args.size), seed, ON))
        params = SolveParams(args.seconds, threads=args.threads, seed=seed, explain=False)
        for price in args.prices:
            found = robustness(day, price, args.slack, params)
            out = " / ".join(str(found.unassigned[priority]) for priority in Priority)
            print(
                f"| {price} | {seed} | {found.punctual_share:.1%} | {found.travel_s / HOUR_S:.1f} "
                f"| {found.waiting_s / HOUR_S:.1f} | {out} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
