"""
What it saves that the optimiser chooses which shifts to open: paid minutes for the same visits.

    python -m bench.shift_choice [--size M] [--seconds 30] [--seeds 3] [--threads 2]

Each generated day is planned twice: with its shifts as drawn up, all paid, and with every one of
them optional. Both know who came to whom in the fortnight before. Told are paid minutes, visits
left out, new faces (carers who had not come before, summed over recipients) and the care-time
share.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date

from fixtures.history import day_with_history
from fixtures.municipality import Size, generate
from scheduler.care.model import Day
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.followup import follow_up
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.travel import load_travel_settings

DAY = date(2026, 3, 4)


def new_faces(day: Day, plan: Plan) -> int:
    """Carers who come to somebody they did not come to in the fortnight before."""
    recent = {known.recipient_id: known.recent for known in day.continuity}
    recipient_of = {visit.id: visit.recipient_id for visit in day.visits}
    pairs = {
        (recipient_of[stop.visit_id], route.carer_id)
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
    return sum(carer not in recent.get(person, frozenset()) for person, carer in pairs)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    travel = load_travel_settings(DAY)
    print(
        "| seed | shifts | paid min | against given | left out | new faces | care-time share |\n"
        "|---|---|---|---|---|---|---|"
    )
    for seed in range(1, args.seeds + 1):
        given = day_with_history(generate(Size(args.size), seed, DAY))
        chosen = replace(given, shifts=tuple(replace(s, optional=True) for s in given.shifts))
        paid_given = 0
        for name, day in (("given", given), ("chosen", chosen)):
            plan = plan_day(day, travel, seconds=args.seconds, threads=args.threads, seed=seed)
            found = follow_up(day, plan)
            paid = found.total.paid_s // SECONDS_PER_MINUTE
            paid_given = paid_given or paid
            opened = sum(1 for route in plan.routes if route.stops)
            shifts = len(day.shifts) if name == "given" else opened
            print(
                f"| {seed}, {name} | {shifts} | {paid} | {paid / paid_given - 1:+.1%} "
                f"| {found.unassigned_visits} | {new_faces(day, plan)} "
                f"| {float(found.total.care_time_share or 0):.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
