"""
How long a morning with sick carers takes to plan anew, and how much of the day stays as it was.

    python -m bench.replanning [--size L] [--seconds 3] [--seeds 3] [--now 06:45]

For each seed a generated day is planned, 6 % of its carers on shift fall ill, 2 of 100 visits are
cancelled and 1 of 100 is added (as in scheduler/parameters/uncertainty.toml); the time is that of
the whole call, the building of the arrays included.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date, datetime, time
from random import Random
from time import perf_counter

from api.judgement import judge
from fixtures.municipality import Size, day_of, generate
from scheduler.care.model import Day, Priority
from scheduler.care.units import STOCKHOLM
from scheduler.disturbances import Disturbances, started
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.replan import replan
from scheduler.travel import load_travel_settings

DAY = date(2026, 3, 4)
SICK_SHARE, CANCELLED_SHARE, ADDED_SHARE = 0.06, 0.02, 0.01


def disturbed(day: Day, plan: Plan, now: datetime, rng: Random) -> Disturbances:
    """A morning's disturbances."""
    begun = {stop.visit_id for route in plan.routes for stop in started(route, now)}
    carers = sorted({shift.carer_id for shift in day.shifts if shift.end > now})
    ahead = [v for v in day.visits if v.id not in begun and v.latest > now]
    likely = rng.sample(ahead, round(ADDED_SHARE * len(day.visits)))
    added = tuple(
        replace(v, id=f"akut-{v.id}", group=None, gaps=(), priority=Priority.MUST,
                recipient_id=f"akut-{v.recipient_id}")
        for v in likely
    )  # fmt: skip
    return Disturbances(
        now,
        sick=tuple(rng.sample(carers, round(SICK_SHARE * len(carers)))),
        cancelled=tuple(v.id for v in rng.sample(ahead, round(CANCELLED_SHARE * len(day.visits)))),
        added=added,
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="L", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--plan-seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--now", default="06:45", type=time.fromisoformat)
    args = parser.parse_args()
    travel = load_travel_settings(DAY)
    now = datetime.combine(DAY, args.now, tzinfo=STOCKHOLM)
    print(
        "| seed | visits | sick | left out before, after | changed | kept of the untouched "
        "| violations | s |\n|---|---|---|---|---|---|---|---|"
    )
    for seed in range(1, args.seeds + 1):
        day = day_of(generate(Size(args.size), seed, DAY))
        plan = plan_day(day, travel, seconds=args.plan_seconds, seed=seed)
        what = disturbed(day, plan, now, Random(seed))
        began = perf_counter()
        found = replan(day, plan, what, travel, seconds=args.seconds, seed=seed)
        took = perf_counter() - began
        violations = judge(found.day, found.plan).violations
        share = found.kept / max(found.untouched, 1)
        print(
            f"| {seed} | {len(found.day.visits)} | {len(what.sick)} "
            f"| {len(plan.unassigned)}, {len(found.plan.unassigned)} | {len(found.changed)} "
            f"| {found.kept} of {found.untouched} ({share:.1%}) | {len(violations)} | {took:.2f} |"
        )


if __name__ == "__main__":
    main()
